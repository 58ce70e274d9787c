// Whole documents: from the key to the house's IdDocument; what is refused and as what; what a chip may leave out.
#include "drivers/emrtd/document.hpp"
#include "tests/drivers/emrtd_proofs.hpp"
#include "tests/drivers/mrz_specimens.hpp"

using namespace test;
using namespace drivers::emrtd;
using namespace std::chrono_literals;
using namespace std::string_literals;
using std::chrono::year_month_day;

namespace {
constexpr auto today = state::today;
const std::string zone = mrz::flat(mrz::td3);

Bytes portrait_file(View picture) {
    const auto be = [](std::size_t n) { return Bytes{std::byte{0}, std::byte{0}, static_cast<std::byte>(n >> 8), static_cast<std::byte>(n & 0xFF)}; };
    const auto face = cat({be(20 + 12 + picture.size()), Bytes(16), "0100019001F401020000"_hex, "0000"_hex, picture});
    const auto record = cat({"4641430030313000"_hex, be(14 + face.size()), "0001"_hex, face});
    return tlv("75", tlv("7F61", cat({"020101"_hex, tlv("7F60", cat({tlv("A1", "8702010188020008"_hex), tlv("5F2E", record)}))})));
}
int file_of(int group) { return 0x0100 | group; }
constexpr std::pair<int, std::uint8_t> com_tags[] = {{1, 0x61}, {2, 0x75}, {11, 0x6B}, {12, 0x6C}, {14, 0x6E}, {15, 0x6F}};

/// A passport office, one passport of it on a reader, and who reads it.
struct Desk {
    state::Office office;
    TrustStore trust;
    std::map<int, Bytes> groups;
    PassportChip chip;
    ScriptedReader reader;
    std::unique_ptr<Random> random = make_seeded_random(5);
    AccessKey key;
    std::vector<ReadStep> steps;

    explicit Desk(const std::string& text = zone, state::Plan plan = {}) : office(std::move(plan)), key(AccessKey::from_mrz(parse_mrz(as_view(text), today).value()).value()) {
        groups[1] = tlv("61", tlv("5F1F", to_bytes(text)));
        groups[2] = portrait_file(cat({"FFD8FFE0"_hex, Bytes(900, std::byte{0x11})}));
        chip.mrz_info = to_bytes(mrz_access_key(parse_mrz(as_view(text), today).value()).value().view());
        REQUIRE(trust.add(office.csca()).has_value());
        reader.answer = [this](View apdu) { return chip.answer(apdu); };
    }
    /// Writes the chip: the groups, their list and their signature.
    void issue() {
        Bytes tags;
        for (const auto& [group, tag] : com_tags)
            if (groups.contains(group)) tags.push_back(std::byte{tag});
        for (const auto& [group, file] : groups) chip.files[file_of(group)] = file;
        chip.files[0x011E] = tlv("60", cat({"5F010430313037"_hex, "5F3606303430303030"_hex, tlv("5C", tags)}));
        chip.files[0x011D] = office.sod(groups);
    }
    Result<Reading> read() {
        return run(read_document(reader, *random, key, trust, today, {}, [this](ReadStep step) { steps.push_back(step); }));
    }
    std::string told() {
        const auto reading = read();
        return reading ? "read" : std::string(name_of(reading.error().code)) + ": " + reading.error().detail;
    }
};
}  // namespace

TEST_CASE("a passport: opened, read, genuine, no copy; everything stands in the document") {
    Desk desk;
    const auto chip_key = state::make_key("brainpoolP256r1");
    desk.groups[11] = tlv("6B", cat({tlv("5C", "5F0E"_hex), tlv("5F0E", to_bytes("ERIKSSON<<ANNA<MARIA")), tlv("5F42", to_bytes("NOWHERE 1"))}));
    desk.groups[12] = tlv("6C", cat({tlv("5F19", to_bytes("PASSPORT OFFICE")), tlv("5F26", "20020416"_hex)}));
    desk.groups[14] = proofs::dg14(state::public_key_of(chip_key.get()), 2);
    desk.issue();
    proofs::answer_chip_authentication(desk.chip, chip_key, 2);
    const auto reading = desk.read();
    REQUIRE_MESSAGE(reading.has_value(), reading.error().detail);
    CHECK(reading->access == Access::bac);
    CHECK(reading->verdict.authenticity == Authenticity::genuine);
    CHECK(reading->copy.check == CopyCheck::original);
    CHECK(reading->notes.empty());
    CHECK(reading->groups.size() == 5);
    const auto& d = reading->document;
    CHECK(d.kind == DocumentKind::passport);
    CHECK(d.evidence == Evidence::chip);
    CHECK(d.name == "ERIKSSON ANNA MARIA");
    CHECK(d.name_latin == "ERIKSSON ANNA MARIA");
    CHECK(d.sex == Sex::female);
    CHECK(d.nationality == "UTO");
    CHECK(d.birth == 1974y / 8 / 12);
    CHECK(d.number == "L898902C3");
    CHECK(d.authority == "PASSPORT OFFICE");
    CHECK(d.address == "NOWHERE 1");
    CHECK(d.valid_from == 2002y / 4 / 16);
    CHECK(d.valid_to == 2012y / 4 / 15);
    CHECK(d.portrait_format == PortraitFormat::jpeg);
    CHECK(d.portrait.size() == 904);
    CHECK_FALSE(desk.reader.connected);
    CHECK(desk.steps == std::vector{ReadStep::opening, ReadStep::data, ReadStep::portrait, ReadStep::details, ReadStep::authenticity, ReadStep::copy_check});
}

TEST_CASE("PACE and active authentication; a state that nobody trusts is not verifiable, and says so in the document") {
    Desk desk;
    const auto key = state::make_key("prime256v1");
    desk.groups[15] = proofs::dg15(key.get());
    desk.issue();
    desk.chip.offer_pace(128, NID_brainpoolP256r1, 13);
    proofs::answer_active_authentication(desk.chip, [&](View c) { return with_sw(proofs::sign_ec(key.get(), c, "SHA256"), 0x9000); });
    desk.trust = TrustStore{};
    const auto reading = desk.read();
    REQUIRE_MESSAGE(reading.has_value(), reading.error().detail);
    CHECK(reading->access == Access::pace);
    CHECK(reading->verdict.authenticity == Authenticity::not_verifiable);
    CHECK(reading->document.evidence == Evidence::chip_unverified);
    CHECK(reading->copy.check == CopyCheck::original);
    state::Plan neighbour;
    neighbour.state.country = "EL";
    Desk bought(zone, neighbour);
    bought.issue();
    CHECK(bought.read()->verdict.why == "the signer is of another country than the document");
    CHECK(bought.read()->document.evidence == Evidence::chip_unverified);
}

TEST_CASE("permits: Chinese names from the zone or from DG11, nationality, the kind of document") {
    struct Case {
        std::string text, full_name, name, latin, nationality;
    };
    for (const auto& c : {Case{mrz::exit_chip, "", "证件样", "ZHENG JIANYANG", "CHN"}, {mrz::exit_chip, "郑<<健<样", "郑健样", "ZHENG JIANYANG", "CHN"}, {mrz::home_return, "陈<<小明", "陈小明", "CHAN SIU MING", "CHN"},
                          {mrz::home_return, "", "CHAN SIU MING", "CHAN SIU MING", "CHN"}, {mrz::taiwan, "LIN<<志豪", "LIN CHIH HAO", "LIN CHIH HAO", "CHN"}, {mrz::taiwan, "買買提·𠮷", "買買提·𠮷", "LIN CHIH HAO", "CHN"},
                          {mrz::home_return_foreign, "", "DA SILVA PEDRO", "DA SILVA PEDRO", ""}, {zone, "某人", "ERIKSSON ANNA MARIA", "ERIKSSON ANNA MARIA", "UTO"}}) {
        CAPTURE(c.name);
        state::Plan plan;
        plan.state.country = c.nationality == "UTO" ? "UT" : "CN";
        Desk desk(mrz::flat(c.text), plan);
        if (!c.full_name.empty()) desk.groups[11] = tlv("6B", tlv("5F0E", to_bytes(c.full_name)));
        desk.issue();
        const auto reading = desk.read();
        REQUIRE_MESSAGE(reading.has_value(), reading.error().detail);
        CHECK(reading->document.kind == (c.nationality == "UTO" ? DocumentKind::passport : DocumentKind::travel_permit));
        CHECK(reading->document.name == c.name);
        CHECK(reading->document.name_latin == c.latin);
        CHECK(reading->document.nationality == c.nationality);
        CHECK(reading->verdict.authenticity == Authenticity::genuine);
    }
    Desk card(mrz::flat(mrz::td1));
    card.issue();
    CHECK(card.told() == "document_not_supported: a card of ICAO's form that is neither passport nor permit");
}

TEST_CASE("what the zone leaves open: a birthday out of DG11, a character of the number that no zone has") {
    auto text = mrz::with(zone, 46, "<");
    text.replace(59, 4, "<<<<");
    mrz::seal(text, MrzFormat::td3);
    Desk bare(text);
    bare.issue();
    CHECK(bare.read()->document.birth == year_month_day{});
    CHECK(bare.read()->document.number == "L898902C3"s.erase(2, 1));
    Desk told(text);
    told.groups[11] = tlv("6B", tlv("5F2B", "19740812"_hex));
    told.issue();
    CHECK(told.read()->document.birth == 1974y / 8 / 12);
}

TEST_CASE("what was typed does not open it; what is forged or copied is refused; what the state signed must be shown") {
    Desk typed;
    typed.issue();
    typed.key = AccessKey::from_mrz("L898902C3", "740813", "120415").value();
    CHECK(typed.told() == "document_not_opened: BAC EXTERNAL AUTHENTICATE 6300");
    typed.chip.offer_pace(128, NID_brainpoolP256r1, 13);
    CHECK(typed.told() == "document_not_opened: PACE step 86 6300");
    typed.key = AccessKey::from_can("123456").value();
    typed.chip.files.erase(0x011C);
    CHECK(typed.told() == "document_not_supported: BAC needs the MRZ, not a card access number");

    Desk picture;
    picture.issue();
    picture.chip.files[0x0102].back() ^= std::byte{1};
    CHECK(picture.told() == "document_forged: DG2 does not match its signed hash");

    const auto key = state::make_key("prime256v1"), stolen = state::make_key("prime256v1");
    Desk copy;
    copy.groups[15] = proofs::dg15(key.get());
    copy.issue();
    proofs::answer_active_authentication(copy.chip, [&](View c) { return with_sw(proofs::sign_ec(stolen.get(), c, "SHA256"), 0x9000); });
    CHECK(copy.told() == "document_forged: a copied chip: active authentication: the signature does not hold");
    copy.chip.files[file_of(15)] = proofs::dg15(stolen.get());
    CHECK(copy.told() == "document_forged: DG15 does not match its signed hash");
    copy.chip.files.erase(file_of(15));
    CHECK(copy.told() == "document_forged: DG15 is signed, but the chip does not show it");
    copy.chip.files.erase(0x011E);  // EF.COM is nobody's proof
    CHECK(copy.told() == "document_forged: DG15 is signed, but the chip does not show it");
    copy.chip.files.erase(0x011D);
    CHECK(copy.read()->document.evidence == Evidence::chip_unverified);
}

TEST_CASE("files that are missing or damaged: what cannot be done without, and what is only noted") {
    Desk bare;
    bare.issue();
    bare.chip.files.erase(0x011D);
    auto reading = bare.read();
    REQUIRE(reading.has_value());
    CHECK(reading->verdict.authenticity == Authenticity::not_verifiable);
    CHECK(reading->verdict.why == "EF.SOD is not there: the chip has no file 011D");
    bare.chip.files[0x011D] = "77023000"_hex;
    CHECK(bare.read()->verdict.why == "EF.SOD: no CMS message, or more than one");
    bare.chip.files.erase(0x011E);
    reading = bare.read();
    REQUIRE(reading.has_value());
    CHECK(reading->notes == std::vector<std::string>{"EF.COM: the chip has no file 011E"});

    Desk details;
    details.groups[11] = tlv("6B", tlv("5F0E", "E9"_hex));  // Latin-1
    details.groups[12] = tlv("6C", tlv("5F26", to_bytes("20200230")));
    details.issue();
    reading = details.read();
    REQUIRE(reading.has_value());
    CHECK(reading->notes == std::vector<std::string>{"DG11 has a text that is no UTF-8", "DG12 has a day that does not exist"});
    CHECK(reading->document.evidence == Evidence::chip);
    details.chip.files.erase(file_of(12));
    CHECK(details.read()->notes.front() == "the chip has no file 010C");

    Desk no_face;
    no_face.issue();
    no_face.chip.files.erase(file_of(2));
    CHECK(no_face.told() == "document_not_supported: the chip has no file 0102");
    Desk no_zone;
    no_zone.groups[1] = tlv("61", tlv("5F1F", Bytes(88, std::byte{'<'})));
    no_zone.issue();
    CHECK(no_zone.told().starts_with("document_"));
}

TEST_CASE("taken away at any command: the reader's own fault, never another verdict, and powered down") {
    Desk whole;
    whole.issue();
    REQUIRE(whole.told() == "read");
    const auto commands = whole.reader.commands.size();
    for (std::size_t n = 0; n < commands; ++n) {
        Desk desk;
        desk.issue();
        desk.reader.answer = [&](View apdu) -> Result<Bytes> {
            if (desk.reader.commands.size() > n) return fail(FaultCode::chip_removed);
            return desk.chip.answer(apdu);
        };
        const auto reading = desk.read();
        REQUIRE_FALSE(reading.has_value());
        REQUIRE(reading.error().code == FaultCode::chip_removed);
        REQUIRE_FALSE(desk.reader.connected);
    }
    CHECK(commands > 15);
}
