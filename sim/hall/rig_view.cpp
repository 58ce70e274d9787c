// How the hall stands, in the words of the panel.
#include "sim/hall/rig.hpp"

#include <fmt/format.h>

namespace sim {

using namespace std::chrono_literals;

namespace {
constexpr auto count_every = 1s;  ///< the relay's requests are copied to be counted
constexpr std::size_t shown_of_command = 24;

std::string words_of(const PhysicalCard& card) { return card.bank == "foreign" ? std::string("a foreign card") : fmt::format("card {} of {}", card.id, card.bank); }

/// A command as a line: what is not a printable sign is a dot, what is long is cut.
std::string one_line(const PrinterModel::Line& line) {
    std::string text = line.from_host ? "> " : "< ";
    for (const char c : line.text.substr(0, shown_of_command)) text.push_back(c >= 0x20 && c < 0x7F ? c : '.');
    return text;
}
}  // namespace

PanelPrinter Rig::look_at_model() {
    PanelPrinter out;
    out.plugged = cabinet_->usb().plugged();
    out.disturbance = disturbance_;
    out.provoked = provoked_;
    cabinet_->with_printer([&](PrinterModel& printer, Time) {
        out.cover_open = printer.cover_open();
        out.door = cabinet_->door();
        out.moving = printer.moving();
        out.place = printer.place();
        for (const auto& card : printer.cards_inside()) out.inside += (out.inside.empty() ? "" : " and ") + words_of(*card);
        for (std::size_t i = 0; i < scenario_.hoppers.size(); ++i) {
            const auto& cards = printer.hopper(static_cast<int>(i));
            out.hoppers.push_back({cards.empty() ? scenario_.hoppers[i].bank : cards.front()->bank, static_cast<int>(cards.size()), PrinterSetup{}.hopper_capacity});
        }
        out.in_bin = static_cast<int>(printer.bin().size());
        out.bin_capacity = PrinterSetup{}.bin_capacity;
        out.ribbon = printer.ribbon_remaining();
        const auto& log = printer.log();
        for (std::size_t i = log.size() - std::min(log.size(), panel_command_lines); i < log.size(); ++i) out.commands.push_back(one_line(log[i]));
    });
    return out;
}

PanelKiosk Rig::look_at_site() {
    ask_status();
    PanelKiosk out;
    out.running = kiosk_ != nullptr;
    out.returning = restart_at_.has_value();
    out.ledger_kept = ledger_kept_;
    out.id = site_.id;
    out.screen = last_screen_;
    out.ended = ended_;
    if (status_.is_object()) {
        out.path = status_.value("path", "");
        out.closed_by = status_.value("closed_by", "");
    }
    if (window_ && window_->screen()) out.language = window_->screen()->language;
    return out;
}

PanelCitizen Rig::look_at_citizen() {
    PanelCitizen out;
    out.key = citizen_ ? citizen_->plan().person : person_;
    out.person = std::ranges::find(people_, out.key, &PanelPerson::key)->name;
    out.playing = citizen_ != nullptr;
    out.has_card = citizen_ && citizen_->has_card();
    out.gone = citizen_ && citizen_->gone();
    out.touches = window_ ? window_->touches_that_counted() : 0;
    return out;
}

PanelView Rig::look() {
    PanelView view;
    view.printer = look_at_model();
    view.id_reader = {"Liqu ID Reader", cabinet_->reader_occupied() ? on_reader_ : ""};
    view.chip_station = {"Liqu Chip Station", view.printer.place == Place::chip && !view.printer.moving ? view.printer.inside : ""};
    view.readers_served = cabinet_->pcscd().running();
    view.scene = {cabinet_->camera().scene(), cabinet_->camera().connections(), camera_trouble_, cabinet_->camera().shows_page()};
    if (now() >= count_again_) {
        count_again_ = now() + count_every;
        requests_ = relay_->requests().size();
    }
    view.centre = {centre_->running(), link_cut_, centre_->port(), behaviour_, requests_};
    view.kiosk = look_at_site();
    view.citizen = look_at_citizen();
    for (const auto& card : cabinet_->handed_out()) view.handed_out.push_back(words_of(*card));
    for (const auto& hopper : scenario_.hoppers)
        if (std::ranges::find(view.banks, hopper.bank) == view.banks.end()) view.banks.push_back(hopper.bank);
    view.people = people_;
    for (const auto& member : sample_staff()) view.badges.push_back({member.id, member.name, member.role, member.pin});
    view.trace.assign(traced_.begin(), traced_.end());
    return view;
}

}  // namespace sim
