// usbfs by hand: URBs are taken, answered by the device's function, and reaped (facts: umockdev-and-usbip.md). umockdev calls back on a worker thread
// of its own. Its device file is always readable, so libusb reaps in a busy loop: a reap that finds nothing is answered a little late.
#include "sim/wire/usb_umockdev.hpp"
#include "sim/wire/testbed.hpp"
#include "sim/wire/usb_front.hpp"

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <deque>
#include <fmt/format.h>
#include <thread>

#include <sys/ioctl.h>
#include <linux/usbdevice_fs.h>
#include <umockdev.h>

namespace sim {
namespace {

using namespace std::chrono_literals;

// A pause also delays the next submission (one worker thread), so it is long only when nobody has been talking for a while.
constexpr auto busy_throttle = 1ms, waiting_throttle = 4ms, idle_throttle = 10ms, busy_for = 100ms;
constexpr int first_number = 3;  // device numbers 1 and 2 belong to hubs on most machines
constexpr int numbers_per_port = 60;
constexpr std::uint32_t capabilities = USBDEVFS_CAP_NO_PACKET_SIZE_LIM;

/// A GObject that is held.
struct Held {
    explicit Held(gpointer object_ = nullptr) : object(object_) {}
    Held(Held&& other) noexcept : object(std::exchange(other.object, nullptr)) {}
    Held& operator=(Held&& other) noexcept {
        std::swap(object, other.object);
        return *this;
    }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ~Held() {
        if (object) g_object_unref(object);
    }
    gpointer object;
};

struct Urb {
    Held data, buffer;
    UMockdevIoctlClient* owner = nullptr;
    bool finished = false;

    UMockdevIoctlData* raw() const { return static_cast<UMockdevIoctlData*>(data.object); }
    usbdevfs_urb& fields() const { return *reinterpret_cast<usbdevfs_urb*>(raw()->data); }
    std::span<std::byte> bytes() const {
        auto* b = static_cast<UMockdevIoctlData*>(buffer.object);
        return b ? std::as_writable_bytes(std::span{b->data, static_cast<std::size_t>(b->data_len)}) : std::span<std::byte>{};
    }
    bool waits() const { return !finished; }
    std::uint8_t endpoint() const { return fields().endpoint; }
    std::size_t room() const { return bytes().size(); }
    void give(View reply) {
        std::ranges::copy(reply, bytes().begin());
        finish(0, reply.size());
    }
    void finish(int status, std::size_t length) {
        fields().status = status;
        fields().actual_length = static_cast<int>(length);
        finished = true;
    }
};

UMockdevIoctlData* resolve(UMockdevIoctlData* from, std::size_t offset, std::size_t size) {
    GError* error = nullptr;
    UMockdevIoctlData* out = umockdev_ioctl_data_resolve(from, offset, size, &error);
    if (error) g_error_free(error);
    return out;
}

std::string text_of(GError* error) {
    std::string text = error ? error->message : "unknown error";
    if (error) g_error_free(error);
    return text;
}

}  // namespace

struct UsbDevice::Impl {
    Impl(std::unique_ptr<UsbFunction> f, int p) : function(std::move(f)), port(p) {}

    static gboolean on_ioctl(UMockdevIoctlBase* base, UMockdevIoctlClient* client, gpointer self) { return static_cast<Impl*>(self)->ioctl(base, client); }

    gboolean ioctl(UMockdevIoctlBase* base, UMockdevIoctlClient* client) {
        const gulong request = umockdev_ioctl_client_get_request(client);
        const bool reaping = request == USBDEVFS_REAPURB || request == USBDEVFS_REAPURBNDELAY;
        if (reaping) pause_if_nothing(client);
        const std::lock_guard lock(guard);
        UMockdevIoctlData* argument = umockdev_ioctl_client_get_arg(client);  // borrowed
        const auto reply = [&](glong result, int error = 0) {
            umockdev_ioctl_client_complete(client, result, error);
            return TRUE;
        };
        const bool here = present && base == current();
        // libusb learns of a lost device from the last URBs, which it may reap afterwards; ENODEV alone would not end its transfers.
        if (reaping) return reply(reap(client, argument) ? 0 : -1, here ? EAGAIN : ENODEV);
        if (!here) return reply(-1, ENODEV);
        switch (request) {
            case USBDEVFS_GET_CAPABILITIES: {
                const Held target(resolve(argument, 0, sizeof capabilities));
                if (!target.object) return reply(-1, EFAULT);
                std::memcpy(static_cast<UMockdevIoctlData*>(target.object)->data, &capabilities, sizeof capabilities);
                return reply(0);
            }
            case USBDEVFS_CLAIMINTERFACE:
                // Nobody tells us that a client was killed: the next one that claims takes over, and what the old one left is forgotten.
                std::erase_if(urbs, [&](const Urb& u) { return u.owner != client; });
                return reply(0);
            case USBDEVFS_RELEASEINTERFACE:
            case USBDEVFS_SETINTERFACE:
            case USBDEVFS_SETCONFIGURATION:
            case USBDEVFS_CLEAR_HALT:
            case USBDEVFS_RESET:
            case USBDEVFS_RESETEP: return reply(0);
            case USBDEVFS_GETDRIVER: return reply(-1, ENODATA);
            case USBDEVFS_SUBMITURB: return reply(submit(client, argument) ? 0 : -1, EINVAL);
            case USBDEVFS_DISCARDURB: return reply(discard(argument) ? 0 : -1, EINVAL);
            default: return reply(-1, ENOTTY);
        }
    }

    bool submit(UMockdevIoctlClient* client, UMockdevIoctlData* argument) {
        if (urbs.size() >= max_pending_transfers) return false;
        Urb urb;
        urb.data = Held(resolve(argument, 0, sizeof(usbdevfs_urb)));
        urb.owner = client;
        if (!urb.data.object) return false;
        const int size = urb.fields().buffer_length;
        if (size < 0 || static_cast<std::size_t>(size) > max_transfer_bytes) return false;
        if (size > 0) {
            urb.buffer = Held(resolve(urb.raw(), offsetof(usbdevfs_urb, buffer), static_cast<std::size_t>(size)));
            if (!urb.buffer.object) return false;
        }
        const auto& fields = urb.fields();
        if (fields.type == USBDEVFS_URB_TYPE_CONTROL) {
            control(urb);
        } else if (fields.type != USBDEVFS_URB_TYPE_BULK) {
            return false;
        } else if ((fields.endpoint & 0x80) != 0) {
            if (!function->has_in(fields.endpoint)) return false;
        } else {
            if (!function->bulk_out(fields.endpoint, urb.bytes())) return false;
            urb.finish(0, urb.room());
        }
        last_submit = std::chrono::steady_clock::now();
        urbs.push_back(std::move(urb));
        return true;
    }

    void control(Urb& urb) {
        const auto bytes = urb.bytes();
        if (bytes.size() < usb_setup_bytes) return urb.finish(-EPIPE, 0);
        const auto answer = function->control(bytes.first(usb_setup_bytes));
        if (!answer) return urb.finish(-EPIPE, 0);
        const auto room = bytes.subspan(usb_setup_bytes);
        const bool in = (std::to_integer<int>(bytes[0]) & 0x80) != 0;
        const std::size_t size = in ? std::min(room.size(), answer->size()) : room.size();
        if (in) std::copy_n(answer->begin(), size, room.begin());
        urb.finish(0, size);
    }

    bool discard(UMockdevIoctlData* argument) {
        gulong address = 0;
        std::memcpy(&address, argument->data, std::min(sizeof address, static_cast<std::size_t>(argument->data_len)));
        for (Urb& urb : urbs) {
            if (urb.raw()->client_addr != address || urb.finished) continue;
            urb.finish(-ENOENT, 0);
            return true;
        }
        return false;
    }

    bool reap(UMockdevIoctlClient* client, UMockdevIoctlData* argument) {
        for (auto it = urbs.begin(); it != urbs.end(); ++it) {
            if (!it->finished || it->owner != client) continue;
            const Held slot(resolve(argument, 0, sizeof(void*)));
            if (!slot.object) return false;
            umockdev_ioctl_data_set_ptr(static_cast<UMockdevIoctlData*>(slot.object), 0, it->raw());
            const Urb keep = std::move(*it);  // until the reply is composed
            urbs.erase(it);
            return true;
        }
        return false;
    }

    void pause_if_nothing(UMockdevIoctlClient* client) {
        std::chrono::milliseconds wait{};
        {
            const std::lock_guard lock(guard);
            if (present) serve_reads(*function, urbs);
            if (std::ranges::any_of(urbs, [&](const Urb& u) { return u.finished && u.owner == client; })) return;
            wait = std::chrono::steady_clock::now() - last_submit < busy_for ? busy_throttle : urbs.empty() ? idle_throttle : waiting_throttle;
        }
        std::this_thread::sleep_for(wait);
    }

    std::string device_text() const {
        std::string descriptors;
        for (const std::byte b : function->descriptors()) descriptors += fmt::format("{:02X}", std::to_integer<int>(b));
        return fmt::format(
            "P: /devices/usb1/1-{6}\nN: bus/usb/001/{0:03}\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: BUSNUM=001\nE: DEVNUM={0:03}\nE: DEVNAME=/dev/bus/usb/001/{0:03}\n"
            "A: busnum=1\\n\nA: devnum={0}\\n\nA: bConfigurationValue=1\\n\nA: speed={5}\\n\nA: idVendor={1:04x}\\n\nA: idProduct={2:04x}\\n\nA: serial={3}\\n\nH: descriptors={4}\n",
            number, function->vendor(), function->product(), function->serial(), descriptors, function->speed(), port);
    }

    std::string sysfs_path() const { return fmt::format("/sys/devices/usb1/1-{}", port); }
    /// Another one with each plugging, as a kernel does.
    void next_number() {
        const int first = first_number + (port - 1) * numbers_per_port;
        number = number == 0 ? first : first + (number - first + 1) % numbers_per_port;
    }

    const std::unique_ptr<UsbFunction> function;
    const int port;
    std::shared_ptr<UMockdevTestbed> testbed;
    std::mutex guard;       ///< of everything below; the world's mutex is locked inside it, never around it
    gpointer current() const { return handlers.empty() ? nullptr : handlers.back().object; }
    std::vector<Held> handlers;  ///< one for each plugging; the last is the device's, the others answer late clients
    std::deque<Urb> urbs;
    std::chrono::steady_clock::time_point last_submit{};
    bool present = false;
    int number = 0;         ///< of the device; 0: never plugged
};

std::expected<std::unique_ptr<UsbDevice::Impl>, std::string> UsbDevice::make(std::unique_ptr<UsbFunction> function, int port) {
    auto testbed = shared_testbed();
    if (!testbed) return std::unexpected(testbed.error());
    auto impl = std::make_unique<Impl>(std::move(function), port);
    impl->testbed = std::move(*testbed);
    return impl;
}

std::expected<std::unique_ptr<UsbDevice>, std::string> UsbDevice::create(std::unique_ptr<UsbFunction> function, int port) {
    auto impl = make(std::move(function), port);
    if (!impl) return std::unexpected(impl.error());
    return std::unique_ptr<UsbDevice>(new UsbDevice(std::move(*impl)));
}

std::expected<std::unique_ptr<UsbPrinter>, std::string> UsbPrinter::create(PrinterModel& model, std::string serial, std::mutex& world, std::function<Time()> now) {
    auto impl = make(std::make_unique<UsbFront>(model, std::move(serial), world, std::move(now)), 1);
    if (!impl) return std::unexpected(impl.error());
    return std::unique_ptr<UsbPrinter>(new UsbPrinter(std::move(*impl)));
}

UsbDevice::UsbDevice(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
UsbDevice::~UsbDevice() {
    unplug();
    for (const Held& handler : impl_->handlers) g_signal_handlers_disconnect_by_data(handler.object, impl_.get());
    impl_->testbed.reset();  // the last to let go joins the worker thread, before anything that its callbacks use goes
}

std::expected<void, std::string> UsbDevice::plug() {
    if (plugged()) return {};
    auto* testbed = impl_->testbed.get();
    UMockdevIoctlBase* handler = umockdev_ioctl_base_new();
    g_signal_connect(handler, "handle-ioctl", reinterpret_cast<GCallback>(&Impl::on_ioctl), impl_.get());
    std::string text, node;
    {
        const std::lock_guard lock(impl_->guard);
        impl_->next_number();
        node = fmt::format("/dev/bus/usb/001/{:03}", impl_->number);
        text = impl_->device_text();
        impl_->handlers.emplace_back(handler);
        impl_->present = true;
    }
    GError* error = nullptr;
    // Before the device appears, or a quick client opens a file that has no handler yet (umockdev issue 173).
    if (!umockdev_testbed_attach_ioctl(testbed, node.c_str(), handler, &error) || !umockdev_testbed_add_from_string(testbed, text.c_str(), &error)) {
        const std::lock_guard lock(impl_->guard);
        impl_->present = false;
        return std::unexpected(fmt::format("umockdev refuses the device: {}", text_of(error)));
    }
    return {};
}

void UsbDevice::unplug() {
    {
        const std::lock_guard lock(impl_->guard);
        if (!impl_->present) return;
        impl_->present = false;
        for (Urb& urb : impl_->urbs) {
            if (!urb.finished) urb.finish(-ESHUTDOWN, 0);
        }
    }
    auto* testbed = impl_->testbed.get();
    const auto path = impl_->sysfs_path();
    umockdev_testbed_uevent(testbed, path.c_str(), "remove");
    umockdev_testbed_remove_device(testbed, path.c_str());
    impl_->function->unplugged();
}

void UsbDevice::client_died() {
    std::deque<Urb> left;
    const std::lock_guard lock(impl_->guard);
    left.swap(impl_->urbs);
}

bool UsbDevice::plugged() const {
    const std::lock_guard lock(impl_->guard);
    return impl_->present;
}
std::uint64_t UsbDevice::bytes_from_host() const { return impl_->function->bytes_from_host(); }

}  // namespace sim
