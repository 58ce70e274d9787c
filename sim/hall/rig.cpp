// Setting the hall up, its heartbeat, and taking it down.
#include "sim/hall/rig.hpp"

#include <fmt/format.h>
#include <iostream>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sim {

using namespace std::chrono_literals;

namespace {
constexpr auto status_every = 2s;  ///< liqu-ctl is a process: not more often

Bytes master_key_of(std::uint64_t seed) {
    Dice dice(seed + 77);
    Bytes key(16);
    for (auto& b : key) b = static_cast<std::byte>(dice.next() & 255);
    return key;
}
std::string hex_of(View bytes) {
    std::string text;
    for (const auto b : bytes) text += fmt::format("{:02X}", std::to_integer<int>(b));
    return text;
}
/// Sockets need short paths, whatever folder the run was asked to write to.
std::filesystem::path short_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "liqu-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    return name;
}
const char* word_of_place(Place place) {
    static constexpr std::array names{"no card inside any more", "a card in the feeder", "a card at the chip station", "a card under the print head", "a card in the path", "a card in the slot", "a card is jammed"};
    static_assert(names.size() == static_cast<std::size_t>(Place::jammed) + 1);
    return names[static_cast<std::size_t>(place)];
}
void write_bytes(const std::filesystem::path& path, View bytes) {
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}
}  // namespace

std::shared_ptr<SmartCard> document_of(const nlohmann::json& people, const std::string& key, std::uint64_t seed) {
    for (const auto& p : people)
        if (p.at("key") == key)
            return std::make_shared<ResidentIdCard>(PersonRecord{.name = p.at("name"), .number = p.at("number"), .address = p.at("address"), .authority = p.at("authority"), .birth = p.at("birth"),
                                                                 .valid_from = p.at("valid_from"), .valid_to = p.at("valid_to"), .sex = p.at("sex"), .nation = p.at("nation")},
                                                    seed);
    return nullptr;
}

Rig::Rig(const Programs& programs, const Scenario& scenario, const RunOptions& options)
    : programs_(programs), scenario_(scenario), options_(options), directory_(short_directory()), person_(scenario.citizen.person) {
    std::filesystem::create_directories(options_.out);
    trace_file_.open(options_.out / "trace.log");
    std::ifstream in(programs_.register_file);
    register_ = nlohmann::json::parse(in).at("people");
    for (const auto& p : register_) people_.push_back({p.at("key"), p.at("name"), p.at("standing")});
    if (std::ranges::find(people_, person_, &PanelPerson::key) == people_.end()) throw std::runtime_error("nobody in the register is called " + person_);
    const auto master = master_key_of(options_.seed);
    centre_ = std::make_unique<Centre>(programs_, directory_ / "centre", hex_of(master), options_.seed);
    if (!centre_->start(scenario_.lease_seconds, scenario_.stop_after)) throw std::runtime_error("the centre does not start");
    relay_ = std::make_unique<Relay>(centre_->port());
    cabinet_ = std::make_unique<Cabinet>(Cabinet::Setup{.dir = directory_, .handler = programs_.ifd_library, .master_key = master, .speed = options_.speed, .seed = options_.seed,
                                                        .hoppers = scenario_.hoppers, .ribbon = scenario_.ribbon, .card_inside = scenario_.card_inside, .scene = scenario_.scene});
    const SiteOptions site{.centre_url = fmt::format("http://127.0.0.1:{}", relay_->port()), .sign_key = centre_->sign_key(), .seal_key = centre_->seal_key(),
                           .camera_url = cabinet_->camera().url(), .present_timeout_ms = scenario_.present_timeout_ms};
    site_ = make_site(programs_, directory_ / "kiosk", "nn-mzb-03", scenario_, site, *centre_, true);
}

Rig::~Rig() {
    asking_.reset();
    kiosk_.reset();
    cabinet_.reset();
    relay_.reset();
    centre_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

void Rig::trace(const std::string& line) {
    traced_.push_back(fmt::format("{:8.1f} s  {}", static_cast<double>(cabinet_->now().count()) / 1e6, line));
    while (traced_.size() > panel_trace_lines) traced_.pop_front();
    trace_file_ << traced_.back() << '\n' << std::flush;
    if (options_.progress) std::cout << traced_.back() << '\n' << std::flush;
}

void Rig::start_kiosk() {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) throw std::runtime_error("socketpair");
    auto environment = cabinet_->environment();
    if (options_.headless) environment["SDL_VIDEODRIVER"] = "offscreen";
    kiosk_ = std::make_unique<Child>(Child::Setup{
        .argv = {programs_.liqu.string(), "--config", site_.config.string(), "--texts", programs_.texts.string(), "--windowed", "--automation-fd", std::to_string(pair[1])},
        .environment = environment, .inherit = pair[1], .log = options_.out / "liqu.log", .pipe_stdout = false});
    close(pair[1]);
    window_ = std::make_unique<WindowLink>(pair[0]);
    last_screen_.clear();
    ended_.clear();
    trace("the kiosk was started");
}

void Rig::stop_kiosk(int signal_number) {
    if (!kiosk_) return;
    kiosk_->signal(signal_number);
    if (!kiosk_->wait(signal_number == SIGKILL ? 5s : 60s)) trace("the kiosk did not stop within 60 s of SIGTERM and is killed");
    kiosk_.reset();
    window_.reset();
    asking_.reset();
    status_ = {};
    trace(fmt::format("the kiosk was stopped by signal {}", signal_number));
}

void Rig::look_at_screen() {
    if (!window_) return;
    window_->pump();
    while (window_->take_picture()) {}
    const auto& screen = window_->screen();
    if (!screen || screen->name == last_screen_) return;
    last_screen_ = screen->name;
    const auto code = screen->name == "trouble" ? screen->fields.value("code", std::string{}) : std::string{};
    trace("screen " + last_screen_ + (code.empty() ? "" : ": " + code));
}

void Rig::look_at_printer() {
    Place place{};
    {
        const std::lock_guard lock(cabinet_->mutex());
        cabinet_->printer().advance(cabinet_->now());
        place = cabinet_->printer().place();
    }
    // Between two stations every card is in the path for a moment: that is no news.
    if (place == last_place_ || place == Place::path) return;
    last_place_ = place;
    trace(word_of_place(place));
}

void Rig::ask_status() {
    if (asking_) {
        while (auto line = asking_->read_line(0ms)) status_text_ += *line;
        if (asking_->running()) return;
        while (auto line = asking_->read_line(0ms)) status_text_ += *line;
        status_ = nlohmann::json::parse(status_text_, nullptr, false);
        asking_.reset();
    }
    if (!kiosk_ || cabinet_->now() < ask_again_) return;
    ask_again_ = cabinet_->now() + status_every;
    status_text_.clear();
    asking_ = std::make_unique<Child>(Child::Setup{
        .argv = {programs_.ctl.string(), "--config", site_.config.string(), "status"}, .environment = {}, .inherit = {}, .log = options_.out / "liqu-ctl.log", .pipe_stdout = true});
}

void Rig::tick() {
    look_at_screen();
    look_at_printer();
    ask_status();
    if (kiosk_ && !kiosk_->running()) {
        const int code = kiosk_->wait(0ms).value_or(-1);
        kiosk_left_ = code == 0;
        ended_ = fmt::format("it ended with code {}, see {}", code, (options_.out / "liqu.log").string());
        trace("the kiosk ended by itself with code " + std::to_string(code));
        kiosk_.reset();
        window_.reset();
    }
    if (restart_at_ && *restart_at_ <= cabinet_->now()) {
        restart_at_.reset();
        start_kiosk();
    }
    if (citizen_ && window_) citizen_->act(*window_, cabinet_->now());
}

void Rig::leave() {
    citizen_.reset();
    stop_kiosk(SIGTERM);
    std::error_code ignored;
    std::filesystem::copy_file(site_.dir / "data/ledger.sqlite", options_.out / "ledger.sqlite", std::filesystem::copy_options::overwrite_existing, ignored);
    const std::lock_guard lock(cabinet_->mutex());
    if (cabinet_->handed_out().empty()) return;
    const auto& card = *cabinet_->handed_out().back();
    write_bytes(options_.out / "card-front.png", card_png(card, true));
    write_bytes(options_.out / "card-back.png", card_png(card, false));
    if (const auto* chip = dynamic_cast<const SocialSecurityCard*>(card.chip.get())) std::ofstream(options_.out / "chip.json") << chip->to_json() << '\n';
}

}  // namespace sim
