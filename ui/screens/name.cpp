// A name on the screen's own keyboard: pinyin, strokes, a character's number, or Latin capitals; what stands above, what can be meant in the middle.
#include "ui/input/codes.hpp"
#include "ui/screens/keys.hpp"
#include "ui/screens/screens.hpp"

namespace ui::screens {

using namespace theme;
using input::Mode;

namespace {
constexpr int candidate_columns = 6;
constexpr float candidate_gap = 10, least_candidate = 112, most_candidate = 132;
constexpr float keys_height = 344;  ///< of every mode's keys, so that nothing jumps when the mode changes
constexpr std::array modes{Mode::pinyin, Mode::stroke, Mode::code, Mode::latin};

/// The way of writing that is used: the one chosen, or the first that this machine can offer.
Mode mode_of(Frame& frame) {
    auto& writing = frame.entry().writing;
    auto& methods = frame.parts().methods;
    if (!methods.can_use(writing.mode)) writing.turn_to(*std::ranges::find_if(modes, [&](Mode m) { return methods.can_use(m); }));
    return writing.mode;
}

Act put(char32_t character) {
    return [character](Acts& acts) { acts.entry.writing.put(character); };
}
Act spell(char letter) {
    return [letter](Acts& acts) { acts.entry.writing.spell(letter); };
}
const Act take_back = [](Acts& acts) { acts.entry.writing.take_back(); };

/// One of several, and which one it is now.
void tabs(Frame& frame, const Rect& r, Mode now) {
    std::vector<Mode> offered;
    std::ranges::copy_if(modes, std::back_inserter(offered), [&](Mode m) { return frame.parts().methods.offers(m); });
    const float w = (r.w - static_cast<float>(offered.size() - 1) * 12) / static_cast<float>(offered.size());
    float x = r.x;
    for (const auto mode : offered) {
        const std::string id = fmt::format("mode_{}", input::name_of(mode));
        const bool chosen = mode == now;
        const Rect tab{x, r.y, w, r.h};
        frame.ground(tab, chosen ? action_tint : frame.is_pressed(id) ? pressed : paper, 24);
        frame.pen().outline(tab, chosen ? action : edge, 24, chosen ? 5 : 2);
        const auto words = frame.say(fmt::format("screen.enter_name.mode.{}", input::name_of(mode)));
        frame.text(tab.inset(12, 6), chosen ? bold(words) : words,
                   {.role = Role::body, .ink = chosen ? Colour{0x0A4A73} : ink, .align = Align::centre, .middle = true, .one_line = true});
        frame.target(id, tab, !chosen, [mode](Acts& acts) { acts.entry.writing.turn_to(mode); });
        x += w + 12;
    }
}

/// What is spelled, as a person reads it.
std::string shown(Mode mode, const std::string& spelled) {
    if (mode == Mode::code) return spelled.empty() ? "" : "U+ " + spelled;
    if (mode != Mode::stroke) return spelled;
    std::string out;
    for (const char stroke : spelled) {
        constexpr std::string_view drawn[] = {"一", "丨", "丿", "丶", "乛"};
        const auto which = input::stroke_letters.find(stroke);
        out += which == std::string_view::npos ? "？" : drawn[which];
    }
    return out;
}

/// The spelling and the pages of what it can mean.
void candidates(Frame& frame, const Rect& r, Mode mode) {
    auto& writing = frame.entry().writing;
    const auto all = frame.parts().methods.candidates(writing);
    const float line = 64;
    const auto& spelled = writing.spelled();
    const Rect grid{r.x, r.y + line + 8, r.w, r.h - line - 8};
    const int rows = std::clamp(static_cast<int>((grid.h + candidate_gap) / (least_candidate + candidate_gap)), 1, 3), per_page = rows * candidate_columns;
    const float candidate_height = std::min(most_candidate, (grid.h + candidate_gap) / static_cast<float>(rows) - candidate_gap);
    const int pages = static_cast<int>((all.size() + static_cast<std::size_t>(per_page) - 1) / static_cast<std::size_t>(per_page));
    writing.page = std::clamp(writing.page, 0, std::max(pages - 1, 0));
    const int page = writing.page;
    frame.drawn().candidate_pages = pages;
    const float page_words = pages > 1 ? 330 : 0;
    if (!spelled.empty())
        frame.text({r.x + 8, r.y, r.w - page_words - 16, line}, shown(mode, spelled), {.role = Role::title, .ink = action, .middle = true, .one_line = true});
    if (all.empty()) {
        const auto key = fmt::format("screen.enter_name.{}.{}", spelled.empty() ? "begin" : "none", input::name_of(mode));
        frame.text({grid.x + 20, grid.y, grid.w - 40, grid.h}, frame.say(key), {.role = Role::body, .ink = quiet, .align = Align::centre, .middle = true});
        return;
    }
    if (pages > 1)
        frame.text({r.right() - page_words, r.y, page_words, line}, frame.say("common.page", {{"n", fmt::to_string(page + 1)}, {"of", fmt::to_string(pages)}}),
                   {.role = Role::note, .ink = quiet, .align = Align::right, .middle = true, .one_line = true});
    const float w = (grid.w - candidate_columns * candidate_gap) / (candidate_columns + 1);
    for (int i = 0; i < per_page; ++i) {
        const auto n = static_cast<std::size_t>(page * per_page + i);
        if (n >= all.size()) break;
        const auto [character, takes] = all[n];
        const Rect cell{grid.x + static_cast<float>(i % candidate_columns) * (w + candidate_gap),
                        grid.y + static_cast<float>(i / candidate_columns) * (candidate_height + candidate_gap), w, candidate_height};
        const std::string id = fmt::format("candidate_{}", i + 1), word = input::utf8(character);
        const bool drawable = frame.parts().lettering.measure(word, {.size = 64}).complete;
        frame.ground(cell, frame.is_pressed(id) ? pressed : theme::card, 20);
        frame.pen().outline(cell, edge, 20, 2);
        frame.text(cell.inset(6, 6), drawable ? word : fmt::format("U+{:X}", static_cast<std::uint32_t>(character)),
                   {.role = drawable ? Role::body : Role::note, .align = Align::centre, .middle = true, .one_line = true, .scale = drawable ? 1.65F : 1});
        // A second tap in the same slow turn means what was seen, and that is no longer spelled.
        frame.target(id, cell, true, [character, takes, letters = spelled.size()](Acts& acts) {
            if (acts.entry.writing.spelled().size() == letters) acts.entry.writing.choose(character, takes);
        });
        frame.drawn().candidates.push_back(word);
    }
    if (pages < 2) return;
    const float x = grid.right() - w, tall = static_cast<float>(rows) * (candidate_height + candidate_gap) - candidate_gap, half = (tall - candidate_gap) / 2;
    const auto turn = [&](std::string id, float y, int by, bool enabled) {
        const Rect key{x, y, w, half};
        frame.ground(key, !enabled ? disabled : frame.is_pressed(id) ? pressed : theme::card, 20);
        frame.pen().outline(key, enabled ? action : disabled, 20, 3);
        const Point c = key.centre();
        const float way = by > 0 ? 1.F : -1.F;
        frame.pen().stroke({{c.x - 26, c.y - 14 * way}, {c.x, c.y + 14 * way}, {c.x + 26, c.y - 14 * way}}, enabled ? action : disabled_ink, 9);
        frame.target(std::move(id), key, enabled, [by](Acts& acts) { acts.entry.writing.page += by; });
    };
    turn("previous_page", grid.y, -1, page > 0);
    turn("next_page", grid.y + half + candidate_gap, 1, page < pages - 1);
}

/// Keys in rows of equal width that fill the keys' place.
void pad(Frame& frame, std::span<const SideKey> keys, std::size_t columns) {
    const auto rows = (keys.size() + 1 + columns - 1) / columns;
    const float w = (column - static_cast<float>(columns - 1) * candidate_gap) / static_cast<float>(columns);
    const float h = (keys_height - static_cast<float>(rows - 1) * candidate_gap) / static_cast<float>(rows), top = content_bottom - keys_height;
    const auto place = [&](std::size_t i) {
        return Rect{margin + static_cast<float>(i % columns) * (w + candidate_gap), top + static_cast<float>(i / columns) * (h + candidate_gap), w, h};
    };
    for (std::size_t i = 0; i < keys.size(); ++i) frame.button(place(i), {keys[i].id, keys[i].label, Kind::secondary, keys[i].act, keys[i].enabled}, Role::title);
    const Rect first = place(keys.size());
    frame.take_back_key({first.x, first.y, margin + column - first.x, first.h}, "delete", take_back);
}

SideKey dot_key(Frame& frame) { return {"dot", "·", put(U'·'), frame.entry().writing.takes_joint()}; }

void pinyin_keys(Frame& frame) {
    keyboard(frame, {.letters = whole_alphabet,
                     .press = [](char c) { return spell(static_cast<char>(c - 'A' + 'a')); },
                     .take_back = take_back,
                     .side = {dot_key(frame)},
                     .v = "Ü",
                     .key_height = 108});
}

void stroke_keys(Frame& frame) {
    std::vector<SideKey> keys;
    constexpr std::string_view ids[] = {"stroke_h", "stroke_s", "stroke_p", "stroke_n", "stroke_z"};
    for (std::size_t i = 0; i < std::size(ids); ++i)
        keys.push_back({std::string(ids[i]), frame.say(fmt::format("screen.enter_name.{}", ids[i])), spell(input::stroke_letters[i])});
    keys.push_back({"stroke_any", frame.say("screen.enter_name.stroke_any"), spell(input::any_stroke)});
    keys.push_back(dot_key(frame));
    pad(frame, keys, 4);
}

void code_keys(Frame& frame) {
    std::vector<SideKey> keys;
    for (const char digit : input::code_digits)
        keys.push_back({fmt::format("{}_{}", digit >= 'A' ? "letter" : "digit", digit), std::string(1, digit), spell(digit)});
    pad(frame, keys, 6);
}

/// Gives the keys' top: there are no candidates, so the keys have more room.
float latin_keys(Frame& frame) {
    constexpr float height = 124, last = 124;
    const bool joint = frame.entry().writing.takes_joint();
    const SideKey joints[] = {{"dot", "·", put(U'·'), joint}, {"hyphen", "-", put(U'-'), joint}, {"apostrophe", "’", put(U'\''), joint}};
    const float small = 150, y = content_bottom - last;
    float x = margin;
    const float wide = column - 3 * (small + candidate_gap);
    frame.button({x, y, wide, last}, {"space", frame.say("screen.enter_name.space"), Kind::secondary, put(U' '), joint}, Role::title);
    x += wide + candidate_gap;
    for (const auto& key : joints) {
        frame.button({x, y, small, last}, {key.id, key.label, Kind::secondary, key.act, key.enabled}, Role::title);
        x += small + candidate_gap;
    }
    return keyboard(frame, {.letters = whole_alphabet,
                            .press = [](char c) { return put(static_cast<char32_t>(c)); },
                            .take_back = take_back,
                            .key_height = height,
                            .bottom = y - candidate_gap});
}
}  // namespace

void draw(Frame& frame, const kiosk::EnterName& q) {
    const Mode mode = mode_of(frame);
    const auto& writing = frame.entry().writing;
    const bool refused = q.refused && writing.composed.empty() && writing.spelled().empty();
    const auto key = fmt::format("screen.enter_name.{}.question", name_of(q.whose));
    const Rect room = frame.head(frame.say(key), refused ? "" : frame.say("screen.enter_name.hint"));
    float y = room.y;
    if (refused) {
        const auto words = frame.say("screen.enter_name.refused");
        const float h = frame.height_of(words, {.role = Role::hint}, column - 84) + 20;
        frame.remark({room.x, room.y - 10, room.w, h}, words, true);
        y += h;
    }
    constexpr float field = 120, tab = 84;
    frame.field({room.x, y, room.w, field}, writing.composed, frame.say("screen.enter_name.field"), writing.whole());
    y += field + 16;
    tabs(frame, {room.x, y, room.w, tab}, mode);
    y += tab + 16;
    switch (mode) {
        case Mode::pinyin: pinyin_keys(frame); break;
        case Mode::stroke: stroke_keys(frame); break;
        case Mode::code: code_keys(frame); break;
        case Mode::latin: {
            const float top = latin_keys(frame);
            frame.text({room.x + 20, y, room.w - 40, top - gap_small - y}, frame.say("screen.enter_name.begin.latin"),
                       {.role = Role::body, .ink = quiet, .align = Align::centre, .middle = true});
        }
    }
    if (mode != Mode::latin) candidates(frame, {room.x, y, room.w, content_bottom - keys_height - gap_small - y}, mode);
    frame.actions({{"confirm", frame.say("common.next"), Kind::primary, [](Acts& acts) { acts.answer<kiosk::EnterName>(acts.entry.writing.composed); }, writing.whole()}});
}

}  // namespace ui::screens
