// The contact of the cabinet's door as Linux shows it: an input device with SW_MACHINE_COVER, by umockdev. Knows how far the door is open, nothing else.
#pragma once
#include <expected>
#include <memory>
#include <string>

namespace sim {

class DoorSwitch {
  public:
    /// The device node exists from here on, the door is closed. At most one in a process. A sentence when it cannot be had.
    [[nodiscard]] static std::expected<std::unique_ptr<DoorSwitch>, std::string> create();
    ~DoorSwitch();
    DoorSwitch(const DoorSwitch&) = delete;
    DoorSwitch& operator=(const DoorSwitch&) = delete;

    /// From any thread.
    void open(bool is_open);
    [[nodiscard]] bool is_open() const;
    /// The contact's cable: unplugged, the node answers ENODEV.
    void plug(bool plugged);
    /// What a kiosk's configuration names.
    [[nodiscard]] static const char* node() { return "/dev/input/event7"; }

  private:
    struct Impl;
    explicit DoorSwitch(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace sim
