// The command table of the printer, second part: sequence and movements S..., downloads D..., printing from the buffers.
// A panel that was downloaded is printed by whatever comes next (pipelining); Se prints the last one.
#include "sim/models/printer_impl.hpp"

#include <algorithm>
#include <utility>

namespace sim {
using namespace firmware;

void PrinterModel::Impl::print_pending(Plan& plan_) {
    if (pending) plan_.moves.push_back(*pending);
}

CommandPlan PrinterModel::Impl::move(const Args& a) {
    const std::string& name = a[0];
    const auto one = [](Move m) { return Plan{.reply = "OK", .moves = {m}, .done = {}}; };
    if (name == "Ss") return begin_sequence();
    if (name == "Sr") {
        if (sequence == Sequence::none) return says(out_of_order);
        Plan p = one(Move::to_print);
        p.done = [this] { sequence = Sequence::front; };
        return p;
    }
    if (name == "Sv") return flip();
    if (name == "Se") return end_sequence();
    if (name == "Seb") return one(Move::eject);
    if (name == "Sis") return insert(Move::to_chip);
    if (name == "Si") return insert(Move::to_print);
    if (name == "Sic") return setup.contactless ? insert(Move::to_contactless) : says(no_option);
    if (name == "Sie") return insert(Move::eject);
    if (name == "Sib") return one(Move::retract);
    if (name == "Ser") {
        Plan p = one(Move::reject);
        p.done = [this] { sequence = Sequence::none; };
        return p;
    }
    if (name == "Sp") return single_panel(a);
    if (name == "Ssd") return from_buffer(a);
    if (name == "Sc") return copy_last();
    if (name == "St" || name == "Stt") return test_card();
    if (name == "Scp") return one(Move::clean);
    if (name == "Scs") return clear_status();
    if (name == "Srs") {
        reboot_due = true;  // after the answer
        return {};
    }
    return says(unknown_command);
}

CommandPlan PrinterModel::Impl::begin_sequence() {
    sequence = Sequence::started;
    pending.reset();
    last_front.clear();
    ribbon_set_taken = false;
    return {};
}

/// No card inside: one comes from the feeder or, with Pcim;I, from the bezel.
CommandPlan PrinterModel::Impl::insert(Move to) {
    Plan p;
    const bool from_bezel = settings.insert_from == 'I';
    if (inside.cards().empty() || inside.place() == Place::bezel) p.moves.push_back(from_bezel ? Move::retract : Move::feed);
    p.moves.push_back(to);
    return p;
}

CommandPlan PrinterModel::Impl::flip() {
    if (sequence != Sequence::front && sequence != Sequence::started) return says(out_of_order);
    Plan p;
    print_pending(p);
    p.moves.push_back(Move::flip);
    p.done = [this] { sequence = Sequence::back; };
    return p;
}

/// Se: the last panel is printed; the card is held (Pneab;E) or ejected. Outside a sequence it ejects the card inside.
CommandPlan PrinterModel::Impl::end_sequence() {
    Plan p;
    print_pending(p);
    if (sequence == Sequence::none || !settings.hold_after_print) p.moves.push_back(settings.eject_to == 'k' ? Move::reject : Move::eject);
    p.done = [this] { sequence = Sequence::none; };
    return p;
}

/// The firmware's own card, on every panel of the ribbon; a ribbon of another zone prints none (field: a mismatch blocks even the test card).
CommandPlan PrinterModel::Impl::test_card() {
    if (!inside.cards().empty()) return says(trouble::jam);
    (void)begin_sequence();
    Plan p;
    p.moves = {Move::feed, Move::to_print};
    for (const char letter : std::string_view{"ymcko"}) {
        if (panels_of_ribbon(settings.ribbon).find(letter) == std::string_view::npos) continue;
        const Move panel = *panel_move(std::string_view{&letter, 1});
        buffers[panel_index(panel)] = test_pattern(letter, setup.width, setup.height);
        p.moves.push_back(panel);
    }
    if (!settings.hold_after_print) p.moves.push_back(Move::eject);
    p.done = [this] { sequence = Sequence::none; };
    return p;
}

/// Sc: the last front once more, on a new card.
CommandPlan PrinterModel::Impl::copy_last() {
    if (last_front.empty() || !inside.cards().empty()) return says(out_of_order);
    const std::vector<Move> panels = last_front;
    (void)begin_sequence();
    Plan p;
    p.moves = {Move::feed, Move::to_print};
    p.moves.insert(p.moves.end(), panels.begin(), panels.end());
    if (!settings.hold_after_print) p.moves.push_back(Move::eject);
    p.done = [this] { sequence = Sequence::none; };
    return p;
}

CommandPlan PrinterModel::Impl::clear_status() {
    if (!error.empty() && inside.still_there(error, settings.feeder - 1)) return says(error);
    error.clear();
    return {};
}

/// A panel by its letter; nothing for a letter that the ribbon as it was set does not carry.
std::optional<Move> PrinterModel::Impl::panel_move(std::string_view panel) const {
    const auto at = panel_letters.find(panel);
    if (panel.size() != 1 || at == std::string_view::npos || panels_of_ribbon(settings.ribbon).find(panel) == std::string_view::npos) return std::nullopt;
    if (sequence == Sequence::back) return panel == "k" ? std::optional{Move::panel_back} : std::nullopt;
    return static_cast<Move>(static_cast<std::size_t>(Move::panel_y) + at);
}

/// Sp: one panel from its buffer, now.
CommandPlan PrinterModel::Impl::single_panel(const Args& a) {
    const auto panel = panel_move(arg(a, 1));
    if (!panel) return says(bad_parameters);
    if (buffers[panel_index(*panel)].empty()) return says(out_of_order);
    Plan p;
    if (pending && *pending != *panel) print_pending(p);
    if (inside.place() != Place::print) p.moves.push_back(Move::to_print);
    p.moves.push_back(*panel);
    return p;
}

/// Ssd: as if the panel had been downloaded.
CommandPlan PrinterModel::Impl::from_buffer(const Args& a) {
    if (sequence != Sequence::front && sequence != Sequence::back) return says(out_of_order);
    const auto panel = panel_move(arg(a, 1));
    if (!panel) return says(bad_parameters);
    if (buffers[panel_index(*panel)].empty()) return says(out_of_order);
    return take_panel(*panel, buffers[panel_index(*panel)]);
}

CommandPlan PrinterModel::Impl::download(WireCommand& c) {
    if (sequence != Sequence::front && sequence != Sequence::back) return says(out_of_order);
    const auto panel = panel_move(arg(c.args, 1));
    if (!panel) return says(bad_parameters);
    const bool colour = *panel <= Move::panel_c, half = c.args[0].starts_with("Dbp");
    if (colour && half != half_panels(settings.ribbon)) return says(bad_parameters);
    auto plane = plane_of(c, setup.width, setup.height);
    c.data = {};
    if (!plane) return says(bad_parameters);
    return take_panel(*panel, std::move(*plane));
}

CommandPlan PrinterModel::Impl::take_panel(Move fresh, std::vector<std::uint8_t> ink) {
    if (pending && *pending >= fresh) return says(out_of_order);  // a ribbon runs one way
    Plan p;
    print_pending(p);
    p.done = [this, fresh, plane = std::move(ink)]() mutable {
        buffers[panel_index(fresh)] = std::move(plane);
        pending = fresh;
    };
    return p;
}

}  // namespace sim
