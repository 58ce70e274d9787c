// A page before the camera: the zone that opens a chip, or a page for the staff's eyes; then the picture that was taken.
#include "ui/screens/papers.hpp"

namespace ui::screens {

using namespace theme;
using drivers::DocumentKind;
using kiosk::PageGuide;

namespace {
constexpr Colour dark_ground{0x2A3B46}, white{0xFFFFFF};

/// Four corners between which the page belongs.
void corners(const Pen& pen, const Rect& r, Colour colour) {
    const float arm = std::min(r.w, r.h) * 0.16F;
    for (const auto& [x, y, dx, dy] : {std::tuple{r.x, r.y, 1.F, 1.F}, std::tuple{r.right(), r.y, -1.F, 1.F}, std::tuple{r.x, r.bottom(), 1.F, -1.F},
                                       std::tuple{r.right(), r.bottom(), -1.F, -1.F}})
        for (const auto& [c, width] : {std::pair{ink, 18.F}, std::pair{colour, 10.F}}) pen.stroke({{x + dx * arm, y}, {x, y}, {x, y + dy * arm}}, c, width);
}

/// The camera's picture as it is, whole, with the place for the page; before the first picture, the way to the camera.
void live(Frame& frame, const Rect& view, const Image& image, bool watching, PageGuide guide, float page_ratio) {
    frame.ground(view, dark_ground, radius_card);
    const auto& pen = frame.pen();
    if (!image.empty()) {
        const float has = static_cast<float>(image.width) / static_cast<float>(image.height);
        const float w = std::min(view.w, view.h * has), h = w / has;
        pen.image(image.texture, {view.centre().x - w / 2, view.centre().y - h / 2, w, h}, {0, 0}, {1, 1}, white, radius_card);
    } else {
        pen.arrow_disc({view.centre().x, view.y + 84}, {0, -1}, action, on_action);
        pen.mark(Mark::camera, {view.centre().x, view.centre().y - 4}, 140, white);
        frame.text({view.x + 40, view.centre().y + 106, view.w - 80, 110}, frame.say("page.look"),
                   {.role = Role::hint, .ink = white, .align = Align::centre});
    }
    const float room_w = view.w * 0.84F, room_h = view.h * 0.86F, w = std::min(room_w, room_h / page_ratio), h = w * page_ratio;
    const bool good = watching && (guide == PageGuide::none || guide == PageGuide::hold_still);
    if (watching) corners(pen, {view.centre().x - w / 2, view.centre().y - h / 2, w, h}, good ? Colour{0x7BE0AF} : white);
    pen.outline(view, !watching ? line : good ? done : attention, radius_card, watching ? 8 : 3);
}

/// What the page looks like and what of it must be seen.
void explain(Frame& frame, const Rect& r, const Paper& paper, const std::string& words) {
    frame.card(r);
    const float h = r.h - 2 * 36, w = std::min(h / ratio_of(paper.kind, paper.side), r.w * 0.42F);
    draw_paper(frame, {r.x + 36 + w / 2, r.centre().y}, w, paper);
    const float x = r.x + 36 + w + 40;
    frame.text({x, r.y + 24, r.right() - x - 32, r.h - 48}, words, {.role = Role::body, .middle = true});
}

/// A telephone that shows a code; none that could be read.
void telephone(const Pen& pen, Point c, float w, float h) {
    pen.turned_box(c, {w, h}, 22, 0, white, ink, 7);
    const float side = w * 0.66F, eye = side * 0.3F, far = (side - eye) / 2;
    for (const auto& [dx, dy] : {std::pair{-far, -far}, std::pair{far, -far}, std::pair{-far, far}}) {
        pen.turned_box({c.x + dx, c.y + dy}, {eye, eye}, 4, 0, white, ink, 7);
        pen.turned_box({c.x + dx, c.y + dy}, {eye * 0.3F, eye * 0.3F}, 1, 0, ink, ink, 1);
    }
    for (const auto& [dx, dy] : {std::pair{0.F, -0.3F}, {0.F, 0.F}, {0.34F, 0.04F}, {-0.3F, 0.02F}, {0.14F, 0.2F}, {0.36F, 0.32F}, {0.06F, 0.4F}})
        pen.turned_box({c.x + dx * side, c.y + dy * side}, {side * 0.11F, side * 0.11F}, 1, 0, ink, ink, 1);
    pen.stroke({{c.x - w * 0.12F, c.y + h * 0.43F}, {c.x + w * 0.12F, c.y + h * 0.43F}}, ink, 6);
}

/// The words above the picture: what to do now.
struct Said {
    std::string words;
    Colour colour;
};
template <class Q>
Said said(Frame& frame, const Q& q, std::string_view otherwise) {
    if (!q.watching || q.guide == PageGuide::none) return {frame.say(otherwise), ink};
    return {frame.say(fmt::format("page.{}", name_of(q.guide))), q.guide == PageGuide::hold_still ? done : attention};
}
template <class Q>
Image preview_of(Frame& frame, const Q& q) {
    return frame.parts().pictures.rgb("preview", q.width, q.height, q.preview_rgb);
}

struct Places {
    Rect view, below;
};
/// A picture of 16 : 9 as wide as the column, and what is left.
Places places(const Rect& room, float below) {
    const float h = std::min(column * 9 / 16, room.h - below - gap);
    return {{room.x, room.y, room.w, h}, {room.x, room.y + h + gap, room.w, room.h - h - gap}};
}
}  // namespace

void draw(Frame& frame, const kiosk::ShowZone& q) {
    const std::string_view shape = q.kind == DocumentKind::passport ? "passport" : "permit";
    const auto [words, colour] = said(frame, q, fmt::format("screen.show_zone.{}.question", shape));
    const Rect room = frame.head(words, frame.say(fmt::format("screen.show_zone.{}.hint", shape)), colour);
    const auto [view, below] = places(room, 250);
    const Paper paper{.kind = q.kind, .side = Side::back, .zone = true};
    live(frame, view, preview_of(frame, q), q.watching, q.guide, ratio_of(paper.kind, paper.side));
    explain(frame, {below.x, below.y, below.w, std::min(below.h, 330.F)}, paper, frame.say("screen.show_zone.explain"));
    frame.actions({{"type_instead", frame.say("screen.show_zone.type_instead"), Kind::secondary, answers<kiosk::ShowZone>(kiosk::ShowZone::Answer::type_instead)}});
    frame.foot(frame.say("screen.show_zone.foot"));
}

void draw(Frame& frame, const kiosk::ShowECard& q) {
    const auto [words, colour] = said(frame, q, q.refused ? "screen.show_ecard.refused" : "screen.show_ecard.question");
    const Rect room = frame.head(words, frame.say("screen.show_ecard.hint"), colour);
    const auto [view, below] = places(room, 250);
    live(frame, view, preview_of(frame, q), q.watching, q.guide, 1);
    const Rect box{below.x, below.y, below.w, std::min(below.h, 330.F)};
    frame.card(box);
    const float h = box.h - 2 * 36, w = h * 0.56F;
    telephone(frame.pen(), {box.x + 36 + w, box.centre().y}, w, h);
    const float x = box.x + 36 + 2 * w + 40;
    frame.text({x, box.y + 24, box.right() - x - 32, box.h - 48}, frame.say("screen.show_ecard.explain"), {.role = Role::body, .middle = true});
    frame.actions({{"use_document", frame.say("screen.show_ecard.use_document"), Kind::secondary, answers<kiosk::ShowECard>(kiosk::ShowECard::Answer::use_document)}});
    frame.foot(frame.say("screen.show_ecard.foot"));
}

void draw(Frame& frame, const kiosk::PhotographPage& q) {
    const bool household = q.kind == DocumentKind::household_register;
    const auto [words, colour] = said(frame, q, household ? "screen.photograph_page.register_question" : "screen.photograph_page.question");
    const Rect room = frame.head(words, frame.say("screen.photograph_page.hint"), colour);
    const auto [view, below] = places(room, 250);
    const Paper paper{.kind = q.kind};
    live(frame, view, preview_of(frame, q), q.watching, q.guide, ratio_of(paper.kind, paper.side));
    explain(frame, {below.x, below.y, below.w, std::min(below.h, 330.F)}, paper,
            frame.say(household ? "screen.photograph_page.register_explain" : "screen.photograph_page.explain"));
    frame.actions({{"take", frame.say("screen.photograph_page.take"), Kind::primary, answers<kiosk::PhotographPage>(kiosk::PhotographPage::Answer::take), q.watching}});
    frame.foot(frame.say("screen.photograph_page.foot"));
}

void draw(Frame& frame, const kiosk::PageTaken& q) {
    const Rect room = frame.head(frame.say("screen.page_taken.question"), frame.say("screen.page_taken.hint"));
    const auto image = frame.parts().pictures.jpeg("page", q.jpeg);
    const float ratio = image.empty() ? 9.F / 16 : static_cast<float>(image.height) / static_cast<float>(image.width);
    constexpr std::string_view rules[] = {"screen.page_taken.rule_corners", "screen.page_taken.rule_words", "screen.page_taken.rule_glare"};
    const float below = frame.height_of_bullets(rules) + gap;
    const float w = std::min(room.w - 48, (room.h - 48 - below) / ratio), h = w * ratio;
    const Rect sheet{room.centre().x - w / 2 - 24, room.y, w + 48, h + 48};
    frame.card(sheet);
    if (image.empty()) frame.text(sheet.inset(40, 40), frame.say("screen.page_taken.nothing"), {.role = Role::hint, .ink = quiet, .align = Align::centre, .middle = true});
    else frame.pen().image(image.texture, sheet.inset(24, 24), {0, 0}, {1, 1}, white, 12);
    frame.bullets(sheet.bottom() + gap, rules);
    using Answer = kiosk::PageTaken::Answer;
    frame.actions({{"retake", frame.say("screen.page_taken.retake"), Kind::secondary, answers<kiosk::PageTaken>(Answer::retake)},
                   {"keep", frame.say("screen.page_taken.keep"), Kind::primary, answers<kiosk::PageTaken>(Answer::keep), !image.empty()}});
    frame.foot(frame.say("screen.page_taken.foot"));
}

}  // namespace ui::screens
