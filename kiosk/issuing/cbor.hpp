// Strict CBOR for the wire of protocol.cddl: definite lengths, shortest integers, text keys in ascending byte order, no tags, no floats.
// nlohmann::json does the conversion; what it would tolerate is refused here before it sees a byte. Everything from the wire is hostile.
#pragma once
#include "drivers/bytes.hpp"
#include "drivers/fault.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace kiosk::wire {

using drivers::Bytes;
using drivers::Fault;
using drivers::FaultCode;
using drivers::Result;
using drivers::View;
using nlohmann::json;

/// Deepest nesting of any message (apply: map, signature, stroke, point) with one to spare; also the bound of the decoder's recursion.
inline constexpr int max_cbor_depth = 6;
/// Seconds since 1970 up to the year 9999: anything beyond does not fit the clock's microseconds with room for sums.
inline constexpr std::uint64_t max_unix_seconds = 253'402'300'799;

/// centre_garbage unless `bytes` is exactly one data item of the profile above, at most `max_bytes` long. `what` names the item in the fault.
[[nodiscard]] Result<json> decode_cbor(View bytes, std::size_t max_bytes, std::string_view what);
/// Canonical bytes of a value that was built here. The working memory is wiped.
[[nodiscard]] Bytes encode_cbor(const json& value);
/// The same of a value with personal data: no copy of it stays.
[[nodiscard]] Bytes encode_and_wipe(json&& value);

[[nodiscard]] json binary(View bytes);
/// Overwrites every text and byte string inside, then empties it.
void wipe(json& value);

/// The first thing that was wrong with a message; fields after it read as empty.
struct Refusal {
    std::optional<Fault> fault;
    void refuse(const std::string& where, std::string_view wanted);
};

/// Reads a map key by key. A missing key, a wrong type or a length out of range is remembered in the Refusal (with the key's name, never
/// its value) and reads as empty; end() refuses keys that nobody asked for.
class Fields {
  public:
    Fields(const json& value, std::string where, Refusal& refusal);
    [[nodiscard]] bool has(const char* key) const;
    /// Sizes in bytes of UTF-8; control characters other than a line break are refused.
    std::string text(const char* key, std::size_t min, std::size_t max);
    Bytes bytes(const char* key, std::size_t min, std::size_t max);
    Bytes bytes(const char* key, std::size_t exact) { return bytes(key, exact, exact); }
    std::uint64_t number(const char* key, std::uint64_t max);
    bool flag(const char* key);
    Fields map(const char* key);
    /// An array with `min` to `max` elements; an empty one when refused.
    const json& array(const char* key, std::size_t min, std::size_t max);
    [[nodiscard]] Refusal& refusal() { return refusal_; }
    [[nodiscard]] const std::string& where() const { return where_; }
    void refuse(const char* key, std::string_view wanted);
    void end();

  private:
    const json* find(const char* key);
    const json* map_ = nullptr;  ///< nothing when the value was no map
    std::string where_;
    Refusal& refusal_;
    std::size_t read_ = 0;
};

}  // namespace kiosk::wire
