// Time in the printer's firmware: one command after another, movement by movement; errors that are answered or held (Pem), waits for human beings (Psmgr),
// the firmware's own retraction (Pbc), booting.
#include "sim/models/printer_impl.hpp"

#include <algorithm>
#include <utility>

namespace sim {
namespace {
constexpr int slow_factor = 3, cover_is_not_watched = 1, errors_stay = 3;  // Pem values
}  // namespace

std::optional<Time> PrinterModel::Impl::next_event() const {
    std::optional<Time> next;
    const auto consider = [&](Time t) { next = next ? std::min(*next, t) : t; };
    if (boots_until) consider(*boots_until);
    if (inside.moving()) consider(inside.ends());
    if (running && running->gives_up) consider(*running->gives_up);
    if (presented_at && settings.bezel_action != 'D' && !boots_until && !running) consider(*presented_at + settings.bezel_delay);
    return next;
}

void PrinterModel::Impl::advance(Time now) {
    seen = std::max(seen, now);
    drive(now);
    while (const auto t = next_event()) {
        if (*t > now) break;
        if (boots_until == *t) {
            boots_until.reset();
            if (inside.place() == Place::bezel) presented_at = *t;
        } else if (inside.moving()) {
            movement_ended(*t);
        } else if (running) {
            gave_up(*t);
        } else {  // nobody took the card: the firmware acts by itself
            presented_at.reset();
            retreating = inside.begin(Move::retract, *t, {}).empty();
            note(*t, false, "(bezel time-out)");
            tell();
        }
        drive(*t);
    }
}

void PrinterModel::Impl::movement_ended(Time t) {
    const Trouble trouble = inside.end();
    if (inside.place() == Place::bezel) presented_at = t;
    else presented_at.reset();
    if (retreating) {  // nobody asked for it, nobody is answered
        retreating = false;
        if (!trouble.empty()) error = trouble;
        else if (settings.bezel_action == 'R' && inside.place() == Place::print) retreating = inside.begin(Move::reject, t, {}).empty();
    } else if (!trouble.empty()) {
        failed(trouble, t);
    } else if (running) {
        error.clear();
        const Move done = running->plan.moves[running->step];
        if (is_panel(done)) {
            pending.reset();
            if (done != Move::panel_back) last_front.push_back(done);
        }
        ++running->step;
        if (done == Move::eject && settings.blocks) running->gives_up = t + settings.bezel_delay;
    }
    tell();
}

/// Goes on with the running command, or takes the next ones, until something has to move or the queue is empty.
void PrinterModel::Impl::drive(Time t) {
    while (!boots_until && !inside.moving() && !held) {
        if (!running) {
            if (queue.empty()) return;
            start_next(t);
        } else if (running->gives_up) {
            return;
        } else if (running->step >= running->plan.moves.size()) {
            finished(t);
        } else if (!step_on(*running, t)) {
            return;
        }
    }
}

/// Begins the next movement; false: it waits for a human being instead.
bool PrinterModel::Impl::step_on(Running& r, Time t) {
    const Move move = r.plan.moves[r.step];
    MoveOrder order{.hopper = settings.feeder - 1, .ink = {}, .ribbon = settings.ribbon, .new_card = !ribbon_set_taken, .slower = r.disturbance == Disturbance::slow ? slow_factor : 1};
    if (is_panel(move)) order.ink = buffers[panel_index(move)];
    const Trouble refused = inside.begin(move, t, std::move(order));
    if (refused == trouble::feeder_empty && settings.blocks && (move == Move::feed || (move == Move::retract && settings.insert_from == 'I'))) {
        r.gives_up = t + std::chrono::duration_cast<Time>(setup.durations.insert_wait);
        return false;
    }
    if (!refused.empty()) {
        failed(refused, t);
        return true;
    }
    if (is_panel(move)) ribbon_set_taken = true;
    if (move == Move::feed) ribbon_set_taken = false;
    presented_at.reset();
    tell();
    return true;
}

void PrinterModel::Impl::start_next(Time t) {
    Running r{.command = std::move(queue.front()), .plan = {}, .disturbance = Disturbance::none};
    queue.pop_front();
    const std::string text = r.command.text;
    r.disturbance = disturbance_of_command(text);
    std::vector<PrinterFault> events = faults_of_command(text);
    if (r.disturbance == Disturbance::off || r.disturbance == Disturbance::unplugged) return;  // swallowed
    // A condition is there before the command is looked at; an event waits for what moves.
    std::erase_if(events, [&](PrinterFault f) { return row_of(f).nature == Nature::condition && inside.strike(f, false).empty(); });
    if (auto reply = reply_of_command(text)) r.plan = Plan{.reply = std::move(*reply), .moves = {}, .done = {}};
    else r.plan = plan(r.command);
    const bool moves = !r.plan.moves.empty();
    running = std::move(r);
    for (const PrinterFault f : events) {
        if (const Trouble trouble = inside.strike(f, moves); !trouble.empty() && running) answer_error(trouble, t);
    }
    if (running && !moves) finished(t);
    tell();
}

void PrinterModel::Impl::finished(Time t) {
    Running r = std::move(*running);
    running.reset();
    if (r.plan.done) r.plan.done();
    answer(std::move(r.plan.reply), r.disturbance, t);
    if (std::exchange(reboot_due, false)) boot(t);
}

void PrinterModel::Impl::failed(Trouble trouble, Time at) {
    if (printer_is_master() && !running->retried) {  // BUSY until hands have helped
        error = trouble;
        held = true;
        note(at, false, "(BUSY: " + error + ")");
        return;
    }
    answer_error(trouble, at);
}

void PrinterModel::Impl::answer_error(Trouble trouble, Time at) {
    error = trouble;
    sequence = Sequence::none;
    pending.reset();
    const Running r = std::move(*running);
    running.reset();
    answer(error, r.disturbance, at);
}

/// Nobody gave a card, or nobody took one.
void PrinterModel::Impl::gave_up(Time t) {
    running->gives_up.reset();
    const bool presented = inside.place() == Place::bezel;
    if (presented || settings.insert_from == 'I') answer_error(trouble::mechanical, t);
    else failed(trouble::feeder_empty, t);
    tell();
}

void PrinterModel::Impl::boot(Time at) {
    parser.clear();
    queue.clear();
    running.reset();
    settings = {};
    settings.error_management = saved_error_management;
    sequence = Sequence::none;
    pending.reset();
    buffers = {};
    last_front.clear();
    error.clear();
    held = retreating = reboot_due = false;
    presented_at.reset();
    inside.halt();
    inside.sensors_restart();
    inside.wait_at_bezel(false);
    inside.ignore_cover(settings.error_management == cover_is_not_watched);
    boots_until = at + std::chrono::duration_cast<Time>(setup.durations.boot / setup.speed);
    tell();
}

/// Somebody removed a cause: the error goes, and a printer that is master tries its command once more (16: says what it was).
void PrinterModel::Impl::hands_were_in(Time at) {
    if (!error.empty() && !inside.still_there(error, settings.feeder - 1)) {
        const std::string was = error;
        if (settings.error_management != errors_stay) error.clear();
        if (std::exchange(held, false) && running) {
            if (settings.error_management == 0) running->retried = true;
            else answer_error(was, at);
        }
    }
    if (running && running->gives_up) {
        const bool taken = running->step >= running->plan.moves.size() && inside.place() != Place::bezel;
        const bool given = running->step < running->plan.moves.size();  // tried again; it waits anew when it was not that
        if (taken || given) running->gives_up.reset();
    }
    if (inside.place() != Place::bezel) presented_at.reset();
    tell();
    drive(at);
}

// ---- what was provoked at a command ----

std::vector<PrinterFault> PrinterModel::Impl::faults_of_command(const std::string& text) {
    std::vector<PrinterFault> out;
    std::erase_if(faults_at, [&](const auto& planned) {
        if (!text.starts_with(planned.second)) return false;
        out.push_back(planned.first);
        return true;
    });
    return out;
}

Disturbance PrinterModel::Impl::disturbance_of_command(const std::string& text) {
    const auto at = std::ranges::find_if(disturbances_at, [&](const auto& d) { return text.starts_with(d.second); });
    if (at == disturbances_at.end()) return disturbance;
    const Disturbance d = at->first;
    disturbances_at.erase(at);
    return d;
}

std::optional<std::string> PrinterModel::Impl::reply_of_command(const std::string& text) {
    const auto at = std::ranges::find_if(replies_at, [&](const auto& r) { return text.starts_with(r.first); });
    if (at == replies_at.end()) return std::nullopt;
    std::string reply = std::move(at->second);
    replies_at.erase(at);
    return reply;
}

}  // namespace sim
