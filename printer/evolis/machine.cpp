// Taking the printer over, its readiness, and its sensors.
#include "printer/evolis/machine.hpp"

#include <fmt/format.h>

namespace printer::evolis {

using drivers::FaultCode;

namespace {
const Command ask_position{"Rlr;p", Expect::position};
const Command ask_bin{"Rlr;h", Expect::bin};
const Command ask_bezel{"Rse;b", Expect::volts};
const Command ask_cover{"Rse;o", Expect::volts};
const Command ask_errors_mode{"Rem", Expect::pair};
const Command ask_end_mark{"Rcr", Expect::ok};
const Command clear_error{"Scs", Expect::ok};

bool hinders(FaultCode cause, Need need) {
    if (cause == FaultCode::printer_bin_full) return need == Need::bin;
    if (cause == FaultCode::printer_ribbon_out) return need == Need::ribbon;
    if (cause == FaultCode::printer_hopper_empty) return false;  // another feeder may be chosen; an empty one says so itself
    return true;  // cover and jam hinder every movement
}
bool away(const Fault& fault) { return fault.code == FaultCode::printer_unplugged || fault.code == FaultCode::printer_missing; }
}  // namespace

awaitable<Result<Identity>> Machine::take_over() {
    ours_since_.reset();
    talk_.know_serial({});  // perhaps another printer stands there now
    talk_.begin();
    Result<std::string> alive;
    for (int i = 0; i < boot_tries; ++i) {
        alive = co_await talk_.ask({"Rok", Expect::ok});
        if (alive || (alive.error().code != FaultCode::printer_silent && alive.error().code != FaultCode::printer_garbage)) break;
    }
    if (!alive) co_return std::unexpected(alive.error());
    if (was_set_) {
        // Only Rem tells a printer that was off from one whose cable was out.
        const auto mode = co_await talk_.ask(ask_errors_mode);
        if (!mode || !mode->starts_with(host_manages_errors)) ribbon_.printer_started();
    }
    Identity identity;
    const std::array names{std::pair{"Rsn", &identity.serial}, std::pair{"Rtp", &identity.model}, std::pair{"Rfv", &identity.firmware}};
    for (const auto& [command, into] : names) {
        auto answer = co_await talk_.ask({command, Expect::word});
        if (!answer) co_return std::unexpected(answer.error());
        *into = *std::move(answer);
    }
    talk_.know_serial(identity.serial);
    if (auto set = co_await set_all(); !set) co_return std::unexpected(set.error());
    auto mode = co_await talk_.ask(ask_errors_mode);
    if (!mode) co_return std::unexpected(mode.error());
    if (!mode->starts_with(host_manages_errors)) co_return drivers::fail(FaultCode::printer_command_refused, fmt::format("Rem: {} after Pem;2", *mode));
    if (mode->substr(mode->find(';') + 1) != no_hardware_code) co_return drivers::fail(FaultCode::printer_mechanical, fmt::format("hardware code, Rem: {}", *mode));
    ours_since_ = talk_.link();
    co_return identity;
}

awaitable<Result<void>> Machine::set_all() {
    ++epoch_;
    for (const auto text : setup_commands) {
        if (auto port = co_await ready(Need::nothing); !port) co_return port;
        if (auto done = co_await talk_.order({std::string{text}, Expect::ok}, options_.short_command); !done) co_return done;
    }
    ribbon_set_ = RibbonKind::ymckok;
    was_set_ = true;
    if (bezel_seconds_ == 0) co_return Result<void>{};
    co_return co_await at_bezel_alone(bezel_seconds_);
}

awaitable<Result<void>> Machine::at_bezel_alone(int seconds) {
    if (seconds == 0) co_return co_await talk_.order({std::string{no_firmware_retraction}}, options_.short_command);
    if (auto delay = co_await talk_.order(bezel_seconds(seconds), options_.short_command); !delay) co_return delay;
    co_return co_await talk_.order({std::string{firmware_retraction}}, options_.short_command);
}

awaitable<Result<void>> Machine::set_bezel_limit(int seconds) {
    auto set = co_await at_bezel_alone(seconds);
    if (set) bezel_seconds_ = seconds;
    else forget();
    co_return set;
}

awaitable<Result<void>> Machine::choose_ribbon(RibbonKind kind) {
    if (kind == ribbon_set_) co_return Result<void>{};
    ribbon_set_ = RibbonKind::unknown;
    auto set = co_await talk_.order(set_ribbon(kind), options_.short_command);
    if (set) ribbon_set_ = kind;
    co_return set;
}

awaitable<Result<bool>> Machine::is_ours() {
    if (ours_since_ != talk_.link()) co_return false;
    auto mode = co_await talk_.ask(ask_errors_mode);
    if (!mode) co_return std::unexpected(mode.error());
    if (mode->substr(mode->find(';') + 1) != no_hardware_code) co_return drivers::fail(FaultCode::printer_mechanical, fmt::format("hardware code, Rem: {}", *mode));
    co_return mode->starts_with(host_manages_errors);
}

awaitable<Result<void>> Machine::still_ours() {
    talk_.begin();
    auto ours = co_await is_ours();
    if (!ours) co_return std::unexpected(ours.error());
    if (*ours) co_return Result<void>{};
    auto taken = co_await take_over();
    if (!taken) co_return std::unexpected(taken.error());
    co_return Result<void>{};
}

awaitable<Result<void>> Machine::ready(Need need) {
    auto status = co_await talk_.port();
    if (!status) co_return std::unexpected(status.error());
    if ((*status & port_ready) == port_ready) co_return Result<void>{};
    // Moves nothing, and is refused while the cause is there: a card that merely stopped in the path is then known from a jam.
    auto cleared = co_await talk_.order(clear_error, options_.short_command);
    if (!cleared && !is_refusal(cleared.error().code)) co_return cleared;
    const auto deadline = clock_.steady() + ready_limit;
    for (;;) {
        auto state = co_await hindrance(need);
        if (!state) co_return std::unexpected(state.error());
        if (*state != Port::unexplained) co_return Result<void>{};
        if (clock_.steady() >= deadline) co_return drivers::fail(FaultCode::printer_mechanical, "the port shows an error that no sensor explains");
        co_await clock_.sleep(options_.sensor_poll);
    }
}

awaitable<Result<Machine::Port>> Machine::hindrance(Need need) {
    auto status = co_await talk_.port();
    if (!status) co_return std::unexpected(status.error());
    if ((*status & port_ready) == port_ready) co_return Port::ready;
    auto causes = co_await what_is_wrong();
    if (!causes) co_return std::unexpected(causes.error());
    for (auto& cause : *causes)
        if (hinders(cause.code, need)) co_return std::unexpected(std::move(cause));
    co_return causes->empty() ? Port::unexplained : Port::explained;
}

awaitable<Result<std::vector<Fault>>> Machine::what_is_wrong() {
    std::vector<Fault> causes;
    auto open = co_await cover_open();
    if (!open) co_return std::unexpected(open.error());
    if (*open) causes.push_back({FaultCode::printer_cover_open, "Rse;o"});
    auto where = co_await talk_.ask(ask_position);
    if (!where) co_return std::unexpected(where.error());
    if (seat_of(*where) == Seat::path) causes.push_back({FaultCode::printer_jam, "Rlr;p: ERR CARD"});
    auto bin = co_await talk_.ask(ask_bin);
    if (!bin) co_return std::unexpected(bin.error());
    if (*bin == "CARD") causes.push_back({FaultCode::printer_bin_full, "Rlr;h"});
    auto left = co_await ribbon();
    if (!left && away(left.error())) co_return std::unexpected(left.error());
    if (left && left->level == RibbonLevel::out) causes.push_back({FaultCode::printer_ribbon_out, "Rrt;count"});
    bool an_empty_one = false;
    for (int feeder = 1; feeder <= max_hoppers && !an_empty_one; ++feeder) {
        auto has = co_await switched(ask_feeder(feeder));
        if (!has) break;  // there are no more feeders
        an_empty_one = !*has;
    }
    if (an_empty_one) causes.push_back({FaultCode::printer_hopper_empty, "Rse;f"});
    co_return causes;
}

awaitable<Result<bool>> Machine::switched(Command command) {
    auto answer = co_await talk_.ask(std::move(command));
    if (!answer) co_return std::unexpected(answer.error());
    co_return volts_of(*answer) >= switched_volts;
}

awaitable<Result<bool>> Machine::cover_open() {
    auto closed = co_await switched(ask_cover);
    if (!closed) co_return std::unexpected(closed.error());
    if (!*closed) ribbon_.cover_seen_open();
    co_return !*closed;
}

awaitable<Result<Position>> Machine::position() {
    // The bezel first: a card that is pulled in between the two questions is then seen inside. The other way round it is seen nowhere, which passes for
    // taken (found by the interleaving test: a reset brings the firmware's own retraction back).
    auto bezel = co_await switched(ask_bezel);
    if (!bezel) co_return std::unexpected(bezel.error());
    auto seat = co_await talk_.ask(ask_position);
    if (!seat) co_return std::unexpected(seat.error());
    switch (seat_of(*seat)) {
        case Seat::none: co_return *bezel ? Position::presented : Position::not_present;
        case Seat::print: co_return Position::at_print;
        case Seat::chip: co_return Position::at_chip_station;
        case Seat::contactless: co_return Position::at_contactless;
        case Seat::path: break;
    }
    // In the path: stuck there when the port shows an error, else merely where no sensor has a name for it.
    auto status = co_await talk_.port();
    if (!status) co_return std::unexpected(status.error());
    if ((*status & port_ready) != port_ready) co_return Position::jammed;
    co_return *bezel ? Position::presented : Position::inside;
}

awaitable<Result<Sensors>> Machine::sensors() {
    Sensors all;
    auto where = co_await position();
    if (!where) co_return std::unexpected(where.error());
    all.card = *where;
    auto open = co_await cover_open();
    if (!open) co_return std::unexpected(open.error());
    all.cover_open = *open;
    auto bin = co_await talk_.ask(ask_bin);
    if (!bin) co_return std::unexpected(bin.error());
    all.reject_bin_full = *bin == "CARD";
    all.hoppers = 0;
    for (int feeder = 1; feeder <= max_hoppers; ++feeder) {
        auto has = co_await switched(ask_feeder(feeder));
        if (!has && has.error().code == FaultCode::printer_command_refused) break;  // no such feeder
        if (!has) co_return std::unexpected(has.error());
        auto low = co_await switched(ask_feeder_low(feeder));
        if (!low) co_return std::unexpected(low.error());
        const auto i = static_cast<std::size_t>(all.hoppers++);
        all.hopper_has_card[i] = *has;
        all.hopper_low[i] = *low;
    }
    co_return all;
}

awaitable<Result<int>> Machine::number(std::string question) {
    auto answer = co_await talk_.ask({std::move(question), Expect::number});
    if (!answer) co_return std::unexpected(answer.error());
    co_return number_of(*answer);
}

awaitable<Result<Ribbon>> Machine::ribbon() {
    Ribbon ribbon;
    auto type = co_await talk_.ask({"Rrt;type", Expect::word});
    if (!type && type.error().code == FaultCode::printer_ribbon_out) {
        ribbon.level = RibbonLevel::out;
        co_return ribbon;
    }
    if (!type && type.error().code == FaultCode::printer_mechanical) co_return drivers::fail(FaultCode::printer_ribbon_wrong, "the tag is not readable: " + type.error().detail);
    if (!type) co_return std::unexpected(type.error());
    ribbon.type = *std::move(type);
    auto left = co_await number("Rrt;count");
    if (!left) co_return std::unexpected(left.error());
    auto whole = co_await number("Rrt;qty");
    if (!whole) co_return std::unexpected(whole.error());
    ribbon.remaining = *left;
    ribbon.capacity = *whole;
    // Printers without zones know neither word.
    const auto sold_for = co_await number("Rrt;zone");
    const auto stands_in = co_await number("Rzp");
    for (const auto* zone : {&sold_for, &stands_in})
        if (!*zone && zone->error().code != FaultCode::printer_command_refused) co_return std::unexpected(zone->error());
    ribbon.foreign_zone = sold_for && stands_in && *sold_for != *stands_in;
    std::optional<bool> at_mark;
    if (ribbon_.doubts(ribbon)) {
        const auto mark = co_await talk_.ask(ask_end_mark);
        if (!mark && away(mark.error())) co_return std::unexpected(mark.error());
        if (!mark && mark.error().code == FaultCode::printer_ribbon_error) at_mark = true;  // any other word: it does not know
    }
    ribbon.level = ribbon_.judge(ribbon, at_mark);
    co_return ribbon;
}

awaitable<Fault> Machine::refine(Fault fault) {
    if (fault.code != FaultCode::printer_ribbon_error) co_return fault;
    const auto tag = co_await ribbon();
    if (!tag) co_return fault;
    if (tag->level == RibbonLevel::out) {
        fault.code = FaultCode::printer_ribbon_out;
    } else if (tag->foreign_zone || tag->kind() == RibbonKind::unknown || (ribbon_set_ != RibbonKind::unknown && tag->kind() != ribbon_set_)) {
        fault.code = FaultCode::printer_ribbon_wrong;
    } else if (tag->level == RibbonLevel::low || tag->level == RibbonLevel::unknown) {
        // Used up, and shown as low: from now on it is out, or the next blank would be spoiled on it too.
        ribbon_.ended(tag->remaining);
        fault.code = FaultCode::printer_ribbon_out;
    }
    co_return fault;
}

}  // namespace printer::evolis
