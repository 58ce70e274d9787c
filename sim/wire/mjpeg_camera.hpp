// A network camera on loopback: multipart MJPEG of a person who can be posed, lit and disturbed, or of a document held before it, at any time, from any thread.
#pragma once
#include "sim/models/document_page.hpp"
#include "sim/models/person.hpp"
#include "sim/models/person_photos.hpp"

#include <expected>
#include <memory>
#include <string>

namespace sim {

inline constexpr int camera_width = 1280, camera_height = 720;
inline constexpr int camera_frames_per_second = 15;

/// Draws and sends only while somebody is connected. Disturbances: off (refuses connections), stuck (the same picture for ever), garbage (broken
/// JPEG), wrong (320 x 240, after a new connection), slow (a picture in 1.2 s), delayed (one second late), intermittent (every other second silent), unplugged (the
/// connection is accepted and dropped).
class MjpegCamera {
  public:
    /// Listens on 127.0.0.1; port 0: any that is free. A sentence when it cannot.
    [[nodiscard]] static std::expected<std::unique_ptr<MjpegCamera>, std::string> create(PersonScene scene, std::uint16_t port = 0);
    ~MjpegCamera();
    MjpegCamera(const MjpegCamera&) = delete;
    MjpegCamera& operator=(const MjpegCamera&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::string url() const;  ///< http://127.0.0.1:PORT/camera.mjpg

    [[nodiscard]] PersonScene scene() const;
    void set_scene(PersonScene scene);
    /// From now on these are filmed instead of the scene, as long as somebody stands there in it.
    void show(Photographs photographs);
    /// A document held before the camera hides everybody; nothing takes it away again.
    void show_page(std::optional<DocumentScene> page);
    [[nodiscard]] bool shows_page() const;
    void disturb(Disturbance disturbance);
    [[nodiscard]] Disturbance disturbance() const;
    /// A covered lens.
    void cover(bool covered);
    /// Who films at this moment, and how many pictures were sent since the start.
    [[nodiscard]] int connections() const;
    [[nodiscard]] std::uint64_t pictures_sent() const;

  private:
    struct Impl;
    explicit MjpegCamera(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace sim
