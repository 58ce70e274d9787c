// The printer as a USB device: an unmodified libusb in another process finds it, asks it, prints to it, loses it and finds it again.
// Three processes: the test starts itself under umockdev-wrapper (the server), which starts itself once more (the client).
#include "sim/wire/usb_umockdev.hpp"
#include "tests/under_umockdev.hpp"

#include <cstdlib>
#include <libusb.h>
#include <sys/wait.h>
#include <thread>

using namespace sim;
using namespace std::chrono_literals;

namespace {

constexpr unsigned limit_ms = 5000;
constexpr std::size_t panel_bytes = 576'072;

libusb_device_handle* find(libusb_context* context, std::chrono::milliseconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    do {
        libusb_device** list = nullptr;
        const ssize_t n = libusb_get_device_list(context, &list);
        libusb_device_handle* handle = nullptr;
        for (ssize_t i = 0; i < n && !handle; ++i) {
            libusb_device_descriptor d{};
            if (libusb_get_device_descriptor(list[i], &d) == 0 && d.idVendor == 0x0F49) libusb_open(list[i], &handle);
        }
        if (n >= 0) libusb_free_device_list(list, 1);
        if (handle) return handle;
        timeval wait{.tv_sec = 0, .tv_usec = 50'000};
        libusb_handle_events_timeout_completed(context, &wait, nullptr);  // the hot-plug monitor fills the list
    } while (std::chrono::steady_clock::now() < until);
    return nullptr;
}

int write(libusb_device_handle* h, std::string text) {
    int done = 0;
    const int result = libusb_bulk_transfer(h, 0x01, reinterpret_cast<unsigned char*>(text.data()), static_cast<int>(text.size()), &done, limit_ms);
    return result == 0 && done != static_cast<int>(text.size()) ? LIBUSB_ERROR_IO : result;
}
std::string read(libusb_device_handle* h) {
    unsigned char buffer[1024];
    int done = 0;
    const int result = libusb_bulk_transfer(h, 0x82, buffer, sizeof buffer, &done, limit_ms);
    return result != 0 ? libusb_error_name(result) : std::string(reinterpret_cast<char*>(buffer), static_cast<std::size_t>(done));
}
std::string ask(libusb_device_handle* h, const std::string& command) {
    const int result = write(h, "\x1B" + command + "\r");
    return result != 0 ? libusb_error_name(result) : read(h);
}
std::string reply(std::string_view text) { return std::string(text) + '\0'; }
void say(const char* word) {
    std::printf("@%s\n", word);
    std::fflush(stdout);
}

}  // namespace

TEST_CASE("usb client" * doctest::skip()) {  // started by "usb server"
    libusb_context* context = nullptr;
    REQUIRE(libusb_init(&context) == 0);
    libusb_device_handle* h = find(context, 5s);
    REQUIRE(h);
    libusb_device_descriptor d{};
    REQUIRE(libusb_get_device_descriptor(libusb_get_device(h), &d) == 0);
    CHECK(d.idProduct == 0x0A00);
    unsigned char serial[64];
    REQUIRE(libusb_get_string_descriptor_ascii(h, d.iSerialNumber, serial, sizeof serial) > 0);
    CHECK(std::string(reinterpret_cast<char*>(serial)) == "10000000001");
    libusb_config_descriptor* config = nullptr;
    REQUIRE(libusb_get_active_config_descriptor(libusb_get_device(h), &config) == 0);
    CHECK(config->interface[0].altsetting[0].bInterfaceClass == LIBUSB_CLASS_PRINTER);
    libusb_free_config_descriptor(config);
    REQUIRE(libusb_claim_interface(h, 0) == 0);
    unsigned char status = 0, id[128];
    CHECK(libusb_control_transfer(h, 0xA1, 1, 0, 0, &status, 1, limit_ms) == 1);
    CHECK(status == 0x18);
    CHECK(libusb_control_transfer(h, 0xA1, 0, 0, 0, id, sizeof id, limit_ms) > 20);
    CHECK(libusb_control_transfer(h, 0x80, 6, 0x0309, 0, id, sizeof id, limit_ms) == LIBUSB_ERROR_PIPE);  // no such string

    CHECK(ask(h, "Rtp") == reply("KC Prime"));
    int none = 0;
    unsigned char buffer[16];
    CHECK(libusb_bulk_transfer(h, 0x82, buffer, sizeof buffer, &none, 50) == LIBUSB_ERROR_TIMEOUT);  // nothing to say: no answer, and nothing is lost
    for (const char* command : {"Pem;2", "Pneab;E", "Pr;ymckok", "Sis", "Ss", "Sr"}) CHECK(ask(h, command) == reply("OK"));
    const auto began = std::chrono::steady_clock::now();
    CHECK(ask(h, "Db;y;128;" + std::string(panel_bytes, '\xFF')) == reply("OK"));
    CHECK(std::chrono::steady_clock::now() - began < 2s);
    CHECK(ask(h, "Se") == reply("OK"));

    say("waiting");
    CHECK(read(h) == "LIBUSB_ERROR_NO_DEVICE");
    CHECK(ask(h, "Rtp") == "LIBUSB_ERROR_NO_DEVICE");
    libusb_close(h);
    say("gone");
    h = find(context, 5s);
    REQUIRE(h);
    REQUIRE(libusb_claim_interface(h, 0) == 0);
    CHECK(ask(h, "Rsn") == reply("10000000001"));
    libusb_close(h);
    libusb_exit(context);
}

TEST_CASE("usb server" * doctest::skip()) {  // started by the test below, under umockdev-wrapper
    std::mutex world;
    PrinterSetup setup;
    setup.speed = 50;
    PrinterModel printer(setup);
    auto card = std::make_shared<PhysicalCard>();
    printer.load(0, {card});
    const auto start = std::chrono::steady_clock::now();
    auto usb = UsbPrinter::create(printer, setup.serial, world, [start] { return std::chrono::duration_cast<Time>(std::chrono::steady_clock::now() - start); });
    REQUIRE_MESSAGE(usb.has_value(), (usb ? "" : usb.error()));
    const auto plugged = (*usb)->plug();
    REQUIRE_MESSAGE(plugged.has_value(), (plugged ? "" : plugged.error()));
    FILE* client = popen((tests::this_program() + " -tc='usb client' --no-skip 2>&1").c_str(), "r");
    REQUIRE(client);
    std::string output;
    char line[512];
    while (fgets(line, sizeof line, client)) {
        output += line;
        const std::string_view word(line);
        if (word == "@waiting\n") {
            std::this_thread::sleep_for(100ms);
            (*usb)->unplug();
        }
        if (word == "@gone\n") CHECK((*usb)->plug().has_value());
    }
    CAPTURE(output);
    CHECK(pclose(client) == 0);
    CHECK((*usb)->bytes_from_host() > panel_bytes);
    const std::lock_guard lock(world);
    CHECK(card->y == std::vector<std::uint8_t>(1016 * 648, 127));
    CHECK(printer.place() == Place::print);
}

TEST_CASE("the printer is a USB device for unmodified libusb: found, asked, printed to, unplugged, plugged again") {
    tests::passes_under_umockdev("usb server");
}

TEST_CASE("without umockdev the reason is said") {
    const char* preload = std::getenv("LD_PRELOAD");
    if (preload && std::string_view(preload).find("umockdev") != std::string_view::npos) return;
    std::mutex world;
    PrinterModel printer({});
    const auto usb = UsbPrinter::create(printer, "1", world, [] { return Time{}; });
    REQUIRE_FALSE(usb.has_value());
    CHECK(usb.error().find("umockdev-wrapper") != std::string::npos);
}
