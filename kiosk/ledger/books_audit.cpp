// The audit table: events of one catalogue, hash-chained, so that a row that was changed, left out or cut off is seen.
#include "kiosk/ledger/impl.hpp"

#include <nlohmann/json.hpp>
#include <ranges>
#include <sodium.h>

namespace kiosk {

using ledger::Statement;

namespace {
constexpr std::string_view keys_of(AuditEvent event) {
    constexpr std::string_view keys[] = {
#define X(name, keys) keys,
        LIQU_AUDIT_EVENTS(X)
#undef X
    };
    return keys[static_cast<std::size_t>(event)];
}

bool has_word(std::string_view words, std::string_view word) {
    for (auto part : std::views::split(words, ' '))
        if (std::string_view(part.begin(), part.end()) == word) return true;
    return false;
}

/// SHA-256(previous || seq || at || event NUL || data), numbers as 8 bytes, most significant first.
Bytes chain_hash(View previous, std::int64_t seq, std::int64_t at, std::string_view event, std::string_view data) {
    Bytes all = drivers::to_bytes(previous);
    for (const auto number : {seq, at})
        for (int shift = 56; shift >= 0; shift -= 8) all.push_back(static_cast<std::byte>(static_cast<std::uint64_t>(number) >> shift));
    const auto append = [&](std::string_view text) { all.insert(all.end(), drivers::as_view(text).begin(), drivers::as_view(text).end()); };
    append(event);
    all.push_back(std::byte{0});
    append(data);
    Bytes hash(crypto_hash_sha256_BYTES);
    crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()), reinterpret_cast<const unsigned char*>(all.data()), all.size());
    return hash;
}
}  // namespace

void Books::audit(AuditEvent event, const nlohmann::json& data, Utc now) {
    // The catalogue is a list of what may be written: a key that it does not know might be personal data.
    if (!data.is_object() && !data.is_null()) throw std::logic_error("audit data is an object");
    for (const auto& [key, value] : data.items())
        if (!has_word(keys_of(event), key)) throw std::logic_error(fmt::format("audit event {} has no key {}", name_of(event), key));
    const auto text = data.is_null() ? std::string("{}") : data.dump();
    const auto seq = audit_count() + 1;
    const auto hash = chain_hash(audit_head(), seq, now.time_since_epoch().count(), name_of(event), text);
    Statement(impl_->db, "INSERT INTO audit(seq, at, event, data, hash) VALUES(?, ?, ?, ?, ?)").bind(seq, now, name_of(event), text, hash).run();
    // The head is kept apart, so that a table that was cut off at its end is seen, too.
    impl_->set_meta("audit_head", hash);
}

Bytes Books::audit_head() const { return impl_->meta("audit_head"); }

std::int64_t Books::audit_count() const {
    Statement s(impl_->db, "SELECT coalesce(max(seq), 0) FROM audit");
    s.step();
    return s.number(0);
}

std::vector<AuditRow> Books::audit_rows(std::int64_t from, int most) const {
    std::vector<AuditRow> rows;
    Statement s(impl_->db, "SELECT seq, at, event, data, hash FROM audit WHERE seq>=? ORDER BY seq LIMIT ?");
    s.bind(from, most);
    while (s.step()) rows.push_back({s.number(0), ledger::time_of(s.number(1)), s.text(2), s.text(3), s.bytes(4)});
    return rows;
}

std::optional<std::int64_t> Books::audit_break() const {
    Bytes head(32);
    std::int64_t expected = 1;
    Statement s(impl_->db, "SELECT seq, at, event, data, hash FROM audit ORDER BY seq");
    for (; s.step(); ++expected) {
        if (s.number(0) != expected) return expected;
        auto hash = chain_hash(head, expected, s.number(1), s.text(2), s.text(3));
        if (hash != s.bytes(4)) return expected;
        head = std::move(hash);
    }
    if (head != audit_head()) return expected;
    return std::nullopt;
}

}  // namespace kiosk
