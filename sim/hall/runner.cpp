// The loop of a run: eyes on the screen and on the printer, hands of the citizen, happenings at their moments.
#include "sim/hall/runner.hpp"

#include <fmt/format.h>
#include <iostream>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <signal.h>
#include <sstream>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace sim {

using namespace std::chrono_literals;

namespace {
constexpr auto tick_pause = 4ms;

std::string hex_of(View bytes) {
    std::string text;
    for (const auto b : bytes) text += fmt::format("{:02X}", std::to_integer<int>(b));
    return text;
}

Bytes master_key_of(std::uint64_t seed) {
    Dice dice(seed + 77);
    Bytes key(16);
    for (auto& b : key) b = static_cast<std::byte>(dice.next() & 255);
    return key;
}

/// Sockets need short paths, whatever folder the run was asked to write to.
std::filesystem::path short_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "liqu-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    return name;
}
}  // namespace

Runner::Runner(Programs programs, Scenario scenario, RunOptions options)
    : programs_(std::move(programs)), scenario_(std::move(scenario)), options_(std::move(options)), run_dir_(short_directory()) {
    std::filesystem::remove_all(options_.out / "screens");
    std::filesystem::create_directories(options_.out / "screens");
    trace_.open(options_.out / "trace.log");
    const auto master = master_key_of(options_.seed);
    centre_ = std::make_unique<Centre>(programs_, run_dir_ / "centre", hex_of(master), options_.seed);
    if (!centre_->start(scenario_.lease_seconds, scenario_.stop_after)) throw std::runtime_error("the centre does not start");
    relay_ = std::make_unique<Relay>(centre_->port());
    cabinet_ = std::make_unique<Cabinet>(Cabinet::Setup{.dir = run_dir_, .handler = programs_.ifd_library, .master_key = master, .speed = options_.speed, .seed = options_.seed,
                                                        .hoppers = scenario_.hoppers, .ribbon = scenario_.ribbon, .card_inside = scenario_.card_inside, .scene = scenario_.scene});
    const SiteOptions site{.centre_url = fmt::format("http://127.0.0.1:{}", relay_->port()), .sign_key = centre_->sign_key(), .seal_key = centre_->seal_key(),
                           .camera_url = cabinet_->camera().url(), .present_timeout_ms = scenario_.present_timeout_ms};
    site_ = make_site(programs_, run_dir_ / "kiosk", "nn-mzb-03", scenario_, site, *centre_, true);
    first_site_ = site_;
    for (const auto& happening : scenario_.happenings) waiting_.push_back({happening, 0, {}, false});
    new_citizen(scenario_.citizen);
}

Runner::~Runner() {
    kiosk_.reset();
    cabinet_.reset();
    relay_.reset();
    centre_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(run_dir_, ignored);
}

void Runner::trace(const std::string& line) { trace_ << fmt::format("{:9.3f} {}\n", static_cast<double>(cabinet_ ? cabinet_->now().count() : 0) / 1e6, line) << std::flush; }

void Runner::new_citizen(const CitizenPlan& plan) {
    auto* cabinet = cabinet_.get();
    Hands hands;
    hands.put_document = [this, cabinet, person = plan.person] { cabinet->put_on_reader(document_of(person)); };
    hands.take_document = [cabinet] { cabinet->take_from_reader(); };
    hands.take_card = [cabinet] { return cabinet->take_card(); };
    hands.document_on_reader = [cabinet] { return cabinet->reader_occupied(); };
    citizen_ = std::make_unique<Citizen>(plan, std::move(hands));
}

std::shared_ptr<SmartCard> Runner::document_of(const std::string& person) {
    std::ifstream in(programs_.register_file);
    const auto people = nlohmann::json::parse(in).at("people");
    for (const auto& p : people)
        if (p.at("key") == person) {
            PersonRecord record;
            record.name = p.at("name");
            record.number = p.at("number");
            record.address = p.at("address");
            record.authority = p.at("authority");
            record.birth = p.at("birth");
            record.valid_from = p.at("valid_from");
            record.valid_to = p.at("valid_to");
            record.sex = p.at("sex");
            record.nation = p.at("nation");
            return std::make_shared<ResidentIdCard>(record, options_.seed);
        }
    throw std::runtime_error("nobody in the register is called " + person);
}

void Runner::start_kiosk() {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) throw std::runtime_error("socketpair");
    auto environment = cabinet_->environment();
    if (options_.headless) environment["SDL_VIDEODRIVER"] = "offscreen";
    kiosk_ = std::make_unique<Child>(Child::Setup{
        .argv = {programs_.liqu.string(), "--config", site_.config.string(), "--texts", programs_.texts.string(), "--windowed", "--automation-fd", std::to_string(pair[1])},
        .environment = environment, .inherit = pair[1], .log = options_.out / "liqu.log", .pipe_stdout = false});
    close(pair[1]);
    window_ = std::make_unique<WindowLink>(pair[0]);
    last_phase_ = 0;
    last_screen_.clear();
    if (!started_at_) started_at_ = cabinet_->now();
    trace("kiosk started as " + site_.id);
}

void Runner::stop_kiosk(int signal_number) {
    if (!kiosk_) return;
    kiosk_->signal(signal_number);
    const auto code = kiosk_->wait(signal_number == SIGKILL ? 5s : 60s);
    if (!code) failures_.push_back("the kiosk did not stop within 60 s of SIGTERM");
    else if (signal_number == SIGTERM && *code != 0) failures_.push_back(fmt::format("the kiosk ended with code {} after SIGTERM", *code));
    trace(fmt::format("kiosk stopped by signal {}", signal_number));
    kiosk_.reset();
    if (window_) touches_ += window_->touches_that_counted();
    window_.reset();
}

void Runner::look_at_screen() {
    if (!window_) return;
    window_->pump();
    const auto now = cabinet_->now();
    const auto ms = static_cast<long>(now.count() / 1000);
    while (auto picture = window_->take_picture()) {
        if (picture_names_.empty()) break;
        const cv::Mat rgb(picture->height, picture->width, CV_8UC3, picture->rgb.data());
        cv::Mat bgr;
        cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
        cv::imwrite((options_.out / "screens" / picture_names_.front()).string(), bgr);
        picture_names_.pop_front();
    }
    const auto& screen = window_->screen();
    if (screen && options_.pictures && !welcomed_ && screen->name == "welcome" && screen->target("start")) {
        // The first welcome is pictured when it can be started: before, the devices have not been looked at.
        welcomed_ = true;
        picture_names_.push_back(fmt::format("{:02}-welcome.png", ++pictures_));
        window_->ask_picture();
    }
    if (!screen || (screen->phase == last_phase_ && screen->name == last_screen_)) return;
    if (!first_screen_at_) first_screen_at_ = now;
    last_phase_ = screen->phase;
    last_screen_ = screen->name;
    if (!steps_.empty()) steps_.back().ended_ms = ms;
    steps_.push_back({screen->name, ms, ms});
    trace("screen " + screen->name);
    if (screen->name == "trouble") faults_.push_back(screen->fields.value("code", ""));
    if (screen->name == "explain_standing") standings_.push_back(screen->fields.value("kind", ""));
    if (options_.progress) std::cout << fmt::format("  {:7.1f} s  {}\n", static_cast<double>(ms) / 1000, screen->name) << std::flush;
    if (options_.pictures && (screen->name != "welcome" || steps_.size() > 1)) {
        picture_names_.push_back(fmt::format("{:02}-{}.png", ++pictures_, screen->name));
        window_->ask_picture();
    }
    trigger("screen:" + screen->name);
}

void Runner::look_at_printer() {
    std::vector<std::string> seen;
    {
        const std::lock_guard lock(cabinet_->mutex());
        auto& printer = cabinet_->printer();
        printer.advance(cabinet_->now());
        const auto& log = printer.log();
        // The log is bounded: count from its end.
        static_assert(sizeof(std::size_t) == 8);
        const auto total = log.size();
        for (std::size_t i = std::min(printer_lines_, total); i < total; ++i) {
            trace(fmt::format("printer {} {}", log[i].from_host ? ">" : "<", log[i].text.substr(0, 60)));
            if (log[i].from_host) seen.push_back("printer:" + log[i].text);
        }
        printer_lines_ = total;
        if (printer.place() != last_place_) {
            last_place_ = printer.place();
            static constexpr const char* names[] = {"none", "feeder", "chip", "print", "path", "bezel", "jammed"};
            const std::string place = names[static_cast<int>(last_place_)];
            trace("card at " + place);
            seen.push_back("place:" + place);
            if (last_place_ == Place::bezel) {
                hardware_ = printer.shortest_schedule();
                if (!card_in_slot_) card_in_slot_ = cabinet_->now();
            }
        }
    }
    for (const auto& what : seen) trigger(what);
}

void Runner::trigger(const std::string& what) {
    for (auto& w : waiting_) {
        if (w.done || w.due) continue;
        const auto& when = w.happening.when;
        // "printer:Sis" also meets "printer:Sis;1": a command by its name.
        if (what != when && !(when.starts_with("printer:") && what.starts_with(when))) continue;
        if (++w.seen == w.happening.count) w.due = cabinet_->now() + std::chrono::milliseconds{w.happening.after_ms};
    }
}

void Runner::fire(Waiting& w) {
    w.done = true;
    ++events_;
    trace(fmt::format("happening {} {}", w.happening.act, w.happening.value));
    if (options_.progress) std::cout << fmt::format("             * {} {}\n", w.happening.act, w.happening.value) << std::flush;
    if (!act(w.happening)) failures_.push_back(fmt::format("'{} {}' could not be done", w.happening.act, w.happening.value));
    trigger(fmt::format("event:{}", events_));
}

void Runner::tick() {
    look_at_screen();
    look_at_printer();
    const auto now = cabinet_->now();
    for (std::size_t i = 0; i < waiting_.size(); ++i)
        if (!waiting_[i].done && waiting_[i].due && *waiting_[i].due <= now) fire(waiting_[i]);
    if (restart_at_ && *restart_at_ <= now) {
        restart_at_.reset();
        start_kiosk();
    }
    if (kiosk_ && !kiosk_->running()) {
        failures_.push_back(fmt::format("the kiosk ended by itself with code {}", kiosk_->wait(0ms).value_or(-1)));
        kiosk_.reset();
        window_.reset();
    }
    if (window_) citizen_->act(*window_, now);
    if (citizen_->signed_at() && !signed_at_) signed_at_ = citizen_->signed_at();
    // The next person comes when the kiosk is free again, not into somebody's session.
    if (citizen_->gone() && scenario_.second && !second_started_ && window_ && last_screen_ == "welcome" && std::ranges::all_of(waiting_, &Waiting::done)) {
        second_started_ = true;
        new_citizen(*scenario_.second);
        trigger("second");
    }
}

bool Runner::over() const {
    if (!kiosk_ && !restart_at_) return true;
    const bool people_gone = citizen_->gone() && (!scenario_.second || second_started_);
    return people_gone && std::ranges::all_of(waiting_, &Waiting::done) && last_screen_ == "welcome";
}

Evidence Runner::run() {
    start_kiosk();
    trigger("start");
    const auto limit = std::chrono::seconds{scenario_.limit_s};
    while (!over() && cabinet_->now() < limit) {
        tick();
        std::this_thread::sleep_for(tick_pause);
    }
    if (!over()) {
        failures_.push_back(fmt::format("not over after {} s; last screen {}", scenario_.limit_s, last_screen_));
        for (const auto& w : waiting_)
            if (!w.done) failures_.push_back(fmt::format("'{}' at {} #{} never came", w.happening.act, w.happening.when, w.happening.count));
    }
    settle();
    if (options_.pictures) measure_idle();
    return collect();
}

void Runner::settle() {
    // The outbox drains while the kiosk rests; a centre that stays away keeps it full, and the expectation says so.
    const auto until = cabinet_->now() + 12s;
    while (kiosk_ && cabinet_->now() < until) {
        for (int i = 0; i < 40; ++i) {
            tick();
            std::this_thread::sleep_for(tick_pause);
        }
        const auto box = ctl("outbox");
        if (box.is_object() && box.contains("waiting") && box["waiting"].empty()) break;
    }
}

/// The resting kiosk, as the kernel accounts for it, over two seconds.
void Runner::measure_idle() {
    if (!kiosk_) return;
    const auto ticks = [&] {
        std::ifstream in(fmt::format("/proc/{}/stat", kiosk_->pid()));
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
    std::ifstream status(fmt::format("/proc/{}/status", kiosk_->pid()));
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmRSS:")) resident_mib_ = std::stod(line.substr(6)) / 1024;
        if (line.starts_with("VmHWM:")) peak_mib_ = std::stod(line.substr(6)) / 1024;
    }
}

nlohmann::json Runner::ctl(const std::string& command) {
    const auto text = run_and_read({programs_.ctl.string(), "--config", site_.config.string(), command}, 10s, options_.out / "liqu-ctl.log");
    if (!text) return {};
    return nlohmann::json::parse(*text, nullptr, false);
}

}  // namespace sim
