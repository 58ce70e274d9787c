// The table both ways. Where several codes mean one fault of ours, the first row is the one that is given back.
#include "drivers/ss_card/national.hpp"

#include "drivers/ss_card/status.hpp"

namespace drivers::chip {

namespace {
constexpr int unknown_code = -999, pin_wrong = -51, pin_locked = -52;
constexpr int first_status_word = 0x6000;

constexpr NationalCode table[] = {
    {-1, FaultCode::chip_mismatch, "wrong card type"},
    {-2, FaultCode::chip_removed, "no card"},
    {-3, FaultCode::chip_reset, "card not powered"},
    {-4, FaultCode::chip_silent, "card does not answer"},
    {-5, FaultCode::reader_daemon_down, "reader library cannot be loaded"},
    {-11, FaultCode::reader_missing, "reader cannot be connected"},
    {-12, FaultCode::reader_missing, "reader not connected"},
    {-13, FaultCode::chip_refused, "command not supported"},
    {-14, FaultCode::internal, "bad parameter"},
    {-15, FaultCode::reader_garbage, "checksum wrong"},
    {-20, FaultCode::chip_mismatch, "identification code has a wrong shape"},
    {-21, FaultCode::chip_auth_failed, "internal authentication failed: card not genuine"},
    {-22, FaultCode::chip_mismatch, "input does not match the card"},
    {-23, FaultCode::internal, "illegal input"},
    {-24, FaultCode::chip_auth_failed, "key level of the PSAM too low"},
    {-25, FaultCode::chip_auth_failed, "internal authentication differs from the HSM: card not genuine"},
    {-31, FaultCode::cancelled, "PIN entry cancelled"},
    {-32, FaultCode::time_out, "PIN entry timed out"},
    {-33, FaultCode::internal, "PIN has a wrong length"},
    {-34, FaultCode::pin_wrong, "the two PINs differ"},
    {-35, FaultCode::not_permitted, "the initial PIN cannot be used for this"},
    {-36, FaultCode::not_permitted, "may not be changed to the initial PIN"},
    {-41, FaultCode::internal, "illegal characters"},
    {-42, FaultCode::internal, "wrong length"},
    {pin_wrong, FaultCode::pin_wrong, "PIN wrong"},
    {pin_locked, FaultCode::chip_auth_failed, "PIN locked"},
    {-2201, FaultCode::chip_auth_failed, "no PSAM"},
    {-2202, FaultCode::chip_auth_failed, "algorithm not supported by the PSAM"},
    {-2203, FaultCode::chip_auth_failed, "no RK_SSSE"},
    {-2204, FaultCode::internal, "HSM not needed"},
    {unknown_code, FaultCode::internal, "unknown"},
};

constexpr bool codes_differ() {
    for (std::size_t i = 0; i < std::size(table); ++i) {
        if (table[i].code >= 0) return false;
        for (std::size_t j = i + 1; j < std::size(table); ++j)
            if (table[i].code == table[j].code) return false;
    }
    return true;
}
static_assert(codes_differ());
}  // namespace

std::span<const NationalCode> national_codes() { return table; }

const NationalCode* find_national(int code) {
    const auto* found = std::ranges::find(table, code, &NationalCode::code);
    return found == std::end(table) ? nullptr : found;
}

int national_of(std::uint16_t sw, PinCommand pin) {
    if (pin == PinCommand::yes && (sw & 0xFFF0) == 0x63C0) return pin_wrong;
    if (pin == PinCommand::yes && sw == 0x6983) return pin_locked;
    return -static_cast<int>(sw);
}

int national_of(FaultCode fault) {
    const auto* found = std::ranges::find(table, fault, &NationalCode::fault);
    // A programming error of ours is no bad parameter of theirs.
    return found == std::end(table) || fault == FaultCode::internal ? unknown_code : found->code;
}

Fault fault_of_national(int code, std::string_view step) {
    if (const auto* row = find_national(code)) return {row->fault, fmt::format("{}: {} ({})", step, row->text, code)};
    if (code <= -first_status_word && code >= -0xFFFF) return status_fault(static_cast<std::uint16_t>(-code), step);
    return {FaultCode::internal, fmt::format("{}: national code {}", step, code)};
}

}  // namespace drivers::chip
