// The command table of the printer (evolis-commands.md): setup P..., sequence and movements S..., downloads D..., reads R...
// Plans only: what moves, and what is answered when it has moved.
#include "sim/models/printer_impl.hpp"

#include <algorithm>
#include <charconv>

namespace sim {
namespace {

constexpr std::string_view unknown_command = "ERROR CDE", bad_parameters = "ERROR PARAMETRES", out_of_order = "ERROR";
constexpr std::string_view high = "5,00 Volts", low = "0,00 Volts";
constexpr std::size_t near_empty_cards = 10;
constexpr int max_bezel_delay_s = 255;

using Args = std::vector<std::string>;

std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

bool one_of(std::string_view text, std::initializer_list<std::string_view> words) { return std::ranges::find(words, text) != words.end(); }
std::string_view arg(const Args& a, std::size_t i) { return i < a.size() ? std::string_view{a[i]} : std::string_view{}; }
CommandPlan says(std::string_view text) { return {.reply = std::string{text}, .moves = {}, .done = {}}; }

}  // namespace

CommandPlan PrinterModel::Impl::plan(WireCommand& c) {
    if (c.flaw == WireCommand::Flaw::overlong) return says(unknown_command);
    if (c.flaw == WireCommand::Flaw::bad_parameters) return says(bad_parameters);
    const std::string& name = c.args[0];
    if (name == "Db" || name == "Dbc") return download(c);
    if (name == "Pbc") return set_bezel(c.args);
    if (name.starts_with('P')) return set_up(c.args);
    if (name.starts_with('S')) return move(c.args);
    if (name.starts_with('R')) return read(c.args);
    return says(unknown_command);
}

CommandPlan PrinterModel::Impl::set_up(const Args& a) {
    const std::string_view name = a[0], value = arg(a, 1);
    if (name == "Pem") {
        if (!one_of(value, {"0", "1", "2", "3", "16", "18"})) return says(bad_parameters);
        settings.error_management = *number(value);
        return {};
    }
    if (name == "Pr") {
        if (!one_of(value, {"ymcko", "ymckok", "ymckos", "ko", "k", "kb", "h", "ho"})) return says(bad_parameters);
        settings.ribbon = value;
        return {};
    }
    if (name == "Piem") {
        const auto feeder = number(value);
        if (!feeder || *feeder < 1 || *feeder > setup.hoppers) return says(bad_parameters);
        settings.feeder = *feeder;
        return {};
    }
    if (name == "Pcem") {
        if (!one_of(value, {"M", "I", "k"})) return says(bad_parameters);
        settings.eject_to = value[0];
        return {};
    }
    if (name == "Pneab") {
        if (!one_of(value, {"E", "D", "A"})) return says(bad_parameters);
        settings.hold_after_print = value == "E" || (value == "A" && arg(a, 2) == "0");
        return {};
    }
    // Accepted and without effect on this machine: it has one card path and never blocks on insert or eject.
    if (name == "Pcim") return one_of(value, {"F", "M", "B", "I"}) ? Plan{} : says(bad_parameters);
    if (name == "Pcrm") return value == "D" ? Plan{} : says(bad_parameters);
    if (name == "Psmgr") return one_of(value, {"0", "1", "2"}) ? Plan{} : says(bad_parameters);
    if (one_of(name, {"Pc", "Pl", "Pmi", "Pmk", "Prm"})) return value.empty() ? says(bad_parameters) : Plan{};
    return says(unknown_command);
}

/// When nobody takes the card: D nothing, N pull back into the printer, R to the reject box; D;30 = after 30 s.
CommandPlan PrinterModel::Impl::set_bezel(const Args& a) {
    if (arg(a, 1) == "A" && one_of(arg(a, 2), {"D", "N", "R"})) {
        settings.bezel_action = a[2][0];
        return {};
    }
    const auto seconds = number(arg(a, 2));
    if (arg(a, 1) != "D" || !seconds || *seconds < 1 || *seconds > max_bezel_delay_s) return says(bad_parameters);
    settings.bezel_delay = std::chrono::seconds{*seconds};
    return {};
}

/// The panel that was downloaded last is printed by whatever comes next.
void PrinterModel::Impl::print_pending(Plan& plan_) {
    if (pending) plan_.moves.push_back(pending->move);
}

CommandPlan PrinterModel::Impl::move(const Args& a) {
    const std::string& name = a[0];
    Plan p;
    if (name == "Ss") {
        sequence = Sequence::started;
        pending.reset();
        ribbon_set_taken = false;
        return p;
    }
    if (name == "Sr") {
        if (sequence == Sequence::none) return says(out_of_order);
        p.moves = {Move::to_print};
        p.done = [this] { sequence = Sequence::front; };
        return p;
    }
    if (name == "Sv") {
        if (sequence != Sequence::front && sequence != Sequence::started) return says(out_of_order);
        print_pending(p);
        p.moves.push_back(Move::flip);
        p.done = [this] { sequence = Sequence::back; };
        return p;
    }
    if (name == "Se") return end_sequence();
    if (name == "Seb") {
        p.moves = {Move::eject};
        return p;
    }
    if (name == "Sis" || name == "Si") {
        const Move to = name == "Sis" ? Move::to_chip : Move::to_print;
        if (inside.cards().empty() || inside.place() == Place::bezel) p.moves.push_back(Move::feed);
        p.moves.push_back(to);
        return p;
    }
    if (name == "Sib") {
        p.moves = {Move::retract};
        return p;
    }
    if (name == "Ser") {
        p.moves = {Move::reject};
        p.done = [this] { sequence = Sequence::none; };
        return p;
    }
    if (name == "Scs") {
        if (!error.empty() && inside.still_there(error, settings.feeder - 1)) return says(error);
        error.clear();
        return p;
    }
    if (name == "Srs") {
        reboot_due = true;  // after the answer
        return p;
    }
    return says(unknown_command);
}

/// Se: the last panel is printed; the card is held (Pneab;E) or ejected. Outside a sequence it ejects the card inside.
CommandPlan PrinterModel::Impl::end_sequence() {
    Plan p;
    print_pending(p);
    if (sequence == Sequence::none || !settings.hold_after_print) p.moves.push_back(settings.eject_to == 'k' ? Move::reject : Move::eject);
    p.done = [this] { sequence = Sequence::none; };
    return p;
}

CommandPlan PrinterModel::Impl::download(WireCommand& c) {
    if (sequence != Sequence::front && sequence != Sequence::back) return says(out_of_order);
    constexpr std::string_view panels = "ymcko";
    const auto panel = panels.find(c.args[1]);
    const bool back = sequence == Sequence::back;
    if (panel == std::string_view::npos || c.args[1].size() != 1 || (back && c.args[1] != "k")) return says(bad_parameters);
    const Move fresh = back ? Move::panel_back : static_cast<Move>(static_cast<int>(Move::panel_y) + static_cast<int>(panel));
    if (pending && pending->move >= fresh) return says(out_of_order);  // a ribbon runs one way
    auto plane = plane_of(c, setup.width, setup.height);
    c.data = {};
    if (!plane) return says(bad_parameters);
    Plan p;
    print_pending(p);
    p.done = [this, fresh, ink = std::move(*plane)]() mutable { pending = Pending{.move = fresh, .plane = std::move(ink)}; };
    return p;
}

std::string PrinterModel::Impl::card_position() const {
    switch (inside.place()) {
        case Place::none:
        case Place::bezel: return "OK";
        case Place::print: return "CARD";
        case Place::chip: return "SMART CARD";
        case Place::feeder:
        case Place::path:
        case Place::jammed: return "ERR CARD";
    }
    return "OK";
}

CommandPlan PrinterModel::Impl::read_sensor(const Args& a) const {
    const std::string_view which = arg(a, 1);
    if (which == "b" || which == "M") return says(inside.card_at_bezel_sensor() ? high : low);
    if (which == "o") return says(inside.cover_open() ? low : high);
    if (which != "f" && which != "n") return says(bad_parameters);
    const auto feeder = arg(a, 2).empty() ? std::optional{1} : number(arg(a, 2));
    if (!feeder || *feeder < 1 || *feeder > setup.hoppers) return says(bad_parameters);
    if (which == "f") return says(inside.hopper_has_card(*feeder - 1) ? high : low);
    return says(!inside.hopper_has_card(*feeder - 1) || inside.hopper(*feeder - 1).size() < near_empty_cards ? high : low);
}

CommandPlan PrinterModel::Impl::read(const Args& a) const {
    const std::string_view name = a[0], what = arg(a, 1);
    if (name == "Rse") return read_sensor(a);
    if (name == "Rok") return {};
    if (name == "Rtp") return says(setup.model);
    if (name == "Rsn") return says(setup.serial);
    if (name == "Rfv") return says(setup.firmware);
    if (name == "Rem") return says(std::to_string(settings.error_management) + ";0");
    if (name == "Rr") return says(settings.ribbon);
    if (name == "Rlr") {
        if (what == "p") return says(card_position());
        if (what == "h") return says(inside.bin_full() ? "CARD" : "OK");
        return says(bad_parameters);
    }
    if (name == "Rrt") {
        if (!one_of(what, {"type", "count", "qty"})) return says(bad_parameters);
        if (inside.ribbon_type().empty()) return says("ERR RIB DETECTION");
        if (what == "type") return says(inside.ribbon_type());
        return says(std::to_string(what == "count" ? inside.ribbon_remaining() : setup.ribbon_capacity));
    }
    return says(unknown_command);
}

}  // namespace sim
