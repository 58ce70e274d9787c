// What the readers of replies share: one map read to its end, and the few kinds of field that stand in many messages. Private to kiosk/issuing.
#pragma once
#include "kiosk/ids.hpp"
#include "kiosk/issuing/cbor.hpp"

namespace kiosk::wire {

inline constexpr std::size_t id_size = 16, hash_size = 32, signature_size = 64;

/// Decodes, lets `read` take the fields, and gives its value unless something was refused. The decoded copy is wiped.
template <class F>
auto read_map(View bytes, std::size_t max, const char* what, F read) -> Result<std::invoke_result_t<F, Fields&>> {
    auto value = decode_cbor(bytes, max, what);
    if (!value) return std::unexpected(std::move(value.error()));
    Refusal refusal;
    Fields fields(*value, what, refusal);
    auto out = read(fields);
    fields.end();
    wipe(*value);
    if (refusal.fault) return std::unexpected(*std::move(refusal.fault));
    return out;
}

inline Utc time(Fields& fields, const char* key) { return Utc{std::chrono::seconds{fields.number(key, max_unix_seconds)}}; }

inline void version(Fields& fields) {
    if (fields.number("v", 1) != 1) fields.refuse("v", "1 wanted");
}

}  // namespace kiosk::wire
