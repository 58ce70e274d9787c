// Loads, cards, intents, and the arithmetic over them.
#include "kiosk/ledger/impl.hpp"

#include <sodium.h>

namespace kiosk {

using ledger::Statement;

namespace {
constexpr std::string_view card_columns = "load, ordinal, hopper, bank, state, application, attempt, card_number_hash, chip_hash, found, in_bin, reason, changed";

CardRow card_row(const Statement& s) {
    CardRow row;
    row.key = {s.text(0), static_cast<int>(s.number(1))};
    row.hopper = static_cast<int>(s.number(2));
    row.bank = {s.text(3)};
    const auto state = card_state_of(s.text(4));
    if (!state) throw LedgerError(FaultCode::ledger_damaged, "a card in no known state");
    row.state = *state;
    row.application = {s.bytes(5)};
    row.attempt = static_cast<int>(s.number(6));
    row.card_number_hash = s.text(7);
    row.chip_hash = s.text(8);
    row.found = s.number(9) != 0;
    row.in_bin = s.number(10) != 0;
    row.reason = s.text(11);
    row.changed = ledger::time_of(s.number(12));
    return row;
}

std::vector<CardRow> cards_where(ledger::Database& db, std::string_view condition) {
    std::vector<CardRow> rows;
    Statement s(db, fmt::format("SELECT {} FROM card WHERE {} ORDER BY seq", card_columns, condition));
    while (s.step()) rows.push_back(card_row(s));
    return rows;
}

constexpr std::string_view under_way =
    "state IN ('authorised','fed','identified','encoding','encoded','verified','printing','printed','presented','retracting','inside')";

void count_card(Arithmetic& sum, CardState state, bool found, int n) {
    if (found) sum.found += n;
    switch (state) {
        case CardState::authorised: sum.remaining += n; return;  // it has not left its hopper as far as anybody knows
        case CardState::fed:
        case CardState::identified:
        case CardState::encoding:
        case CardState::encoded:
        case CardState::verified:
        case CardState::printing:
        case CardState::printed:
        case CardState::presented:
        case CardState::retracting:
        case CardState::inside: sum.in_machine += n; return;
        case CardState::issued: sum.issued += n; return;
        case CardState::retained: sum.retained += n; return;
        case CardState::spoiled: sum.spoiled += n; return;
        case CardState::gone_unwitnessed: sum.gone_unwitnessed += n; return;
        case CardState::unknown: sum.unknown += n; return;
        case CardState::tested: sum.tested += n; return;
        case CardState::unloaded: sum.unloaded += n; return;
    }
}

Arithmetic add_up(Statement& loads, Statement& cards) {
    Arithmetic sum;
    while (loads.step()) {
        sum.loaded += static_cast<int>(loads.number(0));
        sum.remaining += static_cast<int>(loads.number(0) - loads.number(1));
    }
    while (cards.step()) {
        const auto state = card_state_of(cards.text(0));
        if (!state) throw LedgerError(FaultCode::ledger_damaged, "a card in no known state");
        count_card(sum, *state, cards.number(1) != 0, static_cast<int>(cards.number(2)));
    }
    return sum;
}
}  // namespace

// ---- loads ----
LoadRow Books::add_load(int hopper, BankId bank, int count, std::string by, Utc now) {
    if (hopper < 1 || count < 1) throw std::logic_error("a load has a hopper and at least one blank");
    const auto number = counter("loads") + 1;
    set_counter("loads", number);
    LoadRow row{fmt::format("L{:06}", number), hopper, std::move(bank), count, 0, now, std::move(by)};
    Statement(impl_->db, "INSERT INTO load(id, hopper, bank, count, at, by) VALUES(?, ?, ?, ?, ?, ?)").bind(row.id, hopper, row.bank.value, count, now, row.by).run();
    return row;
}

std::vector<LoadRow> Books::loads() const {
    std::vector<LoadRow> rows;
    Statement s(impl_->db, "SELECT id, hopper, bank, count, used, at, by FROM load WHERE hopper > 0 ORDER BY seq");
    while (s.step()) {
        rows.push_back({s.text(0), static_cast<int>(s.number(1)), {s.text(2)}, static_cast<int>(s.number(3)), static_cast<int>(s.number(4)), ledger::time_of(s.number(5)),
                        s.text(6)});
    }
    return rows;
}

int Books::remaining(int hopper) const { return arithmetic(hopper).remaining; }

// ---- a card's row comes and goes ----
namespace {
/// The next ordinal of the hopper's oldest load with blanks, taken; nothing when the hopper has none.
struct Blank {
    CardKey key;
    std::string bank;
};
std::optional<Blank> take_blank(ledger::Database& db, int hopper) {
    Blank blank;
    {
        Statement s(db, "SELECT id, used + 1, bank FROM load WHERE hopper=? AND used < count ORDER BY seq LIMIT 1");
        s.bind(hopper);
        if (!s.step()) return std::nullopt;
        blank = {{s.text(0), static_cast<int>(s.number(1))}, s.text(2)};
    }
    Statement(db, "UPDATE load SET used=used+1 WHERE id=?").bind(blank.key.load).run();
    return blank;
}

void insert_card(ledger::Database& db, const CardRow& row, Utc now) {
    Statement(db, "INSERT INTO card(load, ordinal, hopper, bank, state, application, attempt, card_number_hash, found, reason, changed) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(row.key.load, row.key.ordinal, row.hopper, row.bank.value, name_of(row.state), row.application.value, row.attempt, row.card_number_hash, row.found ? 1 : 0,
              row.reason, now)
        .run();
}
}  // namespace

std::optional<CardKey> Books::authorise(int hopper, const ApplicationId& application, int attempt, std::string_view card_number, Utc now) {
    auto blank = take_blank(impl_->db, hopper);
    if (!blank) return std::nullopt;
    CardRow row;
    row.key = blank->key;
    row.hopper = hopper;
    row.bank = {std::move(blank->bank)};
    row.application = application;
    row.attempt = attempt;
    row.card_number_hash = keyed_hash(drivers::as_view(card_number));
    insert_card(impl_->db, row, now);
    impl_->put_memo(row.key, card_number, {});
    return row.key;
}

void Books::unauthorise(const CardKey& key) {
    const auto row = card(key);
    if (!row || row->state != CardState::authorised) throw std::logic_error("only an authorised blank is given back");
    Statement(impl_->db, "DELETE FROM card WHERE load=? AND ordinal=?").bind(key.load, key.ordinal).run();
    Statement(impl_->db, "UPDATE load SET used=used-1 WHERE id=? AND used=?").bind(key.load, key.ordinal).run();
    if (impl_->db.changes() != 1) throw std::logic_error("a blank after it has left the hopper already");
}

CardKey Books::found(std::optional<int> hopper, CardState state, std::string reason, Utc now) {
    if (state == CardState::authorised) throw std::logic_error("what was found was not authorised");
    CardRow row;
    row.state = state;
    row.reason = std::move(reason);
    if (hopper) {
        if (auto blank = take_blank(impl_->db, *hopper)) {
            row.key = blank->key;
            row.hopper = *hopper;
            row.bank = {std::move(blank->bank)};
            insert_card(impl_->db, row, now);
            return row.key;
        }
    }
    // Also the second blank of a hopper in which by our count only one was left: it came from nowhere.
    {
        Statement s(impl_->db, "SELECT used + 1 FROM load WHERE id=?");
        s.bind(ledger::found_load);
        s.step();
        row.key = {ledger::found_load, static_cast<int>(s.number(0))};
    }
    Statement(impl_->db, "UPDATE load SET used=used+1 WHERE id=?").bind(ledger::found_load).run();
    row.found = true;
    insert_card(impl_->db, row, now);
    return row.key;
}

// ---- looking ----
std::optional<CardRow> Books::card(const CardKey& key) const {
    Statement s(impl_->db, fmt::format("SELECT {} FROM card WHERE load=? AND ordinal=?", card_columns));
    s.bind(key.load, key.ordinal);
    if (!s.step()) return std::nullopt;
    return card_row(s);
}
std::vector<CardRow> Books::cards_under_way() const { return cards_where(impl_->db, under_way); }
std::vector<CardRow> Books::all_cards() const { return cards_where(impl_->db, "1"); }
std::vector<CardRow> Books::bin() const { return cards_where(impl_->db, "in_bin=1"); }
std::vector<CardRow> Books::to_reconcile() const { return cards_where(impl_->db, "state='unknown' AND reason NOT LIKE 'reconciled%'"); }

std::optional<CardRow> Books::card_by_chip(std::string_view chip_hash) const {
    Statement s(impl_->db, fmt::format("SELECT {} FROM card WHERE chip_hash=? AND chip_hash<>'' ORDER BY seq DESC LIMIT 1", card_columns));
    s.bind(chip_hash);
    if (!s.step()) return std::nullopt;
    return card_row(s);
}

// ---- changing ----
void Books::set_state(const CardKey& key, CardState next, std::string reason, Utc now) {
    const auto row = card(key);
    if (!row) throw std::logic_error("no such card");
    if (!may_follow(row->state, next)) throw std::logic_error(fmt::format("a card that is {} does not become {}", name_of(row->state), name_of(next)));
    Statement(impl_->db, "UPDATE card SET state=?, reason=?, changed=? WHERE load=? AND ordinal=?").bind(name_of(next), reason, now, key.load, key.ordinal).run();
    // What the report needed goes with the report; an unknown card is reported once more when it is reconciled.
    const bool reported = is_end(next) && (next != CardState::unknown || reason.starts_with("reconciled"));
    if (reported) Statement(impl_->db, "UPDATE card SET memo=x'' WHERE load=? AND ordinal=?").bind(key.load, key.ordinal).run();
}

void Books::set_chip(const CardKey& key, View identification_code) {
    Statement(impl_->db, "UPDATE card SET chip_hash=? WHERE load=? AND ordinal=?").bind(keyed_hash(identification_code), key.load, key.ordinal).run();
    if (const auto known = memo(key); known && !known->card_number.empty()) impl_->put_memo(key, known->card_number, identification_code);
}

void Books::set_in_bin(const CardKey& key, bool in_bin) {
    Statement(impl_->db, "UPDATE card SET in_bin=? WHERE load=? AND ordinal=?").bind(in_bin ? 1 : 0, key.load, key.ordinal).run();
}

// ---- arithmetic ----
Arithmetic Books::arithmetic() const {
    Statement loads(impl_->db, "SELECT count, used FROM load WHERE hopper > 0");
    Statement cards(impl_->db, "SELECT state, found, count(*) FROM card GROUP BY state, found");
    return add_up(loads, cards);
}
Arithmetic Books::arithmetic(const std::string& load) const {
    Statement loads(impl_->db, "SELECT count, used FROM load WHERE hopper > 0 AND id=?");
    Statement cards(impl_->db, "SELECT state, found, count(*) FROM card WHERE load=? GROUP BY state, found");
    loads.bind(load);
    cards.bind(load);
    return add_up(loads, cards);
}
Arithmetic Books::arithmetic(int hopper) const {
    Statement loads(impl_->db, "SELECT count, used FROM load WHERE hopper > 0 AND hopper=?");
    Statement cards(impl_->db, "SELECT state, found, count(*) FROM card WHERE hopper=? AND found=0 GROUP BY state, found");
    loads.bind(hopper);
    cards.bind(hopper);
    return add_up(loads, cards);
}

// ---- intents ----
std::int64_t Books::intend(const CardKey& key, ActKind act, Utc now) {
    Statement s(impl_->db, "INSERT INTO intent(load, ordinal, act, begun) VALUES(?, ?, ?, ?) RETURNING seq");
    s.bind(key.load, key.ordinal, name_of(act), now);
    s.step();
    const auto seq = s.number(0);
    s.step();
    return seq;
}

void Books::conclude(std::int64_t intent, std::string_view result, Utc now) {
    Statement(impl_->db, "UPDATE intent SET result=?, ended=? WHERE seq=? AND result IS NULL").bind(result, now, intent).run();
    if (impl_->db.changes() != 1) throw std::logic_error("an intent is concluded once");
}

namespace {
IntentRow intent_row(const Statement& s) {
    const auto name = s.text(3);
    for (const auto act : {ActKind::feed, ActKind::encode, ActKind::set_pin, ActKind::print, ActKind::present, ActKind::retract, ActKind::reject})
        if (name_of(act) == name) return {s.number(0), {s.text(1), static_cast<int>(s.number(2))}, act, ledger::time_of(s.number(4))};
    throw LedgerError(FaultCode::ledger_damaged, "an intent of no known act");
}
}  // namespace

std::optional<IntentRow> Books::open_intent(const CardKey& key) const {
    Statement s(impl_->db, "SELECT seq, load, ordinal, act, begun FROM intent WHERE load=? AND ordinal=? AND result IS NULL");
    s.bind(key.load, key.ordinal);
    if (!s.step()) return std::nullopt;
    return intent_row(s);
}
std::vector<IntentRow> Books::open_intents() const {
    std::vector<IntentRow> rows;
    Statement s(impl_->db, "SELECT seq, load, ordinal, act, begun FROM intent WHERE result IS NULL ORDER BY seq");
    while (s.step()) rows.push_back(intent_row(s));
    return rows;
}

// ---- what the report of a card under way will need after a restart ----
std::optional<ReportMemo> Books::memo(const CardKey& key) const {
    Bytes sealed;
    {
        Statement s(impl_->db, "SELECT memo FROM card WHERE load=? AND ordinal=?");
        s.bind(key.load, key.ordinal);
        if (!s.step()) return std::nullopt;
        sealed = s.bytes(0);
    }
    if (sealed.empty()) return std::nullopt;
    auto plain = impl_->open_memo(key, sealed);
    if (!plain || plain->empty()) return std::nullopt;
    const std::size_t digits = drivers::u8((*plain)[0]);
    if (plain->size() < 1 + digits) return std::nullopt;
    const View view = *plain;
    ReportMemo memo{drivers::to_string(view.subspan(1, digits)), drivers::to_bytes(view.subspan(1 + digits))};
    drivers::wipe(*plain);
    return memo;
}

void Books::Impl::put_memo(const CardKey& key, std::string_view card_number, View chip) {
    Bytes plain{static_cast<std::byte>(card_number.size())};
    const auto digits = drivers::as_view(card_number);
    plain.insert(plain.end(), digits.begin(), digits.end());
    plain.insert(plain.end(), chip.begin(), chip.end());
    const auto sealed = seal_memo(key, plain);
    drivers::wipe(plain);
    Statement(db, "UPDATE card SET memo=? WHERE load=? AND ordinal=?").bind(sealed, key.load, key.ordinal).run();
}

}  // namespace kiosk
