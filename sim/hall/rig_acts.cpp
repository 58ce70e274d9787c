// What each word does to the hall: one hand for each word of the table, in the table's order, checked when it is compiled.
#include "sim/hall/rig.hpp"

#include <fmt/format.h>
#include <signal.h>

namespace sim {

namespace {
constexpr int full_ribbon = 200, soon_ms = 300;
constexpr int slow_touch_ms = 250;  ///< one who is watched: slow enough to follow with the eye

int number_or(std::string_view text, int otherwise) { return number_of<int>(text).value_or(otherwise); }

Bytes bytes_of_hex(std::string_view hex) {
    Bytes out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        int byte = 0;
        std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
        out.push_back(static_cast<std::byte>(byte));
    }
    return out;
}

std::string told_kind(const std::string& kind) {
    std::string words = kind == "resident_id" ? "ID card" : kind;
    std::ranges::replace(words, '_', ' ');
    return words;
}
}  // namespace

const Rig::Hand& Rig::hand_for(Word word) {
    using Value = const std::string&;
    static constexpr std::array<Hand, word_table.size()> hands{{
        {Word::unplug_printer, [](Rig& rig, Value) { return rig.cabinet_->usb().unplug(), true; }},
        {Word::plug_printer, [](Rig& rig, Value) { return rig.cabinet_->usb().plug().has_value(); }},
        {Word::take_card, [](Rig& rig, Value) { return rig.cabinet_->take_card(); }},
        {Word::snatch_card, [](Rig& rig, Value) { return rig.cabinet_->snatch_card(); }},
        {Word::push_foreign_card, [](Rig& rig, Value) { return rig.cabinet_->push_foreign_card(); }},
        {Word::provoke, [](Rig& rig, Value v) { return rig.provoke(v); }},
        {Word::disturb_printer, [](Rig& rig, Value v) { return rig.disturb_printer(*disturbance_of(v)); }},
        {Word::open_cover, [](Rig& rig, Value) { return rig.cabinet_->with_printer([](PrinterModel& p, Time at) { p.open_cover(true, at); }), true; }},
        {Word::close_cover, [](Rig& rig, Value) { return rig.cabinet_->with_printer([](PrinterModel& p, Time at) { p.open_cover(false, at); }), true; }},
        {Word::door, [](Rig& rig, Value v) { return rig.cabinet_->move_door(v), true; }},
        {Word::clear_path, [](Rig& rig, Value) { return rig.cabinet_->with_printer([](PrinterModel& p, Time at) { (void)p.clear_path(at); }), true; }},
        {Word::new_ribbon, [](Rig& rig, Value v) { return rig.cabinet_->with_printer([&](PrinterModel& p, Time) { p.new_ribbon("YMCKOK", number_or(v, full_ribbon)); }), true; }},
        {Word::empty_bin, [](Rig& rig, Value) { return rig.cabinet_->with_printer([](PrinterModel& p, Time) { (void)p.empty_bin(); }), true; }},
        {Word::refill, [](Rig& rig, Value v) { return rig.refill(v); }},
        {Word::empty_hopper, [](Rig& rig, Value v) { return rig.empty_hopper(number_or(v, 0)); }},
        {Word::put_document, [](Rig& rig, Value v) { return rig.put_document(v.empty() ? rig.person_ : v); }},
        {Word::show_page, [](Rig& rig, Value v) { return rig.show_page(v); }},
        {Word::badge, [](Rig& rig, Value v) { return rig.put_badge(v); }},
        {Word::remove_card, [](Rig& rig, Value) { return rig.remove_card(); }},
        {Word::scene, [](Rig& rig, Value v) { return rig.cabinet_->turn_scene(v); }},
        {Word::disturb_camera, [](Rig& rig, Value v) { return rig.disturb_camera(v); }},
        {Word::kill_pcscd, [](Rig& rig, Value) { return rig.cabinet_->pcscd().kill(), true; }},
        {Word::start_pcscd, [](Rig& rig, Value) { return rig.cabinet_->pcscd().start().has_value(); }},
        {Word::restart_pcscd, [](Rig& rig, Value) { return rig.cabinet_->pcscd().restart().has_value(); }},
        {Word::stop_centre, [](Rig& rig, Value) { return rig.centre_->stop(SIGKILL), true; }},
        {Word::start_centre, [](Rig& rig, Value) { return rig.start_centre(); }},
        {Word::centre_behave, [](Rig& rig, Value v) { return rig.centre_behave(v); }},
        {Word::cut_link, [](Rig& rig, Value) { return rig.cut_link(true); }},
        {Word::mend_link, [](Rig& rig, Value) { return rig.cut_link(false); }},
        {Word::replay_requests, [](Rig& rig, Value) { return rig.say_everything(Said::again); }},
        {Word::forge_requests, [](Rig& rig, Value) { return rig.say_everything(Said::changed); }},
        {Word::kill_kiosk, [](Rig& rig, Value v) { return rig.kill_kiosk(Loss::process, v); }},
        {Word::power_cut, [](Rig& rig, Value v) { return rig.kill_kiosk(Loss::power, v); }},
        {Word::save_ledger, [](Rig& rig, Value) { return rig.save_ledger(); }},
        {Word::restore_ledger, [](Rig& rig, Value) { return rig.restore_ledger(); }},
        {Word::citizen_again, [](Rig& rig, Value v) { return rig.citizen_again(v); }},
        {Word::stop_playing, [](Rig& rig, Value) { return std::exchange(rig.citizen_, nullptr) != nullptr; }},
    }};
    static_assert(std::ranges::equal(hands, word_table, {}, &Hand::word, &WordRow::word) && std::ranges::all_of(hands, [](const Hand& h) { return h.move != nullptr; }));
    return hands[static_cast<std::size_t>(word)];
}

bool Rig::act(std::string_view text, const std::string& value) {
    const auto word = word_of(text);
    const bool fits = word && row_of(*word).fits(value);
    const bool done = fits && hand_for(*word).move(*this, value);
    const auto line = fmt::format("{}{}{}{}", text, value.empty() ? "" : " ", value, !word ? " (there is no such word)" : !fits ? " (the value does not fit)" : done ? "" : " (could not be done)");
    // A slider says its word many times a second.
    trace(line, done && *word == Word::scene ? Told::in_the_file : Told::to_all);
    return done;
}

bool Rig::provoke(const std::string& word) {
    const auto fault = *printer_fault_of(word);
    cabinet_->with_printer([&](PrinterModel& printer, Time) { printer.provoke(fault); });
    if (fault == PrinterFault::none) provoked_.clear();
    else if (std::ranges::find(provoked_, word) == provoked_.end()) provoked_.push_back(word);
    return true;
}

bool Rig::disturb_printer(Disturbance disturbance) {
    cabinet_->with_printer([&](PrinterModel& printer, Time) { printer.disturb(disturbance); });
    disturbance_ = disturbance;
    return true;
}

/// One trouble at a time: a lens that is covered belongs to a camera that is otherwise well.
bool Rig::disturb_camera(const std::string& trouble) {
    cabinet_->camera().cover(trouble == camera_black);
    cabinet_->camera().disturb(disturbance_of(trouble).value_or(Disturbance::none));
    camera_trouble_ = trouble;
    return true;
}

bool Rig::refill(const std::string& value) {
    const auto load = *hopper_load_of(value);
    if (static_cast<std::size_t>(load.hopper) > scenario_.hoppers.size()) return false;
    const auto has = cabinet_->with_printer([&](PrinterModel& printer, Time) { return printer.hopper(load.hopper - 1).size(); });
    if (has + static_cast<std::size_t>(load.count) > static_cast<std::size_t>(PrinterSetup{}.hopper_capacity)) return false;
    cabinet_->refill(load.hopper - 1, load.count, std::string(load.bank));
    return true;
}

bool Rig::empty_hopper(int hopper) {
    if (static_cast<std::size_t>(hopper) > scenario_.hoppers.size()) return false;
    return cabinet_->with_printer([&](PrinterModel& printer, Time) { return !printer.unload(hopper - 1).empty(); });
}

const nlohmann::json* Rig::person_of(std::string_view key) const {
    const auto found = std::ranges::find_if(register_, [&](const nlohmann::json& p) { return p.at("key") == key; });
    return found == register_.end() ? nullptr : &*found;
}

bool Rig::put_document(const std::string& text) {
    const auto choice = document_choice_of(text);
    const auto* person = person_of(choice.key);
    auto chip = person ? desk_.chip_of(*person, *passport_flaw_of(choice.flaw)) : nullptr;
    if (!chip) return false;  // nobody of that name, or a document that no reader reads
    person_ = choice.key;
    on_reader_ = fmt::format("the {} of {}", told_kind(person->value("kind", "resident_id")), person->at("name").get<std::string>());
    cabinet_->put_on_reader(std::move(chip));
    return true;
}

bool Rig::show_page(const std::string& text) {
    if (text.empty()) return cabinet_->camera().show_page(std::nullopt), true;
    const auto choice = document_choice_of(text);
    const auto* person = person_of(choice.key);
    if (!person) return false;
    cabinet_->camera().show_page(desk_.page_of(*person, *passport_flaw_of(choice.flaw)));
    return true;
}

bool Rig::put_badge(const std::string& id) {
    const auto member = std::ranges::find(sample_staff(), id, &StaffBadge::id);
    if (member == sample_staff().end()) return false;
    cabinet_->put_on_reader(std::make_shared<BadgeCard>(bytes_of_hex(member->uid)));
    on_reader_ = "the badge of " + member->name;
    return true;
}

bool Rig::remove_card() {
    cabinet_->take_from_reader();
    on_reader_.clear();
    return true;
}

bool Rig::start_centre() {
    if (!centre_->start(scenario_.lease_seconds, {}, scenario_.certificates)) return false;
    relay_->set_target(centre_->port());
    behaviour_ = "normal";
    return true;
}

bool Rig::centre_behave(const std::string& word) {
    if (!centre_->running()) return false;
    centre_->behave(word);
    behaviour_ = word;
    return true;
}

bool Rig::cut_link(bool cut) {
    relay_->cut(cut);
    link_cut_ = cut;
    return true;
}

/// Everything that passed between kiosk and centre, by an attacker: byte for byte, or with one bit turned.
bool Rig::say_everything(Said how) {
    const auto requests = relay_->requests();
    for (auto request : requests) {
        if (request.empty()) continue;
        if (how == Said::changed) request[request.size() / 2] = static_cast<char>(request[request.size() / 2] ^ 1);
        (void)relay_->send(request);
    }
    return !requests.empty();
}

bool Rig::kill_kiosk(Loss loss, const std::string& pause_ms) {
    stop_kiosk(SIGKILL);
    cabinet_->usb().client_died();
    if (loss == Loss::power) cabinet_->with_printer([](PrinterModel& printer, Time at) { printer.power_cycle(at); });
    restart_at_ = now() + std::chrono::milliseconds{number_or(pause_ms, soon_ms)};
    return true;
}

/// The file and its log together: what is in the log only is part of the ledger.
bool Rig::save_ledger() {
    std::error_code failed;
    std::filesystem::copy_file(site_.dir / "data/ledger.sqlite", directory_ / "kept.sqlite", std::filesystem::copy_options::overwrite_existing, failed);
    if (failed) return false;
    std::filesystem::remove(directory_ / "kept.sqlite-wal", failed);
    if (std::filesystem::exists(site_.dir / "data/ledger.sqlite-wal")) std::filesystem::copy_file(site_.dir / "data/ledger.sqlite-wal", directory_ / "kept.sqlite-wal", failed);
    return ledger_kept_ = !failed;
}

/// Somebody lays an older copy back: the centre remembers more than the kiosk.
bool Rig::restore_ledger() {
    if (!ledger_kept_) return false;
    stop_kiosk(SIGTERM);
    std::error_code failed;
    for (const auto* tail : {"", "-wal"}) {
        const auto ledger = site_.dir / (std::string("data/ledger.sqlite") + tail), kept = directory_ / (std::string("kept.sqlite") + tail);
        std::filesystem::remove(ledger, failed);
        if (std::filesystem::exists(kept)) std::filesystem::copy_file(kept, ledger, failed);
    }
    restart_at_ = now();
    return !failed;
}

void Rig::invite(CitizenPlan plan) {
    person_ = plan.person;
    invited_ = plan;
    play(std::move(plan));
}

/// The one whose document was last laid down; with the habits of who was invited.
bool Rig::citizen_again(const std::string& takes_card_after) {
    auto plan = invited_;
    plan.person = person_;
    if (!options_.headless) plan.touch_pause_ms = std::max(plan.touch_pause_ms, slow_touch_ms);
    plan.takes_card_after_ms = number_or(takes_card_after, plan.takes_card_after_ms);
    play(std::move(plan));
    return true;
}

void Rig::play(CitizenPlan plan) {
    // His own document, and his child's when he comes for a child.
    const auto choice_of = [person = plan.person, child = plan.child, flaw = plan.flaw](OfWhom whom) { return (whom == OfWhom::child ? child : person) + ";" + flaw; };
    Hands hands;
    hands.put_document = [this, choice_of](OfWhom whom) { (void)put_document(choice_of(whom)); };
    hands.take_document = [this] { (void)remove_card(); };
    hands.show_page = [this, choice_of](OfWhom whom) { (void)show_page(choice_of(whom)); };
    hands.hide_page = [this] { (void)show_page({}); };
    hands.take_card = [this] { return cabinet_->take_card(); };
    hands.document_on_reader = [this] { return cabinet_->reader_occupied(); };
    std::map<OfWhom, PrintedDocument> printed;
    const auto flaw = passport_flaw_of(plan.flaw).value_or(PassportFlaw::none);
    for (const auto& [whom, key] : {std::pair{OfWhom::own, plan.person}, {OfWhom::child, plan.child}})
        if (const auto* person = person_of(key)) printed[whom] = desk_.printed_of(*person, flaw);
    citizen_ = std::make_unique<Citizen>(std::move(plan), std::move(hands), std::move(printed));
}

}  // namespace sim
