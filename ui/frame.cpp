// Texts, surfaces and targets of a frame.
#include "ui/frame.hpp"

namespace ui {

Frame::Frame(Parts parts) : parts_(std::move(parts)), pen_(parts_.glass.list()) {
    drawn_.phase = parts_.shown.phase;
    grounds_.emplace_back(Rect{0, 0, theme::width, theme::height}, theme::paper);  // the glass is cleared to it
}

// ---- texts -------------------------------------------------------------------------------------------------------

namespace {
/// A heading that must wrap does so after a mark of punctuation, if its parts then fit.
std::string at_punctuation(std::string_view words) {
    constexpr std::string_view marks[] = {"，", "？", "：", "? ", ": ", ". ", ", "};
    std::string out;
    for (std::size_t i = 0; i < words.size();) {
        const auto* mark = std::ranges::find_if(marks, [&](std::string_view m) { return words.substr(i).starts_with(m); });
        const auto size = mark == std::end(marks) ? 1 : mark->size();
        if (words[i] != '\n') out += words.substr(i, size);
        i += size;
        if (mark == std::end(marks) || i >= words.size()) continue;
        if (out.back() == ' ') out.pop_back();
        out += '\n';
    }
    return out;
}
}  // namespace

Frame::Setting Frame::set(std::string_view words, const Look& look, float width, float height) {
    const auto type = theme::type_of(look.role, chinese());
    const float nominal = type.size * k() * look.scale;
    const float least = type.important ? theme::min_important : theme::min_size;
    const bool heading = look.role == Role::question, label = look.role == Role::button || look.role == Role::title;
    std::string flowing(words);
    if (heading) std::erase(flowing, '\n');  // only Chinese headings have any, where no blank is needed
    Setting out;
    out.nominal = nominal;
    const auto attempt = [&](float size, std::string text, bool wrap) {
        LetterStyle style{.size = size,
                          .bold = type.bold,
                          .width = wrap ? std::floor(width) : 0,
                          .align = look.align,
                          .leading = type.leading,
                          .paragraph = heading ? 0 : look.paragraph,
                          .balanced = heading || label};
        out.block = parts_.lettering.measure(text, style);
        out.style = style;
        out.words = std::move(text);
        out.fits = out.block.width <= width + 0.5F && out.block.height <= height + 0.5F && out.block.whole_words;
        return out.fits;
    };
    // A label or a title rather shrinks a little than wraps.
    for (float size = nominal; label && size >= std::max(least, nominal * 0.7F); size -= 2)
        if (attempt(size, std::string(words), false)) return out;
    for (float size = nominal;; size = std::max(size - 2, least)) {
        if (attempt(size, std::string(words), false)) return out;
        if (heading && attempt(size, at_punctuation(words), false)) return out;
        if (!look.one_line && attempt(size, flowing, true)) return out;
        if (size <= least) return out;
    }
}

float Frame::height_of(std::string_view words, const Look& look, float width) { return words.empty() ? 0 : set(words, look, width, 1e6F).block.height; }
float Frame::width_of(std::string_view words, const Look& look) {
    Look line = look;
    line.one_line = true;
    return set(words, line, 1e6F, 1e6F).block.width;
}

float Frame::text(const Rect& box, std::string_view words, const Look& look) {
    if (words.empty()) return 0;
    const auto setting = set(words, look, box.w, box.h);
    const Sheet& sheet = parts_.lettering.sheet(setting.words, setting.style);
    const Block& block = setting.block;
    const bool wraps = setting.style.width > 0;
    const float spare = box.w - block.width;
    const float shift = look.align == Align::left ? 0 : look.align == Align::centre ? spare / 2 : spare;
    const float y = std::round(look.middle ? box.y + (box.h - block.height) / 2 : box.y);
    const bool placed_by_pango = wraps && look.align != Align::left;
    const float x = std::round(placed_by_pango ? box.x : box.x + shift);
    if (sheet.texture)
        pen_.image(sheet.texture, {x - sheet.pad, y - sheet.pad, static_cast<float>(sheet.width), static_cast<float>(sheet.height)}, {0, 0}, {1, 1}, look.ink);
    const Rect stands{std::round(box.x + shift), y, block.width, block.height};
    drawn_.texts.push_back({std::string(words), box, stands, setting.style.size, setting.nominal, look.role, look.ink, ground_at(stands).second,
                            ground_at(stands).first, setting.fits, block.complete});
    return block.height;
}

// ---- surfaces ----------------------------------------------------------------------------------------------------

void Frame::ground(const Rect& r, Colour colour, float radius) {
    pen_.box(r, colour, radius);
    grounds_.emplace_back(r, colour);
}

std::pair<Rect, Colour> Frame::ground_at(const Rect& r) const {
    const auto it = std::find_if(grounds_.rbegin(), grounds_.rend(), [&](const auto& g) { return g.first.overlaps(r); });
    return it == grounds_.rend() ? grounds_.front() : *it;
}

void Frame::card(const Rect& r, Colour fill, Colour edge, float width) {
    ground(r, fill, theme::radius_card);
    pen_.outline(r, edge, theme::radius_card, width);
}

void Frame::picture(const Image& image, const Rect& r, float radius) {
    if (image.empty()) return;
    const float wanted = r.w / r.h, has = static_cast<float>(image.width) / static_cast<float>(image.height);
    Point uv0{0, 0}, uv1{1, 1};
    if (has > wanted) {
        uv0.x = (1 - wanted / has) / 2;
        uv1.x = 1 - uv0.x;
    } else {
        uv0.y = (1 - has / wanted) / 2;
        uv1.y = 1 - uv0.y;
    }
    pen_.image(image.texture, r, uv0, uv1, Colour{0xFFFFFF}, radius);
}

// ---- touch -------------------------------------------------------------------------------------------------------

void Frame::target(std::string id, const Rect& r, bool enabled, Act act) { drawn_.targets.push_back({std::move(id), r, enabled, std::move(act), false}); }
void Frame::pad(std::string id, const Rect& r) { drawn_.targets.push_back({std::move(id), r, true, {}, true}); }

void Frame::button(const Rect& r, const Choice& choice, Role role) {
    const bool down = is_pressed(choice.id) && choice.enabled;
    Colour fill = theme::card, edge = theme::edge, ink = theme::ink;
    switch (choice.kind) {
        case Kind::primary: fill = edge = down ? theme::action_pressed : theme::action, ink = theme::on_action; break;
        case Kind::danger: fill = edge = down ? Colour{0x8A1A14} : theme::stop, ink = theme::on_action; break;
        case Kind::secondary: fill = down ? theme::pressed : theme::card; break;
        case Kind::quiet: fill = down ? theme::pressed : theme::paper, ink = theme::quiet; break;
    }
    if (!choice.enabled) fill = edge = theme::disabled, ink = theme::disabled_ink;
    ground(r, fill, theme::radius_button);
    pen_.outline(r, edge, theme::radius_button, 3);
    text(r.inset(20, 10), choice.label, {.role = role, .ink = ink, .align = Align::centre, .middle = true});
    target(choice.id, r, choice.enabled, choice.act);
}

void Frame::pill(const Rect& r, const Choice& choice, bool dark) {
    const bool down = is_pressed(choice.id);
    const Colour fill = dark ? (down ? Colour{0x35506A} : theme::staff_pill) : (down ? theme::pressed : theme::card);
    ground(r, fill, theme::radius_pill);
    pen_.outline(r, dark ? Colour{0x5C7385} : theme::edge, theme::radius_pill, 2);
    text(r.inset(16, 6), choice.label, {.role = Role::note, .ink = dark ? theme::on_staff : theme::ink, .align = Align::centre, .middle = true, .one_line = true});
    target(choice.id, r, true, choice.act);
}

}  // namespace ui
