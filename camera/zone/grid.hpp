// The zone's lattice: from (line, column) to the frame. Characters stand at a fixed pitch; perspective makes it grow along the line, a bent page makes it waver.
#pragma once
#include "camera/zone/rows.hpp"

namespace camera {

/// A line's lattice. Position along the line: projective between both ends; then a small wavering in both directions, in pitches.
struct GridLine {
    cv::Point2d left, right;     ///< frame pixels of column 0's left and the last column's right boundary, middle of the letters' height
    double ratio = 1;            ///< fourth root of the pitch at the left end over that at the right end
    cv::Vec4d along{}, across{}; ///< polynomials in u = -1 .. 1
};

class Grid {
  public:
    /// The lattice that puts boundaries between the letters and letters between the boundaries. `agreement`: how well, 0..1 and more.
    [[nodiscard]] static Grid fit(const cv::Mat& grey, const RowGroup& rows, int columns);
    [[nodiscard]] int lines() const { return static_cast<int>(lines_.size()); }
    [[nodiscard]] int columns() const { return columns_; }
    [[nodiscard]] double agreement() const { return agreement_; }
    [[nodiscard]] double pitch() const;  ///< pixels of the frame, mean
    /// Turned by half a turn: a document held upside down.
    [[nodiscard]] Grid upside_down() const;
    /// One line as a strip of `dots` a pitch, CV_32F: `margin` dots around the cells on all sides.
    [[nodiscard]] cv::Mat strip(const cv::Mat& grey, int line, int dots, int margin) const;
    /// Moves a line's letters by what was seen: one (along, across) in pitches for each column, with its weight. Robust: single columns that disagree do not count.
    void move(int line, const std::vector<cv::Point2d>& seen, const std::vector<double>& weights);
    /// How high the letters are against their pitch: a page that is tilted backwards has lower ones. 1 at first.
    void set_tallness(double tallness) { tallness_ = tallness; }
    [[nodiscard]] double tallness() const { return tallness_; }
    [[nodiscard]] std::array<cv::Point2d, 4> outline() const;

  private:
    struct Place {
        cv::Point2d at, along, down;  ///< along and down: one pitch
    };
    [[nodiscard]] Place place(int line, double column) const;
    std::vector<GridLine> lines_;
    int columns_ = 0;
    double agreement_ = 0, tallness_ = 1;
};

}  // namespace camera
