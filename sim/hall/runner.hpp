// Runs one scenario: the real programs in front of the simulated cabinet, a citizen, and what happens meanwhile; then collects the evidence.
#pragma once
#include "sim/hall/cabinet.hpp"
#include "sim/hall/citizen.hpp"
#include "sim/hall/relay.hpp"
#include "sim/hall/site.hpp"

#include <fstream>

namespace sim {

struct RunOptions {
    std::filesystem::path out;
    double speed = 1;
    std::uint64_t seed = 1;
    bool pictures = true;   ///< screens/NN-name.png
    bool progress = true;   ///< lines on stdout
    bool headless = true;   ///< SDL's offscreen driver for the kiosk's window
};

struct StepSeen {
    std::string screen;
    long began_ms = 0, ended_ms = 0;
};

/// What the run left behind, as read by the auditor: files under `out`, and in here.
struct Evidence {
    nlohmann::json summary, centre, cards, outbox, status, audit;
    std::vector<StepSeen> steps;
    std::vector<std::string> faults;     ///< codes of trouble screens, in order
    std::vector<std::string> standings;
    std::vector<std::string> failures;   ///< of the run itself (a happening that never came, a dead kiosk)
    int handed_out = 0, in_bin = 0;
};

class Runner {
  public:
    Runner(Programs programs, Scenario scenario, RunOptions options);
    ~Runner();
    /// Until everybody has gone and the outbox is empty, or the scenario's limit.
    Evidence run();
    /// What of the scenario's expectation does not hold; empty: as expected.
    [[nodiscard]] static std::vector<std::string> judge(const Scenario& scenario, const Evidence& evidence);

  private:
    struct Waiting {
        Happening happening;
        int seen = 0;
        std::optional<Time> due;
        bool done = false;
    };
    void start_kiosk();
    void stop_kiosk(int signal_number);
    void tick();
    void look_at_screen();
    void look_at_printer();
    void trigger(const std::string& what);
    void fire(Waiting& waiting);
    bool act(const Happening& happening);
    bool act_on_printer(const Happening& happening);
    bool act_on_others(const Happening& happening);
    bool type_or_touch(const Happening& happening);
    [[nodiscard]] bool over() const;
    void settle();
    Evidence collect();
    nlohmann::json summary(const Evidence& evidence);
    void trace(const std::string& line);
    std::shared_ptr<SmartCard> document_of(const std::string& person);
    void new_citizen(const CitizenPlan& plan);
    nlohmann::json ctl(const std::string& command);
    void measure_idle();
    void check_privacy();

    Programs programs_;
    Scenario scenario_;
    RunOptions options_;
    std::filesystem::path run_dir_, saved_ledger_;
    std::unique_ptr<Cabinet> cabinet_;
    std::unique_ptr<Centre> centre_;
    std::unique_ptr<Relay> relay_;
    KioskSite site_, first_site_;
    std::unique_ptr<Child> kiosk_;
    std::unique_ptr<WindowLink> window_;
    std::unique_ptr<Citizen> citizen_;
    std::vector<Waiting> waiting_;
    std::vector<StepSeen> steps_;
    std::vector<std::string> faults_, standings_, failures_;
    std::ofstream trace_;
    std::uint64_t last_phase_ = 0;
    std::string last_screen_;
    Place last_place_ = Place::none;
    std::size_t printer_lines_ = 0;
    std::optional<Time> card_in_slot_, restart_at_;
    int pictures_ = 0, events_ = 0, typed_ = 0, touches_ = 0;
    bool second_started_ = false, welcomed_ = false;
    std::optional<Time> signed_at_;
    std::deque<std::string> picture_names_;
    std::chrono::milliseconds hardware_{0};
    std::optional<Time> started_at_, first_screen_at_;
    double idle_cpu_percent_ = 0, resident_mib_ = 0, peak_mib_ = 0;
};

}  // namespace sim
