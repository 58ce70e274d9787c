// What a batch of the centre may send to a chip at all: class, instruction, parameters, file, length. Pure rules; the relay asks before the first command is sent.
// The PIN is not in it: only the person's own choice, made here, ever writes one.
#pragma once
#include "kiosk/issuing/personalise.hpp"

namespace kiosk {

/// What the batches of one connection have selected so far; forgotten with the connection.
struct Selected {
    enum class Directory { nothing, ssse, acse };
    Directory directory = Directory::nothing;
    std::uint16_t file = 0;  ///< 0xEF05 ..; 0: none
    friend bool operator==(const Selected&, const Selected&) = default;
};

/// Largest transparent file of the certificates' directory, bytes (our stated convention, confidence LOW).
inline constexpr std::size_t max_certificate_file = 2048;

/// centre_refused with the step's number and the rule that it breaks, never its data. Follows the step's SELECT into `selected`.
[[nodiscard]] drivers::Result<void> may_send(const BatchStep& step, Selected& selected);
/// All steps, one after the other.
[[nodiscard]] drivers::Result<void> may_send(const std::vector<BatchStep>& steps, Selected selected);

}  // namespace kiosk
