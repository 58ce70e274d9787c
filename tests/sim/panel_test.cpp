// The technician's panel: every word has its button, every button gives its act, every letter has a glyph, everything is within reach.
#include "sim/central/http_server.hpp"
#include "sim/hall/site.hpp"
#include "sim/panel/panel.hpp"

#include <cmath>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fstream>
#include <imgui.h>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <set>
#include <sstream>

using namespace sim;

namespace {
constexpr float width = 1240, height = 980;

std::string file_text(const std::string& path) {
    std::ifstream in(LIQU_SOURCE_DIR + ("/" + path));
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// The sample hall in the middle of a day: everything has something to say.
PanelView busy_view() {
    PanelView view;
    const auto people = nlohmann::json::parse(file_text("sim/central/register.json")).at("people");
    for (const auto& p : people) view.people.push_back({p.at("key"), p.at("name"), p.at("standing"), p.value("kind", "resident_id")});
    for (const auto& member : sample_staff()) view.badges.push_back({member.id, member.name, member.role, member.pin});
    view.banks = {"bank_a", "bank_b"};
    view.id_reader = {"Liqu ID Reader", "the ID card of 阿卜杜热合曼·吐尔逊买买提㛃江"};
    view.chip_station = {"Liqu Chip Station", "card 3 of bank_a"};
    view.readers_served = true;
    view.printer = {.plugged = true, .cover_open = false, .moving = false, .place = Place::bezel, .inside = "card 3 of bank_a", .hoppers = {{"bank_a", 17, 100}, {"bank_b", 20, 100}},
                    .in_bin = 2, .bin_capacity = 25, .ribbon = 141, .commands = {"> Sis", "< OK", "> Db;y;128;", "< OK", "> Se", "< OK"}, .disturbance = Disturbance::slow, .provoked = {"jam", "retract_fails"}};
    view.scene.films = 1;
    view.scene.page = true;
    view.scene.camera = "intermittent";
    view.centre = {true, false, 41873, "drip", 31};
    view.kiosk = {.running = true, .returning = false, .ledger_kept = true, .id = "nn-mzb-03", .path = "busy", .screen = "take_card", .language = "zh", .closed_by = "", .ended = ""};
    view.citizen = {true, false, false, "p01", "𠮷䶮", 11};
    view.handed_out = {"card 1 of bank_a", "card 2 of bank_a"};
    for (std::size_t i = 0; i < panel_trace_lines; ++i) view.trace.push_back("   12.4 s  screen " + std::string(i % 2 ? "making_card" : "take_card"));
    return view;
}

/// The same hall with everything the other way round, so that the other half of the buttons can be pressed.
PanelView broken_view() {
    auto view = busy_view();
    view.readers_served = false;
    view.printer.plugged = false;
    view.printer.cover_open = true;
    view.printer.place = Place::jammed;
    view.printer.door = "open";
    view.scene.person.present = false;
    view.centre.running = false;
    view.centre.link_cut = true;
    view.kiosk.running = false;
    view.kiosk.path = "closed";
    view.kiosk.closed_by = "card_unknown";
    view.kiosk.ended = "it ended with code 134, see liqu.log";
    view.citizen.playing = false;
    return view;
}

/// An ImGui context without window or graphics: a display size, a mouse, the panel's own atlas.
class Desk {
  public:
    explicit Desk(const PanelView& view, bool learns = true) : context_(ImGui::CreateContext()), fonts_(std::move(PanelFonts::open().value())) {
        auto& io = ImGui::GetIO();
        io.IniFilename = nullptr;
        io.DisplaySize = {width, height};
        io.DeltaTime = 0.1F;
        if (learns) fonts_->learn(view);
        REQUIRE(fonts_->build(*io.Fonts).has_value());
        unsigned char* pixels = nullptr;
        int w = 0, h = 0;
        io.Fonts->GetTexDataAsRGBA32(&pixels, &w, &h);
        for (int i = 0; i < 2; ++i) show(view);  // scroll bars are known from the second frame on
    }
    ~Desk() { ImGui::DestroyContext(context_); }
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;

    std::vector<PanelAct> show(const PanelView& view) {
        ImGui::NewFrame();
        auto acts = draw_panel(fonts_->legible(view), state);
        ImGui::Render();
        return acts;
    }
    std::vector<PanelAct> press(const PanelView& view, float x, float y) {
        auto& io = ImGui::GetIO();
        std::vector<PanelAct> all;
        for (const bool down : {false, true, false, false}) {
            io.MousePos = {x, y};
            io.MouseDown[0] = down;
            auto acts = show(view);
            all.insert(all.end(), acts.begin(), acts.end());
        }
        io.MousePos = {-1, -1};
        show(view);
        return all;
    }
    std::vector<PanelAct> press(const PanelView& view, const PanelOffer& offer, float part = 0.5F) {
        return press(view, offer.left + (offer.right - offer.left) * part, (offer.top + offer.bottom) / 2);
    }
    [[nodiscard]] const PanelFonts& fonts() const { return *fonts_; }
    PanelState state;

  private:
    ImGuiContext* context_;
    std::unique_ptr<PanelFonts> fonts_;
};

/// How many characters of the last drawing had no glyph.
int missing_glyphs() {
    int missing = 0;
    const auto* data = ImGui::GetDrawData();
    for (const auto* font : ImGui::GetIO().Fonts->Fonts) {
        REQUIRE(font->FallbackChar == U'〓');
        for (int list = 0; list < data->CmdListsCount; ++list)
            for (const auto& vertex : data->CmdLists[list]->VtxBuffer)
                if (vertex.uv.x == font->FallbackGlyph->U0 && vertex.uv.y == font->FallbackGlyph->V0) ++missing;
    }
    return missing;
}
}  // namespace

TEST_CASE("knobs and the centre's behaviours are those of the hall") {
    for (const auto& knob : scene_knobs) {
        PersonScene scene;
        CHECK_MESSAGE(turn_knob(scene, std::string(knob.key) + "=0.25"), knob.key);
        CHECK(scene.*knob.value == 0.25);
    }
    CHECK(centre_words.size() == static_cast<std::size_t>(Behaviour::unavailable) + 1);
    for (const auto& word : centre_words) CHECK_MESSAGE(behaviour_of(word), word);
}

TEST_CASE("a press on each button gives its act, and nothing else; what is off gives nothing") {
    std::set<std::string> pressed, offered_values;
    for (const auto& view : {busy_view(), broken_view()}) {
        Desk desk(view);
        const auto offers = desk.state.offers;
        CHECK(offers.size() > 50);
        for (const auto& offer : offers) {
            if (offer.slider) continue;
            INFO(offer.act.word, " ", offer.act.value);
            const auto acts = desk.press(view, offer);
            if (!offer.enabled) {
                CHECK(acts.empty());
                continue;
            }
            REQUIRE(acts.size() == 1);
            CHECK(acts.front() == offer.act);
            REQUIRE(word_of(offer.act.word));
            CHECK(row_of(*word_of(offer.act.word)).fits(offer.act.value));
            pressed.insert(offer.act.word);
            offered_values.insert(offer.act.word + " " + offer.act.value);
        }
    }
    for (const auto& row : word_table) CHECK_MESSAGE(pressed.contains(std::string(row.text)), row.text);
    for (int i = 0; i < printer_fault_count; ++i) CHECK(offered_values.contains("provoke " + std::string(name_of(static_cast<PrinterFault>(i)))));
    for (int i = 0; i < disturbance_count; ++i) CHECK(offered_values.contains("disturb_printer " + std::string(name_of(static_cast<Disturbance>(i)))));
    for (int i = 0; i < disturbance_count; ++i) CHECK(offered_values.contains("disturb_camera " + std::string(name_of(static_cast<Disturbance>(i)))));
    CHECK(offered_values.contains("disturb_camera black"));
    CHECK(offered_values.contains("refill 2;20;bank_a"));
    CHECK(offered_values.contains("badge s02"));
}

TEST_CASE("everything lies within the window and no two controls overlap") {
    for (const auto& view : {busy_view(), broken_view(), PanelView{}}) {
        Desk desk(view);
        const auto& offers = desk.state.offers;
        CHECK(desk.state.hidden == 0);
        for (std::size_t i = 0; i < offers.size(); ++i) {
            const auto& a = offers[i];
            CHECK_MESSAGE((a.left >= 0 && a.top >= 0 && a.right <= width && a.bottom <= height), a.act.word << ' ' << a.act.value << ' ' << a.right << ' ' << a.bottom);
            for (std::size_t j = 0; j < i; ++j) {
                const auto& b = offers[j];
                CHECK_MESSAGE((a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top), a.act.value << " over " << b.act.value);
            }
        }
    }
}

TEST_CASE("sliders turn the scene") {
    const auto view = busy_view();
    Desk desk(view);
    int sliders = 0;
    for (const auto& offer : std::vector(desk.state.offers)) {
        if (!offer.slider) continue;
        const auto& knob = scene_knobs.at(static_cast<std::size_t>(sliders++));
        const auto acts = desk.press(view, offer, 0.7F);
        REQUIRE(!acts.empty());
        CHECK(acts.front().word == "scene");
        REQUIRE(acts.front().value.starts_with(std::string(knob.key) + "="));
        // The grab has a width: a place on the track is a little nearer to the middle than its value.
        const double value = std::stod(acts.front().value.substr(knob.key.size() + 1));
        CHECK(std::abs(value - (knob.low + 0.7 * (knob.high - knob.low))) < 0.1 * (knob.high - knob.low));
    }
    CHECK(sliders == static_cast<int>(scene_knobs.size()));
}

TEST_CASE("the document of the person chosen in the list is laid down") {
    const auto view = busy_view();
    Desk desk(view);
    const auto lay = [&] { return *std::ranges::find(desk.state.offers, std::string("put_document"), [](const auto& o) { return o.act.word; }); };
    CHECK(lay().act.value == "p01");
    REQUIRE(view.people.size() > 60);
    std::string("rare-name").copy(desk.state.filter.data(), desk.state.filter.size() - 1);
    desk.show(view);
    const auto button = lay();
    CHECK(desk.press(view, button.left + 40, button.top - 72).empty());  // the first row of the list above it
    CHECK(desk.state.person == "rare-name");
    const auto acts = desk.press(view, lay());
    REQUIRE(acts.size() == 1);
    CHECK(acts.front() == PanelAct{"put_document", "rare-name"});
}

TEST_CASE("a passport can be laid down with everything that can be wrong with it; an ID card has neither flaws nor a page to hold up") {
    const auto view = busy_view();
    Desk desk(view);
    const auto offered = [&] {
        std::set<std::string> out;
        for (const auto& offer : desk.state.offers)
            if (offer.enabled) out.insert(offer.act.word + " " + offer.act.value);
        return out;
    };
    CHECK_FALSE(offered().contains("show_page p01"));
    desk.state.person = "passport";
    desk.show(view);
    const auto acts = offered();
    CHECK(acts.contains("put_document passport"));
    CHECK(acts.contains("put_document passport;cloned"));
    CHECK(acts.contains("put_document passport;dg1_altered"));
    CHECK(acts.contains("show_page passport"));
}

TEST_CASE("every letter has a glyph, also of names beyond the basic plane") {
    for (const auto& view : {busy_view(), broken_view(), PanelView{}}) {
        Desk desk(view);
        CHECK(missing_glyphs() == 0);
    }
    Desk unlearned(busy_view(), false);
    CHECK(missing_glyphs() > 0);
}

TEST_CASE("a rare character is drawn under a number of the private area; what is not UTF-8 is replaced") {
    const auto view = busy_view();
    Desk desk(view);
    const auto name = desk.fonts().legible(view).citizen.person;
    CHECK(name == "\xEE\x80\x80䶮");
    const auto* glyph = ImGui::GetIO().Fonts->Fonts.front()->FindGlyphNoFallback(0xE000);
    REQUIRE(glyph);
    const auto* atlas = ImGui::GetIO().Fonts;
    int inked = 0;
    for (int y = static_cast<int>(glyph->V0 * static_cast<float>(atlas->TexHeight)); y < static_cast<int>(glyph->V1 * static_cast<float>(atlas->TexHeight)); ++y)
        for (int x = static_cast<int>(glyph->U0 * static_cast<float>(atlas->TexWidth)); x < static_cast<int>(glyph->U1 * static_cast<float>(atlas->TexWidth)); ++x)
            inked += atlas->TexPixelsAlpha8[y * atlas->TexWidth + x] > 128;
    CHECK(inked > 20);
    auto hostile = view;
    hostile.trace = {"half a letter \xE5\xBC", "\xFF\xFE", "\xEE\x80\x80", "\xF8\x88\x80\x80\x80"};
    const auto shown = desk.fonts().legible(hostile).trace;
    CHECK(shown[0] == "half a letter 〓〓");
    CHECK(shown[1] == "〓〓");
    CHECK(shown[2] == "〓");
}

TEST_CASE("the window draws what the desk drew") {
    setenv("SDL_VIDEODRIVER", "offscreen", 1);
    auto panel = Panel::open({});
    REQUIRE_MESSAGE(panel.has_value(), panel.error());
    int turn = 0;
    for (const auto& [name, view] : {std::pair{"panel.png", busy_view()}, std::pair{"panel-broken.png", broken_view()}}) {
        for (int i = 0; i < 6; ++i) CHECK((*panel)->turn(view, std::chrono::milliseconds{100 * ++turn}).empty());
        auto picture = (*panel)->picture();
        REQUIRE(picture.width == static_cast<int>(width));
        REQUIRE(picture.height == static_cast<int>(height));
        const cv::Mat rgb(picture.height, picture.width, CV_8UC3, picture.rgb.data());
        cv::Mat bgr;
        cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
        cv::imwrite(std::string(LIQU_BINARY_DIR) + "/" + name, bgr);
        CHECK(rgb.at<cv::Vec3b>(3, 3) == cv::Vec3b(0x14, 0x24, 0x2F));
        CHECK(rgb.at<cv::Vec3b>(picture.height - 3, 3) == cv::Vec3b(0xF4, 0xF6, 0xF7));
    }
    CHECK(!(*panel)->closed());
}
