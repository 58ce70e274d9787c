// A printed card read by machine: planes to grey PNG files, tesseract and zbarimg (packages in sim/packages; without them the reading part of a test is
// skipped with a message).
#pragma once
#include "printer/face/face.hpp"

#include <cairo.h>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace reading {

inline constexpr printer::RasterSize full{1016, 648};

inline std::filesystem::path layouts() { return std::filesystem::path(LIQU_SOURCE_DIR) / "printer/layouts"; }
inline std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}
inline printer::Layout nanning() { return printer::load_layout(text_of(layouts() / "nanning.toml"), layouts()).value(); }

/// Standard output of a command, without its last line ends.
inline std::string output_of(const std::string& command) {
    std::string out;
    auto* pipe = ::popen((command + " 2>/dev/null").c_str(), "r");
    if (!pipe) return out;
    std::array<char, 4096> some{};
    while (const auto n = std::fread(some.data(), 1, some.size(), pipe)) out.append(some.data(), n);
    ::pclose(pipe);
    while (!out.empty() && (out.back() == '\n' || out.back() == '\f' || out.back() == ' ')) out.pop_back();
    return out;
}
inline bool can_read() { return output_of("tesseract --list-langs").contains("chi_sim"); }
inline bool can_decode() { return output_of("zbarimg --version").starts_with("0."); }

struct Box {
    int x = 0, y = 0, width = 0, height = 0;
};
/// A field's place in dots of the full raster, with a margin of dots around it. Text fields without a height are 1.6 em high.
inline Box box_of(const printer::FaceField& f, int margin) {
    const auto dots = [](double mm) { return static_cast<int>(mm * 300 / 25.4); };
    constexpr double left = (1016 * 25.4 / 300 - 85.60) / 2, top = (648 * 25.4 / 300 - 53.98) / 2;
    return {dots(f.x + left) - margin, dots(f.y + top) - margin, dots(f.width) + 2 * margin, dots(f.height > 0 ? f.height : 1.6 * f.size) + 2 * margin};
}
inline const printer::FaceField& field_of(const std::vector<printer::FaceField>& side, std::string_view text) {
    return *std::ranges::find_if(side, [&](const auto& f) { return f.text == text; });
}

/// Dots of a resin plane, black on white, with a white margin.
inline void write_resin(const std::filesystem::path& file, const std::vector<std::uint8_t>& plane, Box box, int margin) {
    auto* surface = cairo_image_surface_create(CAIRO_FORMAT_A8, box.width + 2 * margin, box.height + 2 * margin);
    auto* rows = cairo_image_surface_get_data(surface);
    const auto stride = cairo_image_surface_get_stride(surface);
    std::fill_n(rows, static_cast<std::size_t>(stride) * static_cast<std::size_t>(box.height + 2 * margin), static_cast<unsigned char>(255));
    for (int y = std::max(0, box.y); y < std::min(full.height, box.y + box.height); ++y)
        for (int x = std::max(0, box.x); x < std::min(full.width, box.x + box.width); ++x)
            if (plane[static_cast<std::size_t>(y * full.width + x)]) rows[(y - box.y + margin) * stride + x - box.x + margin] = 0;
    cairo_surface_mark_dirty(surface);
    cairo_surface_write_to_png(surface, file.c_str());
    cairo_surface_destroy(surface);
}

/// What tesseract reads in a field of the printed resin; blanks removed. psm 7: one line, 6: a block.
inline std::string read_field(const printer::PrintJob& job, const printer::FaceField& field, int psm) {
    const std::filesystem::path file = std::filesystem::path(LIQU_BINARY_DIR) / "reading.png";
    write_resin(file, job.k, box_of(field, 3), 20);
    auto text = output_of(fmt::format("OMP_THREAD_LIMIT=1 tesseract '{}' stdout -l chi_sim --psm {}", file.string(), psm));
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
    return text;
}
inline std::string decode_qr(const std::vector<std::uint8_t>& plane) {
    const std::filesystem::path file = std::filesystem::path(LIQU_BINARY_DIR) / "reading-qr.png";
    write_resin(file, plane, {0, 0, full.width, full.height}, 0);
    return output_of(fmt::format("zbarimg -q --raw '{}'", file.string()));
}

inline std::vector<std::string> letters(const std::string& text) {
    std::vector<std::string> out;
    for (const char c : text) {
        if ((c & 0xC0) != 0x80) out.emplace_back();
        if (!out.empty()) out.back() += c;
    }
    return out;
}
/// Share of `wanted`'s letters that were read, in order.
inline double share_read(const std::string& wanted, const std::string& read) {
    const auto a = letters(wanted), b = letters(read);
    std::vector<std::size_t> row(b.size() + 1);
    for (const auto& letter : a) {
        std::size_t diagonal = 0;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const auto above = row[j + 1];
            row[j + 1] = letter == b[j] ? diagonal + 1 : std::max(above, row[j]);
            diagonal = above;
        }
    }
    return static_cast<double>(row.back()) / static_cast<double>(a.size());
}

}  // namespace reading
