// The classifier proposes, the alphabets and the check digits decide (drivers/mrz). A letter that no check digit covers must be clear by itself: whether one does is
// asked of the very room that judges, by reading the zone once more with the second best letter.
#include "camera/zone/reading.hpp"

namespace camera {

namespace {
struct Choice {
    char first = '<', second = 0;
    double doubt = 0;
};

/// The two likest letters of an alphabet. Distances are compared as what a letter leaves unexplained: one minus the square of the likeness.
Choice choose(const CellScores& cell, std::string_view alphabet) {
    double first = -1, second = -1;
    Choice out;
    for (const char letter : alphabet) {
        const double likeness = std::max(0.0f, cell.likeness[zone_letters.find(letter)]);
        if (likeness > first) {
            second = std::exchange(first, likeness);
            out.second = std::exchange(out.first, letter);
        } else if (likeness > second) {
            second = likeness;
            out.second = letter;
        }
    }
    out.doubt = second < 0 ? 0 : (1 - first * first + 0.01) / (1 - second * second + 0.01);
    return out;
}
}  // namespace

std::expected<drivers::CorrectedMrz, Unreadable> read_text(const ZoneScores& scores, int lines, int columns, std::chrono::year_month_day today) {
    const auto places = scores.cells.size();
    if (scores.mean < least_mean_likeness) return std::unexpected(scores.mean < 0.65 ? Unreadable::not_a_zone : Unreadable::blurred);
    struct Text {
        std::string value;
        ~Text() { drivers::wipe(value); }
    } text;
    for (const auto& cell : scores.cells) text.value += zone_letters[cell.best()];
    const auto format = drivers::mrz_format(drivers::as_view(text.value));
    if (!format) return std::unexpected(Unreadable::inconsistent);

    std::vector<Choice> choices;
    for (std::size_t i = 0; i < places; ++i) {
        const auto column = static_cast<std::size_t>(columns);
        const auto alphabet = drivers::mrz_alphabet(*format, i / column, i % column);
        if (alphabet.empty() || lines * columns != static_cast<int>(places)) return std::unexpected(Unreadable::inconsistent);
        choices.push_back(choose(scores.cells[i], alphabet));
        text.value[i] = choices.back().first;
        if (scores.cells[i].highest() < least_likeness) return std::unexpected(Unreadable::blurred);
    }
    auto read = drivers::correct_mrz(drivers::as_view(text.value), today);
    if (!read) return std::unexpected(Unreadable::inconsistent);
    for (std::size_t i = 0; i < places; ++i) {
        const auto& choice = choices[i];
        // An alphabet of few letters hides that the cell looks like something else altogether.
        const bool foreign = scores.cells[i].highest() - scores.cells[i].likeness[zone_letters.find(choice.first)] > 0.12;
        bool doubtful = foreign || choice.doubt > most_doubt_checked;
        if (!doubtful && choice.second && choice.doubt > most_doubt_unchecked) {
            text.value[i] = choice.second;
            auto other = drivers::parse_mrz(drivers::as_view(text.value), today);
            text.value[i] = choice.first;
            doubtful = other.has_value();
            if (other) other->wipe();
        }
        if (!doubtful) continue;
        read->mrz.wipe();
        drivers::wipe(read->text);
        return std::unexpected(Unreadable::doubtful);
    }
    return std::move(*read);
}

}  // namespace camera
