// Where a text may go on to the next line. Pure but for Pango's tables of Unicode.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace printer {

/// A byte offset of the text at which a new line may begin.
struct Break {
    std::size_t at = 0;
    bool good = false;  ///< a sensible place: after a middle dot or a blank of a name that has them; elsewhere every place that the rules allow
};

/// Unicode's line breaking for Chinese (UAX 14: never before closing punctuation, never after opening), and never before a middle dot, which the standard allows.
/// `text` is UTF-8, checked.
[[nodiscard]] std::vector<Break> breaks_of(const std::string& text);

/// Greedy lines: the offsets at which lines 2, 3 ... begin. `reach[i]` is how far break i lies from the text's beginning, `whole` the text's width, in the
/// same unit as `width`. Empty when a piece is wider than a line. `good_only` uses good breaks alone.
[[nodiscard]] std::vector<std::size_t> lines_within(const std::vector<Break>& breaks, const std::vector<double>& reach, double whole, double width, bool good_only);

/// Bytes of the punctuation marks that are set half as wide because another mark stands beside them, as Chinese setting has it: the first of "）（" and of
/// "。）", the second of "（《".
struct Mark {
    std::size_t begin = 0, end = 0;
};
[[nodiscard]] std::vector<Mark> tight_marks(const std::string& text);

/// `text` with line separators (U+2028) at `starts`; a blank at the end of a line is left out.
[[nodiscard]] std::string broken(std::string_view text, const std::vector<std::size_t>& starts);

}  // namespace printer
