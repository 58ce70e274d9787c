// Bytes as every wire of the house sees them: owned, viewed, printed, and wiped when they were secret.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace drivers {

using Bytes = std::vector<std::byte>;
using View = std::span<const std::byte>;

/// The bytes of a text, not copied; valid as long as the text is.
[[nodiscard]] inline View as_view(std::string_view text) { return std::as_bytes(std::span{text.data(), text.size()}); }
[[nodiscard]] inline Bytes to_bytes(std::string_view text) { return {as_view(text).begin(), as_view(text).end()}; }
[[nodiscard]] inline Bytes to_bytes(View view) { return {view.begin(), view.end()}; }
[[nodiscard]] inline std::string to_string(View view) { return {reinterpret_cast<const char*>(view.data()), view.size()}; }
[[nodiscard]] inline std::uint8_t u8(std::byte b) { return std::to_integer<std::uint8_t>(b); }

/// Upper-case hexadecimal without separators.
[[nodiscard]] std::string hex(View view);
/// Accepts upper and lower case and blanks between bytes; nothing for an odd number of digits or another character.
[[nodiscard]] std::optional<Bytes> from_hex(std::string_view text);
/// Bytes of a hexadecimal literal in the program text; throws std::logic_error on a bad one.
[[nodiscard]] Bytes operator""_hex(const char* text, std::size_t size);

/// Overwrites memory so that the optimiser cannot leave it out.
void wipe(std::span<std::byte> memory) noexcept;
void wipe(std::string& text) noexcept;

/// A secret (a PIN, a key) that is wiped when it is moved from or dies, is never copied and never printed.
class Secret {
  public:
    Secret() = default;
    explicit Secret(Bytes value) : value_(std::move(value)) {}
    explicit Secret(std::string_view text) : value_(to_bytes(text)) {}
    Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.value_.clear(); }
    Secret& operator=(Secret&& other) noexcept {
        if (this != &other) {
            wipe(value_);
            value_ = std::move(other.value_);
            other.value_.clear();
        }
        return *this;
    }
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret() { wipe(value_); }
    [[nodiscard]] View view() const { return value_; }
    [[nodiscard]] bool empty() const { return value_.empty(); }
    [[nodiscard]] Secret clone() const { return Secret{value_}; }

  private:
    Bytes value_;
};

}  // namespace drivers
