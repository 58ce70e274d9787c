// SDL2, OpenGL 3 and ImGui's renderer behind Glass.
#define GL_GLEXT_PROTOTYPES 1
#include "ui/glass.hpp"

#include <SDL.h>
#include <SDL_opengl.h>
#include <SDL_opengl_glext.h>
#include <backends/imgui_impl_opengl3.h>
#include <imgui.h>

namespace ui {

using drivers::fail;
using drivers::FaultCode;

namespace {
SDL_Window* make_window(const GlassOptions& options) {
    SDL_Rect room{0, 0, options.width, options.height};
    if (SDL_GetDisplayUsableBounds(0, &room) != 0) room = {0, 0, options.width, options.height};
    const bool offscreen = std::string_view(SDL_GetCurrentVideoDriver()) == "offscreen";
    const float shrink = offscreen ? 1.0F
                                   : std::min({1.0F, static_cast<float>(room.w) / static_cast<float>(options.width),
                                               0.94F * static_cast<float>(room.h) / static_cast<float>(options.height)});
    const auto side = [&](int v) { return std::max(1, static_cast<int>(static_cast<float>(v) * shrink)); };
    const Uint32 flags = SDL_WINDOW_OPENGL | SDL_WINDOW_ALLOW_HIGHDPI | (options.fullscreen ? SDL_WINDOW_FULLSCREEN_DESKTOP : SDL_WINDOW_RESIZABLE);
    // A window for development stands at the left, beside the technician's panel.
    const int x = options.fullscreen ? SDL_WINDOWPOS_CENTERED : 20;
    return SDL_CreateWindow("Liqu", x, SDL_WINDOWPOS_CENTERED, side(options.width), side(options.height), flags);
}
}  // namespace

drivers::Result<std::unique_ptr<Glass>> Glass::open(const GlassOptions& options) {
    std::unique_ptr<Glass> glass(new Glass);
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");  // SIGTERM belongs to the loop
    SDL_SetHint(SDL_HINT_TOUCH_MOUSE_EVENTS, "0");  // a finger is a finger, once
    SDL_SetHint(SDL_HINT_MOUSE_TOUCH_EVENTS, "0");
    SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "0");
    if (SDL_InitSubSystem(SDL_INIT_VIDEO) != 0) return fail(FaultCode::internal, std::string("no display: ") + SDL_GetError());
    glass->video_ = true;
    glass->visible_ = std::string_view(SDL_GetCurrentVideoDriver()) != "offscreen";
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_MAJOR_VERSION, 3);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_MINOR_VERSION, 3);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_PROFILE_MASK, SDL_GL_CONTEXT_PROFILE_CORE);
    SDL_GL_SetAttribute(SDL_GL_DOUBLEBUFFER, 1);
    glass->window_ = make_window(options);
    if (!glass->window_) return fail(FaultCode::internal, std::string("no window: ") + SDL_GetError());
    glass->gl_ = SDL_GL_CreateContext(glass->window_);
    if (!glass->gl_) return fail(FaultCode::internal, std::string("no OpenGL 3.3: ") + SDL_GetError());
    SDL_GL_SetSwapInterval(0);  // the loop must never wait for the screen
    if (options.fullscreen) SDL_ShowCursor(SDL_DISABLE);
    glass->pen_ = ImGui::CreateContext();
    ImGui::GetIO().IniFilename = nullptr;
    ImGui::GetIO().LogFilename = nullptr;
    ImGui::GetIO().DisplaySize = {theme::width, theme::height};
    if (!ImGui_ImplOpenGL3_Init("#version 330")) return fail(FaultCode::internal, "no renderer");
    glass->renderer_ = true;
    if (auto made = glass->make_canvas(); !made) return std::unexpected(made.error());
    return glass;
}

drivers::Result<void> Glass::make_canvas() {
    glGenTextures(1, &canvas_texture_);
    glBindTexture(GL_TEXTURE_2D, canvas_texture_);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGB8, theme::width, theme::height, 0, GL_RGB, GL_UNSIGNED_BYTE, nullptr);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
    glGenFramebuffers(1, &canvas_);
    glBindFramebuffer(GL_FRAMEBUFFER, canvas_);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, canvas_texture_, 0);
    const bool complete = glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE;
    glBindFramebuffer(GL_FRAMEBUFFER, 0);
    if (!complete) return fail(FaultCode::internal, "no frame buffer");
    return {};
}

Glass::~Glass() {
    if (gl_) {
        if (canvas_) glDeleteFramebuffers(1, &canvas_);
        if (canvas_texture_) glDeleteTextures(1, &canvas_texture_);
        if (renderer_) ImGui_ImplOpenGL3_Shutdown();
    }
    if (pen_) ImGui::DestroyContext(pen_);
    if (gl_) SDL_GL_DeleteContext(gl_);
    if (window_) SDL_DestroyWindow(window_);
    if (video_) SDL_QuitSubSystem(SDL_INIT_VIDEO);
}

void Glass::begin() {
    ImGui_ImplOpenGL3_NewFrame();
    ImGui::GetIO().DisplaySize = {theme::width, theme::height};
    ImGui::GetIO().DeltaTime = 1.0F / 60.0F;
    ImGui::NewFrame();
    list_ = ImGui::GetBackgroundDrawList();
    drawing_ = true;
}

void Glass::end() {
    ImGui::Render();
    glBindFramebuffer(GL_FRAMEBUFFER, canvas_);
    glViewport(0, 0, theme::width, theme::height);
    const auto channel = [](unsigned shift) { return static_cast<float>((theme::paper.rgb >> shift) & 255U) / 255.0F; };
    glClearColor(channel(16), channel(8), channel(0), 1);  // far cheaper than a rectangle where there is no graphics card
    glClear(GL_COLOR_BUFFER_BIT);
    ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
    glBindFramebuffer(GL_FRAMEBUFFER, 0);
    drawing_ = false;
    list_ = nullptr;
    for (const auto texture : std::exchange(doomed_, {})) release(texture);
}

Glass::Placed Glass::placed(int width, int height) const {
    const float scale = std::min(static_cast<float>(width) / theme::width, static_cast<float>(height) / theme::height);
    return {(static_cast<float>(width) - scale * theme::width) / 2, (static_cast<float>(height) - scale * theme::height) / 2, std::max(scale, 1e-6F)};
}

void Glass::show() {
    if (!visible_) return;
    int width = 0, height = 0;
    SDL_GL_GetDrawableSize(window_, &width, &height);
    const auto place = placed(width, height);
    const auto x = static_cast<GLint>(place.x), y = static_cast<GLint>(place.y);
    const auto right = x + static_cast<GLint>(place.scale * theme::width), top = y + static_cast<GLint>(place.scale * theme::height);
    glBindFramebuffer(GL_DRAW_FRAMEBUFFER, 0);
    glClearColor(0.08F, 0.14F, 0.18F, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    glBindFramebuffer(GL_READ_FRAMEBUFFER, canvas_);
    glBlitFramebuffer(0, 0, theme::width, theme::height, x, y, right, top, GL_COLOR_BUFFER_BIT, GL_LINEAR);
    glBindFramebuffer(GL_READ_FRAMEBUFFER, 0);
    SDL_GL_SwapWindow(window_);
}

std::vector<std::uint8_t> Glass::picture() const {
    constexpr auto row = static_cast<std::size_t>(theme::width) * 3;
    std::vector<std::uint8_t> upside_down(row * theme::height), out(row * theme::height);
    glBindFramebuffer(GL_READ_FRAMEBUFFER, canvas_);
    glPixelStorei(GL_PACK_ALIGNMENT, 1);
    glReadPixels(0, 0, theme::width, theme::height, GL_RGB, GL_UNSIGNED_BYTE, upside_down.data());
    glBindFramebuffer(GL_READ_FRAMEBUFFER, 0);
    for (std::size_t y = 0; y < theme::height; ++y) std::copy_n(upside_down.data() + (theme::height - 1 - y) * row, row, out.data() + y * row);
    return out;
}

Point Glass::to_canvas(float x, float y) const {
    int width = 0, height = 0;
    SDL_GetWindowSize(window_, &width, &height);
    const auto place = placed(width, height);
    return {(x - place.x) / place.scale, (y - place.y) / place.scale};
}

std::optional<Point> Glass::finger_to_canvas(float x, float y) const {
    int width = 0, height = 0;
    SDL_GetWindowSize(window_, &width, &height);
    if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1)) return {};
    return to_canvas(x * static_cast<float>(width), y * static_cast<float>(height));
}

unsigned Glass::upload(int width, int height, int row_pixels, unsigned inner, unsigned format, const void* data) {
    unsigned texture = 0;
    glGenTextures(1, &texture);
    glBindTexture(GL_TEXTURE_2D, texture);
    for (const auto name : {GL_TEXTURE_WRAP_S, GL_TEXTURE_WRAP_T}) glTexParameteri(GL_TEXTURE_2D, static_cast<GLenum>(name), GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR_MIPMAP_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
    glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
    glPixelStorei(GL_UNPACK_ROW_LENGTH, row_pixels);
    glTexImage2D(GL_TEXTURE_2D, 0, static_cast<GLint>(inner), width, height, 0, format, GL_UNSIGNED_BYTE, data);
    glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
    if (format == GL_RED) glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
    else glGenerateMipmap(GL_TEXTURE_2D);
    return texture;
}

unsigned Glass::upload_coverage(int width, int height, int stride, const std::uint8_t* alpha) {
    const auto texture = upload(width, height, stride, GL_R8, GL_RED, alpha);
    const GLint swizzle[] = {GL_ONE, GL_ONE, GL_ONE, GL_RED};
    glTexParameteriv(GL_TEXTURE_2D, GL_TEXTURE_SWIZZLE_RGBA, swizzle);
    return texture;
}
unsigned Glass::upload_rgba(int width, int height, const std::uint8_t* rgba) { return upload(width, height, width, GL_RGBA8, GL_RGBA, rgba); }
unsigned Glass::upload_rgb(int width, int height, const std::uint8_t* rgb) { return upload(width, height, width, GL_RGB8, GL_RGB, rgb); }

void Glass::release(unsigned texture) {
    if (drawing_) doomed_.push_back(texture);
    else glDeleteTextures(1, &texture);
}

}  // namespace ui
