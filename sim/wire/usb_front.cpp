// The model's wire under its owner's mutex.
#include "sim/wire/usb_front.hpp"
#include "sim/wire/usb_descriptors.hpp"

namespace sim {

std::uint16_t UsbFront::vendor() const { return printer_vendor_id; }
std::uint16_t UsbFront::product() const { return printer_product_id; }
Bytes UsbFront::descriptors() const { return usb_descriptors(); }
bool UsbFront::has_in(std::uint8_t endpoint) const { return endpoint == printer_in_endpoint; }

std::optional<Bytes> UsbFront::control(View setup8) {
    std::uint8_t status = 0;
    {
        const std::lock_guard lock(world_);
        status = model_.port_status(now_());
    }
    return usb_control(setup8, serial_, status);
}

bool UsbFront::bulk_out(std::uint8_t endpoint, View data) {
    if (endpoint != printer_out_endpoint) return false;
    {
        const std::lock_guard lock(world_);
        model_.host_writes(data, now_());
    }
    from_host_ += data.size();
    return true;
}

Bytes UsbFront::bulk_in(std::uint8_t, std::size_t room) {
    const std::lock_guard lock(world_);
    return model_.host_reads(room, now_());
}

void UsbFront::tick() {
    const std::lock_guard lock(world_);
    model_.advance(now_());
}

}  // namespace sim
