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
    Identity identity;
    const std::array names{std::pair{"Rsn", &identity.serial}, std::pair{"Rtp", &identity.model}, std::pair{"Rfv", &identity.firmware}};
    for (const auto& [command, into] : names) {
        auto answer = co_await talk_.ask({command, Expect::word});
        if (!answer) co_return std::unexpected(answer.error());
        *into = *std::move(answer);
    }
    talk_.know_serial(identity.serial);
    for (const auto text : setup_commands) {
        if (auto port = co_await ready(Need::nothing); !port) co_return std::unexpected(port.error());
        if (auto done = co_await talk_.order({std::string{text}, Expect::ok}, options_.short_command); !done) co_return std::unexpected(done.error());
    }
    auto mode = co_await talk_.ask(ask_errors_mode);
    if (!mode) co_return std::unexpected(mode.error());
    if (*mode != host_manages_errors) co_return drivers::fail(FaultCode::printer_command_refused, fmt::format("Rem: {} after Pem;2", *mode));
    ours_since_ = talk_.link();
    co_return identity;
}

awaitable<Result<void>> Machine::still_ours() {
    talk_.begin();
    if (ours_since_ == talk_.link()) {
        auto mode = co_await talk_.ask(ask_errors_mode);
        if (!mode) co_return std::unexpected(mode.error());
        if (*mode == host_manages_errors) co_return Result<void>{};
    }
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
    auto closed = co_await switched(ask_cover);
    if (!closed) co_return std::unexpected(closed.error());
    if (!*closed) causes.push_back({FaultCode::printer_cover_open, "Rse;o"});
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

awaitable<Result<Position>> Machine::position() {
    auto seat = co_await talk_.ask(ask_position);
    if (!seat) co_return std::unexpected(seat.error());
    auto bezel = co_await switched(ask_bezel);
    if (!bezel) co_return std::unexpected(bezel.error());
    switch (seat_of(*seat)) {
        case Seat::none: co_return *bezel ? Position::presented : Position::not_present;
        case Seat::print: co_return Position::at_print;
        case Seat::chip: co_return Position::at_chip_station;
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
    auto closed = co_await switched(ask_cover);
    if (!closed) co_return std::unexpected(closed.error());
    all.cover_open = !*closed;
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

awaitable<Result<Ribbon>> Machine::ribbon() {
    Ribbon ribbon;
    auto type = co_await talk_.ask({"Rrt;type", Expect::word});
    if (!type && type.error().code == FaultCode::printer_ribbon_out) {
        ribbon.level = RibbonLevel::out;
        co_return ribbon;
    }
    if (!type) co_return std::unexpected(type.error());
    ribbon.type = *std::move(type);
    const std::array numbers{std::pair{"Rrt;count", &ribbon.remaining}, std::pair{"Rrt;qty", &ribbon.capacity}};
    for (const auto& [command, into] : numbers) {
        auto answer = co_await talk_.ask({command, Expect::number});
        if (!answer) co_return std::unexpected(answer.error());
        *into = number_of(*answer);
    }
    ribbon.level = ribbon.remaining == 0                                                ? RibbonLevel::out
                   : ribbon.remaining * 100 <= ribbon.capacity * ribbon_low_percent ? RibbonLevel::low
                                                                                        : RibbonLevel::ok;
    co_return ribbon;
}

awaitable<Fault> Machine::refine(Fault fault) {
    if (fault.code != FaultCode::printer_ribbon_error) co_return fault;
    auto tag = co_await ribbon();
    if (!tag) co_return fault;
    if (tag->level == RibbonLevel::out) fault.code = FaultCode::printer_ribbon_out;
    else if (!tag->type.starts_with("YMCKO")) fault.code = FaultCode::printer_ribbon_wrong;
    co_return fault;
}

}  // namespace printer::evolis
