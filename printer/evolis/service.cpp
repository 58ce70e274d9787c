// The technician's side: status, counters, the bezel as a feeder, cleaning, the firmware's test card, a reboot.
#include "printer/evolis/evolis_printer.hpp"

namespace printer {

std::string_view name_of(DeviceState state) {
    constexpr std::string_view names[] = {"online", "offline", "power_off", "no_device", "hardware_error", "user_error", "busy"};
    static_assert(std::size(names) == static_cast<std::size_t>(DeviceState::busy) + 1);
    return names[static_cast<std::size_t>(state)];
}

namespace evolis {

namespace {
constexpr int reboot_tries = 3;

/// What staff can put right, as against what needs a technician.
bool is_users(FaultCode code) {
    using enum FaultCode;
    return code == printer_cover_open || code == printer_jam || code == printer_bin_full || code == printer_ribbon_out || code == printer_ribbon_wrong || code == printer_hopper_empty ||
           code == printer_cleaning_due;
}
/// Faults with which it still makes cards.
bool is_advice(FaultCode code) { return code == FaultCode::printer_hopper_empty || code == FaultCode::printer_cleaning_due; }
bool comes_back(FaultCode code) { return away(code) || code == FaultCode::printer_silent || code == FaultCode::printer_garbage; }

DeviceState state_of(bool port_is_ready, const std::vector<Fault>& faults, bool busy) {
    if (busy) return DeviceState::busy;
    if (std::ranges::any_of(faults, [](const Fault& f) { return !is_users(f.code); })) return DeviceState::hardware_error;
    if (std::ranges::any_of(faults, [](const Fault& f) { return !is_advice(f.code); })) return DeviceState::user_error;
    return port_is_ready || !faults.empty() ? DeviceState::online : DeviceState::hardware_error;
}
}  // namespace

awaitable<Result<Status>> EvolisPrinter::status() {
    Status status;
    if (!pipe_.connected()) co_return status;
    machine_.talk().begin();
    const auto port = co_await machine_.talk().port();
    if (!port) {
        status.device = away(port.error().code) ? DeviceState::no_device : DeviceState::offline;
        status.faults.push_back(port.error());
        co_return status;
    }
    auto seen = co_await machine_.sensors();
    auto causes = seen ? co_await machine_.what_is_wrong() : Result<std::vector<Fault>>{std::unexpected(seen.error())};
    if (!causes) {
        // A printer without power still shows its port; with power its port says at least "selected".
        status.device = away(causes.error().code) ? DeviceState::no_device : *port == 0 ? DeviceState::power_off : DeviceState::offline;
        status.faults.push_back(causes.error());
        co_return status;
    }
    status.sensors = *seen;
    status.media = seen->card;
    status.faults = *std::move(causes);
    const auto clean = co_await machine_.talk().ask({"Rlr;c", Expect::ok});
    if (!clean && clean.error().code == FaultCode::printer_cleaning_due) status.faults.push_back(clean.error());
    const auto ours = co_await machine_.is_ours();
    status.ours = ours && *ours;
    if (!ours && ours.error().code == FaultCode::printer_mechanical) status.faults.push_back(ours.error());
    status.device = state_of((*port & port_ready) == port_ready, status.faults, abandoned_);
    co_return status;
}

/// Nothing where this printer does not keep the number.
awaitable<Result<std::optional<int>>> EvolisPrinter::counter(std::string question) {
    auto answer = co_await machine_.talk().ask({std::move(question), Expect::count});
    if (answer) co_return number_of(*answer);
    if (answer.error().code == FaultCode::printer_command_refused) co_return std::nullopt;
    co_return std::unexpected(std::move(answer.error()));
}

awaitable<Result<Counters>> EvolisPrinter::counters() {
    machine_.talk().begin();
    Counters counters;
    const std::array numbers{std::pair{"Rco;c", &counters.cards},
                             std::pair{"Rco;p", &counters.panels},
                             std::pair{"Rco;n", &counters.cleanings},
                             std::pair{"Rco;a", &counters.cards_per_cleaning},
                             std::pair{"Rco;m", &counters.most_per_cleaning},
                             std::pair{"Rco;r", &counters.cards_to_cleaning}};
    for (const auto& [question, into] : numbers) {
        auto answer = co_await counter(question);
        if (!answer) co_return std::unexpected(std::move(answer.error()));
        *into = *answer;
    }
    auto head = co_await machine_.talk().ask({"Rkn", Expect::word});
    if (head) counters.head = *std::move(head);
    else if (head.error().code != FaultCode::printer_command_refused) co_return std::unexpected(std::move(head.error()));
    co_return counters;
}

awaitable<Act> EvolisPrinter::feed_from_bezel() {
    if (auto ended = co_await before(Need::nothing, is_out)) co_return *std::move(ended);
    // Should the way back to the hopper get lost, the next act takes the printer over first: a kiosk's next blank must not be asked of a person.
    machine_.forget();
    if (auto turned = co_await machine_.talk().order({"Pcim;I;S"}, options_.short_command); !turned) co_return co_await refused_here(turned.error());
    Begun begun{abandoned_};
    auto answer = co_await machine_.talk().order({"Sis"}, options_.bezel_insert);
    auto act = co_await judge({{"Sis"}, options_.bezel_insert, Need::nothing, is_out, is_at_chip, is_at_chip}, std::move(answer));
    begun.end();
    if (act.fault && away(act.fault->code)) co_return act;
    const auto back = co_await machine_.talk().order({"Pcim;F;S"}, options_.short_command);
    if (back) {
        machine_.still_mine();
    } else if (const auto where = co_await machine_.position(); act.ok() && where && *where != act.where) {
        co_return Act{Did::unknown, *where, back.error()};
    }
    co_return act;
}

awaitable<Act> EvolisPrinter::clean() {
    if (auto ended = co_await before(Need::nothing, is_empty)) co_return *std::move(ended);
    const auto tag = co_await machine_.ribbon();
    if (!tag) co_return co_await refused_here(tag.error());
    if (!tag->type.empty()) co_return co_await refused_here({FaultCode::printer_command_refused, "the ribbon has to be taken out for cleaning"});
    Begun begun{abandoned_};
    auto answer = co_await machine_.talk().order({"Scp"}, options_.cleaning);
    auto act = co_await judge({{"Scp"}, options_.cleaning, Need::nothing, is_empty, is_nowhere, is_anywhere}, std::move(answer));
    begun.end();
    co_return act;
}

awaitable<Act> EvolisPrinter::test_card(int hopper) {
    held_.reset();
    return feed_by(hopper, {{"St"}, options_.test_card, Need::blank, is_empty, is_nowhere, [](Position p) { return is_inside(p) || is_out(p); }});
}

awaitable<Result<Identity>> EvolisPrinter::reboot() {
    machine_.talk().begin();
    held_.reset();
    // One that boots at once says nothing any more.
    auto said = co_await machine_.talk().order({"Srs"}, options_.short_command);
    if (!said && !comes_back(said.error().code)) co_return std::unexpected(said.error());
    machine_.forget();
    Fault last{FaultCode::printer_missing, "it does not come back after Srs"};
    for (int i = 0; i < reboot_tries; ++i) {
        co_await clock_.sleep(options_.reboot_wait);
        if (!pipe_.connected()) continue;
        auto again = co_await machine_.take_over();
        if (again) {
            abandoned_ = false;
            co_return again;
        }
        last = again.error();
        if (!comes_back(last.code)) break;
    }
    co_return std::unexpected(std::move(last));
}

awaitable<Result<void>> EvolisPrinter::set_bezel_limit(std::chrono::seconds limit) {
    constexpr std::chrono::seconds most{255};
    if (limit < std::chrono::seconds{0} || limit > most) co_return drivers::fail(FaultCode::bad_configuration, "the bezel waits 0 to 255 seconds");
    if (auto ours = co_await machine_.still_ours(); !ours) co_return std::unexpected(ours.error());
    co_return co_await machine_.set_bezel_limit(static_cast<int>(limit.count()));
}

}  // namespace evolis
}  // namespace printer
