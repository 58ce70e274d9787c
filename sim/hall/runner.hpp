// Runs one scenario: the hall (rig), what happens in it (story), and the eye of the auditor, who collects the evidence and judges.
#pragma once
#include "sim/hall/story.hpp"

namespace sim {

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
    std::vector<std::string> guidances;  ///< what the person before the camera was told, in order; hold_still: nothing
    std::vector<std::string> failures;   ///< of the run itself (a happening that never came, a dead kiosk)
    int handed_out = 0, in_bin = 0;
};

class Runner {
  public:
    Runner(Programs programs, Scenario scenario, RunOptions options);
    /// Until everybody has gone and the outbox is empty, or the scenario's limit.
    Evidence run();
    /// What of the scenario's expectation does not hold; empty: as expected.
    [[nodiscard]] static std::vector<std::string> judge(const Scenario& scenario, const Evidence& evidence);

  private:
    void tick();
    void note(const News& news);
    void note_screen(const News& news);
    void look_at_pictures();
    void ask_picture(const std::string& screen);
    void let_second_come();
    [[nodiscard]] bool over() const;
    void settle();
    void measure_idle();
    Evidence collect();
    void check_privacy();
    nlohmann::json summary(const Evidence& evidence);

    Programs programs_;
    Scenario scenario_;
    RunOptions options_;
    Rig rig_;
    Story story_;
    std::vector<StepSeen> steps_;
    std::vector<std::string> faults_, standings_, guidances_, failures_;
    std::optional<Time> started_at_, first_screen_at_, signed_at_, card_in_slot_;
    std::chrono::milliseconds hardware_{0};
    std::deque<std::string> picture_names_;  ///< asked for, not yet here
    int pictures_ = 0, pictures_of_start_ = 0;
    bool second_started_ = false, welcomed_ = false;
    double idle_cpu_percent_ = 0, resident_mib_ = 0, peak_mib_ = 0;
};

}  // namespace sim
