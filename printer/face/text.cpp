// Values filled in, and which characters may be set at all: decided before anything is drawn.
#include "printer/face/text.hpp"

#include <fmt/format.h>
#include <glib.h>

namespace printer {

using drivers::FaultCode;

Result<std::string> fill_in(std::string_view form, const FaceData& data) {
    std::string text;
    while (!form.empty()) {
        const auto open = form.find('{');
        text += form.substr(0, open);
        if (open == form.npos) break;
        form.remove_prefix(open + 1);
        const auto close = form.find('}');
        const auto name = form.substr(0, close);
        const auto it = std::ranges::find(face_values, name, [](const auto& v) { return v.first; });
        if (close == form.npos || it == face_values.end()) return drivers::fail(FaultCode::bad_configuration, fmt::format("has no such value: {{{}", name.substr(0, 32)));
        text += data.*it->second;
        form.remove_prefix(close + 1);
    }
    return text;
}

Result<void> check_text(std::string_view text) {
    const auto refuse = [](std::string why) { return drivers::fail(FaultCode::name_not_printable, std::move(why)); };
    if (text.size() > max_value_bytes) return refuse(fmt::format("a text of {} bytes", text.size()));
    if (!g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr)) return refuse("a text is not UTF-8");
    int marks = max_marks;  // none to begin with: there is no letter below them
    for (const char* at = text.data(); at < text.data() + text.size(); at = g_utf8_next_char(at)) {
        switch (g_unichar_type(g_utf8_get_char(at))) {
            case G_UNICODE_CONTROL:
            case G_UNICODE_FORMAT:  // bidirectional marks, overrides and isolates are of this type
            case G_UNICODE_PRIVATE_USE:
            case G_UNICODE_SURROGATE:
            case G_UNICODE_LINE_SEPARATOR:
            case G_UNICODE_PARAGRAPH_SEPARATOR: return refuse("a text has a character that shows nothing");
            case G_UNICODE_NON_SPACING_MARK:
            case G_UNICODE_ENCLOSING_MARK:
            case G_UNICODE_SPACING_MARK:
                if (++marks > max_marks) return refuse("a text has a mark without its letter, or too many on one");
                break;
            default: marks = 0;  // GUnicodeType is Unicode's list, not ours
        }
    }
    return {};
}

}  // namespace printer
