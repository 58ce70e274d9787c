// The ledger's books: what happened to every card, in one SQLite file (facts: sqlite.md, crash-safety.md). Synchronous; the kiosk reaches it through
// Ledger (ledger.hpp), which runs whole transactions on a lane. Every method throws LedgerError when the disk or the file fails;
// none keeps personal data: identifiers are keyed hashes, payloads are sealed to the centre before they come here.
#pragma once
#include "drivers/random.hpp"
#include "kiosk/ids.hpp"
#include "kiosk/ledger/audit.hpp"
#include "kiosk/screens.hpp"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>

struct sqlite3;

namespace kiosk {

struct LedgerError : std::runtime_error {
    LedgerError(FaultCode c, const std::string& what) : std::runtime_error(what), code(c) {}
    FaultCode code;  ///< ledger_damaged, disk_full, disk_error
};

/// The state machine of a card (architecture.md). The order of the first twelve is the way of a good card.
enum class CardState {
    authorised, fed, identified, encoding, encoded, verified, printing, printed, presented, retracting, inside,
    // ends
    issued, retained, spoiled, gone_unwitnessed, unknown, tested, unloaded,
};
[[nodiscard]] std::string_view name_of(CardState state);
[[nodiscard]] std::optional<CardState> card_state_of(std::string_view name);
[[nodiscard]] bool is_end(CardState state);
/// The transitions that exist; anything else is a programming error and throws std::logic_error.
[[nodiscard]] bool may_follow(CardState from, CardState to);

/// Irreversible acts, each under one intent.
enum class ActKind { feed, encode, set_pin, print, present, retract, reject };
[[nodiscard]] std::string_view name_of(ActKind act);

struct CardRow {
    CardKey key;
    int hopper = 0;                 ///< 1.., of its load
    BankId bank;
    CardState state = CardState::authorised;
    ApplicationId application;      ///< empty for a found or test card
    int attempt = 0;
    std::string card_number_hash;   ///< keyed hash, hex
    std::string chip_hash;          ///< keyed hash of the identification code; empty until read
    bool found = false;             ///< came from nowhere: counts under `found`
    bool in_bin = false;            ///< lies in the reject bin, not handed over yet
    std::string reason;             ///< fault name for spoiled, retained, unknown
    Utc changed{};
};

/// Sealed in the card's row while it is under way (the order itself is not stored), wiped when it has ended.
struct ReportMemo {
    std::string card_number;
    Bytes chip;  ///< identification code, empty until read
};

struct IntentRow {
    std::int64_t seq = 0;
    CardKey card;
    ActKind act{};
    Utc begun{};
};

struct OutboxRow {
    std::int64_t seq = 0;
    Bytes message_id;      ///< 16 bytes, unique
    std::string type;      ///< "apply", "outcome"
    ApplicationId application;
    int attempt = 0;
    Bytes sealed;          ///< the whole signed request, body sealed to the centre
    int tries = 0;
    Utc created{};
};
enum class OutboxEnd { accepted, disputed, refused, expired };

/// Audit events: a second catalogue, hash-chained. `data` is JSON without personal data. See audit.hpp for the events.
struct AuditRow {
    std::int64_t seq = 0;
    Utc at{};
    std::string event;
    std::string data;
    Bytes hash;  ///< SHA-256(previous hash || seq || at || event NUL || data), seq and at (microseconds) as 8 bytes, most significant first
};

struct LoadRow {
    std::string id;       ///< "L000001"
    int hopper = 0;
    BankId bank;
    int count = 0, used = 0;  ///< used: ordinals given out
    Utc at{};
    std::string by;       ///< staff ids
};

struct StaffRow {
    std::string id;           ///< "s01"
    std::string name_tag;     ///< on the badge and on the screen
    std::string role;         ///< "operator", "stock", "technician"
    std::string badge_hash;   ///< keyed hash of the UID
    std::string pin_hash;     ///< argon2id (libsodium)
    int failures = 0;
    Utc locked_until{};
};

class Books {
  public:
    struct Options {
        std::filesystem::path file;
        Secret hash_key;                           ///< 32 bytes: keyed hashes of this kiosk
        const char* vfs = nullptr;                 ///< the world's VFS that loses what was not synced
        drivers::Random* random = nullptr;
        Utc now{};
    };
    /// Opens or creates; checks (quick_check, schema version, audit chain). ledger_damaged: the file is kept as evidence under another name by
    /// the caller's decision, never silently recreated.
    [[nodiscard]] static Result<std::unique_ptr<Books>> open(Options options);
    ~Books();
    Books(const Books&) = delete;
    Books& operator=(const Books&) = delete;

    // ---- transactions (used by Ledger; nothing else begins or commits) ----
    void begin();
    void commit();
    void rollback() noexcept;

    // ---- identity of the ledger ----
    [[nodiscard]] Bytes epoch() const;                        ///< 16 bytes, made with the file
    [[nodiscard]] std::string keyed_hash(View value) const;   ///< crypto_generichash with the kiosk's key, hex

    // ---- loads, cards ----
    LoadRow add_load(int hopper, BankId bank, int count, std::string by, Utc now);
    [[nodiscard]] std::vector<LoadRow> loads() const;
    [[nodiscard]] int remaining(int hopper) const;
    /// The next blank of the hopper's oldest load with blanks left: a row in state authorised. Nothing when none is left.
    [[nodiscard]] std::optional<CardKey> authorise(int hopper, const ApplicationId& application, int attempt, std::string_view card_number, Utc now);
    /// The authorised blank never left the hopper (feed ended not_done): its ordinal is given back, the row goes.
    void unauthorise(const CardKey& card);
    /// A card that nobody authorised: row under the pseudo-load "FOUND". With `hopper` it is a second blank of a double feed: the hopper's next ordinal.
    CardKey found(std::optional<int> hopper, CardState state, std::string reason, Utc now);
    [[nodiscard]] std::optional<CardRow> card(const CardKey& key) const;
    [[nodiscard]] std::vector<CardRow> cards_under_way() const;  ///< not in an end state, oldest first
    [[nodiscard]] std::vector<CardRow> all_cards() const;
    [[nodiscard]] std::vector<CardRow> bin() const;
    [[nodiscard]] std::optional<CardRow> card_by_chip(std::string_view chip_hash) const;
    void set_state(const CardKey& card, CardState next, std::string reason, Utc now);
    /// Binds the chip that was read to the card: kept as a keyed hash, and sealed for the report.
    void set_chip(const CardKey& card, View identification_code);
    void set_in_bin(const CardKey& card, bool in_bin);
    [[nodiscard]] Arithmetic arithmetic() const;
    [[nodiscard]] Arithmetic arithmetic(const std::string& load) const;
    [[nodiscard]] Arithmetic arithmetic(int hopper) const;
    /// Unknown cards that two persons have not booked yet. A reason that begins with "reconciled" says that they have.
    [[nodiscard]] std::vector<CardRow> to_reconcile() const;
    /// What the outcome's report of a card needs after a restart; nothing once the card has ended.
    [[nodiscard]] std::optional<ReportMemo> memo(const CardKey& card) const;
    /// This attempt, or a later one of the application, has had its card or its outcome here: no second card is made for it.
    [[nodiscard]] bool attempt_used(const ApplicationId& application, int attempt) const;

    // ---- intents ----
    [[nodiscard]] std::int64_t intend(const CardKey& card, ActKind act, Utc now);
    void conclude(std::int64_t intent, std::string_view result, Utc now);  ///< "done", "not_done", "unknown", "recovered:..."
    [[nodiscard]] std::optional<IntentRow> open_intent(const CardKey& card) const;
    [[nodiscard]] std::vector<IntentRow> open_intents() const;  ///< of all cards, oldest first

    // ---- applications (no personal data: id, state, bank, times) ----
    void add_application(const ApplicationId& id, Utc now);
    void set_application(const ApplicationId& id, std::string_view state, int attempt, Utc now);
    [[nodiscard]] std::string application_state(const ApplicationId& id) const;

    // ---- outbox ----
    void enqueue(const OutboxRow& row);
    [[nodiscard]] std::vector<OutboxRow> outbox() const;  ///< waiting, oldest first; parked rows are not in it
    void outbox_tried(const Bytes& message_id);
    void outbox_end(const Bytes& message_id, OutboxEnd end, Utc now);
    [[nodiscard]] std::vector<OutboxRow> parked() const;  ///< disputed or refused: two people decide

    // ---- audit ----
    /// `data` is an object with keys of the catalogue's row only; another key throws std::logic_error.
    void audit(AuditEvent event, const nlohmann::json& data, Utc now);
    [[nodiscard]] Bytes audit_head() const;  ///< 32 bytes
    [[nodiscard]] std::int64_t audit_count() const;
    [[nodiscard]] std::vector<AuditRow> audit_rows(std::int64_t from, int most) const;
    /// Walks the chain; the first row that does not fit, if any.
    [[nodiscard]] std::optional<std::int64_t> audit_break() const;

    // ---- staff, counters ----
    void put_staff(const StaffRow& row);
    [[nodiscard]] std::optional<StaffRow> staff_by_badge(std::string_view badge_hash) const;
    [[nodiscard]] std::vector<StaffRow> staff() const;
    [[nodiscard]] std::int64_t counter(std::string_view name) const;
    void set_counter(std::string_view name, std::int64_t value);

  private:
    Books() = default;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace kiosk
