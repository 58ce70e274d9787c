// The letters of OCR-B as the classifier sees them: rendered once from the font (package fonts-ocr-b), at several degrees of blur.
#pragma once
#include "drivers/fault.hpp"

#include <opencv2/core.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace camera {

inline constexpr std::string_view zone_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<";
inline constexpr int fine_pitch = 16, coarse_pitch = 8;  ///< dots from one character to the next in a fine and a coarse strip
/// A cell is one pitch wide and eleven eighths of it high: 2.54 x 3.5 mm. The middle of a capital stands in its middle.
[[nodiscard]] constexpr cv::Size cell_size(int pitch) { return {pitch, pitch * 11 / 8}; }

/// All letters at one pitch and one blur.
struct GlyphSet {
    double blur = 0;  ///< Gaussian sigma, in pitches
    cv::Mat rows;     ///< one letter a row in the order of zone_letters, CV_32F, mean nought and length one
};

class Glyphs {
  public:
    /// `font_file`: empty: the installed "OCR B" of fontconfig. bad_configuration when there is none, or it has not all the letters.
    [[nodiscard]] static drivers::Result<Glyphs> create(const std::string& font_file = {});
    [[nodiscard]] const GlyphSet& coarse() const { return coarse_; }
    /// From sharp to blurred.
    [[nodiscard]] const std::vector<GlyphSet>& fine() const { return fine_; }

  private:
    GlyphSet coarse_;
    std::vector<GlyphSet> fine_;
};

}  // namespace camera
