// The technician's side of a card printer: what a hall's kiosk never does while it serves people. The same object as the CardPrinter, the same wire, the same rules: an act
// is sent once and says how it ended. Words of XFS (facts: device-vocabulary.md).
#pragma once
#include "printer/card_printer.hpp"

namespace printer {

/// Rco; nothing: this printer does not say.
struct Counters {
    std::optional<int> cards;                ///< printed in its life
    std::optional<int> panels;
    std::optional<int> cleanings;
    std::optional<int> cards_per_cleaning;   ///< on average
    std::optional<int> most_per_cleaning;
    std::optional<int> cards_to_cleaning;    ///< 0: due or overdue
    std::string head;              ///< Rkn: the print head's kit number
};

/// XFS device state and media, for `liqu-ctl printer status`.
enum class DeviceState { online, offline, power_off, no_device, hardware_error, user_error, busy };
[[nodiscard]] std::string_view name_of(DeviceState state);
struct Status {
    DeviceState device = DeviceState::no_device;
    Position media = Position::unknown;
    Sensors sensors;
    std::vector<Fault> faults;     ///< everything that hinders now
    bool ours = false;             ///< error management and modes are as prepare() sets them
};

/// Everything that was said, for `liqu-ctl printer trace`: called on the loop; data of panels is given by its length only.
using Trace = std::function<void(bool to_printer, std::string_view text, std::size_t data_bytes)>;

class PrinterService {
  public:
    virtual ~PrinterService() = default;
    /// Asks, and moves or changes nothing. A printer that is away or silent is a status too, not an error.
    virtual awaitable<Result<Status>> status() = 0;
    virtual awaitable<Result<Counters>> counters() = 0;
    /// The card that somebody holds into the bezel, to the chip station (Pcim;I, Sis, then Pcim;F;S again).
    virtual awaitable<Act> feed_from_bezel() = 0;
    virtual awaitable<Act> to_contactless_station() = 0;
    /// The buffers' last sides once more onto a fresh card at the print position (Ssd), where the printer still holds them; not_done otherwise. Never after a reconnect.
    virtual awaitable<Act> print_again(std::function<void(PrintStage)> stage) = 0;
    /// One cleaning with the cleaning card: not_done unless the ribbon is taken out, the cover closed and nothing inside.
    virtual awaitable<Act> clean() = 0;
    /// The firmware's own test card from `hopper`.
    virtual awaitable<Act> test_card(int hopper) = 0;
    /// Srs, Options::reboot_wait, then Rok until it answers (boot_tries, reboot_tries); prepared again. The card's position decides what may follow.
    virtual awaitable<Result<Identity>> reboot() = 0;
    /// Seconds until the firmware's own bezel action; 0: none (the default, our own retraction).
    virtual awaitable<Result<void>> set_bezel_limit(std::chrono::seconds limit) = 0;
    virtual void trace(Trace listener) = 0;
};

/// One object with both sides: what is booked by one is known to the other.
class ServicedPrinter : public CardPrinter, public PrinterService {};
[[nodiscard]] std::unique_ptr<ServicedPrinter> make_serviced_evolis_printer(drivers::Clock& clock, drivers::UsbPipe& pipe, Options options);

}  // namespace printer
