// The loop of a run: what is new in the hall is noted and pictured, happenings come at their moments, the second person follows the first.
#include "sim/hall/runner.hpp"

#include <fmt/format.h>
#include <iostream>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <sstream>
#include <thread>
#include <unistd.h>

namespace sim {

using namespace std::chrono_literals;

namespace {
constexpr auto tick_pause = 4ms;
constexpr auto outbox_limit = 12s;
constexpr int ticks_between_looks = 40;  ///< at the outbox: liqu-ctl is a process

/// Pictures of an earlier run would be taken for this one's.
RunOptions with_fresh_folders(RunOptions options) {
    std::filesystem::remove_all(options.out / "screens");
    std::filesystem::create_directories(options.out / "screens");
    return options;
}
}  // namespace

Runner::Runner(Programs programs, Scenario scenario, RunOptions options)
    : programs_(std::move(programs)), scenario_(std::move(scenario)), options_(with_fresh_folders(std::move(options))), rig_(programs_, scenario_, options_),
      story_(rig_, scenario_.happenings) {
    rig_.invite(scenario_.citizen);
}

void Runner::look_at_pictures() {
    auto* window = rig_.window();
    if (!window) return;
    // A kiosk that died takes the pictures with it that it was asked for.
    if (std::exchange(pictures_of_start_, rig_.starts()) != rig_.starts()) picture_names_.clear();
    while (auto picture = window->take_picture()) {
        if (picture_names_.empty()) break;
        const cv::Mat rgb(picture->height, picture->width, CV_8UC3, picture->rgb.data());
        cv::Mat bgr;
        cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
        cv::imwrite((options_.out / "screens" / picture_names_.front()).string(), bgr);
        picture_names_.pop_front();
    }
    const auto& screen = window->screen();
    if (!welcomed_ && screen && screen->name == "welcome" && screen->target("start")) {
        // The first welcome is pictured when it can be started: before, the devices have not been looked at.
        welcomed_ = true;
        ask_picture("welcome");
    }
}

void Runner::ask_picture(const std::string& screen) {
    if (!options_.pictures || !rig_.window()) return;
    picture_names_.push_back(fmt::format("{:02}-{}.png", ++pictures_, screen));
    rig_.window()->ask_picture();
}

void Runner::note_screen(const News& news) {
    const auto ms = static_cast<long>(news.at.count() / 1000);
    if (!first_screen_at_) first_screen_at_ = news.at;
    if (!steps_.empty()) steps_.back().ended_ms = ms;
    steps_.push_back({news.name, ms, ms});
    if (news.name == "trouble") faults_.push_back(news.fields.value("code", ""));
    if (news.name == "explain_standing") standings_.push_back(news.fields.value("kind", ""));
    if (news.name != "welcome" || steps_.size() > 1) ask_picture(news.name);
}

void Runner::note(const News& news) {
    switch (news.kind) {
        case News::Kind::screen: return note_screen(news);
        case News::Kind::guidance: return guidances_.push_back(news.name);
        case News::Kind::printer: return;
        case News::Kind::place:
            if (news.name != "bezel") return;
            hardware_ = rig_.cabinet().with_printer([](PrinterModel& printer, Time) { return printer.shortest_schedule(); });
            if (!card_in_slot_) card_in_slot_ = news.at;
    }
}

void Runner::tick() {
    const auto news = rig_.tick();
    look_at_pictures();
    for (const auto& n : news) note(n);
    story_.tick(news);
    if (const auto* citizen = rig_.citizen(); citizen && !signed_at_) signed_at_ = citizen->signed_at();
    let_second_come();
}

/// The next person comes when the kiosk is free again, not into somebody's session.
void Runner::let_second_come() {
    const bool gone = !rig_.citizen() || rig_.citizen()->gone();
    if (second_started_ || !scenario_.second || !gone || !rig_.window() || rig_.screen_name() != "welcome" || !story_.ready_for_second()) return;
    second_started_ = true;
    rig_.invite(*scenario_.second);
    story_.heard("second");
}

bool Runner::over() const {
    if (!rig_.kiosk_alive()) return true;
    const bool people_gone = (!rig_.citizen() || rig_.citizen()->gone()) && (!scenario_.second || second_started_);
    return people_gone && story_.over() && rig_.screen_name() == "welcome";
}

Evidence Runner::run() {
    rig_.start_kiosk();
    started_at_ = rig_.now();
    story_.heard("start");
    const auto limit = std::chrono::seconds{scenario_.limit_s};
    while (!over() && rig_.now() < limit) {
        tick();
        std::this_thread::sleep_for(tick_pause);
    }
    if (!over()) {
        failures_.push_back(fmt::format("not over after {} s; last screen {}", scenario_.limit_s, rig_.screen_name()));
        for (auto& sentence : story_.missing()) failures_.push_back(std::move(sentence));
    }
    settle();
    if (options_.pictures) measure_idle();
    return collect();
}

/// The outbox drains while the kiosk rests; a centre that stays away keeps it full, and the expectation says so.
void Runner::settle() {
    const auto until = rig_.now() + outbox_limit;
    while (rig_.window() && rig_.now() < until) {
        for (int i = 0; i < ticks_between_looks; ++i) {
            tick();
            std::this_thread::sleep_for(tick_pause);
        }
        const auto box = rig_.ctl("outbox");
        if (box.is_object() && box.contains("waiting") && box["waiting"].empty()) break;
    }
}

/// The resting kiosk, as the kernel accounts for it, over two seconds.
void Runner::measure_idle() {
    const auto pid = rig_.kiosk_pid();
    if (pid == 0) return;
    const auto ticks = [&] {
        std::ifstream in(fmt::format("/proc/{}/stat", pid));
        std::string line;
        std::getline(in, line);
        std::istringstream rest(line.substr(line.rfind(')') + 2));
        std::string word;
        long total = 0;
        for (int field = 3; field <= 15 && rest >> word; ++field)
            if (field >= 14) total += std::stol(word);
        return total;
    };
    const auto before = ticks();
    std::this_thread::sleep_for(2s);
    idle_cpu_percent_ = static_cast<double>(ticks() - before) / static_cast<double>(sysconf(_SC_CLK_TCK)) / 2 * 100;
    std::ifstream status(fmt::format("/proc/{}/status", pid));
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmRSS:")) resident_mib_ = std::stod(line.substr(6)) / 1024;
        if (line.starts_with("VmHWM:")) peak_mib_ = std::stod(line.substr(6)) / 1024;
    }
}

}  // namespace sim
