// Taking EF.COM, DG1 and DG2 apart.
#include "drivers/emrtd/lds.hpp"

#include "drivers/emrtd/der.hpp"

#include <algorithm>

namespace drivers::emrtd {

namespace {
constexpr std::size_t max_listed_groups = 16, lds_version_chars = 4;
constexpr std::size_t mrz_sizes[] = {90, 72, 88};
// ISO 19794-5: general header, facial information, feature point, image information.
constexpr std::size_t record_header_bytes = 14, facial_bytes = 20, feature_bytes = 8, image_bytes = 12;
/// Field fact: some issuers state a record length that is up to 8 bytes short of the data.
constexpr std::size_t record_length_slack = 8;

std::unexpected<Fault> damaged(const char* what) { return fail(FaultCode::document_unreadable, what); }

std::uint32_t number(View bytes) {
    std::uint32_t value = 0;
    for (const auto b : bytes) value = value << 8 | u8(b);
    return value;
}

bool starts_with(View data, std::initializer_list<std::uint8_t> magic) {
    return data.size() >= magic.size() && std::ranges::equal(data.first(magic.size()), magic, {}, u8);
}

std::optional<PictureFormat> format_of(View picture) {
    if (starts_with(picture, {0xFF, 0xD8, 0xFF})) return PictureFormat::jpeg;
    if (starts_with(picture, {0x00, 0x00, 0x00, 0x0C, 0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A})) return PictureFormat::jpeg2000;
    if (starts_with(picture, {0xFF, 0x4F, 0xFF, 0x51})) return PictureFormat::jpeg2000;  // a bare codestream
    return std::nullopt;
}

/// A facial record of ISO 19794-5:2005: "FAC" 0 "010" 0, length, faces; then the first face.
Result<Portrait> parse_record(View record) {
    if (record.size() < record_header_bytes + facial_bytes + image_bytes || !starts_with(record, {'F', 'A', 'C', 0})) return damaged("DG2 has no facial record");
    const std::size_t stated = number(record.subspan(8, 4));
    if (stated > record.size() || record.size() - stated > record_length_slack) return damaged("DG2 facial record has a wrong length");
    const auto faces = number(record.subspan(12, 2));
    if (faces < 1 || faces > max_faces) return damaged("DG2 has no face or too many");
    auto face = record.subspan(record_header_bytes);
    const std::size_t block = number(face.first(4)), points = number(face.subspan(4, 2));
    if (points > max_feature_points) return damaged("DG2 has too many feature points");
    const auto before = facial_bytes + points * feature_bytes + image_bytes;
    if (block > face.size() || block <= before) return damaged("DG2 face block has a wrong length");
    const auto image = face.subspan(before - image_bytes, image_bytes);
    const auto picture = face.subspan(before, block - before);
    const auto format = format_of(picture);
    if (!format) return damaged("DG2 picture is neither JPEG nor JPEG 2000");
    return Portrait{*format, static_cast<int>(number(image.subspan(2, 2))), static_cast<int>(number(image.subspan(4, 2))), to_bytes(picture)};
}
}  // namespace

Result<FileList> parse_com(View file) {
    const auto body = only_object(file, 0x60);
    const auto version = body ? member(*body, 0x5F01) : std::nullopt;
    const auto tags = body ? member(*body, 0x5C) : std::nullopt;
    if (!version || !tags) return damaged("EF.COM lacks its version or its list");
    if (version->size() != lds_version_chars || !std::ranges::all_of(*version, [](std::byte b) { return u8(b) >= '0' && u8(b) <= '9'; })) return damaged("EF.COM has no version of four digits");
    if (tags->empty() || tags->size() > max_listed_groups) return damaged("EF.COM lists no or too many data groups");
    return FileList{to_string(*version), to_bytes(*tags)};
}

Result<std::string> parse_dg1(View file) {
    const auto body = only_object(file, 0x61);
    const auto mrz = body ? only_object(*body, 0x5F1F) : std::nullopt;
    if (!mrz || std::ranges::find(mrz_sizes, mrz->size()) == std::end(mrz_sizes)) return damaged("DG1 has no MRZ of a known size");
    const auto allowed = [](std::byte b) {
        const auto c = u8(b);
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '<';
    };
    if (!std::ranges::all_of(*mrz, allowed)) return damaged("DG1 has characters that no MRZ has");
    return to_string(*mrz);
}

Result<Portrait> parse_dg2(View file) {
    const auto body = only_object(file, 0x75);
    const auto group = body ? only_object(*body, 0x7F61) : std::nullopt;
    if (!group) return damaged("DG2 has no group of templates");
    const auto count = member(*group, 0x02);
    if (!count || count->size() != 1 || u8((*count)[0]) < 1 || u8((*count)[0]) > max_templates) return damaged("DG2 has no or too many templates");
    const auto first = member(*group, 0x7F60);
    if (!first) return damaged("DG2 lacks its template");
    if (const auto record = member(*first, 0x5F2E)) return parse_record(*record);
    if (member(*first, 0x7F2E)) return fail(FaultCode::document_not_supported, "DG2 is encoded by ISO 39794-5");
    return damaged("DG2 template has no picture");
}

}  // namespace drivers::emrtd
