// From drawn sides to the printer's panels: light to dye, dye to 128 levels by error diffusion, resin and overlay to dots.
#include "printer/face/artwork.hpp"

#include <cmath>

namespace printer {

namespace {
constexpr int full_level = 127;
constexpr std::uint8_t dot_threshold = 128;  // of an edge's coverage

/// Optical density of each dye at its full level for red, green and blue light: typical of dye sublimation ribbons, no dye is pure. The printer's own
/// curve is not public: measure the first real machine's and correct it here.
struct Dye {
    float red, green, blue;
};
constexpr Dye cyan{1.60f, 0.34f, 0.12f}, magenta{0.08f, 1.58f, 0.37f}, yellow{0.02f, 0.10f, 1.60f};
constexpr float deepest = 1.60f;

using Levels = std::array<float, 3>;  // y, m, c

constexpr float determinant(Dye p, Dye q, Dye s) {
    return p.red * (q.green * s.blue - s.green * q.blue) - q.red * (p.green * s.blue - s.green * p.blue) + s.red * (p.green * q.blue - q.green * p.blue);
}
constexpr float whole = determinant(cyan, magenta, yellow);

/// How much of each dye swallows the light that the colour lacks (the inverse of the table above, by Cramer's rule; it is linear in the densities).
class Separation {
  public:
    Separation() {
        for (int v = 0; v < 256; ++v) {
            const float density = v == 0 ? deepest : std::min(deepest, -std::log10(static_cast<float>(v) / 255.0f));
            const auto share = [&](Dye light) {
                const Levels amount{determinant(cyan, magenta, light), determinant(cyan, light, yellow), determinant(light, magenta, yellow)};
                return Levels{amount[0] / whole * full_level, amount[1] / whole * full_level, amount[2] / whole * full_level};
            };
            red_[static_cast<std::size_t>(v)] = share({density, 0, 0});
            green_[static_cast<std::size_t>(v)] = share({0, density, 0});
            blue_[static_cast<std::size_t>(v)] = share({0, 0, density});
        }
    }
    /// The ground of a card is of few colours: the last one is remembered.
    [[nodiscard]] const Levels& operator()(std::uint32_t xrgb) {
        xrgb &= 0xFFFFFF;
        if (xrgb == last_) return levels_;
        last_ = xrgb;
        const auto &r = red_[xrgb >> 16], &g = green_[xrgb >> 8 & 0xFF], &b = blue_[xrgb & 0xFF];
        for (std::size_t p = 0; p < 3; ++p) levels_[p] = std::clamp(r[p] + g[p] + b[p], 0.0f, static_cast<float>(full_level));
        return levels_;
    }

  private:
    std::array<Levels, 256> red_{}, green_{}, blue_{};
    std::uint32_t last_ = 0xFFFFFF;
    Levels levels_{};
};

/// Floyd and Steinberg's diffusion, boustrophedon, over three planes at once. White stays white: no stray dots on paper.
class Diffusion {
  public:
    explicit Diffusion(int width) : here_(static_cast<std::size_t>(width) + 2), below_(here_.size()), width_(width) {}
    void row(int y, const std::vector<Levels>& wanted, std::array<std::uint8_t*, 3> out) {
        const std::ptrdiff_t step = y % 2 == 0 ? 1 : -1;
        std::ptrdiff_t x = step > 0 ? 0 : width_ - 1;
        for (int i = 0; i < width_; ++i, x += step) {
            const auto& want = wanted[static_cast<std::size_t>(x)];
            auto *here = here_.data() + x + 1, *below = below_.data() + x + 1;
            for (std::size_t p = 0; p < 3; ++p) {
                if (want[p] <= 0) {
                    out[p][x] = 0;
                    continue;
                }
                const float with_error = want[p] + (*here)[p];
                const auto given = static_cast<std::uint8_t>(std::clamp(with_error + 0.5f, 0.0f, static_cast<float>(full_level)));
                out[p][x] = given;
                const float error = (with_error - given) / 16;
                here[step][p] += 7 * error;
                below[-step][p] += 3 * error;
                (*below)[p] += 5 * error;
                below[step][p] += error;
            }
        }
        here_.swap(below_);
        std::ranges::fill(below_, Levels{});
    }

  private:
    std::vector<Levels> here_, below_;
    int width_;
};

std::vector<std::uint8_t> resin_dots(const Sheet& sheet, RasterSize size) {
    std::vector<std::uint8_t> plane(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height));
    auto* out = plane.data();
    for (int y = 0; y < size.height; ++y) {
        const auto *resin = sheet.resin.alphas(y), *cut = sheet.cut.alphas(y);
        for (int x = 0; x < size.width; ++x) *out++ = resin[x] >= dot_threshold && cut[x] == 0 ? 1 : 0;
    }
    return plane;
}
}  // namespace

Result<PrintJob> make_job(const Layout& layout, const FaceData& data, RasterSize size) {
    auto front = draw_side(layout, layout.front, data, size, Ground::print);
    if (!front) return std::unexpected(front.error());
    const auto dots = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
    PrintJob job;
    job.size = size;
    for (auto* plane : {&job.y, &job.m, &job.c, &job.o}) plane->resize(dots);
    Separation separation;
    Diffusion diffusion(size.width);
    std::vector<Levels> wanted(static_cast<std::size_t>(size.width));
    for (int y = 0; y < size.height; ++y) {
        const auto* colours = (*front)->colour.colours(y);
        const auto* cut = (*front)->cut.alphas(y);
        const auto at = static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width);
        for (int x = 0; x < size.width; ++x) {
            const auto i = static_cast<std::size_t>(x);
            wanted[i] = cut[x] ? Levels{} : separation(colours[x]);
            job.o[at + i] = cut[x] ? 0 : 1;
        }
        diffusion.row(y, wanted, {&job.y[at], &job.m[at], &job.c[at]});
    }
    job.k = resin_dots(**front, size);
    if (layout.back.empty()) return job;
    auto back = draw_side(layout, layout.back, data, size, Ground::print);
    if (!back) {
        job.wipe();
        return std::unexpected(back.error());
    }
    job.back_k = resin_dots(**back, size);
    return job;
}

}  // namespace printer
