// What a run leaves behind: summary.json, the card's two pictures, the chip, the photograph, the ledger; and the judgement.
#include "sim/hall/runner.hpp"

#include <fmt/format.h>
#include <signal.h>

namespace sim {

using namespace std::chrono_literals;
using nlohmann::json;

namespace {
void write_text(const std::filesystem::path& path, const std::string& text) { std::ofstream(path) << text << '\n'; }

std::vector<std::string> active_cards(const json& centre) {
    std::vector<std::string> numbers;
    if (centre.contains("cards"))
        for (const auto& card : centre["cards"])
            if (card.value("state", "") == "ACTIVE") numbers.push_back(card.value("number", ""));
    return numbers;
}

/// Cards of the register that existed before the run (a person "with an active card") are not this kiosk's.
int made_active(const json& centre, const std::string& kiosk_prefix) {
    int n = 0;
    for (const auto& a : centre.value("applications", json::array()))
        if (a.value("active", false) && a.value("kiosk", "").starts_with(kiosk_prefix)) ++n;
    return n;
}
}  // namespace

namespace {
/// Every word of `wanted` in this order; others may lie between. Gives the first that did not come.
std::optional<std::string> not_reached(const std::vector<std::string>& wanted, const std::vector<std::string>& seen) {
    std::size_t at = 0;
    for (const auto& word : seen)
        if (at < wanted.size() && word == wanted[at]) ++at;
    return at < wanted.size() ? std::optional{wanted[at]} : std::nullopt;
}

/// From the camera's first picture on the screen to the first photograph; nothing when there was none.
std::optional<long> photographed_ms(const std::vector<StepSeen>& steps) {
    const auto began = std::ranges::find(steps, "take_photo", &StepSeen::screen);
    const auto taken = std::find_if(began, steps.end(), [](const auto& s) { return s.screen == "photo_taken"; });
    return taken == steps.end() ? std::nullopt : std::optional{taken->began_ms - began->began_ms};
}
}  // namespace

/// I4 on the real disk: no name, number or photograph in any file of the kiosk.
void Runner::check_privacy() {
    static const std::string jfif{"\xFF\xD8\xFF\xE0\x00\x10JFIF", 10};
    std::ifstream in(programs_.register_file);
    std::vector<std::string> secrets{jfif, scenario_.citizen.mobile};
    for (const auto& person : json::parse(in).at("people"))
        if (person.at("key") == scenario_.citizen.person) secrets.insert(secrets.end(), {person.at("name").get<std::string>(), person.at("number").get<std::string>()});
    std::vector<std::filesystem::path> files{options_.out / "liqu.log"};
    for (const auto& entry : std::filesystem::recursive_directory_iterator(rig_.site().dir))
        if (entry.is_regular_file()) files.push_back(entry.path());
    for (const auto& file : files) {
        std::ifstream bytes(file, std::ios::binary);
        const std::string data{std::istreambuf_iterator<char>(bytes), {}};
        for (const auto& secret : secrets)
            if (data.find(secret) != std::string::npos) failures_.push_back("personal data in " + file.filename().string());
    }
}

Evidence Runner::collect() {
    Evidence e;
    e.status = rig_.ctl("status");
    e.cards = rig_.ctl("cards");
    e.outbox = rig_.ctl("outbox");
    const auto supplies = rig_.ctl("supplies");
    rig_.leave();
    check_privacy();
    e.audit = rig_.ctl("audit");  // from the file at rest
    auto& centre = rig_.centre();
    if (!centre.running()) centre.start(scenario_.lease_seconds);
    e.centre = centre.report();
    e.steps = steps_;
    e.faults = faults_;
    e.standings = standings_;
    e.guidances = guidances_;
    for (const auto* sentences : {&std::as_const(failures_), &story_.failures(), &rig_.troubles()}) e.failures.insert(e.failures.end(), sentences->begin(), sentences->end());
    e.handed_out = static_cast<int>(rig_.cabinet().handed_out().size());
    e.in_bin = rig_.cabinet().with_printer([](PrinterModel& printer, Time) { return static_cast<int>(printer.bin().size()); });
    rig_.keep_evidence();
    e.summary = summary(e);
    e.summary["supplies"] = supplies;
    write_text(options_.out / "summary.json", e.summary.dump(2));
    write_text(options_.out / "centre.json", e.centre.dump(2));
    centre.stop(SIGTERM);
    if (const auto application = e.summary.value("application", std::string{}); !application.empty())
        (void)run_and_read({programs_.central.string(), "photo", "--data", (rig_.directory() / "centre").string(), "--register", programs_.register_file.string(), "--application", application,
                            "--out", (options_.out / "photo.jpg").string()},
                           10s, options_.out / "liqu-ctl.log");
    return e;
}

json Runner::summary(const Evidence& e) {
    json steps = json::array();
    for (const auto& s : e.steps) steps.push_back({{"screen", s.screen}, {"began", s.began_ms}, {"ended", s.ended_ms}});
    json out{{"scenario", scenario_.name}, {"seed", options_.seed}, {"speed", options_.speed}, {"steps", steps}, {"faults", e.faults}, {"standings", e.standings}, {"guidances", e.guidances},
             {"touches", rig_.touches()}, {"handed_out", e.handed_out}, {"in_bin", e.in_bin}, {"failures", e.failures}};
    out["hardware_ms"] = hardware_.count();
    if (started_at_ && first_screen_at_) out["first_screen_ms"] = (*first_screen_at_ - *started_at_).count() / 1000;
    out["idle_cpu_percent"] = idle_cpu_percent_;
    out["resident_mib"] = resident_mib_;
    out["peak_mib"] = peak_mib_;
    if (signed_at_ && card_in_slot_) out["total_ms"] = (*card_in_slot_ - *signed_at_).count() / 1000;
    out["outcome"] = "none";
    out["application"] = "";
    out["card_number"] = "";
    for (const auto& row : e.centre.value("outcomes", json::array())) {
        if (!row.value("kiosk", "").starts_with("nn-mzb")) continue;
        out["outcome"] = row.value("outcome", "");
        out["application"] = row.value("application", "");
    }
    const auto active = active_cards(e.centre);
    for (const auto& a : e.centre.value("attempts", json::array()))
        if (a.value("kiosk", "").starts_with("nn-mzb") && a.value("application", "") == out.value("application", "")) out["card_number"] = a.value("card_number", "");
    out["active"] = made_active(e.centre, "nn-mzb");
    return out;
}

std::vector<std::string> Runner::judge(const Scenario& scenario, const Evidence& e) {
    std::vector<std::string> wrong = e.failures;
    const auto& x = scenario.expect;
    const auto differ = [&](const std::string& what, const auto& wanted, const auto& found) {
        if (wanted != found) wrong.push_back(fmt::format("{}: expected {}, found {}", what, wanted, found));
    };
    std::vector<std::string> screens;
    for (const auto& step : e.steps) screens.push_back(step.screen);
    if (const auto missed = not_reached(x.screens, screens)) wrong.push_back(fmt::format("screen {} was not reached", *missed));
    if (const auto missed = not_reached(x.guidances, e.guidances)) wrong.push_back(fmt::format("guidance {} was not given in its turn; given: {}", *missed, fmt::join(e.guidances, " ")));
    if (x.photo_within_ms) {
        const auto took = photographed_ms(e.steps);
        if (!took || *took > *x.photo_within_ms) wrong.push_back(fmt::format("the photograph took {} ms of {}", took.value_or(-1), *x.photo_within_ms));
    }
    for (const auto& name : x.not_seen)
        if (std::ranges::any_of(e.steps, [&](const auto& s) { return s.screen == name; })) wrong.push_back(fmt::format("screen {} was shown", name));
    if (x.fault) differ("fault", *x.fault, e.faults.empty() ? std::string{} : e.faults.back());
    if (x.standing) differ("standing", *x.standing, e.standings.empty() ? std::string{} : e.standings.back());
    std::map<std::string, int> states;
    for (const auto& card : e.cards.value("cards", json::array())) ++states[card.value("state", "")];
    for (const auto& [state, n] : x.cards) differ("cards " + state, n, states[state]);
    for (const auto& [state, n] : states)
        if (!x.cards.empty() && !x.cards.contains(state)) wrong.push_back(fmt::format("{} cards in state {}", n, state));
    if (x.active) differ("active cards", *x.active, e.summary.value("active", 0));
    if (x.handed_out) differ("cards handed out", *x.handed_out, e.handed_out);
    if (x.in_bin) differ("cards in the bin", *x.in_bin, e.in_bin);
    if (x.disputes) differ("disputes", *x.disputes, static_cast<int>(e.centre.value("disputes", json::array()).size()));
    if (x.parked) differ("parked rows", *x.parked, static_cast<int>(e.outbox.value("parked", json::array()).size()));
    if (x.last_outcome) differ("outcome", *x.last_outcome, e.summary.value("outcome", std::string{}));
    if (x.path_open) differ("card path", std::string(*x.path_open ? "open" : "closed"), e.status.value("path", std::string{}));
    if (x.applications) {
        int n = 0;
        for (const auto& a : e.centre.value("applications", json::array())) n += a.value("kiosk", "").starts_with("nn-mzb") ? 1 : 0;
        differ("applications", *x.applications, n);
    }
    for (const auto& [code, least] : x.refusals) {
        const int found = e.centre.value("refusals", json::object()).value(code, 0);
        if (found < least) wrong.push_back(fmt::format("refusals {}: expected at least {}, found {}", code, least, found));
    }
    for (const auto& event : x.audit) {
        const auto rows = e.audit.value("last", json::array());
        if (std::ranges::none_of(rows, [&](const auto& row) { return row.value("event", "") == event; })) wrong.push_back("audit event " + event + " is missing");
    }
    if (e.audit.value("chain", std::string{"whole"}) != "whole") wrong.push_back("the audit chain is broken");
    if (const auto a = e.summary.value("supplies", json::object()).value("arithmetic", json::object()); !a.value("holds", false)) wrong.push_back("the arithmetic does not hold: " + a.dump());
    if (e.summary.value("active", 0) > 1 || (e.handed_out > 1 && e.summary.value("active", 0) > 1)) wrong.push_back("two cards");
    return wrong;
}

}  // namespace sim
