// One reader for each call, named by its URI. Redacted unless --show is given; faults as sentences on standard error.
#include "kiosk/ctl/id.hpp"

#include "drivers/id_reader.hpp"
#include "drivers/resident_id/wlt_decoder.hpp"
#include "kiosk/config.hpp"
#include "kiosk/ctl/answers.hpp"

#include <fcntl.h>
#include <iostream>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace ctl {

namespace {
using drivers::awaitable;
using drivers::Fault;
using drivers::FaultCode;
using drivers::IdDocument;
using drivers::IdReader;
using drivers::ReaderPresence;
using drivers::Result;
using nlohmann::ordered_json;
constexpr int usual_wait_s = 10, max_wait_s = 600;
constexpr drivers::Duration read_limit = std::chrono::seconds{8}, appear_limit = std::chrono::seconds{5};

struct Arguments {
    std::string reader, decoder, portrait;
    int wait_s = usual_wait_s;
    bool json = false, show = false;
};

std::string_view name_of(ReaderPresence presence) {
    constexpr std::array<std::string_view, 4> words{"daemon_down", "reader_missing", "empty", "card"};
    return words[static_cast<std::size_t>(presence)];
}
std::string_view name_of(drivers::PortraitFormat format) {
    constexpr std::array<std::string_view, 4> words{"none", "wlt", "jpeg", "jpeg2000"};
    return words[static_cast<std::size_t>(format)];
}

// ---- what may be shown ----
/// The first character, whatever its length in UTF-8.
std::string name_redacted(const std::string& name) {
    std::size_t end = std::min<std::size_t>(1, name.size());
    while (end < name.size() && (drivers::u8(static_cast<std::byte>(name[end])) & 0xC0) == 0x80) ++end;
    return name.substr(0, end) + "**";
}
/// Area and the last two: "450103**********21".
std::string number_redacted(const std::string& number) {
    constexpr std::size_t area = 6, last = 2;
    if (number.size() <= area + last) return std::string(number.size(), '*');
    return number.substr(0, area) + std::string(number.size() - area - last, '*') + number.substr(number.size() - last);
}
std::string text_of(std::chrono::year_month_day day) {
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

ordered_json as_json(const IdDocument& d, bool show) {
    ordered_json out{{"kind", name_of(d.kind)}, {"evidence", name_of(d.evidence)}, {"name", show ? d.name : name_redacted(d.name)}, {"number", show ? d.number : number_redacted(d.number)}};
    if (show) {
        out.update({{"name_latin", d.name_latin}, {"sex", static_cast<int>(d.sex)}, {"nation", d.nation}, {"nationality", d.nationality}, {"birth", text_of(d.birth)}, {"address", d.address},
                    {"authority", d.authority}, {"valid_from", text_of(d.valid_from)}, {"valid_to", d.valid_to ? text_of(*d.valid_to) : "长期"}, {"pass_number", d.pass_number},
                    {"issue_count", d.issue_count}});
    }
    out["portrait"] = {{"format", name_of(d.portrait_format)}, {"bytes", d.portrait.size()}};
    return out;
}

// ---- the reader ----
struct Desk {
    asio::io_context io;
    std::unique_ptr<drivers::Clock> clock = drivers::make_real_clock();
    std::unique_ptr<IdReader> reader;

    Desk() = default;
    ~Desk() {
        reader.reset();
        io.restart();
        io.poll();  // it lets the device go
    }
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;
};

/// Nothing when `code` says why.
std::unique_ptr<Desk> open_desk(const std::string& config_file, const Arguments& a, int& code) {
    auto uri = a.reader;
    if (const auto config = kiosk::load_config(config_file)) {
        if (liqu_runs(config->data_dir)) return code = complain("liqu is running and owns the readers: stop it first", usage), nullptr;
        if (uri.empty()) uri = config->id_reader;
    }
    if (uri.empty()) return code = complain("no configuration: name the reader with --reader", usage), nullptr;
    auto desk = std::make_unique<Desk>();
    auto reader = drivers::make_id_reader(desk->io.get_executor(), *desk->clock, uri);
    if (!reader) return code = complain(reader.error().detail, usage), nullptr;
    desk->reader = *std::move(reader);
    return desk;
}

/// Until the reader is there or, with `card`, until something lies on it.
awaitable<Result<bool>> appears(Desk& desk, bool card, drivers::Duration limit) {
    const auto deadline = desk.clock->steady() + limit;
    for (;;) {
        const auto seen = desk.reader->changed().count();
        const auto presence = desk.reader->presence();
        if (presence == ReaderPresence::card || (!card && presence == ReaderPresence::empty)) co_return true;
        const auto left = deadline - desk.clock->steady();
        if (left <= drivers::Duration{}) co_return std::unexpected(desk.reader->trouble().value_or(Fault{FaultCode::no_document, "nothing lies on the reader"}));
        co_await drivers::within(*desk.clock, left, desk.reader->changed().after(seen));
    }
}

/// For the owner's eyes only; a file that is there already is not touched.
bool write_private(const std::string& file, drivers::View bytes) {
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return false;
    const bool all = ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
    return ::close(fd) == 0 && all;
}

/// What became of the photograph, in one word or in a sentence of the decoder's.
awaitable<std::string> keep_portrait(Desk& desk, const Arguments& a, const IdDocument& document) {
    auto picture = document.portrait;
    std::string said = "as read";
    if (!a.decoder.empty()) {
        auto bmp = co_await drivers::decode_wlt(*desk.clock, {.program = a.decoder}, document.portrait);
        said = bmp ? "decoded" : bmp.error().detail;
        if (bmp) picture = *std::move(bmp);
    }
    if (!a.portrait.empty() && !write_private(a.portrait, picture)) said += "; the file is not written";
    drivers::wipe(picture);
    co_return said;
}

awaitable<Result<ordered_json>> read(Desk& desk, const Arguments& a) {
    auto document = co_await desk.reader->read(read_limit);
    if (!document) co_return std::unexpected(document.error());
    auto out = as_json(*document, a.show);
    if (!a.decoder.empty() || !a.portrait.empty()) out["portrait"]["kept"] = co_await keep_portrait(desk, a, *document);
    document->wipe();
    auto address = co_await desk.reader->appended_address();
    if (!address) out["appended_address"] = fmt::format("{}", name_of(address.error().code));
    else if (!*address) out["appended_address"] = "none";
    else out["appended_address"] = a.show ? **address : "there is one";
    co_return out;
}

awaitable<Result<ordered_json>> read_when_there(Desk& desk, const Arguments& a) {
    const auto ready = co_await appears(desk, false, appear_limit);
    if (!ready) co_return std::unexpected(ready.error());
    const auto there = co_await appears(desk, true, std::chrono::seconds{a.wait_s});
    if (!there) co_return std::unexpected(there.error());
    const auto began = desk.clock->steady();
    auto out = co_await read(desk, a);
    if (!out) co_return out;
    (*out)["transport"] = name_of(desk.reader->transport());
    (*out)["milliseconds"] = (desk.clock->steady() - began).count() / 1000;
    co_return out;
}

awaitable<Result<ordered_json>> sam(Desk& desk) {
    const auto there = co_await appears(desk, false, appear_limit);
    if (!there) co_return std::unexpected(there.error());
    const auto number = co_await desk.reader->security_module();
    if (!number) co_return std::unexpected(number.error());
    co_return ordered_json{{"transport", name_of(desk.reader->transport())}, {"security_module", "works"}, {"number", *number}};
}

/// One line for each thing that happens.
void line(const ordered_json& value, bool json) {
    std::string words;
    for (const auto& [key, item] : value.items()) words += fmt::format("{}{}: {}", words.empty() ? "" : ", ", key, item.is_string() ? item.get<std::string>() : item.dump());
    std::cout << (json ? value.dump() : words) << std::endl;
}

awaitable<ordered_json> look(Desk& desk, const Arguments& a) {
    const auto document = co_await read(desk, a);
    if (document) co_return *document;
    // What is no card of this kind may be a badge.
    if (document.error().code == FaultCode::document_not_supported) {
        const auto badge = co_await desk.reader->badge(read_limit);
        if (badge) co_return ordered_json{{"badge", a.show ? drivers::hex(*badge) : std::string("**") + drivers::hex(drivers::View(*badge).last(1))}};
    }
    co_return ordered_json{{"fault", name_of(document.error().code)}, {"detail", document.error().detail}};
}

awaitable<void> watch(Desk& desk, const Arguments& a) {
    std::optional<ReaderPresence> said;
    for (;;) {
        const auto seen = desk.reader->changed().count();
        const auto presence = desk.reader->presence();
        if (said != presence) {
            said = presence;
            ordered_json now{{"presence", name_of(presence)}};
            if (const auto trouble = desk.reader->trouble()) now.update({{"fault", name_of(trouble->code)}, {"detail", trouble->detail}});
            line(now, a.json);
            if (presence == ReaderPresence::card) line(co_await look(desk, a), a.json);
        }
        co_await desk.reader->changed().after(seen);
    }
}

int watch_until_signal(Desk& desk, const Arguments& a) {
    asio::signal_set signals(desk.io, SIGINT, SIGTERM);
    signals.async_wait([&desk](const std::error_code& error, int) {
        if (!error) desk.io.stop();
    });
    asio::co_spawn(desk.io, watch(desk, a), [&desk](const std::exception_ptr&) { desk.io.stop(); });
    desk.io.run();
    return done;
}

int tell(const Result<ordered_json>& answer, bool json) { return answer ? show(*answer, json) : complain(answer.error()); }
int go_read(Desk& desk, const Arguments& a) { return tell(run_on(desk.io, read_when_there(desk, a)), a.json); }
int go_sam(Desk& desk, const Arguments& a) { return tell(run_on(desk.io, sam(desk)), a.json); }
}  // namespace

void add_id(CLI::App& app, const std::string& config, int& result) {
    auto* id = app.add_subcommand("id", "the resident ID reader, for technicians (liqu must not be running)");
    id->require_subcommand(1);
    const auto a = std::make_shared<Arguments>();
    const auto word = [&](const char* name, const char* about, int (*go)(Desk&, const Arguments&)) {
        auto* sub = id->add_subcommand(name, about);
        sub->add_option("--reader", a->reader, "pcsc:NAME*, sdt-usb:0400:c35a[:SERIAL], sdt-serial:/dev/ttyUSB0[?baud=57600]; the configured one otherwise");
        sub->add_flag("--json", a->json, "one JSON object");
        sub->callback([a, go, &config, &result] {
            if (const auto desk = open_desk(config, *a, result)) result = go(*desk, *a);
        });
        return sub;
    };
    auto* reading = word("read", "reads the card that lies there or is laid down", go_read);
    reading->add_option("--wait", a->wait_s, "seconds for a card to appear")->check(CLI::Range(0, max_wait_s))->capture_default_str();
    reading->add_option("--decoder", a->decoder, "the operator's program for the photograph: an absolute path");
    reading->add_option("--portrait", a->portrait, "a new file for the photograph, decoded or as read");
    auto* watching = word("watch", "a line for each coming and going and each reading; Ctrl-C ends", watch_until_signal);
    for (auto* sub : {reading, watching}) sub->add_flag("--show", a->show, "names, numbers and dates instead of masks");
    word("sam", "whether the security module works, and its number", go_sam);
}

}  // namespace ctl
