// Lettering: every text on the screen is set by Pango, drawn by Cairo and kept as a texture, so that rare characters of names and any script appear
// as they do on the card. (ImGui 1.86 of Debian has 16-bit characters; its atlas is not used for text.)
#pragma once
#include "kiosk/faults.hpp"
#include "ui/glass.hpp"
#include "ui/theme.hpp"

#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ui {

enum class Align { left, centre, right };

/// Turns bold on and off inside a text. A control character, so that no name and no masked number (450103****) can hold one by chance.
inline constexpr char bold_mark = '\x02';

/// A text is a block: its top is the top of the first line's ideographs, its bottom the bottom of the last line's; lines
/// stand `leading` em apart; a paragraph (\n) adds `paragraph` em.
struct LetterStyle {
    float size = 40;      ///< pixels per em
    bool bold = false;
    float width = 0;      ///< wraps here; 0: never wraps
    Align align = Align::left;
    float leading = 1.3F, paragraph = 0;
    bool balanced = false;  ///< lines of about equal length (headings)
};

struct Block {
    float width = 0, height = 0;  ///< of the longest line; of all lines
    int lines = 0;
    bool complete = true;         ///< every character has a glyph
    bool whole_words = true;      ///< no line ends inside a word
};

/// A texture of coverage, to be tinted: white, alpha. The block begins at (pad, pad).
struct Sheet {
    Block block;
    unsigned texture = 0;
    int width = 0, height = 0;
    float pad = 0;
};

inline constexpr std::size_t max_lettering_bytes = 48 * 1024 * 1024;  ///< of textures; the longest unused go first
inline constexpr std::size_t max_text_bytes = 8192;                  ///< of one text; the rest is cut
inline constexpr std::string_view font_family = "Noto Sans CJK SC,HanaMinA,HanaMinB";

class Lettering {
  public:
    /// bad_configuration when the fonts (packages fonts-noto-cjk, fonts-hanazono) are not installed.
    [[nodiscard]] static drivers::Result<std::unique_ptr<Lettering>> open(Glass& glass);
    ~Lettering();
    Lettering(const Lettering&) = delete;
    Lettering& operator=(const Lettering&) = delete;

    [[nodiscard]] Block measure(std::string_view text, const LetterStyle& style);
    /// Valid until the next sweep.
    [[nodiscard]] const Sheet& sheet(std::string_view text, const LetterStyle& style);
    /// Cuts a text into pages that are at most `height` high.
    [[nodiscard]] std::vector<std::string> pages(std::string_view text, const LetterStyle& style, float height);

    /// A new picture begins: what it uses is young.
    void begin_frame() { ++frame_; }
    /// Forgets (and wipes the words of) everything that the last picture did not use: called when the phase changed, so that no name outlives its screen.
    void sweep();
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    [[nodiscard]] std::size_t kept() const { return kept_.size(); }

  private:
    struct Pango;
    struct Kept {
        Sheet sheet;
        std::uint64_t used = 0;
    };
    using Store = std::map<std::string, Kept>;
    Lettering(Glass& glass, std::unique_ptr<Pango> pango);
    Kept& keep(std::string_view text, const LetterStyle& style);
    void drop(Store::iterator it);
    void limit();

    Glass& glass_;
    std::unique_ptr<Pango> pango_;
    Store kept_;
    std::uint64_t frame_ = 1;
    std::size_t bytes_ = 0;
};

}  // namespace ui
