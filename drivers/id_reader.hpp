// The resident ID reader, whatever carries it: PC/SC pages, SDT frames over USB or over a serial port. Contract of the journeys; the real ones are
// resident_id/pages_reader.cpp and resident_id/sdt_id_reader.cpp (facts: resident-id-reader.md).
#pragma once
#include "drivers/card_reader.hpp"
#include "drivers/id_document.hpp"

#include <optional>
#include <string_view>

namespace drivers {

enum class IdTransport : std::uint8_t { pcsc, sdt_usb, sdt_serial };
[[nodiscard]] constexpr std::string_view name_of(IdTransport transport) {
    constexpr std::string_view words[] = {"pcsc", "sdt-usb", "sdt-serial"};
    return words[static_cast<std::size_t>(transport)];
}

/// Belongs to the loop's thread. What is asked at the same time is done one after the other.
class IdReader {
  public:
    virtual ~IdReader() = default;
    [[nodiscard]] virtual IdTransport transport() const = 0;
    /// daemon_down is of PC/SC only. `card`: one that may be read lies there. An SDT reader is asked every 300 ms.
    [[nodiscard]] virtual ReaderPresence presence() const = 0;
    /// Counts every change of presence().
    [[nodiscard]] virtual Signal& changed() = 0;
    /// Whether `empty` after a read means that the card was taken away. An SDT reader does not find a card again that it has read until it left and came
    /// back: its presence() turns `empty` within a second after a good read though the card still lies there, and turns `card` with the next one that
    /// is laid down. So a card that was forgotten serves nobody; but who asks its holder to take it back has to go by time.
    [[nodiscard]] virtual bool sees_removal() const = 0;
    /// Why presence() is daemon_down or reader_missing: reader_daemon_down, reader_missing, reader_security_module, reader_garbage. Nothing otherwise.
    [[nodiscard]] virtual std::optional<Fault> trouble() const = 0;
    /// The card that lies there, of any of the four variants. `limit`: PC/SC, of each of seven steps; SDT, of the whole, looked at between commands of at
    /// most 4 s. no_document at once for none; document_removed, document_unreadable, document_not_supported, document_invalid; trouble(); time_out.
    virtual awaitable<Result<IdDocument>> read(Duration limit) = 0;
    /// UID of a staff badge (4 to 10 bytes). document_not_supported where the transport cannot read one (SDT).
    virtual awaitable<Result<Bytes>> badge(Duration limit) = 0;
    /// The address that was appended to the card read last, while it still lies there; nothing when it has none or the transport cannot tell (PC/SC).
    virtual awaitable<Result<std::optional<std::string>>> appended_address() = 0;
    /// The security module works, and this is its number as printed. document_not_supported where it cannot be asked (PC/SC).
    virtual awaitable<Result<std::string>> security_module() = 0;
    /// The same reader for other chips (passports); nullptr where the transport has none.
    [[nodiscard]] virtual CardReader* contactless() = 0;
};

/// `reader` outlives it and may be used beside it, not while a read is under way.
[[nodiscard]] std::unique_ptr<IdReader> make_pages_reader(CardReader& reader);
[[nodiscard]] std::unique_ptr<IdReader> make_pages_reader(std::unique_ptr<CardReader> reader);

class Pipe;
/// Asks for a card from now on until it is destroyed; the device is let go in the loop's next turns. `clock` outlives it. `transport` (sdt_usb, sdt_serial)
/// is for the technician's eye only.
[[nodiscard]] std::unique_ptr<IdReader> make_sdt_reader(asio::any_io_executor loop, Clock& clock, std::unique_ptr<Pipe> pipe, IdTransport transport);

/// By URI: `pcsc:NAME*`, `sdt-usb:0400:c35a`, `sdt-usb:0400:c35a:SERIAL`, `sdt-serial:/dev/ttyUSB0`, `sdt-serial:/dev/ttyUSB0?baud=57600`.
/// bad_configuration says what is wrong with it.
[[nodiscard]] Result<std::unique_ptr<IdReader>> make_id_reader(asio::any_io_executor loop, Clock& clock, std::string_view uri);

}  // namespace drivers
