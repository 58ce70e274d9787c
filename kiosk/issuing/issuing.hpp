// Talking to the centre: typed requests and replies over a signed, sealed wire (protocol.cddl), and the outbox that reports until it is heard.
#pragma once
#include "drivers/id_document.hpp"
#include "drivers/random.hpp"
#include "drivers/ss_card/ss_card.hpp"
#include "kiosk/issuing/central_link.hpp"
#include "kiosk/ledger/ledger.hpp"
#include "kiosk/screens.hpp"

#include <optional>

namespace kiosk {

/// Keys of the kiosk and of the centre (libsodium: Ed25519, X25519). The signing key lives in a file of the data directory that only the kiosk reads.
struct KeyRing {
    Secret sign_secret;                 ///< 64 bytes
    Bytes sign_public;                  ///< 32
    Bytes centre_sign, centre_seal;     ///< 32 each
    Secret hash_key;                    ///< 32: keyed hashes of the ledger
};
/// Reads `kiosk.key` (made on first use) from the data directory; permissions 0600 are asserted.
[[nodiscard]] Result<KeyRing> load_keys(const std::filesystem::path& data_dir, Bytes centre_sign, Bytes centre_seal, drivers::Random& random);

struct Standing {
    StandingKind kind = StandingKind::none;
    ApplicationId application;  ///< for pending_kiosk
    std::string where_zh, where_en, when;
};

enum class MatchResult { same, different, unsure };
struct Match {
    MatchResult result = MatchResult::unsure;
    Bytes reference;
    bool by_staff = false;
    std::string staff_hash;
};

struct Consent {
    std::string kind, version;
    Bytes text_hash;  ///< SHA-256
    Utc agreed{};
};

/// What the person entered and confirmed; wiped by its holder.
struct Application {
    ApplicationId id;
    drivers::IdDocument document;
    Bytes portrait;
    BankId bank;
    std::string mobile;
    std::vector<Consent> consents;
    Match match;
    Bytes rules_hash;
    std::vector<Stroke> signature;
    void wipe();
};

/// The centre's order, as received and checked: signature, kiosk, application, attempt, expiry.
struct Order {
    ApplicationId application;
    int attempt = 0;
    BankId bank;
    std::vector<std::string> bins;
    std::string card_number;
    Utc issued{}, expires{};  ///< by the centre's clock
    struct Face {
        std::string authority, bank, card_number, issue_date, name, social_security_number;
    } face;
    std::vector<drivers::ChipRecord> records;
    Secret transport_pin;
    Bytes photo_sha256;
    Bytes signed_bytes, signature;  ///< what the card path checks again before the first act
    Order clone() const;
    void wipe();
};
struct Resumed {
    Order order;
    Bytes portrait;
    std::string mobile;
};

enum class CardOutcome { issued, not_taken, spoiled, not_started, gone_unwitnessed, unknown };
[[nodiscard]] std::string_view name_of(CardOutcome outcome);
struct OutcomeReport {
    ApplicationId application;
    int attempt = 0;
    CardOutcome outcome{};
    std::string card_number;
    CardKey card;
    Bytes chip;  ///< identification code, empty when it was never read
    std::vector<FaultCode> faults;
    std::string layout_hash;
    Utc at{};
};
struct OutcomeReply {
    bool accepted = false;
    bool active = false;
    std::string reason;
};

struct Hello {
    std::string build, path;  ///< "open" or a fault's name
    std::vector<std::pair<BankId, int>> hoppers;
    int ribbon = 0, bin_room = 0;
};
struct HelloReply {
    std::vector<Bank> banks;
    bool ledger_restored = false;
};

/// Allow-list for what an order may write: files, tags and their exact lengths (facts: social-security-card-files.md).
/// An order with anything else is refused (centre_refused) before a blank is fed.
[[nodiscard]] Result<void> check_records(const std::vector<drivers::ChipRecord>& records);

class Issuing {
  public:
    struct Parts {
        drivers::Clock& clock;
        drivers::Random& random;
        Ledger& ledger;
        CentralLink& link;
        const KeyRing& keys;
        std::string kiosk_id;
        Duration exchange_limit;
    };
    explicit Issuing(Parts parts) : parts_(std::move(parts)) {}

    awaitable<Result<HelloReply>> hello(Hello hello);
    awaitable<Result<Standing>> inquire(drivers::IdDocument document);
    awaitable<Result<Match>> verify(std::string number, Bytes portrait, Bytes wlt);
    /// Durable in the outbox before it is sent; the same bytes at every retry, within `limit`. A refusal ends the row. centre_unreachable: the
    /// application stays in the outbox, is sent later, and is resumed by the person afterwards.
    awaitable<Result<Order>> apply(Application application, Duration limit);
    awaitable<Result<Resumed>> resume(ApplicationId application, int last_attempt, drivers::IdDocument document);
    /// `step` 1..5 within the attempt.
    awaitable<Result<Bytes>> personalise(ApplicationId application, int attempt, int step, drivers::ChipIdentity chip, drivers::AuthChallenge challenge);
    struct ApplicationStatus {
        std::string state;
        int attempt = 0;
        bool active = false;
    };
    awaitable<Result<ApplicationStatus>> status(ApplicationId application);

    /// Checks an order's signature, addressee, attempt and expiry again (order_expired, order_foreign, centre_signature), with `margin` left on the lease.
    [[nodiscard]] Result<void> check_order(const Order& order, Duration margin) const;
    /// The sealed, signed outcome message, to be enqueued in the transaction that books the state it reports.
    [[nodiscard]] OutboxRow outcome_row(const OutcomeReport& report);
    /// What the centre answered to an outcome within `limit`; nothing when it has not answered yet.
    awaitable<std::optional<OutcomeReply>> outcome_answer(Bytes message_id, Duration limit);

    /// Sends what waits, oldest first per application, with growing delays (1 s .. 60 s); parks disputes; blocked by nobody. Runs for ever.
    awaitable<void> run_outbox();
    /// Something was enqueued.
    void outbox_filled() { filled_.notify(); }
    /// The centre's time, from the last reply's `sent` and the steady clock; the own UTC before the first reply.
    [[nodiscard]] Utc centre_now() const;
    [[nodiscard]] bool reachable() const { return reachable_; }
    [[nodiscard]] drivers::Signal& reachability() { return reachability_; }
    void drop();

  private:
    struct Exchange;
    Parts parts_;
    std::optional<std::pair<Utc, drivers::Steady>> centre_time_;
    bool reachable_ = false;
    drivers::Signal filled_, settled_, reachability_;
    std::map<Bytes, OutcomeReply> answers_;  ///< the last 64 outcome answers
};

}  // namespace kiosk
