// The kiosk's ports, answered by the models in virtual time. Each act passes the mortality's points; disturbances come from the fault plan.
#pragma once
#include "camera/camera.hpp"
#include "drivers/card_reader.hpp"
#include "drivers/door_contact.hpp"
#include "drivers/lane.hpp"
#include "drivers/usb_pipe.hpp"
#include "kiosk/issuing/central_link.hpp"
#include "sim/central/central.hpp"
#include "sim/models/person.hpp"
#include "sim/models/printer_model.hpp"
#include "sim/world/death.hpp"

#include <functional>

namespace sim {

/// What a cabinet has at its wires, across the kiosk's incarnations.
struct Wires {
    std::unique_ptr<PrinterModel> printer;
    bool printer_plugged = true;
    std::shared_ptr<SmartCard> on_reader;
    bool readers_up = true;
    Disturbance camera = Disturbance::none, link = Disturbance::none, reader = Disturbance::none;
    int link_calls = 0;
    bool person_before_camera = false;
    Bytes jpeg;
    Central* central = nullptr;
    drivers::Contact door = drivers::Contact::closed;
    drivers::Signal printer_changed, readers_changed, door_changed;
};

using Say = std::function<void(std::string)>;

struct PortParts {
    drivers::Clock& clock;
    Wires& wires;
    Mortality& mortality;
    Say say;
};

[[nodiscard]] std::unique_ptr<drivers::UsbPipe> make_world_pipe(PortParts parts);
enum class WhichReader { id, chip };
[[nodiscard]] std::unique_ptr<drivers::CardReader> make_world_reader(PortParts parts, WhichReader which);
[[nodiscard]] std::unique_ptr<camera::Camera> make_world_camera(PortParts parts);
[[nodiscard]] std::unique_ptr<drivers::DoorContact> make_world_contact(PortParts parts);
[[nodiscard]] std::unique_ptr<kiosk::CentralLink> make_world_link(PortParts parts);
/// Runs work at once; a dead kiosk's completions are kept until the incarnation ends.
class WorldLane final : public drivers::Lane {
  public:
    WorldLane(asio::any_io_executor loop, Mortality& mortality) : loop_(std::move(loop)), mortality_(mortality) {}
    void submit(std::move_only_function<void()> work, std::move_only_function<void()> done) override;
    void drop() { kept_.clear(); }

  private:
    asio::any_io_executor loop_;
    Mortality& mortality_;
    std::vector<std::move_only_function<void()>> kept_;
};

}  // namespace sim
