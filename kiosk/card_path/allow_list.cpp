// The allow-list of commands (facts: social-security-card-commands.md, personalisation.md).
#include "kiosk/card_path/allow_list.hpp"
#include "kiosk/issuing/issuing.hpp"

#include <fmt/format.h>

namespace kiosk {

namespace {
using Directory = Selected::Directory;

constexpr std::string_view acse_aid_hex = "D15600000506";
constexpr std::uint16_t first_ssse_file = 0xEF05, last_ssse_file = 0xEF06, first_certificate_file = 0xEF15, last_written_certificate = 0xEF17, last_certificate_file = 0xEF18;
constexpr std::uint8_t read_key = 0x0A, update_key = 0x12;  // RK_SSSE, UK_SSSE
constexpr std::size_t proof_bytes = 16, challenge_bytes = 8, head_bytes = 4;
constexpr std::uint16_t good = 0x9000, whole_mask = 0xFFFF;

/// A short command, taken apart.
struct Command {
    std::uint8_t cla = 0, ins = 0, p1 = 0, p2 = 0;
    View data;
    std::optional<std::uint8_t> le;
    static std::optional<Command> of(View apdu) {
        if (apdu.size() < head_bytes) return std::nullopt;
        Command c{drivers::u8(apdu[0]), drivers::u8(apdu[1]), drivers::u8(apdu[2]), drivers::u8(apdu[3]), {}, std::nullopt};
        if (apdu.size() == head_bytes + 1) c.le = drivers::u8(apdu[head_bytes]);
        if (apdu.size() <= head_bytes + 1) return c;
        const std::size_t size = drivers::u8(apdu[head_bytes]);
        if (size == 0 || (apdu.size() != head_bytes + 1 + size && apdu.size() != head_bytes + 2 + size)) return std::nullopt;
        c.data = apdu.subspan(head_bytes + 1, size);
        if (apdu.size() == head_bytes + 2 + size) c.le = drivers::u8(apdu.back());
        return c;
    }
    [[nodiscard]] int p1p2() const { return p1 << 8 | p2; }
};

/// A rule's words when it is broken; nothing when it holds.
using Broken = std::optional<std::string_view>;

bool only_success(const BatchStep& step) {
    return std::ranges::all_of(step.allowed, [](const StatusPattern& p) { return p.mask == whole_mask && p.value == good; });
}

Broken select(const Command& c, const BatchStep& step, Selected& selected) {
    // What the card has selected must be known for certain: another status word ends the batch.
    if (!only_success(step)) return "SELECT: only 9000 may be allowed";
    if (c.p1p2() == 0x0400) {
        const auto name = drivers::hex(c.data);
        if (name == drivers::ssse_name_hex) selected = {Directory::ssse, 0};
        else if (name == acse_aid_hex) selected = {Directory::acse, 0};
        else return "SELECT: neither SSSE nor ACSE";
        return std::nullopt;
    }
    if (c.p1p2() != 0x0200 || c.data.size() != 2 || c.le) return "SELECT: P1 P2 or length";
    const auto file = static_cast<std::uint16_t>(drivers::u8(c.data[0]) << 8 | drivers::u8(c.data[1]));
    const bool known = selected.directory == Directory::ssse   ? file >= first_ssse_file && file <= last_ssse_file
                       : selected.directory == Directory::acse ? file >= first_certificate_file && file <= last_certificate_file
                                                               : false;
    if (!known) return "SELECT: not a file of the directory";
    selected.file = file;
    return std::nullopt;
}

/// The record file that P2 means: the selected one, or by its short identifier.
std::optional<std::uint16_t> record_file(std::uint8_t p2, const Selected& selected) {
    if (selected.directory != Directory::ssse || (p2 & 7) != 0) return std::nullopt;
    const auto file = p2 == 0 ? selected.file : static_cast<std::uint16_t>(0xEF00 | p2 >> 3);
    return file >= first_ssse_file && file <= last_ssse_file ? std::optional{file} : std::nullopt;
}

Broken read_record(const Command& c, Selected& selected) {
    const auto file = record_file(c.p2, selected);
    if (!file || c.p1 == 0 || !c.data.empty() || !c.le) return "READ RECORD: file, tag or length";
    selected.file = *file;
    return std::nullopt;
}

Broken update_record(const Command& c, const BatchStep& step, Selected& selected) {
    const auto file = record_file(c.p2, selected);
    if (!file || c.le || c.data.size() < 3) return "UPDATE RECORD: file or length";
    if (drivers::u8(c.data[0]) != c.p1 || drivers::u8(c.data[1]) != c.data.size() - 2) return "UPDATE RECORD: tag or length inside";
    std::vector<drivers::ChipRecord> record(1);
    record[0] = {*file, c.p1, drivers::to_bytes(c.data.subspan(2))};
    const bool writable = check_records(record).has_value();
    drivers::wipe(record[0].value);
    if (!writable) return "UPDATE RECORD: not a record that an order may write";
    if (!step.commit || !only_success(step)) return "UPDATE RECORD: a commit step with 9000 alone is wanted";
    selected.file = *file;
    return std::nullopt;
}

/// Offset and length within the selected certificate file.
bool within_file(const Command& c, std::size_t size) { return (c.p1 & 0x80) == 0 && static_cast<std::size_t>(c.p1p2()) + size <= max_certificate_file; }

Broken read_binary(const Command& c, const Selected& selected) {
    if (selected.directory != Directory::acse || selected.file == 0) return "READ BINARY: no certificate file selected";
    if (!c.data.empty() || !c.le || !within_file(c, *c.le == 0 ? 256 : *c.le)) return "READ BINARY: offset or length";
    return std::nullopt;
}

Broken update_binary(const Command& c, const BatchStep& step, const Selected& selected) {
    if (selected.directory != Directory::acse || selected.file < first_certificate_file || selected.file > last_written_certificate)
        return "UPDATE BINARY: no certificate file selected";
    if (c.data.empty() || c.le || !within_file(c, c.data.size())) return "UPDATE BINARY: offset or length";
    if (!step.commit || !only_success(step)) return "UPDATE BINARY: a commit step with 9000 alone is wanted";
    return std::nullopt;
}

Broken broken_rule(const Command& c, const BatchStep& step, Selected& selected) {
    if (c.cla != 0x00) return "class";
    switch (c.ins) {
        case 0xA4: return select(c, step, selected);
        case 0xB2: return read_record(c, selected);
        case 0xDC: return update_record(c, step, selected);
        case 0xB0: return read_binary(c, selected);
        case 0xD6: return update_binary(c, step, selected);
        case 0x84: return c.p1p2() != 0 || !c.data.empty() || c.le != challenge_bytes ? Broken{"GET CHALLENGE: P1 P2 or length"} : std::nullopt;
        case 0x88: return c.p1p2() != 0 || c.data.size() != proof_bytes ? Broken{"INTERNAL AUTHENTICATE: P1 P2 or length"} : std::nullopt;
        case 0x82:
            return c.p1 != 0 || (c.p2 != read_key && c.p2 != update_key) || c.data.size() != proof_bytes || c.le ? Broken{"EXTERNAL AUTHENTICATE: key or length"} : std::nullopt;
        default: return "instruction";
    }
}
}  // namespace

drivers::Result<void> may_send(const BatchStep& step, Selected& selected) {
    const auto command = Command::of(step.apdu);
    const auto broken = command ? broken_rule(*command, step, selected) : Broken{"no command"};
    if (!broken) return {};
    return drivers::fail(FaultCode::centre_refused, fmt::format("batch step {}: not allowed: {}", step.number, *broken));
}

drivers::Result<void> may_send(const std::vector<BatchStep>& steps, Selected selected) {
    for (const auto& step : steps)
        if (auto may = may_send(step, selected); !may) return may;
    return {};
}

}  // namespace kiosk
