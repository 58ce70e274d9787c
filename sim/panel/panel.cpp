// The window: SDL's events in, ImGui over OpenGL out. Draws when the view changed or a hand moved, and a few frames after, as ImGui needs them.
#include "sim/panel/panel.hpp"

#include <SDL.h>
#include <SDL_opengl.h>
#include <backends/imgui_impl_opengl3.h>
#include <backends/imgui_impl_sdl.h>
#include <imgui.h>

namespace sim {

namespace {
constexpr std::chrono::milliseconds least_pause{50};  ///< between two drawings that only the view asked for
constexpr int frames_after_event = 4;
constexpr int max_events = 256;                       ///< taken in one turn
}  // namespace

struct Panel::Impl {
    SDL_Window* window = nullptr;
    SDL_GLContext gl = nullptr;
    ImGuiContext* context = nullptr;
    bool backends = false, closed = false;
    std::unique_ptr<PanelFonts> fonts;
    PanelState state;
    std::optional<PanelView> drawn;
    std::chrono::microseconds drawn_at{};
    int frames_due = frames_after_event;

    Impl() = default;
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() {
        if (context) ImGui::SetCurrentContext(context);
        if (backends) {
            ImGui_ImplOpenGL3_Shutdown();
            ImGui_ImplSDL2_Shutdown();
        }
        if (context) ImGui::DestroyContext(context);
        if (gl) SDL_GL_DeleteContext(gl);
        if (window) SDL_DestroyWindow(window);
        SDL_QuitSubSystem(SDL_INIT_VIDEO);
    }

    void take_events() {
        SDL_Event event;
        for (int i = 0; i < max_events && SDL_PollEvent(&event) != 0; ++i) {
            ImGui_ImplSDL2_ProcessEvent(&event);
            if (event.type == SDL_QUIT || (event.type == SDL_WINDOWEVENT && event.window.event == SDL_WINDOWEVENT_CLOSE)) closed = true;
            frames_due = frames_after_event;
        }
    }

    std::vector<PanelAct> draw(const PanelView& view) {
        SDL_GL_MakeCurrent(window, gl);
        if (fonts->learn(view) || !drawn) {
            ImGui_ImplOpenGL3_DestroyFontsTexture();
            if (fonts->build(*ImGui::GetIO().Fonts)) ImGui_ImplOpenGL3_CreateFontsTexture();
        }
        ImGui_ImplOpenGL3_NewFrame();
        ImGui_ImplSDL2_NewFrame();
        ImGui::NewFrame();
        auto acts = draw_panel(fonts->legible(view), state);
        ImGui::Render();
        const auto& size = ImGui::GetIO().DisplaySize;
        glViewport(0, 0, static_cast<int>(size.x), static_cast<int>(size.y));
        glClear(GL_COLOR_BUFFER_BIT);
        ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
        return acts;
    }
};

Panel::Panel(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Panel::~Panel() = default;

std::expected<std::unique_ptr<Panel>, std::string> Panel::open(const PanelOptions& options) {
    auto fonts = PanelFonts::open();
    if (!fonts) return std::unexpected(fonts.error());
    if (SDL_InitSubSystem(SDL_INIT_VIDEO) != 0) return std::unexpected(std::string("no display: ") + SDL_GetError());
    auto impl = std::make_unique<Impl>();
    impl->fonts = std::move(*fonts);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_MAJOR_VERSION, 3);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_MINOR_VERSION, 3);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_PROFILE_MASK, SDL_GL_CONTEXT_PROFILE_CORE);
    SDL_GL_SetAttribute(SDL_GL_DOUBLEBUFFER, 1);
    SDL_Rect room{0, 0, options.width, options.height};
    if (SDL_GetDisplayUsableBounds(0, &room) != 0 || room.w < options.width) room = {0, 0, options.width, options.height};
    // At the right edge: the kiosk's window is in the middle or left.
    impl->window = SDL_CreateWindow(options.title.c_str(), room.x + room.w - options.width, room.y, options.width, options.height,
                                    SDL_WINDOW_OPENGL | SDL_WINDOW_RESIZABLE);
    if (impl->window) impl->gl = SDL_GL_CreateContext(impl->window);
    if (!impl->gl) return std::unexpected(std::string("no OpenGL window: ") + SDL_GetError());
    SDL_GL_SetSwapInterval(0);  // the hall's loop must never wait for the screen
    impl->context = ImGui::CreateContext();
    ImGui::SetCurrentContext(impl->context);
    ImGui::GetIO().IniFilename = nullptr;
    ImGui::StyleColorsLight();
    impl->backends = ImGui_ImplSDL2_InitForOpenGL(impl->window, impl->gl) && ImGui_ImplOpenGL3_Init("#version 330");
    if (!impl->backends) return std::unexpected("ImGui does not start on this OpenGL");
    return std::unique_ptr<Panel>(new Panel(std::move(impl)));
}

std::vector<PanelAct> Panel::turn(const PanelView& view, std::chrono::microseconds now) {
    auto& p = *impl_;
    ImGui::SetCurrentContext(p.context);
    p.take_events();
    const bool changed = !p.drawn || (*p.drawn != view && now - p.drawn_at >= least_pause);
    if (!changed && p.frames_due == 0) return {};
    if (p.frames_due > 0) --p.frames_due;
    auto acts = p.draw(view);
    SDL_GL_SwapWindow(p.window);
    p.drawn = view;
    p.drawn_at = now;
    return acts;
}

bool Panel::closed() const { return impl_->closed; }

PanelPicture Panel::picture() const {
    auto& p = *impl_;
    ImGui::SetCurrentContext(p.context);
    SDL_GL_MakeCurrent(p.window, p.gl);
    if (p.drawn) (void)p.draw(*p.drawn);  // into the back buffer: what was swapped away is undefined
    PanelPicture picture;
    SDL_GL_GetDrawableSize(p.window, &picture.width, &picture.height);
    const auto row = static_cast<std::size_t>(picture.width) * 3, rows = static_cast<std::size_t>(picture.height);
    std::vector<std::uint8_t> upside_down(row * rows);
    glReadBuffer(GL_BACK);
    glPixelStorei(GL_PACK_ALIGNMENT, 1);
    glReadPixels(0, 0, picture.width, picture.height, GL_RGB, GL_UNSIGNED_BYTE, upside_down.data());
    for (std::size_t i = rows; i-- > 0;) picture.rgb.insert(picture.rgb.end(), upside_down.begin() + static_cast<std::ptrdiff_t>(i * row), upside_down.begin() + static_cast<std::ptrdiff_t>((i + 1) * row));
    return picture;
}

}  // namespace sim
