// Why a frame is not yet the portrait. The names are shared with the simulator's knobs, the texts (ui/text: photo.<name>) and `liqu-ctl photo check`.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace camera {

/// In the order in which a person can act: be there, alone, at the right place, upright, in light, before a white wall, still, with open and visible eyes. The
/// advisory ones come last: they warn staff and centre and refuse nothing.
enum class Reason : std::uint8_t {
    no_face, several_faces, too_far, too_close, off_centre, cut_off, tilted, turned, too_dark, too_bright, uneven_light,
    background_not_white, background_coloured, background_uneven, background_shadow, blurred, moving,
    eyes_closed, eyes_not_visible, glare, glasses_tinted,
    clothes_like_background, head_covered, mouth_open
};
inline constexpr int reason_count = 24;
inline constexpr std::array<std::string_view, reason_count> reason_names{
    "no_face", "several_faces", "too_far", "too_close", "off_centre", "cut_off", "tilted", "turned", "too_dark", "too_bright", "uneven_light",
    "background_not_white", "background_coloured", "background_uneven", "background_shadow", "blurred", "moving",
    "eyes_closed", "eyes_not_visible", "glare", "glasses_tinted",
    "clothes_like_background", "head_covered", "mouth_open"};
[[nodiscard]] constexpr std::string_view name_of(Reason r) { return reason_names[static_cast<std::size_t>(r)]; }
/// True for reasons that warn and do not refuse.
[[nodiscard]] constexpr bool advisory(Reason r) { return r >= Reason::clothes_like_background; }

enum class Side : std::uint8_t { none, left, right };  ///< as the person sees it in the mirrored preview
[[nodiscard]] constexpr std::string_view name_of(Side s) { return s == Side::left ? "left" : s == Side::right ? "right" : "none"; }

struct Finding {
    Reason reason{};
    Side side = Side::none;
    double measured = 0, limit = 0;  ///< in the unit of the measure (rules.hpp says it for each limit)
    friend bool operator==(const Finding&, const Finding&) = default;
};

}  // namespace camera
