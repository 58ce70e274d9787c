// Time and the wire of the printer model: commands one after another, replies when they are due, errors held or answered, the firmware's own
// retraction, disturbances. The table of commands is printer_commands.cpp, what moves is printer_mechanics.cpp.
#include "sim/models/printer_impl.hpp"

#include <algorithm>
#include <utility>

namespace sim {
namespace {

constexpr std::size_t max_log_lines = 5000, max_queued_commands = 256;
constexpr Time delayed_reply = std::chrono::seconds{3};
constexpr int slow_factor = 3;
constexpr std::uint8_t status_select = 0x10, status_no_error = 0x08, status_paper_empty = 0x20;  // USB printer class, GET_PORT_STATUS

bool is_media(std::string_view error) { return error == trouble::feeder_empty || error == trouble::ribbon || error == trouble::bin_full; }

}  // namespace

// ---- time ----

std::optional<Time> PrinterModel::Impl::next_event() const {
    std::optional<Time> next;
    const auto consider = [&](Time t) { next = next ? std::min(*next, t) : t; };
    if (boots_until) consider(*boots_until);
    if (inside.moving()) consider(inside.ends());
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
            const Trouble trouble = inside.end();
            if (inside.place() == Place::bezel) {
                presented_at = *t;
            } else {
                presented_at.reset();
            }
            if (retreating) {  // nobody asked for it, nobody is answered
                retreating = false;
                if (!trouble.empty()) error = trouble;
                else if (settings.bezel_action == 'R' && inside.place() == Place::print) retreating = inside.begin(Move::reject, *t, 0, {}, 1).empty();
            } else if (!trouble.empty()) {
                failed(trouble, *t);
            } else if (running) {
                error.clear();
                if (is_panel(running->plan.moves[running->step])) pending.reset();
                ++running->step;
            }
            tell();
        } else {  // nobody took the card: the firmware acts by itself
            presented_at.reset();
            retreating = inside.begin(Move::retract, *t, 0, {}, 1).empty();
            note(*t, false, "(bezel time-out)");
            tell();
        }
        drive(*t);
    }
}

/// Goes on with the running command, or takes the next ones, until something has to move or the queue is empty.
void PrinterModel::Impl::drive(Time t) {
    while (!boots_until && !inside.moving() && !held) {
        if (!running) {
            if (queue.empty()) return;
            start_next(t);
            continue;
        }
        Running& r = *running;
        if (r.step >= r.plan.moves.size()) {
            finished(t);
            continue;
        }
        const Move move = r.plan.moves[r.step];
        std::vector<std::uint8_t> ink;
        if (is_panel(move)) {
            if (!ribbon_set_taken && !inside.take_ribbon_set(settings.ribbon)) {
                failed(trouble::ribbon, t);
                continue;
            }
            ribbon_set_taken = true;
            if (pending) ink = pending->plane;
        }
        const Trouble refused = inside.begin(move, t, settings.feeder - 1, std::move(ink), r.disturbance == Disturbance::slow ? slow_factor : 1);
        if (!refused.empty()) {
            failed(refused, t);
            continue;
        }
        presented_at.reset();
        tell();
    }
}

void PrinterModel::Impl::start_next(Time t) {
    Running r{.command = std::move(queue.front()), .plan = {}, .step = 0, .disturbance = Disturbance::none};
    queue.pop_front();
    const std::string text = r.command.text;
    r.disturbance = disturbance_of_command(text);
    std::vector<PrinterFault> struck;
    for (auto it = faults_at.begin(); it != faults_at.end();) {
        if (!text.starts_with(it->second)) {
            ++it;
            continue;
        }
        struck.push_back(it->first);
        it = faults_at.erase(it);
    }
    if (r.disturbance == Disturbance::off || r.disturbance == Disturbance::unplugged) return;  // swallowed
    if (auto reply = reply_of_command(text)) r.plan = Plan{.reply = std::move(*reply), .moves = {}, .done = {}};
    else r.plan = plan(r.command);
    const bool moves = !r.plan.moves.empty();
    running = std::move(r);
    for (const PrinterFault fault : struck) {
        if (const Trouble trouble = inside.strike(fault, moves); !trouble.empty() && running) answer_error(trouble, t);
    }
    if (!running) return;
    if (running->plan.moves.empty()) finished(t);
}

void PrinterModel::Impl::finished(Time t) {
    Running r = std::move(*running);
    running.reset();
    if (r.plan.done) r.plan.done();
    answer(std::move(r.plan.reply), r.disturbance, t);
    if (std::exchange(reboot_due, false)) boot(t);
}

void PrinterModel::Impl::failed(Trouble trouble, Time at) {
    error = trouble;
    if (settings.error_management == 0 || settings.error_management == 16) {  // the printer is master: BUSY until hands have helped
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

void PrinterModel::Impl::boot(Time at) {
    parser.clear();
    queue.clear();
    running.reset();
    settings = {};
    sequence = Sequence::none;
    pending.reset();
    error.clear();
    held = retreating = reboot_due = false;
    presented_at.reset();
    inside.halt();
    inside.sensors_restart();
    boots_until = at + std::chrono::duration_cast<Time>(setup.durations.boot / setup.speed);
    tell();
}

/// Somebody removed a cause: the error goes, and a printer that is master tries its command once more.
void PrinterModel::Impl::hands_were_in(Time at) {
    if (!error.empty() && !inside.still_there(error, settings.feeder - 1)) {
        error.clear();
        held = false;
    }
    if (inside.place() != Place::bezel) presented_at.reset();
    tell();
    drive(at);
}

// ---- the wire ----

Disturbance PrinterModel::Impl::disturbance_of_command(const std::string& text) {
    for (auto it = disturbances_at.begin(); it != disturbances_at.end(); ++it) {
        if (!text.starts_with(it->second)) continue;
        const Disturbance d = it->first;
        disturbances_at.erase(it);
        return d;
    }
    return disturbance;
}

std::optional<std::string> PrinterModel::Impl::reply_of_command(const std::string& text) {
    const auto at = std::ranges::find_if(replies_at, [&](const auto& r) { return text.starts_with(r.first); });
    if (at == replies_at.end()) return std::nullopt;
    std::string reply = std::move(at->second);
    replies_at.erase(at);
    return reply;
}

void PrinterModel::Impl::answer(std::string text, Disturbance d, Time at) {
    note(at, false, text);
    if (d == Disturbance::wrong) std::swap(text, previous_reply);
    else previous_reply = text;
    if (d == Disturbance::stuck || d == Disturbance::off || d == Disturbance::unplugged) return;
    if (d == Disturbance::intermittent && ++intermittent % 3 == 0) return;
    if (d == Disturbance::garbage) {
        for (char& c : text) c = static_cast<char>(c ^ 0x5D);
    }
    Bytes bytes;
    for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
    bytes.push_back(std::byte{0});
    replies.push_back({.due = d == Disturbance::delayed ? at + delayed_reply : at, .bytes = std::move(bytes)});
}

void PrinterModel::Impl::note(Time at, bool from_host, std::string text) {
    lines.push_back({.at = at, .from_host = from_host, .text = std::move(text)});
    if (lines.size() > max_log_lines) lines.pop_front();
}

// ---- the face ----

PrinterModel::PrinterModel(PrinterSetup setup) : impl_(std::make_unique<Impl>(std::move(setup))) { impl_->model = this; }
PrinterModel::~PrinterModel() = default;

void PrinterModel::host_writes(View data, Time now) {
    impl_->advance(now);
    if (impl_->silent() || impl_->boots_until) return;
    const std::size_t before = impl_->queue.size();
    impl_->parser.feed(data, impl_->queue);
    for (std::size_t i = before; i < impl_->queue.size(); ++i) impl_->note(now, true, impl_->queue[i].text);
    while (impl_->queue.size() > max_queued_commands) impl_->queue.pop_back();
    impl_->drive(now);
}

Bytes PrinterModel::host_reads(std::size_t max, Time now) {
    impl_->advance(now);
    auto& replies = impl_->replies;
    if (replies.empty() || replies.front().due > now || impl_->silent()) return {};
    Bytes& bytes = replies.front().bytes;
    const auto n = static_cast<std::ptrdiff_t>(std::min(max, bytes.size()));
    Bytes out(bytes.begin(), bytes.begin() + n);
    bytes.erase(bytes.begin(), bytes.begin() + n);
    if (bytes.empty()) replies.pop_front();
    return out;
}

std::uint8_t PrinterModel::port_status(Time now) {
    impl_->advance(now);
    if (impl_->silent() || impl_->boots_until) return 0;
    const std::string& error = impl_->error;
    if (impl_->inside.cover_open() || !error.empty()) return is_media(error) ? status_select | status_paper_empty : status_select;
    return status_select | status_no_error;
}

std::optional<Time> PrinterModel::next_event() const {
    auto next = impl_->next_event();
    for (const auto& reply : impl_->replies) {
        if (reply.due > impl_->seen && (!next || reply.due < *next)) next = reply.due;  // one that waits to be read is no event any more
    }
    return next;
}
void PrinterModel::advance(Time now) { impl_->advance(now); }

void PrinterModel::power_cycle(Time now) {
    impl_->advance(now);
    impl_->replies.clear();
    impl_->note(now, false, "(power)");
    impl_->boot(now);
}

void PrinterModel::load(int hopper, std::vector<CardPtr> cards) {
    impl_->inside.load(hopper, std::move(cards));
    impl_->hands_were_in(impl_->seen);
}
std::vector<CardPtr> PrinterModel::unload(int hopper) {
    auto out = impl_->inside.unload(hopper);
    impl_->tell();
    return out;
}
std::vector<CardPtr> PrinterModel::empty_bin() {
    auto out = impl_->inside.empty_bin();
    impl_->hands_were_in(impl_->seen);
    return out;
}
void PrinterModel::new_ribbon(std::string type, int remaining) {
    impl_->inside.new_ribbon(std::move(type), remaining);
    impl_->hands_were_in(impl_->seen);
}

void PrinterModel::open_cover(bool open, Time now) {
    impl_->advance(now);
    const bool was_moving = impl_->inside.moving();
    impl_->inside.open_cover(open, now);
    if (open && was_moving) {
        impl_->inside.halt();
        if (std::exchange(impl_->retreating, false)) impl_->error = trouble::cover;
        else if (impl_->running) impl_->failed(trouble::cover, now);
    }
    impl_->hands_were_in(now);
}

CardPtr PrinterModel::take(Time now) {
    impl_->advance(now);
    CardPtr card = impl_->inside.take();
    if (card) impl_->hands_were_in(now);
    return card;
}
CardPtr PrinterModel::snatch(Time now) {
    impl_->advance(now);
    CardPtr card = impl_->inside.snatch(now);
    if (card) impl_->tell();
    return card;
}
bool PrinterModel::push_in(CardPtr card, Time now) {
    impl_->advance(now);
    if (!impl_->inside.push_in(std::move(card))) return false;
    if (!impl_->inside.moving()) impl_->presented_at = now;
    impl_->tell();
    return true;
}
std::vector<CardPtr> PrinterModel::clear_path(Time now) {
    impl_->advance(now);
    const bool was_moving = impl_->inside.moving();
    auto out = impl_->inside.clear_path();
    if (was_moving && !std::exchange(impl_->retreating, false) && impl_->running) impl_->failed(trouble::mechanical, now);
    impl_->hands_were_in(now);
    return out;
}
void PrinterModel::put_inside(CardPtr card) {
    impl_->inside.put_inside(std::move(card));
    impl_->tell();
}

void PrinterModel::provoke(PrinterFault fault, std::string at_command) {
    if (fault == PrinterFault::none) {
        impl_->faults_at.clear();
        impl_->replies_at.clear();
        impl_->inside.forget_faults();
    } else if (at_command.empty()) {
        impl_->inside.provoke(fault);
    } else {
        impl_->faults_at.emplace_back(fault, std::move(at_command));
    }
    impl_->tell();
}
void PrinterModel::provoke_at(std::string command_prefix, PrinterFault fault) { impl_->faults_at.emplace_back(fault, std::move(command_prefix)); }
void PrinterModel::provoke_at(std::string command_prefix, std::string reply) { impl_->replies_at.emplace_back(std::move(command_prefix), std::move(reply)); }
void PrinterModel::disturb(Disturbance d, std::string at_command) {
    if (d == Disturbance::none) impl_->disturbances_at.clear();
    if (at_command.empty()) impl_->disturbance = d;
    else impl_->disturbances_at.emplace_back(d, std::move(at_command));
}

Place PrinterModel::place() const { return impl_->inside.place(); }
CardPtr PrinterModel::card_inside() const { return impl_->inside.cards().empty() ? nullptr : impl_->inside.cards().front(); }
std::vector<CardPtr> PrinterModel::cards_inside() const { return {impl_->inside.cards().begin(), impl_->inside.cards().end()}; }
const std::deque<CardPtr>& PrinterModel::hopper(int i) const { return impl_->inside.hopper(i); }
const std::vector<CardPtr>& PrinterModel::bin() const { return impl_->inside.bin(); }
int PrinterModel::ribbon_remaining() const { return impl_->inside.ribbon_remaining(); }
bool PrinterModel::cover_open() const { return impl_->inside.cover_open(); }
bool PrinterModel::moving() const { return impl_->inside.moving(); }
SmartCard* PrinterModel::chip_at_station() const {
    if (place() != Place::chip || impl_->inside.cards().empty()) return nullptr;
    return impl_->inside.cards().front()->chip.get();
}
std::chrono::milliseconds PrinterModel::shortest_schedule() const { return impl_->inside.shortest_schedule(); }
const std::deque<PrinterModel::Line>& PrinterModel::log() const { return impl_->lines; }

}  // namespace sim
