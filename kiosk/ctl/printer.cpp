// One desk (configuration, loop, pipe, driver, and where blanks move the ledger) for each call. Answers on standard output, in words or as one JSON object; faults
// as sentences on standard error; with --trace the wire on standard error, of panels their length alone.
#include "kiosk/ctl/printer.hpp"

#include "drivers/usb/list.hpp"
#include "kiosk/card_path/supplies.hpp"
#include "kiosk/card_path/technician.hpp"
#include "kiosk/ctl/answers.hpp"
#include "kiosk/issuing/issuing.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

namespace ctl {

namespace {
using drivers::awaitable;
using drivers::Fault;
using drivers::FaultCode;
using drivers::Result;
using nlohmann::ordered_json;
constexpr std::uint16_t usual_vendor = 0x0F49;
constexpr drivers::Duration appear_limit = std::chrono::seconds{5};  ///< for the device to be found and claimed

struct Arguments {
    std::string by;
    int hopper = 1, seconds = 60;
    bool json = false, trace = false, contactless = false;
};

struct Desk {
    kiosk::Config config;
    asio::io_context io;
    std::unique_ptr<drivers::Clock> clock = drivers::make_real_clock();
    std::unique_ptr<drivers::UsbPipe> pipe;
    std::unique_ptr<printer::ServicedPrinter> printer;
    std::unique_ptr<drivers::Lane> lane;
    std::unique_ptr<kiosk::Ledger> ledger;

    template <class T>
    T run(awaitable<T> task) {
        return run_on(io, std::move(task));
    }
};

awaitable<Result<bool>> appears(Desk& desk) {
    const auto deadline = desk.clock->steady() + appear_limit;
    for (;;) {
        const auto seen = desk.pipe->plugged().count();
        if (desk.pipe->connected()) co_return true;
        const auto left = deadline - desk.clock->steady();
        if (left <= drivers::Duration{}) co_return drivers::fail(FaultCode::printer_missing, fmt::format("{} is not there within {} s", desk.config.printer, appear_limit.count() / 1'000'000));
        co_await drivers::within(*desk.clock, left, desk.pipe->plugged().after(seen));
    }
}

/// Nothing when `code` says why.
std::unique_ptr<Desk> open_desk(const std::string& config_file, const Arguments& a, bool with_ledger, int& code) {
    auto config = kiosk::load_config(config_file);
    if (!config) return code = complain(config.error().detail, usage), nullptr;
    if (liqu_runs(config->data_dir)) return code = complain("liqu is running and owns the printer: stop it first, or ask it (liqu-ctl status, liqu-ctl supplies)", usage), nullptr;
    const auto address = drivers::UsbAddress::parse(config->printer);
    if (!address) return code = complain(address.error().detail, usage), nullptr;
    auto desk = std::make_unique<Desk>();
    desk->config = std::move(*config);
    if (with_ledger) {
        const auto random = drivers::make_system_random();
        auto keys = kiosk::load_keys(desk->config.data_dir, desk->config.centre_sign_key, desk->config.centre_seal_key, *random);
        if (!keys) return code = complain(keys.error().detail, usage), nullptr;
        auto books = kiosk::Books::open({.file = desk->config.data_dir / "ledger.sqlite", .hash_key = keys->hash_key.clone(), .vfs = nullptr, .random = nullptr, .now = desk->clock->utc()});
        if (!books) return code = complain(books.error().detail + " (the ledger has one owner: stop liqu first)", usage), nullptr;
        desk->lane = drivers::make_inline_lane(desk->io.get_executor());
        desk->ledger = std::make_unique<kiosk::Ledger>(*desk->lane, std::move(*books));
    }
    desk->pipe = drivers::make_libusb_pipe(desk->io.get_executor(), *desk->clock, *address);
    desk->printer = printer::make_serviced_evolis_printer(*desk->clock, *desk->pipe, {.raster = desk->config.raster});
    if (a.trace) {
        desk->printer->trace([](bool to_printer, std::string_view text, std::size_t data) {
            std::cerr << (to_printer ? "> " : "< ") << text << (data > 0 ? fmt::format(" +{} bytes", data) : "") << '\n';
        });
    }
    if (const auto there = desk->run(appears(*desk)); !there) return code = complain(there.error()), nullptr;
    return desk;
}

// ---- asking ----
ordered_json as_json(const printer::Status& status) {
    ordered_json faults = ordered_json::array(), feeders = ordered_json::array();
    for (const auto& fault : status.faults) {
        const auto& row = kiosk::row_of(fault.code);
        faults.push_back({{"fault", name_of(fault.code)}, {"number", row.number}, {"action", name_of(row.action)}, {"detail", fault.detail}});
    }
    for (int i = 0; i < status.sensors.hoppers; ++i) {
        const auto at = static_cast<std::size_t>(i);
        feeders.push_back({{"hopper", i + 1}, {"has_card", status.sensors.hopper_has_card[at]}, {"low", status.sensors.hopper_low[at]}});
    }
    return {{"device", name_of(status.device)}, {"media", name_of(status.media)}, {"cover", status.sensors.cover_open ? "open" : "closed"},
            {"reject_bin", status.sensors.reject_bin_full ? "full" : "ok"}, {"hoppers", feeders}, {"set_by_us", status.ours}, {"faults", faults}};
}

ordered_json said(std::optional<int> number) { return number ? ordered_json(*number) : ordered_json(nullptr); }
ordered_json as_json(const printer::Counters& c) {
    return {{"cards", said(c.cards)}, {"panels", said(c.panels)}, {"cleanings", said(c.cleanings)}, {"cards_per_cleaning", said(c.cards_per_cleaning)},
            {"most_per_cleaning", said(c.most_per_cleaning)}, {"cards_to_cleaning", said(c.cards_to_cleaning)}, {"head", c.head}};
}
ordered_json as_json(const printer::Ribbon& r) {
    return {{"type", r.type}, {"kind", name_of(r.kind())}, {"level", name_of(r.level)}, {"remaining", r.remaining}, {"capacity", r.capacity}, {"zone", r.foreign_zone ? "foreign" : "ok"}};
}
ordered_json as_json(const printer::Act& act) {
    constexpr std::string_view did[] = {"done", "not_done", "unknown"};
    return {{"did", did[static_cast<std::size_t>(act.did)]}, {"media", name_of(act.where)}};
}

int list(const std::string& config_file, const Arguments& a) {
    auto vendor = usual_vendor;
    if (const auto config = kiosk::load_config(config_file))
        if (const auto address = drivers::UsbAddress::parse(config->printer)) vendor = address->vendor;
    const auto found = drivers::list_usb_devices(vendor);
    if (!found) return complain(found.error());
    ordered_json rows = ordered_json::array();
    for (const auto& d : *found) rows.push_back({{"uri", d.uri()}, {"serial", d.serial}, {"name", d.name}, {"bus", d.bus}, {"device", d.device}, {"may_be_opened", d.may_be_opened}});
    return show({{"printers", rows}}, a.json);
}

int status(Desk& desk, const Arguments& a) {
    const auto now = desk.run(desk.printer->status());
    if (!now) return complain(now.error());
    auto out = as_json(*now);
    if (const auto counters = desk.run(desk.printer->counters())) out["counters"] = as_json(*counters);
    return show(out, a.json);
}

int ribbon(Desk& desk, const Arguments& a) {
    const auto tag = desk.run(desk.printer->ribbon());
    return tag ? show(as_json(*tag), a.json) : complain(tag.error());
}

awaitable<Result<kiosk::Supplies>> look(Desk& desk) {
    const auto sensors = co_await desk.printer->sensors();
    if (!sensors) co_return std::unexpected(sensors.error());
    const auto tag = co_await desk.printer->ribbon();
    const auto ribbon = tag ? std::optional{*tag} : std::nullopt;
    auto supplies = co_await desk.ledger->look([&desk, sensors = *sensors, ribbon](kiosk::Books& books) { return kiosk::supplies_of(desk.config, books, sensors, ribbon); });
    co_await kiosk::note_mismatches(*desk.ledger, supplies, desk.clock->utc());
    co_return supplies;
}

int supplies(Desk& desk, const Arguments& a) {
    const auto now = desk.run(look(desk));
    if (!now) return complain(now.error());
    const auto unit = [](const kiosk::StorageUnit& u, std::string_view kind) {
        return ordered_json{{"kind", kind}, {"count", u.count}, {"capacity", u.capacity}, {"threshold", u.threshold}, {"replenishment", name_of(u.replenishment)}, {"mismatch", name_of(u.mismatch)}};
    };
    ordered_json hoppers = ordered_json::array();
    for (const auto& hopper : now->hoppers) {
        auto row = unit(hopper, "dispense");
        row["hopper"] = hopper.hopper;
        row["bank"] = hopper.bank.value;
        hoppers.push_back(std::move(row));
    }
    return show({{"hoppers", hoppers}, {"bin", unit(now->bin, "retain")}, {"ribbon", unit(now->ribbon, "consumable")}}, a.json);
}

// ---- moving ----
int tell(const Result<kiosk::Tested>& end, bool json) {
    if (!end) return complain(end.error());
    return show({{"card", fmt::format("{}/{}", end->card.load, end->card.ordinal)}, {"state", name_of(end->state)}, {"media", name_of(end->where)}, {"taken", end->taken}}, json);
}
int tell(const printer::Act& act, bool json) {
    show(as_json(act), json);
    return act.ok() ? done : complain(act.fault.value_or(Fault{FaultCode::printer_mechanical, {}}));
}
kiosk::Technician technician(Desk& desk, const Arguments& a) { return kiosk::Technician({*desk.clock, *desk.ledger, *desk.printer, desk.config, a.by}); }

int chip(Desk& desk, const Arguments& a) {
    if (const auto taken = desk.run(desk.printer->prepare()); !taken) return complain(taken.error());
    return tell(desk.run(a.contactless ? desk.printer->to_contactless_station() : desk.printer->to_chip_station()), a.json);
}
int clean(Desk& desk, const Arguments& a) { return tell(desk.run(desk.printer->clean()), a.json); }
int feed(Desk& desk, const Arguments& a) { return tell(desk.run(technician(desk, a).feed(a.hopper, kiosk::Technician::Way::feed)), a.json); }
int test_card(Desk& desk, const Arguments& a) { return tell(desk.run(technician(desk, a).feed(a.hopper, kiosk::Technician::Way::test_card)), a.json); }
int present(Desk& desk, const Arguments& a) { return tell(desk.run(technician(desk, a).present(std::chrono::seconds{a.seconds})), a.json); }
int retain(Desk& desk, const Arguments& a) { return tell(desk.run(technician(desk, a).retain()), a.json); }

/// Everything that can be asked, with the wire shown.
int trace(Desk& desk, const Arguments& a) {
    if (const auto taken = desk.run(desk.printer->prepare()); !taken) return complain(taken.error());
    if (const int code = status(desk, a); code != done) return code;
    return ribbon(desk, a);
}

struct Word {
    const char* name;
    const char* about;
    int (*go)(Desk&, const Arguments&);
    bool ledger = false, hopper = false;
};
constexpr Word words[] = {
    {"status", "device, sensors, what hinders and who has to act, counters", status},
    {"supplies", "hoppers, ribbon and bin: what is counted and what the sensors see", supplies, true},
    {"ribbon", "what the ribbon's tag says and what it is worth", ribbon},
    {"clean", "one cleaning with the cleaning card; take the ribbon out first", clean},
    {"feed", "a blank to the chip station, booked as a test card", feed, true, true},
    {"chip", "the card inside to the contacts, or with --contactless to the other station", chip},
    {"present", "the test card to the slot; taken, it is booked as tested", present, true},
    {"retain", "the card inside into the reject bin", retain, true},
    {"test-card", "the firmware's test picture on a blank, booked as a test card", test_card, true, true},
    {"trace", "asks everything and shows the wire", trace},
};
}  // namespace

void add_printer(CLI::App& app, const std::string& config, int& result) {
    auto* printer = app.add_subcommand("printer", "the card printer, for technicians (liqu must not be running)");
    printer->require_subcommand(1);
    const auto a = std::make_shared<Arguments>();
    const auto common = [a](CLI::App* sub) { sub->add_flag("--json", a->json, "one JSON object"); };
    auto* all = printer->add_subcommand("list", "printers that are plugged in, with the URI of each for [devices] printer");
    common(all);
    all->callback([a, &config, &result] { result = list(config, *a); });
    for (const auto& word : words) {
        auto* sub = printer->add_subcommand(word.name, word.about);
        common(sub);
        sub->add_flag("--trace", a->trace, "the wire, on standard error");
        if (word.hopper) sub->add_option("--hopper", a->hopper, "from 1")->check(CLI::Range(1, 4));
        const bool books_a_card = word.ledger && word.go != supplies;
        if (books_a_card) sub->add_option("--by", a->by, "staff id")->required();
        if (word.go == chip) sub->add_flag("--contactless", a->contactless);
        if (word.go == present) sub->add_option("--seconds", a->seconds, "to take it")->check(CLI::Range(1, 600));
        sub->callback([a, &word, &config, &result] {
            if (word.go == trace) a->trace = true;
            const auto desk = open_desk(config, *a, word.ledger, result);
            if (!desk) return;
            try {
                result = word.go(*desk, *a);
            } catch (const kiosk::LedgerError& error) {
                result = complain(std::string("the ledger: ") + error.what(), refused);
            }
        });
    }
}

}  // namespace ctl
