// From likenesses to a text that may be trusted: every place within its alphabet, every check digit right, and no doubt where no check digit would tell.
#pragma once
#include "camera/zone/classify.hpp"
#include "drivers/mrz/mrz.hpp"

namespace camera {

/// The doubt of a cell: how near the second likeness comes to the first, 0 (no doubt) .. 1 (alike).
inline constexpr double most_doubt_checked = 0.92;    ///< where another letter would break a check digit
inline constexpr double most_doubt_unchecked = 0.75;  ///< where it would not: names, codes, what weighs the same
inline constexpr double least_likeness = 0.55, least_mean_likeness = 0.78;

enum class Unreadable : std::uint8_t { not_a_zone, blurred, doubtful, inconsistent };

/// `lines` x `columns` cells. inconsistent: shape, alphabets, dates or check digits; doubtful: a letter that nothing proves was not clear enough.
[[nodiscard]] std::expected<drivers::CorrectedMrz, Unreadable> read_text(const ZoneScores& scores, int lines, int columns, std::chrono::year_month_day today);

}  // namespace camera
