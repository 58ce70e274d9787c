// The technician's panel: an SDL window of its own beside the kiosk's, drawn with ImGui over OpenGL when something changed, at most 20 times a second.
#pragma once
#include "sim/panel/fonts.hpp"

#include <chrono>

namespace sim {

struct PanelPicture {
    int width = 0, height = 0;
    std::vector<std::uint8_t> rgb;  ///< rows from the top
};

struct PanelOptions {
    int width = 1240, height = 980;  ///< pixels
    std::string title = "Liqu: the technician's panel";
};

class Panel {
  public:
    /// A sentence when there is no display, no OpenGL or no font.
    [[nodiscard]] static std::expected<std::unique_ptr<Panel>, std::string> open(const PanelOptions& options);
    ~Panel();
    Panel(const Panel&) = delete;
    Panel& operator=(const Panel&) = delete;

    /// Takes what mouse and keyboard did, draws when something changed, and gives the acts that were pressed. Does not wait. `now` of any steady clock.
    [[nodiscard]] std::vector<PanelAct> turn(const PanelView& view, std::chrono::microseconds now);
    /// Somebody closed the window, or pressed Ctrl-C.
    [[nodiscard]] bool closed() const;
    /// As it was drawn last.
    [[nodiscard]] PanelPicture picture() const;

  private:
    struct Impl;
    explicit Panel(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace sim
