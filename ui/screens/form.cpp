// What is chosen and typed: bank, mobile number, PIN.
#include "ui/screens/screens.hpp"

namespace ui::screens {

using namespace theme;

void draw(Frame& frame, const kiosk::ChooseBank& q) {
    Rect room = frame.head(frame.say("screen.choose_bank.question"), frame.say("screen.choose_bank.hint"));
    constexpr int per_page = 5;
    const int all = static_cast<int>(q.offered.size());
    const int page = frame.pager(room, (all + per_page - 1) / per_page);
    const float h = std::min(190.F, (room.h - 4 * gap_small) / per_page);
    float y = room.y;
    for (int i = page * per_page; i < std::min(all, (page + 1) * per_page); ++i) {
        const auto& bank = q.offered[static_cast<std::size_t>(i)];
        const std::string id = "bank_" + bank.id.value;
        const Rect r{room.x, y, room.w, h};
        frame.card(r, frame.is_pressed(id) ? pressed : theme::card, edge, 3);
        frame.pen().disc({r.x + 100, r.centre().y}, 56, action_tint);
        frame.pen().mark(Mark::bank, {r.x + 100, r.centre().y}, 62, action);
        frame.text({r.x + 190, r.y + 8, r.w - 190 - 130, h - 16}, frame.choose(bank.name_zh, bank.name_en), {.role = Role::title, .middle = true});
        frame.pen().mark(Mark::arrow_right, {r.right() - 68, r.centre().y}, 42, action);
        frame.target(id, r, true, answers<kiosk::ChooseBank>(bank.id));
        y += h + gap_small;
    }
    frame.actions({});
    frame.foot(frame.say("screen.choose_bank.foot"));
}

void draw(Frame& frame, const kiosk::EnterMobile& q) {
    const bool refused = q.refused && frame.entry().digits.empty();
    const Rect room = frame.head(frame.say("screen.enter_mobile.question"), refused ? "" : frame.say("screen.enter_mobile.hint"));
    const float top = frame.keypad({.most = 11});
    float y = room.y;
    if (refused) {
        const auto words = frame.say("screen.enter_mobile.refused");
        const float h = frame.height_of(words, {.role = Role::hint}, column - 84) + 20;
        frame.remark({room.x, y - 10, room.w, h}, words, true);
        y += h;
    }
    const float h = std::min(210.F, top - gap - y);
    const Rect field{room.x, y + std::max(0.F, (top - gap - y - h) / 2), room.w, h};
    const auto& digits = frame.entry().digits;
    frame.field(field, group_mobile(digits), frame.say("screen.enter_mobile.field"), digits.size() == 11);
    frame.actions({{"confirm", frame.say("screen.enter_mobile.confirm"), Kind::primary, [](Acts& acts) { acts.answer<kiosk::EnterMobile>(acts.entry.digits); },
                    digits.size() == 11}});
}

void draw(Frame& frame, const kiosk::ChoosePin& q) {
    constexpr std::size_t digits = 6;
    const auto& entry = frame.entry();
    const bool again = entry.digits.size() >= digits;
    const Rect room = frame.head(frame.say(again ? "screen.choose_pin.question_again" : "screen.choose_pin.question"),
                                 frame.say(again ? "screen.choose_pin.hint_again" : "screen.choose_pin.hint"));
    const float top = frame.keypad({.most = digits, .twice = true});
    const bool refused = q.refusal != kiosk::PinRefusal::none && entry.digits.empty();
    const auto words = frame.say(fmt::format("screen.choose_pin.refusal.{}", name_of(refused ? q.refusal : kiosk::PinRefusal::none)));
    float y = room.y - 8;
    const float said = frame.height_of(words, {.role = Role::hint}, column - 84) + 12;
    frame.remark({room.x, y, room.w, said}, words, refused);
    y += said + 12;
    const float h = std::clamp(top - gap - y, 90.F, 190.F);
    frame.dots({room.x, y + std::max(0.F, (top - gap - y - h) / 2), room.w, h}, again ? entry.again.size() : entry.digits.size(), digits);
    frame.actions({{"clear", frame.say("screen.choose_pin.clear"), Kind::secondary,
                    [](Acts& acts) {
                        const auto phase = acts.entry.phase;
                        acts.entry.wipe();
                        acts.entry.phase = phase;
                    },
                    !entry.digits.empty()},
                   {"confirm", frame.say("screen.choose_pin.confirm"), Kind::primary,
                    [](Acts& acts) {
                        acts.answer<kiosk::ChoosePin>(
                            {.first = kiosk::Secret{std::string_view(acts.entry.digits)}, .again = kiosk::Secret{std::string_view(acts.entry.again)}});
                        acts.entry.wipe();
                    },
                    entry.again.size() == digits}});
}

}  // namespace ui::screens
