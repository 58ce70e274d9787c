// The kiosk's own driver reads the simulated passports and permits: every protocol, curve and cipher, every data group; and is refused where it must be.
#include "drivers/emrtd/details.hpp"
#include "drivers/mrz/mrz.hpp"
#include "tests/sim/passport_reader.hpp"

using namespace passport_test;
using drivers::as_view;
using emrtd::File;

namespace {
sim::PassportOffice& office() {
    static sim::PassportOffice one({.seed = 5});
    return one;
}
constexpr std::chrono::year_month_day today{std::chrono::year{2026}, std::chrono::November, std::chrono::day{22}};
}  // namespace

TEST_CASE("BAC opens a passport and everything in it is as its office wrote it") {
    auto d = traveller();
    d.pace.clear();
    const auto chip = office().issue(d);
    Session session(*chip);
    REQUIRE(session.open(d) == "bac");
    CHECK(chip->access() == sim::PassportChip::Access::bac);

    const auto list = test::run(session.passport.read_list(1s));
    REQUIRE(list);
    CHECK(list->lds_version == "0107");
    CHECK(drivers::hex(list->tags) == "61756B6C");

    const auto zone = test::run(session.passport.read_mrz(1s));
    REQUIRE(zone);
    const auto lines = sim::mrz_lines(chip->description());
    CHECK(*zone == lines[0] + lines[1]);
    const auto mrz = drivers::parse_mrz(as_view(*zone), today);
    REQUIRE(mrz);
    CHECK(mrz->surname == "ZHANG");
    CHECK(mrz->given == "XIAOYUN");
    CHECK(mrz->number == "E10203045");
    CHECK(mrz->sex == drivers::Sex::female);

    const auto portrait = test::run(session.passport.read_portrait(1s));
    REQUIRE(portrait);
    CHECK(portrait->format == emrtd::PictureFormat::jpeg);
    CHECK(portrait->width == 240);
    CHECK(portrait->height == 320);
    CHECK(std::ranges::equal(portrait->picture, chip->description().portrait));

    const auto holder = emrtd::parse_dg11(session.read(File::dg11));
    REQUIRE(holder);
    CHECK(holder->full_name == "张小云");
    CHECK(holder->personal_number == "K1234567");
    CHECK(holder->birth == std::chrono::year{1987} / 3 / 14);
    CHECK(holder->place_of_birth == "广西");
    const auto document = emrtd::parse_dg12(session.read(File::dg12));
    REQUIRE(document);
    CHECK(document->authority == "国家移民管理局");
    CHECK(document->issued == std::chrono::year{2022} / 9 / 1);
    CHECK(test::fault_in(test::run(session.passport.read(File::dg15, 1s))) == "document_not_supported");
    CHECK(session.reader.worked > 500ms);  // as slow as over the air
    CHECK(chip->failed_attempts() == 0);
}

TEST_CASE("PACE opens with every cipher on every curve, by the zone and by the card access number") {
    using enum sim::PassportCipher;
    using enum sim::PassportCurve;
    for (const auto cipher : {des3, aes128, aes192, aes256})
        for (const auto curve : {p256, brainpool256, p384, brainpool384, brainpool512, p521}) {
            // Each cipher on the two common curves, each curve with one cipher.
            if (curve != p256 && curve != brainpool256 && cipher != aes256) continue;
            CAPTURE(static_cast<int>(cipher));
            CAPTURE(static_cast<int>(curve));
            auto d = traveller();
            d.pace = {{cipher, curve}};
            d.groups = {1};
            const auto chip = office().issue(d);
            Session by_zone(*chip);
            CHECK(by_zone.open(d) == "pace");
            CHECK(chip->access() == sim::PassportChip::Access::pace);
            CHECK(std::ranges::equal(by_zone.read(File::dg1), chip->file(0x0101)));
            Session by_can(*chip);
            CHECK(by_can.open(*emrtd::AccessKey::from_can("271828")) == "pace");
            CHECK(std::ranges::equal(by_can.read(File::sod), chip->file(0x011D)));
            CHECK(chip->failed_attempts() == 0);
        }
}

TEST_CASE("of several offers the strongest is taken, and the chip accepts each of its offers") {
    auto d = traveller();
    d.pace = {{sim::PassportCipher::des3, sim::PassportCurve::p256}, {sim::PassportCipher::aes256, sim::PassportCurve::brainpool256}, {sim::PassportCipher::aes128, sim::PassportCurve::p384}};
    const auto chip = office().issue(d);
    Session session(*chip);
    CHECK(session.open(d) == "pace");
    CHECK(std::ranges::equal(session.read(File::dg2), chip->file(0x0102)));
}

TEST_CASE("a wrong zone or access number opens nothing, is counted and makes the chip slower") {
    auto other = traveller();
    other.expiry = "20320830";
    for (const bool pace : {false, true}) {
        auto d = traveller();
        if (!pace) d.pace.clear();
        const auto chip = office().issue(d);
        Session session(*chip);
        CHECK(session.open(other) == "chip_auth_failed");
        const auto once = session.reader.worked;
        CHECK(session.open(other) == "chip_auth_failed");
        CHECK(session.reader.worked - once > once);
        CHECK(chip->failed_attempts() == 2);
        CHECK(chip->access() == sim::PassportChip::Access::closed);
        CHECK(session.open(d) == (pace ? "pace" : "bac"));
    }
    auto d = traveller();
    const auto chip = office().issue(d);
    Session session(*chip);
    CHECK(session.open(*emrtd::AccessKey::from_can("271829")) == "chip_auth_failed");
    d.can.clear();
    const auto without = office().issue(d);
    Session unprinted(*without);
    CHECK(unprinted.open(*emrtd::AccessKey::from_can("271828")) == "chip_refused");
    d.bac = true;
    d.pace.clear();
    const auto only_bac = office().issue(d);
    Session bac(*only_bac);
    CHECK(bac.open(*emrtd::AccessKey::from_can("271828")) == "document_not_supported");
}

TEST_CASE("a portrait may be JPEG 2000") {
    auto d = traveller();
    const auto jpeg = office().issue(d)->description().portrait;
    d.portrait = sim::as_jpeg2000(jpeg);
    if (d.portrait.empty()) {
        MESSAGE("skipped: this OpenCV writes no JPEG 2000");
        return;
    }
    const auto chip = office().issue(d);
    Session session(*chip);
    REQUIRE(session.open(d) == "pace");
    const auto portrait = test::run(session.passport.read_portrait(1s));
    REQUIRE(portrait);
    CHECK(portrait->format == emrtd::PictureFormat::jpeg2000);
    CHECK(portrait->width == 240);
    CHECK(portrait->height == 320);
    CHECK(std::ranges::equal(portrait->picture, d.portrait));
}

TEST_CASE("the Chinese permits and a card open by their own layouts' key, and say the same as their print") {
    using enum sim::PassportKind;
    struct Permit {
        sim::PassportKind kind;
        std::string number;
        drivers::MrzFormat format;
    };
    const Permit permits[] = {{hk_macao_permit, "H01234567", drivers::MrzFormat::permit_hk_macao}, {taiwan_permit, "01234567", drivers::MrzFormat::permit_taiwan},
                              {exit_entry_hk, "CA1234567", drivers::MrzFormat::exit_entry_chip},   {exit_entry_taiwan, "L12345678", drivers::MrzFormat::td1},
                              {card, "D23145890", drivers::MrzFormat::td1},                         {card, "D23145890734", drivers::MrzFormat::td1}};
    for (const auto& permit : permits) {
        CAPTURE(permit.number);
        auto d = traveller();
        d.kind = permit.kind;
        d.number = permit.number;
        if (permit.kind == card) d.issuer = d.nationality = "UTO";
        if (permit.kind == exit_entry_taiwan) d.number = "CB7654321";
        d.local_id = permit.kind == taiwan_permit ? "A123456789" : permit.kind == hk_macao_permit ? "A1234563" : "";
        d.issue_count = 3;
        d.personal_number.clear();
        for (const bool pace : {false, true}) {
            if (!pace) d.pace.clear();
            else d.pace = {{}};
            const auto chip = office().issue(d);
            Session session(*chip);
            CHECK(session.open(d) == (pace ? "pace" : "bac"));
            const auto zone = test::run(session.passport.read_mrz(1s));
            REQUIRE(zone);
            const auto mrz = drivers::parse_mrz(as_view(*zone), today);
            REQUIRE_MESSAGE(mrz.has_value(), (mrz ? "" : mrz.error().detail));
            CHECK(mrz->number == d.number);
            CHECK(mrz->surname == "ZHANG");
            CHECK(mrz->given == "XIAOYUN");
            if (permit.kind == exit_entry_hk || permit.kind == exit_entry_taiwan) CHECK(mrz->chinese_name == "张小云");
            else CHECK(mrz->format == permit.format);
            if (!d.local_id.empty()) {
                CHECK(mrz->local_id == d.local_id);
                CHECK(mrz->issue_count == 3);
            }
            // The zone as printed opens it too.
            std::string printed;
            for (const auto& line : sim::mrz_lines(d)) printed += line + "\n";
            const auto read = drivers::parse_mrz(as_view(printed), today);
            REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error().detail));
            Session again(*chip);
            CHECK(again.open(*emrtd::AccessKey::from_mrz(*read)) == (pace ? "pace" : "bac"));
        }
    }
}

TEST_CASE("a chip that gives little at a time is read to the end, one that gives next to nothing is given up") {
    const auto d = traveller();
    const auto chip = office().issue(d);
    chip->most_read = 96;
    Session session(*chip);
    REQUIRE(session.open(d) == "pace");
    CHECK(std::ranges::equal(session.read(File::dg2), chip->file(0x0102)));
    chip->most_read = 4;
    CHECK(std::ranges::equal(session.read(File::dg1), chip->file(0x0101)));
    CHECK(test::fault_in(test::run(session.passport.read(File::dg2, 1s))) == "document_unreadable");
}

TEST_CASE("disturbed on the wire the driver ends with a fault and never with another person's data") {
    using sim::Disturbance;
    const auto d = traveller();
    const auto read_with = [&](Disturbance word, std::optional<int> mute_after = {}) -> std::string {
        const auto chip = office().issue(d);
        chip->disturbance = word;
        chip->mute_after = mute_after;
        Session session(*chip);
        if (const auto opened = session.open(d); opened != "pace") return opened;
        const auto portrait = test::run(session.passport.read_portrait(1s));
        if (portrait) CHECK(std::ranges::equal(portrait->picture, chip->description().portrait));
        return test::fault_in(portrait);
    };
    CHECK(read_with(Disturbance::none) == "none");
    CHECK(read_with(Disturbance::slow) == "none");
    CHECK(read_with(Disturbance::off) == "chip_silent");
    CHECK(read_with(Disturbance::stuck) == "chip_silent");
    CHECK(read_with(Disturbance::unplugged) == "chip_silent");
    CHECK(read_with(Disturbance::intermittent) == "chip_silent");
    CHECK(read_with(Disturbance::wrong) == "document_not_supported");
    const auto garbage = read_with(Disturbance::garbage);
    CHECK(garbage != "none");
    for (int n = 0; n < 20; ++n) CHECK(read_with(Disturbance::none, n) == "chip_silent");
}

TEST_CASE("what the state wrote does not depend on the hour: one seed, one passport") {
    sim::PassportOffice first({.seed = 9}), second({.seed = 9}), third({.seed = 10}), fresh({}), other({});
    auto d = traveller();
    d.chip_authentication = sim::PaceVariant{};
    d.active_authentication = sim::ActiveProof::ecdsa;
    const auto a = first.issue(d), b = second.issue(d), c = third.issue(d);
    for (const int file : {0x0101, 0x0102, 0x010B, 0x010C, 0x010E, 0x010F, 0x011C, 0x011D, 0x011E}) {
        CHECK(!a->file(file).empty());
        CHECK(std::ranges::equal(a->file(file), b->file(file)));
    }
    CHECK(first.csca() == second.csca());
    CHECK(first.csca() != third.csca());
    CHECK(fresh.csca() != other.csca());
    CHECK(!std::ranges::equal(a->file(0x011D), c->file(0x011D)));
    CHECK(!std::ranges::equal(a->file(0x010E), first.issue(d)->file(0x010E)));  // each chip has its own key
}
