// Talking to the centre: typed requests and replies over a signed, sealed wire (protocol.cddl), and the outbox that reports until it is heard.
#pragma once
#include "drivers/id_document.hpp"
#include "drivers/random.hpp"
#include "drivers/ss_card/ss_card.hpp"
#include "kiosk/issuing/central_link.hpp"
#include "kiosk/ledger/ledger.hpp"
#include "kiosk/screens.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>

namespace kiosk {

struct PersonaliseQuestion;
struct PersonaliseAnswer;

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
    std::string masked_name{};  ///< of an electronic card's holder: first character and stars; may be empty
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

using Relation = ChooseRelation::Answer;
[[nodiscard]] std::string_view name_of(Relation relation);
/// Who consents and signs for a person under 16.
struct Guardian {
    drivers::IdDocument document;
    Relation relation = Relation::other;
};
/// A photographed page, in bytes: with the portrait and a long signature the request still fits (protocol.cddl).
inline constexpr std::size_t max_page_bytes = 60'000;

/// What the person entered and confirmed; wiped by its holder.
struct Application {
    ApplicationId id;
    drivers::IdDocument document;
    std::optional<Guardian> guardian{};
    Bytes page{};              ///< JPEG of a typed document; empty: none was typed
    std::string checked_by{};  ///< keyed hash of the badge of who looked at the original; needed for any evidence but the chip's
    Bytes portrait;  ///< JPEG; empty for a small child
    BankId bank;
    std::string mobile;
    std::vector<Consent> consents;
    Match match;
    Bytes rules_hash;
    std::vector<Stroke> signature;
    std::vector<camera::Reason> photo_warnings;  ///< advisory findings of the portrait, for the centre's staff
    double flat_field = 1;                       ///< greatest gain that was put on the portrait's wall; 1: none
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

/// How long a request may be on its way. Questions are asked anew; what waits in the outbox has a month, for a hall that is cut off.
inline constexpr std::chrono::minutes question_validity{10};
inline constexpr std::chrono::days outbox_validity{30};
/// Growing delay between two tries of one row, and the try at which an operator must look (facts: crash-safety.md, payment advices).
inline constexpr std::chrono::seconds outbox_first_delay{1}, outbox_longest_delay{60};
inline constexpr int outbox_alarm_tries = 6;
/// The same bytes again, within one call, when nothing was answered.
inline constexpr int exchange_tries = 3;
inline constexpr std::chrono::seconds exchange_pause{1};
inline constexpr std::size_t answers_kept = 64;

/// Every method that touches the ledger throws LedgerError when the disk fails; run_outbox then ends with it.
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
    /// By the code of an electronic card, 1 to 512 bytes: status only. centre_refused: the centre does not know this code, or no longer.
    awaitable<Result<Standing>> inquire_ecard(Secret code);
    /// Compares the document's picture, where it has one, with the portrait.
    awaitable<Result<Match>> verify(drivers::IdDocument document, Bytes portrait);
    /// Durable in the outbox before it is sent; the same bytes at every retry, within `limit`. A refusal ends the row. centre_unreachable,
    /// centre_too_slow, centre_too_large, centre_signature and centre_garbage (of the transport): the application stays in the outbox, is sent
    /// later, and is resumed by the person afterwards.
    awaitable<Result<Order>> apply(Application application, Duration limit);
    /// `last_attempt`: what the caller knows; the ledger's own knowledge counts when it is higher.
    awaitable<Result<Resumed>> resume(ApplicationId application, int last_attempt, drivers::IdDocument document, std::optional<Guardian> guardian = {});
    /// The next batch of an attempt, its signature proven, or the centre's verdict (personalise.hpp). `seq` 1..max_batches: the same question again gives the
    /// same answer, so that a lost link costs nothing.
    awaitable<Result<PersonaliseAnswer>> personalise(ApplicationId application, int attempt, int seq, PersonaliseQuestion question);
    struct ApplicationStatus {
        std::string state;
        int attempt = 0;
        bool active = false;
    };
    awaitable<Result<ApplicationStatus>> status(ApplicationId application);

    /// Checks an order's signature, addressee, attempt and expiry again (order_expired, order_foreign, centre_signature), with `margin` left on the lease.
    [[nodiscard]] Result<void> check_order(const Order& order, Duration margin) const;
    /// The sealed, signed outcome message, to be enqueued in the transaction that books the state it reports. `report.at` is the kiosk's UTC; the
    /// message says it by the centre's clock. One row per outcome of an attempt: the same outcome again would be refused payload_changed.
    [[nodiscard]] OutboxRow outcome_row(const OutcomeReport& report);
    /// What the centre answered to an outcome within `limit`; nothing when it has not answered yet. A refused row answers not accepted, with the
    /// refusal as reason.
    awaitable<std::optional<OutcomeReply>> outcome_answer(Bytes message_id, Duration limit);

    /// Sends what waits, oldest first per application, with growing delays (1 s .. 60 s); parks disputes; blocked by nobody. Runs for ever.
    /// A late answer to apply is nobody's order: the row ends, the person resumes. An apply older than outbox_validity ends `expired`; an
    /// outcome that the centre calls expired is parked, because a card's fate is never dropped.
    awaitable<void> run_outbox();
    /// Something was enqueued.
    void outbox_filled() { filled_.notify(); }
    /// The centre's time, from a reply's `sent` and the steady clock; the own UTC before the first reply. Stored replies (apply, resume,
    /// personalise, outcome) may be old: they only ever move it forward.
    [[nodiscard]] Utc centre_now() const;
    [[nodiscard]] const std::string& kiosk_id() const { return parts_.kiosk_id; }
    [[nodiscard]] bool reachable() const { return reachable_; }
    [[nodiscard]] drivers::Signal& reachability() { return reachability_; }
    /// An incarnation's end: its parked coroutines are destroyed.
    void drop();

  private:
    struct Exchange;
    struct Outbox;
    struct Due {
        drivers::Steady at;
        Duration delay;
    };
    Parts parts_;
    std::optional<std::pair<Utc, drivers::Steady>> centre_time_;
    bool reachable_ = false;
    drivers::Signal filled_, settled_, reachability_;
    std::map<Bytes, OutcomeReply> answers_;  ///< the last `answers_kept` outcome answers, by message id
    std::deque<Bytes> answer_order_;
    std::map<Bytes, Due> schedule_;        ///< rows that were tried in vain, by message id
    std::multiset<ApplicationId> in_hand_; ///< applications that apply() is sending itself
};

}  // namespace kiosk
