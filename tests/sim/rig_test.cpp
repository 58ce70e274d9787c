// Every word of the vocabulary is done by a real hall, and can be seen afterwards: centre, readers, printer, camera and kiosk are the real programs and wires.
// Two processes: the test starts itself under umockdev-wrapper.
#include "sim/hall/story.hpp"
#include "tests/under_umockdev.hpp"

#include <functional>
#include <opencv2/videoio.hpp>
#include <set>
#include <thread>

using namespace sim;
using namespace std::chrono_literals;

namespace {
constexpr auto patience = 20s;

/// What a client of the camera gets within a second or so.
struct Filmed {
    bool served = false, frozen = true;
    double brightness = 0;
};
Filmed film(const std::string& url) {
    Filmed out;
    cv::VideoCapture capture(url, cv::CAP_FFMPEG);
    cv::Mat first, next;
    out.served = capture.isOpened() && capture.read(first);
    if (!out.served) return out;
    out.brightness = cv::mean(first)[1];
    for (int i = 0; i < 4 && capture.read(next); ++i) out.frozen = out.frozen && cv::norm(first, next, cv::NORM_INF) == 0;
    return out;
}

struct Step {
    Word word;
    std::string value;
    std::function<bool(const PanelView&)> shows;
    std::function<void()> before{};
};

class Hall {
  public:
    Hall() : out_(std::filesystem::temp_directory_path() / ("liqu-rig-" + std::to_string(getpid()))) {
        auto scenario = load_scenario(programs_.scenarios / "first-issue.toml");
        REQUIRE_MESSAGE(scenario.has_value(), (scenario ? "" : scenario.error()));
        rig_ = std::make_unique<Rig>(programs_, *scenario, RunOptions{.out = out_, .speed = 20, .seed = 1, .pictures = false, .progress = false, .headless = true});
    }
    ~Hall() {
        rig_.reset();
        std::filesystem::remove_all(out_);
    }
    Hall(const Hall&) = delete;
    Hall& operator=(const Hall&) = delete;

    Rig& rig() { return *rig_; }
    bool comes(const std::function<bool(const PanelView&)>& shows) {
        for (const auto until = rig_->now() + patience; rig_->now() < until; std::this_thread::sleep_for(4ms)) {
            (void)rig_->tick();
            if (shows(rig_->look())) return true;
        }
        return false;
    }
    /// As a host would, without waiting for an answer.
    void tell_printer(std::string_view command) {
        const auto text = "\x1B" + std::string(command) + "\r";
        rig_->cabinet().with_printer([&](PrinterModel& p, Time at) { (void)p.host_reads(4096, at), p.host_writes(std::as_bytes(std::span(text)), at); });
    }
    void card_goes_to(std::string_view command, Place place) {
        tell_printer(command);
        REQUIRE(comes([&](const PanelView& v) { return v.printer.place == place && !v.printer.moving; }));
    }
    void run_through(const std::vector<Step>& steps) {
        for (const auto& step : steps) {
            INFO(std::string(name_of(step.word)), " ", step.value);
            if (step.before) step.before();
            CHECK(rig_->act(name_of(step.word), step.value));
            CHECK(comes(step.shows));
            done.insert(step.word);
        }
    }
    std::set<Word> done;

  private:
    Programs programs_ = Programs::find(std::filesystem::read_symlink("/proc/self/exe"));
    std::filesystem::path out_;
    std::unique_ptr<Rig> rig_;
};

bool seen(const PanelView&) { return true; }

/// A story to its end; what of it could not be done.
std::vector<std::string> tell(Rig& rig, std::vector<Happening> happenings) {
    Story story(rig, std::move(happenings));
    story.heard("start");
    for (const auto until = rig.now() + patience; rig.now() < until && !story.over(); std::this_thread::sleep_for(4ms)) story.tick(rig.tick());
    auto out = story.missing();
    out.insert(out.end(), story.failures().begin(), story.failures().end());
    return out;
}

/// Before a kiosk runs, the test is the printer's host.
std::vector<Step> printer_words(Hall& hall) {
    return {
        {Word::take_card, "", [](const auto& v) { return v.handed_out.size() == 1; },
         [&hall] {
             for (const auto* setting : {"Pem;2", "Psmgr;2", "Pcim;F;S", "Pcem;I", "Pcrm;D", "Pbc;A;D"}) hall.tell_printer(setting);
             hall.card_goes_to("Sis", Place::chip);
             hall.card_goes_to("Seb", Place::bezel);
         }},
        {Word::push_foreign_card, "", [](const auto& v) { return v.printer.inside == "a foreign card"; }},
        {Word::snatch_card, "", [](const auto& v) { return v.handed_out.size() == 2; }, [&hall] { hall.tell_printer("Sib"); }},
        {Word::clear_path, "", [](const auto& v) { return v.printer.inside.empty(); }, [&hall] { hall.card_goes_to("Sis", Place::chip); }},
        {Word::empty_bin, "", [](const auto& v) { return v.printer.in_bin == 0; },
         [&hall] {
             hall.card_goes_to("Sis", Place::chip);
             hall.card_goes_to("Ser", Place::none);
             REQUIRE(hall.rig().look().printer.in_bin == 1);
         }},
        {Word::provoke, "jam", [](const auto& v) { return v.printer.provoked == std::vector<std::string>{"jam"}; }},
        {Word::provoke, "none", [](const auto& v) { return v.printer.provoked.empty(); }},
        {Word::disturb_printer, "slow", [](const auto& v) { return v.printer.disturbance == Disturbance::slow; }},
        {Word::disturb_printer, "none", [](const auto& v) { return v.printer.disturbance == Disturbance::none; }},
        {Word::open_cover, "", [](const auto& v) { return v.printer.cover_open; }},
        {Word::close_cover, "", [](const auto& v) { return !v.printer.cover_open; }},
        {Word::new_ribbon, "77", [](const auto& v) { return v.printer.ribbon == 77; }},
        {Word::empty_hopper, "2", [](const auto& v) { return v.printer.hoppers[1].blanks == 0; }},
        {Word::refill, "2;5;bank_b", [](const auto& v) { return v.printer.hoppers[1].blanks == 5; }},
        {Word::unplug_printer, "", [](const auto& v) { return !v.printer.plugged; }},
        {Word::plug_printer, "", [](const auto& v) { return v.printer.plugged; }},
    };
}

std::vector<Step> other_words(Hall& hall) {
    return {
        {Word::put_document, "p01", [](const auto& v) { return v.id_reader.holds.starts_with("the ID card of"); }},
        {Word::show_page, "p01", [](const auto& v) { return v.scene.page; }},
        {Word::show_page, "", [](const auto& v) { return !v.scene.page; }},
        {Word::badge, "s02", [](const auto& v) { return v.id_reader.holds.starts_with("the badge of"); }},
        {Word::remove_card, "", [](const auto& v) { return v.id_reader.holds.empty(); }},
        {Word::scene, "light=0.5", [](const auto& v) { return v.scene.person.light == 0.5; }},
        {Word::door, "open", [](const auto& v) { return v.printer.door == "open"; }},
        {Word::door, "closed", [](const auto& v) { return v.printer.door == "closed"; }},
        {Word::kill_pcscd, "", [](const auto& v) { return !v.readers_served; }},
        {Word::start_pcscd, "", [](const auto& v) { return v.readers_served; }},
        {Word::restart_pcscd, "", [](const auto& v) { return v.readers_served; }, [&hall] { hall.rig().cabinet().pcscd().kill(); }},
        {Word::stop_centre, "", [](const auto& v) { return !v.centre.running; }},
        {Word::start_centre, "", [](const auto& v) { return v.centre.running; }},
        {Word::centre_behave, "slow", [](const auto& v) { return v.centre.behaviour == "slow"; }},
        {Word::centre_behave, "normal", [](const auto& v) { return v.centre.behaviour == "normal"; }},
    };
}

std::vector<Step> kiosk_words(Hall& hall) {
    const auto speaks = [&hall] {
        hall.rig().start_kiosk();
        REQUIRE(hall.comes([](const auto& v) { return v.centre.requests > 0 && !v.kiosk.screen.empty(); }));
    };
    return {
        {Word::replay_requests, "", seen, speaks},
        {Word::forge_requests, "", [&hall](const auto&) { return !hall.rig().centre().report().value("refusals", nlohmann::json::object()).empty(); }},
        {Word::cut_link, "", [](const auto& v) { return v.centre.link_cut; }},
        {Word::mend_link, "", [](const auto& v) { return !v.centre.link_cut; }},
        {Word::save_ledger, "", [](const auto& v) { return v.kiosk.ledger_kept; }},
        {Word::restore_ledger, "", [&hall](const auto& v) { return hall.rig().starts() == 2 && !v.kiosk.screen.empty(); }},
        {Word::kill_kiosk, "100", [&hall](const auto& v) { return hall.rig().starts() == 3 && !v.kiosk.screen.empty(); }},
        {Word::power_cut, "100", [&hall](const auto& v) { return hall.rig().starts() == 4 && !v.kiosk.screen.empty(); }},
        {Word::citizen_again, "-1", [](const auto& v) { return v.citizen.playing; }},
        {Word::stop_playing, "", [](const auto& v) { return !v.citizen.playing; }},
    };
}

void camera_words(Hall& hall) {
    const auto url = hall.rig().cabinet().camera().url();
    const auto becomes = [&](const std::string& trouble) {
        CHECK(hall.rig().act("disturb_camera", trouble));
        CHECK(hall.rig().look().scene.camera == trouble);
        std::this_thread::sleep_for(300ms);
        return film(url);
    };
    const auto well = film(url);
    REQUIRE(well.served);
    CHECK(!well.frozen);
    CHECK(well.brightness > 40);
    CHECK(becomes("stuck").frozen);
    const auto black = becomes("black");
    CHECK(black.served);
    CHECK(black.brightness < 10);
    CHECK(!becomes("off").served);
    const auto again = becomes("none");
    CHECK(again.served);
    CHECK(!again.frozen);
    CHECK(again.brightness > 40);
    hall.done.insert(Word::disturb_camera);
}
}  // namespace

TEST_CASE("every word in a real hall" * doctest::skip()) {  // started by the test below, under umockdev-wrapper
    Hall hall;
    auto& rig = hall.rig();
    for (const auto& [word, value] : {std::pair<std::string, std::string>{"unplug_pritner", ""}, {"provoke", "jamm"}, {"refill", "3;1;bank_a"}, {"refill", "1;100;bank_a"}, {"empty_hopper", "3"},
                                      {"badge", "s99"}, {"put_document", "nobody"}, {"show_page", "nobody"}, {"take_card", ""}, {"restore_ledger", ""}, {"replay_requests", ""}, {"stop_playing", ""}})
        CHECK_MESSAGE(!rig.act(word, value), word << ' ' << value);
    hall.run_through(printer_words(hall));
    hall.run_through(other_words(hall));
    camera_words(hall);
    hall.run_through(kiosk_words(hall));
    // Fingers are the citizen's: while a human stands there instead, the story goes on without them.
    const std::vector<Happening> touching{{.when = "start", .act = "touch", .value = "nowhere"}, {.when = "event:1", .act = "scene", .value = "light=0.75"}};
    CHECK(tell(rig, touching).empty());
    CHECK(rig.look().scene.person.light == 0.75);
    CitizenPlan looks_only;
    looks_only.walks_away_at = "welcome";
    rig.invite(looks_only);
    CHECK(tell(rig, touching) == std::vector<std::string>{"'touch nowhere' could not be done"});
    CHECK(rig.act("stop_playing", ""));
    for (const auto& row : word_table) CHECK_MESSAGE(hall.done.contains(row.word), row.text);
    rig.leave();
    for (const auto& sentence : rig.troubles()) FAIL_CHECK(sentence);
}

TEST_CASE("every word of the vocabulary is done by a real hall and can be seen") {
    tests::passes_under_umockdev("every word in a real hall");
}
