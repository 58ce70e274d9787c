// One reading for each call. Redacted unless --show is given; faults as sentences on standard error.
#include "kiosk/ctl/passport.hpp"

#include "drivers/emrtd/document.hpp"
#include "kiosk/config.hpp"
#include "kiosk/ctl/answers.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

namespace ctl {

namespace {
using drivers::awaitable;
using drivers::FaultCode;
using drivers::Result;
using drivers::emrtd::AccessKey;
using drivers::emrtd::Reading;
using nlohmann::ordered_json;
constexpr int usual_wait_s = 5, max_wait_s = 600;
constexpr drivers::Duration read_limit = std::chrono::seconds{60};

struct Arguments {
    std::string mrz, number, birth, expiry, can, reader, csca;
    int wait_s = usual_wait_s;
    bool json = false, show = false;
    ~Arguments() {
        for (auto* text : {&mrz, &number, &birth, &expiry, &can}) drivers::wipe(*text);
    }
};

std::string_view name_of(drivers::emrtd::Access access) {
    constexpr std::array<std::string_view, 3> words{"closed", "bac", "pace"};
    return words[static_cast<std::size_t>(access)];
}
std::string_view name_of(drivers::MrzFormat format) {
    constexpr std::array<std::string_view, 8> words{"td1", "td2", "td3", "permit_hk_macao", "permit_taiwan", "permit_1999", "exit_entry", "exit_entry_chip"};
    return words[static_cast<std::size_t>(format)];
}
std::string_view name_of(drivers::PortraitFormat format) {
    constexpr std::array<std::string_view, 4> words{"none", "wlt", "jpeg", "jpeg2000"};
    return words[static_cast<std::size_t>(format)];
}

std::chrono::year_month_day day_of(drivers::Utc time) { return std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(time)}; }
std::string text_of(std::chrono::year_month_day day) {
    if (!day.ok() || day.year() == std::chrono::year{0}) return {};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

/// Lines of the zone, separated by line ends or by blanks, or run together; "-" reads them from standard input, where no list of processes shows them.
Result<AccessKey> key_of_zone(const std::string& given, std::chrono::year_month_day today) {
    std::string text, line;
    if (given == "-")
        while (text.size() <= drivers::max_mrz_bytes && std::getline(std::cin, line)) text += line;
    else text = given;
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\r'; });
    auto mrz = drivers::parse_mrz(drivers::as_view(text), today);
    drivers::wipe(text);
    drivers::wipe(line);
    if (!mrz) return std::unexpected(mrz.error());
    auto key = AccessKey::from_mrz(*mrz);
    mrz->wipe();
    return key;
}
Result<AccessKey> key_of(const Arguments& a, std::chrono::year_month_day today) {
    const bool fields = !a.number.empty() || !a.birth.empty() || !a.expiry.empty();
    if (!a.mrz.empty() + fields + !a.can.empty() != 1) return drivers::fail(FaultCode::document_invalid, "give one of --mrz, --doc with --birth and --expiry, --can");
    if (!a.mrz.empty()) return key_of_zone(a.mrz, today);
    if (!a.can.empty()) return AccessKey::from_can(a.can);
    return AccessKey::from_mrz(a.number, a.birth, a.expiry);
}

struct Order {
    drivers::CardReader& reader;
    drivers::Clock& clock;
    drivers::Random& random;
    const AccessKey& key;
    const drivers::emrtd::TrustStore& trust;
    drivers::Duration wait;
};
awaitable<Result<Reading>> read(Order order) {
    const auto there = co_await card_appears(order.reader, order.clock, order.wait);
    if (!there) co_return std::unexpected(there.error());
    auto reading = co_await drivers::within(order.clock, read_limit,
                                            drivers::emrtd::read_document(order.reader, order.random, order.key, order.trust, day_of(order.clock.utc()), drivers::emrtd::ReadLimits{}));
    if (!reading) co_return drivers::fail(FaultCode::time_out, fmt::format("not read within {} s", read_limit.count() / 1'000'000));
    co_return *std::move(reading);
}

ordered_json person_of(const Reading& reading, bool show) {
    const auto& d = reading.document;
    const auto put = [show](const std::string& text) { return datum(text, show); };
    return {{"name", put(d.name)}, {"name_latin", put(d.name_latin)}, {"sex", put(fmt::format("{}", static_cast<int>(d.sex)))}, {"nationality", put(d.nationality)},
            {"birth", put(text_of(d.birth))}, {"number", put(d.number)}, {"valid_from", put(text_of(d.valid_from))}, {"valid_to", put(d.valid_to ? text_of(*d.valid_to) : "")},
            {"authority", put(d.authority)}, {"address", put(d.address)}, {"full_name", put(reading.holder.full_name)}, {"place_of_birth", put(reading.holder.place_of_birth)},
            {"personal_number", put(reading.holder.personal_number)}};
}

ordered_json as_json(const Reading& reading, const drivers::emrtd::TrustStore& trust, bool show, std::chrono::year_month_day today) {
    ordered_json groups = ordered_json::array();
    for (const auto& group : reading.groups) groups.push_back({{"group", group.group}, {"bytes", group.bytes}});
    const auto& d = reading.document;
    return {{"kind", name_of(d.kind)},
            {"format", name_of(reading.mrz.format)},
            {"access", name_of(reading.access)},
            {"authenticity", name_of(reading.verdict.authenticity)},
            {"authenticity_why", reading.verdict.why},
            {"chip", name_of(reading.copy.check)},
            {"chip_why", reading.copy.why},
            {"evidence", name_of(d.evidence)},
            {"expired", d.valid_to && *d.valid_to < today},
            {"groups", groups},
            {"portrait", {{"format", name_of(d.portrait_format)}, {"bytes", d.portrait.size()}}},
            {"person", person_of(reading, show)},
            {"notes", reading.notes},
            {"trusted_certificates", trust.size()},
            {"trust_left_out", trust.left_out()}};
}

int read_passport(const std::string& config_file, const Arguments& a) {
    auto pattern = a.reader;
    if (const auto config = kiosk::load_config(config_file)) {
        if (liqu_runs(config->data_dir)) return complain("liqu is running and owns the readers: stop it first", usage);
        if (pattern.empty()) pattern = config->id_reader.substr(config->id_reader.find(':') + 1);
    }
    if (pattern.empty()) return complain("no configuration: name the reader with --reader", usage);
    const auto clock = drivers::make_real_clock();
    const auto random = drivers::make_system_random();
    const auto today = day_of(clock->utc());
    const auto key = key_of(a, today);
    if (!key) return complain(key.error().detail, usage);
    auto trust = a.csca.empty() ? Result<drivers::emrtd::TrustStore>{drivers::emrtd::TrustStore{}} : drivers::emrtd::TrustStore::load(a.csca);
    if (!trust) return complain(trust.error().detail, usage);
    asio::io_context io;
    const auto reader = drivers::make_pcsc_reader(io.get_executor(), pattern);
    auto reading = run_on(io, read({*reader, *clock, *random, *key, *trust, std::chrono::seconds{a.wait_s}}));
    if (!reading) return complain(reading.error());
    const int code = show(as_json(*reading, *trust, a.show, today), a.json);
    reading->wipe();
    return code;
}
}  // namespace

void add_passport(CLI::App& app, const std::string& config, int& result) {
    auto* passport = app.add_subcommand("passport", "passports and travel permits, for technicians (liqu must not be running)");
    passport->require_subcommand(1);
    const auto a = std::make_shared<Arguments>();
    auto* reading = passport->add_subcommand("read", "opens the chip, reads it, judges its signature and whether it is a copy");
    reading->add_option("--mrz", a->mrz, "the machine readable zone, its lines run together or between blanks; - reads it from standard input");
    reading->add_option("--doc", a->number, "document number as in the zone, without its check digit");
    reading->add_option("--birth", a->birth, "YYMMDD");
    reading->add_option("--expiry", a->expiry, "YYMMDD");
    reading->add_option("--can", a->can, "card access number, six digits; opens PACE only");
    reading->add_option("--reader", a->reader, "PC/SC name, with a star at its end a beginning; the configuration's ID reader otherwise");
    reading->add_option("--csca", a->csca, "folder of the states' certificates (*.cer *.crt *.der *.pem); without it nothing is genuine");
    reading->add_option("--wait", a->wait_s, "seconds for a document to appear")->check(CLI::Range(0, max_wait_s))->capture_default_str();
    reading->add_flag("--json", a->json, "one JSON object");
    reading->add_flag("--show", a->show, "names, numbers and dates instead of masks");
    reading->callback([a, &config, &result] { result = read_passport(config, *a); });
}

}  // namespace ctl
