// The faces that a card may be set in, and none that merely happens to be installed.
#pragma once
#include <memory>
#include <pango/pangocairo.h>

namespace printer {

/// In order of preference: daily use, Uyghur and other Arabic script, Tibetan, extended Latin, rare characters (extensions B to F).
inline constexpr const char* card_families = "Noto Sans CJK SC,Noto Sans Arabic,Noto Serif Tibetan,Noto Sans,HanaMinA,HanaMinB";

/// This thread's font map, kept between drawings (opening the fonts takes longer than a card). It has a Fontconfig configuration of its own:
/// * Debian's Noto CJK, Arabic, Tibetan, Noto Sans and Hanazono, and what a technician put into /usr/local/share/fonts for a missing glyph;
/// * no rule that fattens or slants a face that has no bold or italic one;
/// * no rule of this machine's /etc/fonts, so that a card looks the same in every hall.
[[nodiscard]] PangoFontMap* card_fonts();

}  // namespace printer
