// The session loop: rest on the welcome screen, serve one person or one staff visit, then clean up. Clean-up happens here because
// a journey that unwinds cannot await; each step is bounded or waits for the person's own document.
#include "kiosk/journeys/card_status.hpp"
#include "kiosk/journeys/steps.hpp"

namespace kiosk {

namespace {
/// The welcome screen looks anew at supplies this often, and whenever something changed.
constexpr std::chrono::seconds look_again{30};
/// A forgotten document: after this long a member of staff is called; the reminder stays until it is taken.
constexpr std::chrono::seconds document_reminder{60};

using drivers::ReaderPresence;

awaitable<void> reader_empty(Kiosk& kiosk) {
    for (;;) {
        const auto seen = kiosk.id_reader.changed().count();
        const auto now = kiosk.id_reader.presence();
        // A reader that is away cannot say; the next journey does not believe in what it did not see laid down.
        if (now != ReaderPresence::card) co_return;
        co_await kiosk.id_reader.changed().after(seen);
    }
}

awaitable<Welcome> welcome(Kiosk& kiosk) {
    Welcome screen{.banks = {}, .cannot = {}, .hotline = kiosk.config.hotline};
    const auto supplies = co_await look_at_supplies(kiosk);
    for (const auto& id : banks_in_stock(supplies))
        if (const auto* bank = find_bank(kiosk.config, id)) screen.banks.push_back(*bank);
    if (!kiosk.door.closed()) screen.cannot = FaultCode::door_open;
    else if (kiosk.card_path.state() == PathState::closed) screen.cannot = kiosk.card_path.closed_by().value_or(Fault{FaultCode::card_path_closed, {}}).code;
    else if (kiosk.card_path.state() != PathState::open) screen.cannot = FaultCode::card_path_closed;
    else if (!kiosk.issuing.reachable()) screen.cannot = FaultCode::centre_unreachable;
    else screen.cannot = shortage(supplies);
    // An enquiry needs no blank and no printer.
    screen.enquiries = kiosk.door.closed() && kiosk.issuing.reachable();
    co_return screen;
}

/// The person's document must not stay behind, and the next person must not be served on it.
awaitable<void> give_document_back(Kiosk& kiosk) {
    if (kiosk.id_reader.presence() != ReaderPresence::card) co_return;
    kiosk.stage.show(TakeDocumentBack{});
    if (co_await drivers::within(kiosk.clock, document_reminder, reader_empty(kiosk))) co_return;
    kiosk.stage.call_help();
    co_await reader_empty(kiosk);
}

awaitable<void> clean_up(Kiosk& kiosk, Left left, std::uint64_t helps_before) {
    const std::string screen{name_of(kiosk.stage.shown().question)};
    const auto helps = kiosk.stage.help_calls() - helps_before;
    kiosk.camera.stop();
    kiosk.stage.clear();
    kiosk.presence.forget();
    co_await kiosk.ledger.transact([=, now = kiosk.clock.utc()](Books& books) {
        for (std::uint64_t i = 0; i < std::min<std::uint64_t>(helps, 20); ++i) books.audit(AuditEvent::help_called, {{"screen", screen}}, now);
        books.audit(AuditEvent::session_left, {{"reason", name_of(left.reason)}, {"screen", screen}}, now);
    });
    co_await give_document_back(kiosk);
    kiosk.stage.clear();
}

awaitable<void> serve_person(Kiosk& kiosk, Welcome::Answer wish) {
    const auto helps = kiosk.stage.help_calls();
    Left left{LeaveReason::finished, {}};
    try {
        switch (wish) {
            case Welcome::Answer::start: co_await first_issue(kiosk); break;
            case Welcome::Answer::card_status: co_await card_status(kiosk); break;
        }
    } catch (const Left& reason) {
        left = reason;
    }
    co_await clean_up(kiosk, left, helps);
}

awaitable<void> serve_staff(Kiosk& kiosk, Bytes uid) {
    const auto helps = kiosk.stage.help_calls();
    Left left{LeaveReason::staff, {}};
    try {
        co_await staff_visit(kiosk, std::move(uid));
    } catch (const Left& reason) {
        left = reason;
    }
    kiosk.door.attend(false);
    co_await clean_up(kiosk, left, helps);
}

/// True when the kiosk was asked to stop.
awaitable<bool> rest_and_serve(Kiosk& kiosk, drivers::Signal& stop) {
    const auto path = kiosk.card_path.changed().count();
    const auto printer = kiosk.printer.changed().count();
    const auto centre = kiosk.issuing.reachability().count();
    const auto door = kiosk.door.moved().count();
    kiosk.stage.show(co_await welcome(kiosk));
#ifdef LIQU_BROKEN_LOSER_CONSUMES  // a build that the world has to catch: a side takes the answer before it knows that it has won the race
    auto touched = [](Stage& stage) -> awaitable<void> { (void)co_await stage.answered<Welcome>(); }(kiosk.stage);
#else
    auto touched = kiosk.stage.answer_waits<Welcome>();
#endif
    auto next = co_await drivers::first_of(std::move(touched), badge_shown(kiosk), stop.after(0), kiosk.card_path.changed().after(path),
                                           kiosk.printer.changed().after(printer), kiosk.issuing.reachability().after(centre), kiosk.door.moved().after(door), kiosk.clock.sleep(look_again));
    if (next.index() == 0) {
        auto wish = Welcome::Answer::start;
#ifndef LIQU_BROKEN_LOSER_CONSUMES
        wish = kiosk.stage.take<Welcome>();
#endif
        co_await serve_person(kiosk, wish);
    }
    if (next.index() == 1) co_await serve_staff(kiosk, std::get<1>(std::move(next)));
    co_return stop.count() > 0;
}
}  // namespace

awaitable<Supplies> look_at_supplies(Kiosk& kiosk) {
    std::optional<printer::Sensors> sensors;
    std::optional<printer::Ribbon> ribbon;
    if (kiosk.card_path.state() == PathState::open) {
        if (auto seen = co_await kiosk.printer.sensors()) sensors = *seen;
        if (auto seen = co_await kiosk.printer.ribbon()) ribbon = *seen;
    }
    auto supplies = co_await kiosk.ledger.look([config = &kiosk.config, sensors, ribbon](Books& books) { return supplies_of(*config, books, sensors, ribbon); });
    co_await note_mismatches(kiosk.ledger, supplies, kiosk.clock.utc());
    co_return supplies;
}

namespace {
awaitable<void> tell_start(Kiosk& kiosk) {
    co_await kiosk.ledger.transact(
        [now = kiosk.clock.utc()](Books& books) { books.audit(AuditEvent::kiosk_started, {{"build", build_name}, {"epoch", drivers::hex(books.epoch())}}, now); });
}
}  // namespace

awaitable<void> run_sessions(Kiosk& kiosk, drivers::Signal& stop) {
    for (bool told = false;;) {
        std::optional<Fault> broken;
        bool ended = false;
        try {
            if (!std::exchange(told, true)) co_await tell_start(kiosk);
            ended = co_await rest_and_serve(kiosk, stop);
        } catch (const Left& left) {
            // A leave that met the welcome screen (a shutdown): nothing is under way.
            ended = left.reason == LeaveReason::shutdown;
            kiosk.stage.clear();
        } catch (const LedgerError& error) {
            broken = Fault{error.code, error.what()};
        }
        if (ended) {
            co_await audit(kiosk, AuditEvent::kiosk_stopped, {{"reason", "asked"}});
            co_return;
        }
        if (broken) {
            // A ledger that cannot be written proves nothing any more: the kiosk says so and serves nobody.
            kiosk.camera.stop();
            kiosk.stage.clear();
            kiosk.presence.forget();
            kiosk.stage.show(Welcome{.banks = {}, .cannot = broken->code, .hotline = kiosk.config.hotline});
            co_await stop.after(0);
            co_return;
        }
    }
}

awaitable<void> run_hello(Kiosk& kiosk) {
    for (;;) {
        const auto supplies = co_await kiosk.ledger.look([config = &kiosk.config](Books& books) { return supplies_of(*config, books, std::nullopt, std::nullopt); });
        Hello hello{.build = std::string(build_name), .path = "open", .hoppers = {}, .ribbon = supplies.ribbon.count, .bin_room = supplies.bin.capacity - supplies.bin.count};
        if (const auto fault = kiosk.card_path.closed_by()) hello.path = name_of(fault->code);
        for (const auto& unit : supplies.hoppers) hello.hoppers.emplace_back(unit.bank, unit.count);
        const auto reply = co_await kiosk.issuing.hello(std::move(hello));
        if (reply && reply->ledger_restored && !kiosk.card_path.closed_by()) {
            co_await audit(kiosk, AuditEvent::ledger_restored, nlohmann::json::object());
            co_await kiosk.card_path.close(Fault{FaultCode::ledger_restored, "the centre knows a newer ledger"});
        }
        const auto soon = std::chrono::duration_cast<Duration>(std::chrono::seconds{5});
        co_await kiosk.clock.sleep(reply ? std::chrono::duration_cast<Duration>(kiosk.config.hello_every) : soon);
    }
}

}  // namespace kiosk
