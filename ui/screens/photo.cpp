// The photograph: guidance that says what to do, the picture with its rules, and the member of staff who looks where the machine cannot tell.
#include "ui/screens/screens.hpp"

#include <cmath>

namespace ui::screens {

using namespace theme;
using camera::Reason;
using camera::Side;

namespace {
/// What is drawn on the picture beside the words.
enum class Cue { none, to_camera, edge, move };
struct ReasonCue {
    Reason reason;
    Cue cue;
};
constexpr std::array<ReasonCue, camera::reason_count> cues{{
    {Reason::no_face, Cue::to_camera}, {Reason::several_faces, Cue::none}, {Reason::too_far, Cue::none}, {Reason::too_close, Cue::none},
    {Reason::off_centre, Cue::move}, {Reason::cut_off, Cue::move}, {Reason::tilted, Cue::none}, {Reason::turned, Cue::to_camera},
    {Reason::too_dark, Cue::none}, {Reason::too_bright, Cue::none}, {Reason::uneven_light, Cue::none}, {Reason::background_not_white, Cue::edge},
    {Reason::background_coloured, Cue::edge}, {Reason::background_uneven, Cue::edge}, {Reason::background_shadow, Cue::edge}, {Reason::blurred, Cue::none},
    {Reason::moving, Cue::none}, {Reason::eyes_closed, Cue::to_camera}, {Reason::eyes_not_visible, Cue::none}, {Reason::glare, Cue::none},
    {Reason::glasses_tinted, Cue::none}, {Reason::clothes_like_background, Cue::none}, {Reason::head_covered, Cue::none}, {Reason::mouth_open, Cue::none},
}};
static_assert([] {
    for (std::size_t i = 0; i < cues.size(); ++i)
        if (cues[i].reason != static_cast<Reason>(i)) return false;
    return true;
}());

constexpr Colour lit{0x7BE0AF}, picture_ground{0x2A3B46};

void draw_cue(const Pen& pen, const Rect& r, Cue cue, Side side) {
    constexpr float inset = 84, above_the_oval = 66;
    switch (cue) {
        case Cue::none: return;
        case Cue::to_camera: return pen.arrow_disc({r.centre().x, r.y + above_the_oval}, {0, -1}, action, on_action);
        case Cue::edge:
            if (side != Side::none) pen.box({side == Side::left ? r.x : r.right() - 26, r.y + 30, 26, r.h - 60}, attention, 12);
            return;
        case Cue::move:
            // Who is seen at the left goes to the right.
            if (side == Side::left) pen.arrow_disc({r.right() - inset, r.centre().y}, {1, 0}, action, on_action);
            if (side == Side::right) pen.arrow_disc({r.x + inset, r.centre().y}, {-1, 0}, action, on_action);
            return;
    }
}

/// Where the head belongs: eyes 115 of 720 rows apart, which lies in the middle of what the crop takes (93 .. 145), 42 % from the top. Around a median head with its
/// ears (photo-official-numbers.md: crown 1.688, chin 1.835, ears 2.725 eye distances) there is a little air.
struct Oval {
    Point centre, radii;
};
Oval oval_in(const Rect& view) {
    constexpr float e = 115.F / 720, eyes = 0.42F, crown = 1.688F, chin = 1.835F, ears = 2.725F, air = 1.08F;
    return {{view.centre().x, view.y + view.h * (eyes + e * (chin - crown) / 2)}, {view.h * e * ears / 2 * air, view.h * e * (crown + chin) / 2 * air}};
}

/// The oval's line fills from the top as the time passes for which everything must hold.
void ring(const Pen& pen, const Oval& oval, double held) {
    pen.dashed_ellipse(oval.centre, oval.radii, ink, 12);
    pen.dashed_ellipse(oval.centre, oval.radii, Colour{0xFFFFFF}, 7);
    if (held <= 0) return;
    constexpr int steps_of_turn = 160;
    const int steps = std::max(1, static_cast<int>(std::lround(std::min(held, 1.0) * steps_of_turn)));
    std::vector<Point> path;
    for (int i = 0; i <= steps; ++i) {
        const float angle = 6.2831853F * (static_cast<float>(i) / steps_of_turn - 0.25F);
        path.push_back({oval.centre.x + oval.radii.x * std::cos(angle), oval.centre.y + oval.radii.y * std::sin(angle)});
    }
    pen.stroke(path, done, 24);
    pen.stroke(path, lit, 14);
}

/// The part of the camera's picture that fills the view, with the face in its middle as far as the picture goes.
void preview(Frame& frame, const Rect& view, const kiosk::TakePhoto& q) {
    const auto image = frame.parts().pictures.rgb("preview", q.width, q.height, q.preview_rgb);
    if (image.empty()) return;
    const float part = view.w / view.h * static_cast<float>(image.height) / static_cast<float>(image.width);
    if (part >= 1) return frame.picture(image, view, radius_card);
    const float left = std::clamp(static_cast<float>(q.focus) - part / 2, 0.F, 1 - part);
    frame.pen().image(image.texture, view, {left, 0}, {left + part, 1}, Colour{0xFFFFFF}, radius_card);
}

/// A status, not a button: a tick or an open ring, and a word on the paper.
void status(Frame& frame, const Rect& r, const std::string& word, bool good) {
    const Colour colour = good ? done : quiet;
    const Look look{.role = Role::note, .ink = colour, .middle = true, .one_line = true};
    const float w = std::min(frame.width_of(word, look), r.w - 66), x = r.centre().x - (w + 62) / 2;
    if (good) {
        frame.pen().disc({x + 23, r.centre().y}, 23, colour);
        frame.pen().mark(Mark::check, {x + 23, r.centre().y}, 26, Colour{0xFFFFFF});
    } else {
        frame.pen().circle({x + 23, r.centre().y}, 20, colour, 5);
    }
    frame.text({x + 60, r.y, r.w - 62, r.h}, word, look);
}

void statuses(Frame& frame, const Rect& r, const kiosk::PhotoChecks& checks) {
    const std::pair<std::string_view, bool> all[] = {{"screen.take_photo.place", checks.place},
                                                     {"screen.take_photo.light", checks.light},
                                                     {"screen.take_photo.background", checks.background},
                                                     {"screen.take_photo.eyes", checks.eyes}};
    const int columns = frame.large() ? 2 : 4, rows = 4 / columns;
    const float w = r.w / static_cast<float>(columns), h = r.h / static_cast<float>(rows);
    for (int i = 0; i < 4; ++i)
        status(frame, {r.x + static_cast<float>(i % columns) * w, r.y + static_cast<float>(i / columns) * h, w, h}, frame.say(all[i].first), all[i].second);
}
}  // namespace

void draw(Frame& frame, const kiosk::TakePhoto& q) {
    const bool still = q.watching && !q.guidance;
    const auto words = q.guidance ? frame.say(photo_key(q.guidance->reason, q.guidance->side)) : frame.say(still ? "screen.take_photo.hold_still" : "screen.take_photo.look_here");
    const Colour colour = still ? done : q.guidance ? attention : ink;
    const Rect room = frame.head(words, frame.large() ? "" : frame.say("screen.take_photo.hint"), colour);
    const float strip = frame.large() ? 150 : 96;
    const Rect view{room.x, room.y, room.w, room.h - strip};
    frame.ground(view, picture_ground, radius_card);
    preview(frame, view, q);
    ring(frame.pen(), oval_in(view), still ? q.held : 0);
    frame.pen().outline(view, q.watching ? colour : line, radius_card, q.watching ? 8 : 3);
    if (q.guidance) draw_cue(frame.pen(), view, cues[static_cast<std::size_t>(q.guidance->reason)].cue, q.guidance->side);
    else if (!still) draw_cue(frame.pen(), view, Cue::to_camera, Side::none);
    statuses(frame, {room.x, view.bottom() + 18, room.w, strip - 18}, q.checks);
    frame.actions({{"ask_for_help", frame.say("screen.take_photo.ask_for_help"), Kind::secondary, answers<kiosk::TakePhoto>(kiosk::TakePhoto::Answer::ask_for_help)}});
    frame.foot(frame.say("screen.take_photo.foot"));
}

void draw(Frame& frame, const kiosk::PhotoTaken& q) {
    const Rect room = frame.head(frame.say("screen.photo_taken.question"), frame.say("screen.photo_taken.hint"));
    const auto image = frame.parts().pictures.jpeg("taken", q.jpeg);
    constexpr std::string_view rules[] = {"screen.photo_taken.rule_eyes", "screen.photo_taken.rule_ears", "screen.photo_taken.rule_white"};
    const float rules_height = frame.height_of_bullets(rules);
    const float tall = std::min(760.F, room.h - rules_height - gap - 40), wide = tall * 358 / 441;
    const Rect sheet{room.centre().x - wide / 2 - 24, room.y, wide + 48, tall + 48};
    frame.card(sheet);
    frame.picture(image, sheet.inset(24, 24), 8);
    frame.bullets(sheet.bottom() + gap - 4, rules);
    std::vector<Choice> choices;
    if (q.retakes_left > 0)
        choices.push_back({"retake", frame.say("screen.photo_taken.retake"), Kind::secondary, answers<kiosk::PhotoTaken>(kiosk::PhotoTaken::Answer::retake)});
    choices.push_back({"keep", frame.say("screen.photo_taken.keep"), Kind::primary, answers<kiosk::PhotoTaken>(kiosk::PhotoTaken::Answer::keep)});
    frame.actions(std::move(choices));
    frame.foot(q.retakes_left > 0 ? frame.say("screen.photo_taken.retakes", {{"n", fmt::to_string(q.retakes_left)}}) : frame.say("screen.photo_taken.no_retakes"));
}

void draw(Frame& frame, const kiosk::CallStaff& q) {
    const auto key = fmt::format("screen.call_staff.{}", name_of(q.why));
    const Rect room = frame.head(frame.say(key + ".question"), frame.say(key + ".hint"), attention);
    float y = frame.note_card(room.y, frame.say("screen.call_staff.body"), Mark::people, action, Role::strong) + gap_small;
    if (!q.window.empty()) y = frame.note_card(y, frame.say("screen.call_staff.other", {{"window", q.window}}), Mark::arrow_right, quiet);
    frame.actions({});
}

}  // namespace ui::screens
