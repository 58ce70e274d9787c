// Normalised correlation by one matrix product a line: all shifts of all cells against all letters. Coarse first, then fine, the lattice moved after each look.
#include "camera/zone/classify.hpp"

#include <opencv2/imgproc.hpp>

namespace camera {

namespace {
constexpr double coarse_enough = 0.5;  // mean likeness below which this is no OCR-B; letters of other fonts reach 0.6, ornaments 0.4
constexpr double surely_upright = 0.85;
constexpr int coarse_reach = 2, fine_reach = 1;
constexpr int cells_for_blur = 3;      // every third cell tells blur and height
constexpr double tallness_step = 0.02; // of the height
constexpr int tallness_steps = 5;

/// Every `every`th cell of a line, shifted by up to `reach` dots in both directions.
std::vector<CellScores> score(const cv::Mat& strip, int columns, int dots, int margin, int reach, int every, const GlyphSet& glyphs) {
    const auto size = cell_size(dots);
    const int side = 2 * reach + 1, shifts = side * side, cells = (columns + every - 1) / every;
    cv::Mat patches(cells * shifts, size.area(), CV_32F), products;
    for (int i = 0; i < cells; ++i)
        for (int k = 0; k < shifts; ++k) {
            const cv::Rect at(margin + i * every * dots + k % side - reach, margin + k / side - reach, size.width, size.height);
            cv::Mat row = patches.row(i * shifts + k).reshape(1, size.height);
            strip(at).copyTo(row);
            cv::Scalar mean, deviation;
            cv::meanStdDev(row, mean, deviation);
            const double length = deviation[0] * std::sqrt(static_cast<double>(size.area()));
            row.convertTo(row, CV_32F, 1 / std::max(1e-3, length), -mean[0] / std::max(1e-3, length));
        }
    cv::gemm(patches, glyphs.rows, 1, {}, 0, products, cv::GEMM_2_T);
    patches.setTo(0);
    std::vector<CellScores> out(static_cast<std::size_t>(cells));
    for (int i = 0; i < cells; ++i) {
        auto& cell = out[static_cast<std::size_t>(i)];
        cell.likeness.fill(-1);
        float highest = -2;
        for (int k = 0; k < shifts; ++k) {
            const float* row = products.ptr<float>(i * shifts + k);
            for (std::size_t letter = 0; letter < zone_letters.size(); ++letter) {
                cell.likeness[letter] = std::max(cell.likeness[letter], row[letter]);
                if (row[letter] <= highest) continue;
                highest = row[letter];
                cell.shift = cv::Point2d(k % side - reach, k / side - reach) / dots;
            }
        }
    }
    return out;
}

double mean_of(const std::vector<CellScores>& cells) {
    double sum = 0;
    for (const auto& cell : cells) sum += cell.highest();
    return cells.empty() ? 0 : sum / static_cast<double>(cells.size());
}

struct Look {
    int dots, margin, reach;
};
constexpr Look coarse{coarse_pitch, 4, coarse_reach}, fine{fine_pitch, 4, fine_reach};

/// One look at all lines; the lattice is moved to where the letters were seen.
double look(const cv::Mat& grey, Grid& grid, const Look& how, const GlyphSet& glyphs) {
    double sum = 0;
    for (int line = 0; line < grid.lines(); ++line) {
        cv::Mat strip = grid.strip(grey, line, how.dots, how.margin);
        const auto cells = score(strip, grid.columns(), how.dots, how.margin, how.reach, 1, glyphs);
        strip.setTo(0);
        std::vector<cv::Point2d> seen;
        std::vector<double> weights;
        for (const auto& cell : cells) {
            seen.push_back(cell.shift);
            weights.push_back(std::max(0.0, cell.highest()));
        }
        grid.move(line, seen, weights);
        sum += mean_of(cells);
    }
    return sum / grid.lines();
}

using Strips = std::vector<cv::Mat>;
Strips strips_of(const cv::Mat& grey, const Grid& grid) {
    Strips out;
    for (int line = 0; line < grid.lines(); ++line) out.push_back(grid.strip(grey, line, fine.dots, fine.margin));
    return out;
}
void wipe(Strips& strips) {
    for (auto& strip : strips) strip.setTo(0);
}

/// Likeness of every few cells, without a search.
double sample(const Strips& strips, int columns, const GlyphSet& set) {
    double sum = 0;
    for (const auto& strip : strips) sum += mean_of(score(strip, columns, fine.dots, fine.margin, 0, cells_for_blur, set));
    return sum;
}

/// The degree of blur at which the letters look most like themselves.
const GlyphSet& right_blur(const Strips& strips, int columns, const Glyphs& glyphs) {
    const GlyphSet* best = nullptr;
    double highest = -1;
    for (const auto& set : glyphs.fine()) {
        const double likeness = sample(strips, columns, set);
        if (best && likeness <= highest) continue;
        highest = likeness;
        best = &set;
    }
    return *best;
}

/// The letters' height at which they look most like themselves: O and 0 differ in little else. `strips`: of the grid as it is; afterwards of the grid as it is then.
void right_height(const cv::Mat& grey, Grid& grid, Strips& strips, const GlyphSet& set) {
    double highest = sample(strips, grid.columns(), set), best = grid.tallness();
    for (const double direction : {-tallness_step, tallness_step})
        for (int step = 1; step <= tallness_steps; ++step) {
            Grid tried = grid;
            tried.set_tallness(grid.tallness() + direction * step);
            Strips seen = strips_of(grey, tried);
            const double likeness = sample(seen, grid.columns(), set);
            if (likeness <= highest) {
                wipe(seen);
                break;
            }
            highest = likeness;
            best = tried.tallness();
            wipe(strips);
            strips = std::move(seen);
        }
    grid.set_tallness(best);
}
}  // namespace

std::optional<ZoneScores> read_cells(const cv::Mat& grey, Grid& grid, const Glyphs& glyphs) {
    Grid turned = grid.upside_down();
    double coarse_mean = look(grey, grid, coarse, glyphs.coarse());
    if (coarse_mean < surely_upright) {
        // Perhaps the document is upside down: many capitals look like themselves then.
        if (const double other = look(grey, turned, coarse, glyphs.coarse()); other > coarse_mean) {
            grid = turned;
            coarse_mean = other;
        }
    }
    if (coarse_mean < coarse_enough) return std::nullopt;
    look(grey, grid, coarse, glyphs.coarse());
    look(grey, grid, fine, glyphs.fine()[glyphs.fine().size() / 2]);
    Strips strips = strips_of(grey, grid);
    right_height(grey, grid, strips, glyphs.fine()[glyphs.fine().size() / 2]);
    const auto& set = right_blur(strips, grid.columns(), glyphs);
    ZoneScores out;
    out.blur = set.blur;
    for (auto& strip : strips) {
        const auto cells = score(strip, grid.columns(), fine.dots, fine.margin, fine.reach, 1, set);
        strip.setTo(0);
        out.cells.insert(out.cells.end(), cells.begin(), cells.end());
    }
    out.mean = mean_of(out.cells);
    return out;
}

}  // namespace camera
