// Files are named by an administrator's layout: a plain name beside it, never a path.
#include "printer/face/image.hpp"

#include <fmt/format.h>
#include <fstream>

namespace printer {

using drivers::FaultCode;

namespace {
constexpr std::size_t max_images = 32;  // of one layout
std::unexpected<Fault> refuse(std::string why) { return drivers::fail(FaultCode::bad_configuration, std::move(why)); }

struct Source {
    drivers::View left;
};
cairo_status_t give(void* source, unsigned char* into, unsigned int count) {
    auto& from = static_cast<Source*>(source)->left;
    if (count > from.size()) return CAIRO_STATUS_READ_ERROR;
    std::ranges::copy(from.first(count), reinterpret_cast<std::byte*>(into));
    from = from.subspan(count);
    return CAIRO_STATUS_SUCCESS;
}

bool plain(std::string_view name) {
    return !name.empty() && name.size() <= 64 && !name.starts_with('.') && name.ends_with(".png") && name.find_first_of(std::string_view{"/\\\0", 3}) == name.npos;
}
}  // namespace

Result<Surface> decode_png(drivers::View png) {
    // Signature, then the header chunk: its sides are known before a byte is allocated for them.
    constexpr std::string_view signature = "\x89PNG\r\n\x1A\n";
    if (png.size() > max_image_bytes) return refuse(fmt::format("an image of {} bytes", png.size()));
    if (png.size() < 33 || drivers::to_string(png.first(8)) != signature) return refuse("an image is no PNG");
    for (const std::size_t at : {16U, 20U}) {
        std::uint32_t side = 0;
        for (std::size_t i = 0; i < 4; ++i) side = side << 8 | drivers::u8(png[at + i]);
        if (side == 0 || side > max_image_side) return refuse(fmt::format("an image's side of {} pixels", side));
    }
    Source source{png};
    Surface surface{cairo_image_surface_create_from_png_stream(give, &source)};
    if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) return refuse("an image is damaged");
    return surface;
}

Surface darkness_of(const Surface& picture) {
    const int width = cairo_image_surface_get_width(picture.get()), height = cairo_image_surface_get_height(picture.get());
    const bool opaque = cairo_image_surface_get_format(picture.get()) == CAIRO_FORMAT_RGB24;
    Surface mask(CAIRO_FORMAT_A8, {width, height});
    auto* rows = cairo_image_surface_get_data(mask.get());
    const auto stride = cairo_image_surface_get_stride(mask.get());
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const auto pixel = picture.colours(y)[x];
            const auto alpha = opaque ? 255U : pixel >> 24;
            const auto light = ((pixel >> 16 & 0xFF) * 3 + (pixel >> 8 & 0xFF) * 6 + (pixel & 0xFF)) / 10;  // premultiplied: at most alpha
            rows[y * stride + x] = static_cast<std::uint8_t>(alpha - std::min(alpha, light));
        }
    cairo_surface_mark_dirty(mask.get());
    return mask;
}

Result<Bytes> read_asset(const std::filesystem::path& file, std::size_t most) {
    std::error_code error;
    const auto size = std::filesystem::is_regular_file(file, error) ? std::filesystem::file_size(file, error) : 0;
    const auto name = file.filename().string();
    if (error || size == 0) return refuse(fmt::format("{} is missing, empty or no file", name));
    if (size > most) return refuse(fmt::format("{} has {} bytes, more than {}", name, size, most));
    Bytes bytes(static_cast<std::size_t>(size));
    std::ifstream in(file, std::ios::binary);
    if (!in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size))) return refuse(fmt::format("{} cannot be read", name));
    return bytes;
}

Result<void> read_images(std::string_view text, const std::filesystem::path& folder, std::map<std::string, Bytes>& into) {
    std::vector<std::string> names;
    const auto open = text.find('{'), close = text.rfind('}');
    if (open == text.npos) {
        if (!plain(text)) return refuse("must name a PNG beside the layout, without a path");
        names.emplace_back(text);
    } else {
        const auto head = text.substr(0, open), tail = text.substr(close + 1);
        std::error_code error;
        for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end && names.size() <= max_images; it.increment(error)) {
            auto name = it->path().filename().string();
            if (plain(name) && name.size() >= head.size() + tail.size() && name.starts_with(head) && name.ends_with(tail)) names.push_back(std::move(name));
        }
        if (names.empty()) return refuse("fits no PNG beside the layout");
    }
    for (const auto& name : names) {
        if (into.contains(name)) continue;
        if (into.size() >= max_images) return refuse(fmt::format("more than {} images", max_images));
        auto bytes = read_asset(folder / name, max_image_bytes);
        if (!bytes) return std::unexpected(bytes.error());
        if (auto good = decode_png(*bytes); !good) return refuse(fmt::format("{}: {}", name, good.error().detail));
        into.emplace(name, *std::move(bytes));
    }
    return {};
}

}  // namespace printer
