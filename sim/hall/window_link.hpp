// The finger and the eye: the simulator's end of the kiosk's automation descriptor. Screens come in as JSON lines, touches go out as
// pixels; the kiosk finds out by its ordinary hit-testing what was touched. Written from the document in ui/automation.hpp.
#pragma once
#include "sim/models/model.hpp"

#include <deque>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

namespace sim {

struct Target {
    std::string id;
    double x = 0, y = 0, width = 0, height = 0;
    bool enabled = true;
};

struct ScreenSeen {
    std::uint64_t phase = 0;
    std::string name, language;
    std::optional<int> idle;
    nlohmann::json fields;
    nlohmann::json entry;  ///< how much was typed, and what is on offer to be chosen
    std::vector<Target> targets;
    [[nodiscard]] const Target* target(std::string_view id) const;
};

struct ScreenPicture {
    int width = 0, height = 0;
    std::vector<std::uint8_t> rgb;
};

class WindowLink {
  public:
    /// `fd`: our end of the socket pair; owned.
    explicit WindowLink(int fd);
    ~WindowLink();
    WindowLink(const WindowLink&) = delete;
    WindowLink& operator=(const WindowLink&) = delete;

    /// Reads what is there, without waiting. True when a new state of the screen arrived.
    bool pump();
    [[nodiscard]] const std::optional<ScreenSeen>& screen() const { return screen_; }
    [[nodiscard]] bool closed() const { return closed_; }
    void touch(double x, double y);
    void down(double x, double y);
    void move(double x, double y, int ms);
    void up();
    void ask_picture();
    [[nodiscard]] std::optional<ScreenPicture> take_picture();
    /// Touches that did something, as the window's own hit-testing said, beside digits, erasing and the signature.
    [[nodiscard]] int touches_that_counted() const { return static_cast<int>(counted_.size()); }

  private:
    void send(const nlohmann::json& line);
    bool parse();
    int fd_;
    bool closed_ = false;
    std::string buffer_;
    std::size_t picture_bytes_ = 0;
    std::set<std::pair<std::uint64_t, std::string>> counted_;  ///< a nervous second touch of the same button is none that was needed
    ScreenPicture coming_;
    std::deque<ScreenPicture> pictures_;
    std::optional<ScreenSeen> screen_;
};

}  // namespace sim
