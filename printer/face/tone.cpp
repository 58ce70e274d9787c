// lcms2 behind the profile: sRGB to the printer's own RGB (the makers' profiles for dye sublimation are of that kind: the split into dyes is the driver's).
#include "printer/face/tone.hpp"

#include <cmath>
#include <lcms2.h>

namespace printer {

using drivers::FaultCode;

namespace {
struct Close {
    void operator()(void* profile) const { cmsCloseProfile(profile); }
};
struct Delete {
    void operator()(void* transform) const { cmsDeleteTransform(transform); }
};
using Transform = std::unique_ptr<void, Delete>;

Result<Transform> transform_of(const Bytes& icc) {
    const auto refuse = [](const char* why) { return drivers::fail(FaultCode::bad_configuration, why); };
    if (icc.size() > max_icc_bytes) return refuse("the ICC profile is too large");
    const std::unique_ptr<void, Close> to{cmsOpenProfileFromMem(icc.data(), static_cast<cmsUInt32Number>(icc.size()))};
    if (!to) return refuse("the ICC profile is damaged, or none");
    if (cmsGetColorSpace(to.get()) != cmsSigRgbData) return refuse("the ICC profile must be an RGB profile of the printer");
    const std::unique_ptr<void, Close> from{cmsCreate_sRGBProfile()};
    // BGRA is how a little-endian 0xXXRRGGBB lies in memory; the fourth byte is left alone.
    Transform transform{cmsCreateTransform(from.get(), TYPE_BGRA_8, to.get(), TYPE_BGRA_8, INTENT_PERCEPTUAL, 0)};
    if (!transform) return refuse("the ICC profile cannot be used for output");
    return transform;
}
}  // namespace

Result<void> check_tone(const Tone& tone) {
    const auto refuse = [](const char* why) { return drivers::fail(FaultCode::bad_configuration, why); };
    const auto& c = tone.curve;
    if (!c.empty() && (c.size() < min_curve_points || c.size() > max_curve_points)) return refuse("the tone curve needs 2 to 16 points");
    for (std::size_t i = 0; i < c.size(); ++i) {
        const auto [in, out] = c[i];
        if (!(in >= 0 && in <= 1 && out >= 0 && out <= 1)) return refuse("the tone curve's points lie between 0 and 1");
        if (i > 0 && !(in > c[i - 1].first && out >= c[i - 1].second)) return refuse("the tone curve must rise");
    }
    if (tone.icc.empty()) return {};
    if (auto transform = transform_of(tone.icc); !transform) return std::unexpected(transform.error());
    return {};
}

std::array<std::uint8_t, 256> curve_table(const std::vector<std::pair<double, double>>& curve) {
    std::array<std::uint8_t, 256> table{};
    for (std::size_t v = 0; v < table.size(); ++v) {
        const double in = static_cast<double>(v) / 255;
        double out = in;
        if (!curve.empty()) {
            const auto above = std::ranges::find_if(curve, [in](const auto& p) { return p.first >= in; });
            if (above == curve.begin()) out = curve.front().second;
            else if (above == curve.end()) out = curve.back().second;
            else {
                const auto below = std::prev(above);
                out = below->second + (above->second - below->second) * (in - below->first) / (above->first - below->first);
            }
        }
        table[v] = static_cast<std::uint8_t>(std::lround(out * 255));
    }
    return table;
}

Result<void> apply_tone(const Tone& tone, Photo& photo) {
    if (!tone.icc.empty()) {
        auto transform = transform_of(tone.icc);
        if (!transform) return std::unexpected(transform.error());
        cmsDoTransform(transform->get(), photo.xrgb.data(), photo.xrgb.data(), static_cast<cmsUInt32Number>(photo.xrgb.size()));
    }
    if (tone.curve.empty()) return {};
    const auto table = curve_table(tone.curve);
    for (auto& pixel : photo.xrgb)
        pixel = (pixel & 0xFF000000U) | static_cast<std::uint32_t>(table[pixel >> 16 & 0xFF]) << 16 | static_cast<std::uint32_t>(table[pixel >> 8 & 0xFF]) << 8 | table[pixel & 0xFF];
    return {};
}

}  // namespace printer
