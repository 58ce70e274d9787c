// `liqu-ctl photo` as a technician runs it: the program itself, files on disk, exit codes, one JSON object per line.
#include "camera/portrait.hpp"
#include "sim/models/person.hpp"

#include <doctest/doctest.h>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

namespace {
struct Desk {
    std::filesystem::path path = std::filesystem::temp_directory_path() / fmt::format("liqu-ctl-photo-{}", ::getpid());
    Desk() {
        std::filesystem::remove_all(path);
        std::filesystem::create_directories(path);
        cv::imwrite(at("good.png"), sim::render_person({}, 1280, 720, 5));
        cv::imwrite(at("light-clothes.png"), sim::render_person({.clothes_lightness = 0.97}, 1280, 720, 5));
        cv::imwrite(at("grey.png"), sim::render_person({.wall_lightness = 0.5, .light_side = 0.0, .defocus = 3}, 1280, 720, 5));
        std::ofstream(at("letter.jpg")) << "Dear Sir or Madam, this is no photograph.";
    }
    ~Desk() { std::filesystem::remove_all(path); }
    [[nodiscard]] std::string at(const std::string& name) const { return (path / name).string(); }
};

struct Ran {
    int code = -1;
    std::string out, err;
};
std::string contents(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}
Ran run(const Desk& desk, const std::string& arguments, const std::string& under = "") {
    const std::string out = desk.at("out.txt"), err = desk.at("err.txt");
    const int status = std::system((under + std::string(LIQU_CTL) + " " + arguments + " >" + out + " 2>" + err + " </dev/null").c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, contents(out), contents(err)};
}
std::vector<nlohmann::json> lines(const std::string& text) {
    std::vector<nlohmann::json> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) out.push_back(nlohmann::json::parse(line));
    return out;
}
bool has(const nlohmann::json& object, const std::string& code) {
    return std::ranges::any_of(object["reasons"], [&](const auto& r) { return r["code"] == code; });
}
}  // namespace

TEST_CASE("check judges files without any kiosk: one object per line, all the reasons") {
    const Desk desk;
    const auto ran = run(desk, "photo check --json " + desk.at("good.png") + " " + desk.at("light-clothes.png") + " " + desk.at("grey.png") + " " + desk.at("letter.jpg") + " " + desk.at("none.jpg"));
    CHECK(ran.code == 1);
    const auto objects = lines(ran.out);
    REQUIRE(objects.size() == 5);
    for (const auto& o : objects) {
        CHECK(o.size() == 4);
        CHECK(o["file"].is_string());
        CHECK(o["measures"].is_object());
        for (const auto& r : o["reasons"]) {
            CHECK(r.size() == 4);
            CHECK(r["code"].is_string());
            CHECK(r["measured"].is_number());
            CHECK(r["limit"].is_number());
            CHECK((r["side"] == "none" || r["side"] == "left" || r["side"] == "right"));
        }
    }
    CHECK_MESSAGE(objects[0]["verdict"] == "accept", objects[0].dump());
    CHECK(objects[0]["reasons"].empty());
    CHECK(objects[0]["measures"].contains("sharpness"));
    CHECK_MESSAGE(objects[1]["verdict"] == "warn", objects[1].dump());
    CHECK(has(objects[1], "clothes_like_background"));
    CHECK(objects[2]["verdict"] == "refuse");
    CHECK(has(objects[2], "background_not_white"));
    CHECK(has(objects[2], "blurred"));  // not only the first
    CHECK(objects[3]["verdict"] == "refuse");
    CHECK(has(objects[3], "not_readable"));
    CHECK(has(objects[4], "not_readable"));
    CHECK(ran.err.find("letter.jpg: not a JPEG") != std::string::npos);
    CHECK(ran.err.find("none.jpg: no such file") != std::string::npos);
    CHECK(run(desk, "photo check --json " + desk.at("good.png") + " " + desk.at("light-clothes.png")).code == 0);
    const auto words = run(desk, "photo check " + desk.at("grey.png"));
    CHECK(words.code == 1);
    CHECK(words.out.find("grey.png: refuse") != std::string::npos);
    CHECK(words.out.find("background_not_white") != std::string::npos);
}

TEST_CASE("make writes the official crop or says why not") {
    const Desk desk;
    const auto good = run(desk, "photo make " + desk.at("good.png") + " " + desk.at("official.jpg"));
    CHECK_MESSAGE(good.code == 0, good.err);
    CHECK(camera::check_portrait(drivers::to_bytes(contents(desk.at("official.jpg"))), {}));
    const auto bad = run(desk, "photo make " + desk.at("grey.png") + " " + desk.at("not-written.jpg"));
    CHECK(bad.code == 1);
    CHECK(bad.err.find("background_not_white") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(desk.at("not-written.jpg")));
    CHECK(run(desk, "photo make " + desk.at("letter.jpg") + " " + desk.at("not-written.jpg")).code == 1);
    CHECK(run(desk, "photo make " + desk.at("good.png") + " " + desk.at("no-such-folder/x.jpg")).code == 1);
}

TEST_CASE("usage: no file, an unknown word, a configuration that is none, and help") {
    const Desk desk;
    CHECK(run(desk, "photo check").code == 2);
    CHECK(run(desk, "photo").code == 2);
    CHECK(run(desk, "photo develop x.jpg").code == 2);
    CHECK(run(desk, "--config " + desk.at("letter.jpg") + " photo check " + desk.at("good.png")).code == 2);
    CHECK(run(desk, "photo check --help").code == 0);
    const auto live = run(desk, "--config " + desk.at("none.toml") + " photo live");
    CHECK(live.code == 2);
    CHECK(live.err.find("none.toml") != std::string::npos);
}

TEST_CASE("live shows the camera's verdict and ends with the signal") {
    const Desk desk;
    std::filesystem::remove(desk.path / "grey.png");
    std::filesystem::remove(desk.path / "light-clothes.png");
    const auto ran = run(desk, "photo live --camera file:" + desk.path.string(), "timeout --preserve-status -s INT 4 ");
    CHECK(ran.code == 0);
    CHECK_MESSAGE(ran.out.find("good, held") != std::string::npos, ran.out);
    CHECK(ran.out.find("100 %") != std::string::npos);
}
