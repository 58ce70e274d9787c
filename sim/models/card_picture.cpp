// A card's side as a person sees it: white stock, dyes that swallow light, resin on top, rounded corners. The densities are typical of
// dye-sublimation ribbons; what was pre-printed on the stock is not known to a printer.
#include "sim/models/smart_card.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgcodecs.hpp>

namespace sim {
namespace {

constexpr int usual_width = 1016, usual_height = 648;
constexpr double corner_mm = 3.18, card_width_mm = 85.6;  // ISO/IEC 7810 ID-1
constexpr int full_level = 127;

/// Optical density of one dye at its full level, for blue, green and red light: no dye is pure.
struct Dye {
    double blue, green, red;
};
constexpr Dye yellow{1.60, 0.10, 0.02}, magenta{0.38, 1.55, 0.08}, cyan{0.12, 0.36, 1.60};
constexpr double resin_density = 1.90, overlay_shine = 0.995;

/// What one level of a dye lets through, per colour of light.
using Curve = std::array<std::array<double, 3>, full_level + 1>;
Curve curve_of(const Dye& dye) {
    Curve out;
    for (int level = 0; level <= full_level; ++level) {
        const double amount = static_cast<double>(level) / full_level;
        out[static_cast<std::size_t>(level)] = {std::pow(10, -dye.blue * amount), std::pow(10, -dye.green * amount), std::pow(10, -dye.red * amount)};
    }
    return out;
}

std::uint8_t level_at(const std::vector<std::uint8_t>& plane, std::size_t i) { return i < plane.size() ? std::min<std::uint8_t>(plane[i], full_level) : 0; }

/// Is the pixel cut away by a rounded corner?
bool outside(int x, int y, int width, int height) {
    const double radius = corner_mm / card_width_mm * width;
    const double px = x + 0.5, py = y + 0.5;
    const double dx = std::max({radius - px, px - (width - radius), 0.0}), dy = std::max({radius - py, py - (height - radius), 0.0});
    return dx * dx + dy * dy > radius * radius;
}

}  // namespace

Bytes card_png(const PhysicalCard& card, bool front) {
    const int width = card.width > 0 ? card.width : usual_width, height = card.height > 0 ? card.height : usual_height;
    static const Curve yellow_curve = curve_of(yellow), magenta_curve = curve_of(magenta), cyan_curve = curve_of(cyan);
    const double resin = std::pow(10, -resin_density);
    const std::vector<std::uint8_t>& black = front ? card.k : card.back_k;
    cv::Mat picture(height, width, CV_8UC4);
    for (int row = 0; row < height; ++row) {
        for (int column = 0; column < width; ++column) {
            const auto i = static_cast<std::size_t>(row) * static_cast<std::size_t>(width) + static_cast<std::size_t>(column);
            std::array<double, 3> light{250, 251, 251};
            if (front) {
                const auto &y = yellow_curve[level_at(card.y, i)], &m = magenta_curve[level_at(card.m, i)], &c = cyan_curve[level_at(card.c, i)];
                for (std::size_t k = 0; k < 3; ++k) light[k] *= y[k] * m[k] * c[k];
            }
            if (level_at(black, i)) {
                for (double& l : light) l *= resin;
            }
            if (front && level_at(card.o, i)) {
                for (double& l : light) l *= overlay_shine;
            }
            auto& pixel = picture.at<cv::Vec4b>(row, column);
            for (int k = 0; k < 3; ++k) pixel[k] = cv::saturate_cast<std::uint8_t>(light[static_cast<std::size_t>(k)]);
            pixel[3] = outside(column, row, width, height) ? 0 : 255;
        }
    }
    std::vector<std::uint8_t> encoded;
    if (!cv::imencode(".png", picture, encoded)) return {};
    const auto bytes = std::as_bytes(std::span{encoded});
    return {bytes.begin(), bytes.end()};
}

}  // namespace sim
