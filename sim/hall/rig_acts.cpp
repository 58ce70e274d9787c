// What each word does to the hall. One switch over the whole vocabulary decides whose it is; none has a default, so a new word must be done.
#include "sim/hall/rig.hpp"

#include <charconv>
#include <fmt/format.h>
#include <signal.h>

namespace sim {

namespace {
constexpr int full_ribbon = 200, soon_ms = 300;

template <class T>
std::optional<T> number_of(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}
/// Empty: `otherwise`.
std::optional<int> number_or(std::string_view text, int otherwise) { return text.empty() ? std::optional(otherwise) : number_of<int>(text); }

Bytes bytes_of_hex(std::string_view hex) {
    Bytes out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        int byte = 0;
        std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
        out.push_back(static_cast<std::byte>(byte));
    }
    return out;
}
}  // namespace

bool Rig::act(std::string_view text, const std::string& value) {
    const auto word = word_of(text);
    const bool done = word && [&] {
        switch (*word) {
            case Word::unplug_printer: case Word::plug_printer: case Word::provoke: case Word::disturb_printer: case Word::open_cover: case Word::close_cover:
            case Word::clear_path: case Word::new_ribbon: case Word::empty_bin: case Word::refill: case Word::empty_hopper:
                return act_on_printer(*word, value);
            case Word::take_card: case Word::snatch_card: case Word::push_foreign_card: case Word::put_document: case Word::badge: case Word::remove_card:
            case Word::scene: case Word::kill_pcscd: case Word::start_pcscd: case Word::restart_pcscd:
                return act_on_cabinet(*word, value);
            case Word::stop_centre: case Word::start_centre: case Word::centre_behave: case Word::cut_link: case Word::mend_link: case Word::replay_requests: case Word::forge_requests:
                return act_on_centre(*word, value);
            case Word::kill_kiosk: case Word::power_cut: case Word::save_ledger: case Word::restore_ledger: case Word::citizen_again: case Word::stop_playing:
                return act_on_kiosk(*word, value);
        }
        return false;
    }();
    // A slider says its word many times a second.
    if (word != Word::scene || !done) trace(fmt::format("{}{}{}{}", text, value.empty() ? "" : " ", value, done ? "" : " (could not be done)"));
    return done;
}

bool Rig::act_on_printer(Word word, const std::string& value) {
    if (word == Word::unplug_printer) return cabinet_->usb().unplug(), true;
    if (word == Word::plug_printer) return cabinet_->usb().plug().has_value();
    if (word == Word::refill) return refill(value);
    const std::lock_guard lock(cabinet_->mutex());
    auto& printer = cabinet_->printer();
    const auto now = cabinet_->now();
    if (word == Word::provoke) {
        const auto fault = printer_fault_of(value);
        if (!fault) return false;
        printer.provoke(*fault);
        if (*fault == PrinterFault::none) provoked_.clear();
        else if (std::ranges::find(provoked_, value) == provoked_.end()) provoked_.push_back(value);
        return true;
    }
    if (word == Word::disturb_printer) {
        const auto disturbance = disturbance_of(value);
        if (!disturbance) return false;
        printer.disturb(*disturbance);
        disturbance_ = *disturbance;
        return true;
    }
    if (word == Word::open_cover || word == Word::close_cover) return printer.open_cover(word == Word::open_cover, now), true;
    if (word == Word::clear_path) return (void)printer.clear_path(now), true;
    if (word == Word::empty_bin) return (void)printer.empty_bin(), true;
    if (word == Word::new_ribbon) {
        const auto images = number_or(value, full_ribbon);
        if (images && *images >= 0) printer.new_ribbon("YMCKOK", *images);
        return images && *images >= 0;
    }
    const auto hopper = number_of<int>(value);
    if (word != Word::empty_hopper || !hopper || *hopper < 1 || static_cast<std::size_t>(*hopper) > scenario_.hoppers.size()) return false;
    return !printer.unload(*hopper - 1).empty();
}

bool Rig::refill(const std::string& what) {
    const auto first = what.find(';'), second = what.find(';', first == std::string::npos ? first : first + 1);
    if (second == std::string::npos) return false;
    const auto hopper = number_of<int>(std::string_view(what).substr(0, first)), count = number_of<int>(std::string_view(what).substr(first + 1, second - first - 1));
    const auto bank = what.substr(second + 1);
    if (!hopper || *hopper < 1 || static_cast<std::size_t>(*hopper) > scenario_.hoppers.size() || !count || *count < 1 || bank.empty()) return false;
    {
        const std::lock_guard lock(cabinet_->mutex());
        if (cabinet_->printer().hopper(*hopper - 1).size() + static_cast<std::size_t>(*count) > static_cast<std::size_t>(PrinterSetup{}.hopper_capacity)) return false;
    }
    cabinet_->refill(*hopper - 1, *count, bank);
    return true;
}

bool Rig::act_on_cabinet(Word word, const std::string& value) {
    if (word == Word::take_card) return cabinet_->take_card();
    if (word == Word::snatch_card) return cabinet_->snatch_card();
    if (word == Word::push_foreign_card) return cabinet_->push_foreign_card();
    if (word == Word::put_document) return put_document(value.empty() ? person_ : value);
    if (word == Word::badge) return put_badge(value);
    if (word == Word::remove_card) return cabinet_->take_from_reader(), on_reader_.clear(), true;
    if (word == Word::scene) return set_scene(value);
    if (word == Word::kill_pcscd) return cabinet_->pcscd().kill(), true;
    if (word == Word::start_pcscd) return cabinet_->pcscd().start().has_value();
    return word == Word::restart_pcscd && cabinet_->pcscd().restart().has_value();
}

bool Rig::put_document(const std::string& person) {
    auto card = document_of(register_, person, options_.seed);
    if (!card) return false;
    person_ = person;
    on_reader_ = "the ID card of " + std::ranges::find(people_, person, &PanelPerson::key)->name;
    cabinet_->put_on_reader(std::move(card));
    return true;
}

bool Rig::put_badge(const std::string& id) {
    for (const auto& member : sample_staff())
        if (member.id == id) {
            cabinet_->put_on_reader(std::make_shared<BadgeCard>(bytes_of_hex(member.uid)));
            on_reader_ = "the badge of " + member.name;
            return true;
        }
    return false;
}

bool Rig::set_scene(const std::string& assignment) {
    const auto equals = assignment.find('=');
    if (equals == std::string::npos) return false;
    const auto key = assignment.substr(0, equals);
    const auto value = number_of<double>(std::string_view(assignment).substr(equals + 1));
    if (!value) return false;
    auto scene = cabinet_->camera().scene();
    const auto knob = std::ranges::find(scene_knobs, key, &SceneKnob::key);
    if (key == "present") scene.present = *value != 0;
    else if (knob != scene_knobs.end()) scene.*(knob->value) = *value;
    else return false;
    cabinet_->camera().set_scene(scene);
    return true;
}

bool Rig::act_on_centre(Word word, const std::string& value) {
    if (word == Word::stop_centre) return centre_->stop(SIGKILL), true;
    if (word == Word::start_centre) {
        const bool up = centre_->start(scenario_.lease_seconds);
        if (up) relay_->set_target(centre_->port());
        behaviour_ = "normal";
        return up;
    }
    if (word == Word::centre_behave) {
        if (!centre_->running() || std::ranges::find(centre_words, value) == centre_words.end()) return false;
        centre_->behave(value);
        behaviour_ = value;
        return true;
    }
    if (word == Word::cut_link || word == Word::mend_link) {
        link_cut_ = word == Word::cut_link;
        relay_->cut(link_cut_);
        return true;
    }
    const auto said = relay_->requests();
    for (auto request : said) {
        if (request.empty()) continue;
        if (word == Word::forge_requests) request[request.size() / 2] = static_cast<char>(request[request.size() / 2] ^ 1);
        (void)relay_->send(request);
    }
    return !said.empty();
}

bool Rig::act_on_kiosk(Word word, const std::string& value) {
    if (word == Word::citizen_again) return play(value), true;
    if (word == Word::stop_playing) return citizen_ ? (citizen_.reset(), true) : false;
    if (word == Word::save_ledger) return save_ledger();
    if (word == Word::restore_ledger) return restore_ledger();
    const auto pause = number_or(value, soon_ms);
    if (!pause || *pause < 0) return false;
    stop_kiosk(SIGKILL);
    cabinet_->usb().client_died();
    if (word == Word::power_cut) {
        const std::lock_guard lock(cabinet_->mutex());
        cabinet_->printer().power_cycle(cabinet_->now());
    }
    restart_at_ = cabinet_->now() + std::chrono::milliseconds{*pause};
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
    restart_at_ = cabinet_->now();
    return !failed;
}

void Rig::play(const std::string& takes_card_after) {
    auto plan = scenario_.citizen;
    plan.person = person_;
    // One who was watched: slow enough to follow with the eye.
    plan.touch_pause_ms = std::max(plan.touch_pause_ms, 250);
    if (const auto after = number_of<int>(takes_card_after)) plan.takes_card_after_ms = *after;
    Hands hands;
    hands.put_document = [this, person = person_] { (void)put_document(person); };
    hands.take_document = [this] { cabinet_->take_from_reader(), on_reader_.clear(); };
    hands.take_card = [this] { return cabinet_->take_card(); };
    hands.document_on_reader = [this] { return cabinet_->reader_occupied(); };
    citizen_ = std::make_unique<Citizen>(plan, std::move(hands));
}

}  // namespace sim
