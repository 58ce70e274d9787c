// One life of a kiosk in the world: the real Kiosk on the world's ports, from files alone. It ends in the order that was learnt by
// experiment: parked handlers, loop, objects. Destructors run and must not act.
#pragma once
#include "kiosk/kiosk.hpp"
#include "sim/world/memory_disk.hpp"
#include "sim/world/ports.hpp"

namespace sim {

/// What outlives an incarnation beside the wires: the disk, the configuration, the keys' bytes.
struct KioskFiles {
    MemoryDisk& disk;
    const kiosk::Config& config;
    const printer::Layout& layout;
    Bytes sign_secret, sign_public, hash_key, centre_sign, centre_seal;
};

/// The hall's time as one incarnation sees it: its sleepers die with it, those of the kiosk beside it do not.
class IncarnationClock final : public drivers::Clock {
  public:
    explicit IncarnationClock(drivers::SimClock& hall) : hall_(hall) {}
    ~IncarnationClock() override { drop(); }
    drivers::Steady steady() const override { return hall_.steady(); }
    drivers::Utc utc() const override { return hall_.utc(); }
    drivers::awaitable<void> sleep_until(drivers::Steady when) override;
    void drop();

  private:
    drivers::SimClock& hall_;
    std::map<std::uint64_t, std::shared_ptr<drivers::Parking>> asleep_;
    std::uint64_t next_ = 0;
};

class Incarnation {
  public:
    Incarnation(drivers::SimClock& hall, Wires& wires, KioskFiles files, std::uint64_t seed, Say say);
    ~Incarnation();
    Incarnation(const Incarnation&) = delete;
    Incarnation& operator=(const Incarnation&) = delete;

    /// Spawns sessions, card path, outbox, hello.
    void start();
    /// Runs what is ready; true when something ran.
    bool turn();
    [[nodiscard]] Mortality& mortality() { return mortality_; }
    [[nodiscard]] kiosk::Stage& stage() { return stage_; }
    [[nodiscard]] kiosk::Presence& presence() { return presence_; }
    [[nodiscard]] kiosk::CardPath& path() { return *path_; }
    [[nodiscard]] kiosk::Issuing& issuing() { return *issuing_; }
    /// The books, to look at between turns (never while dead).
    [[nodiscard]] kiosk::Books& books() { return *books_; }
    [[nodiscard]] const std::vector<std::string>& crashes() const { return crashes_; }
    /// The ledger could not be opened.
    [[nodiscard]] const std::optional<kiosk::Fault>& refused() const { return refused_; }
    void set_on_commit(std::function<void()> check) { on_commit_ = std::move(check); }

  private:
    void spawn(std::string name, asio::awaitable<void> task);

    IncarnationClock clock_;
    Wires& wires_;
    Say say_;
    std::unique_ptr<asio::io_context> io_ = std::make_unique<asio::io_context>();
    Mortality mortality_;
    std::unique_ptr<drivers::Random> random_;
    kiosk::Presence presence_;
    kiosk::Stage stage_;
    kiosk::KeyRing keys_;
    WorldLane ledger_lane_, compute_lane_;
    kiosk::Books* books_ = nullptr;
    std::unique_ptr<kiosk::Ledger> ledger_;
    std::unique_ptr<kiosk::CentralLink> link_;
    std::unique_ptr<drivers::UsbPipe> pipe_;
    std::unique_ptr<printer::CardPrinter> printer_;
    std::unique_ptr<drivers::CardReader> chip_reader_;
    std::unique_ptr<drivers::IdReader> id_reader_;
    drivers::emrtd::TrustStore trust_;
    std::unique_ptr<camera::Camera> camera_;
    std::unique_ptr<drivers::DoorContact> contact_;
    std::unique_ptr<kiosk::Door> door_;
    std::unique_ptr<kiosk::Issuing> issuing_;
    std::unique_ptr<kiosk::CardPath> path_;
    std::unique_ptr<kiosk::Kiosk> kiosk_;
    drivers::Signal stop_;
    std::function<void()> on_commit_;
    std::vector<std::string> crashes_;
    std::optional<kiosk::Fault> refused_;
};

}  // namespace sim
