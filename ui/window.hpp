// The window: draws what the stage shows, turns touches into answers. Runs on the kiosk's loop; draws only when something changed.
#pragma once
#include "kiosk/stage.hpp"

#include <memory>
#include <string>

namespace ui {

struct WindowOptions {
    int width = 1080, height = 1920;  ///< logical pixels of the portrait panel; scaled down when the display is smaller
    bool fullscreen = true;
    double mm_per_pixel = 0.3125;     ///< of the panel, for the millimetre rules
    std::string hall_zh, hall_en, hotline;
    std::string text_dir;             ///< folder with zh-CN.toml and en.toml
    /// A socket inherited from a parent that plays the citizen (JSON lines, see ui/automation.hpp); -1 for none. Only in builds with LIQU_AUTOMATION.
    int automation_fd = -1;
};

class Window {
  public:
    virtual ~Window() = default;
    /// Handles SDL's events and draws until the window is closed (then it returns) or the caller is cancelled.
    virtual drivers::awaitable<void> run() = 0;
};

/// bad_configuration for missing texts or fonts; internal when no window can be had.
[[nodiscard]] drivers::Result<std::unique_ptr<Window>> make_window(drivers::Clock& clock, kiosk::Stage& stage, WindowOptions options);

}  // namespace ui
