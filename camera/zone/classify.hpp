// What each cell of the lattice looks like: every letter's likeness, and where in the cell it was seen.
#pragma once
#include "camera/zone/glyphs.hpp"
#include "camera/zone/grid.hpp"

namespace camera {

/// Normalised correlation of one cell with every letter of zone_letters, the best over small shifts.
struct CellScores {
    std::array<float, zone_letters.size()> likeness{};
    cv::Point2d shift;  ///< pitches: where the best letter was seen
    [[nodiscard]] std::size_t best() const { return static_cast<std::size_t>(std::ranges::max_element(likeness) - likeness.begin()); }
    [[nodiscard]] double highest() const { return likeness[best()]; }
};

/// Cells line by line.
struct ZoneScores {
    std::vector<CellScores> cells;
    double mean = 0;   ///< of the best likenesses
    double blur = 0;   ///< of the templates that fitted, in pitches
};

/// Lays the lattice exactly and scores all its cells. Nothing when the page does not look like OCR-B at all.
[[nodiscard]] std::optional<ZoneScores> read_cells(const cv::Mat& grey, Grid& grid, const Glyphs& glyphs);

}  // namespace camera
