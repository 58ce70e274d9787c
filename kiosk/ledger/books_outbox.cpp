// The outbox: what the centre has to be told, written in the transaction that books what it tells. Rows stay until they end; an
// ended row keeps its identity (an attempt is reported once) but not its payload, unless two people have to look at it.
#include "kiosk/ledger/impl.hpp"

namespace kiosk {

using ledger::Statement;

namespace {
constexpr std::string_view end_names[] = {"accepted", "disputed", "refused", "expired"};

OutboxRow outbox_row(const Statement& s) {
    OutboxRow row;
    row.seq = s.number(0);
    row.message_id = s.bytes(1);
    row.type = s.text(2);
    row.application = {s.bytes(3)};
    row.attempt = static_cast<int>(s.number(4));
    row.sealed = s.bytes(5);
    row.tries = static_cast<int>(s.number(6));
    row.created = ledger::time_of(s.number(7));
    return row;
}
}  // namespace

void Books::enqueue(const OutboxRow& row) {
    Statement(impl_->db, "INSERT INTO outbox(message_id, type, application, attempt, sealed, created) VALUES(?, ?, ?, ?, ?, ?)")
        .bind(row.message_id, row.type, row.application.value, row.attempt, row.sealed, row.created)
        .run();
}

std::vector<OutboxRow> Books::outbox() const {
    std::vector<OutboxRow> rows;
    Statement s(impl_->db, "SELECT seq, message_id, type, application, attempt, sealed, tries, created FROM outbox WHERE ended IS NULL ORDER BY seq");
    while (s.step()) rows.push_back(outbox_row(s));
    return rows;
}

void Books::outbox_tried(const Bytes& message_id) { Statement(impl_->db, "UPDATE outbox SET tries=tries+1 WHERE message_id=?").bind(message_id).run(); }

void Books::outbox_end(const Bytes& message_id, OutboxEnd end, Utc now) {
    const bool parked = end == OutboxEnd::disputed || end == OutboxEnd::refused;
    Statement(impl_->db, "UPDATE outbox SET ended=?, ended_at=?, sealed=CASE ? WHEN 1 THEN sealed ELSE x'' END WHERE message_id=? AND ended IS NULL")
        .bind(end_names[static_cast<std::size_t>(end)], now, parked ? 1 : 0, message_id)
        .run();
}

std::vector<OutboxRow> Books::parked() const {
    std::vector<OutboxRow> rows;
    Statement s(impl_->db, "SELECT seq, message_id, type, application, attempt, sealed, tries, created FROM outbox WHERE ended IN ('disputed', 'refused') ORDER BY seq");
    while (s.step()) rows.push_back(outbox_row(s));
    return rows;
}

bool Books::attempt_used(const ApplicationId& application, int attempt) const {
    Statement s(impl_->db, "SELECT EXISTS(SELECT 1 FROM card WHERE application=?1 AND attempt>=?2) OR "
                           "EXISTS(SELECT 1 FROM outbox WHERE type='outcome' AND application=?1 AND attempt>=?2)");
    s.bind(application.value, attempt);
    s.step();
    return s.number(0) != 0;
}

}  // namespace kiosk
