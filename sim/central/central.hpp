// The reference central issuing service as a pure core: signed bytes in, signed bytes out, one SQLite file. Used by liqu-central
// over HTTP and, in the same process, by the virtual-time world. No clock, no chance and no socket of its own.
#pragma once
#include "sim/central/register.hpp"
#include "sim/models/model.hpp"

#include <array>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

/// The keys that only the centre has. `master` is the software key store: UK_SSSE, two-key 3DES.
struct CentralKeys {
    std::array<unsigned char, 32> sign_public{};
    std::array<unsigned char, 64> sign_secret{};  ///< Ed25519, libsodium's form
    std::array<unsigned char, 32> seal_public{}, seal_secret{};  ///< X25519, for sealed boxes
    std::array<unsigned char, 16> master{};
    /// Same 32 bytes, same keys. `master` is derived too; the simulator overwrites it to match its blanks.
    [[nodiscard]] static CentralKeys from_seed(const std::array<unsigned char, 32>& seed);
};

struct CentralBank {
    std::string id, name_zh, name_en;
    std::vector<std::string> bins;  ///< first six digits of its account numbers
};

/// What a region decides. The defaults are the sample region's (README.md lists them).
struct RegionSettings {
    std::string authority = "南宁市人力资源和社会保障局";
    std::vector<CentralBank> banks = {{"bank_a", "邕江合作银行", "Yongjiang Cooperative Bank", {"620101", "620102"}},
                                      {"bank_b", "青秀山商业银行", "Qingxiushan Commercial Bank", {"620201"}}};
    std::string card_prefix = "A";   ///< first character of card numbers, 0-9 A-Z
    std::string transport_pin = "123456";
    std::string windows = "3-8";     ///< windows of the hall where people are helped
    int presence_seconds = 30;       ///< presence_limit of the card path
    int valid_years = 10;
    bool certificates = false;       ///< each card gets a signature and an encryption certificate
    bool staff_may_override_different = false;  ///< a member of staff confirms although the centre said "different"
};

struct CentralSetup {
    CentralKeys keys;
    std::shared_ptr<const Register> people;
    RegionSettings region;
    std::string database = ":memory:";
    std::int64_t lease_seconds = 300;
    std::int64_t grace_seconds = 60;  ///< after the lease's end, before the next attempt is given without evidence
    std::function<std::int64_t()> now;                          ///< seconds since 1970, UTC
    std::function<void(std::span<std::byte>)> random;           ///< fills
    std::function<void(std::string_view type)> committed;       ///< optional: after a request's commit, before its answer
};

enum class CardState { active, inactive, gone_void };
[[nodiscard]] std::string_view name_of(CardState s);  ///< "ACTIVE" "INACTIVE" "VOID"

// ---- what auditors, tests and the world's invariants read; ids and chips are raw bytes ----
struct ApplicationRow {
    Bytes application;
    std::string person;  ///< key in the register
    std::string kiosk, bank;
    std::string state;   ///< as status-reply: pending leased issued not_taken spoiled disputed
    int attempt = 0;     ///< highest
    bool active = false;
    std::string photo_warnings{};  ///< of the portrait, separated by spaces
    int flat_field = 1000;         ///< thousandths; 1000: none
    std::string document{}, evidence{};  ///< the contract's words
    std::string guardian{};              ///< key in the register, empty: none
};
struct AttemptRow {
    Bytes application;
    int attempt = 0;
    std::string kiosk, state;  ///< leased, fenced, or the outcome's word
    std::int64_t issued = 0, expires = 0;
    Bytes chip;                ///< empty: not bound
    std::string card_number;
    int cryptograms = 0;
};
struct CardRow {
    std::string number;
    Bytes application;
    int attempt = 0;
    CardState state = CardState::inactive;
    Bytes chip;
};
struct OutcomeRow {
    Bytes application;
    int attempt = 0;
    std::string kiosk, outcome, result, reason;  ///< result: accepted, disputed
    std::int64_t at = 0;
    std::string load;
    std::int64_t ordinal = 0;
    Bytes chip;
};
struct DisputeRow {
    std::int64_t id = 0;
    Bytes application;
    int attempt = 0;
    std::string kiosk, reason, state, verdict;  ///< state: parked, resolved
    std::string first, second;                  ///< who resolved it
};
struct KioskRow {
    std::string id, ledger, path;  ///< ledger: silent (no hello yet), known, restored
    std::int64_t audit_count = 0;
};

/// What two operators decide about a parked dispute.
enum class Verdict {
    void_card,  ///< the card is destroyed or in hand at the hall: the application may go on
    activate,   ///< the holder was seen with it: the card becomes ACTIVE, if no other of the application is
};

/// One thread; every call is one transaction. A request either commits wholly and is answered, or changes nothing.
class Central {
  public:
    /// The error says which part of the setup or of the file is unusable.
    [[nodiscard]] static std::expected<std::unique_ptr<Central>, std::string> create(CentralSetup setup);
    ~Central();
    Central(const Central&) = delete;
    Central& operator=(const Central&) = delete;

    /// protocol.cddl: any bytes in, a signed reply out. Never throws.
    [[nodiscard]] Bytes handle(View request) noexcept;

    /// Makes a kiosk known by its Ed25519 key (32 bytes); again: replaces the key, keeps what is known of its ledger.
    [[nodiscard]] std::expected<void, std::string> enrol(std::string_view kiosk, View public_key);
    /// The holder of a gone_unwitnessed card came with card and document; `staff` witnessed it.
    [[nodiscard]] std::expected<void, std::string> activate_by_staff(View application, std::string_view staff);
    /// Two different names; the dispute must be parked.
    [[nodiscard]] std::expected<void, std::string> resolve_dispute(std::int64_t id, Verdict verdict, std::string_view first, std::string_view second);
    /// An operator's own doubt: the application's highest attempt is parked and not continued until resolved. Gives the dispute's id.
    [[nodiscard]] std::expected<std::int64_t, std::string> park(View application, std::string_view reason);
    /// After "restored": two persons have reconciled the kiosk; its next hello begins a new chain.
    [[nodiscard]] std::expected<void, std::string> accept_ledger(std::string_view kiosk, std::string_view first, std::string_view second);

    [[nodiscard]] std::vector<ApplicationRow> applications() const;
    /// The photograph of an application (JPEG), for its file; nothing when there is none of that id.
    [[nodiscard]] std::optional<Bytes> portrait_of(View application) const;
    [[nodiscard]] std::vector<AttemptRow> attempts() const;
    [[nodiscard]] std::vector<CardRow> cards() const;
    [[nodiscard]] std::vector<OutcomeRow> outcomes() const;
    [[nodiscard]] std::vector<DisputeRow> disputes() const;
    [[nodiscard]] std::vector<KioskRow> kiosks() const;
    [[nodiscard]] std::int64_t cryptograms() const;
    /// Refusals since start, by code.
    [[nodiscard]] const std::map<std::string, int>& refusals() const;
    /// All of the above as JSON (README.md).
    [[nodiscard]] std::string report() const;
    [[nodiscard]] const CentralKeys& keys() const;

  private:
    Central();
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sim
