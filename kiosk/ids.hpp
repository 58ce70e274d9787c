// Names and numbers that travel through the kiosk: strong types, so that a load is never an application.
#pragma once
#include "drivers/bytes.hpp"
#include "drivers/clock.hpp"
#include "drivers/fault.hpp"

#include <string>

namespace kiosk {

using drivers::awaitable;
using drivers::Bytes;
using drivers::Duration;
using drivers::Fault;
using drivers::FaultCode;
using drivers::Result;
using drivers::Secret;
using drivers::Utc;
using drivers::View;

enum class Language { zh, en };

/// Made on the kiosk, 16 random bytes, stored before the first byte is sent.
struct ApplicationId {
    Bytes value;
    [[nodiscard]] bool empty() const { return value.empty(); }
    /// Six digits for people ("482617"), derived from the value: to be said at a window.
    [[nodiscard]] std::string reference() const;
    friend auto operator<=>(const ApplicationId&, const ApplicationId&) = default;
};

struct BankId {
    std::string value;
    friend auto operator<=>(const BankId&, const BankId&) = default;
};

struct Bank {
    BankId id;
    std::string name_zh, name_en;
    std::vector<std::string> bins;  ///< first six digits of its account numbers
    [[nodiscard]] const std::string& name(Language l) const { return l == Language::zh ? name_zh : name_en; }
};

/// A blank until its chip is read, and always for a dead one: which load, and the how-manieth of it (from 1).
struct CardKey {
    std::string load;
    int ordinal = 0;
    friend auto operator<=>(const CardKey&, const CardKey&) = default;
};

/// YYYYMMDD and the like, UTC+8 (the only zone of the service).
[[nodiscard]] std::string date8(Utc t);
[[nodiscard]] std::int64_t unix_seconds(Utc t);

}  // namespace kiosk
