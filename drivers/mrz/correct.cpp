// Misread characters, put right only where it is proven: the place's alphabet says that the character is wrong,
// the check digits over it say which one was meant. Two readings that both satisfy them: refused.
#include "drivers/mrz/layout.hpp"

namespace drivers {

namespace {
using namespace mrz_room;

/// What a classifier takes one for the other (facts: emrtd-and-mrz.md, "Residuals").
constexpr std::pair<char, char> likenesses[] = {{'O', '0'}, {'I', '1'}, {'T', '1'}, {'B', '8'}, {'S', '5'}, {'S', '8'}, {'Z', '2'}};

std::string likenesses_of(char read, std::string_view alphabet) {
    std::string out;
    for (const auto [letter, digit] : likenesses) {
        if (read == letter && alphabet.find(digit) != std::string_view::npos) out += digit;
        if (read == digit && alphabet.find(letter) != std::string_view::npos) out += letter;
    }
    return out;
}

/// Could a check digit tell this reading from every other character of the place? 0, A, K, U weigh the same, and so do 1, B, L, V ...
/// The filler weighs nothing like 0, but elsewhere than at a long number's missing digit it says the same or is refused by its field.
bool told_apart(char reading, std::string_view alphabet, Field field) {
    return std::ranges::none_of(alphabet, [&](char other) {
        return other != reading && (other != '<' || field == Field::number_check) && digit_of({&other, 1}) == digit_of({&reading, 1});
    });
}

struct Doubt {
    std::size_t place;
    std::string readings;
};

Result<std::vector<Doubt>> doubts_of(const Zone& zone) {
    std::vector<Doubt> doubts;
    const auto refuse = [&](std::size_t place, std::string_view why) { return bad(zone.layout->field_at(place), why); };
    for (std::size_t place = 0; place < zone.text.size(); ++place) {
        const auto alphabet = alphabet_of(zone.layout->alphabet[place]);
        if (alphabet.find(zone.text[place]) != std::string_view::npos) continue;
        auto readings = likenesses_of(zone.text[place], alphabet);
        if (readings.empty()) return refuse(place, "a character that cannot stand there and resembles none that can");
        if (!zone.layout->covered(place)) return refuse(place, "a character that cannot stand there, and no check digit to say which was meant");
        if (!std::ranges::all_of(readings, [&](char reading) { return told_apart(reading, alphabet, zone.layout->field_at(place)); }))
            return refuse(place, "a character that cannot stand there, and the check digit cannot say which was meant");
        if (doubts.size() == max_mrz_corrections) return refuse(place, "too many characters that cannot stand there");
        doubts.push_back({place, std::move(readings)});
    }
    return doubts;
}
}  // namespace

Result<CorrectedMrz> correct_mrz(View text, std::chrono::year_month_day today) {
    auto zone = zone_of(text);
    if (!zone) return std::unexpected(zone.error());
    const auto doubts = doubts_of(*zone);
    if (!doubts) return std::unexpected(doubts.error());

    // Every combination, counted like an odometer: at most two readings a place, so at most 2^max_mrz_corrections of them.
    std::vector<std::size_t> choice(doubts->size(), 0);
    std::optional<CorrectedMrz> found;
    std::optional<Fault> refused;
    for (bool more = true; more;) {
        for (std::size_t i = 0; i < doubts->size(); ++i) zone->text[(*doubts)[i].place] = (*doubts)[i].readings[choice[i]];
        if (auto mrz = read_zone(*zone, today); !mrz) {
            refused = std::move(mrz.error());
        } else if (found) {
            found->mrz.wipe();
            wipe(found->text);
            mrz->wipe();
            return fail(FaultCode::document_invalid, "mrz: two readings satisfy the check digits");
        } else {
            found = CorrectedMrz{std::move(*mrz), zone->text, doubts->size()};
        }
        more = false;
        for (std::size_t i = 0; i < choice.size() && !more; ++i) {
            more = ++choice[i] < (*doubts)[i].readings.size();
            if (!more) choice[i] = 0;
        }
    }
    if (!found) return std::unexpected(std::move(*refused));
    return std::move(*found);
}

}  // namespace drivers
