// What the tests of issuing share: golden bytes and values, fixed keys, a small centre of their own, and a kiosk's issuing under the simulated clock.
#pragma once
#include "drivers/lane.hpp"
#include "kiosk/issuing/envelope.hpp"

#include <doctest/doctest.h>
#include <sodium.h>

#include <filesystem>
#include <fstream>

namespace issuing_test {

using namespace kiosk;
using namespace std::chrono_literals;
using nlohmann::json;

inline constexpr std::int64_t golden_sent = 1'770'000'000;
inline const std::string kiosk_id = "k-golden";

inline Bytes repeat(int byte, std::size_t n) { return Bytes(n, static_cast<std::byte>(byte)); }
inline Utc at(std::int64_t seconds) { return Utc{std::chrono::seconds{seconds}}; }

inline Bytes golden(const std::string& name) {
    std::ifstream file(std::string(LIQU_SOURCE_DIR "/tests/kiosk/issuing/golden/") + name + ".hex");
    std::string line;
    REQUIRE_MESSAGE(std::getline(file, line), name);
    return drivers::from_hex(line).value();
}

/// Gives one byte for ever: the golden ephemeral seed.
struct FixedRandom final : drivers::Random {
    explicit FixedRandom(int b) : byte(static_cast<std::byte>(b)) {}
    void fill(std::span<std::byte> out) override { std::ranges::fill(out, byte); }
    std::byte byte;
};

struct FixedKeys {
    std::array<unsigned char, 32> kiosk_public{}, centre_public{}, seal_public{}, seal_secret{};
    std::array<unsigned char, 64> kiosk_secret{}, centre_secret{};
    FixedKeys() {
        const auto one = repeat(1, 32), two = repeat(2, 32);
        crypto_sign_seed_keypair(kiosk_public.data(), kiosk_secret.data(), reinterpret_cast<const unsigned char*>(one.data()));
        crypto_sign_seed_keypair(centre_public.data(), centre_secret.data(), reinterpret_cast<const unsigned char*>(two.data()));
        seal_secret.fill(3);
        crypto_scalarmult_base(seal_public.data(), seal_secret.data());
    }
    template <std::size_t N>
    static Bytes bytes(const std::array<unsigned char, N>& a) {
        return drivers::to_bytes(std::as_bytes(std::span{a}));
    }
    [[nodiscard]] KeyRing ring() const {
        return {Secret{bytes(kiosk_secret)}, bytes(kiosk_public), bytes(centre_public), bytes(seal_public), Secret{repeat(9, 32)}};
    }
};

// ---- the golden values, as the kiosk holds them ----
inline ApplicationId golden_application_id() { return {repeat(0xA1, 16)}; }
inline Bytes golden_portrait() {
    auto jpeg = *drivers::from_hex("ffd8ffe0");
    for (int i = 0; i < 3; ++i)
        for (int b = 0; b < 16; ++b) jpeg.push_back(static_cast<std::byte>(b << 4));
    jpeg.push_back(std::byte{0xFF});
    jpeg.push_back(std::byte{0xD9});
    return jpeg;
}
inline drivers::IdDocument golden_document() {
    using namespace std::chrono;
    return {.name = "黎𬭼样", .sex = drivers::Sex::male, .nation = 8, .birth = 1990y / 3 / 7, .address = "南宁市青秀区样例路1号", .number = "450103199003070014",
            .authority = "南宁市公安局青秀分局", .valid_from = 2020y / 1 / 1, .valid_to = std::nullopt, .portrait = repeat(0x57, 24), .portrait_format = drivers::PortraitFormat::wlt};
}
inline drivers::IdDocument golden_passport() {
    using namespace std::chrono;
    drivers::IdDocument d;
    d.kind = drivers::DocumentKind::passport;
    d.evidence = drivers::Evidence::chip_unverified;
    d.name = d.name_latin = "SAMPLE ANNA MARIA";
    d.sex = drivers::Sex::female;
    d.nationality = "UTO";
    d.birth = 1985y / 6 / 21;
    d.number = "L898902C3";
    d.valid_to = 2031y / 4 / 15;
    return d;
}
inline drivers::IdDocument golden_child() {
    using namespace std::chrono;
    drivers::IdDocument d;
    d.kind = drivers::DocumentKind::household_register;
    d.evidence = drivers::Evidence::typed;
    d.name = "黎小样";
    d.sex = drivers::Sex::male;
    d.birth = 2015y / 3 / 7;
    d.number = "450103201503070019";
    return d;
}
inline Guardian golden_guardian() {
    auto document = golden_document();
    document.valid_to = std::chrono::year{2040} / 1 / 1;
    return {std::move(document), Relation::mother};
}
inline Application golden_application() {
    Application a;
    a.id = golden_application_id();
    a.document = golden_document();
    a.portrait = golden_portrait();
    a.bank = {"bank_a"};
    a.mobile = "13900000000";
    a.consents = {{"notice", "2026-01", repeat(0x31, 32), at(golden_sent - 120)},
                  {"face_match", "2026-01", repeat(0x32, 32), at(golden_sent - 119)},
                  {"bank_data", "2026-01", repeat(0x33, 32), at(golden_sent - 118)}};
    a.match = {MatchResult::unsure, repeat(0xB2, 16), true, drivers::hex(repeat(0x5F, 32))};
    a.rules_hash = repeat(0x34, 32);
    a.signature = {{{10, 20, 0}, {300, 24, 8}, {4095, 23, 70000}}, {{0, 0, 70100}}};
    a.photo_warnings = {camera::Reason::head_covered, camera::Reason::mouth_open};
    a.flat_field = 1.085;
    return a;
}
inline Application golden_child_application() {
    auto a = golden_application();
    a.document = golden_child();
    a.guardian = golden_guardian();
    a.page = *drivers::from_hex("ffd8ffe0706167655fffd9");
    a.checked_by = drivers::hex(repeat(0x5E, 32));
    return a;
}
inline OutcomeReport golden_outcome() {
    return {.application = golden_application_id(), .attempt = 1, .outcome = CardOutcome::spoiled, .card_number = "A00000014", .card = {"L000001", 7}, .chip = repeat(0xC1, 16),
            .faults = {FaultCode::chip_auth_failed, FaultCode::printer_jam}, .layout_hash = drivers::hex(repeat(0x1A, 32)), .at = at(golden_sent + 90)};
}

/// The other side, written from protocol.cddl alone: opens, verifies, answers.
struct FakeCentre {
    FixedKeys keys;
    struct Request {
        json header, body;
    };

    static json bin(View v) { return wire::binary(v); }
    static Bytes bytes_of(const json& j) { return drivers::to_bytes(std::as_bytes(std::span<const std::uint8_t>{j.get_binary()})); }
    static json parse(View v) {
        const auto* p = reinterpret_cast<const std::uint8_t*>(v.data());
        return json::from_cbor(p, p + v.size());
    }
    static Bytes dump(const json& j) {
        const auto out = json::to_cbor(j);
        return drivers::to_bytes(std::as_bytes(std::span{out}));
    }
    static Bytes covered(std::string_view domain, View header, View body) {
        Bytes all = drivers::to_bytes(domain);
        all.insert(all.end(), header.begin(), header.end());
        unsigned char hash[32];
        crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(body.data()), body.size());
        const auto view = std::as_bytes(std::span{hash});
        all.insert(all.end(), view.begin(), view.end());
        return all;
    }
    [[nodiscard]] Request open(const Bytes& message) const {
        const auto parts = parse(message);
        const auto header = bytes_of(parts.at(0)), body = bytes_of(parts.at(1)), signature = bytes_of(parts.at(2));
        const auto part = covered("liqu request 1", header, body);
        REQUIRE(crypto_sign_verify_detached(reinterpret_cast<const unsigned char*>(signature.data()), reinterpret_cast<const unsigned char*>(part.data()), part.size(),
                                            keys.kiosk_public.data()) == 0);
        Bytes plain(body.size() - crypto_box_SEALBYTES);
        REQUIRE(crypto_box_seal_open(reinterpret_cast<unsigned char*>(plain.data()), reinterpret_cast<const unsigned char*>(body.data()), body.size(), keys.seal_public.data(),
                                     keys.seal_secret.data()) == 0);
        return {parse(header), parse(plain)};
    }
    [[nodiscard]] Bytes signature(View part) const {
        Bytes out(64);
        crypto_sign_detached(reinterpret_cast<unsigned char*>(out.data()), nullptr, reinterpret_cast<const unsigned char*>(part.data()), part.size(), keys.centre_secret.data());
        return out;
    }
    [[nodiscard]] Bytes wrap(const json& header, const Bytes& body) const {
        const auto head = dump(header);
        return dump(json::array({bin(head), bin(body), bin(signature(covered("liqu reply 1", head, body)))}));
    }
    [[nodiscard]] Bytes reply(const Bytes& request, const json& body, std::int64_t sent, const std::string& status = "ok") const {
        Bytes re(32);
        crypto_hash_sha256(reinterpret_cast<unsigned char*>(re.data()), reinterpret_cast<const unsigned char*>(request.data()), request.size());
        return wrap({{"re", bin(re)}, {"sent", static_cast<std::uint64_t>(sent)}, {"status", status}, {"type", open(request).header.at("type")}, {"v", 1u}}, dump(body));
    }
    [[nodiscard]] Bytes refuse(const Bytes& request, const std::string& code, std::int64_t sent) const {
        return reply(request, {{"code", code}, {"detail", "said nowhere"}}, sent, "refused");
    }
    /// The golden order with another application, attempt and lease.
    static json order(const Bytes& application, unsigned attempt, std::int64_t issued, std::int64_t expires) {
        auto o = parse(golden("order"));
        o["application"] = bin(application);
        o["attempt"] = attempt;
        o["issued"] = static_cast<std::uint64_t>(issued);
        o["expires"] = static_cast<std::uint64_t>(expires);
        return o;
    }
    // ---- batches ----
    static json step(unsigned n, const std::string& apdu_hex, bool commit = false, const std::string& capture = {}) {
        json s = {{"c", bin(*drivers::from_hex(apdu_hex))}, {"n", n}, {"sw", json::array({"9000"})}, {"t", 3000u}};
        if (commit) s["commit"] = s["redact"] = true;
        if (!capture.empty()) s["cap"] = capture;
        return s;
    }
    static Bytes hash(View bytes) {
        Bytes out(32);
        crypto_hash_sha256(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
        return out;
    }
    /// A batch that answers the question of `request`: bound to its attempt, chip and report. Without steps yet.
    [[nodiscard]] json batch_for(const Request& question, std::int64_t now) const {
        return {{"card", {{"atr", question.body.at("atr")}, {"chip", question.body.at("chip")}}},
                {"exp", static_cast<std::uint64_t>(now + 60)},
                {"job", {{"application", question.header.at("application")}, {"attempt", question.header.at("attempt")}, {"kiosk", question.header.at("kiosk")}}},
                {"onfail", json::array({{{"do", "reauth"}, {"sw", "6982"}}, {{"do", "reject_card"}, {"sw", "6988"}}})},
                {"phase", "records"},
                {"prev", bin(hash(bytes_of(question.body.at("report"))))},
                {"resume", "records"},
                {"seq", question.header.at("step")},
                {"steps", json::array()},
                {"v", 1u}};
    }
    [[nodiscard]] json signed_batch(const json& batch) const {
        const auto bytes = dump(batch);
        auto part = drivers::to_bytes("liqu batch 1");
        part.insert(part.end(), bytes.begin(), bytes.end());
        return {{"batch", bin(bytes)}, {"batch_signature", bin(signature(part))}};
    }
    [[nodiscard]] json signed_order(const json& order) const {
        const auto bytes = dump(order);
        auto part = drivers::to_bytes("liqu order 1");
        part.insert(part.end(), bytes.begin(), bytes.end());
        return {{"order", bin(bytes)}, {"order_signature", bin(signature(part))}};
    }
};

/// Answers by a function after `latency`; remembers what was sent, and when.
struct FakeLink final : CentralLink {
    explicit FakeLink(drivers::SimClock& c) : clock(c) {}
    awaitable<Result<Bytes>> exchange(Bytes request, Duration limit) override {
        sent.push_back({clock.steady().since_start, request});
        co_await clock.sleep(std::min(latency, limit));
        if (latency > limit) co_return drivers::fail(FaultCode::centre_too_slow);
        co_return answer(request);
    }
    drivers::SimClock& clock;
    Duration latency = 10ms;
    std::function<Result<Bytes>(const Bytes&)> answer = [](const Bytes&) -> Result<Bytes> { return drivers::fail(FaultCode::centre_unreachable); };
    std::vector<std::pair<Duration, Bytes>> sent;
};

template <class T>
struct Outcome {
    std::optional<T> value;
    std::exception_ptr error;
};

/// One incarnation of issuing over a real ledger file. It ends as the architecture says: parked handlers, loop, objects.
struct Bench {
    std::filesystem::path dir;
    drivers::SimClock& clock;
    std::unique_ptr<drivers::Random> random;
    FakeCentre centre;
    KeyRing keys = centre.keys.ring();
    FakeLink link{clock};
    std::unique_ptr<asio::io_context> io = std::make_unique<asio::io_context>();
    std::unique_ptr<drivers::Lane> lane = drivers::make_inline_lane(io->get_executor());
    std::unique_ptr<Ledger> ledger;
    Books* books = nullptr;
    std::unique_ptr<Issuing> issuing;

    Bench(std::filesystem::path d, drivers::SimClock& c, std::uint64_t seed = 7) : dir(std::move(d)), clock(c), random(drivers::make_seeded_random(seed)) {
        auto opened = Books::open({.file = dir / "ledger.sqlite", .hash_key = keys.hash_key.clone(), .random = random.get(), .now = clock.utc()});
        REQUIRE(opened);
        books = opened->get();
        ledger = std::make_unique<Ledger>(*lane, std::move(*opened));
        issuing = std::make_unique<Issuing>(Issuing::Parts{clock, *random, *ledger, link, keys, kiosk_id, 5s});
    }
    ~Bench() {
        issuing->drop();
        clock.drop_sleepers();
        io.reset();
    }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    void settle() {
        io->restart();
        io->poll();
    }
    void run_for(Duration d) {
        const auto until = clock.steady() + d;
        settle();
        while (clock.next() && *clock.next() <= until) {
            clock.advance();
            settle();
        }
        clock.advance_to(until);
        settle();
    }
    template <class T>
    std::shared_ptr<Outcome<T>> spawn(awaitable<T> task) {
        auto out = std::make_shared<Outcome<T>>();
        auto body = [](std::shared_ptr<Outcome<T>> o, awaitable<T> t) -> awaitable<void> {
            try {
                o->value.emplace(co_await std::move(t));
            } catch (...) {
                o->error = std::current_exception();
            }
        };
        asio::co_spawn(*io, body(out, std::move(task)), asio::detached);
        return out;
    }
    /// Runs one question to its end.
    template <class T>
    T ask(awaitable<T> task, Duration within = 60s) {
        auto out = spawn(std::move(task));
        run_for(within);
        if (out->error) std::rethrow_exception(out->error);
        REQUIRE(out->value.has_value());
        return *std::move(out->value);
    }
    void start_outbox() { asio::co_spawn(*io, issuing->run_outbox(), asio::detached); }
    OutboxRow enqueue(OutcomeReport report) {
        auto row = issuing->outcome_row(report);
        books->begin();
        books->enqueue(row);
        books->commit();
        issuing->outbox_filled();
        return row;
    }
    [[nodiscard]] int events(std::string_view name) const {
        constexpr int most = 1000;
        return static_cast<int>(std::ranges::count_if(books->audit_rows(1, most), [&](const AuditRow& r) { return r.event == name; }));
    }
    [[nodiscard]] std::int64_t now() const { return unix_seconds(clock.utc()); }
    /// An order for the golden person, valid for five minutes.
    [[nodiscard]] Bytes grant(const Bytes& request, unsigned attempt = 1) const {
        return centre.reply(request, centre.signed_order(FakeCentre::order(golden_application_id().value, attempt, now(), now() + 300)), now());
    }
};

struct TempDir {
    std::filesystem::path path;
    TempDir() {
        std::string name = std::filesystem::temp_directory_path() / "liqu-issuing-XXXXXX";
        REQUIRE(mkdtemp(name.data()));
        path = name;
    }
    ~TempDir() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
};

}  // namespace issuing_test
