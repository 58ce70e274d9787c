// The camera as a journey sees it: live observations with a verdict, a preview, and the official portrait. Contract; the concrete
// one is opencv_camera.cpp: a thread keeps the latest frame and judges it, the loop only receives.
#pragma once
#include "drivers/async.hpp"
#include "drivers/bytes.hpp"
#include "drivers/clock.hpp"
#include "drivers/fault.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace camera {

using drivers::awaitable;
using drivers::Bytes;
using drivers::Result;

/// Why a frame is not yet the portrait. Names are shared with the simulator's knobs and the texts (ui/text: photo.<name>).
enum class Reason { no_face, several_faces, too_far, too_close, off_centre, too_dark, too_bright, background_not_white, background_uneven };
inline constexpr int reason_count = 9;
[[nodiscard]] constexpr std::string_view name_of(Reason r) {
    constexpr std::string_view names[] = {"no_face", "several_faces", "too_far", "too_close", "off_centre", "too_dark", "too_bright", "background_not_white", "background_uneven"};
    return names[static_cast<int>(r)];
}
enum class Side { none, left, right };  ///< as the person sees it in the mirror-wise preview

struct Finding {
    Reason reason{};
    Side side = Side::none;
    double measured = 0, limit = 0;  ///< in the unit of the measure (see quality/)
};

struct Box {
    int x = 0, y = 0, width = 0, height = 0;  ///< pixels of the frame
};

struct Observation {
    std::uint64_t frame = 0;              ///< number of the frame that was judged
    drivers::Steady at;
    std::optional<Box> face;
    std::vector<Finding> findings;        ///< empty: this frame would do. Most important first.
    int width = 0, height = 0;            ///< of the frame
    int preview_width = 0, preview_height = 0;
    std::vector<std::uint8_t> preview_rgb;  ///< mirrored, at most 640 x 480; wiped by its holder
    [[nodiscard]] bool acceptable() const { return findings.empty(); }
};

/// The official photograph: 358 x 441 pixels, 350 dpi, baseline JPEG of 14,336 to 20,000 bytes (facts: photo-official-numbers.md).
struct Portrait {
    Bytes jpeg;
    Bytes sha256;  ///< of jpeg: what the audit records
    void wipe() {
        drivers::wipe(jpeg);
        jpeg.clear();
    }
};

/// Numbers of the region (configuration); defaults are the social security card's.
struct PortraitRules {
    int width = 358, height = 441, dpi = 350;
    std::size_t min_bytes = 14'336, max_bytes = 20'000;
    int eye_distance = 93;      ///< pixels in the crop
    int crown_margin = 14;      ///< pixels above the hair
    int min_eye_to_bottom = 207;
    double white_min_lightness = 85.0;   ///< Lab L* of the background, 0..100
    double white_max_chroma = 8.0;       ///< Lab C*
    double uneven_max_rise = 20.0;       ///< L* over the frame's width
};

/// States: closed -> open (start) -> closed (stop). Nothing is filmed while closed: the device is released.
class Camera {
  public:
    virtual ~Camera() = default;
    /// Opens the device. camera_missing when it does not answer within `limit`.
    virtual awaitable<Result<void>> start(drivers::Duration limit) = 0;
    /// Releases the device and wipes frames. May be called in any state, from clean-up code; returns at once.
    virtual void stop() = 0;
    /// The next judged frame after frame number `after` (latest wins, none is queued).
    /// camera_missing / camera_black / camera_frozen / camera_wrong_size when the stream is of no use.
    virtual awaitable<Result<Observation>> next(std::uint64_t after) = 0;
    /// The official crop of the frame that was judged last if it was acceptable; photo_not_encodable otherwise.
    virtual awaitable<Result<Portrait>> take(PortraitRules rules) = 0;
};

/// `uri`: v4l2:/dev/video0, http://..., file:DIR (stills in turn). Detection and judging run in the camera's own thread.
[[nodiscard]] std::unique_ptr<Camera> make_opencv_camera(asio::any_io_executor loop, drivers::Clock& clock, std::string uri, PortraitRules rules);

}  // namespace camera
