// The SDT reader model on a serial port: a pseudo terminal behind a name that stays, as a USB adapter's does. A client whose speed is another than the
// reader's hears and says garbage.
#pragma once
#include "sim/models/sdt_reader.hpp"

#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>

namespace sim {

class SdtSerial {
  public:
    /// `world` guards the model and is locked for each of its calls; `now` gives the model's time. The port appears at `name` (a symbolic link) when it is
    /// plugged; it starts unplugged.
    SdtSerial(SdtReader& model, std::filesystem::path name, std::mutex& world, std::function<Time()> now, int baud = 115'200);
    ~SdtSerial();
    SdtSerial(const SdtSerial&) = delete;
    SdtSerial& operator=(const SdtSerial&) = delete;

    /// The cable; not with the world's mutex held.
    [[nodiscard]] std::expected<void, std::string> plug();
    /// Who has the port open is hung up on, and the name is gone. Also a power cut of the reader.
    void unplug();
    [[nodiscard]] const std::filesystem::path& name() const { return name_; }

  private:
    struct Line;
    SdtReader& model_;
    std::filesystem::path name_;
    std::mutex& world_;
    std::function<Time()> now_;
    int baud_;
    std::unique_ptr<Line> line_;
};

}  // namespace sim
