// Genuine, forged in each way, not verifiable, copied: what a state's office did and a forger undid, as the kiosk's driver judges it.
#include "drivers/emrtd/authenticity.hpp"
#include "drivers/emrtd/copy_check.hpp"
#include "tests/sim/passport_reader.hpp"

using namespace passport_test;
using emrtd::File;
using sim::PassportFlaw;

namespace {
constexpr std::chrono::year_month_day today{std::chrono::year{2026}, std::chrono::November, std::chrono::day{22}};

emrtd::TrustStore trusting(const sim::PassportOffice& office) {
    emrtd::TrustStore trust;
    const auto added = trust.add(office.csca());
    CHECK_MESSAGE(added.has_value(), (added ? "" : added.error().detail));
    return trust;
}

struct Judged {
    std::string opened, authenticity, copy, why;
};

/// Opens, reads everything that EF.COM lists, judges, asks for the chip's proof.
Judged judge_chip(sim::PassportChip& chip, const emrtd::TrustStore& trust) {
    Judged out;
    Session session(chip);
    out.opened = session.open(chip.description());
    if (out.opened != "pace" && out.opened != "bac") return out;
    constexpr std::pair<int, File> known[] = {{1, File::dg1}, {2, File::dg2}, {11, File::dg11}, {12, File::dg12}, {14, File::dg14}, {15, File::dg15}};
    std::map<int, drivers::Bytes> files;
    for (const auto& [group, file] : known)
        if (!chip.file(static_cast<int>(file)).empty()) files[group] = session.read(file);
    const auto sod = emrtd::Sod::parse(session.read(File::sod));
    REQUIRE_MESSAGE(sod.has_value(), (sod ? "" : sod.error().detail));
    std::vector<emrtd::GroupFile> groups;
    for (const auto& [group, file] : files) groups.push_back({group, file});
    const auto verdict = emrtd::judge(*sod, groups, trust, today);
    out.authenticity = name_of(verdict.authenticity);
    out.why = verdict.why;
    const auto copy = test::run(emrtd::check_copy(session.passport, {files[1], files[14], files[15]}, *session.random, 1s));
    out.copy = copy ? std::string(name_of(copy->check)) : std::string(name_of(copy.error().code));
    out.why += copy ? "; " + copy->why : "; " + copy.error().detail;
    return out;
}
}  // namespace

TEST_CASE("a genuine passport is genuine, whichever way its state signs and writes its curves") {
    using enum sim::PassportSignature;
    struct Way {
        sim::PassportSignature root, signer;
        sim::CurveForm form;
    };
    const Way ways[] = {{ecdsa_p256, ecdsa_p256, sim::CurveForm::named}, {ecdsa_p256, ecdsa_p256, sim::CurveForm::written_out}, {ecdsa_brainpool256, ecdsa_brainpool256, sim::CurveForm::written_out},
                        {ecdsa_brainpool256, ecdsa_p256, sim::CurveForm::named}, {ecdsa_p256, rsa_pss, sim::CurveForm::named}, {rsa_pkcs1, rsa_pkcs1, sim::CurveForm::written_out}};
    for (const auto& way : ways) {
        CAPTURE(static_cast<int>(way.root));
        CAPTURE(static_cast<int>(way.signer));
        CAPTURE(static_cast<int>(way.form));
        sim::PassportOffice office({.seed = 3, .root = way.root, .signer = way.signer, .form = way.form});
        auto d = traveller();
        d.active_authentication = sim::ActiveProof::ecdsa;
        const auto judged = judge_chip(*office.issue(d), trusting(office));
        CHECK_MESSAGE(judged.authenticity == "genuine", judged.why);
        CHECK_MESSAGE(judged.copy == "original", judged.why);
    }
}

TEST_CASE("each forgery is called what it is") {
    sim::PassportOffice office({.seed = 4}), abroad({.seed = 5, .country = "FR"});
    const auto trust = trusting(office);
    auto d = traveller();
    d.active_authentication = sim::ActiveProof::ecdsa;
    const auto judged = [&](PassportFlaw flaw) {
        const auto result = judge_chip(*office.issue(d, flaw), trust);
        CHECK((result.opened == "pace"));
        INFO(name_of(flaw), ": ", result.why);
        CHECK(!result.why.empty());
        return result.authenticity + " " + result.copy;
    };
    CHECK(judged(PassportFlaw::none) == "genuine original");
    CHECK(judged(PassportFlaw::dg1_altered) == "forged original");
    CHECK(judged(PassportFlaw::dg2_replaced) == "forged original");
    CHECK(judged(PassportFlaw::sod_broken) == "forged original");
    CHECK(judged(PassportFlaw::sod_of_another).starts_with("forged"));
    CHECK(judged(PassportFlaw::unknown_state) == "not_verifiable original");
    CHECK(judged(PassportFlaw::false_state) == "forged original");
    CHECK(judged(PassportFlaw::cloned) == "genuine copied");
    CHECK(judge_chip(*abroad.issue(d), trust).authenticity == "not_verifiable");
    CHECK(judge_chip(*office.issue(d), emrtd::TrustStore{}).authenticity == "not_verifiable");
}

TEST_CASE("chip authentication with every cipher, and both kinds of active authentication, tell original from copy") {
    using enum sim::PassportCipher;
    sim::PassportOffice office({.seed = 8});
    const auto trust = trusting(office);
    const auto both = [&](const sim::PassportDescription& d) {
        const auto original = office.issue(d), copy = office.issue(d, PassportFlaw::cloned);
        const auto first = judge_chip(*original, trust), second = judge_chip(*copy, trust);
        CHECK_MESSAGE(first.copy == "original", first.why);
        CHECK(original->proofs() == 1);
        CHECK_MESSAGE(second.copy == "copied", second.why);
        CHECK(second.authenticity == "genuine");
        return original->access();
    };
    for (const auto cipher : {des3, aes128, aes192, aes256})
        for (const bool bac : {false, true}) {
            auto d = traveller();
            if (bac) d.pace.clear();
            d.chip_authentication = {cipher, cipher == aes192 ? sim::PassportCurve::brainpool256 : sim::PassportCurve::p256};
            CHECK(both(d) == sim::PassportChip::Access::chip_authentication);
        }
    for (const auto proof : {sim::ActiveProof::ecdsa, sim::ActiveProof::rsa_sha1, sim::ActiveProof::rsa_sha256}) {
        auto d = traveller();
        d.active_authentication = proof;
        CHECK(both(d) == sim::PassportChip::Access::pace);
    }
    CHECK(judge_chip(*office.issue(traveller()), trust).copy == "not_offered");
}

TEST_CASE("the state's certificate goes into a folder that the driver's trust store loads") {
    char name[] = "/tmp/liqu-csca-XXXXXX";
    REQUIRE(mkdtemp(name));
    const std::filesystem::path folder = name;
    sim::PassportOffice office({.seed = 11});
    REQUIRE(office.write_csca(folder));
    const auto trust = emrtd::TrustStore::load(folder);
    REQUIRE(trust);
    CHECK(trust->size() >= 1);
    CHECK(trust->left_out().empty());
    CHECK(judge_chip(*office.issue(traveller()), *trust).authenticity == "genuine");
    CHECK(std::filesystem::exists(folder / "csca-cn.der"));
    CHECK(std::filesystem::exists(folder / "csca-cn.pem"));
    std::filesystem::remove_all(folder);
    CHECK(!office.write_csca(folder));
}
