// A kiosk as the centre's tests need it: an encoder of protocol.cddl of its own (byte by byte, no library), a reader of replies, and a hall around
// a centre with a clock that the test turns.
#pragma once
#include "sim/central/central.hpp"
#include "sim/central/codec.hpp"

#include <doctest/doctest.h>
#include <map>
#include <sodium.h>

namespace kiosk_side {

using sim::Bytes;
using sim::View;
using Json = nlohmann::json;

// ---- an encoder: every function gives the encoding of one item ----
inline Bytes head(unsigned major, std::uint64_t n) {
    Bytes out;
    const auto put = [&](std::uint64_t value, int size) {
        for (int i = size - 1; i >= 0; --i) out.push_back(std::byte(value >> (8 * i)));
    };
    const auto first = [&](unsigned info) { out.push_back(std::byte(major << 5u | info)); };
    if (n < 24) first(static_cast<unsigned>(n));
    else if (n < 0x100) first(24), put(n, 1);
    else if (n < 0x10000) first(25), put(n, 2);
    else if (n < 0x100000000) first(26), put(n, 4);
    else first(27), put(n, 8);
    return out;
}
inline Bytes operator+(Bytes a, const Bytes& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}
inline Bytes raw(std::string_view s) {
    const auto v = std::as_bytes(std::span(s));
    return {v.begin(), v.end()};
}
inline Bytes number(std::uint64_t n) { return head(0, n); }
inline Bytes blob(const Bytes& b) { return head(2, b.size()) + b; }
inline Bytes text(std::string_view s) { return head(3, s.size()) + raw(s); }
inline Bytes list(const std::vector<Bytes>& items) {
    auto out = head(4, items.size());
    for (const auto& item : items) out = out + item;
    return out;
}
using Map = std::map<std::string, Bytes>;
inline Bytes map(const Map& pairs) {
    auto out = head(5, pairs.size());
    for (const auto& [key, value] : pairs) out = out + text(key) + value;
    return out;
}
inline Bytes null() { return {std::byte{0xF6}}; }
inline Bytes filled(std::size_t n, unsigned value) { return Bytes(n, std::byte(value)); }
inline const unsigned char* uc(const Bytes& b) { return reinterpret_cast<const unsigned char*>(b.data()); }
inline unsigned char* uc(Bytes& b) { return reinterpret_cast<unsigned char*>(b.data()); }
inline Bytes hash(const Bytes& b) {
    Bytes out(32);
    crypto_hash_sha256(uc(out), uc(b), b.size());
    return out;
}
inline Bytes hex(std::string_view digits) { return *sim::from_hex(digits); }

// ---- what a reply says ----
struct Reply {
    bool ok = false;
    std::string code;  ///< of a refusal
    std::string type, detail;
    std::int64_t sent = 0;
    Json body;
    Bytes message;
};
inline Bytes bytes_of(const Json& j) {
    const auto v = std::as_bytes(std::span(j.get_binary()));
    return {v.begin(), v.end()};
}

struct Kiosk {
    std::string id;
    Bytes public_key = Bytes(32), secret = Bytes(64);
    std::uint64_t nonces = 0;
    explicit Kiosk(std::string name) : id(std::move(name)) {
        REQUIRE(sodium_init() >= 0);
        auto seed = hash(raw("kiosk " + id));
        crypto_sign_seed_keypair(uc(public_key), uc(secret), uc(seed));
    }
};

/// What a message says of itself; a test changes what it wants wrong.
struct Say {
    std::string type;
    Bytes body;
    Bytes application{};
    unsigned attempt = 0, step = 0;
    std::int64_t lives = 60;        ///< expires = now + lives
    std::optional<Bytes> nonce{};   ///< none: a fresh one
    std::optional<Map> header{};    ///< replaces keys of the header, or adds some
    std::string_view domain = "liqu request 1";
};

inline Bytes seal(const Bytes& body, const sim::CentralKeys& keys) {
    Bytes out(body.size() + crypto_box_SEALBYTES);
    crypto_box_seal(uc(out), uc(body), body.size(), keys.seal_public.data());
    return out;
}
inline Bytes envelope(const Kiosk& k, const Bytes& header, const Bytes& sealed, std::string_view domain) {
    const auto signed_text = raw(domain) + header + hash(sealed);
    Bytes signature(64);
    crypto_sign_detached(uc(signature), nullptr, uc(signed_text), signed_text.size(), uc(k.secret));
    return list({blob(header), blob(sealed), blob(signature)});
}

inline const std::shared_ptr<const sim::Register>& people() {
    static const auto loaded = [] {
        auto found = sim::Register::load(LIQU_SOURCE_DIR "/sim/central/register.json");
        REQUIRE_MESSAGE(found.has_value(), (found ? "" : found.error()));
        return std::make_shared<const sim::Register>(std::move(*found));
    }();
    return loaded;
}
inline const sim::RegisterEntry& person(std::string_view key) {
    const auto* found = people()->by_key(key);
    REQUIRE(found != nullptr);
    return *found;
}

/// A chip of generation 2.00 as far as a batch needs one: it believes every cryptogram.
struct Chip {
    explicit Chip(Bytes id) : records{{{0xEF05, 0x01}, std::move(id)}, {{0xEF05, 0x03}, raw("2.00")}} {}
    std::map<std::pair<int, int>, Bytes> records;
    int file = 0;
    unsigned challenges = 0;
    bool forgets_writes = false;
    std::pair<unsigned, Bytes> answer(const Bytes& c) {
        const auto u = [&](std::size_t i) { return std::to_integer<int>(c.at(i)); };
        switch (u(1)) {
            case 0xA4:
                if (u(2) == 2) file = u(5) << 8 | u(6);
                return {0x9000, {}};
            case 0x84: return {0x9000, filled(8, ++challenges)};
            case 0x82: return {0x9000, {}};
            case 0xB2: {
                const auto found = records.find({file, u(2)});
                if (found == records.end()) return {0x6A83, {}};
                return {0x9000, Bytes{c[2], std::byte(found->second.size())} + found->second};
            }
            case 0xDC:
                if (!forgets_writes || u(2) != 0x07) records[{0xEF00 | u(3) >> 3, u(2)}] = Bytes(c.begin() + 7, c.end());
                else records[{0xEF05, 0x07}] = filled(9, 'Z');
                return {0x9000, {}};
            default: return {0x6D00, {}};
        }
    }
};

/// One centre, two enrolled kiosks (a, b), a clock.
struct Hall {
    std::int64_t now = 1'790'000'000;  ///< in September 2026
    std::uint64_t drawn = 0;
    Kiosk a{"a"}, b{"b"};
    sim::CentralKeys keys;
    std::unique_ptr<sim::Central> central;
    std::string database = ":memory:";
    std::function<void(std::string_view)> committed;

    explicit Hall(std::string file = ":memory:") : database(std::move(file)) {
        std::array<unsigned char, 32> seed{};
        seed.fill(7);
        REQUIRE(sodium_init() >= 0);
        keys = sim::CentralKeys::from_seed(seed);
        open();
        for (const auto* k : {&a, &b}) REQUIRE(central->enrol(k->id, k->public_key).has_value());
    }
    void open() {
        central.reset();
        sim::CentralSetup setup;
        setup.keys = keys;
        setup.people = people();
        setup.database = database;
        setup.now = [this] { return now; };
        setup.random = [this](std::span<std::byte> out) {
            ++drawn;
            for (std::size_t i = 0; i < out.size(); ++i) out[i] = std::byte(drawn * 31 + i);
        };
        setup.committed = committed;
        auto made = sim::Central::create(std::move(setup));
        REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error()));
        central = std::move(*made);
    }
    Bytes message(Kiosk& k, const Say& s) {
        auto nonce = filled(16, 0);
        ++k.nonces;
        for (std::size_t i = 0; i < 8; ++i) nonce[i] = std::byte(k.nonces >> (8 * i));
        Map header = {{"application", blob(s.application)}, {"attempt", number(s.attempt)}, {"expires", number(static_cast<std::uint64_t>(now + s.lives))},
                      {"kiosk", text(k.id)}, {"nonce", blob(s.nonce.value_or(nonce))}, {"sent", number(static_cast<std::uint64_t>(now))},
                      {"step", number(s.step)}, {"type", text(s.type)}, {"v", number(3)}};
        for (const auto& [key, value] : s.header.value_or(Map{})) header[key] = value;
        return envelope(k, map(header), seal(s.body, keys), s.domain);
    }
    /// Checks that the reply is signed by the centre and answers this message.
    Reply read(const Bytes& request, const Bytes& reply) const {
        const auto outer = Json::from_cbor(reinterpret_cast<const char*>(reply.data()), reinterpret_cast<const char*>(reply.data()) + reply.size());
        REQUIRE(outer.size() == 3);
        const auto header = bytes_of(outer[0]), body = bytes_of(outer[1]), signature = bytes_of(outer[2]);
        const auto signed_text = raw("liqu reply 1") + header + hash(body);
        REQUIRE(crypto_sign_verify_detached(uc(signature), uc(signed_text), signed_text.size(), keys.sign_public.data()) == 0);
        const auto h = Json::from_cbor(reinterpret_cast<const char*>(header.data()), reinterpret_cast<const char*>(header.data()) + header.size());
        REQUIRE(bytes_of(h["re"]) == hash(request));
        REQUIRE(h.size() == 5);
        Reply r{.ok = h["status"] == "ok", .code = {}, .type = h["type"].get<std::string>(), .detail = {}, .sent = h["sent"].get<std::int64_t>(), .body = {}, .message = reply};
        r.body = Json::from_cbor(reinterpret_cast<const char*>(body.data()), reinterpret_cast<const char*>(body.data()) + body.size());
        if (!r.ok) r.code = r.body["code"].get<std::string>(), r.detail = r.body["detail"].get<std::string>();
        return r;
    }
    Reply send(const Bytes& request) { return read(request, central->handle(request)); }
    Reply ask(Kiosk& k, const Say& s) { return send(message(k, s)); }

    // ---- the journey's messages ----
    static bool typed(const sim::RegisterEntry& p) { return p.kind == "temporary_id" || p.kind == "household_register"; }
    static Map document_map(const sim::RegisterEntry& p) {
        return {{"address", text(p.address)}, {"authority", text(p.authority)}, {"birth", text(p.birth)}, {"evidence", text(typed(p) ? "typed" : "chip")}, {"kind", text(p.kind)},
                {"name", text(p.name)}, {"name_latin", text(p.name_latin)}, {"nation", number(static_cast<unsigned>(p.nation))}, {"nationality", text(p.nationality)},
                {"number", text(p.number)}, {"pass_number", text(p.pass_number)}, {"sex", number(static_cast<unsigned>(p.sex))},
                {"valid_from", p.valid_from.empty() ? null() : text(p.valid_from)}, {"valid_to", p.valid_to == "长期" ? null() : text(p.valid_to)}};
    }
    static Bytes document(const sim::RegisterEntry& p) { return map(document_map(p)); }
    static Bytes guardian(const sim::RegisterEntry& of) {
        if (of.guardian.empty()) return null();
        return map({{"document", document(*people()->by_number(of.guardian))}, {"relation", text("mother")}});
    }
    static Bytes portrait(const std::string& key) { return Bytes{std::byte{0xFF}, std::byte{0xD8}, std::byte{0xFF}} + raw("portrait of " + key); }
    static Bytes id_of(const std::string& key) {
        auto id = hash(raw("application of " + key));
        id.resize(16);
        return id;
    }
    Reply inquire(Kiosk& k, const std::string& key) { return ask(k, {.type = "inquire", .body = map({{"document", document(person(key))}})}); }
    Reply inquire_code(Kiosk& k, const std::string& code) { return ask(k, {.type = "inquire", .body = map({{"ecard", blob(raw(code))}})}); }
    Reply verify(Kiosk& k, const std::string& key) {
        return ask(k, {.type = "verify", .body = map({{"number", text(person(key).number)}, {"portrait", blob(portrait(key))}, {"face", blob({})}, {"face_format", text("none")}})});
    }
    static Bytes consent(const std::string& kind) {
        return map({{"agreed", number(1'790'000'000)}, {"hash", blob(filled(32, 1))}, {"kind", text(kind)}, {"version", text("1")}});
    }
    static Map apply_map(const std::string& key, const Bytes& reference) {
        const auto& p = person(key);
        return {{"bank", text("bank_a")},
                {"checked_by", blob(typed(p) ? filled(32, 6) : Bytes{})},
                {"guardian", guardian(p)},
                {"page", blob(typed(p) ? portrait(key) : Bytes{})},
                {"consents", list({consent("notice"), consent("face_match"), consent("bank_data")})},
                {"document", document(p)},
                {"flat_field", number(1000)},
                {"match", map({{"by", text("centre")}, {"reference", blob(reference)}, {"staff", blob({})}})},
                {"mobile", text("13800000000")},
                {"photo_warnings", list({})},
                {"portrait", blob(portrait(key))},
                {"rules", blob(filled(32, 2))},
                {"signature", list({list({list({number(1), number(4095), number(0)}), list({number(2), number(3), number(16)})})})}};
    }
    Say apply_say(Kiosk& k, const std::string& key) {
        const auto v = verify(k, key);
        REQUIRE(v.ok);
        return {.type = "apply", .body = map(apply_map(key, bytes_of(v.body["reference"]))), .application = id_of(key), .attempt = 1};
    }
    Reply apply(Kiosk& k, const std::string& key) { return ask(k, apply_say(k, key)); }
    Reply resume(Kiosk& k, const std::string& key, const Bytes& application, unsigned last, unsigned step = 0) {
        return ask(k, {.type = "resume", .body = map({{"document", document(person(key))}, {"guardian", guardian(person(key))}}), .application = application, .attempt = last, .step = step});
    }
    static Bytes personalise_body(const Bytes& chip, const Bytes& report = {}) {
        return map({{"algorithm", number(1)}, {"atr", blob(hex("3b6d000080318065b0"))}, {"chip", blob(chip)}, {"report", blob(report)}, {"version", text("2.00")}});
    }
    /// One question; `report` is the last batch's.
    Reply personalise(Kiosk& k, const Bytes& application, unsigned attempt, const Bytes& chip, unsigned step = 1, const Bytes& report = {}) {
        return ask(k, {.type = "personalise", .body = personalise_body(chip, report), .application = application, .attempt = attempt, .step = step});
    }
    /// The batch of a reply, its signature checked.
    Json batch(const Reply& r) const {
        REQUIRE_MESSAGE(r.ok, r.code);
        const auto bytes = bytes_of(r.body["batch"]), signature = bytes_of(r.body["batch_signature"]);
        const auto signed_text = raw("liqu batch 1") + bytes;
        REQUIRE(crypto_sign_verify_detached(uc(signature), uc(signed_text), signed_text.size(), keys.sign_public.data()) == 0);
        return Json::from_cbor(reinterpret_cast<const char*>(bytes.data()), reinterpret_cast<const char*>(bytes.data()) + bytes.size());
    }
    /// What a kiosk reports; a test changes what it wants wrong.
    struct Report {
        Kiosk& kiosk;
        Bytes application;
        unsigned attempt = 1, seq = 1;
        Bytes batch{};
        std::vector<std::string> flags{};
        std::vector<std::pair<unsigned, std::optional<Bytes>>> results{};
        [[nodiscard]] Bytes bytes() const {
            std::vector<Bytes> said, steps;
            for (const auto& flag : flags) said.push_back(text(flag));
            for (const auto& [sw, captured] : results) {
                Map step = {{"n", number(steps.size() + 1)}, {"sw", number(sw)}};
                if (captured) step["captured"] = blob(*captured);
                steps.push_back(map(step));
            }
            return map({{"batch", blob(batch)}, {"flags", list(said)}, {"job", map({{"application", blob(application)}, {"attempt", number(attempt)}, {"kiosk", text(kiosk.id)}})},
                        {"reader", text("reader")}, {"seq", number(seq)}, {"steps", list(steps)}});
        }
    };
    /// Sends a batch's steps to a chip, whole.
    static Report relay(Kiosk& k, const Reply& r, Chip& chip) {
        const auto bytes = bytes_of(r.body["batch"]);
        const auto said = Json::from_cbor(reinterpret_cast<const char*>(bytes.data()), reinterpret_cast<const char*>(bytes.data()) + bytes.size());
        Report report{.kiosk = k, .application = bytes_of(said["job"]["application"]), .attempt = said["job"]["attempt"], .seq = said["seq"], .batch = hash(bytes)};
        for (const auto& step : said["steps"]) {
            const auto [sw, data] = chip.answer(bytes_of(step["c"]));
            report.results.emplace_back(sw, step.contains("cap") ? std::optional{data} : std::nullopt);
            if (sw != 0x9000) break;
        }
        return report;
    }
    /// The whole dialogue with a good chip: the last reply.
    Reply personalise_wholly(Kiosk& k, const Bytes& application, unsigned attempt, const Bytes& id) {
        Chip chip{id};
        auto reply = personalise(k, application, attempt, id);
        for (unsigned step = 2; reply.ok && reply.body.contains("batch") && step <= 16; ++step) reply = personalise(k, application, attempt, id, step, relay(k, reply, chip).bytes());
        return reply;
    }
    Bytes outcome_body(const std::string& word, const std::string& card, const std::optional<Bytes>& chip, std::optional<std::int64_t> at = {}) const {
        Map blank = {{"load", text("L1")}, {"ordinal", number(1)}};
        if (chip) blank["chip"] = blob(*chip);
        return map({{"at", number(static_cast<std::uint64_t>(at.value_or(now)))}, {"blank", map(blank)}, {"card_number", text(card)}, {"faults", list({})},
                    {"layout", blob(filled(32, 4))}, {"outcome", text(word)}});
    }
    Reply outcome(Kiosk& k, const Bytes& application, unsigned attempt, const std::string& word, const std::string& card, const std::optional<Bytes>& chip,
                  unsigned step = 0) {
        return ask(k, {.type = "outcome", .body = outcome_body(word, card, chip), .application = application, .attempt = attempt, .step = step, .lives = 86'400 * 365});
    }
    Reply status(Kiosk& k, const Bytes& application) { return ask(k, {.type = "status", .body = map({{"application", blob(application)}})}); }
    std::string standing(const std::string& key) { return inquire(a, key).body["standing"].get<std::string>(); }

    /// The order in an apply's or resume's reply, its signature checked.
    Json order(const Reply& r) const {
        REQUIRE_MESSAGE(r.ok, r.code);
        const auto bytes = bytes_of(r.body["order"]), signature = bytes_of(r.body["order_signature"]);
        const auto signed_text = raw("liqu order 1") + bytes;
        REQUIRE(crypto_sign_verify_detached(uc(signature), uc(signed_text), signed_text.size(), keys.sign_public.data()) == 0);
        return Json::from_cbor(reinterpret_cast<const char*>(bytes.data()), reinterpret_cast<const char*>(bytes.data()) + bytes.size());
    }
    /// Applied and personalised at kiosk a: gives the card number.
    std::string begun(const std::string& key, const Bytes& chip) {
        const auto made = order(apply(a, key));
        REQUIRE(personalise_wholly(a, id_of(key), 1, chip).body == Json{{"reason", "read-back"}, {"verdict", "personalised"}});
        return made["card_number"].get<std::string>();
    }
    std::string card_state(const std::string& number_) const {
        for (const auto& card : central->cards())
            if (card.number == number_) return std::string(sim::name_of(card.state));
        return "none";
    }
};

}  // namespace kiosk_side
