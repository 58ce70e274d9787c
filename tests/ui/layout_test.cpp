// The layout audit: every screen, in several situations, in both languages, with and without large text. Nothing cut, nothing overlapping, nothing
// too small to read or to touch. A picture of every screen goes to the build directory (screens/); LIQU_ALL_PICTURES=1
// writes every situation and variant.
#include "stand.hpp"

#include <cstdlib>

namespace ui::test {

namespace {
struct Variant {
    kiosk::Language language;
    bool large;
    [[nodiscard]] std::string name() const { return std::string(language == kiosk::Language::zh ? "zh" : "en") + (large ? "-large" : ""); }
};
constexpr Variant variants[] = {{kiosk::Language::zh, false}, {kiosk::Language::en, false}, {kiosk::Language::zh, true}, {kiosk::Language::en, true}};

constexpr Rect canvas{0, 0, theme::width, theme::height};

}  // namespace

void audit(const Drawn& drawn, const Place& place) {
    for (const auto& t : drawn.texts) {
        INFO(fmt::format("text \"{}\" {:.0f} px at {:.0f},{:.0f} {:.0f}x{:.0f} in {:.0f}x{:.0f}", t.text, t.size, t.block.x, t.block.y, t.block.w, t.block.h,
                         t.box.w, t.box.h));
        CHECK(t.fits);
        CHECK(t.complete);
        CHECK(canvas.contains(t.block));
        CHECK(t.ground_rect.contains(t.block, 1));  // inside the card, bar or button it stands on
        CHECK(t.text.find('<') == std::string::npos);  // a missing key
        CHECK(t.text.find('{') == std::string::npos);  // a place that nobody filled
        CHECK(theme::contrast(t.ink, t.ground) >= theme::min_contrast);
        CHECK(t.size >= theme::min_size);
        if (theme::type_of(t.role, true).important) CHECK(t.size * theme::capital_per_em * place.mm_per_pixel >= theme::min_capital_mm - 0.01);
        // Shrinking is for names and labels; a question stays a headline.
        if (t.role == Role::question) CHECK(t.size >= 56);
    }
    for (std::size_t i = 0; i < drawn.texts.size(); ++i)
        for (std::size_t j = i + 1; j < drawn.texts.size(); ++j) {
            if (drawn.texts[i].block.overlaps(drawn.texts[j].block)) FAIL_CHECK("texts \"", drawn.texts[i].text, "\" and \"", drawn.texts[j].text, "\" overlap");
        }
    const double least = theme::min_target_mm / place.mm_per_pixel;
    for (std::size_t i = 0; i < drawn.targets.size(); ++i) {
        const auto& a = drawn.targets[i];
        INFO("target ", a.id);
        CHECK(a.rect.w >= least);
        CHECK(a.rect.h >= least);
        CHECK(canvas.contains(a.rect));
        for (std::size_t j = i + 1; j < drawn.targets.size(); ++j) {
            const auto& b = drawn.targets[j];
            if (a.rect.overlaps(b.rect) || a.id == b.id) FAIL_CHECK("overlaps or is twice: ", b.id);
        }
        for (const auto& t : drawn.texts)  // a label is inside its button or away from it
            if (a.rect.overlaps(t.block) && !a.rect.contains(t.block)) FAIL_CHECK("is cut by the text \"", t.text, "\"");
    }
}

TEST_CASE("every screen keeps the rules of size, contrast and place in every situation") {
    Stand stand;
    const bool all_pictures = std::getenv("LIQU_ALL_PICTURES") != nullptr;
    const auto folder = std::filesystem::path(LIQU_BINARY_DIR) / "screens";
    int number = 0;
    std::set<std::size_t> seen;
    for (const auto& s : situations()) {
        ++number;
        const bool first = seen.insert(s.question.index()).second;
        for (const auto& v : variants) {
            INFO(s.name, " ", v.name());
            stand.stage.clear();
            stand.show(s.question);
            stand.stage.set_language(v.language);
            stand.stage.set_large_text(v.large);
            stand.draw();
            audit(stand.pane.drawn(), stand.pane.place());
            if (all_pictures || (first && v.language == kiosk::Language::zh && !v.large))
                save(glass(), folder / fmt::format("{:02}-{}-{}.png", number, s.name, v.name()));
        }
    }
    CHECK(seen.size() == std::variant_size_v<kiosk::AnyQuestion>);
}

TEST_CASE("every fault fits the trouble screen and the staff's menu") {
    Stand stand;
    auto menu = std::get<kiosk::StaffMenu>(situation("staff_menu").question);
    for (int code = 0; code < drivers::fault_count; ++code) {
        const auto fault = static_cast<kiosk::FaultCode>(code);
        for (const auto& v : variants) {
            INFO(std::string(drivers::name_of(fault)), " ", v.name());
            stand.stage.clear();
            stand.stage.set_language(v.language);
            stand.stage.set_large_text(v.large);
            stand.show(kiosk::Trouble{.code = fault, .reference = "482617", .window = "5"});
            stand.draw();
            audit(stand.pane.drawn(), stand.pane.place());
            if (v.large) continue;
            menu.path_closed = fault;
            stand.show(menu);
            stand.draw();
            audit(stand.pane.drawn(), stand.pane.place());
        }
    }
}

TEST_CASE("the idle warning covers everything with one button, and the note that help was called fits") {
    Stand stand;
    for (const auto& v : variants) {
        INFO(v.name());
        stand.stage.clear();
        stand.stage.set_language(v.language);
        stand.stage.set_large_text(v.large);
        stand.ask(situation("enter_mobile").question);
        while (!stand.stage.shown().idle_seconds_left && stand.clock.advance()) stand.turn();
        REQUIRE(stand.stage.shown().idle_seconds_left);
        stand.draw();
        audit(stand.pane.drawn(), stand.pane.place());
        REQUIRE(stand.pane.drawn().targets.size() == 1);
        CHECK(stand.pane.drawn().targets[0].id == "stay");
        CHECK(stand.pane.drawn().targets[0].rect.h >= 160);
        save(glass(), std::filesystem::path(LIQU_BINARY_DIR) / "screens" / fmt::format("90-idle-{}.png", v.name()));
        stand.tap("stay");
        CHECK_FALSE(stand.stage.shown().idle_seconds_left);
        stand.stage.call_help();
        stand.draw();
        audit(stand.pane.drawn(), stand.pane.place());
        save(glass(), std::filesystem::path(LIQU_BINARY_DIR) / "screens" / fmt::format("91-help-{}.png", v.name()));
        stand.stage.leave(kiosk::LeaveReason::shutdown);
        stand.turn();
    }
}

TEST_CASE("large text is larger, and a name outside the basic plane is drawn with a glyph of its own") {
    Stand stand;
    stand.show(situation("confirm_card-rare").question);
    stand.draw();
    const auto size_of = [&](std::string_view words) {
        const auto& texts_drawn = stand.pane.drawn().texts;
        const auto it = std::ranges::find(texts_drawn, words, &TextMark::text);
        REQUIRE(it != texts_drawn.end());
        CHECK(it->complete);
        return it->size;
    };
    const auto& rare = std::get<kiosk::ConfirmCard>(situation("confirm_card-rare").question).full_name;
    const float usual = size_of(rare);
    stand.stage.set_large_text(true);
    stand.draw();
    CHECK(size_of(rare) >= usual * 1.25F);

    const LetterStyle style{.size = 60};
    const auto rare_one = stand.lettering->measure("\xF0\xA0\xAE\xB7", style);  // U+20BB7
    CHECK(rare_one.complete);
    CHECK(rare_one.width == doctest::Approx(60).epsilon(0.05));  // a full-width ideograph, not a box of hexadecimal digits
    CHECK_FALSE(stand.lettering->measure("\xF4\x8F\xBF\xBD", style).complete);  // U+10FFFD is in no font: the audit would see it
}

TEST_CASE("lettering forgets, within its limit, what is no longer shown") {
    Stand stand;
    stand.show(situation("confirm_card").question);
    stand.draw();
    const auto with_card = stand.lettering->kept();
    CHECK(stand.lettering->bytes() <= max_lettering_bytes);
    stand.show(situation("take_document_back").question);
    stand.draw();
    CHECK(stand.lettering->kept() < with_card);
    // A text that is too long or not UTF-8 is cut, not drawn wrongly.
    CHECK(stand.lettering->measure(std::string(50'000, 'x'), {.size = 30}).lines == 1);
    CHECK(stand.lettering->measure("abc\xFF\xFE", {.size = 30}).width == stand.lettering->measure("abc", {.size = 30}).width);
}

}  // namespace ui::test
