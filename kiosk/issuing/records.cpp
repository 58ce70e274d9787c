// What an order may write into a chip: an allow-list of files, tags and exact lengths (facts: social-security-card-files.md, SSSE EF05 and EF06).
#include "kiosk/issuing/issuing.hpp"

#include <fmt/format.h>

#include <set>

namespace kiosk {

namespace {
struct Writable {
    std::uint16_t file;
    std::uint8_t tag;
    std::size_t size;
};
constexpr Writable writable[] = {
    // EF05 tag 01, the identification code, is the blank's own identity: it is read and bound, never rewritten.
    {0xEF05, 0x02, 0x01},  // card class
    {0xEF05, 0x03, 0x04},  // specification version
    {0xEF05, 0x04, 0x0C},  // initialising organisation
    {0xEF05, 0x05, 0x04},  // issue date
    {0xEF05, 0x06, 0x04},  // valid to
    {0xEF05, 0x07, 0x09},  // card number
    {0xEF06, 0x08, 0x12},  // social security number
    {0xEF06, 0x09, 0x1E},  // name
    {0xEF06, 0x4E, 0x14},  // name extension
    {0xEF06, 0x0A, 0x01},  // sex
    {0xEF06, 0x0B, 0x01},  // nation
    {0xEF06, 0x0C, 0x03},  // birth place
    {0xEF06, 0x0D, 0x04},  // birth date
};
}  // namespace

Result<void> check_records(const std::vector<drivers::ChipRecord>& records) {
    if (records.empty()) return drivers::fail(FaultCode::centre_refused, "order: no records");
    std::set<std::pair<std::uint16_t, std::uint8_t>> seen;
    for (const auto& record : records) {
        const auto name = fmt::format("order: record {:04X}/{:02X}", record.file, record.tag);
        const auto* row = std::ranges::find_if(writable, [&](const Writable& w) { return w.file == record.file && w.tag == record.tag; });
        if (row == std::end(writable)) return drivers::fail(FaultCode::centre_refused, name + " may not be written");
        if (record.value.size() != row->size) return drivers::fail(FaultCode::centre_refused, fmt::format("{} has {} bytes, {} wanted", name, record.value.size(), row->size));
        if (!seen.emplace(record.file, record.tag).second) return drivers::fail(FaultCode::centre_refused, name + " twice");
    }
    return {};
}

}  // namespace kiosk
