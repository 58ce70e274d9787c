// QR codes before the camera: good, damaged, two at once, as long as allowed and one byte longer; zbar reads the same pictures (package zbar-tools).
#include "camera/qr.hpp"
#include "zone_pages.hpp"

#include <cstdio>
#include <filesystem>
#include <opencv2/imgcodecs.hpp>
#include <unistd.h>

using camera::CodeRefusal;

namespace {
sim::DocumentScene telephone(std::string text) {
    sim::DocumentScene s;
    s.kind = sim::PageKind::electronic_card;
    s.width = 0.36;
    s.code = std::move(text);
    return s;
}
std::string url_of(std::size_t bytes) {
    std::string out = "https://12333.example/k/";
    while (out.size() < bytes) out += "0123456789abcdefABCDEF"[out.size() % 22];
    return out;
}
struct Read {
    std::string text;
    camera::CodeSight sight;
};
Read see(const sim::DocumentScene& scene, int frames = 2) {
    cv::setNumThreads(1);
    camera::CodeReader reader;
    Read out;
    for (int frame = 0; frame < frames; ++frame) out.sight = reader.see(pages::grey(scene, static_cast<std::uint64_t>(frame)));
    out.text = reader.accepted();
    return out;
}

/// What another reader says; nothing when it is not installed.
std::optional<std::string> zbar(const sim::DocumentScene& scene) {
    const auto file = std::filesystem::temp_directory_path() / fmt::format("liqu-qr-{}.png", ::getpid());
    cv::imwrite(file.string(), sim::render_document(scene, pages::width, pages::height, 0));
    const std::string command = fmt::format("zbarimg -q --raw {} 2>/dev/null", file.string());
    std::string out;
    if (FILE* pipe = ::popen(command.c_str(), "r")) {
        char buffer[1024];
        while (const auto n = std::fread(buffer, 1, sizeof buffer, pipe)) out.append(buffer, n);
        const int status = ::pclose(pipe);
        std::filesystem::remove(file);
        if (WEXITSTATUS(status) == 127) return std::nullopt;
    }
    while (out.ends_with('\n')) out.pop_back();
    return out;
}
}  // namespace

TEST_CASE("qr: a code is handed on as it is after two frames, and zbar reads the same") {
    auto scene = telephone("https://12333.example/k/0123456789ABCDEF?t=%E7%A4%BE");
    CHECK(see(scene, 1).text.empty());
    const auto read = see(scene);
    CHECK(read.text == scene.code);
    CHECK(read.sight.outline.has_value());
    CHECK(read.sight.refusal == CodeRefusal::none);
    const auto peer = zbar(scene);
    if (peer) CHECK(*peer == read.text);
    else MESSAGE("zbarimg (package zbar-tools) is not installed: not compared");
    scene.rotation = 12;
    scene.tilt_side = 8;
    scene.noise = 6;
    scene.defocus = 0.8;
    CHECK(see(scene).text == scene.code);
}

TEST_CASE("qr: a little damage is mended by the code itself, much of it is refused") {
    auto scene = telephone("https://12333.example/k/0123456789ABCDEF");
    scene.damage = 0.25;
    CHECK(see(scene).text == scene.code);
    scene.damage = 0.6;
    CHECK(see(scene).text.empty());
}

TEST_CASE("qr: of two codes none is chosen") {
    auto scene = telephone("https://12333.example/one");
    scene.second_code = "https://12333.example/two";
    scene.width = 0.5;
    const auto read = see(scene);
    CHECK(read.text.empty());
    CHECK(read.sight.refusal == CodeRefusal::several);
}

TEST_CASE("qr: 512 bytes are handed on, 513 are refused") {
    auto scene = telephone(url_of(512));
    scene.width = 0.52;
    scene.y = 0.04;
    CHECK(see(scene).text == scene.code);
    scene.code = url_of(513);
    const auto read = see(scene);
    CHECK(read.text.empty());
    CHECK(read.sight.refusal == CodeRefusal::too_long);
}

TEST_CASE("qr: hostile frames") {
    camera::CodeReader reader;
    cv::Mat noise(720, 1280, CV_8U);
    cv::RNG(3).fill(noise, cv::RNG::UNIFORM, 0, 256);
    // Finder patterns without a code: what the detector trips over.
    cv::Mat finders(720, 1280, CV_8U, cv::Scalar(255));
    for (const auto at : {cv::Point(200, 100), cv::Point(600, 100), cv::Point(200, 500), cv::Point(900, 300)})
        for (const auto& [size, level] : {std::pair{70, 0}, std::pair{50, 255}, std::pair{30, 0}}) finders(cv::Rect(at.x - size / 2, at.y - size / 2, size, size)).setTo(level);
    for (const auto& frame : {cv::Mat{}, cv::Mat(1, 1, CV_8U, cv::Scalar(0)), cv::Mat(720, 1280, CV_8UC3, cv::Scalar::all(0)), cv::Mat(2160, 3840, CV_8U, cv::Scalar(255)), noise, finders}) {
        for (int i = 0; i < 2; ++i) reader.see(frame);
        CHECK(reader.accepted().empty());
    }
}
