// Fields of a 256-byte text block, for the decoders in this folder only: UTF-16LE at fixed offsets, padded with blanks
// (facts: resident-id-text-layouts.md). A bad field is document_invalid with the field's name and never its content.
#pragma once
#include "drivers/id_document.hpp"
#include "drivers/fault.hpp"

namespace drivers::id_text {

using Day = std::chrono::year_month_day;

inline constexpr std::size_t block_bytes = 256;
/// The letter that tells the variants apart.
inline constexpr std::size_t variant_offset = 248;

/// Offset and length in bytes within the block.
struct Field {
    std::size_t offset, bytes;
    const char* name;
};

[[nodiscard]] char16_t unit_at(View block, std::size_t offset);
/// UTF-8 of UTF-16LE without its padding; nothing for half a surrogate pair, a control character or a non-character.
[[nodiscard]] std::optional<std::string> utf8(View utf16);
[[nodiscard]] std::unexpected<Fault> invalid(const Field& field);

[[nodiscard]] std::optional<std::string> field_text(View block, const Field& field);
/// Not empty.
[[nodiscard]] Result<std::string> some_text(View block, const Field& field);
[[nodiscard]] Result<Day> date(View block, const Field& field);
[[nodiscard]] Result<Sex> sex(View block, const Field& field);
/// 00 to 99.
[[nodiscard]] Result<int> two_digits(View block, const Field& field);

/// Whether 长期 (for life) may stand where the last day does: the facts give it for the resident card only.
enum class ForLife { possible, refused };
/// Nothing inside for 长期. Not before `from`.
[[nodiscard]] Result<std::optional<Day>> valid_to(View block, const Field& field, Day from, ForLife life);

/// Moves a field's value into the document, or the first fault into `fault`.
template <class T, class U>
void keep(Result<T>&& got, U& into, std::optional<Fault>& fault) {
    if (fault) return;
    if (got) into = *std::move(got);
    else fault = std::move(got).error();
}

/// The document, or, wiped, its fault.
template <class Document>
Result<Document> checked(Document&& document, std::optional<Fault>&& fault) {
    if (!fault) return std::move(document);
    document.wipe();
    return std::unexpected(*std::move(fault));
}

}  // namespace drivers::id_text
