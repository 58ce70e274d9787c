// A kiosk's journeys in front of played devices under the simulated clock: a camera that shows what a script says, a reader on which cards and passports of the
// models can be laid, a stage that the test answers. The ledger, the wire and the card path are real (tests/kiosk/card_path/rig.hpp).
#pragma once
#include "camera/document.hpp"
#include "drivers/id_reader.hpp"
#include "kiosk/journeys/steps.hpp"
#include "sim/models/smart_card.hpp"
#include "tests/kiosk/card_path/rig.hpp"

namespace desk_test {

using namespace card_path_test;

inline constexpr Duration frame_time = 80ms;

/// Plays the document camera: each sight of the script once, the last one for ever.
struct FakeDocuments final : camera::DocumentCamera {
    explicit FakeDocuments(drivers::SimClock& c) : clock(c) {}
    drivers::SimClock& clock;
    std::deque<Result<camera::DocumentSight>> script;
    Result<camera::DocumentPage> page = camera::DocumentPage{.jpeg = *drivers::from_hex("ffd8ffe0706167655fffd9"), .sha256 = repeat(2, 32)};
    std::optional<FaultCode> missing;
    std::vector<camera::Subject> subjects;
    bool open = false;
    awaitable<Result<void>> start_document(camera::Subject subject, std::chrono::year_month_day, Duration) override {
        co_await clock.sleep(200ms);
        if (missing) co_return drivers::fail(*missing);
        subjects.push_back(subject);
        open = true;
        co_return Result<void>{};
    }
    void stop_document() override { open = false; }
    awaitable<Result<camera::DocumentSight>> next_document(std::uint64_t after) override {
        co_await clock.sleep(frame_time);
        if (script.empty()) script.push_back(camera::DocumentSight{});
        auto seen = script.front();
        if (script.size() > 1) script.pop_front();
        if (seen) seen->frame = after + 1;
        co_return seen;
    }
    awaitable<Result<camera::DocumentPage>> take_page() override {
        co_await clock.sleep(30ms);
        co_return page;
    }
};

/// Plays observations, the last one for ever; gives portraits as it is told.
struct FakeCamera final : camera::Camera {
    explicit FakeCamera(drivers::SimClock& c) : clock(c), documents_(c) {}
    drivers::SimClock& clock;
    FakeDocuments documents_;
    std::deque<Result<camera::Observation>> script;
    Result<camera::Portrait> portrait = camera::Portrait{.jpeg = golden_portrait(), .sha256 = repeat(1, 32), .warnings = {}, .flat_field = 1};
    int starts = 0, stops = 0, takes = 0;
    double least_held_at_take = 9, last_held = 0;
    bool open = false;
    awaitable<Result<void>> start(Duration) override {
        ++starts;
        co_await clock.sleep(200ms);
        open = true;
        co_return Result<void>{};
    }
    void stop() override {
        if (std::exchange(open, false)) ++stops;
    }
    awaitable<Result<camera::Observation>> next(std::uint64_t after) override {
        co_await clock.sleep(frame_time);
        auto seen = script.front();
        if (script.size() > 1) script.pop_front();
        if (seen) seen->frame = after + 1, last_held = seen->held;
        co_return seen;
    }
    awaitable<Result<camera::Portrait>> take(camera::PortraitRules) override {
        ++takes;
        least_held_at_take = std::min(least_held_at_take, last_held);
        co_await clock.sleep(30ms);
        co_return portrait;
    }
    camera::DocumentCamera* documents() override { return &documents_; }
};

/// A contactless reader on which anything of the models can be laid.
struct DeskReader final : drivers::CardReader {
    std::shared_ptr<sim::SmartCard> card;
    Bytes atr;
    std::uint32_t insertions = 0;
    drivers::Signal changed_;
    void lay(std::shared_ptr<sim::SmartCard> what) {
        card = std::move(what);
        atr = card ? card->reset() : Bytes{};
        ++insertions;
        changed_.notify();
    }
    void lay_badge() { lay(std::make_shared<sim::BadgeCard>(*drivers::from_hex("04A1B2C3D4"))); }
    void lift() { lay(nullptr); }
    drivers::ReaderState state() const override { return {card ? drivers::ReaderPresence::card : drivers::ReaderPresence::empty, atr, insertions}; }
    drivers::Signal& changed() override { return changed_; }
    awaitable<Result<Bytes>> connect(Duration) override {
        if (!card) co_return drivers::fail(FaultCode::chip_removed);
        co_return card->reset();
    }
    awaitable<Result<Bytes>> reset(Duration limit) override { return connect(limit); }
    awaitable<Result<Bytes>> transmit(Bytes apdu, Duration) override {
        if (!card) co_return drivers::fail(FaultCode::chip_removed);
        sim::Time took{};
        co_return card->answer(apdu, took);
    }
    awaitable<Result<Bytes>> control(std::uint32_t, Bytes, Duration) override { co_return Bytes{}; }
    void disconnect() override {}
};

struct Desk {
    card_path_test::Hall hall;
    Life& life = *hall.life;
    Stage stage{life.clock, life.presence};
    std::unique_ptr<drivers::DoorContact> contact = drivers::make_no_contact();
    Door door{*contact};
    FakeCamera camera{life.clock};
    DeskReader reader;
    std::unique_ptr<drivers::IdReader> id_reader = drivers::make_pages_reader(reader);
    drivers::emrtd::TrustStore trust;
    printer::Layout layout;
    Visit visit;
    int done = 0;
    std::optional<Left> left;
    Kiosk kiosk{life.clock, *life.random, *life.lane, stage, life.presence, *life.ledger, *life.issuing, *life.path, life.printer, *id_reader, trust, camera, door, life.config, layout};

    Desk() {
        life.books->begin();
        life.books->put_staff({.id = "s01", .name_tag = "S", .role = "operator", .badge_hash = life.books->keyed_hash(*drivers::from_hex("04A1B2C3D4")),
                               .pin_hash = hash_pin(Secret{"135791"}), .failures = 0, .locked_until = {}});
        life.books->commit();
    }
    ~Desk() {
        stage.drop();
        reader.changed_.drop();
        door.drop();
        contact->changed().drop();
        hall.life.reset();  // what is parked refers to all of the above
    }
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;

    void begin(awaitable<void> task) {
        const auto journey = [](Desk& desk, awaitable<void> steps) -> awaitable<void> {
            try {
                co_await std::move(steps);
                ++desk.done;
            } catch (const Left& why) {
                desk.left = why;
            }
        };
        asio::co_spawn(*life.io, journey(*this, std::move(task)), asio::detached);
        life.settle();
    }
    template <class Q>
    const Q* shown() const {
        return std::get_if<Q>(&stage.shown().question);
    }
    template <class Q>
    bool wait_for(Duration limit = 30s) {
        for (Duration t{}; t < limit && !shown<Q>(); t += 40ms) life.run_for(40ms);
        return shown<Q>() != nullptr;
    }
    template <class Q>
    void answer(typename Q::Answer value) {
        REQUIRE_MESSAGE(wait_for<Q>(), "wanted ", Q::name, ", shown ", kiosk::name_of(stage.shown().question));
        REQUIRE(stage.answer<Q>(stage.shown().phase, std::move(value)));
        life.run_for(40ms);
    }
    void staff_says(ConfirmPerson::Answer verdict) {
        REQUIRE(wait_for<CallStaff>());
        reader.lay_badge();
        answer<StaffPin>(Secret{"135791"});
        answer<ConfirmPerson>(verdict);
        reader.lift();
    }
    /// What was written for this event last.
    [[nodiscard]] json last(std::string_view event) const {
        json found;
        for (const auto& row : life.books->audit_rows(1, 5000))
            if (row.event == event) found = json::parse(row.data);
        return found;
    }
};

}  // namespace desk_test
