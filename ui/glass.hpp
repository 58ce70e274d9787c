// The sheet of glass: SDL window, OpenGL canvas of 1080 x 1920 logical pixels, textures. ImGui is only the pen: its draw lists and its OpenGL3
// renderer are used, never its mouse, its fonts or its widgets.
#pragma once
#include "kiosk/faults.hpp"
#include "ui/theme.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct SDL_Window;
struct ImDrawList;
struct ImGuiContext;

namespace ui {

struct GlassOptions {
    int width = theme::width, height = theme::height;  ///< of the window; made smaller when the display is
    bool fullscreen = false;
};

/// One at a time in a process (ImGui and SDL have one state each). Belongs to the loop's thread.
class Glass {
  public:
    /// internal when there is no display, no OpenGL 3 or no frame buffer.
    [[nodiscard]] static drivers::Result<std::unique_ptr<Glass>> open(const GlassOptions& options);
    ~Glass();
    Glass(const Glass&) = delete;
    Glass& operator=(const Glass&) = delete;

    /// Begins a picture on empty paper: what is drawn into list() until end() becomes the canvas.
    void begin();
    [[nodiscard]] ImDrawList& list() { return *list_; }
    void end();
    /// False under SDL's offscreen driver.
    [[nodiscard]] bool visible() const { return visible_; }
    /// Scales the canvas to the window. Nothing to do for SDL's offscreen driver: nobody sees that window.
    void show();
    /// The canvas: rows from the top, RGB, width * height * 3 bytes.
    [[nodiscard]] std::vector<std::uint8_t> picture() const;

    /// Where a point of the window (SDL's units) is on the canvas.
    [[nodiscard]] Point to_canvas(float x, float y) const;
    [[nodiscard]] std::optional<Point> finger_to_canvas(float x, float y) const;

    // Textures. Sizes are the callers' duty: 1..max_texture.
    [[nodiscard]] unsigned upload_coverage(int width, int height, int stride, const std::uint8_t* alpha);
    [[nodiscard]] unsigned upload_rgba(int width, int height, const std::uint8_t* rgba);
    [[nodiscard]] unsigned upload_rgb(int width, int height, const std::uint8_t* rgb);
    void release(unsigned texture);

    static constexpr int max_texture = 4096;

  private:
    Glass() = default;
    [[nodiscard]] drivers::Result<void> make_canvas();
    [[nodiscard]] unsigned upload(int width, int height, int row_pixels, unsigned inner, unsigned format, const void* data);
    struct Placed {
        float x, y, scale;
    };
    [[nodiscard]] Placed placed(int width, int height) const;

    bool video_ = false, visible_ = true, drawing_ = false;
    SDL_Window* window_ = nullptr;
    void* gl_ = nullptr;
    ImGuiContext* pen_ = nullptr;
    bool renderer_ = false;
    ImDrawList* list_ = nullptr;
    unsigned canvas_ = 0, canvas_texture_ = 0;
    std::vector<unsigned> doomed_;  ///< released while a picture was being drawn
};

}  // namespace ui
