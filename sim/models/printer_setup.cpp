// The command table of the printer (evolis-commands.md), first part: what leads where, and the setup P... Plans only: what moves, and what is answered when it has.
// A command of the guide that this class has no use for is accepted without effect; one that the guide does not know is answered ERROR CDE.
#include "sim/models/printer_impl.hpp"

#include <algorithm>
#include <charconv>

namespace sim {

namespace firmware {
bool one_of(std::string_view text, std::initializer_list<std::string_view> words) { return std::ranges::find(words, text) != words.end(); }

std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}
}  // namespace firmware

using namespace firmware;

namespace {
constexpr int max_bezel_delay_s = 255;
constexpr std::size_t max_key = 32;

/// Magnetic encoding, another interface's modes, redefined delimiters: options that this machine was not bought with.
bool is_missing_option(std::string_view name) { return one_of(name, {"Pmc", "Pmd", "Pmt", "Dm", "Smw", "Smr", "Rmb", "Pcom", "Psc", "Rmac", "Rip"}); }
/// Contrast, brightness, speeds, offsets, re-sync policy, spool size ... : no picture of ours depends on them. At least one argument.
bool is_taste(std::string_view name) { return one_of(name, {"Pc", "Pl", "Pmi", "Pmk", "Prm", "Pro", "Prs", "Ps", "Pms", "Px", "Py", "Pnl", "Psp", "Pos", "Poc", "Psm", "Pfm", "Mr", "Mh", "Pwr"}); }
}  // namespace

CommandPlan PrinterModel::Impl::plan(WireCommand& c) {
    if (c.flaw == WireCommand::Flaw::overlong) return says(unknown_command);
    if (c.flaw == WireCommand::Flaw::bad_parameters) return says(bad_parameters);
    const std::string& name = c.args[0];
    if (is_missing_option(name)) return says(no_option);
    if (one_of(name, {"Db", "Dbc", "Dbp", "Dbpc"})) return download(c);
    if (name == "Wcb") {
        const auto panel = panel_letters.find(arg(c.args, 1));
        if (arg(c.args, 1).size() != 1 || panel == std::string_view::npos) return says(bad_parameters);
        buffers[panel].clear();
        return {};
    }
    if (is_taste(name)) return arg(c.args, 1).empty() ? says(bad_parameters) : Plan{};
    if (name.starts_with('P')) return set_up(c.args);
    if (name.starts_with('S')) return move(c.args);
    if (name.starts_with('R')) return read(c.args);
    return says(unknown_command);
}

CommandPlan PrinterModel::Impl::set_up(const Args& a) {
    const std::string_view name = a[0], value = arg(a, 1);
    if (name == "Pem") return set_errors(a);
    if (name == "Pbc") return set_bezel(a);
    if (name == "Pkey") return set_key(a);
    if (name == "Pr") {
        if (panels_of_ribbon(value).empty()) return says(bad_parameters);
        settings.ribbon = value;
        return {};
    }
    if (name == "Piem") {
        const auto feeder = number(value);
        if (!feeder || *feeder < 1 || *feeder > setup.hoppers) return says(bad_parameters);
        settings.feeder = *feeder;
        return {};
    }
    if (name == "Pcim") {  // no manual slot on this class: M and B feed as F does
        if (!one_of(value, {"F", "M", "B", "I"}) || !one_of(arg(a, 2), {"", "S"})) return says(bad_parameters);
        settings.insert_from = value == "I" ? 'I' : 'F';
        inside.wait_at_bezel(value == "I");
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
    if (name == "Psmgr") {
        if (!one_of(value, {"0", "1", "2"})) return says(bad_parameters);
        settings.blocks = value != "2";
        return {};
    }
    if (name == "Pcrm") return value == "D" ? Plan{} : says(bad_parameters);
    return says(unknown_command);
}

/// 0 printer master, 2 host master, 1 host master and the cover is not watched, 3 host master and an error stays until Scs, 16 and 18 as 0 and 2 without a retry.
CommandPlan PrinterModel::Impl::set_errors(const Args& a) {
    if (!one_of(arg(a, 1), {"0", "1", "2", "3", "16", "18"}) || !one_of(arg(a, 2), {"", "s"})) return says(bad_parameters);
    settings.error_management = *number(a[1]);
    if (arg(a, 2) == "s") saved_error_management = settings.error_management;
    inside.ignore_cover(settings.error_management == 1);
    return {};
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

CommandPlan PrinterModel::Impl::set_key(const Args& a) {
    const std::string_view given = arg(a, 2);
    const bool is_locked = inside.holds(PrinterFault::locked);
    if (given.empty() || given.size() > max_key || !one_of(arg(a, 1), {"E", "D"})) return says(bad_parameters);
    if (a[1] == "E") {
        if (is_locked) return says(out_of_order);
        key = given;
        inside.provoke(PrinterFault::locked);
        return {};
    }
    if (is_locked && key != given) return says(out_of_order);
    inside.forget(PrinterFault::locked);
    return {};
}

}  // namespace sim
