// Fontconfig for the card alone. The system's configuration would fatten Hanazono in a bold line (90-synthetic.conf) and fall back to any font that has the
// code point, a pixel font or a last resort box included.
#include "printer/face/fonts.hpp"

#include <fontconfig/fontconfig.h>
#include <pango/pangofc-fontmap.h>
#include <stdexcept>

namespace printer {

namespace {
constexpr const char* configuration = R"(<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts/opentype/noto</dir>
  <dir>/usr/share/fonts/truetype/noto</dir>
  <dir>/usr/share/fonts/truetype/hanazono</dir>
  <dir>/usr/local/share/fonts</dir>
  <cachedir>/var/cache/fontconfig</cachedir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  <selectfont>
    <rejectfont><glob>/usr/share/fonts/*</glob></rejectfont>
    <acceptfont>
      <glob>/usr/share/fonts/opentype/noto/NotoSansCJK-*</glob>
      <glob>/usr/share/fonts/truetype/noto/NotoSansArabic-*</glob>
      <glob>/usr/share/fonts/truetype/noto/NotoSerifTibetan-*</glob>
      <glob>/usr/share/fonts/truetype/noto/NotoSans-*</glob>
      <glob>/usr/share/fonts/truetype/hanazono/*</glob>
    </acceptfont>
  </selectfont>
</fontconfig>
)";

struct Unref {
    void operator()(PangoFontMap* map) const { g_object_unref(map); }
};

PangoFontMap* open_fonts() {
    auto* config = FcConfigCreate();
    const bool read = config && FcConfigParseAndLoadFromMemory(config, reinterpret_cast<const FcChar8*>(configuration), FcTrue) && FcConfigBuildFonts(config);
    auto* map = read ? pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT) : nullptr;
    if (map) pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map), config);  // takes a reference of its own
    if (config) FcConfigDestroy(config);
    if (!map) throw std::logic_error("Fontconfig or Pango's FreeType half is missing");
    return map;
}
}  // namespace

PangoFontMap* card_fonts() {
    thread_local const std::unique_ptr<PangoFontMap, Unref> map(open_fonts());
    return map.get();
}

}  // namespace printer
