// The test stand of the ui floor: a pane on an offscreen glass, a stage under a simulated clock, and every screen in several situations.
#pragma once
#include "ui/pane.hpp"

#include <doctest/doctest.h>

namespace ui::test {

struct Situation {
    std::string name;  ///< unique; the screen's name and what is special
    kiosk::AnyQuestion question;
};
/// Every struct of kiosk/screens.hpp at least once, every enumerator that changes the screen, with usual and with extreme contents.
[[nodiscard]] const std::vector<Situation>& situations();
[[nodiscard]] const Situation& situation(std::string_view name);
/// TakePhoto before the first picture, for every reason that the citizen is told with every side that has words, and holding still at 0, 60 and 100 %.
[[nodiscard]] std::vector<Situation> photo_situations();
/// Every screen about documents but the end of them: chosen, laid on the reader, typed, held before the camera (document_scenes.cpp).
[[nodiscard]] std::vector<Situation> document_situations();
/// A page of print and a zone, in front of a hall, as a camera sees it: RGB rows. Nothing on it is a word.
[[nodiscard]] std::vector<std::uint8_t> page(int width, int height);
/// The layout's rules for what was drawn (layout_test.cpp).
void audit(const Drawn& drawn, const Place& place);

/// One glass for the whole program: SDL and ImGui have one state each. Recreated by take_glass when the window itself is under test.
[[nodiscard]] Glass& glass();
void drop_glass();
[[nodiscard]] const Texts& texts();

struct Stand {
    explicit Stand(input::Sources dictionaries = {});
    /// Asks on the stage, as a journey does; `over` and `left` tell how it ended.
    void ask(const kiosk::AnyQuestion& question);
    /// Shows without waiting.
    void show(const kiosk::AnyQuestion& question);
    void turn();
    void draw() { pane.draw(); }
    [[nodiscard]] const Target* target(std::string_view id) const;
    /// Presses and releases in the middle of a target that must be there; gives the id whose act ran.
    std::string tap(std::string_view id);
    void type(std::string_view digits);

    asio::io_context loop;
    drivers::SimClock clock{drivers::Utc{std::chrono::seconds{1'795'000'000}}};
    kiosk::Presence presence{clock};
    kiosk::Stage stage{clock, presence};
    std::unique_ptr<Lettering> lettering;
    Pane pane;
    bool over = false;
    std::optional<kiosk::LeaveReason> left;
    std::vector<kiosk::Stroke> signature;  ///< the answer, when it was one
    std::optional<kiosk::Notice::Answer> consent;
    std::string typed;                     ///< what was typed; the PIN's two entries, "first/again"; of a zone "number/birth/expiry"
};

/// Writes the canvas as PNG.
void save(Glass& from, const std::filesystem::path& file);
[[nodiscard]] drivers::Bytes jpeg_of(const std::vector<std::uint8_t>& rgb, int width, int height);
/// An invented person, drawn: RGB rows.
[[nodiscard]] std::vector<std::uint8_t> person(int width, int height);

}  // namespace ui::test
