// Passive authentication: states, signers and signatures made here; what is genuine, what is forged, and what accuses nobody.
#include "drivers/emrtd/authenticity.hpp"
#include "tests/drivers/emrtd_state.hpp"

using namespace test;
using namespace test::state;
using namespace drivers::emrtd;

namespace {
const std::map<int, Bytes> passport{{1, "615B5F1F58"_hex}, {2, Bytes(3000, std::byte{0x75})}, {14, "6E00"_hex}};

TrustStore trusting(std::initializer_list<Bytes> files) {
    TrustStore trust;
    for (const auto& file : files) REQUIRE(fault_in(trust.add(file)) == "none");
    return trust;
}
Verdict judged(View sod, const TrustStore& trust, const std::map<int, Bytes>& groups = passport, year_month_day on = today) {
    const auto parsed = Sod::parse(sod);
    REQUIRE_MESSAGE(parsed.has_value(), parsed.error().detail);
    std::vector<GroupFile> read;
    for (const auto& [group, file] : groups) read.push_back({group, file});
    return judge(*parsed, read, trust, on);
}
std::string told(const Verdict& verdict) { return std::string(name_of(verdict.authenticity)) + ": " + verdict.why; }
/// A state made by this plan, trusted.
std::string with(Plan plan, year_month_day on = today) {
    const Office office(std::move(plan));
    return told(judged(office.sod(passport), trusting({office.csca()}), passport, on));
}
const std::string genuine = "genuine: hashes, signature and signer hold";
}  // namespace

TEST_CASE("genuine by every kind of signature that states use") {
    struct Kind {
        const char *state, *signer, *digest, *list;
        Padding padding = Padding::pkcs1;
        bool written_out = false;
    };
    for (const auto& kind : {Kind{"rsa", "rsa", "SHA1", "SHA1"}, {"rsa", "rsa", "SHA256", "SHA256"}, {"rsa", "rsa", "SHA512", "SHA512"}, {"rsa", "rsa", "SHA256", "SHA384", Padding::pss},
                             {"rsa", "rsa", "SHA1", "SHA256", Padding::pss}, {"prime256v1", "prime256v1", "SHA1", "SHA224"}, {"secp384r1", "prime256v1", "SHA256", "SHA256"},
                             {"brainpoolP384r1", "brainpoolP256r1", "SHA384", "SHA512"}, {"secp521r1", "brainpoolP512r1", "SHA512", "SHA512"},
                             {"brainpoolP256r1", "brainpoolP224r1", "SHA224", "SHA256", Padding::pkcs1, true}, {"prime256v1", "prime256v1", "SHA256", "SHA1", Padding::pkcs1, true}}) {
        CAPTURE(kind.state);
        CAPTURE(kind.signer);
        CAPTURE(kind.digest);
        CHECK(with({.state_key = kind.state, .signer_key = kind.signer, .explicit_curves = kind.written_out, .digest = kind.digest, .list_digest = kind.list, .padding = kind.padding}) == genuine);
    }
}

TEST_CASE("forged: another file, an unsigned file, another list, another signature, another signer") {
    const Office office;
    const auto sod = office.sod(passport);
    const auto trust = trusting({office.csca()});
    CHECK(told(judged(sod, trust)) == genuine);
    CHECK(told(judged(sod, trust, {{1, passport.at(1)}})) == genuine);  // what was not read is not judged
    auto other = passport;
    other[2][1500] ^= std::byte{1};
    CHECK(told(judged(sod, trust, other)) == "forged: DG2 does not match its signed hash");
    other = passport;
    other[11] = "6B00"_hex;
    CHECK(told(judged(sod, trust, other)) == "forged: DG11 is on the chip, but nobody signed it");

    // The forger writes his own hash into the list.
    other = passport;
    other[1].back() ^= std::byte{1};
    const auto patch = [](Bytes file, View from, View to) {
        const auto at = std::ranges::search(file, from);
        REQUIRE(!at.empty());
        std::ranges::copy(to, at.begin());
        return file;
    };
    const auto relisted = patch(sod, chip::hash("SHA256", passport.at(1)), chip::hash("SHA256", other.at(1)));
    CHECK(told(judged(relisted, trust, other)) == "forged: the signature is over another list of hashes");
    // ... and puts that list's hash into the signed attributes.
    const auto attributes = patch(relisted, chip::hash("SHA256", hash_list(passport, "SHA256")), chip::hash("SHA256", hash_list(other, "SHA256")));
    CHECK(told(judged(attributes, trust, other)) == "forged: the signature does not hold");
    auto torn = sod;
    torn.back() ^= std::byte{1};
    CHECK(told(judged(torn, trust)) == "forged: the signature does not hold");
    // ... and makes a signer that claims the state's key.
    Office forger;
    forger.signer = certify(forger.plan.signer, forger.signer_key.get(), office.state.get(), forger.state_key.get());
    CHECK(told(judged(forger.sod(passport), trust)) == "forged: the signer's certificate was not signed by the key that it names");
}

TEST_CASE("not verifiable: nobody trusted, another state, another key of the state, a signer that names no key") {
    const Office office;
    const auto sod = office.sod(passport);
    CHECK(told(judged(sod, TrustStore{})) == "not_verifiable: no trusted certificate of the state that issued the signer's");
    Plan other_plan;
    other_plan.state.name = "Elbonia";
    const Office other_state(other_plan), other_key;
    CHECK(told(judged(sod, trusting({other_state.csca()}))) == "not_verifiable: no trusted certificate of the state that issued the signer's");
    CHECK(told(judged(sod, trusting({other_key.csca()}))) == "not_verifiable: the state is trusted, but not the key that issued the signer's certificate");
    CHECK(told(judged(sod, trusting({other_key.csca(), other_state.csca(), office.csca()}))) == genuine);  // each key of the name is tried
    CHECK(told(judged(sod, trusting({office.csca(), other_key.csca()}))) == genuine);
    Plan nameless;
    nameless.signer.extensions.pop_back();
    const Office old(nameless);
    CHECK(told(judged(old.sod(passport), trusting({other_key.csca()}))) == "not_verifiable: the state is trusted, but not the key that issued the signer's certificate");
    CHECK(told(judged(old.sod(passport), trusting({other_key.csca(), old.csca()}))) == genuine);
    // The state spells its name otherwise in the signer's certificate: the key's identifier tells.
    Office renamed;
    renamed.state = certify(other_state.plan.state, renamed.state_key.get(), nullptr, renamed.state_key.get());
    CHECK(told(judged(renamed.sod(passport), trusting({renamed.csca()}))) == genuine);
}

TEST_CASE("two certificates with one key identifier: the one that holds decides, whichever is asked first") {
    Plan expired, other;
    for (auto* plan : {&expired, &other}) plan->state.extensions.back() = {NID_subject_key_identifier, "01020304"};
    expired.state.to = day(2026y / 1 / 1);
    const Office office(expired), namesake(other);
    const auto sod = office.sod(passport);
    CHECK(told(judged(sod, trusting({office.csca(), namesake.csca()}))) == "not_verifiable: the state's certificate has expired");
    CHECK(told(judged(sod, trusting({namesake.csca(), office.csca()}))) == "not_verifiable: the state's certificate has expired");
    CHECK(told(judged(sod, trusting({namesake.csca()}))) == "forged: the signer's certificate was not signed by the key that it names");
}

TEST_CASE("an algorithm that nobody knows proves nothing and accuses nobody") {
    const Office office;
    auto sod = office.sod(passport);
    const auto ecdsa = "2A8648CE3D040302"_hex;
    Bytes::iterator from = sod.begin();
    for (int n = 0; n < 2; ++n) {  // in the signer's certificate, inside and outside of what is signed
        const auto at = std::search(from, sod.end(), ecdsa.begin(), ecdsa.end());
        REQUIRE(at != sod.end());
        from = at + static_cast<std::ptrdiff_t>(ecdsa.size());
        *(from - 1) = std::byte{0x7F};
    }
    CHECK(told(judged(sod, trusting({office.csca()}))) == "not_verifiable: the state's certificate uses an algorithm that is not known here");
}

TEST_CASE("dates: the signer at signing, the state when it issued and today") {
    Plan plan;
    plan.signer.to = day(2020y / 6 / 1);
    CHECK(with(plan) == genuine);  // the signer's certificate ran out years ago; the document did not
    plan.signed_on = day(2021y / 1 / 1);
    CHECK(with(plan) == "not_verifiable: signed outside the validity of the signer's certificate");
    plan = {};
    plan.signed_on = day(2019y / 12 / 31);
    CHECK(with(plan) == "not_verifiable: signed outside the validity of the signer's certificate");
    plan = {};
    plan.state.to = day(2026y / 11 / 21);
    CHECK(with(plan) == "not_verifiable: the state's certificate has expired");
    CHECK(with(plan, 2026y / 11 / 21) == genuine);
    plan = {};
    plan.state.to = day(2019y / 1 / 1);
    CHECK(with(plan, 2018y / 1 / 1) == "not_verifiable: the signer's certificate begins in the future");
    CHECK(with(plan, 2020y / 6 / 1) == "not_verifiable: the state's certificate was not valid when it issued the signer's");
}

TEST_CASE("signers that are for something else, signatures of another form") {
    Plan plan;
    plan.signer.extensions[0] = {NID_key_usage, "critical,keyCertSign"};
    CHECK(with(plan) == "not_verifiable: the signer's certificate is not for signing documents");
    plan = {};
    plan.signer.extensions.emplace_back(NID_ext_key_usage, "serverAuth");  // a server of the state
    CHECK(with(plan) == "not_verifiable: the signer's certificate is not for signing documents");
    plan = {};
    plan.signer.extensions.emplace_back(NID_inhibit_any_policy, "critical,0");
    CHECK(with(plan).starts_with("genuine"));  // critical, and known to OpenSSL
    plan = {};
    plan.signer.unknown_critical = true;
    CHECK(with(plan) == "not_verifiable: the signer's certificate has a critical extension that is not known here");
    plan = {};
    plan.signer_flags = CMS_NOATTR;
    CHECK(with(plan) == "not_verifiable: the signature has no signed attributes");
    plan = {};
    plan.signer_flags = CMS_NOCERTS;
    CHECK(Sod::parse(Office(plan).sod(passport)).error().detail == "EF.SOD: the signer's certificate is not inside");
    CHECK(Sod::parse(Office().sod(passport, "1.2.840.113549.1.7.1")).error() == Fault{FaultCode::document_not_supported, "EF.SOD: what is signed is no LDS security object"});
}

TEST_CASE("EF.SOD torn at every length gives its own fault; with any byte changed it is never genuine for another list") {
    const Office office;
    const auto sod = office.sod(passport);
    const auto trust = trusting({office.csca()});
    for (std::size_t size = 0; size < sod.size(); ++size) {
        const auto parsed = Sod::parse(View{sod}.first(size));
        REQUIRE_FALSE(parsed.has_value());
        REQUIRE(parsed.error() == Fault{FaultCode::document_unreadable, "EF.SOD: no object 77, or not the whole of it"});
    }
    std::size_t refused = 0, forged = 0;
    for (std::size_t at = 0; at < sod.size(); ++at) {
        auto changed = sod;
        changed[at] ^= std::byte{0x21};
        const auto parsed = Sod::parse(changed);
        if (!parsed) {
            REQUIRE(parsed.error().detail.starts_with("EF.SOD: "));
            ++refused;
            continue;
        }
        const GroupFile read[] = {{1, passport.at(1)}, {2, passport.at(2)}, {14, passport.at(14)}};
        const auto verdict = judge(*parsed, read, trust, today);
        REQUIRE_FALSE(verdict.why.empty());
        forged += verdict.authenticity == Authenticity::forged;
        if (verdict.authenticity == Authenticity::genuine) REQUIRE(parsed->hashes().groups.size() == passport.size());  // a byte that nobody signs, as the list of algorithms
    }
    CHECK(refused > 100);
    CHECK(forged > 300);
}

TEST_CASE("the list of hashes: each damage has a sentence") {
    const auto list = hash_list(passport, "SHA256");
    REQUIRE(parse_hash_list(list)->groups.size() == 3);
    CHECK(*parse_hash_list(list)->find(2) == chip::hash("SHA256", passport.at(2)));
    CHECK(parse_hash_list(list)->find(3) == nullptr);
    for (std::size_t size = 0; size < list.size(); ++size) CHECK(fault_in(parse_hash_list(View{list}.first(size))) == "document_unreadable");
    const auto detail = [](const char* text) { return parse_hash_list(from_hex(text).value()).error().detail; };
    CHECK(detail("3000") == "EF.SOD: the security object has no version");
    CHECK(detail("3003020100") == "EF.SOD: the security object lacks its algorithm or its list");
    CHECK(detail("3008 020100 3001 00 3000") == "EF.SOD: the hash algorithm has no name");
    CHECK(detail("300D 020100 3006 06042B24 0301 3000") == "EF.SOD: the hash algorithm is none of SHA-1 and SHA-2");
    CHECK(detail("300E 020100 3007 06052B0E03021A 3000") == "EF.SOD: the list of hashes is empty");
    CHECK(detail("3010 020100 3007 06052B0E03021A 3002 0500") == "EF.SOD: the list of hashes is torn");
    CHECK(detail("3012 020100 3007 06052B0E03021A 3004 3002 0500") == "EF.SOD: a data group's hash is no number and hash");
    const auto entry = [&](const char* number, std::size_t size) { return tlv("30", cat({tlv("02", from_hex(number).value()), tlv("04", Bytes(size))})); };
    const auto whole = [&](const Bytes& entries) { return parse_hash_list(tlv("30", cat({"020100300706052B0E03021A"_hex, tlv("30", entries)}))); };
    CHECK(whole(entry("01", 20)).has_value());
    CHECK(whole(entry("11", 20)).error().detail == "EF.SOD: a data group beyond 16");
    CHECK(whole(entry("00", 20)).error().detail == "EF.SOD: a data group beyond 16");
    CHECK(whole(entry("01", 32)).error().detail == "EF.SOD: a hash of another size than its algorithm's");
    CHECK(whole(cat({entry("01", 20), entry("01", 20)})).error().detail == "EF.SOD: a data group has two hashes");
    CHECK(Sod::parse(Bytes(40'000)).error().detail == "EF.SOD: too large");
    const Office office;
    auto sod = office.sod(passport);
    CHECK(Sod::parse(tlv("77", cat({View{sod}.subspan(4), "0500"_hex}))).error().detail == "EF.SOD: no CMS message, or more than one");
    CHECK(Sod::parse("77023000"_hex).error().detail == "EF.SOD: no CMS message, or more than one");
    const auto type = "0606678108010101"_hex;  // named with the content, and once more among the signed attributes
    const auto first = std::search(sod.begin(), sod.end(), type.begin(), type.end());
    const auto second = std::search(first + 1, sod.end(), type.begin(), type.end());
    REQUIRE(second != sod.end());
    *(second + 7) = std::byte{2};
    CHECK(told(judged(sod, trusting({office.csca()}))) == "forged: the signature is over another type of content");
}

TEST_CASE("a state's signer signs for that state") {
    const auto agrees = [](const char* country, const char* issuer) {
        Plan plan;
        plan.state.country = country;
        const Office office(plan);
        return may_sign_for(Sod::parse(office.sod(passport)).value(), issuer);
    };
    for (const auto& [country, issuer] : {std::pair{"DE", "D"}, {"DE", "DEU"}, {"de", "D"}, {"CN", "CHN"}, {"HK", "CHN"}, {"MO", "CHN"}, {"TW", "TWN"}, {"KR", "KOR"}, {"UA", "UKR"}, {"GB", "GBD"}, {"UN", "UNO"}, {"AW", "ABW"},
                                          {"FR", "XXA"}, {"KS", "RKS"}, {"UT", "UTO"}, {"EU", "EUE"}})
        CHECK_MESSAGE(agrees(country, issuer), issuer);
    for (const auto& [country, issuer] : {std::pair{"FR", "D"}, {"HK", "TWN"}, {"CN", "HKG"}, {"KO", "KOR"}, {"CH", "CHN"}, {"UT", "CHN"}, {"AN", "AND"}}) CHECK_FALSE_MESSAGE(agrees(country, issuer), issuer);
}
