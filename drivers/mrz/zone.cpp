// From bytes to a zone of known layout: length, lines, document code, and the alphabet of every place.
// Nothing is guessed here: the first characters choose the layout, and what does not fit it is refused.
#include "drivers/mrz/layout.hpp"

namespace drivers::mrz_room {

namespace {
std::unexpected<Fault> wrong_shape(std::string_view why) { return fail(FaultCode::document_invalid, fmt::format("mrz: {}", why)); }

/// A permit of China with three lines carries its number where a card of ICAO's carries its state, and no number reads as one.
/// (Not "has a digit there": a misread number may have none.)
bool number_for_state(std::string_view text) { return !mrz_state_known(without_fillers(text.substr(2, 3))); }

Result<MrzFormat> format_of(std::size_t lines, std::size_t width, std::string_view text) {
    const auto code = text.substr(0, 2);
    if (code[0] == 'V') return fail(FaultCode::document_not_supported, "mrz: document code: a visa, not an identity document");
    if (lines == 1 && width == 30) {
        if (code == "CS" || code == "CD") return MrzFormat::exit_entry;
        return fail(FaultCode::document_not_supported, "mrz: document code: one line, but neither CS nor CD");
    }
    if (lines == 2 && width == 44) {
        if (code[0] == 'P') return MrzFormat::td3;
        return fail(FaultCode::document_not_supported, "mrz: document code: two lines of 44, but no passport");
    }
    if (alphabet_of('t').find(code[0]) == std::string_view::npos)
        return fail(FaultCode::document_not_supported, "mrz: document code: begins with none of A, C, I");
    if (code[1] == 'V') return fail(FaultCode::document_not_supported, "mrz: document code: V in second place");
    if (lines == 2 && width == 36) return MrzFormat::td2;
    if (text.starts_with("C<CHN")) return MrzFormat::permit_1999;
    if (code == "CR" && number_for_state(text)) return MrzFormat::permit_hk_macao;
    if (code == "CT" && number_for_state(text)) return MrzFormat::permit_taiwan;
    if ((code == "CS" || code == "CD") && number_for_state(text)) return MrzFormat::exit_entry_chip;
    return MrzFormat::td1;
}
}  // namespace

Result<Zone> zone_of(View bytes) {
    if (bytes.empty()) return wrong_shape("empty");
    if (bytes.size() > max_mrz_bytes) return wrong_shape("too long");
    std::string text;
    text.reserve(max_mrz_bytes);
    std::size_t lines = 0;
    std::size_t width = 0;
    for (std::size_t i = 0; i < bytes.size(); ++lines) {
        const auto begin = text.size();
        while (i < bytes.size() && u8(bytes[i]) != '\n') text.push_back(static_cast<char>(u8(bytes[i++])));
        if (i < bytes.size()) {
            ++i;
            if (text.size() > begin && text.back() == '\r') text.pop_back();
        }
        const auto length = text.size() - begin;
        if (lines > 0 && length != width) {
            wipe(text);
            return wrong_shape("lines of different length");
        }
        width = length;
    }
    if (lines == 1) {  // run together, as DG1 has it
        if (width == 90) lines = 3;
        else if (width == 88 || width == 72) lines = 2;
        width = text.size() / lines;
    }
    const bool known = (lines == 1 && width == 30) || (lines == 3 && width == 30) || (lines == 2 && (width == 36 || width == 44));
    if (!known) {
        wipe(text);
        return wrong_shape("neither 3 x 30, 2 x 36, 2 x 44 nor 1 x 30 characters");
    }
    const auto format = format_of(lines, width, text);
    if (!format) {
        wipe(text);
        return std::unexpected(format.error());
    }
    return Zone{layout_of(*format), std::move(text)};
}

Result<void> check_alphabet(const Zone& zone) {
    const auto& layout = *zone.layout;
    for (std::size_t place = 0; place < zone.text.size(); ++place) {
        if (alphabet_of(layout.alphabet[place]).find(zone.text[place]) != std::string_view::npos) continue;
        return fail(FaultCode::document_invalid, fmt::format("mrz: {}: a character that cannot stand there (line {}, column {})", name_of(layout.field_at(place)),
                                                             place / layout.width + 1, place % layout.width + 1));
    }
    return {};
}

std::unexpected<Fault> bad(Field field, std::string_view why) { return fail(FaultCode::document_invalid, fmt::format("mrz: {}: {}", name_of(field), why)); }

}  // namespace drivers::mrz_room

namespace drivers {

Result<MrzFormat> mrz_format(View text) {
    const auto zone = mrz_room::zone_of(text);
    if (!zone) return std::unexpected(zone.error());
    return zone->layout->format;
}

}  // namespace drivers
