// The wire of the printer model and its face: replies when they are due, disturbances, hands. What happens in time is printer_time.cpp, the table of
// commands printer_setup, printer_moves and printer_reads, what moves printer_mechanics.cpp.
#include "sim/models/printer_impl.hpp"

#include <algorithm>
#include <utility>

namespace sim {
namespace {

constexpr std::size_t max_log_lines = 5000, max_queued_commands = 256;
constexpr Time delayed_reply = std::chrono::seconds{3};
constexpr std::uint8_t status_select = 0x10, status_no_error = 0x08, status_paper_empty = 0x20;  // USB printer class, GET_PORT_STATUS

bool is_media(std::string_view error) { return error == trouble::feeder_empty || error == trouble::ribbon || error == trouble::bin_full; }

}  // namespace

// ---- the wire ----

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
    const bool watched = impl_->settings.error_management != 1;
    if ((impl_->inside.cover_open() && watched) || !error.empty()) return is_media(error) ? status_select | status_paper_empty : status_select;
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
    if (open && was_moving && impl_->settings.error_management != 1) {
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
    // A card that was waited for is not one that nobody takes.
    if (!impl_->inside.moving() && impl_->settings.insert_from != 'I') impl_->presented_at = now;
    impl_->hands_were_in(now);
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
int PrinterModel::ribbon_remaining() const { return impl_->inside.ribbon().remaining(); }
bool PrinterModel::cover_open() const { return impl_->inside.cover_open(); }
bool PrinterModel::moving() const { return impl_->inside.moving(); }
SmartCard* PrinterModel::chip_at_station() const {
    if (place() != Place::chip || impl_->inside.cards().empty()) return nullptr;
    return impl_->inside.cards().front()->chip.get();
}
bool PrinterModel::at_contactless_station() const { return impl_->inside.at_contactless(); }
int PrinterModel::cards_printed() const { return impl_->inside.cards_printed(); }
int PrinterModel::cleanings() const { return impl_->inside.cleanings(); }
std::chrono::milliseconds PrinterModel::shortest_schedule() const { return impl_->inside.shortest_schedule(); }
const std::deque<PrinterModel::Line>& PrinterModel::log() const { return impl_->lines; }

}  // namespace sim
