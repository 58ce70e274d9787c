// liqu-sim's side of the simulated card readers: which card is in which slot now, asked and answered over a Unix socket by the IFD handler in pcscd.
#pragma once
#include "sim/models/smart_card.hpp"

#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace sim {

struct CardSlot {
    std::string reader_name;            ///< as pcscd shows it, without its " 00 00": "Liqu ID Reader"
    std::function<SmartCard*()> card;   ///< who is in the slot now; called with the world's mutex held
};

/// One thread of its own. Every call of a card or of `card` happens under `world`, the mutex that guards the models.
class CardSlots {
  public:
    /// `speed` shortens how long chips work. A sentence when the socket cannot be made (path of at most 107 bytes).
    [[nodiscard]] static std::expected<std::unique_ptr<CardSlots>, std::string> create(std::filesystem::path socket, std::vector<CardSlot> slots, std::mutex& world, double speed = 1.0);
    ~CardSlots();
    CardSlots(const CardSlots&) = delete;
    CardSlots& operator=(const CardSlots&) = delete;

    /// Something may have entered or left a slot. From any thread, also with the world's mutex held. Call it after each hand and from PrinterModel::changed.
    void changed();
    /// The reader's cable: every operation fails until it is plugged again (pcscd keeps listing it, as it does for readers of reader.conf).
    void unplug(std::size_t slot, bool away);
    /// For reader.conf: SOCKET:N (pcscd wants an existing file before the colon).
    [[nodiscard]] std::string device(std::size_t slot) const;
    [[nodiscard]] const std::string& reader_name(std::size_t slot) const;
    [[nodiscard]] std::size_t size() const;
    /// APDUs answered since the start.
    [[nodiscard]] std::uint64_t exchanges() const;

  private:
    struct Impl;
    explicit CardSlots(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace sim
