// Birth and death of a kiosk.
#include "sim/world/incarnation.hpp"

#include <fmt/format.h>

namespace sim {

namespace {
PortParts parts(drivers::Clock& clock, Wires& wires, Mortality& mortality, Say say) { return {clock, wires, mortality, std::move(say)}; }
}  // namespace

drivers::awaitable<void> IncarnationClock::sleep_until(drivers::Steady when) {
    struct Entry {
        IncarnationClock& clock;
        std::uint64_t id;
        drivers::SimClock::Appointment appointment;
        ~Entry() {
            clock.hall_.cancel(appointment);
            clock.asleep_.erase(id);
        }
    };
    auto parking = std::make_shared<drivers::Parking>();
    const auto id = next_++;
    asleep_.emplace(id, parking);
    const Entry entry{*this, id, hall_.at(when, [weak = std::weak_ptr(parking)] {
                          if (const auto alive = weak.lock()) alive->wake_all();
                      })};
    co_await parking->park();
}

void IncarnationClock::drop() {
    while (!asleep_.empty()) {
        const auto parking = asleep_.begin()->second;
        asleep_.erase(asleep_.begin());
        parking->drop();
    }
}

Incarnation::Incarnation(drivers::SimClock& hall, Wires& wires, KioskFiles files, std::uint64_t seed, Say say)
    : clock_(hall), wires_(wires), say_(std::move(say)), random_(drivers::make_seeded_random(seed)), presence_(clock_), stage_(clock_, presence_),
      ledger_lane_(io_->get_executor(), mortality_), compute_lane_(io_->get_executor(), mortality_) {
    keys_.sign_secret = drivers::Secret{files.sign_secret};
    keys_.sign_public = files.sign_public;
    keys_.hash_key = drivers::Secret{files.hash_key};
    keys_.centre_sign = files.centre_sign;
    keys_.centre_seal = files.centre_seal;
    auto books = kiosk::Books::open({.file = "ledger.sqlite", .hash_key = drivers::Secret{files.hash_key}, .vfs = files.disk.vfs(), .random = random_.get(), .now = clock_.utc()});
    if (!books) {
        refused_ = books.error();
        return;
    }
    books_ = books->get();
    ledger_ = std::make_unique<kiosk::Ledger>(ledger_lane_, std::move(*books), [this](kiosk::Ledger::Moment moment) {
        const bool dead = mortality_.point();
        if (moment == kiosk::Ledger::Moment::before_commit && dead) throw Died{};
        if (moment == kiosk::Ledger::Moment::after_commit) {
            say_(fmt::format("commit {}", books_->audit_count()));
            if (on_commit_) on_commit_();
        }
    });
    const auto p = [&] { return parts(clock_, wires_, mortality_, say_); };
    link_ = make_world_link(p());
    pipe_ = make_world_pipe(p());
    id_reader_ = drivers::make_pages_reader(make_world_reader(p(), WhichReader::id));
    chip_reader_ = make_world_reader(p(), WhichReader::chip);
    camera_ = make_world_camera(p());
    contact_ = make_world_contact(p());
    door_ = std::make_unique<kiosk::Door>(*contact_);
    const auto& config = files.config;
    printer_ = printer::make_evolis_printer(clock_, *pipe_, {.raster = config.raster});
    issuing_ = std::make_unique<kiosk::Issuing>(
        kiosk::Issuing::Parts{clock_, *random_, *ledger_, *link_, keys_, config.id, std::chrono::duration_cast<drivers::Duration>(config.exchange_limit)});
    path_ = std::make_unique<kiosk::CardPath>(kiosk::CardPath::Parts{clock_, *ledger_, *issuing_, *printer_, *chip_reader_, presence_, config, files.layout.hash});
    kiosk_ = std::make_unique<kiosk::Kiosk>(
        kiosk::Kiosk{clock_, *random_, compute_lane_, stage_, presence_, *ledger_, *issuing_, *path_, *printer_, *id_reader_, trust_, *camera_, *door_, config, files.layout});
}

Incarnation::~Incarnation() {
    clock_.drop();
    wires_.printer_changed.drop();
    wires_.readers_changed.drop();
    wires_.door_changed.drop();
    if (door_) door_->drop();
    mortality_.drop();
    stage_.drop();
    presence_.changed().drop();
    stop_.drop();
    if (issuing_) issuing_->drop();
    if (path_) path_->drop();
    ledger_lane_.drop();
    compute_lane_.drop();
    io_.reset();
}

void Incarnation::spawn(std::string name, asio::awaitable<void> task) {
    asio::co_spawn(*io_, std::move(task), [this, name = std::move(name)](std::exception_ptr error) {
        if (!error || mortality_.dead()) return;
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& e) {
            crashes_.push_back(name + " ended: " + e.what());
        } catch (const kiosk::Left& left) {
            crashes_.push_back(name + " ended: left " + std::string(kiosk::name_of(left.reason)));
        } catch (...) {
            crashes_.push_back(name + " ended");
        }
    });
}

void Incarnation::start() {
    if (!kiosk_) return;
    spawn("outbox", issuing_->run_outbox());
    spawn("hello", kiosk::run_hello(*kiosk_));
    spawn("door", kiosk::watch_door(*kiosk_));
    spawn("card path", path_->run());
    spawn("sessions", kiosk::run_sessions(*kiosk_, stop_));
}

bool Incarnation::turn() {
    io_->restart();
    return io_->poll() > 0;
}

}  // namespace sim
