// BER-TLV step by step, for places where order, repetition and trailing bytes matter (secure messaging, LDS files); tlv.hpp
// only finds. Never looks behind the end.
#pragma once
#include "drivers/bytes.hpp"

namespace drivers::emrtd {

/// Tags have one or two bytes (0x87, 0x7F49), lengths at most three after the first (16 MiB).
struct Object {
    std::uint32_t tag = 0;
    View value;
    View whole;  ///< tag, length and value
};
/// Takes the first object off `data`; nothing (and `data` untouched) when it is not complete or not BER.
[[nodiscard]] std::optional<Object> take_object(View& data);
/// The value of the only object in `data`, when it has this tag and nothing follows.
[[nodiscard]] std::optional<View> only_object(View data, std::uint32_t tag);
/// The value of the first object with this tag on this level; nothing when it is missing or the bytes before it are no TLV.
[[nodiscard]] std::optional<View> member(View data, std::uint32_t tag);

/// What the first bytes of a file say of it: its tag and the size of the whole, header included.
struct FileHeader {
    std::uint32_t tag = 0;
    std::size_t total = 0;
};
[[nodiscard]] std::optional<FileHeader> file_header(View start);

/// Appends tag, length and value.
void put_object(Bytes& out, std::uint32_t tag, View value);
[[nodiscard]] Bytes object(std::uint32_t tag, View value);

}  // namespace drivers::emrtd
