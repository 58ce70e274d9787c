// Strict CBOR (RFC 8949) as the contract wants it: definite lengths, shortest integers, text keys ascending, no tags, no floats.
// Everything is checked on the bytes, before anything is allocated from them.
#pragma once
#include "sim/models/model.hpp"

#include <expected>
#include <nlohmann/json.hpp>
#include <string>

namespace sim::cbor {

using Json = nlohmann::json;

inline constexpr std::size_t max_bytes = 262'144;  ///< of a message, protocol.cddl
inline constexpr std::size_t max_depth = 8;        ///< nesting; the deepest legal body has four

/// Nothing when the bytes are exactly one well-formed item of the contract's subset; otherwise what is wrong and where (byte offset).
[[nodiscard]] std::expected<void, std::string> check(View data);
/// check, then the value. Byte strings become json::binary, integers number_unsigned.
[[nodiscard]] std::expected<Json, std::string> read(View data);
/// The contract's encoding. `value` holds only maps, arrays, text, binary, unsigned, bool and null.
[[nodiscard]] Bytes write(const Json& value);
[[nodiscard]] Json bstr(View bytes);
/// Well-formed UTF-8: no surrogates, no overlong forms.
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace sim::cbor
