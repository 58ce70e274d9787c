// What people do and read at the centre: enrolling kiosks, witnessed activation, disputes under two names, and the auditor's lists.
#include "sim/central/core.hpp"

namespace sim {
namespace {

using Done = std::expected<void, std::string>;

/// Runs `act` in a transaction that counts only when it succeeds.
template <class Act>
auto transacted(Store& store, Act act) -> decltype(act()) {
    try {
        Transaction transaction(store);
        auto done = act();
        if (done) transaction.commit();
        return done;
    } catch (const StoreError& error) {
        return std::unexpected(std::string("the database is unusable: ") + error.what());
    }
}

Done two_names(std::string_view first, std::string_view second) {
    if (first.empty() || second.empty() || first == second) return std::unexpected("two different persons are needed");
    return {};
}

}  // namespace

std::string_view name_of(CardState s) {
    switch (s) {
        case CardState::active: return "ACTIVE";
        case CardState::inactive: return "INACTIVE";
        case CardState::gone_void: return "VOID";
    }
    return "VOID";
}

Done Central::enrol(std::string_view kiosk, View public_key) {
    if (kiosk.empty() || kiosk.size() > 32 || !cbor::is_utf8(kiosk)) return std::unexpected("a kiosk's id has 1 to 32 bytes");
    if (public_key.size() != 32) return std::unexpected("an Ed25519 public key has 32 bytes");
    auto& store = *impl_->store;
    return transacted(store, [&]() -> Done {
        Query(store, "INSERT INTO kiosks(id, key) VALUES(?,?) ON CONFLICT(id) DO UPDATE SET key=excluded.key", kiosk, public_key).run();
        return {};
    });
}

Done Central::activate_by_staff(View id, std::string_view staff) {
    if (staff.empty()) return std::unexpected("a witness is needed");
    auto& impl = *impl_;
    return transacted(*impl.store, [&]() -> Done {
        const auto file = impl.application(id);
        if (!file) return std::unexpected("no such application");
        const auto& last = file->last;
        // A card that was not taken lies in the bin and may be handed over at the hall with the document.
        const bool waiting = (last.state == "gone_unwitnessed" || last.state == "not_taken") && !impl.parked(id, last.attempt) && !impl.active_card(id);
        if (!waiting) return std::unexpected("no finished card waits for its holder");
        impl.set_card(last.card_number, CardState::active, {});
        Query(*impl.store, "UPDATE attempts SET state='issued' WHERE application=? AND attempt=?", id, last.attempt).run();
        Query(*impl.store, "INSERT INTO witnesses(application, staff, at) VALUES(?,?,?)", id, staff, impl.now()).run();
        return {};
    });
}

Done Central::resolve_dispute(std::int64_t id, Verdict verdict, std::string_view first, std::string_view second) {
    if (auto names = two_names(first, second); !names) return names;
    auto& impl = *impl_;
    auto& store = *impl.store;
    return transacted(store, [&]() -> Done {
        Bytes application;
        int number = 0;
        {
            Query row(store, "SELECT application, attempt FROM disputes WHERE id=? AND state='parked'", id);
            if (!row.step()) return std::unexpected("no such parked dispute");
            application = row.blob(0);
            number = static_cast<int>(row.integer(1));
        }
        const auto a = impl.attempt_of(application, number);
        const auto file = impl.application(application);
        if (verdict == Verdict::activate) {
            if (!a || !file) return std::unexpected("no such card");
            if (impl.active_card(application)) return std::unexpected("another card of this application is active");
            if (file->last.state == "leased") return std::unexpected("another attempt is being made");
            Query(store, "UPDATE cards SET state='VOID' WHERE application=?", application).run();
            impl.set_card(a->card_number, CardState::active, {});
            Query(store, "UPDATE attempts SET state='issued' WHERE application=? AND attempt=?", application, number).run();
        } else if (a) {
            Query(store, "UPDATE attempts SET state='spoiled' WHERE application=? AND attempt=? AND state<>'fenced'", application, number).run();
            impl.set_card(a->card_number, CardState::gone_void, {});
        }
        Query(store, "UPDATE disputes SET state='resolved', verdict=?, first=?, second=? WHERE id=?",
              std::string_view(verdict == Verdict::activate ? "activate" : "void_card"), first, second, id)
            .run();
        return {};
    });
}

std::expected<std::int64_t, std::string> Central::park(View id, std::string_view reason) {
    auto& impl = *impl_;
    return transacted(*impl.store, [&]() -> std::expected<std::int64_t, std::string> {
        const auto file = impl.application(id);
        if (!file) return std::unexpected("no such application");
        return impl.open_dispute(id, file->last.attempt, file->last.kiosk, reason);
    });
}

Done Central::accept_ledger(std::string_view kiosk, std::string_view first, std::string_view second) {
    if (auto names = two_names(first, second); !names) return names;
    auto& store = *impl_->store;
    return transacted(store, [&]() -> Done {
        Query(store, "UPDATE kiosks SET restored=0, epoch=x'', audit_count=0, last_sent=0 WHERE id=?", kiosk).run();
        if (store.changes() == 0) return std::unexpected("no such kiosk");
        Query(store, "DELETE FROM chain WHERE kiosk=?", kiosk).run();
        return {};
    });
}

// ---- lists -------------------------------------------------------------------------------------------------

std::vector<ApplicationRow> Central::applications() const {
    std::vector<Bytes> ids;
    {
        Query row(*impl_->store, "SELECT id FROM applications ORDER BY made, id");
        while (row.step()) ids.push_back(row.blob(0));
    }
    std::vector<ApplicationRow> rows;
    for (const auto& id : ids)
        if (const auto file = impl_->application(id))
            rows.push_back({id, file->person, file->kiosk, file->bank, impl_->state_of(file->last), file->last.attempt, impl_->active_card(id), file->photo_warnings, file->flat_field,
                            file->document, file->evidence, file->guardian});
    return rows;
}

std::optional<Bytes> Central::portrait_of(View application) const {
    const auto file = impl_->application(Bytes(application.begin(), application.end()));
    return file ? std::optional{file->portrait} : std::nullopt;
}

std::vector<AttemptRow> Central::attempts() const {
    std::vector<AttemptRow> rows;
    Query row(*impl_->store, "SELECT application, attempt, kiosk, state, issued, expires, chip, card_number, cryptograms FROM attempts ORDER BY application, attempt");
    while (row.step())
        rows.push_back({row.blob(0), static_cast<int>(row.integer(1)), row.text(2), row.text(3), row.integer(4), row.integer(5), row.blob(6), row.text(7),
                        static_cast<int>(row.integer(8))});
    return rows;
}

std::vector<CardRow> Central::cards() const {
    std::vector<CardRow> rows;
    Query row(*impl_->store, "SELECT number, application, attempt, state, chip FROM cards ORDER BY number");
    while (row.step()) {
        const auto state = row.text(3);
        rows.push_back({row.text(0), row.blob(1), static_cast<int>(row.integer(2)),
                        state == "ACTIVE" ? CardState::active : state == "INACTIVE" ? CardState::inactive : CardState::gone_void, row.blob(4)});
    }
    return rows;
}

std::vector<OutcomeRow> Central::outcomes() const {
    std::vector<OutcomeRow> rows;
    Query row(*impl_->store, "SELECT application, attempt, kiosk, outcome, result, reason, at, load, ordinal, chip FROM outcomes ORDER BY seq");
    while (row.step())
        rows.push_back({row.blob(0), static_cast<int>(row.integer(1)), row.text(2), row.text(3), row.text(4), row.text(5), row.integer(6), row.text(7), row.integer(8),
                        row.blob(9)});
    return rows;
}

std::vector<DisputeRow> Central::disputes() const {
    std::vector<DisputeRow> rows;
    Query row(*impl_->store, "SELECT id, application, attempt, kiosk, reason, state, verdict, first, second FROM disputes ORDER BY id");
    while (row.step())
        rows.push_back({row.integer(0), row.blob(1), static_cast<int>(row.integer(2)), row.text(3), row.text(4), row.text(5), row.text(6), row.text(7), row.text(8)});
    return rows;
}

std::vector<KioskRow> Central::kiosks() const {
    std::vector<KioskRow> rows;
    Query row(*impl_->store, "SELECT id, restored, epoch, path, audit_count FROM kiosks ORDER BY id");
    while (row.step()) rows.push_back({row.text(0), row.integer(1) != 0 ? "restored" : row.blob(2).empty() ? "silent" : "known", row.text(3), row.integer(4)});
    return rows;
}

std::int64_t Central::cryptograms() const {
    Query row(*impl_->store, "SELECT count(*) FROM cryptograms");
    return row.step() ? row.integer(0) : 0;
}

const std::map<std::string, int>& Central::refusals() const { return impl_->refusals; }
const CentralKeys& Central::keys() const { return impl_->setup.keys; }

std::string Central::report() const {
    using Json = nlohmann::json;
    Json all = {{"applications", Json::array()}, {"attempts", Json::array()}, {"cards", Json::array()}, {"cryptograms", cryptograms()},
                {"disputes", Json::array()},     {"kiosks", Json::array()},   {"outcomes", Json::array()}, {"refusals", Json::object()}};
    for (const auto& [code, count] : impl_->refusals) all["refusals"][code] = count;
    for (const auto& a : applications())
        all["applications"].push_back({{"application", to_hex(a.application)}, {"person", a.person}, {"kiosk", a.kiosk}, {"bank", a.bank}, {"state", a.state},
                                       {"attempt", a.attempt}, {"active", a.active}, {"photo_warnings", a.photo_warnings}, {"flat_field", a.flat_field},
                                       {"document", a.document}, {"evidence", a.evidence}, {"guardian", a.guardian}});
    for (const auto& a : attempts())
        all["attempts"].push_back({{"application", to_hex(a.application)}, {"attempt", a.attempt}, {"kiosk", a.kiosk}, {"state", a.state}, {"issued", a.issued},
                                   {"expires", a.expires}, {"chip", to_hex(a.chip)}, {"card_number", a.card_number}, {"cryptograms", a.cryptograms}});
    for (const auto& c : cards())
        all["cards"].push_back({{"number", c.number}, {"application", to_hex(c.application)}, {"attempt", c.attempt}, {"state", name_of(c.state)}, {"chip", to_hex(c.chip)}});
    for (const auto& o : outcomes())
        all["outcomes"].push_back({{"application", to_hex(o.application)}, {"attempt", o.attempt}, {"kiosk", o.kiosk}, {"outcome", o.outcome}, {"result", o.result},
                                   {"reason", o.reason}, {"at", o.at}, {"load", o.load}, {"ordinal", o.ordinal}, {"chip", to_hex(o.chip)}});
    for (const auto& d : disputes())
        all["disputes"].push_back({{"id", d.id}, {"application", to_hex(d.application)}, {"attempt", d.attempt}, {"kiosk", d.kiosk}, {"reason", d.reason},
                                   {"state", d.state}, {"verdict", d.verdict}, {"first", d.first}, {"second", d.second}});
    for (const auto& k : kiosks()) all["kiosks"].push_back({{"id", k.id}, {"ledger", k.ledger}, {"path", k.path}, {"audit_count", k.audit_count}});
    return all.dump();
}

}  // namespace sim
