// A frame: one drawing of one screen. Draw functions put texts, cards and targets into it; it records what it drew, for touches, for the automation
// and for the layout audit.
#pragma once
#include "kiosk/stage.hpp"
#include "ui/entry.hpp"
#include "ui/fonts.hpp"
#include "ui/input/methods.hpp"
#include "ui/pictures.hpp"
#include "ui/shapes.hpp"
#include "ui/text.hpp"

#include <functional>
#include <span>

namespace ui {

/// What a touched target may do. Acts hold values only: the question that was drawn may be gone when they run.
struct Acts {
    kiosk::Stage& stage;
    Entry& entry;
    std::uint64_t phase;
    template <class Q>
    void answer(typename Q::Answer value) const {
        stage.answer<Q>(phase, std::move(value));
    }
};
using Act = std::function<void(Acts&)>;
/// The act that gives this answer.
template <class Q>
[[nodiscard]] Act answers(typename Q::Answer value) {
    return [value](Acts& acts) { acts.answer<Q>(value); };
}

struct Target {
    std::string id;
    Rect rect;
    bool enabled = true;
    Act act;
    bool pad = false;  ///< takes strokes instead of taps
};

/// A text as it was drawn, for the layout audit.
struct TextMark {
    std::string text;
    Rect box, block;  ///< where it had to fit, where it stands
    float size = 0, nominal = 0;
    Role role{};
    Colour ink, ground;
    Rect ground_rect;  ///< the surface it stands on
    bool fits = true, complete = true;
};

struct Drawn {
    std::uint64_t phase = 0;
    std::vector<Target> targets;
    std::vector<TextMark> texts;
    std::vector<std::string> candidates;  ///< of a name that is being written: the characters of candidate_1, candidate_2 ...
    int candidate_pages = 0;
};

struct Look {
    Role role = Role::body;
    Colour ink = theme::ink;
    Align align = Align::left;
    bool middle = false;    ///< vertically
    bool one_line = false;  ///< shrinks rather than wraps
    float paragraph = 0.5F;
    float scale = 1;        ///< of the role's size
};

/// The kiosk's place, shown in the bar.
struct Place {
    std::string hall_zh, hall_en, hotline;
    double mm_per_pixel = 0.3125;
};

enum class Kind { primary, secondary, quiet, danger };
struct Choice {
    std::string id, label;
    Kind kind = Kind::secondary;
    Act act;
    bool enabled = true;
};
/// A line of a table: label left, value right, sometimes a small button.
struct Row {
    std::string label, value;
    Colour ink = theme::ink;
    std::string button_id = {}, button = {};
    Act act = {};
};

struct Keypad {
    std::size_t most;
    bool twice = false;  ///< when the first entry is full, the second one begins by itself
    bool x = false;      ///< a key X, which only the last place can hold
    std::string Entry::*into = &Entry::digits;
    std::string_view back = "erase";  ///< id of the key that takes back
};

class Frame {
  public:
    struct Parts {
        Glass& glass;
        Lettering& lettering;
        Pictures& pictures;
        const Texts& texts;
        const Place& place;
        const kiosk::Shown& shown;
        Entry& entry;
        input::Methods& methods;
        kiosk::Utc now;
        float spin;           ///< turns of the waiting ring, 0..1
        std::string pressed;  ///< id of the target under the finger
    };
    explicit Frame(Parts parts);

    [[nodiscard]] const Parts& parts() const { return parts_; }
    [[nodiscard]] Entry& entry() const { return parts_.entry; }
    [[nodiscard]] bool large() const { return parts_.shown.large_text; }
    [[nodiscard]] bool chinese() const { return parts_.shown.language == kiosk::Language::zh; }
    [[nodiscard]] float k() const { return large() ? theme::large_factor : 1.F; }
    [[nodiscard]] const Pen& pen() const { return pen_; }
    [[nodiscard]] Drawn& drawn() { return drawn_; }

    // ---- words ----
    [[nodiscard]] const std::string& say(std::string_view key) const { return parts_.texts.say(parts_.shown.language, key); }
    [[nodiscard]] std::string say(std::string_view key, Fills fills) const { return parts_.texts.say(parts_.shown.language, key, fills); }
    [[nodiscard]] bool has(std::string_view key) const { return parts_.texts.has(parts_.shown.language, key); }
    [[nodiscard]] const std::string& choose(const std::string& zh, const std::string& en) const { return chinese() || en.empty() ? zh : en; }

    // ---- texts ----
    /// Draws into `box`, shrinking as far as the role allows; gives the height that was used.
    float text(const Rect& box, std::string_view words, const Look& look);
    /// The height that text() would use in a column of this width.
    [[nodiscard]] float height_of(std::string_view words, const Look& look, float width);
    [[nodiscard]] float width_of(std::string_view words, const Look& look);

    // ---- surfaces ----
    void ground(const Rect& r, Colour colour, float radius = 0);
    void card(const Rect& r, Colour fill = theme::card, Colour edge = theme::line, float width = 2);
    void picture(const Image& image, const Rect& r, float radius);  ///< fills r, cut at the sides

    // ---- touch ----
    void target(std::string id, const Rect& r, bool enabled, Act act);
    void pad(std::string id, const Rect& r);
    [[nodiscard]] bool is_pressed(std::string_view id) const { return parts_.pressed == id; }
    void button(const Rect& r, const Choice& choice, Role role = Role::button);
    void pill(const Rect& r, const Choice& choice, bool dark = false);

    // ---- parts of a screen (chrome.cpp) ----
    /// Bar, progress, question and hint. What is left for the content.
    Rect head(std::string_view question, std::string_view hint, Colour colour = theme::ink);
    /// The buttons at the bottom; leave comes first by itself where the stage shows it, unless the screen's own answer means the same.
    void actions(std::vector<Choice> choices, bool leave = true);
    /// A quiet sentence beside the pills at the bottom; secondary, so dropped with large text.
    void foot(std::string words) { foot_ = std::move(words); }
    /// What every screen has at the bottom: large text and help within reach. Called last.
    void reach();
    void idle_warning(int seconds);

    // ---- larger widgets (widgets.cpp) ----
    /// A card of rows from `y`; gives its bottom. Shrinks the rows when `limit` is near.
    float rows(float y, std::span<const Row> rows, float limit);
    /// A card with one paragraph from `y`; gives its bottom.
    float note_card(float y, std::string_view words, Mark mark, Colour colour, Role role = Role::body);
    /// Ten digits and a key that takes the last one back, in the lower part; gives the top of the keypad.
    float keypad(const Keypad& keys);
    /// A card of short rules, each with a dot; height_of_bullets is what it takes.
    void bullets(float y, std::span<const std::string_view> keys);
    [[nodiscard]] float height_of_bullets(std::span<const std::string_view> keys);
    void take_back_key(const Rect& r, std::string id, Act act);
    /// What is expected, or with a mark what was refused.
    void remark(const Rect& r, std::string_view words, bool refused);
    /// What was typed, as large as it fits; before, what is expected.
    void field(const Rect& r, std::string_view typed, std::string_view expected, bool complete);
    void dots(const Rect& r, std::size_t typed, std::size_t most);
    /// Next and previous at the bottom of `r`, when there is more than one page; gives the chosen page and shrinks r.
    int pager(Rect& r, int pages);

  private:
    struct Setting {
        std::string words;
        LetterStyle style;
        Block block;
        float nominal;
        bool fits;
    };
    [[nodiscard]] Setting set(std::string_view words, const Look& look, float width, float height);
    [[nodiscard]] std::pair<Rect, Colour> ground_at(const Rect& r) const;
    void progress(float y);
    void bar();

    Parts parts_;
    Pen pen_;
    Drawn drawn_;
    std::vector<std::pair<Rect, Colour>> grounds_;
    std::string foot_;
};

}  // namespace ui
