// Textures of pictures, and a JPEG decoder that survives every input.
#include "ui/pictures.hpp"

#include "kiosk/screens.hpp"

#include <csetjmp>
#include <cstdio>
#include <jpeglib.h>

namespace ui {

namespace {
struct Failure {
    jpeg_error_mgr manager;
    std::jmp_buf jump;
};

/// Only plain data may live across the jump: the caller owns the rows.
bool decode_into(jpeg_decompress_struct& info, Failure& failure, std::span<const std::byte> jpeg, Decoded& out) {
    info.err = jpeg_std_error(&failure.manager);
    failure.manager.error_exit = [](j_common_ptr common) { std::longjmp(reinterpret_cast<Failure*>(common->err)->jump, 1); };
    failure.manager.output_message = [](j_common_ptr) {};
    if (setjmp(failure.jump) != 0) return false;
    jpeg_create_decompress(&info);
    jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(jpeg.data()), jpeg.size());
    if (jpeg_read_header(&info, TRUE) != JPEG_HEADER_OK) return false;
    if (info.image_width > max_jpeg_side || info.image_height > max_jpeg_side) return false;
    info.out_color_space = JCS_RGB;
    jpeg_start_decompress(&info);
    out.width = static_cast<int>(info.output_width);
    out.height = static_cast<int>(info.output_height);
    out.rgb.resize(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height) * 3);
    while (info.output_scanline < info.output_height) {
        JSAMPROW row = out.rgb.data() + static_cast<std::size_t>(info.output_scanline) * static_cast<std::size_t>(out.width) * 3;
        if (jpeg_read_scanlines(&info, &row, 1) != 1) return false;
    }
    jpeg_finish_decompress(&info);
    return failure.manager.num_warnings == 0;  // a warning is a cut or damaged file
}

std::uint64_t fingerprint(std::span<const std::byte> bytes) {
    std::uint64_t h = 1469598103934665603ULL ^ bytes.size();
    for (const auto b : bytes) h = (h ^ std::to_integer<std::uint64_t>(b)) * 1099511628211ULL;
    return h;
}
}  // namespace

Decoded decode_jpeg(std::span<const std::byte> jpeg) {
    if (jpeg.empty() || jpeg.size() > max_jpeg_bytes) return {};
    jpeg_decompress_struct info{};
    Failure failure{};
    Decoded out;
    const bool good = decode_into(info, failure, jpeg, out);
    jpeg_destroy_decompress(&info);
    if (!good) {
        drivers::wipe(std::as_writable_bytes(std::span{out.rgb}));
        return {};
    }
    return out;
}

Pictures::~Pictures() {
    for (auto& [name, kept] : kept_)
        if (kept.image.texture) glass_.release(kept.image.texture);
}

Pictures::Kept& Pictures::slot(const std::string& name, std::uint64_t print, bool& fresh) {
    auto& kept = kept_[name];
    kept.used = frame_;
    fresh = kept.print != print;
    if (fresh) {
        if (kept.image.texture) glass_.release(kept.image.texture);
        kept = {.image = {}, .print = print, .used = frame_};
    }
    return kept;
}

Image Pictures::rgba(const std::string& name, int width, int height, std::span<const std::uint8_t> pixels) {
    if (width < 1 || height < 1 || width > Glass::max_texture || height > Glass::max_texture) return {};
    if (pixels.size() != static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4) return {};
    bool fresh = false;
    auto& kept = slot(name, fingerprint(std::as_bytes(pixels)), fresh);
    if (fresh) kept.image = {glass_.upload_rgba(width, height, pixels.data()), width, height};
    return kept.image;
}

Image Pictures::rgb(const std::string& name, int width, int height, std::span<const std::uint8_t> pixels) {
    if (width < 1 || height < 1 || width > Glass::max_texture || height > Glass::max_texture) return {};
    if (pixels.size() != static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3) return {};
    bool fresh = false;
    auto& kept = slot(name, fingerprint(std::as_bytes(pixels)), fresh);
    if (fresh) kept.image = {glass_.upload_rgb(width, height, pixels.data()), width, height};
    return kept.image;
}

Image Pictures::jpeg(const std::string& name, std::span<const std::byte> bytes) {
    bool fresh = false;
    auto& kept = slot(name, fingerprint(bytes), fresh);
    if (fresh) {
        auto decoded = decode_jpeg(bytes);
        if (decoded.width > 0) kept.image = {glass_.upload_rgb(decoded.width, decoded.height, decoded.rgb.data()), decoded.width, decoded.height};
        drivers::wipe(std::as_writable_bytes(std::span{decoded.rgb}));
    }
    return kept.image;
}

void Pictures::sweep() {
    for (auto it = kept_.begin(); it != kept_.end();) {
        if (it->second.used < frame_) {
            if (it->second.image.texture) glass_.release(it->second.image.texture);
            it = kept_.erase(it);
        } else {
            ++it;
        }
    }
}

}  // namespace ui
