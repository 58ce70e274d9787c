// What the citizen does when the kiosk asks for a document: lays it down, chooses another one, holds its page before the camera, types what it says.
#include "sim/hall/citizen.hpp"

#include <cctype>
#include <fmt/format.h>
#include <iterator>
#include <sstream>

namespace sim {

namespace {
constexpr Time page_in_place{std::chrono::milliseconds{900}};  ///< from the page before the camera to the touch that takes its picture
constexpr Time key_shows_within{std::chrono::milliseconds{600}};
constexpr Time looks_at_trouble{std::chrono::milliseconds{400}};

std::vector<std::string> characters_of(std::string_view utf8) {
    std::vector<std::string> out;
    for (const char c : utf8) {
        if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) out.emplace_back();
        if (!out.empty()) out.back().push_back(c);
    }
    return out;
}
std::vector<std::string> words_of(std::string_view text) {
    std::istringstream in{std::string(text)};
    return {std::istream_iterator<std::string>(in), {}};
}
/// "U+97E6" without its U+, of one character in UTF-8.
std::string hex_of_character(std::string_view utf8) {
    const auto lead = static_cast<unsigned char>(utf8[0]);
    std::uint32_t code = lead & (utf8.size() == 4 ? 0x07u : utf8.size() == 3 ? 0x0Fu : 0x1Fu);
    for (const char c : utf8.substr(1)) code = code << 6 | (static_cast<unsigned char>(c) & 0x3Fu);
    return fmt::format("{:X}", code);
}
/// Which reader's screen shows it, if any.
bool by_resident_reader(const std::string& kind) { return kind == "resident_id" || kind == "residence_permit" || kind == "permanent_residence"; }
}  // namespace

OfWhom Citizen::asked_of(const ScreenSeen& screen) const {
    return screen.fields.value("whose", "own") == "child" ? OfWhom::child : OfWhom::own;  // a guardian's is his own
}

const PrintedDocument& Citizen::printed(const ScreenSeen& screen) { return printed_[asked_of(screen)]; }

void Citizen::at_reader(WindowLink& window, const ScreenSeen& screen, Time now) {
    const auto state = screen.fields.value("state", ""), shown = screen.fields.value("kind", "");
    if (state == "reading") return;
    if (state != "waiting") {
        if (hands_.document_on_reader()) hands_.take_document();
        else hands_.put_document(asked_of(screen));
        next_ = now + looks_at_trouble;
        return;
    }
    const auto& kind = printed(screen).kind;
    if (by_resident_reader(shown) && !by_resident_reader(kind)) return touch(window, screen, "other_document");
    if (!hands_.document_on_reader()) hands_.put_document(asked_of(screen));
}

void Citizen::hold_up(WindowLink& window, const ScreenSeen& screen, Time now) {
    if (screen.name == "show_ecard" && !printed(screen).has_ecard) return touch(window, screen, "use_document");
    if (screen.name == "show_zone" && plan_.types_zone) return touch(window, screen, "type_instead");
    if (!page_shown_) {
        // The zone is asked of whoever's passport it is, the page of a child's register or of his own temporary card; the electronic card is on his own telephone.
        hands_.show_page(plan_.child.empty() ? OfWhom::own : OfWhom::child);
        page_shown_ = true;
    }
    if (!page_since_) page_since_ = now;
    if (screen.name == "photograph_page" && now - *page_since_ >= page_in_place) touch(window, screen, "take");
}

bool Citizen::on_document_screen(WindowLink& window, const ScreenSeen& screen, Time now) {
    const auto& name = screen.name;
    const auto& papers = printed_[plan_.child.empty() ? OfWhom::own : OfWhom::child];
    if (name == "present_document") return at_reader(window, screen, now), true;
    if (name == "choose_document") return touch(window, screen, "document_" + printed(screen).kind), true;
    if (before_camera(name)) return hold_up(window, screen, now), true;
    if (name == "enter_zone") {
        auto keys = keys_of(papers.number);
        for (const auto& date : {papers.birth, papers.expiry}) {
            keys.emplace_back("confirm");
            for (auto& key : keys_of(date)) keys.push_back(std::move(key));
        }
        return type(window, screen, keys), true;
    }
    if (name == "enter_id_number") {
        auto keys = keys_of(printed(screen).number);
        if (keys.back() == "letter_X") keys.back() = "key_X";  // the only letter of that keyboard
        return type(window, screen, keys), true;
    }
    if (name == "enter_expiry") return type(window, screen, keys_of(papers.expiry)), true;
    if (name == "enter_name") return write_name(window, screen, now), true;
    if (name == "page_taken") return touch(window, screen, "keep"), true;
    if (name == "choose_relation") return touch(window, screen, plan_.relation), true;
    return false;
}

/// With the plan's syllables: spelled, then the character sought among the candidates, page by page. Without: by its code point. A key is touched when the one
/// before has shown.
void Citizen::write_name(WindowLink& window, const ScreenSeen& screen, Time now) {
    const auto& entry = screen.entry;
    if (entry == entry_at_touch_ && now < touched_at_ + key_shows_within) return;
    entry_at_touch_ = entry;
    touched_at_ = now;
    const auto name = characters_of(printed(screen).name);
    const auto composed = entry.value("composed", std::size_t{0}), spelled = entry.value("spelled", std::size_t{0});
    if (composed >= name.size()) return touch(window, screen, "confirm");
    const auto& wanted = name[composed];
    if (wanted == "·") return touch(window, screen, "dot");
    const auto syllables = words_of(plan_.pinyin);
    const bool by_code = composed >= syllables.size();
    const std::string mode = wanted.size() == 1 ? "latin" : by_code ? "code" : "pinyin";
    if (entry.value("mode", "") != mode) return touch(window, screen, "mode_" + mode);
    if (wanted.size() == 1) return touch(window, screen, wanted == " " ? "space" : keys_of(wanted).front());
    auto spelling = by_code ? hex_of_character(wanted) : syllables[composed];
    std::ranges::transform(spelling, spelling.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (spelled < spelling.size()) return touch(window, screen, keys_of(spelling.substr(spelled, 1)).front());
    const auto candidates = entry.value("candidates", std::vector<std::string>{});
    const auto found = std::ranges::find(candidates, wanted);
    if (found != candidates.end()) return touch(window, screen, fmt::format("candidate_{}", found - candidates.begin() + 1));
    touch(window, screen, "next_page");
}

}  // namespace sim
