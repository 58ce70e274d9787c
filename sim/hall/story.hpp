// What happens of itself in a hall: a scenario's happenings, each at its moment, and the words that only a story has (fingers at the screen, the next
// kiosk). The same for a run that is judged and for the interactive mode.
#pragma once
#include "sim/hall/rig.hpp"

namespace sim {

class Story {
  public:
    Story(Rig& rig, std::vector<Happening> happenings);

    /// A moment that is no news of the hall: "start", "second".
    void heard(std::string_view what);
    /// After each Rig::tick: what is due happens; one happening after the other, each to its end.
    void tick(const std::vector<News>& news);
    /// Nothing is left to happen.
    [[nodiscard]] bool over() const;
    /// Nothing is left to happen before the second person comes.
    [[nodiscard]] bool ready_for_second() const;
    /// What could not be done.
    [[nodiscard]] const std::vector<std::string>& failures() const { return failures_; }
    /// A sentence for each happening that has not come.
    [[nodiscard]] std::vector<std::string> missing() const;

  private:
    struct Waiting {
        Happening happening;
        int seen = 0;
        std::optional<Time> due;
        bool done = false;
    };
    /// A finger on its way: targets one after the other, each waited for.
    struct Finger {
        Happening happening;
        std::deque<std::string> targets;
        Time next{}, give_up{};
    };
    void fire(Waiting& waiting);
    bool act(const Happening& happening);
    void put_finger_out(const Happening& happening, std::deque<std::string> targets);
    void move_finger();
    void finish(const Happening& happening, bool done);

    Rig& rig_;
    std::vector<Waiting> waiting_;
    std::optional<Finger> finger_;
    std::vector<std::string> failures_;
    int events_ = 0;
};

}  // namespace sim
