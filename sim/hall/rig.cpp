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
constexpr auto ctl_limit = 10s, stop_limit = 60s, kill_limit = 5s;
constexpr std::size_t traced_of_command = 60;

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

struct PlaceWords {
    Place place;
    const char* when;  ///< as happenings say it
    const char* told;
};
constexpr std::array<PlaceWords, 7> place_words{{
    {Place::none, "none", "no card inside any more"},
    {Place::feeder, "feeder", "a card in the feeder"},
    {Place::chip, "chip", "a card at the chip station"},
    {Place::print, "print", "a card under the print head"},
    {Place::path, "path", "a card in the path"},
    {Place::bezel, "bezel", "a card in the slot"},
    {Place::jammed, "jammed", "a card is jammed"},
}};
static_assert([] {
    for (std::size_t i = 0; i < place_words.size(); ++i)
        if (place_words[i].place != static_cast<Place>(i)) return false;
    return place_words.size() == static_cast<std::size_t>(Place::jammed) + 1;
}());

/// The lines of the printer's log that came after `last`; the log is bounded, so they are sought from its end.
std::vector<PrinterModel::Line> lines_after(const std::optional<PrinterModel::Line>& last, const std::deque<PrinterModel::Line>& log) {
    auto from = log.size();
    while (from > 0 && !(last && log[from - 1].at == last->at && log[from - 1].from_host == last->from_host && log[from - 1].text == last->text)) --from;
    return {log.begin() + static_cast<std::ptrdiff_t>(from), log.end()};
}

void write_bytes(const std::filesystem::path& path, View bytes) {
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}
}  // namespace

std::string News::when() const {
    switch (kind) {
        case Kind::screen: return "screen:" + name;
        case Kind::guidance: return "guidance:" + name;
        case Kind::printer: return "printer:" + name;
        case Kind::place: return "place:" + name;
    }
    return {};
}

Rig::Rig(const Programs& programs, const Scenario& scenario, const RunOptions& options)
    : programs_(programs), scenario_(scenario), options_(options), directory_(short_directory()), invited_(scenario.citizen), desk_(options.seed), person_(scenario.citizen.person),
      camera_trouble_(name_of(Disturbance::none)) {
    std::filesystem::create_directories(options_.out);
    trace_file_.open(options_.out / "trace.log");
    std::ifstream in(programs_.register_file);
    register_ = nlohmann::json::parse(in).at("people");
    for (const auto& p : register_) people_.push_back({p.at("key"), p.at("name"), p.at("standing"), p.value("kind", "resident_id"), p.contains("ecard")});
    for (const auto& plan : {scenario_.citizen, scenario_.second.value_or(scenario_.citizen)})
        for (const auto& who : {plan.person, plan.child})
            if (!who.empty() && !person_of(who)) throw std::runtime_error("nobody in the register is called " + who);
    if (const auto written = desk_.write_authorities(register_, directory_ / "csca"); !written) throw std::runtime_error("signing authorities: " + written.error());
    const auto master = master_key_of(options_.seed);
    centre_ = std::make_unique<Centre>(programs_, directory_ / "centre", hex_of(master), options_.seed);
    if (!centre_->start(scenario_.lease_seconds, scenario_.stop_after, scenario_.certificates)) throw std::runtime_error("the centre does not start");
    relay_ = std::make_unique<Relay>(centre_->port());
    cabinet_ = std::make_unique<Cabinet>(Cabinet::Setup{.dir = directory_, .handler = programs_.ifd_library, .master_key = master, .speed = options_.speed, .seed = options_.seed,
                                                        .hoppers = scenario_.hoppers, .ribbon = scenario_.ribbon, .card_inside = scenario_.card_inside, .scene = scenario_.scene, .photographs = options_.photographs});
    site_ = set_site_up("kiosk", "nn-mzb-03");
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

KioskSite Rig::set_site_up(const std::string& folder, const std::string& id) {
    const SiteOptions options{.centre_url = fmt::format("http://127.0.0.1:{}", relay_->port()), .sign_key = centre_->sign_key(), .seal_key = centre_->seal_key(),
                              .camera_url = cabinet_->camera().url(), .authorities = directory_ / "csca", .present_timeout_ms = scenario_.present_timeout_ms};
    return make_site(programs_, directory_ / folder, id, scenario_, options, *centre_, true);
}

void Rig::go_next_door() {
    stop_kiosk(SIGTERM);
    provoke(std::string(name_of(PrinterFault::none)));
    cabinet_->with_printer([&](PrinterModel& printer, Time at) {
        (void)printer.clear_path(at);
        printer.new_ribbon("YMCKOK", scenario_.ribbon);
        (void)printer.empty_bin();
        for (std::size_t i = 0; i < scenario_.hoppers.size(); ++i) (void)printer.unload(static_cast<int>(i));
    });
    for (std::size_t i = 0; i < scenario_.hoppers.size(); ++i) cabinet_->refill(static_cast<int>(i), scenario_.hoppers[i].blanks, scenario_.hoppers[i].bank);
    site_ = set_site_up("kiosk-b", "nn-mzb-04");
    restart_at_ = now();
}

void Rig::trace(const std::string& line, Told told) {
    const auto text = fmt::format("{:9.3f} s  {}", static_cast<double>(now().count()) / 1e6, line);
    trace_file_ << text << '\n' << std::flush;
    if (told == Told::in_the_file) return;
    traced_.push_back(text);
    while (traced_.size() > panel_trace_lines) traced_.pop_front();
    if (options_.progress) std::cout << text << '\n' << std::flush;
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
    ++starts_;
    last_phase_ = 0;
    last_screen_.clear();
    ended_.clear();
    trace("the kiosk was started as " + site_.id);
}

void Rig::stop_kiosk(int signal_number) {
    if (!kiosk_) return;
    kiosk_->signal(signal_number);
    const auto code = signal_number == SIGKILL ? kiosk_->wait(kill_limit) : kiosk_->wait(stop_limit);
    if (!code) troubles_.push_back(fmt::format("the kiosk did not stop within {} s of signal {} and was killed", (signal_number == SIGKILL ? kill_limit : stop_limit).count(), signal_number));
    else if (signal_number == SIGTERM && *code != 0) troubles_.push_back(fmt::format("the kiosk ended with code {} after SIGTERM", *code));
    touches_ = touches();
    kiosk_.reset();
    window_.reset();
    asking_.reset();
    status_ = {};
    trace(fmt::format("the kiosk was stopped by signal {}", signal_number));
}

void Rig::look_at_screen(std::vector<News>& news) {
    if (!window_) return;
    window_->pump();
    const auto& screen = window_->screen();
    if (!screen) return;
    if (screen->phase != last_phase_ || screen->name != last_screen_) {
        last_phase_ = screen->phase;
        last_screen_ = screen->name;
        last_guidance_.clear();
        const auto code = screen->name == "trouble" ? screen->fields.value("code", std::string{}) : std::string{};
        trace("screen " + last_screen_ + (code.empty() ? "" : ": " + code));
        news.push_back({News::Kind::screen, screen->name, now(), screen->fields});
    }
    look_at_guidance(*screen, news);
}

/// What the person before the camera is told changes while the screen stays the same.
void Rig::look_at_guidance(const ScreenSeen& screen, std::vector<News>& news) {
    const auto told = screen.fields.find("guidance");
    if (told == screen.fields.end() || !screen.fields.value("watching", false)) return;
    const auto name = told->is_string() ? told->get<std::string>() : std::string("hold_still");
    if (name == std::exchange(last_guidance_, name)) return;
    const auto side = screen.fields.find("side");
    trace("guidance " + name + (side != screen.fields.end() && *side != "none" && side->is_string() ? " " + side->get<std::string>() : ""));
    news.push_back({News::Kind::guidance, name, now(), screen.fields});
}

void Rig::look_at_printer(std::vector<News>& news) {
    std::vector<PrinterModel::Line> said;
    const auto place = cabinet_->with_printer([&](PrinterModel& printer, Time at) {
        printer.advance(at);
        said = lines_after(last_line_, printer.log());
        return printer.place();
    });
    for (auto& line : said) {
        trace(fmt::format("printer {} {}", line.from_host ? ">" : "<", line.text.substr(0, traced_of_command)), Told::in_the_file);
        if (line.from_host) news.push_back({News::Kind::printer, line.text, now(), {}});
    }
    if (!said.empty()) last_line_ = std::move(said.back());
    if (place == last_place_) return;
    last_place_ = place;
    const auto& words = place_words[static_cast<std::size_t>(place)];
    // Between two stations, and from panel to panel, every card is in the path for a moment: that is no news for people.
    const bool known = place == Place::path || place == last_told_;
    if (!known) last_told_ = place;
    trace(words.told, known ? Told::in_the_file : Told::to_all);
    news.push_back({News::Kind::place, words.when, now(), {}});
}

void Rig::look_at_kiosk() {
    if (kiosk_ && !kiosk_->running()) {
        const int code = kiosk_->wait(0ms).value_or(-1);
        kiosk_left_ = code == 0;
        ended_ = fmt::format("it ended with code {}, see {}", code, (options_.out / "liqu.log").string());
        troubles_.push_back(fmt::format("the kiosk ended by itself with code {}", code));
        trace(troubles_.back());
        touches_ = touches();
        kiosk_.reset();
        window_.reset();
    }
    if (restart_at_ && *restart_at_ <= now()) {
        restart_at_.reset();
        start_kiosk();
    }
}

std::vector<News> Rig::tick() {
    std::vector<News> news;
    look_at_screen(news);
    look_at_printer(news);
    look_at_kiosk();
    if (citizen_ && window_) citizen_->act(*window_, now());
    return news;
}

void Rig::ask_status() {
    if (asking_) {
        while (auto line = asking_->read_line(0ms)) status_text_ += *line;
        if (asking_->running()) return;
        while (auto line = asking_->read_line(0ms)) status_text_ += *line;
        status_ = nlohmann::json::parse(status_text_, nullptr, false);
        asking_.reset();
    }
    if (!kiosk_ || now() < ask_again_) return;
    ask_again_ = now() + status_every;
    status_text_.clear();
    asking_ = std::make_unique<Child>(Child::Setup{
        .argv = {programs_.ctl.string(), "--config", site_.config.string(), "status"}, .environment = {}, .inherit = {}, .log = options_.out / "liqu-ctl.log", .pipe_stdout = true});
}

nlohmann::json Rig::ctl(const std::string& command) {
    const auto text = run_and_read({programs_.ctl.string(), "--config", site_.config.string(), command}, ctl_limit, options_.out / "liqu-ctl.log");
    if (!text) return {};
    return nlohmann::json::parse(*text, nullptr, false);
}

void Rig::leave() {
    stop_kiosk(SIGTERM);
    restart_at_.reset();
}

void Rig::keep_evidence() {
    std::error_code ignored;
    for (const auto* tail : {"", "-wal"}) {
        const auto name = std::string("ledger.sqlite") + tail;
        std::filesystem::remove(options_.out / name, ignored);
        std::filesystem::copy_file(site_.dir / "data" / name, options_.out / name, ignored);
    }
    const auto& given = cabinet_->handed_out();
    const auto card = cabinet_->with_printer([&](PrinterModel& printer, Time) { return !given.empty() ? given.back() : !printer.bin().empty() ? printer.bin().back() : nullptr; });
    if (!card) return;
    write_bytes(options_.out / "card-front.png", card_png(*card, true));
    write_bytes(options_.out / "card-back.png", card_png(*card, false));
    if (const auto* chip = dynamic_cast<const SocialSecurityCard*>(card->chip.get())) std::ofstream(options_.out / "chip.json") << chip->to_json() << '\n';
}

}  // namespace sim
