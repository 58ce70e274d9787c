// Tag, length, value: written for certificates, security objects and data groups; taken apart for the objects in commands. For the passport model only.
#pragma once
#include "sim/models/answer.hpp"

#include <string_view>

namespace sim::der {

[[nodiscard]] Bytes text(std::string_view characters);
[[nodiscard]] Bytes joined(std::initializer_list<View> parts);
/// Tags of one or two bytes as written in the program: 0x30, 0x7F49. Shortest length.
[[nodiscard]] Bytes object(int tag, View value);
[[nodiscard]] Bytes object(int tag, std::initializer_list<View> parts);

[[nodiscard]] inline Bytes sequence(std::initializer_list<View> parts) { return object(0x30, parts); }
/// The members of a SET OF in DER's order.
[[nodiscard]] Bytes set_of(std::vector<Bytes> members);
[[nodiscard]] Bytes integer(int value);
/// A positive number, big endian; leading noughts are shortened, a sign byte added.
[[nodiscard]] Bytes integer(View magnitude);
/// "2.23.136.1.1.1"
[[nodiscard]] Bytes oid(std::string_view dotted);
[[nodiscard]] Bytes bit_string(View whole_bytes);
/// YYYYMMDD at midnight: UTCTime until 2049.
[[nodiscard]] Bytes time(std::string_view date8);
/// { algorithm, NULL }
[[nodiscard]] Bytes algorithm_with_null(std::string_view dotted);

/// Takes the first object off `rest`: tags of one or two bytes, lengths below 65536. Nothing when it is not complete.
struct Object {
    int tag;
    View value, whole;
};
[[nodiscard]] std::optional<Object> take(View& rest);
/// The value of the only object in `data`, when it has this tag.
[[nodiscard]] std::optional<View> only(View data, int tag);

}  // namespace sim::der
