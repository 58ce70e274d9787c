// Before the card is made: the real face and every datum to be checked, then the rules and the signature.
#include "ui/screens/screens.hpp"

namespace ui::screens {

using namespace theme;

namespace {
constexpr float face_ratio = 53.98F / 85.60F;  // ISO/IEC 7810 ID-1

Image face_of(Frame& frame, const printer::Picture& face) { return frame.parts().pictures.rgba("face", face.width, face.height, face.rgba); }

void face(Frame& frame, const printer::Picture& picture, const Rect& r) {
    const float radius = r.w * 3.18F / 85.60F;
    frame.ground(r, theme::card, radius);
    frame.picture(face_of(frame, picture), r, radius);
    frame.pen().outline(r, edge, radius, 3);
}

/// A foreigner has no nation of China's fifty-six; the nationality stands there as the document writes it (a person of China whose document names no nation: in words).
std::string sex_and_nation(Frame& frame, int sex, int nation, const std::string& nationality) {
    const auto sex_key = fmt::format("sex.{}", sex), nation_key = "nation." + two_digits(nation);
    const std::string first = frame.say(frame.has(sex_key) ? sex_key : "sex.0");
    if (!frame.has(nation_key) || nation < 1) {
        const auto country = "nationality." + nationality;
        return nationality.empty() ? first : first + frame.say("common.dot") + (frame.has(country) ? frame.say(country) : nationality);
    }
    const std::string& people = frame.say(nation_key);
    return first + frame.say("common.dot") + (nation > 56 ? people : frame.say("nation.suffix", {{"nation", people}}));
}
}  // namespace

void draw(Frame& frame, const kiosk::ConfirmCard& q) {
    const Rect room = frame.head(frame.say("screen.confirm_card.question"), "");
    using Answer = kiosk::ConfirmCard::Answer;
    const float pills = 96;
    std::vector<Row> rows{{frame.say("screen.confirm_card.name"), q.full_name},
                          {frame.say(q.nation < 1 && !q.nationality.empty() ? "screen.confirm_card.sex_nationality" : "screen.confirm_card.sex_nation"),
                           sex_and_nation(frame, q.sex, q.nation, q.nationality)},
                          {frame.say("screen.confirm_card.number"), group_id_number(q.social_security_number)},
                          {frame.say("screen.confirm_card.bank"), frame.choose(q.bank_zh, q.bank_en)},
                          {frame.say("screen.confirm_card.mobile"), group_mobile(q.mobile)}};
    if (q.may_change_bank)
        rows[3].button_id = "change_bank", rows[3].button = frame.say("screen.confirm_card.change"),
        rows[3].act = answers<kiosk::ConfirmCard>(Answer::change_bank);
    rows[4].button_id = "change_mobile", rows[4].button = frame.say("screen.confirm_card.change"), rows[4].act = answers<kiosk::ConfirmCard>(Answer::change_mobile);
    const float face_width = frame.large() ? 540 : 700;
    const Rect card{room.centre().x - face_width / 2, room.y - 8, face_width, face_width * face_ratio};
    face(frame, q.face, card);
    const float below = content_bottom - pills;
    frame.rows(card.bottom() + gap_small, rows, below - 16);
    const float w = (column - gap_small) / 2;
    Rect r{room.x, below, q.may_retake ? w : column, pills};
    if (q.may_retake) {
        frame.button(r, {"retake_photo", frame.say("screen.confirm_card.retake_photo"), Kind::quiet, answers<kiosk::ConfirmCard>(Answer::retake_photo)}, Role::body);
        r.x += w + gap_small;
    }
    frame.button(r,
                 {"wrong_information", frame.say("screen.confirm_card.wrong_information"), Kind::quiet, answers<kiosk::ConfirmCard>(Answer::wrong_information)},
                 Role::body);
    frame.actions({{"right", frame.say("screen.confirm_card.right"), Kind::primary, answers<kiosk::ConfirmCard>(Answer::right)}});
}

void draw(Frame& frame, const kiosk::Sign& q) {
    const Rect room = frame.head(frame.say("screen.sign.question"), "");
    float y = room.y - 8;
    const std::string rules = frame.say("screen.sign.rule_1") + "\n" + frame.say("screen.sign.rule_2") + "\n" + frame.say("screen.sign.rule_3");
    const Look look{.role = Role::body, .paragraph = 0.35F, .scale = 0.925F};
    const float least_pad = 250, strip = frame.large() ? 150 : 176;
    const float pad_x = 36, most = room.bottom() - y - strip - least_pad - 2 * 16 - 2 * 30;
    const float height = std::min(frame.height_of(rules, look, column - 2 * pad_x), most);
    const Rect card{room.x, y, room.w, height + 2 * 30};
    frame.card(card);
    frame.text({card.x + pad_x, card.y + 30, card.w - 2 * pad_x, height + 1}, rules, look);
    y = card.bottom() + 16;

    const float wide = strip / face_ratio;
    face(frame, q.face, {room.x, y, wide, strip});
    const Rect beside{room.x + wide + gap, y, room.w - wide - gap, strip};
    const float label = frame.text({beside.x, y + 14, beside.w, strip / 2}, frame.say("screen.sign.number"), {.role = Role::body, .ink = quiet, .one_line = true});
    frame.text({beside.x, y + 14 + label + 20, beside.w, strip - label - 34}, group_id_number(q.social_security_number), {.role = Role::title, .one_line = true});
    y += strip + 16;

    const Rect pad{room.x, y, room.w, room.bottom() - y};
    const bool empty = frame.entry().strokes.empty();
    frame.ground(pad, theme::card, radius_card);
    frame.pen().outline(pad, empty ? action : edge, radius_card, 4);
    frame.text({pad.x + 32, pad.y + 24, pad.w - 64, 60}, frame.say("screen.sign.pad"), {.role = Role::body, .ink = quiet, .one_line = true});
    frame.pen().box({pad.x + 40, pad.bottom() - 62, pad.w - 80, 3}, Colour{0xC9D4DB});
    frame.pen().clip(pad);
    for (const auto& stroke : frame.entry().strokes) {
        std::vector<Point> points;
        for (const auto& p : stroke) points.push_back({pad.x + static_cast<float>(p.x), pad.y + static_cast<float>(p.y)});
        frame.pen().stroke(points, ink, 9);
        drivers::wipe(std::as_writable_bytes(std::span{points}));
    }
    frame.pen().unclip();
    frame.pad("pad", pad);
    frame.actions({{"clear", frame.say("screen.sign.clear"), Kind::secondary, [](Acts& acts) { acts.entry.strokes.clear(); }, !empty},
                   {"sign", frame.say("screen.sign.sign"), Kind::primary, [](Acts& acts) { acts.answer<kiosk::Sign>(acts.entry.strokes); }, !empty}});
}

}  // namespace ui::screens
