// DG2: a portrait in the biometric container (ISO 19794-5:2005 in CBEFF, 9303-10, 4.7.2), and pictures to put into it.
#include "sim/models/passport_der.hpp"
#include "sim/models/passport_files.hpp"

#include <algorithm>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

namespace sim {

namespace passport {

namespace {
using der::object;

bool starts_with(View data, std::initializer_list<int> magic) {
    return data.size() >= magic.size() && std::ranges::equal(bytes_of(magic), data.first(magic.size()));
}
Bytes number(std::size_t value, int size) {
    Bytes out;
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) out.push_back(static_cast<std::byte>(value >> shift & 0xFF));
    return out;
}

struct Size {
    std::size_t width = 0, height = 0;
};
/// From the file itself: the frame header of a JPEG, the SIZ marker of a JPEG 2000 codestream. Noughts where it cannot be found.
Size size_of(View picture, Picture kind) {
    const auto at = [&](std::size_t i) { return std::to_integer<std::size_t>(picture[i]); };
    if (kind == Picture::jpeg2000) {
        const auto siz = std::ranges::search(picture, bytes_of({0xFF, 0x4F, 0xFF, 0x51}));
        const auto from = static_cast<std::size_t>(siz.begin() - picture.begin()) + 8;  // markers, Lsiz, Rsiz
        if (siz.empty() || from + 8 > picture.size()) return {};
        return {at(from + 2) << 8 | at(from + 3), at(from + 6) << 8 | at(from + 7)};
    }
    for (std::size_t i = 2; i + 9 <= picture.size() && at(i) == 0xFF;) {
        const auto marker = at(i + 1);
        if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) return {at(i + 7) << 8 | at(i + 8), at(i + 5) << 8 | at(i + 6)};
        i += 2 + (at(i + 2) << 8 | at(i + 3));
    }
    return {};
}

/// Facial record header, one face without feature points, its picture.
Bytes facial_record(View picture, Picture kind, char sex) {
    const auto [width, height] = size_of(picture, kind);
    const Bytes facial = der::joined({number(20 + 12 + picture.size(), 4), number(0, 2), bytes_of({sex == 'M' ? 1 : sex == 'F' ? 2 : 0, 0, 0, 0, 0, 0}), number(0, 2), number(0, 3), number(0, 3)});
    // Full frontal, the coding, size, 24-bit sRGB, unknown source.
    const Bytes image = der::joined({bytes_of({0x01, kind == Picture::jpeg ? 0 : 1}), number(width, 2), number(height, 2), bytes_of({0x01, 0x00}), number(0, 2), number(0, 2)});
    const Bytes block = der::joined({facial, image, picture});
    return der::joined({der::text(std::string_view{"FAC\0" "010\0", 8}), number(14 + block.size(), 4), number(1, 2), block});
}
}  // namespace

std::optional<Picture> picture_kind(View picture) {
    if (starts_with(picture, {0xFF, 0xD8, 0xFF})) return Picture::jpeg;
    if (starts_with(picture, {0x00, 0x00, 0x00, 0x0C, 0x6A, 0x50, 0x20, 0x20}) || starts_with(picture, {0xFF, 0x4F, 0xFF, 0x51})) return Picture::jpeg2000;
    return std::nullopt;
}

Bytes write_dg2(const PassportDescription& d) {
    const auto kind = picture_kind(d.portrait);
    if (!kind) throw std::invalid_argument("passport: the portrait is neither JPEG nor JPEG 2000");
    // Version 1.1, facial features, format owner ISO/IEC JTC1 SC37, format type of the facial record.
    const Bytes header = object(0xA1, {object(0x80, bytes_of({1, 1})), object(0x81, bytes_of({2})), object(0x82, bytes_of({0})), object(0x87, bytes_of({1, 1})), object(0x88, bytes_of({0, 8}))});
    const Bytes face = object(0x7F60, {header, object(0x5F2E, facial_record(d.portrait, *kind, d.sex))});
    return object(0x75, object(0x7F61, {der::integer(1), face}));
}

Bytes drawn_portrait(std::uint64_t seed) {
    Dice dice(seed);
    const auto shade = [&](int from, int more) { return from + static_cast<int>(dice.below(static_cast<std::uint64_t>(more))); };
    const cv::Scalar wall(235, 235, 235), skin(shade(120, 60), shade(150, 50), shade(190, 50)), hair(shade(10, 50), shade(10, 50), shade(10, 60)), cloth(shade(40, 120), shade(40, 120), shade(40, 120));
    cv::Mat picture(320, 240, CV_8UC3, wall);
    const int half = shade(50, 12);
    cv::ellipse(picture, {120, 330}, {110, 90}, 0, 0, 360, cloth, cv::FILLED, cv::LINE_AA);
    cv::ellipse(picture, {120, 130}, {half + 8, 92}, 0, 0, 360, hair, cv::FILLED, cv::LINE_AA);
    cv::rectangle(picture, {100, 200}, {140, 262}, skin, cv::FILLED);
    cv::ellipse(picture, {120, 148}, {half, 82}, 0, 0, 360, skin, cv::FILLED, cv::LINE_AA);
    for (const int side : {-1, 1}) cv::circle(picture, {120 + side * half / 2, 140}, 5, hair, cv::FILLED, cv::LINE_AA);
    cv::ellipse(picture, {120, 196}, {18, 5}, 0, 0, 180, {80, 80, 170}, 2, cv::LINE_AA);
    std::vector<unsigned char> file;
    cv::imencode(".jpg", picture, file, {cv::IMWRITE_JPEG_QUALITY, 80});
    const auto* first = reinterpret_cast<const std::byte*>(file.data());
    return {first, first + file.size()};
}

}  // namespace passport

Bytes as_jpeg2000(View picture) {
    const std::vector<unsigned char> in(reinterpret_cast<const unsigned char*>(picture.data()), reinterpret_cast<const unsigned char*>(picture.data()) + picture.size());
    const cv::Mat pixels = cv::imdecode(in, cv::IMREAD_COLOR);
    std::vector<unsigned char> file;
    constexpr int thousandths = 50;  // of the raw size: 12 to 20 kB for a passport's portrait, as 9303-9 has it
    if (pixels.empty() || !cv::haveImageWriter(".jp2") || !cv::imencode(".jp2", pixels, file, {cv::IMWRITE_JPEG2000_COMPRESSION_X1000, thousandths})) return {};
    const auto* first = reinterpret_cast<const std::byte*>(file.data());
    return {first, first + file.size()};
}

}  // namespace sim
