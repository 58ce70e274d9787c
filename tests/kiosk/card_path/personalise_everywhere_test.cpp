// A full personalisation against the real centre and the real chip model, disturbed at every single command: a kill, a removal, a reset, a time-out, a dip that
// nobody is told of. Each ends with a right card in a hand or a card in the bin, spoiled and accounted; never with a half-written one handed out.
#include "sim/central/central.hpp"
#include "sim/models/social_security_card.hpp"
#include "tests/kiosk/card_path/rig.hpp"

using namespace card_path_test;
using Fate = FakeReader::Fate;

namespace {
struct Kind {
    std::string name;
    sim::CardGeneration generation;
    sim::CardAlgorithm algorithm;
};
const Kind kinds[] = {{"2.00 3DES", sim::CardGeneration::v2_00, sim::CardAlgorithm::triple_des}, {"3.00 SM4", sim::CardGeneration::v3_00, sim::CardAlgorithm::sm4}};

std::shared_ptr<const sim::Register> people() {
    static const auto all = [] {
        auto loaded = sim::Register::load(LIQU_SOURCE_DIR "/sim/central/register.json");
        REQUIRE(loaded);
        return std::make_shared<const sim::Register>(std::move(*loaded));
    }();
    return all;
}

/// A hall with the reference centre, in which one person gets one card.
struct Office : Hall {
    std::shared_ptr<sim::SocialSecurityCard> chip;
    std::unique_ptr<sim::Central> central;
    sim::CentralKeys keys;
    std::optional<Order> order;
    int questions = 0;

    Office(const Kind& kind, bool certificates) : Hall(2) {
        std::array<unsigned char, 32> seed{};
        seed.fill(7);
        keys = sim::CentralKeys::from_seed(seed);
        sim::CentralSetup setup;
        setup.keys = keys;
        setup.people = people();
        setup.region.certificates = certificates;
        setup.now = [this] { return unix_seconds(clock.utc()); };
        setup.random = [n = 0](std::span<std::byte> out) mutable {
            for (auto& b : out) b = static_cast<std::byte>(++n * 37);
        };
        auto made = sim::Central::create(std::move(setup));
        REQUIRE(made);
        central = std::move(*made);
        REQUIRE(central->enrol(kiosk_id, life->keys.sign_public));
        const auto master = std::as_bytes(std::span(keys.master));
        chip = std::make_shared<sim::SocialSecurityCard>(sim::SocialSecurityCard::Setup{.identification_code = *drivers::from_hex("450100D156000005000000000000A001"),
                                                                                       .bank_number = "6201011234567890",
                                                                                       .master_key = {master.begin(), master.end()},
                                                                                       .seed = 5,
                                                                                       .generation = kind.generation,
                                                                                       .algorithm = kind.algorithm});
        machine.hopper[0].front()->chip->real = chip;
        connect();
        open();
        apply();
    }
    void connect() {
        life->keys.centre_sign = FixedKeys::bytes(keys.sign_public);
        life->keys.centre_seal = FixedKeys::bytes(keys.seal_public);
        life->link.answer = [this](const Bytes& request) -> Result<Bytes> { return central->handle(request); };
    }
    void apply() {
        const auto* person = people()->by_key("first-issue");
        REQUIRE(person);
        auto form = golden_application();
        form.document.number = person->number;
        form.document.name = person->name;
        using namespace std::chrono;
        form.document.birth = year{std::stoi(person->birth.substr(0, 4))} / std::stoi(person->birth.substr(4, 2)) / std::stoi(person->birth.substr(6, 2));
        form.match.reference = repeat(0, 16);  // staff confirmed without a comparison
        const auto ask = [](Office& o, Application a) -> awaitable<void> {
            auto given = co_await o.life->issuing->apply(std::move(a), 20s);
            REQUIRE_MESSAGE(given, (given ? "" : given.error().detail));
            o.order = std::move(*given);
        };
        asio::co_spawn(*life->io, ask(*this, std::move(form)), asio::detached);
        life->run_for(1s);
        REQUIRE(order);
    }
    std::shared_ptr<Ticket> issue() {
        CardJob job;
        job.order = order->clone();
        job.pin = Secret{"481592"};
        job.artwork.size = {8, 4};
        for (auto* plane : {&job.artwork.y, &job.artwork.m, &job.artwork.c, &job.artwork.k, &job.artwork.o}) plane->assign(32, 1);
        life->presence.witnessed();
        auto ticket = life->path->make(std::move(job));
        REQUIRE(ticket);
        for (Duration t{}; t < 300s && !ticket->end.ready() && !dead; t += 1s) life->run_for(1s);
        return ticket;
    }
    bool dead = false;
    /// Another program, from the files alone.
    void rise() {
        life.reset();
        begin();
        connect();
        life->start();
        life->run_for(40s);
    }
    [[nodiscard]] bool certified() const {
        for (const int file : {0xEF15, 0xEF16, 0xEF17}) {
            const auto found = chip->binaries.find(sim::file_in(sim::Directory::acse, file));
            if (found == chip->binaries.end() || found->second.size() < 32) return false;
        }
        return true;
    }
    [[nodiscard]] bool right() const {
        return std::ranges::all_of(order->records, [&](const auto& r) {
                   const auto found = chip->records.find({r.file, r.tag});
                   return found != chip->records.end() && found->second == r.value;
               }) && chip->pin_is("481592");
    }
    [[nodiscard]] std::string attempt_state() const {
        for (const auto& a : central->attempts())
            if (a.application == order->application.value) return a.state;
        return "none";
    }
    [[nodiscard]] int active() const {
        return static_cast<int>(std::ranges::count_if(central->cards(), [](const auto& c) { return c.state == sim::CardState::active; }));
    }
};

/// Commands of an undisturbed issue: all of them, and those from the first batch to the last.
struct Course {
    int all = 0, batches_begin = 0, batches_end = 0;
    std::size_t questions = 0;  ///< and whatever else was said to the centre until the card was taken
};
Course course_of(const Kind& kind) {
    Office office(kind, true);
    Course course;
    office.life->reader.fate = [&](View) {
        const bool asked = office.life->link.sent.size() > 1;
        if (asked && course.batches_begin == 0) course.batches_begin = course.all;
        if (office.life->books->cards_under_way().front().state <= CardState::encoding) course.batches_end = course.all + 1;
        ++course.all;
        return Fate::answers;
    };
    const auto ticket = office.issue();
    course.questions = office.life->link.sent.size();
    REQUIRE(ticket->end.ready());
    REQUIRE_MESSAGE(ticket->end.peek().outcome == CardOutcome::issued, (ticket->end.peek().fault ? drivers::name_of(ticket->end.peek().fault->code) : "?")
                                                                           << " " << (ticket->end.peek().fault ? ticket->end.peek().fault->detail : ""));
    CHECK(office.right());
    CHECK(office.certified());
    CHECK(office.active() == 1);
    office.agree();
    return course;
}

struct Tally {
    int right_at_once = 0, resumed = 0, spoiled = 0;
};

/// One issue with one disturbance.
void disturb(const Kind& kind, const Course& course, int at, Fate fate, Tally& tally) {
    CAPTURE(at);
    Office office(kind, true);
    int n = 0;
    office.life->reader.fate = [&](View) {
        if (n++ != at) return Fate::answers;
        office.dead = fate == Fate::dies_before || fate == Fate::dies_after;
        return fate;
    };
    const auto ticket = office.issue();
    const auto questions = office.life->link.sent.size();
    if (office.dead) office.rise();
    else office.life->run_for(30s);
    const bool taken = !office.machine.taken.empty();
    const auto sum = office.life->books->arithmetic();
    if (taken) {
        CHECK(office.machine.taken.size() == 1);
        CHECK(office.right());
        CHECK(office.certified());
        CHECK(office.active() == 1);
        CHECK(sum.issued == 1);
        CHECK(office.machine.bin.empty());
        ++(questions > course.questions ? tally.resumed : tally.right_at_once);
    } else {
        CHECK(office.machine.bin.size() == 1);
        CHECK(sum.spoiled == 1);
        CHECK(office.active() == 0);
        CHECK(office.attempt_state() == "spoiled");
        ++tally.spoiled;
    }
    // Before the first batch and after the print the contacts may be made anew; a chip that is being written is not gone on with.
    const bool being_written = at >= course.batches_begin && at < course.batches_end;
    if ((fate == Fate::removed && being_written) || office.dead) CHECK_FALSE(taken);
    office.agree();
}
}  // namespace

TEST_CASE("every command of a full personalisation, with certificates: kill, removal, reset, time-out, silent dip") {
    struct What {
        std::string name;
        Fate fate;
        std::optional<Fate> acted;
    };
    const What whats[] = {{"kill", Fate::dies_before, Fate::dies_after},
                          {"removal", Fate::removed, std::nullopt},
                          {"reset", Fate::lost_before, Fate::lost_after},
                          {"time-out", Fate::mute, std::nullopt},
                          {"silent dip", Fate::dips, std::nullopt}};
    std::string table;
    for (const auto& kind : kinds) {
        CAPTURE(kind.name);
        const auto course = course_of(kind);
        table += fmt::format("\n{}: {} commands, {} of them in batches\n{:<12} {:>14} {:>8} {:>8}\n", kind.name, course.all, course.batches_end - course.batches_begin, "", "right at once", "resumed",
                             "spoiled");
        CHECK(course.batches_end - course.batches_begin >= 50);
        for (const auto& what : whats) {
            CAPTURE(what.name);
            Tally tally;
            for (int at = 0; at < course.all; ++at) disturb(kind, course, at, what.fate, tally);
            // And when the chip has acted already: where it is written, that is another thing.
            if (what.acted)
                for (int at = course.batches_begin; at < course.batches_end; ++at) disturb(kind, course, at, *what.acted, tally);
            table += fmt::format("{:<12} {:>14} {:>8} {:>8}\n", what.name, tally.right_at_once, tally.resumed, tally.spoiled);
            const bool fatal = what.fate == Fate::dies_before || what.fate == Fate::removed;
            CHECK((tally.resumed == 0) == fatal);
        }
    }
    MESSAGE(table);
}

TEST_CASE("generation 1.00 and SM4 of generation 2.00, without certificates") {
    const Kind others[] = {{"1.00 3DES", sim::CardGeneration::v1_00, sim::CardAlgorithm::triple_des}, {"2.00 SM4", sim::CardGeneration::v2_00, sim::CardAlgorithm::sm4},
                           {"3.00 3DES", sim::CardGeneration::v3_00, sim::CardAlgorithm::triple_des}};
    for (const auto& kind : others) {
        CAPTURE(kind.name);
        Office office(kind, false);
        const auto ticket = office.issue();
        REQUIRE(ticket->end.ready());
        CHECK(ticket->end.peek().outcome == CardOutcome::issued);
        CHECK(office.right());
        CHECK_FALSE(office.certified());
        office.agree();
    }
}

TEST_CASE("a link to the centre that is away in the middle: the same question again, the same batch; a batch that waited too long is not run") {
    for (const auto& [away, latest] : {std::pair{Duration{10s}, CardOutcome::issued}, std::pair{Duration{200s}, CardOutcome::spoiled}}) {
        Office office(kinds[0], false);
        const auto whole = office.life->link.answer;
        std::optional<drivers::Steady> since;
        office.life->link.answer = [&](const Bytes& request) -> Result<Bytes> {
            auto answer = whole(request);
            if (office.life->link.sent.size() == 3) since = office.clock.steady();  // the second question was heard, its answer is lost
            if (since && office.clock.steady() - *since < away) return drivers::fail(FaultCode::centre_unreachable);
            return answer;
        };
        const auto ticket = office.issue();
        REQUIRE(ticket->end.ready());
        CHECK(ticket->end.peek().outcome == latest);
        CHECK(office.central->cryptograms() == 1);
        office.life->run_for(300s);
        office.agree();
    }
}

TEST_CASE("the ledger knows which commit point was reached; nothing that was redacted stands in it") {
    Office office(kinds[1], true);
    const auto ticket = office.issue();
    REQUIRE(ticket->end.ready());
    std::vector<std::string> points;
    std::string everything;
    for (const auto& row : office.life->books->audit_rows(1, 1000)) {
        const auto data = json::parse(row.data);
        everything += row.data;
        if (data.contains("point")) points.push_back(row.event.substr(0, 3) + " " + data.at("point").get<std::string>());
    }
    CHECK(points.size() >= 8);
    CHECK(points[0] == "int 2/2 records");
    CHECK(points[1] == "act 2/2 records");
    CHECK(points[2].ends_with(" certificates"));
    for (const auto& record : office.order->records)
        if (record.value.size() > 4) CHECK(everything.find(drivers::hex(record.value)) == everything.npos);
}
