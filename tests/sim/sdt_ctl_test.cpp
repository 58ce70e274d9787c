// `liqu-ctl id` as a technician types it, over a real serial port with the SDT reader model at its other end.
#include "sim/wire/sdt_serial.hpp"
#include "tests/sim/sdt_bench.hpp"
#include "tests/under_umockdev.hpp"

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <sys/wait.h>

using namespace sdt_test;
using nlohmann::json;

namespace {
const std::string ctl = LIQU_BINARY_DIR "/kiosk/ctl/liqu-ctl";

struct Desk {
    std::filesystem::path folder;
    std::mutex world;
    sim::SdtReader model{7, {.status = 2ms, .find = 5ms, .select = 5ms, .read = 20ms}};
    std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
    std::unique_ptr<sim::SdtSerial> line;
    Desk() {
        std::string name = std::filesystem::temp_directory_path() / "liqu-sdt-ctl-XXXXXX";
        REQUIRE(mkdtemp(name.data()));
        folder = name;
        line = std::make_unique<sim::SdtSerial>(model, folder / "ttyUSB0", world, [this] { return std::chrono::duration_cast<sim::Time>(std::chrono::steady_clock::now() - began); });
        REQUIRE(line->plug().has_value());
    }
    ~Desk() {
        line.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;
    void lay(sim::SdtCard what) {
        const std::lock_guard lock(world);
        model.put(std::move(what));
    }
    [[nodiscard]] tests::Said run(const std::string& words) const {
        return tests::said_by(ctl + " --config /nonexistent id " + words + " --reader sdt-serial:" + line->name().string());
    }
    [[nodiscard]] std::string file(const std::string& name, const std::string& text) const {
        const auto path = folder / name;
        std::ofstream(path) << text;
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        return path.string();
    }
};
bool leaks(const std::string& text, const sim::PersonRecord& person) {
    return text.contains(person.name) || text.contains(person.number) || text.contains(person.number.substr(6, 8)) || (!person.address.empty() && text.contains(person.address));
}
}  // namespace

TEST_CASE("liqu-ctl id: a card is read, redacted unless told otherwise; the security module answers; every refusal has its code") {
    if (!std::filesystem::exists(ctl)) {
        MESSAGE("skipped: liqu-ctl is not built");
        return;
    }
    Desk desk;
    CHECK(desk.run("sam").out == "transport: sdt-serial\nsecurity_module: works\nnumber: " + desk.model.module_number() + "\n");

    const auto who = person(' ');
    desk.lay(card(' '));
    const auto redacted = desk.run("read --json");
    CAPTURE(redacted.out);
    REQUIRE(redacted.code() == 0);
    const auto seen = json::parse(redacted.out);
    CHECK(seen.at("kind") == "resident_id");
    CHECK(seen.at("name") == "覃**");
    CHECK(seen.at("number") == who.number.substr(0, 6) + "**********" + who.number.substr(16));
    CHECK(seen.at("portrait").at("bytes") == 1024);
    CHECK(seen.at("appended_address") == "none");
    CHECK_FALSE(leaks(redacted.out, who));

    // The photograph goes to a new file of the owner's, decoded where there is a decoder that works.
    std::string bmp(38'862, '\x7F');
    const unsigned char head[] = {'B', 'M', 0xCE, 0x97, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 102, 0, 0, 0, 126, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0};
    std::copy(std::begin(head), std::end(head), bmp.begin());
    const auto picture = desk.file("good.bmp", bmp), decoder = desk.file("decoder", "#!/bin/sh\nexec cat " + picture + "\n"), out = (desk.folder / "out.bmp").string();
    desk.lay(card('J'));
    const auto decoded = desk.run("read --show --decoder " + decoder + " --portrait " + out);
    CAPTURE(decoded.out);
    CHECK(decoded.code() == 0);
    CHECK(decoded.out.contains("name: " + person('J').name + "\n"));
    CHECK(decoded.out.contains("pass_number: H06543218\n"));
    CHECK(decoded.out.contains("kept: decoded"));
    CHECK(std::filesystem::file_size(out) == 38'862);
    struct stat owner {};
    REQUIRE(::stat(out.c_str(), &owner) == 0);
    CHECK((owner.st_mode & 0777) == 0600);

    const auto none = desk.run("read --wait 0");
    CHECK(none.code() == 1);
    CHECK(none.out.contains("no_document"));
    CHECK(tests::said_by(ctl + " --config /nonexistent id sam --reader sdt-serial:relative").out.contains("the path is not absolute"));
    CHECK(tests::said_by(ctl + " --config /nonexistent id sam").out.contains("name the reader with --reader"));
}

TEST_CASE("liqu-ctl id watch: a line for each coming, going and reading, until the signal") {
    if (!std::filesystem::exists(ctl)) return;
    Desk desk;
    // The shell says its process, which becomes the program's: hands and signal follow what it prints.
    FILE* watch = popen(("echo $$; exec timeout 30 " + ctl + " --config /nonexistent id watch --json --reader sdt-serial:" + desk.line->name().string() + " 2>&1").c_str(), "r");
    REQUIRE(watch);
    char line[4096];
    REQUIRE(fgets(line, sizeof line, watch));
    const auto process = static_cast<pid_t>(std::stol(line));
    std::vector<std::string> words;
    std::string all;
    while (fgets(line, sizeof line, watch)) {
        all += line;
        const auto object = json::parse(line, nullptr, false);
        REQUIRE_FALSE(object.is_discarded());
        words.push_back(object.contains("presence") ? object["presence"].get<std::string>() : object.value("kind", "fault"));
        const auto empties = std::ranges::count(words, "empty");
        if (words.back() == "empty" && empties == 1) desk.lay(card('I'));
        if (words.back() == "empty" && empties == 2) desk.line->unplug();
        if (words.back() == "reader_missing" && empties == 2) kill(process, SIGINT);
    }
    CAPTURE(all);
    const int status = pclose(watch);
    CHECK((WIFEXITED(status) ? WEXITSTATUS(status) : -1) == 0);
    CHECK(words == std::vector<std::string>{"reader_missing", "empty", "card", "permanent_residence", "empty", "reader_missing"});
    CHECK_FALSE(leaks(all, person('I')));
}
