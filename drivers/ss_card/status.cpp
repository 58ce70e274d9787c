// Status words to faults.
#include "drivers/ss_card/status.hpp"

namespace drivers {

Fault status_fault(std::uint16_t sw, std::string_view step) {
    if ((sw & 0xFFF0) == 0x63C0) return {FaultCode::chip_auth_failed, fmt::format("{}: {} tries left", step, sw & 0x000F)};
    switch (sw) {
        case 0x6300: return {FaultCode::chip_auth_failed, fmt::format("{}: authentication failed", step)};
        case 0x6982: return {FaultCode::chip_auth_failed, fmt::format("{}: security status not satisfied", step)};
        case 0x6983: return {FaultCode::chip_auth_failed, fmt::format("{}: blocked", step)};
        case 0x6984: return {FaultCode::chip_auth_failed, fmt::format("{}: no challenge", step)};
        case 0x6988: return {FaultCode::chip_auth_failed, fmt::format("{}: cryptogram wrong", step)};
        case 0x9302: return {FaultCode::chip_auth_failed, fmt::format("{}: MAC wrong", step)};
        case 0x6581: return {FaultCode::chip_refused, fmt::format("{}: memory failure", step)};
        case 0x6A81: return {FaultCode::chip_refused, fmt::format("{}: card or function blocked", step)};
        case 0x6A84: return {FaultCode::chip_refused, fmt::format("{}: no space", step)};
        case 0x9303: return {FaultCode::chip_refused, fmt::format("{}: application locked for ever", step)};
        // every other word of the card is told as it is
    }
    return {FaultCode::chip_refused, fmt::format("{}: {:04X}", step, sw)};
}

bool not_there(std::uint16_t sw) { return sw == 0x6A82 || sw == 0x6A83 || sw == 0x6A88; }

}  // namespace drivers
