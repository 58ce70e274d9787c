// PC/SC-Lite's results in the words of the house (facts: pcscd.md, "Client results"), and finding a reader by its name.
// The library keeps one list of readers for all contexts of a process and fills it unguarded: a torn look is possible in theory
// and mended by the watcher's next one.
#include "drivers/pcsc/context.hpp"

namespace drivers {

bool pcsc_daemon_lost(LONG rv) { return rv == SCARD_F_COMM_ERROR || rv == SCARD_E_NO_SERVICE || rv == SCARD_E_INVALID_HANDLE || rv == SCARD_E_SERVICE_STOPPED; }

Fault pcsc_fault(LONG rv, std::string_view call) {
    const auto code = [rv] {
        if (pcsc_daemon_lost(rv)) return FaultCode::reader_daemon_down;
        switch (rv) {
            case SCARD_E_NO_SMARTCARD:
            case SCARD_W_REMOVED_CARD: return FaultCode::chip_removed;
            case SCARD_W_RESET_CARD: return FaultCode::chip_reset;
            case SCARD_W_UNRESPONSIVE_CARD:
            case SCARD_W_UNPOWERED_CARD:
            case SCARD_W_UNSUPPORTED_CARD:
            case SCARD_E_PROTO_MISMATCH:
            case SCARD_E_CARD_UNSUPPORTED:
            case SCARD_E_NOT_TRANSACTED: return FaultCode::chip_silent;
            case SCARD_E_UNKNOWN_READER:
            case SCARD_E_READER_UNAVAILABLE:
            case SCARD_E_NO_READERS_AVAILABLE:
            case SCARD_E_SHARING_VIOLATION: return FaultCode::reader_missing;
            case SCARD_E_TIMEOUT: return FaultCode::time_out;
            case SCARD_E_INSUFFICIENT_BUFFER: return FaultCode::reader_garbage;
        }
        return FaultCode::chip_silent;
    }();
    const auto why = rv == SCARD_E_SHARING_VIOLATION ? "another program holds the reader" : pcsc_stringify_error(rv);
    return {code, fmt::format("{}: {} ({:08X})", call, why, static_cast<std::uint32_t>(rv))};
}

bool reader_matches(std::string_view pattern, std::string_view name) {
    if (!pattern.ends_with('*')) return name == pattern;
    pattern.remove_suffix(1);
    return name.starts_with(pattern);
}

LONG PcscContext::establish() {
    if (handle_) return SCARD_S_SUCCESS;
    SCARDCONTEXT handle = 0;
    const LONG rv = SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &handle);
    if (rv == SCARD_S_SUCCESS) handle_ = handle;
    return rv;
}

void PcscContext::release() {
    if (handle_) SCardReleaseContext(*std::exchange(handle_, std::nullopt));
}

LONG PcscContext::find(std::string_view pattern, std::string& name) const {
    name.clear();
    char* list = nullptr;
    DWORD size = SCARD_AUTOALLOCATE;
    const LONG rv = SCardListReaders(get(), nullptr, reinterpret_cast<char*>(&list), &size);
    if (rv == SCARD_E_NO_READERS_AVAILABLE) return SCARD_S_SUCCESS;
    if (rv != SCARD_S_SUCCESS) return rv;
    std::string_view rest(list, size);
    while (!rest.empty() && name.empty()) {
        const auto one = rest.substr(0, rest.find('\0'));
        rest.remove_prefix(std::min(rest.size(), one.size() + 1));
        if (!one.empty() && reader_matches(pattern, one)) name = one;
    }
    SCardFreeMemory(get(), list);
    return SCARD_S_SUCCESS;
}

}  // namespace drivers
