// A hall that is set up and can be handled: centre, link, cabinet, one kiosk's site, the kiosk's process, perhaps a citizen. It does every word of
// the vocabulary (sim/panel/words.hpp) and can say how everything stands. The interactive mode is a loop around it.
#pragma once
#include "sim/hall/runner.hpp"
#include "sim/panel/view.hpp"

namespace sim {

class Rig {
  public:
    /// Sets everything up, as a scenario's [setup] says; the kiosk is not started yet. Throws std::runtime_error with a sentence when a part cannot be had.
    Rig(const Programs& programs, const Scenario& scenario, const RunOptions& options);
    ~Rig();
    Rig(const Rig&) = delete;
    Rig& operator=(const Rig&) = delete;

    void start_kiosk();
    /// Once every few milliseconds: the screen is read, the printer moves, a kiosk comes back, a citizen touches.
    void tick();
    /// Does what the word says; false when there is no such word or it cannot be done now (no card to take, nobody of that name).
    bool act(std::string_view word, const std::string& value);
    /// Everything that the panel shows.
    [[nodiscard]] PanelView look();
    /// The kiosk's window was closed (it ended by itself, and well).
    [[nodiscard]] bool kiosk_left() const { return kiosk_left_; }
    [[nodiscard]] Time now() const { return cabinet_->now(); }
    [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
    /// Stops the kiosk as a service manager would, then writes the last card's pictures and chip and the ledger to the run's folder.
    void leave();

  private:
    bool act_on_printer(Word word, const std::string& value);
    bool act_on_cabinet(Word word, const std::string& value);
    bool act_on_centre(Word word, const std::string& value);
    bool act_on_kiosk(Word word, const std::string& value);
    bool save_ledger();
    bool restore_ledger();
    bool put_document(const std::string& person);
    bool put_badge(const std::string& id);
    bool set_scene(const std::string& assignment);
    bool refill(const std::string& what);
    void play(const std::string& takes_card_after);
    void stop_kiosk(int signal_number);
    void look_at_screen();
    void look_at_printer();
    void ask_status();
    void trace(const std::string& line);
    [[nodiscard]] PanelPrinter look_at_model();

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
    std::vector<PanelPerson> people_;
    nlohmann::json register_;
    std::string on_reader_, person_, behaviour_ = "normal", ended_, last_screen_, status_text_;
    std::vector<std::string> provoked_;
    Disturbance disturbance_ = Disturbance::none;
    std::deque<std::string> traced_;
    Place last_place_ = Place::none;
    std::optional<Time> restart_at_;
    std::unique_ptr<Child> asking_;   ///< liqu-ctl status, not waited for
    nlohmann::json status_;
    Time ask_again_{0}, count_again_{0};
    std::size_t requests_ = 0;
    bool link_cut_ = false, kiosk_left_ = false, ledger_kept_ = false;
};

/// The resident ID card of a person of the register; null when nobody has that key.
[[nodiscard]] std::shared_ptr<SmartCard> document_of(const nlohmann::json& people, const std::string& key, std::uint64_t seed);

}  // namespace sim
