// The centre's side of the personalisation: keys, batches, reports that do not fit, chips that are not right, and where the dialogue begins again.
#include "sim/central/card_keys.hpp"
#include "sim/central/certificates.hpp"
#include "tests/central/kiosk_side.hpp"

#include <openssl/x509.h>

using namespace kiosk_side;

namespace {
const Bytes chip_1 = hex("450100d156000005000000000000a001"), chip_2 = hex("450100d156000005000000000000a002"), chip_3 = hex("450100d156000005000000000000a003");

/// An application of p01, and the first batch of its attempt.
struct Begun {
    Hall hall;
    Bytes id = Hall::id_of("p01");
    Chip chip{chip_1};
    Reply first;
    Begun() {
        REQUIRE(hall.apply(hall.a, "p01").ok);
        first = hall.personalise(hall.a, id, 1, chip_1);
        REQUIRE(first.ok);
    }
    Reply next(unsigned seq, const Hall::Report& report) { return hall.personalise(hall.a, id, 1, chip_1, seq, report.bytes()); }
    [[nodiscard]] std::string phase(const Reply& r) const { return hall.batch(r)["phase"]; }
};

Json verdict(const std::string& word, const std::string& reason) { return {{"reason", reason}, {"verdict", word}}; }
}  // namespace

TEST_CASE("the key store: known answers of the stated convention") {
    sim::MasterKey master{};
    for (unsigned i = 0; i < 16; ++i) master[i] = static_cast<unsigned char>(i);
    const auto chip = hex("450100d1560000050123456789abcdef"), process = hex("1122334455667788"), original = hex("8877665544332211");
    // Worked out with openssl's command line.
    CHECK(sim::to_hex(*sim::cryptogram(sim::Cipher::triple_des, master, sim::KeyId::uk_ssse, chip, process, original)) == "a5d75de8a9efd4f88877665544332211");
    CHECK_FALSE(sim::cryptogram(sim::Cipher::triple_des, master, sim::KeyId::uk_ssse, hex("4501"), process, original).has_value());
    CHECK_FALSE(sim::proof(sim::Cipher::sm4, master, sim::KeyId::uk_ssse, chip, hex("11"), original).has_value());
    // GB/T 32907, appendix A: SM4 of one block.
    CHECK(sim::to_hex(*sim::encipher(sim::Cipher::sm4, hex("0123456789abcdeffedcba9876543210"), hex("0123456789abcdeffedcba9876543210"))) == "681edf34d206965e86b3e94f536e4246");
    std::set<Bytes> proofs;
    for (const auto cipher : {sim::Cipher::triple_des, sim::Cipher::sm4})
        for (const auto key : {sim::KeyId::irk, sim::KeyId::rk_ssse, sim::KeyId::uk_ssse, sim::KeyId::stk}) proofs.insert(*sim::proof(cipher, master, key, chip, process, original));
    CHECK(proofs.size() == 8);
}

TEST_CASE("a dialogue: the chip is bound, challenged, written, read back, and has its verdict; every batch is bound to what went before") {
    Begun b;
    const auto open = b.hall.batch(b.first);
    CHECK(open["phase"] == "open-records");
    CHECK(open["seq"] == 1);
    CHECK(bytes_of(open["prev"]) == hash({}));
    CHECK(bytes_of(open["card"]["chip"]) == chip_1);
    CHECK(open["job"]["kiosk"] == "a");
    CHECK(open["exp"].get<std::int64_t>() == b.hall.now + 60);
    for (const auto& step : open["steps"]) CHECK_FALSE(step.contains("commit"));

    const auto report = Hall::relay(b.hall.a, b.first, b.chip);
    const auto second = b.next(2, report);
    const auto write = b.hall.batch(second);
    CHECK(write["phase"] == "records");
    CHECK(bytes_of(write["prev"]) == hash(report.bytes()));
    const auto& authenticate = write["steps"][0];
    CHECK(bytes_of(authenticate["c"]) == hex("0082001210") + *sim::cryptogram(sim::Cipher::triple_des, b.hall.keys.master, sim::KeyId::uk_ssse, chip_1, filled(8, 2), filled(8, 1)));
    CHECK(authenticate["redact"] == true);
    int commits = 0;
    for (const auto& step : write["steps"]) {
        const auto ins = bytes_of(step["c"])[1];
        CHECK((ins == std::byte{0xDC}) == step.value("commit", false));
        if (ins == std::byte{0xDC} || ins == std::byte{0xB2}) CHECK(step.value("redact", false));
        commits += ins == std::byte{0xDC};
    }
    CHECK(commits == 9);
    CHECK(b.hall.central->cryptograms() == 1);

    const auto third = b.next(3, Hall::relay(b.hall.a, second, b.chip));
    CHECK(third.body == verdict("personalised", "read-back"));
    CHECK(b.next(3, Hall::relay(b.hall.a, second, b.chip)).body == third.body);  // asked again
    CHECK(b.next(4, Hall::relay(b.hall.a, second, b.chip)).code == "attempt_closed");
    CHECK(b.hall.personalise(b.hall.a, b.id, 1, chip_1, 1).body == b.first.body);
    CHECK(b.hall.central->cryptograms() == 1);
}

TEST_CASE("a report that does not fit is refused, and the dialogue stands where it stood") {
    Begun b;
    const auto good = Hall::relay(b.hall.a, b.first, b.chip);
    const auto with = [&](const std::function<void(Hall::Report&)>& change) {
        auto report = good;
        change(report);
        return b.next(2, report).code;
    };
    CHECK(with([](auto& r) { r.batch[0] ^= std::byte{1}; }) == "malformed");
    CHECK(with([](auto& r) { r.seq = 2; }) == "malformed");
    CHECK(with([](auto& r) { r.attempt = 2; }) == "malformed");
    CHECK(with([](auto& r) { r.application[0] ^= std::byte{1}; }) == "malformed");
    CHECK(with([](auto& r) { r.flags = {"card_stolen"}; }) == "malformed");
    CHECK(with([](auto& r) { r.flags = {"timed_out", "timed_out"}; }) == "malformed");
    CHECK(with([](auto& r) { r.results.emplace_back(0x9000, std::nullopt); }) == "malformed");
    CHECK(with([](auto& r) { r.results[0].second = filled(2, 1); }) == "malformed");  // a capture that was not asked for
    CHECK(with([](auto& r) { r.results.back().second.reset(); }) == "malformed");     // one that was, and lacks
    CHECK(with([](auto& r) { r.results[0].first = 0x6A82; }) == "malformed");         // goes on after a refused step
    CHECK(b.hall.personalise(b.hall.a, b.id, 1, chip_1, 2).code == "malformed");      // no report at all
    CHECK(b.hall.personalise(b.hall.a, b.id, 1, chip_1, 3, good.bytes()).code == "malformed");  // a batch left out
    CHECK(b.hall.personalise(b.hall.a, b.id, 1, chip_1, 17, good.bytes()).code == "limit");
    CHECK(b.next(2, good).ok);
    auto changed = good;
    changed.flags = {"timed_out"};
    CHECK(b.next(2, changed).code == "payload_changed");
    CHECK(b.next(3, good).code == "malformed");  // the last batch's report once more
}

TEST_CASE("who may have a batch") {
    Begun b;
    auto& hall = b.hall;
    CHECK(hall.personalise(hall.b, b.id, 1, chip_1).code == "foreign_kiosk");
    CHECK(hall.personalise(hall.a, b.id, 1, chip_2, 2).code == "wrong_chip");
    CHECK(hall.personalise(hall.a, b.id, 2, chip_1).code == "no_such_application");
    // A chip serves one attempt only, of whomever.
    REQUIRE(hall.apply(hall.b, "p02").ok);
    CHECK(hall.personalise(hall.b, Hall::id_of("p02"), 1, chip_1).code == "wrong_chip");
    CHECK(hall.personalise(hall.b, Hall::id_of("p02"), 1, chip_3).ok);
    hall.now += 300;
    CHECK(hall.personalise(hall.b, Hall::id_of("p02"), 1, chip_3, 2).code == "expired");
}

TEST_CASE("what was interrupted begins again at its phase with a new challenge, four times; a card that was removed does not") {
    for (const std::string flag : {"card_reset", "timed_out", "reader_lost", "expired", "6982"}) {
        CAPTURE(flag);
        Begun b;
        auto reply = b.next(2, Hall::relay(b.hall.a, b.first, b.chip));
        unsigned seq = 3;
        for (int restart = 1; restart <= 5; ++restart, seq += 2) {
            REQUIRE(b.phase(reply) == "records");
            auto report = Hall::relay(b.hall.a, reply, b.chip);
            report.results.resize(flag == "expired" ? 0 : 2);
            if (flag == "6982") report.results.back().first = 0x6982;
            else report.flags = {flag};
            reply = b.next(seq, report);
            if (restart == 5) break;
            REQUIRE(b.phase(reply) == "open-records");
            reply = b.next(seq + 1, Hall::relay(b.hall.a, reply, b.chip));
        }
        CHECK(reply.body == verdict("reject_card", "too-many-restarts"));
    }
    for (const auto& [flag, sw, reason] : {std::tuple{"card_removed", 0x9000u, "card-removed"}, std::tuple{"", 0x6581u, "refused"}, std::tuple{"", 0x63C4u, "refused"}}) {
        Begun b;
        const auto reply = b.next(2, Hall::relay(b.hall.a, b.first, b.chip));
        auto report = Hall::relay(b.hall.a, reply, b.chip);
        report.results.resize(3);
        report.results.back().first = sw;
        if (*flag) report.flags = {flag};
        CHECK(b.next(3, report).body == verdict("reject_card", reason));
        const auto number_ = b.hall.central->attempts().back().card_number;
        CHECK(b.hall.outcome(b.hall.a, b.id, 1, "issued", number_, chip_1).body["result"] == "disputed");
    }
}

TEST_CASE("a chip that keeps something else than it was given is rejected, and is never active") {
    Begun b;
    b.chip.forgets_writes = true;
    const auto reply = b.next(2, Hall::relay(b.hall.a, b.first, b.chip));
    CHECK(b.next(3, Hall::relay(b.hall.a, reply, b.chip)).body == verdict("reject_card", "read-back"));
    Begun other;
    auto report = Hall::relay(other.hall.a, other.first, other.chip);
    for (auto& result : report.results)
        if (result.second && result.second->size() == 18) (*result.second)[5] ^= std::byte{1};
    CHECK(other.next(2, report).body == verdict("reject_card", "read-back"));
}

TEST_CASE("certificates: one seed gives the same bytes, signed by the authority, over the card's own key") {
    std::array<unsigned char, 64> secret{};
    secret.fill(5);
    // The generator of the SM2 curve stands for a card's key.
    const auto key = hex("0432c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0");
    const sim::CertificateOrder order{.card_number = "A00000014", .valid_from = "20260921", .valid_to = "20360921", .signature_key = key};
    const auto made = sim::make_certificates(secret, order), again = sim::make_certificates(secret, order);
    REQUIRE(made.has_value());
    CHECK(made->signature == again->signature);
    CHECK(made->encryption == again->encryption);
    CHECK(made->encryption_key.size() == 32);
    const auto authority = sim::authority_key(secret);
    EVP_PKEY* issuer = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, uc(authority), authority.size());
    for (const auto* der : {&made->signature, &made->encryption}) {
        const auto* at = uc(*der);
        X509* x = d2i_X509(nullptr, &at, static_cast<long>(der->size()));
        REQUIRE(x);
        CHECK(X509_verify(x, issuer) == 1);
        CHECK(der->size() < 600);
        X509_free(x);
    }
    EVP_PKEY_free(issuer);
    CHECK(std::ranges::search(made->signature, key).begin() != made->signature.end());
    auto off_curve = order;
    off_curve.signature_key.back() ^= std::byte{1};
    CHECK_FALSE(sim::make_certificates(secret, off_curve).has_value());
}
