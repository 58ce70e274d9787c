// A context of PC/SC-Lite, the meaning of its results, and reader names. For pcsc_reader.cpp only.
#pragma once
#include "drivers/fault.hpp"

#include <PCSC/reader.h>
#include <PCSC/winscard.h>
#include <optional>
#include <string>
#include <string_view>

namespace drivers {

/// The daemon is gone: the context and all its handles are dead.
[[nodiscard]] bool pcsc_daemon_lost(LONG rv);
/// `call` names what was tried; `rv` is not SCARD_S_SUCCESS.
[[nodiscard]] Fault pcsc_fault(LONG rv, std::string_view call);
/// `NAME*` by prefix, `NAME` exactly.
[[nodiscard]] bool reader_matches(std::string_view pattern, std::string_view name);

/// Belongs to one thread.
class PcscContext {
  public:
    PcscContext() = default;
    ~PcscContext() { release(); }
    PcscContext(const PcscContext&) = delete;
    PcscContext& operator=(const PcscContext&) = delete;
    /// Nothing to do when it is established already.
    LONG establish();
    void release();
    [[nodiscard]] SCARDCONTEXT get() const { return *handle_; }
    /// The first reader that matches; `name` empty when there is none.
    LONG find(std::string_view pattern, std::string& name) const;

  private:
    std::optional<SCARDCONTEXT> handle_;
};

}  // namespace drivers
