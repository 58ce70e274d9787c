// The cabinet of one simulated kiosk: printer, ID reader, chip station and camera at the wire, and the hands that reach into it.
#pragma once
#include "sim/hall/scenario.hpp"
#include "sim/models/printer_model.hpp"
#include "sim/models/smart_card.hpp"
#include "sim/wire/card_slots.hpp"
#include "sim/wire/door_switch.hpp"
#include "sim/wire/mjpeg_camera.hpp"
#include "sim/wire/pcscd.hpp"
#include "sim/wire/usb_umockdev.hpp"

#include <memory>
#include <mutex>

namespace sim {

class Cabinet {
  public:
    struct Setup {
        std::filesystem::path dir;       ///< short: sockets live in it
        std::filesystem::path handler;   ///< libifd-liqu.so
        Bytes master_key;                ///< UK_SSSE of the centre, for the blanks' own keys
        double speed = 1;
        std::uint64_t seed = 1;
        std::vector<HopperSetup> hoppers;
        int ribbon = 150;
        bool card_inside = false;
        PersonScene scene;
        std::optional<PhotoOptions> photographs = std::nullopt;  ///< instead of the scene
    };
    /// Everything plugged in and running; throws std::runtime_error with a sentence when a part cannot be had.
    explicit Cabinet(Setup setup);
    ~Cabinet();
    Cabinet(const Cabinet&) = delete;
    Cabinet& operator=(const Cabinet&) = delete;

    /// Simulated time: the machine's steady clock since the start.
    [[nodiscard]] Time now() const;
    /// Guards all models: hold it around every use of printer().
    [[nodiscard]] std::mutex& mutex() { return mutex_; }
    [[nodiscard]] PrinterModel& printer() { return *printer_; }
    /// Calls `hand` with the printer and the time while nobody else touches it.
    template <class Hand>
    auto with_printer(Hand hand) {
        const std::lock_guard lock(mutex_);
        return hand(*printer_, now());
    }
    [[nodiscard]] MjpegCamera& camera() { return *camera_; }
    [[nodiscard]] PrivatePcscd& pcscd() { return *pcscd_; }
    [[nodiscard]] UsbPrinter& usb() { return *usb_; }
    [[nodiscard]] CardSlots& slots() { return *slots_; }
    /// Environment of the kiosk's process: the PC/SC socket (the simulated USB is inherited).
    [[nodiscard]] std::map<std::string, std::string> environment() const;

    // ---- hands ----
    void put_on_reader(std::shared_ptr<SmartCard> card);
    void take_from_reader();
    [[nodiscard]] bool reader_occupied();
    /// The card in the slot, into somebody's hand.
    bool take_card();
    bool snatch_card();
    bool push_foreign_card();
    /// "KEY=NUMBER" of the scene before the camera; false when there is no such knob.
    bool turn_scene(std::string_view assignment);
    /// One of door_words.
    void move_door(std::string_view to);
    [[nodiscard]] std::string_view door() const { return door_; }
    /// Blanks of the generation that the hopper was set up with.
    void refill(int hopper, int count, const std::string& bank);
    [[nodiscard]] const std::vector<CardPtr>& handed_out() const { return handed_out_; }
    [[nodiscard]] CardPtr new_blank(const std::string& bank, bool dead = false, const std::string& generation = "2.00");

  private:
    bool into_hand(CardPtr card);
    Setup setup_;
    std::mutex mutex_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    std::unique_ptr<PrinterModel> printer_;
    std::shared_ptr<SmartCard> on_reader_;
    std::unique_ptr<CardSlots> slots_;
    std::unique_ptr<PrivatePcscd> pcscd_;
    std::unique_ptr<UsbPrinter> usb_;
    std::unique_ptr<DoorSwitch> door_switch_;
    std::string door_ = "closed";
    std::unique_ptr<MjpegCamera> camera_;
    std::vector<CardPtr> handed_out_;
    int next_card_ = 1;
};

}  // namespace sim
