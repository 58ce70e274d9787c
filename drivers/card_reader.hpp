// One PC/SC reader: presence, connection, APDUs. Contract; the real one is pcsc_reader.cpp (facts: pcscd.md).
#pragma once
#include "drivers/async.hpp"
#include "drivers/bytes.hpp"
#include "drivers/clock.hpp"
#include "drivers/fault.hpp"

#include <memory>
#include <string>

namespace drivers {

enum class ReaderPresence { daemon_down, reader_missing, empty, card };

struct ReaderState {
    ReaderPresence presence = ReaderPresence::daemon_down;
    Bytes atr;                     ///< of the card that is present; at most 33 bytes (ISO 7816-3)
    std::uint32_t insertions = 0;  ///< grows with each card event; tells a card that left and came back from one that stayed
    friend bool operator==(const ReaderState&, const ReaderState&) = default;
};

/// Largest command and answer: extended lengths of ISO 7816-4 are not used on this floor.
inline constexpr std::size_t max_apdu_bytes = 261;
inline constexpr std::size_t max_answer_bytes = 258;

/// Belongs to the loop's thread; the worker behind it waits for card events apart from transmissions, so that neither
/// delays the other. The daemon's death and return are followed by itself (all connections are then lost).
class CardReader {
  public:
    virtual ~CardReader() = default;
    [[nodiscard]] virtual ReaderState state() const = 0;
    /// Counts every change of state().
    [[nodiscard]] virtual Signal& changed() = 0;
    /// Powers the card up and holds it exclusively until disconnect(); gives the ATR. chip_silent for a mute card, chip_removed for none.
    virtual awaitable<Result<Bytes>> connect(Duration limit) = 0;
    /// Warm reset; selection, PIN and authentication of the card are lost. Gives the ATR.
    virtual awaitable<Result<Bytes>> reset(Duration limit) = 0;
    /// Sends one command and returns the card's whole answer with SW1 SW2. T=0 procedure (61xx, 6Cxx) is done here.
    /// chip_reset / chip_removed: the connection is gone, connect() anew. time_out: the card may or may not have acted.
    virtual awaitable<Result<Bytes>> transmit(Bytes apdu, Duration limit) = 0;
    /// SCardControl, with or without a card.
    virtual awaitable<Result<Bytes>> control(std::uint32_t code, Bytes data, Duration limit) = 0;
    /// Powers the card down. Never fails and may be called at any time; runs even when the caller is being cancelled.
    virtual void disconnect() = 0;
};

/// The first reader whose PC/SC name matches `pattern`: `NAME*` by prefix, `NAME` exactly (from a URI `pcsc:NAME*`). Reader names differ
/// in their " 00 00" tail from boot to boot, so use a star.
[[nodiscard]] std::unique_ptr<CardReader> make_pcsc_reader(asio::any_io_executor loop, std::string pattern);

}  // namespace drivers
