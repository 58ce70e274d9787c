// A hall that is set up and can be handled: centre, link, cabinet, one kiosk's site, the kiosk's process, perhaps a citizen. It does every word of
// the vocabulary (sim/panel/words.hpp), says what is new, and how everything stands. Stories (runner) and the interactive mode are loops around it.
#pragma once
#include "sim/hall/cabinet.hpp"
#include "sim/hall/citizen.hpp"
#include "sim/hall/documents.hpp"
#include "sim/hall/relay.hpp"
#include "sim/hall/site.hpp"
#include "sim/panel/view.hpp"

#include <deque>
#include <fstream>

namespace sim {

struct RunOptions {
    std::filesystem::path out;
    double speed = 1;
    std::uint64_t seed = 1;
    bool pictures = true;   ///< screens/NN-name.png
    bool progress = true;   ///< lines on stdout
    bool headless = true;   ///< SDL's offscreen driver for the kiosk's window; citizens at full speed
    std::optional<PhotoOptions> photographs = std::nullopt;  ///< before the camera, instead of the drawn person
};

/// Something that was seen in the hall and can be the moment of a happening.
struct News {
    enum class Kind { screen, guidance, printer, place };
    Kind kind = Kind::screen;
    std::string name;           ///< of the screen, what the person before the camera is told (hold_still: nothing), the command as the printer received it, the card's place
    Time at{};
    nlohmann::json fields;      ///< of the screen
    /// As a happening's `when` says it: "screen:welcome", "guidance:too_far", "printer:Sis", "place:bezel".
    [[nodiscard]] std::string when() const;
};

class Rig {
  public:
    /// Sets everything up, as a scenario's [setup] says; the kiosk is not started yet. Throws std::runtime_error with a sentence when a part cannot be had.
    Rig(const Programs& programs, const Scenario& scenario, const RunOptions& options);
    ~Rig();
    Rig(const Rig&) = delete;
    Rig& operator=(const Rig&) = delete;

    void start_kiosk();
    /// Once every few milliseconds: the screen is read, the printer moves, a kiosk comes back, a citizen touches. What is new, oldest first.
    std::vector<News> tick();
    /// Does what the word says; false when there is no such word, the value does not fit it, or it cannot be done now (no card to take, nobody of that name).
    bool act(std::string_view word, const std::string& value);
    /// A simulated citizen comes to the kiosk.
    void invite(CitizenPlan plan);
    /// The same hall's next kiosk: its own ledger and keys, the same sort of cabinet with fresh supplies. The first is stopped, the second starts.
    void go_next_door();
    /// Everything that the panel shows; asks the kiosk for its status in between, so it is for somebody who looks.
    [[nodiscard]] PanelView look();

    [[nodiscard]] Time now() const { return cabinet_->now(); }
    /// Runs, or will in a moment.
    [[nodiscard]] bool kiosk_alive() const { return kiosk_ || restart_at_; }
    /// The kiosk's window was closed (it ended by itself, and well).
    [[nodiscard]] bool kiosk_left() const { return kiosk_left_; }
    /// Of the running kiosk, else 0.
    [[nodiscard]] pid_t kiosk_pid() const { return kiosk_ ? kiosk_->pid() : 0; }
    /// Null when no kiosk runs. A new one after each start: `starts` counts them.
    [[nodiscard]] WindowLink* window() { return window_.get(); }
    [[nodiscard]] int starts() const { return starts_; }
    [[nodiscard]] const Citizen* citizen() const { return citizen_.get(); }
    [[nodiscard]] const std::string& screen_name() const { return last_screen_; }
    [[nodiscard]] int touches() const { return touches_ + (window_ ? window_->touches_that_counted() : 0); }
    [[nodiscard]] Cabinet& cabinet() { return *cabinet_; }
    [[nodiscard]] Centre& centre() { return *centre_; }
    [[nodiscard]] const KioskSite& site() const { return site_; }
    [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
    /// What `liqu-ctl` answers (waits for it, at most 10 s); null when it does not.
    [[nodiscard]] nlohmann::json ctl(const std::string& command);
    /// Sentences about a kiosk that did not end as it should.
    [[nodiscard]] const std::vector<std::string>& troubles() const { return troubles_; }
    enum class Told { to_all, in_the_file };
    /// A line of trace.log; to all: also of stdout (with `progress`) and the panel.
    void trace(const std::string& line, Told told = Told::to_all);
    /// Stops the kiosk as a service manager would.
    void leave();
    /// The last card's pictures and chip, and the ledger, into the run's folder.
    void keep_evidence();

  private:
    struct Hand {
        Word word;
        bool (*move)(Rig& rig, const std::string& value);  ///< the value fits already
    };
    [[nodiscard]] static const Hand& hand_for(Word word);
    bool provoke(const std::string& fault);
    bool disturb_printer(Disturbance disturbance);
    bool disturb_camera(const std::string& trouble);
    bool refill(const std::string& load);
    bool empty_hopper(int hopper);
    /// "KEY" or "KEY;FLAW" (words.hpp).
    bool put_document(const std::string& choice);
    bool show_page(const std::string& choice);
    [[nodiscard]] const nlohmann::json* person_of(std::string_view key) const;
    bool put_badge(const std::string& id);
    bool remove_card();
    bool start_centre();
    bool centre_behave(const std::string& word);
    bool cut_link(bool cut);
    enum class Said { again, changed };
    bool say_everything(Said said);
    enum class Loss { process, power };
    bool kill_kiosk(Loss loss, const std::string& pause_ms);
    bool save_ledger();
    bool restore_ledger();
    bool citizen_again(const std::string& takes_card_after);
    void play(CitizenPlan plan);
    [[nodiscard]] KioskSite set_site_up(const std::string& folder, const std::string& id);
    void stop_kiosk(int signal_number);
    void look_at_screen(std::vector<News>& news);
    void look_at_guidance(const ScreenSeen& screen, std::vector<News>& news);
    void look_at_printer(std::vector<News>& news);
    void look_at_kiosk();
    void ask_status();
    [[nodiscard]] PanelPrinter look_at_model();
    [[nodiscard]] PanelKiosk look_at_site();
    [[nodiscard]] PanelCitizen look_at_citizen();

    Programs programs_;
    Scenario scenario_;
    RunOptions options_;
    std::filesystem::path directory_;
    std::ofstream trace_file_;
    std::unique_ptr<Centre> centre_;
    std::unique_ptr<Relay> relay_;
    std::unique_ptr<Cabinet> cabinet_;
    KioskSite site_;
    std::unique_ptr<Child> kiosk_;
    std::unique_ptr<WindowLink> window_;
    std::unique_ptr<Citizen> citizen_;
    CitizenPlan invited_;             ///< his habits; a "citizen again" changes them for once
    std::vector<PanelPerson> people_;
    nlohmann::json register_;
    DocumentDesk desk_;
    std::string on_reader_, person_;  ///< person_: who comes next
    std::string behaviour_ = "normal", camera_trouble_, ended_, last_screen_, last_guidance_, status_text_;
    std::uint64_t last_phase_ = 0;
    std::vector<std::string> provoked_, troubles_;
    Disturbance disturbance_ = Disturbance::none;
    std::deque<std::string> traced_;
    Place last_place_ = Place::none, last_told_ = Place::none;
    std::optional<PrinterModel::Line> last_line_;
    std::optional<Time> restart_at_;
    std::unique_ptr<Child> asking_;   ///< liqu-ctl status, not waited for
    nlohmann::json status_;
    Time ask_again_{0}, count_again_{0};
    std::size_t requests_ = 0;
    int touches_ = 0, starts_ = 0;    ///< touches_: of kiosks that have ended
    bool link_cut_ = false, kiosk_left_ = false, ledger_kept_ = false;
};

}  // namespace sim
