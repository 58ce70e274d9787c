// A name on the screen's own keyboard.
#include "ui/screens/keys.hpp"
#include "ui/screens/screens.hpp"

namespace ui::screens {

using namespace theme;

void draw(Frame& frame, const kiosk::EnterName& q) {
    const auto& writing = frame.entry().writing;
    const auto key = fmt::format("screen.enter_name.{}.question", name_of(q.whose));
    const bool refused = q.refused && writing.composed.empty() && writing.spelled.empty();
    const Rect room = frame.head(frame.say(key), refused ? "" : frame.say("screen.enter_name.hint"));
    const float top = keyboard(frame, {.letters = whole_alphabet,
                                       .press = [](char c) -> Act { return [c](Acts& acts) { acts.entry.writing.put(static_cast<char32_t>(c)); }; },
                                       .take_back = [](Acts& acts) { acts.entry.writing.take_back(); },
                                       .side = {{"dot", "·", [](Acts& acts) { acts.entry.writing.put(U'·'); }}}});
    float y = room.y;
    if (refused) {
        const auto words = frame.say("screen.enter_name.refused");
        const float h = frame.height_of(words, {.role = Role::hint}, column - 84) + 20;
        frame.remark({room.x, room.y - 10, room.w, h}, words, true);
        y += h;
    }
    frame.field({room.x, y, room.w, std::min(160.F, top - y - gap)}, writing.composed, frame.say("screen.enter_name.field"), !writing.composed.empty());
    frame.actions({{"confirm", frame.say("common.next"), Kind::primary, [](Acts& acts) { acts.answer<kiosk::EnterName>(acts.entry.writing.composed); }, !writing.composed.empty()}});
}

}  // namespace ui::screens
