// The words of a scenario's happenings. Each does what a hand, a cable or a fate would do to the machine.
#include "sim/hall/runner.hpp"

#include <fmt/format.h>
#include <signal.h>

namespace sim {

using namespace std::chrono_literals;

namespace {
int number_or(const std::string& text, int otherwise) { return text.empty() ? otherwise : std::stoi(text); }

Bytes bytes_of_hex(const std::string& hex) {
    Bytes out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out.push_back(static_cast<std::byte>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    return out;
}

bool set_scene(PersonScene& scene, const std::string& assignment) {
    const auto equals = assignment.find('=');
    if (equals == std::string::npos) return false;
    const auto key = assignment.substr(0, equals);
    const double value = std::stod(assignment.substr(equals + 1));
    if (key == "present") scene.present = value != 0;
    else if (key == "wall_lightness") scene.wall_lightness = value;
    else if (key == "wall_shade_left") scene.wall_shade_left = value;
    else if (key == "wall_shade_right") scene.wall_shade_right = value;
    else if (key == "light") scene.light = value;
    else if (key == "eye_distance") scene.eye_distance = value;
    else if (key == "x") scene.x = value;
    else return false;
    return true;
}
}  // namespace

bool Runner::act(const Happening& h) {
    if (h.act == "kill_kiosk" || h.act == "power_cut") {
        stop_kiosk(SIGKILL);
        cabinet_->usb().client_died();
        if (h.act == "power_cut") {
            const std::lock_guard lock(cabinet_->mutex());
            cabinet_->printer().power_cycle(cabinet_->now());
        }
        restart_at_ = cabinet_->now() + std::chrono::milliseconds{number_or(h.value, 300)};
        return true;
    }
    if (h.act == "save_ledger") {
        saved_ledger_ = ctl("status").is_object() ? run_dir_ / "saved.sqlite" : std::filesystem::path{};
        for (const auto* tail : {"", "-wal"})
            if (std::filesystem::exists(site_.dir / (std::string("data/ledger.sqlite") + tail)))
                std::filesystem::copy_file(site_.dir / (std::string("data/ledger.sqlite") + tail), saved_ledger_.string() + tail, std::filesystem::copy_options::overwrite_existing);
        return true;
    }
    if (h.act == "restore_ledger") {
        // Somebody lays back an older copy of the ledger: the centre remembers more than the kiosk.
        if (saved_ledger_.empty()) return false;
        stop_kiosk(SIGTERM);
        for (const auto* tail : {"", "-wal"}) {
            std::filesystem::remove(site_.dir / (std::string("data/ledger.sqlite") + tail));
            if (std::filesystem::exists(saved_ledger_.string() + tail)) std::filesystem::copy_file(saved_ledger_.string() + tail, site_.dir / (std::string("data/ledger.sqlite") + tail));
        }
        restart_at_ = cabinet_->now();
        return true;
    }
    if (h.act == "second_kiosk") {
        // Another kiosk of the hall: its own ledger and keys, the same sort of cabinet.
        stop_kiosk(SIGTERM);
        const SiteOptions options{.centre_url = fmt::format("http://127.0.0.1:{}", relay_->port()), .sign_key = centre_->sign_key(), .seal_key = centre_->seal_key(),
                                  .camera_url = cabinet_->camera().url(), .present_timeout_ms = scenario_.present_timeout_ms};
        {
            const std::lock_guard lock(cabinet_->mutex());
            cabinet_->printer().clear_path(cabinet_->now());
            cabinet_->printer().provoke(PrinterFault::none);
            cabinet_->printer().new_ribbon("YMCKOK", scenario_.ribbon);
            (void)cabinet_->printer().empty_bin();
            for (std::size_t i = 0; i < scenario_.hoppers.size(); ++i) (void)cabinet_->printer().unload(static_cast<int>(i));
        }
        for (std::size_t i = 0; i < scenario_.hoppers.size(); ++i) cabinet_->refill(static_cast<int>(i), scenario_.hoppers[i].blanks, scenario_.hoppers[i].bank);
        site_ = make_site(programs_, run_dir_ / "kiosk-b", "nn-mzb-04", scenario_, options, *centre_, true);
        restart_at_ = cabinet_->now();
        return true;
    }
    if (h.act == "citizen_again") {
        citizen_->begin_again();
        if (!h.value.empty()) citizen_->set_plan_takes_card(std::stoi(h.value));
        return true;
    }
    return act_on_printer(h) || act_on_others(h) || type_or_touch(h);
}

bool Runner::act_on_printer(const Happening& h) {
    if (h.act == "unplug_printer") return cabinet_->usb().unplug(), true;
    if (h.act == "plug_printer") return cabinet_->usb().plug().has_value();
    if (h.act == "push_foreign_card") return cabinet_->push_foreign_card();
    if (h.act == "snatch_card") return cabinet_->snatch_card();
    if (h.act == "take_card") return cabinet_->take_card();
    const std::lock_guard lock(cabinet_->mutex());
    auto& printer = cabinet_->printer();
    if (h.act == "provoke") {
        const auto fault = printer_fault_of(h.value);
        if (fault) printer.provoke(*fault);
        return fault.has_value();
    }
    if (h.act == "disturb_printer") {
        const auto word = disturbance_of(h.value);
        if (word) printer.disturb(*word);
        return word.has_value();
    }
    if (h.act == "clear_path") return (void)printer.clear_path(cabinet_->now()), true;
    if (h.act == "open_cover") return printer.open_cover(true, cabinet_->now()), true;
    if (h.act == "close_cover") return printer.open_cover(false, cabinet_->now()), true;
    if (h.act == "new_ribbon") return printer.new_ribbon("YMCKOK", number_or(h.value, 200)), true;
    if (h.act == "empty_bin") return (void)printer.empty_bin(), true;
    return false;
}

bool Runner::act_on_others(const Happening& h) {
    if (h.act == "restart_pcscd") return cabinet_->pcscd().restart().has_value();
    if (h.act == "kill_pcscd") return cabinet_->pcscd().kill(), true;
    if (h.act == "start_pcscd") return cabinet_->pcscd().start().has_value();
    if (h.act == "stop_centre") return centre_->stop(SIGKILL), true;
    if (h.act == "start_centre") {
        const bool up = centre_->start(scenario_.lease_seconds);
        if (up) relay_->set_target(centre_->port());
        return up;
    }
    if (h.act == "centre_behave") return centre_->behave(h.value), true;
    if (h.act == "cut_link") return relay_->cut(true), true;
    if (h.act == "mend_link") return relay_->cut(false), true;
    if (h.act == "scene") {
        auto scene = cabinet_->camera().scene();
        const bool known = set_scene(scene, h.value);
        cabinet_->camera().set_scene(scene);
        return known;
    }
    if (h.act == "badge") {
        for (const auto& member : sample_staff())
            if (member.id == h.value) {
                cabinet_->put_on_reader(std::make_shared<BadgeCard>(bytes_of_hex(member.uid)));
                return true;
            }
        return false;
    }
    if (h.act == "remove_card") return cabinet_->take_from_reader(), true;
    if (h.act == "put_document") return cabinet_->put_on_reader(document_of(h.value.empty() ? scenario_.citizen.person : h.value)), true;
    if (h.act == "replay_requests") {
        // Everything that was said is said again, byte for byte.
        const auto said = relay_->requests();
        for (const auto& request : said) relay_->send(request);
        return !said.empty();
    }
    if (h.act == "forge_requests") {
        const auto said = relay_->requests();
        for (auto request : said) {
            request[request.size() / 2] = static_cast<char>(request[request.size() / 2] ^ 1);
            relay_->send(request);
        }
        return !said.empty();
    }
    return h.act == "nothing";
}

bool Runner::type_or_touch(const Happening& h) {
    if (!window_ || !window_->screen()) return false;
    const auto touch = [&](const std::string& id) {
        // Each touch waits for the screen that it is meant for.
        for (int i = 0; i < 500; ++i) {
            look_at_screen();
            const auto* target = window_->screen()->target(id);
            if (target && target->enabled) {
                window_->touch(target->x + target->width / 2, target->y + target->height / 2);
                return true;
            }
            usleep(4000);
        }
        return false;
    };
    if (h.act == "touch") return touch(h.value);
    if (h.act == "type") {
        for (const char digit : h.value) {
            if (!touch(std::string("digit_") + digit)) return false;
            usleep(60'000);
        }
        return touch("confirm");
    }
    return false;
}

}  // namespace sim
