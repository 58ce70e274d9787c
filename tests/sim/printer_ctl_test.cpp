// `liqu-ctl printer` as a technician types it, over unmodified libusb, against the simulated printer: three processes, as in usb_test.cpp. The ledger is a real file.
#include "sim/wire/usb_umockdev.hpp"
#include "tests/under_umockdev.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace sim;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {
const std::string ctl = LIQU_BINARY_DIR "/kiosk/ctl/liqu-ctl";

struct Said {
    int code = -1;
    std::string out;
    [[nodiscard]] json object() const { return json::parse(out, nullptr, false); }
};

struct Desk {
    std::filesystem::path dir;
    Desk() {
        std::string name = std::filesystem::temp_directory_path() / "liqu-ctl-XXXXXX";
        REQUIRE(mkdtemp(name.data()));
        dir = name;
        std::ofstream(dir / "liqu.toml") << "[kiosk]\ndata_dir = \"" << (dir / "data").string() << "\"\n\n[devices]\nprinter = \"usb:0f49:*?serial=10000000001\"\n\n"
                                         << "[centre]\nsign_key = \"" << std::string(64, '1') << "\"\nseal_key = \"" << std::string(64, '2') << "\"\n\n"
                                         << "[[hopper]]\nbank = \"bank_a\"\ncapacity = 10\n\n[[bank]]\nid = \"bank_a\"\nname_zh = \"甲银行\"\nname_en = \"Bank A\"\nbins = [\"621700\"]\n";
    }
    ~Desk() {
        std::error_code ignored;
        std::filesystem::remove_all(dir, ignored);
    }
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;
    [[nodiscard]] Said run(const std::string& arguments, bool own_config = true) const {
        const auto told = tests::said_by(ctl + (own_config ? " --config " + (dir / "liqu.toml").string() : "") + " " + arguments);
        Said said{.code = told.code(), .out = told.out};
        return said;
    }
};

void check_questions(const Desk& desk) {
    const auto list = desk.run("printer list --json");
    CAPTURE(list.out);
    REQUIRE(list.code == 0);
    REQUIRE(list.object().at("printers").size() == 1);
    CHECK(list.object()["printers"][0]["uri"] == "usb:0f49:0a00?serial=10000000001");
    const auto status = desk.run("printer status --json");
    CAPTURE(status.out);
    REQUIRE(status.code == 0);
    CHECK(status.object().at("device") == "online");
    CHECK(status.object().at("media") == "not_present");
    CHECK(status.object().at("counters").at("cards") == 0);
    CHECK(desk.run("printer status").out.find("device: online\n") != std::string::npos);
    const auto ribbon = desk.run("printer ribbon --json");
    CHECK(ribbon.object().at("kind") == "ymckok");
    CHECK(ribbon.object().at("remaining") == 200);
    const auto supplies = desk.run("printer supplies --json");
    CAPTURE(supplies.out);
    CHECK(supplies.object().at("hoppers").at(0).at("count") == 2);
    CHECK(supplies.object().at("hoppers").at(0).at("mismatch") == "none");
    const auto trace = desk.run("printer trace");
    CHECK(trace.out.find("> Pem;2\n< OK\n") != std::string::npos);
    CHECK(trace.out.find("< 10000000001\n") != std::string::npos);
}
/// Who is asked for what it may not do.
void check_refusals(const Desk& desk) {
    // While liqu runs, whoever listens on its control socket: a clear sentence, and nothing is touched.
    const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto path = (desk.dir / "data" / "control.sock").string();
    std::copy(path.begin(), path.end(), address.sun_path);
    REQUIRE(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(listen(listener, 4) == 0);
    for (const char* word : {"status", "feed --by s01", "retain --by s01", "clean"}) {
        const auto said = desk.run(std::string("printer ") + word);
        CHECK(said.code == 2);
        CHECK(said.out.find("liqu is running and owns the printer") != std::string::npos);
    }
    close(listener);
    {
        // Another printer is wanted than the one that is there.
        std::ifstream in(desk.dir / "liqu.toml");
        std::string text{std::istreambuf_iterator<char>(in), {}};
        text.replace(text.find("serial=10000000001"), 18, "serial=10000000002");
        std::ofstream(desk.dir / "other.toml") << text;
        std::filesystem::remove(path);
        const auto other = desk.run("--config " + (desk.dir / "other.toml").string() + " printer status", false);
        CHECK(other.code == 1);
        CHECK(other.out.find("printer_missing") != std::string::npos);
    }
}
}  // namespace

TEST_CASE("ctl server" * doctest::skip()) {  // started by the test below, under umockdev-wrapper
    std::mutex world;
    PrinterSetup setup;
    setup.speed = 20;
    PrinterModel printer(setup);
    printer.load(0, {std::make_shared<PhysicalCard>(), std::make_shared<PhysicalCard>()});
    const auto start = std::chrono::steady_clock::now();
    const auto now = [start] { return std::chrono::duration_cast<Time>(std::chrono::steady_clock::now() - start); };
    auto usb = UsbPrinter::create(printer, setup.serial, world, now);
    REQUIRE_MESSAGE(usb.has_value(), (usb ? "" : usb.error()));
    const auto plugged = (*usb)->plug();
    REQUIRE_MESSAGE(plugged.has_value(), (plugged ? "" : plugged.error()));
    const Desk desk;
    REQUIRE(desk.run("staff-add --id s01 --name T --role technician --badge 04A1B2C3D4 --pin 246810").code == 0);
    REQUIRE(desk.run("load --hopper 1 --count 2 --by s01").code == 0);
    check_questions(desk);

    CHECK(desk.run("printer feed").code == 2);  // --by is wanted
    CHECK(desk.run("printer feed --by s99").out.find("not_permitted") != std::string::npos);
    const auto fed = desk.run("printer feed --hopper 1 --by s01 --json");
    CAPTURE(fed.out);
    REQUIRE(fed.code == 0);
    CHECK(fed.object().at("card") == "L000001/1");
    CHECK(fed.object().at("media") == "at_chip_station");
    CHECK(desk.run("printer chip --contactless --json").object().at("media") == "at_contactless");
    CHECK(desk.run("printer chip --json").object().at("media") == "at_chip_station");
    CHECK(desk.run("printer clean").code == 1);  // a card is inside, and the ribbon is in
    std::jthread citizen([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            std::this_thread::sleep_for(50ms);
            const std::lock_guard lock(world);
            if (printer.take(now())) return;
        }
    });
    const auto presented = desk.run("printer present --by s01 --seconds 20 --json");
    citizen.request_stop();
    CAPTURE(presented.out);
    REQUIRE(presented.code == 0);
    CHECK(presented.object().at("taken") == true);
    CHECK(presented.object().at("state") == "tested");
    REQUIRE(desk.run("printer test-card --by s01").code == 0);
    const auto retained = desk.run("printer retain --by s01 --json");
    CAPTURE(retained.out);
    CHECK(retained.object().at("state") == "tested");
    const auto empty = desk.run("printer feed --by s01");
    CHECK(empty.code == 1);
    CHECK(empty.out.find("no_blanks") != std::string::npos);
    const auto books = desk.run("supplies").object();
    CHECK(books.at("arithmetic").at("tested") == 2);
    CHECK(books.at("arithmetic").at("holds") == true);
    CHECK(books.at("bin").at("count") == 1);
    {
        const std::lock_guard lock(world);
        CHECK(printer.bin().size() == 1);
        printer.new_ribbon("", 0);
    }
    CHECK(desk.run("printer clean --json").object().at("did") == "done");

    check_refusals(desk);
    (*usb)->unplug();
    const auto gone = desk.run("printer status");
    CHECK(gone.code == 1);
    CHECK(gone.out.find("printer_missing") != std::string::npos);
}

TEST_CASE("liqu-ctl printer: asked, fed, presented, retained, cleaned over USB; every blank is booked; refused while liqu runs") {
    tests::passes_under_umockdev("ctl server");
}
