// The camera as a journey sees it: live observations with a verdict and one guidance at a time, a preview, and the official portrait of the best frame.
// Contract; the concrete one is opencv_camera.cpp: a thread keeps the latest frame and judges it, the loop only receives.
#pragma once
#include "camera/reasons.hpp"
#include "camera/rules.hpp"
#include "drivers/async.hpp"
#include "drivers/bytes.hpp"
#include "drivers/clock.hpp"
#include "drivers/fault.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace camera {

class DocumentCamera;

using drivers::awaitable;
using drivers::Bytes;
using drivers::Result;

struct Box {
    int x = 0, y = 0, width = 0, height = 0;  ///< pixels of the frame
};

struct Observation {
    std::uint64_t frame = 0;              ///< number of the frame that was judged
    drivers::Steady at;
    std::optional<Box> face;
    std::vector<Finding> findings;        ///< everything that holds for this frame, most important first; advisory ones after the others
    std::optional<Finding> guidance;      ///< what the person is told now: at most one, held for at least guidance_hold; nothing: hold still
    double held = 0;                      ///< 0..1: for how much of steady_for no refusing finding was seen; 1: take() gives a portrait
    int width = 0, height = 0;            ///< of the frame
    int preview_width = 0, preview_height = 0;
    std::vector<std::uint8_t> preview_rgb;  ///< mirrored, at most 640 x 480; wiped by its holder
    /// Nothing that refuses was found in this frame.
    [[nodiscard]] bool acceptable() const {
        for (const auto& f : findings)
            if (!advisory(f.reason)) return false;
        return true;
    }
};

/// The official photograph (defaults: 358 x 441 pixels, 350 dpi, baseline JPEG of 14,336 to 20,000 bytes; facts: photo-official-numbers.md).
struct Portrait {
    Bytes jpeg;
    Bytes sha256;                  ///< of jpeg: what the audit records
    std::vector<Finding> warnings; ///< advisory findings of the frame: for staff and centre, never shown to the person as blame
    double flat_field = 1;         ///< greatest gain of the flat-field correction that was applied; 1: none (the default)
    void wipe() {
        drivers::wipe(jpeg);
        jpeg.clear();
    }
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
    /// The official crop of the best of the last best_of frames (that with the greatest minimum component), when the hard checks have held for steady_for;
    /// photo_not_encodable otherwise.
    virtual awaitable<Result<Portrait>> take(PortraitRules rules) = 0;
    /// The same device as a reader of documents (document.hpp), owned by this camera; nullptr: it cannot. Their sessions end each other.
    [[nodiscard]] virtual DocumentCamera* documents() { return nullptr; }
};

/// `uri`: v4l2:/dev/video0, http://..., file:DIR (stills in turn). Detection and judging run in the camera's own thread.
[[nodiscard]] std::unique_ptr<Camera> make_opencv_camera(asio::any_io_executor loop, drivers::Clock& clock, std::string uri, PortraitRules rules);

}  // namespace camera
