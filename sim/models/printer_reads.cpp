// The command table of the printer, third part: what it says of itself, R... Sensors answer in volts (evolis-commands.md: "0,00 Volts", "5,00 Volts", decimal
// comma, one volt and more is true; o: 0 is open). Chosen where the guide names a letter only: Rse;c card in the path, ;p supply, ;r ribbon, ;m head lowered.
#include "sim/models/printer_impl.hpp"

#include <fmt/format.h>

namespace sim {
using namespace firmware;

namespace {
constexpr std::string_view high = "5,00 Volts", low = "0,00 Volts", supply_well = "24,00 Volts", supply_sags = "17,20 Volts";
constexpr std::size_t near_empty_cards = 10;
constexpr int hardware_code = 17, foreign_zone = 9;
}  // namespace

std::string PrinterModel::Impl::card_position() const {
    if (inside.at_contactless()) return "CONTACTLESS CARD";
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
    if (which == "c") return says(inside.card_in_machine() ? high : low);
    if (which == "r") return says(inside.ribbon().there() ? high : low);
    if (which == "m") return says(low);
    if (which == "p") return says(inside.holds(PrinterFault::power_low) ? supply_sags : supply_well);
    if (which != "f" && which != "n") return says(bad_parameters);
    const auto feeder = arg(a, 2).empty() ? std::optional{1} : number(arg(a, 2));
    if (!feeder || *feeder < 1 || *feeder > setup.hoppers) return says(bad_parameters);
    if (which == "f") return says(inside.hopper_has_card(*feeder - 1) ? high : low);
    return says(!inside.hopper_has_card(*feeder - 1) || inside.hopper(*feeder - 1).size() < near_empty_cards ? high : low);
}

CommandPlan PrinterModel::Impl::read_counter(std::string_view which) const {
    const int to_cleaning = setup.cleaning_every - inside.cards_since_cleaning();
    if (which == "p") return says(std::to_string(inside.panels_printed()));
    if (which == "c") return says(std::to_string(inside.cards_printed()));
    if (which == "a") return says(std::to_string(inside.cards_printed() / (inside.cleanings() + 1)));
    if (which == "m") return says(std::to_string(inside.longest_without_cleaning()));
    if (which == "n") return says(std::to_string(inside.cleanings()));
    if (which == "l") return says(std::to_string(inside.ribbon().remaining()));
    if (which == "r") return says(std::to_string(std::max(0, to_cleaning)));
    return says(bad_parameters);
}

CommandPlan PrinterModel::Impl::read(const Args& a) {
    const std::string_view name = a[0], what = arg(a, 1);
    if (name == "Rse") return read_sensor(a);
    if (name == "Rco") return read_counter(what);
    if (name == "Rok") return {};
    if (name == "Rtp") return says(setup.model);
    if (name == "Rsn") return says(setup.serial);
    if (name == "Rfv") return says(setup.firmware);
    if (name == "Rck") return says("6E41");
    if (name == "Rkn") return says("473-24-01187");
    if (name == "Rzp") return says(std::to_string(setup.zone));
    if (name == "Rmi") return says(settings.insert_from == 'I' ? "I" : "F");
    if (name == "Ros" || name == "Roc") return says("1158");
    if (name == "Rem") return says(fmt::format("{};{}", settings.error_management, inside.holds(PrinterFault::hardware) ? hardware_code : 0));
    if (name == "Rr") return says(settings.ribbon);
    if (name == "Rcr") return says(inside.ribbon().used_up() ? trouble::ribbon : "OK");
    if (name == "Rlr") {
        if (what == "p") return says(card_position());
        if (what == "h") return says(inside.bin_full() ? "CARD" : "OK");
        if (what == "c" || what == "r") return says(inside.cleaning_wanted() ? "NEED CLEANING" : "OK");
        return says(bad_parameters);
    }
    if (name == "Rrt") {
        if (!inside.ribbon().there()) return says("ERR RIB DETECTION");
        if (inside.holds(PrinterFault::ribbon_unknown)) return says("ERR READ");
        const auto field = inside.ribbon().tag(what, inside.holds(PrinterFault::ribbon_zone) ? foreign_zone : setup.zone);
        return says(field ? std::string_view{*field} : bad_parameters);
    }
    return says(unknown_command);
}

}  // namespace sim
