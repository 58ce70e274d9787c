// Fields of a 256-byte text block, for the decoders in this folder only: UTF-16LE at fixed offsets, padded with blanks
// (facts: resident-id-text-layouts.md). What a field's content becomes stands in text.cpp.
#pragma once
#include "drivers/id_document.hpp"
#include "drivers/fault.hpp"

namespace drivers::id_text {

inline constexpr std::size_t block_bytes = 256;
/// The letter that tells the variants apart.
inline constexpr std::size_t variant_offset = 248;

/// Offset and length in bytes within the block. A long name goes on elsewhere.
struct Field {
    std::size_t offset, bytes;
    const char* name;
    std::size_t rest_offset = 0, rest_bytes = 0;
};

/// The UTF-16 unit that begins there.
[[nodiscard]] char16_t unit_at(View block, std::size_t offset);
/// UTF-8 of UTF-16LE without its padding; nothing for half a surrogate pair, a control character or a non-character.
[[nodiscard]] std::optional<std::string> utf8(View utf16);

/// A field's bytes, both parts; wiped when it dies.
struct FieldBytes {
    Bytes bytes;
    FieldBytes(View block, const Field& field);
    FieldBytes(const FieldBytes&) = delete;
    FieldBytes& operator=(const FieldBytes&) = delete;
    ~FieldBytes() { wipe(bytes); }
};

}  // namespace drivers::id_text
