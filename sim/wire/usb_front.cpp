// The model's wire under its owner's mutex.
#include "sim/wire/usb_front.hpp"
#include "sim/wire/usb_descriptors.hpp"

namespace sim {

std::optional<Bytes> UsbFront::control(View setup8) {
    std::uint8_t status = 0;
    {
        const std::lock_guard lock(world_);
        status = model_.port_status(now_());
    }
    return usb_control(setup8, serial_, status);
}

void UsbFront::bulk_out(View data) {
    {
        const std::lock_guard lock(world_);
        model_.host_writes(data, now_());
    }
    from_host_ += data.size();
}

Bytes UsbFront::bulk_in(std::size_t room) {
    const std::lock_guard lock(world_);
    return model_.host_reads(room, now_());
}

void UsbFront::tick() {
    const std::lock_guard lock(world_);
    model_.advance(now_());
}

}  // namespace sim
