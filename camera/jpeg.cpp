// libjpeg directly: OpenCV's encoder writes no density.
#include "camera/jpeg.hpp"

#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <jpeglib.h>

namespace camera {

namespace {
struct Errors {
    jpeg_error_mgr base;
    std::jmp_buf back;
};

void give_up(j_common_ptr info) { std::longjmp(reinterpret_cast<Errors*>(info->err)->back, 1); }
void say_nothing(j_common_ptr) {}

/// Plain C between setjmp and longjmp: no object with a destructor lives here.
bool compress(const std::uint8_t* pixels, std::size_t stride, int width, int height, int quality, bool full_chroma, int dpi, unsigned char** out, unsigned long* size) {
    jpeg_compress_struct info;
    Errors errors;
    info.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = give_up;
    errors.base.output_message = say_nothing;
    if (setjmp(errors.back)) {
        jpeg_destroy_compress(&info);
        return false;
    }
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, out, size);
    info.image_width = static_cast<JDIMENSION>(width);
    info.image_height = static_cast<JDIMENSION>(height);
    info.input_components = 3;
    info.in_color_space = JCS_EXT_BGR;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, quality, TRUE);  // TRUE: tables stay within baseline's 8 bits
    info.optimize_coding = TRUE;
    info.dct_method = JDCT_ISLOW;            // the same bytes on every machine
    info.density_unit = 1;
    info.X_density = info.Y_density = static_cast<UINT16>(dpi);
    if (full_chroma) info.comp_info[0].h_samp_factor = info.comp_info[0].v_samp_factor = 1;
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < info.image_height) {
        JSAMPROW row = const_cast<JSAMPROW>(pixels + info.next_scanline * stride);
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    return true;
}

int two(drivers::View v, std::size_t at) { return drivers::u8(v[at]) << 8 | drivers::u8(v[at + 1]); }
}  // namespace

drivers::Bytes encode_jpeg(const cv::Mat& bgr, int quality, Chroma chroma, int dpi) {
    if (bgr.empty() || bgr.type() != CV_8UC3) return {};
    unsigned char* memory = nullptr;
    unsigned long size = 0;
    const bool done = compress(bgr.data, bgr.step[0], bgr.cols, bgr.rows, quality, chroma == Chroma::full, dpi, &memory, &size);
    drivers::Bytes out;
    if (memory) {
        const std::span<std::byte> written{reinterpret_cast<std::byte*>(memory), size};
        if (done) out.assign(written.begin(), written.end());
        drivers::wipe(written);
        std::free(memory);
    }
    return out;
}

std::optional<JpegFacts> read_jpeg_facts(drivers::View v) {
    if (v.size() < 4 || two(v, 0) != 0xFFD8) return std::nullopt;
    JpegFacts facts;
    facts.complete = two(v, v.size() - 2) == 0xFFD9;
    int frames = 0;
    for (std::size_t at = 2; at + 4 <= v.size();) {
        if (drivers::u8(v[at]) != 0xFF) return std::nullopt;
        const int marker = drivers::u8(v[at + 1]);
        if (marker == 0xFF) {  // fill byte
            ++at;
            continue;
        }
        if (marker == 0xDA || marker == 0xD9) break;
        const auto length = static_cast<std::size_t>(two(v, at + 2));
        if (length < 2 || at + 2 + length > v.size()) return std::nullopt;
        const drivers::View body = v.subspan(at + 4, length - 2);
        if (marker == 0xE0 && body.size() >= 12 && drivers::to_string(body.first(4)) == "JFIF" && drivers::u8(body[7]) == 1) {
            facts.dpi_x = two(body, 8);
            facts.dpi_y = two(body, 10);
        }
        if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) {
            if (body.size() < 6) return std::nullopt;
            facts.baseline = ++frames == 1 && marker == 0xC0 && drivers::u8(body[0]) == 8;
            facts.height = two(body, 1);
            facts.width = two(body, 3);
            facts.components = drivers::u8(body[5]);
        }
        at += 2 + length;
    }
    if (frames == 0) return std::nullopt;
    return facts;
}

std::optional<cv::Size> picture_size(drivers::View file) {
    if (const auto jpeg = read_jpeg_facts(file)) return cv::Size{jpeg->width, jpeg->height};
    constexpr std::string_view png = "\x89PNG\r\n\x1a\n";
    if (file.size() < 24 || drivers::to_string(file.first(8)) != png) return std::nullopt;
    if (two(file, 16) >= 0x7FFF || two(file, 20) >= 0x7FFF) return std::nullopt;
    return cv::Size{two(file, 16) << 16 | two(file, 18), two(file, 20) << 16 | two(file, 22)};
}

}  // namespace camera
