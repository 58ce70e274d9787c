// Which keys must exist: those of every screen, of every enumerator, of every fault, and the literal ones that the screens use.
#include "ui/input/strokes.hpp"
#include "ui/text.hpp"

namespace ui {

using namespace kiosk;

std::string_view name_of(DocumentState v) {
    constexpr std::string_view names[] = {"waiting", "reading", "moved", "unreadable", "not_supported", "expired", "invalid"};
    return names[static_cast<std::size_t>(v)];
}
std::string_view name_of(Whose v) {
    constexpr std::string_view names[] = {"own", "guardian", "child"};
    return names[static_cast<std::size_t>(v)];
}
std::string_view name_of(PageGuide v) {
    constexpr std::string_view names[] = {"none", "closer", "further", "straighten", "hold_still", "too_dark", "glare"};
    return names[static_cast<std::size_t>(v)];
}
std::string_view name_of(ChooseRelation::Answer v) {
    constexpr std::string_view names[] = {"father", "mother", "other"};
    return names[static_cast<std::size_t>(v)];
}
std::string_view name_of(PleaseWait::What v) {
    constexpr std::string_view names[] = {"asking_centre", "comparing", "applying"};
    return names[static_cast<std::size_t>(v)];
}
std::string_view name_of(StandingKind v) {
    constexpr std::string_view names[] = {"none", "pending_kiosk", "pending_batch", "pending_bank", "made_not_collected", "active_card", "card_not_activated", "not_insured"};
    return names[static_cast<std::size_t>(v)];
}
std::string_view name_of(CallStaff::Why v) {
    constexpr std::string_view names[] = {"unsure", "no_photograph", "document_to_check"};
    return names[static_cast<std::size_t>(v)];
}
std::string_view name_of(PinRefusal v) {
    constexpr std::string_view names[] = {"none", "differ", "too_simple", "birth_date", "part_of_number", "initial"};
    return names[static_cast<std::size_t>(v)];
}
std::string_view name_of(MakeStage v) {
    constexpr std::string_view names[] = {"preparing", "feeding", "encoding", "printing", "presenting"};
    return names[static_cast<std::size_t>(v)];
}
std::string_view name_of(GoToWindow::Why v) {
    constexpr std::string_view names[] = {"refused_consent", "not_the_person", "wrong_information", "no_photo", "document_trouble", "too_many_tries", "not_a_child", "no_guardian"};
    return names[static_cast<std::size_t>(v)];
}
std::string_view name_of(StaffNote::What v) {
    constexpr std::string_view names[] = {"locked", "unknown_badge", "loaded", "bin_emptied", "reconciled", "path_reopened", "path_still_closed", "not_permitted", "door_still_open"};
    return names[static_cast<std::size_t>(v)];
}
std::string_view name_of(Progress v) {
    constexpr std::string_view names[] = {"none", "document", "photo", "confirm", "make", "take"};
    return names[static_cast<std::size_t>(v)];
}

namespace {
/// For which reasons a person is told which way: for the others a side changes nothing in what to do.
struct SidedReason {
    camera::Reason reason;
    bool sided;
};
using R = camera::Reason;
constexpr std::array<SidedReason, camera::reason_count> photo_words{{
    {R::no_face, false}, {R::several_faces, false}, {R::too_far, false}, {R::too_close, false}, {R::off_centre, true}, {R::cut_off, true}, {R::tilted, false},
    {R::turned, false}, {R::too_dark, false}, {R::too_bright, false}, {R::uneven_light, true}, {R::background_not_white, true}, {R::background_coloured, true},
    {R::background_uneven, true}, {R::background_shadow, true}, {R::blurred, false}, {R::moving, false}, {R::eyes_closed, false}, {R::eyes_not_visible, false},
    {R::glare, false}, {R::glasses_tinted, false}, {R::clothes_like_background, false}, {R::head_covered, false}, {R::mouth_open, false},
}};
static_assert([] {
    for (std::size_t i = 0; i < photo_words.size(); ++i)
        if (photo_words[i].reason != static_cast<R>(i)) return false;
    return true;
}());
}  // namespace

std::string photo_key(camera::Reason reason, camera::Side side) {
    const bool sided = photo_words[static_cast<std::size_t>(reason)].sided;
    return sided ? fmt::format("photo.{}.{}", camera::name_of(reason), camera::name_of(side)) : fmt::format("photo.{}", camera::name_of(reason));
}

namespace {
// Literal keys of the screens' source; a test compares this list with the source.
constexpr std::string_view literal_keys[] = {
#include "ui/text_keys.inc"
};

template <class E>
void each(std::vector<std::string>& out, std::string_view screen, E last, std::initializer_list<std::string_view> endings) {
    for (int i = 0; i <= static_cast<int>(last); ++i)
        for (const auto ending : endings) out.push_back(fmt::format("{}{}{}", screen, name_of(static_cast<E>(i)), ending));
}
}  // namespace

std::vector<std::string> required_keys() {
    std::vector<std::string> out(std::begin(literal_keys), std::end(literal_keys));
    each(out, "screen.present_document.", DocumentState::invalid, {".question", ".hint"});
    each(out, "whose.", Whose::child, {""});
    for (int i = 1; i <= static_cast<int>(PageGuide::glare); ++i) out.push_back(fmt::format("page.{}", name_of(static_cast<PageGuide>(i))));
    out.emplace_back("page.look");
    each(out, "screen.choose_document.", Whose::child, {".question"});
    each(out, "screen.enter_name.", Whose::child, {".question"});
    for (const auto* mode : {"pinyin", "stroke", "code", "latin"}) {
        for (const auto* what : {"mode", "begin"}) out.push_back(fmt::format("screen.enter_name.{}.{}", what, mode));
        if (mode != std::string_view("latin")) out.push_back(fmt::format("screen.enter_name.none.{}", mode));
    }
    for (const char stroke : input::stroke_letters) out.push_back(fmt::format("screen.enter_name.stroke_{}", stroke));
    each(out, "screen.enter_id_number.", Whose::child, {".question"});
    each(out, "screen.choose_relation.", ChooseRelation::Answer::other, {""});
    for (const auto& [kind, word] : drivers::document_words)
        for (const auto* ending : {"name", "short", "note"}) out.push_back(fmt::format("document.{}.{}", word, ending));
    for (const auto* kind : {"passport", "permit"})
        for (const auto* ending : {"question", "hint"}) out.push_back(fmt::format("screen.show_zone.{}.{}", kind, ending));
    for (const auto* evidence : {"chip", "chip_unverified", "typed"}) out.push_back(fmt::format("screen.confirm_person.evidence.{}", evidence));
    each(out, "screen.please_wait.", PleaseWait::What::applying, {".question", ".hint"});
    each(out, "screen.explain_standing.", StandingKind::not_insured, {".question", ".hint"});
    for (const auto& words : photo_words)
        for (const auto side : {camera::Side::none, camera::Side::left, camera::Side::right})
            if (words.sided || side == camera::Side::none) out.push_back(photo_key(words.reason, side));
    each(out, "screen.call_staff.", CallStaff::Why::document_to_check, {".question", ".hint"});
    each(out, "screen.choose_pin.refusal.", PinRefusal::initial, {""});
    each(out, "screen.making_card.step.", MakeStage::presenting, {""});
    each(out, "screen.go_to_window.", GoToWindow::Why::no_guardian, {".question", ".hint"});
    each(out, "screen.staff_note.", StaffNote::What::door_still_open, {".question", ".hint"});
    for (int i = 1; i <= static_cast<int>(Progress::take); ++i) out.push_back(fmt::format("progress.{}", name_of(static_cast<Progress>(i))));
    for (const auto* tick : {"tick_notice", "tick_face_match", "tick_bank_data"}) out.push_back(fmt::format("screen.notice.{}", tick));
    for (const auto* place : {"destroyed", "in_bin", "not_found", "later"}) out.push_back(fmt::format("screen.reconcile_card.{}", place));
    for (const auto* state : {"spoiled", "retained", "found", "unknown"}) out.push_back(fmt::format("screen.empty_bin.state.{}", state));
    for (const int sex : {0, 1, 2, 9}) out.push_back(fmt::format("sex.{}", sex));
    for (int nation = 1; nation <= 56; ++nation) out.push_back("nation." + two_digits(nation));
    for (const auto* nation : {"nation.97", "nation.98", "nation.suffix", "nationality.CHN"}) out.emplace_back(nation);
    for (int code = 0; code < drivers::fault_count; ++code)
        for (const auto* ending : {"title", "do", "staff"}) out.push_back(fmt::format("fault.{}.{}", drivers::name_of(static_cast<FaultCode>(code)), ending));
    return out;
}

}  // namespace ui
