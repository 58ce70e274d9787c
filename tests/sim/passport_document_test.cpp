// From the simulated state's documents to the house's IdDocument, end to end: every kind, every flaw, and dates that have passed.
#include "drivers/emrtd/document.hpp"
#include "tests/sim/passport_reader.hpp"

using namespace passport_test;
using sim::PassportFlaw;
using std::chrono::year;

namespace {
constexpr std::chrono::year_month_day today = year{2026} / 11 / 22;

struct Desk {
    sim::PassportOffice office;
    emrtd::TrustStore trust;
    std::unique_ptr<drivers::Random> random = drivers::make_seeded_random(3);
    std::vector<std::string> steps;

    explicit Desk(sim::PassportOffice::Setup setup = {.seed = 21}) : office(std::move(setup)) { REQUIRE(trust.add(office.csca())); }
    drivers::Result<emrtd::Reading> read(sim::PassportChip& chip) {
        ChipReader reader(chip);
        const auto key = key_of(chip.description());
        REQUIRE(key);
        steps.clear();
        return test::run(emrtd::read_document(reader, *random, *key, trust, today, {}, [this](emrtd::ReadStep step) { steps.emplace_back(name_of(step)); }));
    }
    /// The fault's name, or what stands behind the data.
    std::string outcome(sim::PassportChip& chip) {
        const auto reading = read(chip);
        if (!reading) return std::string(name_of(reading.error().code));
        return fmt::format("{} {}", name_of(reading->document.evidence), name_of(reading->copy.check));
    }
};
}  // namespace

TEST_CASE("a genuine passport becomes a document with its state's word behind it") {
    Desk desk;
    auto d = traveller();
    d.chip_authentication = sim::PaceVariant{sim::PassportCipher::aes256, sim::PassportCurve::brainpool256};
    const auto chip = desk.office.issue(d);
    const auto reading = desk.read(*chip);
    REQUIRE_MESSAGE(reading.has_value(), (reading ? "" : reading.error().detail));
    const auto& document = reading->document;
    CHECK(document.kind == drivers::DocumentKind::passport);
    CHECK(document.evidence == drivers::Evidence::chip);
    CHECK(document.name == "张小云");
    CHECK(document.name_latin == "ZHANG XIAOYUN");
    CHECK(document.number == "E10203045");
    CHECK(document.nationality == "CHN");
    CHECK(document.birth == year{1987} / 3 / 14);
    CHECK(document.valid_to == year{2032} / 8 / 31);
    CHECK(document.sex == drivers::Sex::female);
    CHECK(document.portrait_format == drivers::PortraitFormat::jpeg);
    CHECK(std::ranges::equal(document.portrait, chip->description().portrait));
    CHECK(reading->copy.check == emrtd::CopyCheck::original);
    CHECK(reading->notes.empty());
    CHECK(desk.steps.front() == "opening");
    CHECK(desk.steps.back() == "copy_check");
    CHECK(chip->proofs() == 1);
}

TEST_CASE("every permit becomes a travel permit with its Chinese name; a card that is neither is told so") {
    using enum sim::PassportKind;
    Desk desk;
    for (const auto& [kind, number] : {std::pair{hk_macao_permit, "H01234567"}, {taiwan_permit, "01234567"}, {exit_entry_hk, "CA1234567"}, {exit_entry_taiwan, "L12345678"}}) {
        CAPTURE(number);
        auto d = traveller();
        d.kind = kind;
        d.number = number;
        d.personal_number.clear();
        if (kind == exit_entry_taiwan) d.number = "CL1234567";
        const auto reading = desk.read(*desk.office.issue(d));
        REQUIRE_MESSAGE(reading.has_value(), (reading ? "" : reading.error().detail));
        CHECK(reading->document.kind == drivers::DocumentKind::travel_permit);
        CHECK(reading->document.evidence == drivers::Evidence::chip);
        CHECK(reading->document.name == "张小云");
        CHECK(reading->document.number == d.number);
    }
    auto d = traveller();
    d.kind = card;
    d.issuer = d.nationality = "UTO";
    CHECK(desk.outcome(*desk.office.issue(d)) == "document_not_supported");
}

TEST_CASE("every flaw ends in its own way, with and without a proof of the chip") {
    Desk desk;
    for (const auto proof : {sim::ActiveProof::none, sim::ActiveProof::ecdsa}) {
        auto d = traveller();
        d.active_authentication = proof;
        const bool has_proof = proof != sim::ActiveProof::none;
        const auto outcome = [&](PassportFlaw flaw) { return desk.outcome(*desk.office.issue(d, flaw)); };
        const std::string copy = has_proof ? "original" : "not_offered";
        CHECK(outcome(PassportFlaw::none) == "chip " + copy);
        CHECK(outcome(PassportFlaw::dg1_altered) == "document_forged");
        CHECK(outcome(PassportFlaw::dg2_replaced) == "document_forged");
        CHECK(outcome(PassportFlaw::sod_broken) == "document_forged");
        CHECK(outcome(PassportFlaw::sod_of_another) == "document_forged");
        CHECK(outcome(PassportFlaw::false_state) == "document_forged");
        CHECK(outcome(PassportFlaw::unknown_state) == "chip_unverified " + copy);
        // Without a proof a copy cannot be told, and there is nothing to hide.
        CHECK(outcome(PassportFlaw::cloned) == (has_proof ? "document_forged" : "chip not_offered"));
        CHECK(outcome(PassportFlaw::dg_hidden) == (has_proof ? "document_forged" : "chip not_offered"));
    }
}

TEST_CASE("an expired passport is genuine and says its last day; an expired state key proves nothing") {
    Desk desk;
    auto d = traveller();
    d.expiry = "20240229";
    const auto reading = desk.read(*desk.office.issue(d));
    REQUIRE(reading);
    CHECK(reading->document.evidence == drivers::Evidence::chip);
    CHECK(reading->document.valid_to == year{2024} / 2 / 29);
    Desk old({.seed = 22, .valid_from = "20050101", .valid_to = "20250101"});
    CHECK(old.outcome(*old.office.issue(traveller())) == "chip_unverified not_offered");
}

TEST_CASE("a passport taken away at any command is a fault of the reader, never half a document") {
    Desk desk;
    auto d = traveller();
    d.chip_authentication = sim::PaceVariant{};
    const auto chip = desk.office.issue(d);
    REQUIRE(desk.read(*chip));
    const int commands = chip->commands();
    CHECK(commands > 30);
    for (int n = 0; n < commands; ++n) {
        chip->mute_after = n;
        CAPTURE(n);
        CHECK(test::fault_in(desk.read(*chip)) == "chip_silent");
    }
    CHECK(desk.read(*chip));
}
