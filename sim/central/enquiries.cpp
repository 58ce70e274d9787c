// What only tells: hello (and what a ledger's audit head reveals), inquire, verify, status.
#include "sim/central/core.hpp"

namespace sim {
namespace {

struct Ledger {
    Bytes epoch;
    std::int64_t count = 0, last_sent = 0;
    bool restored = false;
};

/// Is the reported head the one that was reported at this length, or was nothing reported at it?
bool on_chain(Store& store, const RequestHeader& h, const HelloBody& b, bool must_be_known) {
    Query point(store, "SELECT head FROM chain WHERE kiosk=? AND epoch=? AND count=?", std::string_view(h.kiosk), b.ledger_epoch,
                static_cast<std::int64_t>(b.audit_count));
    return point.step() ? point.blob(0) == b.audit_head : !must_be_known;
}

void note_head(Store& store, const RequestHeader& h, const HelloBody& b) {
    const auto count = static_cast<std::int64_t>(b.audit_count);
    Query(store, "UPDATE kiosks SET epoch=?, audit_count=?, last_sent=? WHERE id=?", b.ledger_epoch, count, h.sent, std::string_view(h.kiosk)).run();
    Query(store, "INSERT OR IGNORE INTO chain VALUES(?,?,?,?)", std::string_view(h.kiosk), b.ledger_epoch, count, b.audit_head).run();
    Query(store, "DELETE FROM chain WHERE kiosk=?1 AND epoch=?2 AND count NOT IN (SELECT count FROM chain WHERE kiosk=?1 AND epoch=?2 ORDER BY count DESC LIMIT ?3)",
          std::string_view(h.kiosk), b.ledger_epoch, chain_points_kept)
        .run();
}

/// First character and stars, never more than three: a length tells, too.
std::string masked(std::string_view name) {
    constexpr std::size_t most_stars = 3;
    const auto goes_on = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
    const auto characters = name.size() - static_cast<std::size_t>(std::ranges::count_if(name, goes_on));
    const auto first = std::ranges::find_if_not(name.begin() + 1, name.end(), goes_on);
    return std::string(name.begin(), first) + std::string(std::clamp<std::size_t>(characters - 1, 1, most_stars), '*');
}

}  // namespace

Asked<cbor::Json> Central::Impl::hello(const RequestHeader& h, const HelloBody& b) {
    Ledger known;
    {
        Query row(*store, "SELECT epoch, audit_count, last_sent, restored FROM kiosks WHERE id=?", std::string_view(h.kiosk));
        row.step();
        known = {row.blob(0), row.integer(1), row.integer(2), row.integer(3) != 0};
    }
    const auto count = static_cast<std::int64_t>(b.audit_count);
    std::string verdict = "known";
    bool advance = false;
    if (known.restored) {
        verdict = "restored";
    } else if (known.epoch.empty()) {
        verdict = "new";
        advance = true;
    } else if (known.epoch == b.ledger_epoch && count >= known.count && on_chain(*store, h, b, false)) {
        advance = true;
    } else if (known.epoch == b.ledger_epoch && count < known.count && h.sent < known.last_sent && on_chain(*store, h, b, true)) {
        // A hello that was overtaken by a later one: an old message, not an old ledger.
    } else {
        verdict = "restored";
        Query(*store, "UPDATE kiosks SET restored=1 WHERE id=?", std::string_view(h.kiosk)).run();
    }
    if (advance) note_head(*store, h, b);
    Query(*store, "UPDATE kiosks SET path=? WHERE id=?", std::string_view(b.path), std::string_view(h.kiosk)).run();

    auto banks = cbor::Json::array();
    for (const auto& bank : setup.region.banks) banks.push_back({{"bins", bank.bins}, {"id", bank.id}, {"name_en", bank.name_en}, {"name_zh", bank.name_zh}});
    return cbor::Json{{"banks", banks}, {"ledger", verdict}, {"presence", static_cast<unsigned>(setup.region.presence_seconds)}, {"windows", setup.region.windows}};
}

Asked<cbor::Json> Central::Impl::inquire(const InquireBody& b) {
    if (!b.ecard.empty()) {
        const auto* holder = setup.people->by_ecard(b.ecard);
        if (!holder) return refuse(Refusal::not_entitled, "no such code");
        auto reply = told_of(*holder);
        reply.erase("application");  // a code is no document: it tells, and opens nothing
        reply["name"] = masked(holder->name);
        return reply;
    }
    const auto* person = setup.people->by_document(b.document.kind, b.document.nationality, b.document.number);
    if (!person) return cbor::Json{{"standing", name_of(Standing::not_insured)}};
    if (person->name != b.document.name) return refuse(Refusal::not_entitled, "document and register differ");
    return told_of(*person);
}

cbor::Json Central::Impl::told_of(const RegisterEntry& person) {
    cbor::Json reply;
    auto standing = person.standing;
    std::string where_zh = person.where_zh, where_en = person.where_en, when = person.when;
    if (const auto file = application_of(person.key)) {
        const auto state = state_of(file->last);
        if (state == "disputed") {
            standing = Standing::made_not_collected;
            where_zh = fmt::format("卡片正在核对，请到{}号窗口办理", setup.region.windows);
            where_en = fmt::format("Your card is being checked: please go to windows {}", setup.region.windows);
            when.clear();
        } else if (state == "issued") {
            standing = active_card(file->id) ? Standing::active_card : Standing::card_not_activated;
        } else {
            standing = Standing::pending_kiosk;
            reply["application"] = cbor::bstr(file->id);
        }
    }
    reply["standing"] = name_of(standing);
    if (!when.empty()) reply["when"] = when;
    if (!where_en.empty()) reply["where_en"] = where_en;
    if (!where_zh.empty()) reply["where_zh"] = where_zh;
    return reply;
}

Asked<cbor::Json> Central::Impl::verify(const RequestHeader& h, const VerifyBody& b) {
    const auto* person = setup.people->by_number(b.number);
    // Scripted: the sample register says what a face service would have said of this person.
    const auto result = person ? person->match : Match::different;
    const auto reference = random_bytes(16);
    Query(*store, "DELETE FROM matches WHERE made<?", now() - match_lifetime_s).run();
    Query(*store, "INSERT INTO matches VALUES(?,?,?,?,?,?)", reference, std::string_view(h.kiosk), std::string_view(b.number), name_of(result),
          sha256(b.portrait), now())
        .run();
    return cbor::Json{{"match", name_of(result)}, {"reference", cbor::bstr(reference)}};
}

Asked<cbor::Json> Central::Impl::status(const StatusBody& b) {
    const auto file = application(b.application);
    if (!file) return cbor::Json{{"active", false}, {"attempt", 0u}, {"state", "unknown"}};
    return cbor::Json{{"active", active_card(file->id)}, {"attempt", static_cast<unsigned>(file->last.attempt)}, {"state", state_of(file->last)}};
}

}  // namespace sim
