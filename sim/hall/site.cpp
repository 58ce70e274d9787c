// Folders, keys and files of a simulated hall.
#include "sim/hall/site.hpp"

#include "sim/wire/door_switch.hpp"

#include <fmt/format.h>
#include <fstream>
#include <signal.h>
#include <stdexcept>

namespace sim {

using namespace std::chrono_literals;

Programs Programs::find(const std::filesystem::path& own_program) {
    const auto build = own_program.parent_path().parent_path();
    const std::filesystem::path source = LIQU_SOURCE_DIR;
    return {build / "kiosk/app/liqu", build / "kiosk/ctl/liqu-ctl", build / "sim/liqu-central", build / "sim/libifd-liqu.so", source / "ui/text",
            source / "printer/layouts", source / "sim/central/register.json", source / "sim/scenarios"};
}

const std::vector<StaffBadge>& sample_staff() {
    static const std::vector<StaffBadge> staff{{"s01", "李·库管员", "stock", "04A1B2C3D4", "246810"}, {"s02", "王·值班员", "operator", "04A1B2C3D5", "135791"}};
    return staff;
}

Centre::Centre(const Programs& programs, std::filesystem::path dir, std::string master_key_hex, std::uint64_t seed) : programs_(programs), dir_(std::move(dir)), seed_(seed) {
    std::filesystem::create_directories(dir_);
    const auto made = run_and_read({programs_.central.string(), "init", "--data", dir_.string(), "--seed", std::to_string(seed), "--master-key", master_key_hex}, 30s, dir_ / "central.log");
    if (!made) throw std::runtime_error("liqu-central init failed, see " + (dir_ / "central.log").string());
    const auto keys = nlohmann::json::parse(*made);
    sign_key_ = keys.at("sign_key");
    seal_key_ = keys.at("seal_key");
}

std::vector<std::string> Centre::command(std::string verb) const { return {programs_.central.string(), std::move(verb), "--data", dir_.string(), "--register", programs_.register_file.string()}; }

bool Centre::start(int lease_seconds, const std::string& stop_after, bool certificates) {
    auto argv = command("serve");
    for (const auto& word : {std::string("--port"), std::to_string(port_), std::string("--lease"), std::to_string(lease_seconds), std::string("--seed"), std::to_string(seed_)}) argv.push_back(word);
    if (certificates) {
        argv.push_back("--certificates");
        argv.push_back("on");
    }
    if (!stop_after.empty()) {
        argv.push_back("--stop-after");
        argv.push_back(stop_after);
    }
    child_ = std::make_unique<Child>(Child::Setup{.argv = argv, .environment = {}, .inherit = {}, .log = dir_ / "central.log", .pipe_stdout = true});
    const auto line = child_->read_line(30s);
    if (!line) return false;
    port_ = nlohmann::json::parse(*line).at("port");
    return true;
}

void Centre::stop(int signal_number) {
    if (!child_) return;
    child_->signal(signal_number);
    child_->wait(5s);
    child_.reset();
}

bool Centre::running() { return child_ && child_->running(); }

void Centre::enrol(const std::string& kiosk, const std::string& key_hex) {
    if (!run_and_read({programs_.central.string(), "enrol", "--data", dir_.string(), "--kiosk", kiosk, "--key", key_hex}, 30s, dir_ / "central.log"))
        throw std::runtime_error("liqu-central enrol failed");
}

void Centre::behave(const std::string& word) { (void)run_and_read({programs_.central.string(), "behave", "--data", dir_.string(), word}, 5s, dir_ / "central.log"); }

nlohmann::json Centre::report() {
    auto argv = command("report");
    argv.push_back("--json");
    const auto text = run_and_read(argv, 10s, dir_ / "central.log");
    if (!text) throw std::runtime_error("liqu-central report failed");
    return nlohmann::json::parse(*text);
}

namespace {
std::string configuration(const Programs& programs, const std::string& id, const Scenario& scenario, const SiteOptions& o) {
    std::string toml = fmt::format(
        "[kiosk]\nid = \"{}\"\nhall_zh = \"民主部 3 号机\"\nhall_en = \"Minzhu Hall, no. 3\"\ndata_dir = \"data\"\n\n"
        "[devices]\ncamera = \"{}\"\ndoor = \"evdev:{}\"\n\n[centre]\nurl = \"{}\"\nsign_key = \"{}\"\nseal_key = \"{}\"\nexchange_limit_ms = 5000\nhello_every_ms = 5000\n\n"
        "[cards]\nlayouts = \"{}\"\n\n[documents]\ncsca = \"{}\"\n\n[waits]\npresent_timeout_ms = {}\npresent_extension_ms = {}\nlease_margin_ms = 5000\n\n[window]\nfullscreen = false\n\n",
        id, o.camera_url, DoorSwitch::node(), o.centre_url, o.sign_key, o.seal_key, programs.layouts.string(), o.authorities.string(), o.present_timeout_ms, o.present_timeout_ms);
    for (const auto& hopper : scenario.hoppers) toml += fmt::format("[[hopper]]\nbank = \"{}\"\ncapacity = 100\nlow_at = 5\n\n", hopper.bank);
    toml +=
        "[[bank]]\nid = \"bank_a\"\nname_zh = \"邕江合作银行\"\nname_en = \"Yongjiang Cooperative Bank\"\nbins = [\"620101\", \"620102\"]\n\n"
        "[[bank]]\nid = \"bank_b\"\nname_zh = \"青秀山商业银行\"\nname_en = \"Qingxiushan Commercial Bank\"\nbins = [\"620201\"]\n";
    return toml;
}
}  // namespace

KioskSite make_site(const Programs& programs, const std::filesystem::path& dir, const std::string& id, const Scenario& scenario, const SiteOptions& options, Centre& centre,
                    bool load_blanks) {
    KioskSite site{id, dir, dir / "liqu.toml"};
    std::filesystem::create_directories(dir);
    std::ofstream(site.config) << configuration(programs, id, scenario, options);
    const auto ctl = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {programs.ctl.string(), "--config", site.config.string()});
        auto out = run_and_read(words, 20s, dir / "liqu-ctl.log");
        if (!out) throw std::runtime_error("liqu-ctl " + words[3] + " failed, see " + (dir / "liqu-ctl.log").string());
        return *out;
    };
    const auto enrolled = nlohmann::json::parse(ctl({"enrol"}));
    if (scenario.enrolled) centre.enrol(id, enrolled.at("key"));
    for (const auto& member : sample_staff())
        ctl({"staff-add", "--id", member.id, "--name", member.name, "--role", member.role, "--badge", member.uid, "--pin", member.pin});
    if (load_blanks)
        for (std::size_t i = 0; i < scenario.hoppers.size(); ++i)
            if (scenario.hoppers[i].blanks > 0) ctl({"load", "--hopper", std::to_string(i + 1), "--count", std::to_string(scenario.hoppers[i].blanks), "--by", "s01"});
    return site;
}

}  // namespace sim
