// Which keys must exist: those of every screen, of every enumerator, of every fault, and the literal ones that the screens use.
#include "ui/text.hpp"

namespace ui {

using namespace kiosk;

std::string_view name_of(DocumentState v) {
    constexpr std::string_view names[] = {"waiting", "reading", "moved", "unreadable", "not_supported", "expired", "invalid"};
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
std::string_view name_of(PhotoHint v) {
    constexpr std::string_view names[] = {"look_here", "no_face", "several_faces", "too_far", "too_close", "off_centre", "too_dark", "too_bright", "background_not_white",
                                          "background_left", "background_right", "hold_still"};
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
    constexpr std::string_view names[] = {"refused_consent", "not_the_person", "wrong_information", "no_photo", "document_trouble", "too_many_tries"};
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
    each(out, "screen.please_wait.", PleaseWait::What::applying, {".question", ".hint"});
    each(out, "screen.explain_standing.", StandingKind::not_insured, {".question", ".hint"});
    each(out, "screen.take_photo.", PhotoHint::hold_still, {".question"});
    each(out, "screen.choose_pin.refusal.", PinRefusal::initial, {""});
    each(out, "screen.making_card.step.", MakeStage::presenting, {""});
    each(out, "screen.go_to_window.", GoToWindow::Why::too_many_tries, {".question", ".hint"});
    each(out, "screen.staff_note.", StaffNote::What::door_still_open, {".question", ".hint"});
    for (int i = 1; i <= static_cast<int>(Progress::take); ++i) out.push_back(fmt::format("progress.{}", name_of(static_cast<Progress>(i))));
    for (const auto* tick : {"tick_notice", "tick_face_match", "tick_bank_data"}) out.push_back(fmt::format("screen.notice.{}", tick));
    for (const auto* place : {"destroyed", "in_bin", "not_found", "later"}) out.push_back(fmt::format("screen.reconcile_card.{}", place));
    for (const auto* state : {"spoiled", "retained", "found", "unknown"}) out.push_back(fmt::format("screen.empty_bin.state.{}", state));
    for (const int sex : {0, 1, 2, 9}) out.push_back(fmt::format("sex.{}", sex));
    for (int nation = 1; nation <= 56; ++nation) out.push_back("nation." + two_digits(nation));
    for (const auto* nation : {"nation.97", "nation.98", "nation.suffix"}) out.emplace_back(nation);
    for (int code = 0; code < drivers::fault_count; ++code)
        for (const auto* ending : {"title", "do", "staff"}) out.push_back(fmt::format("fault.{}.{}", drivers::name_of(static_cast<FaultCode>(code)), ending));
    return out;
}

}  // namespace ui
