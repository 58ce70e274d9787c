// evdev by hand: EVIOCGSW of any length is answered from one bit; nothing else is.
#include "sim/wire/door_switch.hpp"
#include "sim/wire/testbed.hpp"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <linux/input.h>
#include <umockdev.h>

namespace sim {

struct DoorSwitch::Impl {
    std::shared_ptr<UMockdevTestbed> testbed;
    UMockdevIoctlBase* handler = nullptr;
    std::atomic<bool> open = false, plugged = true;

    ~Impl() {
        if (handler) g_object_unref(handler);
    }

    static gboolean on_ioctl(UMockdevIoctlBase*, UMockdevIoctlClient* client, gpointer data) {
        auto& self = *static_cast<Impl*>(data);
        const auto reply = [&](glong result, int error) {
            umockdev_ioctl_client_complete(client, result, error);
            return TRUE;
        };
        const gulong request = umockdev_ioctl_client_get_request(client);
        if (!self.plugged) return reply(-1, ENODEV);
        if (_IOC_TYPE(request) != 'E' || _IOC_NR(request) != _IOC_NR(EVIOCGSW(0)) || _IOC_DIR(request) != _IOC_READ) return reply(-1, EINVAL);
        const std::size_t size = _IOC_SIZE(request);
        GError* error = nullptr;
        UMockdevIoctlData* target = umockdev_ioctl_data_resolve(umockdev_ioctl_client_get_arg(client), 0, size, &error);
        if (error) g_error_free(error);
        if (!target) return reply(-1, EFAULT);
        std::memset(target->data, 0, size);
        // As the kernel's documentation says: set means closed.
        if (!self.open && SW_MACHINE_COVER / 8 < size) target->data[SW_MACHINE_COVER / 8] = static_cast<guint8>(1u << SW_MACHINE_COVER % 8);
        g_object_unref(target);
        return reply(static_cast<glong>(size), 0);
    }
};

std::expected<std::unique_ptr<DoorSwitch>, std::string> DoorSwitch::create() {
    auto testbed = shared_testbed();
    if (!testbed) return std::unexpected(testbed.error());
    auto impl = std::make_unique<Impl>();
    impl->testbed = std::move(*testbed);
    impl->handler = umockdev_ioctl_base_new();
    g_signal_connect(impl->handler, "handle-ioctl", reinterpret_cast<GCallback>(&Impl::on_ioctl), impl.get());
    GError* error = nullptr;
    // With contents the node is a plain file; without, umockdev would make it a terminal, which changes what ioctl means.
    const std::string text = "P: /devices/platform/door/input/input7/event7\nN: input/event7=00\nE: SUBSYSTEM=input\nE: DEVNAME=/dev/input/event7\nE: MAJOR=13\nE: MINOR=71\n";
    if (!umockdev_testbed_attach_ioctl(impl->testbed.get(), node(), impl->handler, &error) || !umockdev_testbed_add_from_string(impl->testbed.get(), text.c_str(), &error)) {
        const std::string why = error ? error->message : "unknown error";
        if (error) g_error_free(error);
        return std::unexpected(fmt::format("umockdev refuses the door's contact: {}", why));
    }
    return std::unique_ptr<DoorSwitch>(new DoorSwitch(std::move(impl)));
}

DoorSwitch::DoorSwitch(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DoorSwitch::~DoorSwitch() {
    umockdev_testbed_detach_ioctl(impl_->testbed.get(), node(), nullptr);
    umockdev_testbed_remove_device(impl_->testbed.get(), "/sys/devices/platform/door/input/input7/event7");
}
void DoorSwitch::open(bool is_open) { impl_->open = is_open; }
bool DoorSwitch::is_open() const { return impl_->open; }
void DoorSwitch::plug(bool plugged) { impl_->plugged = plugged; }

}  // namespace sim
