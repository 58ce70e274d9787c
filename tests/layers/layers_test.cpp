// The layers of the house: an include never climbs, Asio's || is nowhere, journeys and models have no clock, chance or thread of their own.
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

namespace fs = std::filesystem;

namespace {
const fs::path root = LIQU_SOURCE_DIR;

struct Source {
    std::string path, text;
};

std::vector<Source> sources(const std::string& folder) {
    std::vector<Source> out;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
        const auto ext = entry.path().extension();
        if (!entry.is_regular_file() || (ext != ".hpp" && ext != ".cpp" && ext != ".h")) continue;
        std::ifstream in(entry.path());
        std::ostringstream text;
        text << in.rdbuf();
        out.push_back({fs::relative(entry.path(), root).string(), text.str()});
    }
    return out;
}

std::vector<std::string> includes(const std::string& text) {
    static const std::regex pattern(R"re(^[ \t]*#[ \t]*include[ \t]*[<"]([^">]+)[">])re", std::regex::multiline);
    std::vector<std::string> out;
    for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) out.push_back((*it)[1]);
    return out;
}

std::vector<std::string> climbing(const std::string& folder, const std::vector<std::string>& allowed, const std::vector<std::string>& excepted = {}) {
    static const std::vector<std::string> rooms{"drivers/", "printer/", "camera/", "kiosk/", "ui/", "sim/", "tests/"};
    std::vector<std::string> bad;
    for (const auto& source : sources(folder)) {
        if (std::ranges::any_of(excepted, [&](const auto& e) { return source.path.starts_with(e); })) continue;
        for (const auto& include : includes(source.text)) {
            const bool ours = std::ranges::any_of(rooms, [&](const auto& r) { return include.starts_with(r); });
            if (ours && std::ranges::none_of(allowed, [&](const auto& a) { return include.starts_with(a); })) bad.push_back(source.path + " includes " + include);
        }
    }
    return bad;
}

void check_none(const std::vector<std::string>& bad) {
    for (const auto& line : bad) FAIL_CHECK(line);
    CHECK(bad.empty());
}

std::vector<std::string> matching(const std::string& folder, const std::string& pattern, const std::vector<std::string>& excepted = {}) {
    const std::regex expression(pattern);
    std::vector<std::string> bad;
    for (const auto& source : sources(folder)) {
        if (std::ranges::any_of(excepted, [&](const auto& e) { return source.path.starts_with(e); })) continue;
        std::istringstream lines(source.text);
        std::string line;
        for (int number = 1; std::getline(lines, line); ++number)
            if (std::regex_search(line.substr(0, line.find("//")), expression)) bad.push_back(source.path + ":" + std::to_string(number) + ": " + line);
    }
    return bad;
}
}  // namespace

TEST_CASE("an include never climbs") {
    check_none(climbing("drivers", {"drivers/"}));
    check_none(climbing("printer", {"printer/", "drivers/"}));
    check_none(climbing("camera", {"camera/", "drivers/"}));
    check_none(climbing("kiosk", {"kiosk/", "drivers/", "printer/", "camera/"}, {"kiosk/app/"}));
    check_none(climbing("kiosk/app", {"kiosk/", "drivers/", "printer/", "camera/", "ui/"}));
    check_none(climbing("ui", {"ui/", "kiosk/"}));
}

TEST_CASE("the window sees screens and texts, and no device") {
    const std::vector<std::string> seen{"ui/", "kiosk/screens.hpp", "kiosk/stage.hpp", "kiosk/faults.hpp", "kiosk/texts.hpp"};
    check_none(climbing("ui", seen));
    // What it sees brings no parser and no device's header along: these are for what is below.
    for (const auto* header : {"kiosk/texts.hpp", "kiosk/faults.hpp"})
        for (const auto& source : sources("kiosk"))
            if (source.path == header)
                for (const auto& include : includes(source.text)) CHECK_MESSAGE(include != "drivers/toml.hpp", source.path << " includes " << include);
    // A relative include would pass by the rooms' names.
    for (const auto& source : sources("ui"))
        for (const auto& include : includes(source.text)) CHECK_MESSAGE(!include.contains(".."), source.path << " includes " << include);
}

TEST_CASE("models share no code with what they test, and the centre none with the kiosk") {
    check_none(climbing("sim/models", {"sim/models/"}));
    check_none(climbing("sim/wire", {"sim/wire/", "sim/models/"}));
    check_none(climbing("sim/central", {"sim/central/", "sim/models/model.hpp"}));
}

TEST_CASE("Asio's || and && for awaitables are nowhere") {
    for (const auto* folder : {"drivers", "printer", "camera", "kiosk", "ui", "sim", "tests"})
        check_none(matching(folder, R"(awaitable_operators|asio/experimental|asio::experimental)", {"tests/layers/"}));
}

TEST_CASE("no clock, no chance and no thread of their own above the ports") {
    const std::string clocks = R"((system_clock|steady_clock|high_resolution_clock)::now|std::rand\b|random_device|std::mt19937|this_thread::sleep|usleep\(|std::j?thread\b|\bgettimeofday|[^_a-z]time\(nullptr\))";
    check_none(matching("kiosk", clocks));
    check_none(matching("printer", clocks));
    check_none(matching("sim/models", clocks));
    check_none(matching("drivers", clocks, {"drivers/clock.cpp", "drivers/lane.cpp", "drivers/pcsc_reader", "drivers/usb/thread"}));
    check_none(matching("camera", clocks, {"camera/worker", "camera/frame_source", "camera/watcher", "camera/http_stream", "camera/latest_frame"}));
}

TEST_CASE("toml++ is met only through the header that makes it safe") {
    for (const auto* folder : {"drivers", "printer", "camera", "kiosk", "ui", "sim", "tests"})
        for (const auto& source : sources(folder))
            if (source.path != "drivers/toml.hpp")
                for (const auto& include : includes(source.text)) CHECK_MESSAGE(!include.starts_with("toml++"), source.path << " includes " << include);
}

TEST_CASE("the concrete devices are lone files that nobody includes") {
    for (const auto* folder : {"drivers", "printer", "camera", "kiosk", "ui", "sim"})
        for (const auto& source : sources(folder))
            for (const auto& include : includes(source.text)) CHECK_MESSAGE(!include.ends_with(".cpp"), source.path << " includes " << include);
}
