// The panel's letters: an atlas of exactly the characters that are shown, from Noto Sans CJK by FreeType. Debian's ImGui has 16-bit characters, so
// those of names beyond the basic plane are drawn into the atlas under a number of the private area, and the texts are rewritten to it.
#pragma once
#include "sim/panel/view.hpp"

#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

struct ImFontAtlas;
struct ImFont;

namespace sim {

inline constexpr float panel_text_size = 21, panel_title_size = 26;  ///< pixels from ascent to descent; an em of this font is 0.69 of it
inline constexpr std::size_t max_panel_characters = 6000;            ///< different ones in one atlas; the rest is shown as 〓
inline constexpr std::size_t max_rare_characters = 512;              ///< of them beyond the basic plane

class PanelFonts {
  public:
    /// Reads the font files once (package fonts-noto-cjk). A sentence when they are missing.
    [[nodiscard]] static std::expected<std::unique_ptr<PanelFonts>, std::string> open();
    ~PanelFonts();
    PanelFonts(const PanelFonts&) = delete;
    PanelFonts& operator=(const PanelFonts&) = delete;

    /// Learns the characters of everything the view can show; true when the atlas has to be built again.
    bool learn(const PanelView& view);
    /// Clears and builds the atlas (between frames). Its first font is the text, the second the titles.
    [[nodiscard]] std::expected<void, std::string> build(ImFontAtlas& atlas);
    /// The same view with the rare characters rewritten to where the atlas has them.
    [[nodiscard]] PanelView legible(PanelView view) const;

  private:
    struct Face;
    explicit PanelFonts(std::unique_ptr<Face> face);
    [[nodiscard]] std::string rewritten(const std::string& text) const;

    std::unique_ptr<Face> face_;
    std::set<char32_t> plain_;
    std::map<char32_t, std::uint16_t> rare_;  ///< to the private area
};

/// Calls `f(std::string&)` with every text of a view.
void for_each_text(PanelView& view, const std::function<void(std::string&)>& f);

}  // namespace sim
