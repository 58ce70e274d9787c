// What a social security card holds, as data: directories, files, records with type, length and name, and the keys by their symbolic names
// (facts: social-security-card-files.md, -commands.md). Confidence: SSSE high, DF01..DF04 medium, DF07 and ACSE low.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace drivers::chip {

/// an: GBK or GB 18030 text, padded 00 (also FF); cn: BCD digits, padded F; b: bytes; number: big-endian; group: nested TLV of `inner`.
enum class ValueType : std::uint8_t { an, cn, b, number, group };
enum class FileKind : std::uint8_t { tagged, cyclic, transparent };
enum class Generation : std::uint8_t { v1_00 = 1, v2_00 = 2, v3_00 = 3 };
/// Whether a value says something about the holder; the others may be shown without being asked for.
enum class About : std::uint8_t { holder, card };

struct FieldRow {
    std::uint8_t tag = 0;  ///< 0 in a cyclic record, which has no tags
    ValueType type = ValueType::b;
    std::uint8_t length = 0;     ///< bytes
    std::string_view name = {};  ///< empty: meaning not known
};

struct RecordRow {
    FieldRow field;
    std::span<const FieldRow> inner = {};  ///< of a group
    std::uint8_t groups = 1;               ///< occurrences of the tag
    Generation since = Generation::v1_00;
    std::uint8_t length_of_v1 = 0;         ///< 0: the same
    About about = About::holder;
    [[nodiscard]] constexpr std::uint8_t length_in(Generation generation) const { return generation == Generation::v1_00 && length_of_v1 != 0 ? length_of_v1 : field.length; }
};

struct FileRow {
    std::uint16_t id = 0;  ///< 0xEFxx
    std::string_view name;
    FileKind kind = FileKind::tagged;
    std::span<const RecordRow> records = {};  ///< tagged
    std::span<const FieldRow> fields = {};    ///< cyclic: one record's, one behind the other
    std::uint16_t size = 0;                   ///< transparent: bytes; cyclic: records
    Generation since = Generation::v1_00;
};

struct DirectoryRow {
    std::string_view name;  ///< "SSSE", "DF01" ... "ACSE"
    std::string_view aid;   ///< hexadecimal
    std::span<const FileRow> files;
};

[[nodiscard]] std::span<const DirectoryRow> directories();
/// nullptr when there is none.
[[nodiscard]] const DirectoryRow* find_directory(std::string_view name);
[[nodiscard]] const FileRow* find_file(const DirectoryRow& directory, std::uint16_t id);
[[nodiscard]] const RecordRow* find_record(const FileRow& file, std::uint8_t tag);
/// Bytes of one cyclic record.
[[nodiscard]] std::size_t record_size(const FileRow& file);
/// kid of EXTERNAL AUTHENTICATE for a symbolic name ("UK_SSSE", "RK_DF03_EF05"); the addresses in the centre's HSM are the centre's.
[[nodiscard]] std::optional<std::uint8_t> kid_of(std::string_view key);
/// "EF05 tag 07": of the SSSE; how faults and records are named.
[[nodiscard]] std::string label(std::uint16_t file, std::uint8_t tag);

}  // namespace drivers::chip
