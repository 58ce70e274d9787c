// The life of an application: apply and resume (personalise: its own room). An attempt is leased to one kiosk and owns one card number; the next is given only after
// evidence closed the last, or after its lease and a grace have passed (then it is fenced).
#include "sim/central/chip.hpp"
#include "sim/central/core.hpp"

#include <algorithm>

namespace sim {
namespace {

constexpr std::string_view elsewhere = "elsewhere";  ///< the kiosk of applications that the register begins

bool agreed(const ApplyBody& b, std::string_view kind) { return std::ranges::find(b.consents, kind) != b.consents.end(); }

const CentralBank* bank_of(const RegionSettings& region, std::string_view id) {
    const auto found = std::ranges::find(region.banks, id, &CentralBank::id);
    return found == region.banks.end() ? nullptr : &*found;
}

Attempt read_attempt(const Query& row) {
    return {row.blob(0), static_cast<int>(row.integer(1)), row.text(2), row.text(3), row.text(4), row.integer(5), row.integer(6), row.blob(7), row.blob(8),
            static_cast<int>(row.integer(9))};
}

/// The order's bytes: the same attempt gives the same bytes.
Asked<Bytes> write_order(const CentralSetup& setup, const ApplicationFile& file, const Attempt& a) {
    const auto* person = setup.people->by_key(file.person);
    const auto* bank = bank_of(setup.region, file.bank);
    if (!person || !bank) return refuse(Refusal::not_entitled, "the register or the banks changed");
    const auto day = day_of(a.issued);
    const auto records = records_of(setup, *person, a);
    if (!records) return refuse(Refusal::limit, records.error());
    auto list = cbor::Json::array();
    for (const auto& record : *records)
        list.push_back(cbor::Json::array({static_cast<unsigned>(record.file), static_cast<unsigned>(record.tag), cbor::bstr(record.value)}));
    const cbor::Json face = {{"authority", setup.region.authority},
                             {"bank", bank->name_zh},
                             {"card_number", a.card_number},
                             {"issue_date", fmt::format("{}年{}月", day.substr(0, 4), day.substr(4, 2))},
                             {"name", person->name},
                             {"social_security_number", social_security_number(*person)}};
    return cbor::write({{"application", cbor::bstr(file.id)},
                        {"attempt", static_cast<unsigned>(a.attempt)},
                        {"bank", file.bank},
                        {"bins", bank->bins},
                        {"card_number", a.card_number},
                        {"expires", static_cast<std::uint64_t>(a.expires)},
                        {"face", face},
                        {"issued", static_cast<std::uint64_t>(a.issued)},
                        {"kiosk", a.kiosk},
                        {"photo", cbor::bstr(sha256(file.portrait))},
                        {"records", list},
                        {"transport_pin", setup.region.transport_pin},
                        {"v", 1u}});
}

Asked<cbor::Json> signed_order(const CentralSetup& setup, const ApplicationFile& file, const Attempt& a) {
    const auto order = write_order(setup, file, a);
    if (!order) return std::unexpected(order.error());
    cbor::Json reply;
    reply["order"] = cbor::bstr(*order);
    reply["order_signature"] = cbor::bstr(sign("liqu order 1", *order, setup.keys));
    return reply;
}

}  // namespace

std::expected<std::vector<CardRecord>, std::string> records_of(const CentralSetup& setup, const RegisterEntry& person, const Attempt& a) {
    const auto day = day_of(a.issued);
    return card_records({.card_number = a.card_number, .issued_on = day, .valid_to = years_later(day, setup.region.valid_years), .number = social_security_number(person),
                                       .name = person.name, .birth = person.birth, .sex = person.sex, .nation = person.nation});
}

// ---- files -------------------------------------------------------------------------------------------------

std::optional<Attempt> Central::Impl::attempt_of(View id, int attempt) {
    Query row(*store, "SELECT application, attempt, kiosk, state, card_number, issued, expires, chip, atr, cryptograms FROM attempts WHERE application=? AND attempt=?",
              id, attempt);
    if (!row.step()) return {};
    return read_attempt(row);
}

std::optional<ApplicationFile> Central::Impl::application(View id) {
    ApplicationFile file;
    {
        Query row(*store, "SELECT id, portrait, person, kiosk, bank, mobile, photo_warnings, flat_field, document, evidence, guardian FROM applications WHERE id=?", id);
        if (!row.step()) return {};
        file = {row.blob(0), row.blob(1), row.text(2), row.text(3), row.text(4), row.text(5), {}, row.text(6), static_cast<int>(row.integer(7)), row.text(8), row.text(9), row.text(10)};
    }
    Query last(*store,
               "SELECT application, attempt, kiosk, state, card_number, issued, expires, chip, atr, cryptograms FROM attempts WHERE application=? "
               "ORDER BY attempt DESC LIMIT 1",
               id);
    if (last.step()) file.last = read_attempt(last);
    return file;
}

std::optional<ApplicationFile> Central::Impl::application_of(std::string_view person_key) {
    Bytes id;
    {
        Query row(*store, "SELECT id FROM applications WHERE person=?", person_key);
        if (!row.step()) return {};
        id = row.blob(0);
    }
    return application(id);
}

std::string Central::Impl::take_card_number() {
    Query(*store, "UPDATE meta SET v=CAST(CAST(v AS INTEGER)+1 AS TEXT) WHERE k='cards'").run();
    Query row(*store, "SELECT v FROM meta WHERE k='cards'");
    row.step();
    return card_number(setup.region.card_prefix[0], std::stoll(row.text(0)));
}

void Central::Impl::close_attempt(const Attempt& a, std::string_view state) {
    Query(*store, "UPDATE attempts SET state=? WHERE application=? AND attempt=?", state, a.application, a.attempt).run();
    set_card(a.card_number, CardState::gone_void, {});
}

Asked<cbor::Json> Central::Impl::lease(const ApplicationFile& file, int attempt, std::string_view kiosk) {
    const auto issued = now();
    const Attempt a{.application = file.id, .attempt = attempt, .kiosk = std::string(kiosk), .state = "leased", .card_number = take_card_number(),
                    .issued = issued, .expires = issued + setup.lease_seconds, .chip = {}, .atr = {}, .cryptograms = 0};
    Query(*store, "INSERT INTO attempts(application, attempt, kiosk, issued, expires, state, card_number) VALUES(?,?,?,?,?,'leased',?)", a.application, a.attempt, kiosk,
          a.issued, a.expires, std::string_view(a.card_number))
        .run();
    Query(*store, "INSERT INTO cards(number, application, attempt, state) VALUES(?,?,?,'INACTIVE')", std::string_view(a.card_number), a.application, a.attempt).run();
    return signed_order(setup, file, a);
}

/// People whose application was begun at a kiosk that we never see: attempt 1 ended before anything was made.
void Central::Impl::seed_applications() {
    for (const auto& person : setup.people->people()) {
        if (person.standing != Standing::pending_kiosk || application_of(person.key)) continue;
        auto id = sha256(view_of("begun elsewhere " + person.key));
        id.resize(16);
        Query(*store, "INSERT INTO applications(id, person, kiosk, bank, mobile, portrait, form, made) VALUES(?,?,?,?,?,?,x'',?)", id, std::string_view(person.key), elsewhere,
              std::string_view(person.bank.empty() ? setup.region.banks.front().id : person.bank), std::string_view(person.mobile), View(setup.people->portrait()),
              now())
            .run();
        const auto number = take_card_number();
        Query(*store, "INSERT INTO attempts(application, attempt, kiosk, issued, expires, state, card_number) VALUES(?,1,?,?,?,'not_started',?)", id, elsewhere, now(),
              now(), std::string_view(number))
            .run();
        Query(*store, "INSERT INTO cards(number, application, attempt, state) VALUES(?,?,1,'VOID')", std::string_view(number), id).run();
    }
}

// ---- apply -------------------------------------------------------------------------------------------------

namespace {
/// Under 7 the photograph may be left out (services.md): nothing was compared, a member of staff has looked.
bool may_lack_portrait(std::string_view birth, std::string_view today) {
    constexpr int seven_years = 7'00'00;  // of YYYYMMDD
    return birth.size() == 8 && std::stoi(std::string(today)) - std::stoi(std::string(birth)) < seven_years;
}
}  // namespace

Asked<void> Central::Impl::matched(const RequestHeader& h, const ApplyBody& b) {
    if (b.matched_by_staff && b.staff.empty()) return refuse(Refusal::not_matched, "a match by staff names nobody");
    if (!b.matched_by_staff && !b.staff.empty()) return refuse(Refusal::not_matched, "a match by the centre names a badge");
    const bool none_asked = std::ranges::all_of(b.reference, [](std::byte byte) { return byte == std::byte{0}; });
    const auto* person = setup.people->by_document(b.document.kind, b.document.nationality, b.document.number);
    if (b.portrait.empty() && !(none_asked && b.matched_by_staff && person && may_lack_portrait(person->birth, day_of(now()))))
        return refuse(Refusal::not_matched, "a portrait is missing");
    // The citizen refused the comparison: a member of staff alone may vouch.
    if (none_asked) return b.matched_by_staff ? Asked<void>{} : refuse(Refusal::not_matched, "no comparison was made");
    Query row(*store, "SELECT kiosk, number, result, portrait, made FROM matches WHERE reference=?", b.reference);
    if (!row.step() || row.text(0) != h.kiosk || row.text(1) != b.document.number) return refuse(Refusal::not_matched, "no such comparison of this person here");
    if (row.integer(4) < now() - match_lifetime_s) return refuse(Refusal::not_matched, "the comparison is too old");
    if (row.blob(3) != sha256(b.portrait)) return refuse(Refusal::not_matched, "the portrait is not the one that was compared");
    const auto result = row.text(2);
    const bool enough = result == "same" || (b.matched_by_staff && (result == "unsure" || setup.region.staff_may_override_different));
    if (!enough) return refuse(Refusal::not_matched, "the comparison said " + result);
    return {};
}

Asked<void> Central::Impl::may_apply(const RequestHeader& h, const ApplyBody& b) {
    {
        Query closed(*store, "SELECT 1 FROM outcomes WHERE application=? LIMIT 1", h.application);
        if (closed.step()) return refuse(Refusal::attempt_closed, "this application was reported as not begun");
    }
    if (!bank_of(setup.region, b.bank)) return refuse(Refusal::not_entitled, "no such bank");
    const auto found = holder(b.document);
    if (!found) return std::unexpected(found.error());
    const auto* person = *found;
    if (const auto by = guarded(h.version, *person, b.document, b.guardian); !by) return std::unexpected(by.error());
    if (auto looked = seen(b); !looked) return looked;
    if (person->standing != Standing::none) return refuse(Refusal::not_entitled, fmt::format("standing {}", name_of(person->standing)));
    if (application_of(person->key)) return refuse(Refusal::not_entitled, "an application is under way");
    if (!agreed(b, "notice")) return refuse(Refusal::not_entitled, "no consent to the notice");
    if (!b.matched_by_staff && !agreed(b, "face_match")) return refuse(Refusal::not_entitled, "no consent to the comparison");
    return matched(h, b);
}

Asked<cbor::Json> Central::Impl::apply(const RequestHeader& h, const ApplyBody& b, View opened) {
    if (const auto file = application(h.application)) {
        // Known under another step: the same form gets the same order, anything else is another application in its name.
        if (file->kiosk != h.kiosk) return refuse(Refusal::foreign_kiosk, "another kiosk's application");
        Query form(*store, "SELECT form FROM applications WHERE id=?", h.application);
        form.step();
        if (!std::ranges::equal(form.blob(0), opened)) return refuse(Refusal::payload_changed, "this application was made with another form");
        const auto first = attempt_of(h.application, 1);
        if (!first || first->state != "leased") return refuse(Refusal::attempt_closed, "the first attempt is over");
        return signed_order(setup, *file, *first);
    }
    if (auto may = may_apply(h, b); !may) return std::unexpected(may.error());
    const auto* person = setup.people->by_document(b.document.kind, b.document.nationality, b.document.number);
    const auto guardian = guarded(h.version, *person, b.document, b.guardian).value_or("");
    Query(*store, "INSERT INTO applications VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)", h.application, std::string_view(person->key), std::string_view(h.kiosk), std::string_view(b.bank),
          std::string_view(b.mobile), b.portrait, opened, now(), std::string_view(fmt::to_string(fmt::join(b.photo_warnings, " "))), b.flat_field,
          std::string_view(b.document.kind), std::string_view(b.document.evidence), std::string_view(guardian))
        .run();
    return lease(*application(h.application), 1, h.kiosk);
}

// ---- resume ------------------------------------------------------------------------------------------------

Asked<void> Central::Impl::make_room(const RequestHeader& h, const ApplicationFile& file) {
    const auto& last = file.last;
    if (active_card(file.id) || last.state == "issued" || last.state == "gone_unwitnessed") return refuse(Refusal::attempt_closed, "a card was handed out");
    if (parked(file.id, last.attempt)) return refuse(Refusal::not_entitled, "the last attempt is being reconciled");
    if (last.state != "leased") return {};
    if (now() > last.expires + setup.grace_seconds) {
        close_attempt(last, "fenced");
        return {};
    }
    if (last.kiosk != h.kiosk) return refuse(Refusal::leased_elsewhere, fmt::format("until {} UTC seconds", last.expires + setup.grace_seconds + 1));
    if (h.attempt >= last.attempt || last.cryptograms > 0) return refuse(Refusal::busy, "report the outcome of the last attempt first");
    // Its holder says, signed, that the order never arrived: nothing can have been made from it.
    close_attempt(last, "not_started");
    return {};
}

Asked<cbor::Json> Central::Impl::resume(const RequestHeader& h, const ResumeBody& b) {
    const auto file = application(h.application);
    if (!file) return refuse(Refusal::no_such_application, "");
    const auto person = holder(b.document);
    if (!person) return std::unexpected(person.error());
    if ((*person)->key != file->person) return refuse(Refusal::not_entitled, "another person's application");
    if (const auto by = guarded(h.version, **person, b.document, b.guardian); !by) return std::unexpected(by.error());
    if (auto room = make_room(h, *file); !room) return std::unexpected(room.error());
    if (file->last.attempt >= max_attempts) return refuse(Refusal::attempts_used_up, "");
    // What was made before may lie in a bin or a hand: from now on none of it can become this application's card.
    Query(*store, "UPDATE cards SET state='VOID' WHERE application=?", file->id).run();
    auto reply = lease(*file, file->last.attempt + 1, h.kiosk);
    if (!reply) return reply;
    (*reply)["mobile"] = file->mobile;
    (*reply)["portrait"] = cbor::bstr(file->portrait);
    return reply;
}

}  // namespace sim
