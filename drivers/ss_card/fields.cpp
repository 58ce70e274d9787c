// From a record's bytes to named texts: types, nested B-TLV, cyclic records. Hostile bytes: sizes first, and no value in any fault.
#include "drivers/ss_card/reading.hpp"

#include <charconv>

namespace drivers {

namespace {
using namespace chip;
constexpr std::size_t max_number_bytes = 8;

std::string name_of(const FieldRow& field) { return field.name.empty() ? fmt::format("tag {:02X}", field.tag) : std::string(field.name); }

std::string number_text(View value) {
    std::uint64_t number = 0;
    for (const auto byte : value) number = number << 8 | u8(byte);
    return std::to_string(number);
}

CardField field_of(std::uint16_t file, std::string name, ValueType type, View value) {
    auto text = text_of(type, value);
    const bool follows = text.has_value();
    return {file, std::move(name), follows ? std::move(*text) : hex(value), About::holder, follows};
}
}  // namespace

std::optional<std::string> text_of(ValueType type, View value) {
    switch (type) {
        case ValueType::an: return an_text(value);
        case ValueType::cn: return cn_text(value);
        case ValueType::b:
        case ValueType::group: return hex(value);
        case ValueType::number: return value.size() > max_number_bytes ? std::nullopt : std::optional{number_text(value)};
    }
    return std::nullopt;
}

Result<std::vector<CardField>> group_fields(std::uint16_t file, const RecordRow& row, View value) {
    std::vector<CardField> out;
    const auto flaw = [&](const char* what) { return fail(FaultCode::chip_mismatch, fmt::format("{}: {}", label(file, row.field.tag), what)); };
    while (!value.empty()) {
        const auto tag = u8(value[0]);
        if (tag == 0x00 || tag == 0xFF) {
            if (!std::ranges::all_of(value, [](std::byte b) { return u8(b) == 0x00 || u8(b) == 0xFF; })) return flaw("something behind the padding");
            break;
        }
        if (value.size() < 2 || value.size() - 2 < u8(value[1])) return flaw("a field is cut off");
        const auto content = value.subspan(2, u8(value[1]));
        const auto known = std::ranges::find(row.inner, tag, &FieldRow::tag);
        const FieldRow field = known == row.inner.end() ? FieldRow{tag, ValueType::b, u8(value[1])} : *known;
        if (content.size() != field.length) return flaw("a field has another length");
        if (out.size() >= row.inner.size()) return flaw("too many fields");
        out.push_back(field_of(file, name_of(row.field) + "." + name_of(field), field.type, content));
        value = value.subspan(2 + content.size());
    }
    return out;
}

Result<std::vector<CardField>> cyclic_fields(const FileRow& row, int number, View record) {
    if (record.size() != record_size(row)) return fail(FaultCode::chip_mismatch, fmt::format("{:04X} record {}: {} bytes instead of {}", row.id, number, record.size(), record_size(row)));
    std::vector<CardField> out;
    int nth = 0;
    for (const auto& field : row.fields) {
        const auto name = field.name.empty() ? fmt::format("field {}", nth + 1) : std::string(field.name);
        out.push_back(field_of(row.id, fmt::format("record {}.{}", number, name), field.type, record.first(field.length)));
        record = record.subspan(field.length);
        ++nth;
    }
    return out;
}

}  // namespace drivers
