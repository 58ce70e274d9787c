// One connection for each call. What a person's card says is masked unless --show is given; what opens a card (PINs, cryptograms, MACs) is never shown at all.
#include "kiosk/ctl/chip.hpp"

#include "drivers/apdu.hpp"
#include "drivers/ss_card/national.hpp"
#include "drivers/ss_card/reading.hpp"
#include "drivers/ss_card/status.hpp"
#include "kiosk/config.hpp"
#include "kiosk/ctl/answers.hpp"
#include "kiosk/ctl/secret_entry.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

namespace ctl {

namespace {
using drivers::awaitable;
using drivers::Bytes;
using drivers::FaultCode;
using drivers::Result;
using drivers::View;
using nlohmann::ordered_json;
namespace chip = drivers::chip;
constexpr int usual_wait_s = 5, max_wait_s = 600;
constexpr drivers::Duration power_up_limit = std::chrono::seconds{5}, command_limit = std::chrono::seconds{5};
constexpr std::size_t max_commands = 64;

struct Arguments {
    std::string reader;
    std::vector<std::string> commands;
    int wait_s = usual_wait_s, pin_fd = -1;
    bool json = false, show = false, last_try = false, unsafe = false;
    Arguments() = default;
    Arguments(const Arguments&) = delete;
    Arguments& operator=(const Arguments&) = delete;
    ~Arguments() {
        for (auto& text : commands) drivers::wipe(text);
    }
};

struct Desk {
    asio::io_context io;
    std::unique_ptr<drivers::Clock> clock = drivers::make_real_clock();
    std::unique_ptr<drivers::CardReader> reader;
};

/// Nothing when `code` says why.
std::unique_ptr<Desk> open_desk(const std::string& config_file, const Arguments& a, int& code) {
    auto pattern = a.reader;
    if (const auto config = kiosk::load_config(config_file)) {
        if (liqu_runs(config->data_dir)) return code = complain("liqu is running and owns the readers: stop it first", usage), nullptr;
        if (pattern.empty()) pattern = config->chip_reader;
    }
    constexpr std::string_view scheme = "pcsc:";
    if (pattern.starts_with(scheme)) pattern.erase(0, scheme.size());
    if (pattern.empty()) return code = complain("no configuration: name the reader with --reader", usage), nullptr;
    auto desk = std::make_unique<Desk>();
    desk->reader = drivers::make_pcsc_reader(desk->io.get_executor(), pattern);
    return desk;
}

// ---- read ----
ordered_json as_json(const drivers::FileReading& file, bool show) {
    static constexpr std::string_view words[] = {"read", "absent", "refused"};
    ordered_json fields = ordered_json::object();
    for (const auto& field : file.fields) {
        auto key = field.name;
        for (int nth = 2; fields.contains(key); ++nth) key = fmt::format("{} ({})", field.name, nth);  // a tag that stands several times
        fields[key] = datum(field.text, show || field.about == chip::About::card);
        if (!field.follows_type) fields[key + " flaw"] = "not of its type";
    }
    ordered_json out{{"file", fmt::format("{:04X}", file.file)}, {"name", file.name}, {"access", words[static_cast<std::size_t>(file.access)]}};
    if (!fields.empty()) out["fields"] = std::move(fields);
    return out;
}

ordered_json as_json(const drivers::ChipIdentity& id, bool show) {
    static constexpr std::pair<int, std::string_view> algorithms[] = {{1, "3DES"}, {2, "SSF33"}, {3, "SM4"}};
    const auto* algorithm = std::ranges::find(algorithms, static_cast<int>(id.algorithm), &std::pair<int, std::string_view>::first);
    return {{"generation", id.version},
            {"algorithm", algorithm == std::end(algorithms) ? fmt::format("{:02X}", id.algorithm) : std::string(algorithm->second)},
            {"atr", drivers::hex(id.atr)},
            {"identification_code", drivers::hex(id.identification_code)},
            {"identification_code_shape", drivers::identification_code_plausible(id.identification_code) ? "as the specification has it" : "unusual"},
            {"card_number", datum(id.card_number, show)},
            {"card_number_check", id.card_number.empty() ? "blank" : drivers::card_number_valid(id.card_number) ? "right" : "wrong"},
            {"bank_number", datum(id.bank_number, show)}};
}

/// The whole name, which stands in two records.
void add_name(ordered_json& out, const Result<drivers::CardHolder>& holder, bool show) {
    if (holder) out["name"] = datum(holder->name, show);
    else out["name"] = ordered_json{{"fault", name_of(holder.error().code)}, {"detail", holder.error().detail}};
}

awaitable<Result<ordered_json>> read(Desk& desk, const Arguments& a) {
    const auto there = co_await card_appears(*desk.reader, *desk.clock, std::chrono::seconds{a.wait_s});
    if (!there) co_return std::unexpected(there.error());
    drivers::ChipSession session(*desk.reader);
    const auto id = co_await session.identify(power_up_limit);
    if (!id) co_return std::unexpected(id.error());
    const auto generation = *id->generation();
    auto out = as_json(*id, a.show);
    drivers::CardReading reading(*desk.reader);
    if (generation == chip::Generation::v3_00) {
        out["holder"] = "a card of generation 3.00 shows its holder only after the centre has answered (RK_SSSE)";
    } else {
        auto holder = co_await reading.holder(generation);
        add_name(out, holder, a.show);
        if (holder) holder->wipe();
    }
    ordered_json directories = ordered_json::array();
    for (const auto& row : chip::directories()) {
        auto directory = co_await reading.directory(std::string(row.name), generation);
        if (!directory) co_return std::unexpected(directory.error());
        ordered_json files = ordered_json::array();
        for (const auto& file : directory->files) files.push_back(as_json(file, a.show));
        directory->wipe();
        directories.push_back({{"directory", row.name}, {"present", directory->present}, {"files", std::move(files)}});
    }
    out["directories"] = std::move(directories);
    co_return out;
}

int go_read(const std::string& config_file, const Arguments& a) {
    int code = done;
    const auto desk = open_desk(config_file, a, code);
    if (!desk) return code;
    const auto out = run_on(desk->io, read(*desk, a));
    return out ? show(*out, a.json) : complain(out.error());
}

// ---- verify ----
/// Tries left, or nothing when the card does not say.
awaitable<Result<std::optional<int>>> open_for_pin(Desk& desk, drivers::ChipSession& session, const Arguments& a) {
    const auto there = co_await card_appears(*desk.reader, *desk.clock, std::chrono::seconds{a.wait_s});
    if (!there) co_return std::unexpected(there.error());
    const auto id = co_await session.identify(power_up_limit);
    if (!id) co_return std::unexpected(id.error());
    const auto tries = co_await session.pin_tries();
    if (tries) co_return std::optional{*tries};
    if (tries.error().code == FaultCode::chip_refused) co_return std::optional<int>{};
    co_return std::unexpected(tries.error());
}

int go_verify(const std::string& config_file, const Arguments& a) {
    int code = done;
    const auto desk = open_desk(config_file, a, code);
    if (!desk) return code;
    drivers::ChipSession session(*desk->reader);
    const auto tries = run_on(desk->io, open_for_pin(*desk, session, a));
    if (!tries) return complain(tries.error());
    if (*tries == 0) return complain("the PIN is blocked: only the centre can unblock it", refused);
    std::cerr << "liqu-ctl: " << (*tries ? fmt::format("{} tries left", **tries) : std::string("the card does not say how many tries are left")) << '\n';
    if (tries->value_or(1) == 1) {
        if (!a.last_try) return complain("this may be the last try, and a wrong PIN then blocks the card: give --last-try if it shall be made", refused);
        std::cerr << "liqu-ctl: this may be the last try: a wrong PIN blocks the card\n";
    }
    const auto pin = a.pin_fd >= 0 ? secret_from(a.pin_fd) : secret_from_terminal("PIN: ");
    if (!pin) return complain(pin.error(), usage);
    if (!drivers::pin_bcd(*pin)) return complain("a PIN has six digits; nothing was sent to the card", usage);
    const auto checked = run_on(desk->io, session.check_pin(*pin));
    const auto left = run_on(desk->io, session.pin_tries());
    ordered_json out{{"pin", checked ? "right" : "refused"}, {"tries_left", left ? ordered_json(*left) : ordered_json(nullptr)}};
    if (!checked) {
        const bool locked = left && *left == 0;
        out["why"] = checked.error().detail;
        out["national_code"] = checked.error().code == FaultCode::chip_auth_failed ? chip::national_of(locked ? 0x6983 : 0x63C0, chip::PinCommand::yes) : chip::national_of(checked.error().code);
    }
    show(out, a.json);
    return checked ? done : refused;
}

// ---- apdu ----
enum class Rule { reads, asks, changes };  // reads a person's data; asks for nothing personal; everything else
struct Allowed {
    std::uint8_t cla, ins;
    Rule rule;
};
/// What a technician may send without --unsafe: nothing of it changes the card or costs a try.
constexpr Allowed allowed[] = {{0x00, 0xA4, Rule::asks}, {0x00, 0xB2, Rule::reads}, {0x00, 0xB0, Rule::reads}, {0x00, 0xC0, Rule::reads}, {0x00, 0x84, Rule::asks}, {0x00, 0x88, Rule::asks}, {0x80, 0xCA, Rule::reads}};
constexpr std::uint8_t verify_ins = 0x20, update_record_ins = 0xDC, update_binary_ins = 0xD6;
constexpr std::size_t header_bytes = 4, bytes_with_lc = 5;

Rule rule_of(View apdu) {
    const auto cla = drivers::u8(apdu[0]), ins = drivers::u8(apdu[1]);
    if (cla == 0x00 && ins == verify_ins && apdu.size() == header_bytes) return Rule::asks;  // how many tries are left
    const auto* found = std::ranges::find_if(allowed, [&](const Allowed& row) { return row.cla == cla && row.ins == ins; });
    return found == std::end(allowed) ? Rule::changes : found->rule;
}

/// The command as it may be shown: the data of what changes the card are secrets or a person's.
std::string shown_command(View apdu, bool show) {
    const auto ins = drivers::u8(apdu[1]);
    const bool personal = ins == update_record_ins || ins == update_binary_ins;
    if (rule_of(apdu) != Rule::changes || apdu.size() <= bytes_with_lc || (personal && show)) return drivers::hex(apdu);
    return drivers::hex(apdu.first(bytes_with_lc)) + "***";
}

ordered_json as_json(View apdu, const drivers::Answer& answer, bool show) {
    ordered_json out{{"command", shown_command(apdu, show)}, {"status", fmt::format("{:04X}", answer.sw)}};
    if (!answer.data.empty()) {
        out["bytes"] = answer.data.size();
        out["answer"] = datum(drivers::hex(answer.data), show || rule_of(apdu) == Rule::asks);
    }
    if (!answer.ok()) {
        out["meaning"] = drivers::status_fault(answer.sw, "answer").detail;
        out["national_code"] = chip::national_of(answer.sw, drivers::u8(apdu[1]) == verify_ins ? chip::PinCommand::yes : chip::PinCommand::no);
    }
    return out;
}

/// Every command as bytes, or a sentence.
std::expected<std::vector<Bytes>, std::string> commands_of(const Arguments& a) {
    std::vector<Bytes> out;
    if (a.commands.size() > max_commands) return std::unexpected(fmt::format("at most {} commands in one call", max_commands));
    for (const auto& text : a.commands) {
        std::string joined = text;
        std::erase(joined, ':');  // opensc-tool's way of writing
        auto apdu = drivers::from_hex(joined);
        drivers::wipe(joined);
        if (!apdu || apdu->size() < header_bytes || apdu->size() > drivers::max_apdu_bytes)
            return std::unexpected(fmt::format("command {}: 4 to {} bytes in hexadecimal", out.size() + 1, drivers::max_apdu_bytes));
        if (rule_of(*apdu) == Rule::changes && !a.unsafe)
            return std::unexpected(fmt::format("command {}, {}: may change the card or cost a try; give --unsafe if it shall be sent (nothing was sent)", out.size() + 1, drivers::hex(View{*apdu}.first(header_bytes))));
        out.push_back(std::move(*apdu));
    }
    return out;
}

awaitable<Result<ordered_json>> exchange(Desk& desk, const Arguments& a, const std::vector<Bytes>& commands) {
    const auto there = co_await card_appears(*desk.reader, *desk.clock, std::chrono::seconds{a.wait_s});
    if (!there) co_return std::unexpected(there.error());
    const auto atr = co_await desk.reader->connect(power_up_limit);
    if (!atr) co_return std::unexpected(atr.error());
    ordered_json rows = ordered_json::array();
    bool good = true;
    for (const auto& apdu : commands) {
        auto answer = co_await drivers::ask_card(*desk.reader, apdu, command_limit);
        if (!answer) {
            rows.push_back({{"command", shown_command(apdu, a.show)}, {"fault", name_of(answer.error().code)}, {"detail", answer.error().detail}});
            good = false;
            break;
        }
        rows.push_back(as_json(apdu, *answer, a.show));
        drivers::wipe(answer->data);
        good = good && answer->ok();
    }
    desk.reader->disconnect();
    co_return ordered_json{{"atr", drivers::hex(*atr)}, {"all_9000", good}, {"exchanges", std::move(rows)}};
}

int go_apdu(const std::string& config_file, const Arguments& a) {
    int code = done;
    auto commands = commands_of(a);
    if (!commands) return complain(commands.error(), usage);
    const auto desk = open_desk(config_file, a, code);
    if (!desk) return code;
    const auto out = run_on(desk->io, exchange(*desk, a, *commands));
    for (auto& apdu : *commands) drivers::wipe(apdu);
    if (!out) return complain(out.error());
    show(*out, a.json);
    return out->at("all_9000").get<bool>() ? done : refused;
}
}  // namespace

void add_chip(CLI::App& app, const std::string& config, int& result) {
    auto* card = app.get_subcommand("card");
    const auto a = std::make_shared<Arguments>();
    const auto word = [&](const char* name, const char* about, int (*go)(const std::string&, const Arguments&)) {
        auto* sub = card->add_subcommand(name, about);
        sub->add_option("--reader", a->reader, "PC/SC name, with a star at its end a beginning; the configuration's chip reader otherwise");
        sub->add_option("--wait", a->wait_s, "seconds for a card to appear")->check(CLI::Range(1, max_wait_s))->capture_default_str();
        sub->add_flag("--json", a->json, "one JSON object");
        sub->callback([a, go, &config, &result] { result = go(config, *a); });
        return sub;
    };
    auto* reading = word("read", "what the card shows without PIN and keys: its identity, its directories, file by file (liqu must not be running)", go_read);
    auto* verifying = word("verify", "is this the card's PIN? Asked for on the terminal, without echo; a wrong one costs a try", go_verify);
    verifying->add_option("--pin-fd", a->pin_fd, "reads the PIN from this descriptor instead")->check(CLI::Range(0, 1023));
    verifying->add_flag("--last-try", a->last_try, "also when a wrong PIN would block the card");
    auto* sending = word("apdu", "sends commands as they are, one after another, and says what came back", go_apdu);
    sending->add_option("commands", a->commands, "in hexadecimal, colons allowed")->required();
    sending->add_flag("--unsafe", a->unsafe, "also commands that may change the card or cost a try; their data are never shown");
    for (auto* sub : {reading, sending}) sub->add_flag("--show", a->show, "names, numbers and answers instead of masks");
}

}  // namespace ctl
