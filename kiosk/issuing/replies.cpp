// What the kiosk reads: headers and bodies of replies, and orders. Every field has a type, a range and a limit; an unknown key is refused.
#include "kiosk/issuing/messages.hpp"
#include "kiosk/issuing/reading.hpp"

#include <fmt/format.h>

namespace kiosk::wire {

namespace {
constexpr std::size_t card_number_size = 9, bin_size = 6, max_number_size = 18, mobile_size = 11;

constexpr std::string_view refusal_words[] = {"forged",         "not_enrolled",   "foreign_kiosk",    "replayed",     "expired",     "malformed",  "payload_changed", "no_such_application",
                                              "leased_elsewhere", "attempt_closed", "attempts_used_up", "not_entitled", "not_matched", "wrong_chip", "limit",           "busy"};

constexpr std::pair<std::string_view, StandingKind> standings[] = {
    {"none", StandingKind::none},
    {"pending_kiosk", StandingKind::pending_kiosk},
    {"pending_batch", StandingKind::pending_batch},
    {"pending_bank", StandingKind::pending_bank},
    {"made_not_collected", StandingKind::made_not_collected},
    {"active_card", StandingKind::active_card},
    {"card_not_activated", StandingKind::card_not_activated},
    {"not_insured", StandingKind::not_insured},
};
constexpr std::pair<std::string_view, MatchResult> matches[] = {{"same", MatchResult::same}, {"different", MatchResult::different}, {"unsure", MatchResult::unsure}};

template <class T, std::size_t N>
T choose(Fields& fields, const char* key, const std::pair<std::string_view, T> (&words)[N]) {
    const auto word = fields.text(key, 1, max_id_text);
    for (const auto& [name, value] : words)
        if (word == name) return value;
    fields.refuse(key, "unknown word");
    return words[0].second;
}

std::string one_of(Fields& fields, const char* key, std::initializer_list<std::string_view> words) {
    auto word = fields.text(key, 1, max_id_text);
    if (std::ranges::find(words, word) == words.end()) fields.refuse(key, "unknown word");
    return word;
}

bool all_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string digits(Fields& fields, const char* key, std::size_t min, std::size_t max) {
    auto text = fields.text(key, min, max);
    if (!all_digits(text)) fields.refuse(key, "digits wanted");
    return text;
}

std::vector<std::string> bins(Fields& fields) {
    std::vector<std::string> out;
    for (const auto& bin : fields.array("bins", 1, max_bins)) {
        const bool good = bin.is_string() && bin.get_ref<const std::string&>().size() == bin_size && all_digits(bin.get_ref<const std::string&>());
        if (good) out.push_back(bin.get<std::string>());
        else fields.refuse("bins", "six digits each wanted");
    }
    return out;
}

OrderBytes order_bytes(Fields& f) { return {f.bytes("order", 1, max_order_bytes), f.bytes("order_signature", signature_size)}; }

/// What answers to a document and to a code have in common.
Standing standing_told(Fields& f) {
    Standing s;
    s.kind = choose(f, "standing", standings);
    if (f.has("when")) s.when = f.text("when", 0, max_reply_text);
    if (f.has("where_en")) s.where_en = f.text("where_en", 0, max_reply_text);
    if (f.has("where_zh")) s.where_zh = f.text("where_zh", 0, max_reply_text);
    return s;
}

/// One character of UTF-8, then nothing but stars: who holds a code before the camera need not be its owner, and bystanders read along.
bool masked(std::string_view name) {
    std::size_t first = 1;
    while (first < name.size() && (static_cast<std::uint8_t>(name[first]) & 0xC0) == 0x80) ++first;
    return first < name.size() && name.find_first_not_of('*', first) == std::string_view::npos;
}

std::vector<drivers::ChipRecord> records(Fields& f) {
    constexpr std::uint64_t max_file = 0xFFFF, max_tag = 0xFF;
    std::vector<drivers::ChipRecord> out;
    for (const auto& r : f.array("records", 1, max_records)) {
        const bool shaped = r.is_array() && r.size() == 3 && r[0].is_number_unsigned() && r[1].is_number_unsigned() && r[2].is_binary();
        if (!shaped || r[0].get<std::uint64_t>() > max_file || r[1].get<std::uint64_t>() > max_tag || r[2].get_binary().size() > max_record_value) {
            f.refuse("records", "[file, tag, value] each wanted");
            return {};
        }
        out.push_back({r[0].get<std::uint16_t>(), r[1].get<std::uint8_t>(), drivers::to_bytes(std::as_bytes(std::span<const std::uint8_t>{r[2].get_binary()}))});
    }
    return out;
}
}  // namespace

Result<ReplyHeader> decode_header(View bytes) {
    return read_map(bytes, max_header_bytes, "reply-header", [](Fields& f) {
        ReplyHeader h;
        h.re = f.bytes("re", hash_size);
        h.sent = time(f, "sent");
        h.ok = one_of(f, "status", {"ok", "refused"}) == "ok";
        h.type = f.text("type", 0, max_id_text);
        version(f);
        return h;
    });
}

Result<std::string> decode_refusal(View body) {
    return read_map(body, max_message_bytes, "refused", [](Fields& f) {
        auto code = f.text("code", 1, max_id_text);
        if (std::ranges::find(refusal_words, code) == std::ranges::end(refusal_words)) f.refuse("code", "unknown word");
        f.text("detail", 0, max_refusal_detail);  // checked, never shown and never logged
        return code;
    });
}

Result<HelloReply> decode_hello(View body) {
    return read_map(body, max_message_bytes, "hello-reply", [](Fields& f) {
        constexpr std::uint64_t max_presence_seconds = 3600;
        HelloReply out;
        for (const auto& entry : f.array("banks", 0, max_banks)) {
            Fields b(entry, "hello-reply.banks[]", f.refusal());
            Bank bank;
            bank.bins = bins(b);
            bank.id.value = b.text("id", 1, max_id_text);
            bank.name_en = b.text("name_en", 1, max_face_text);
            bank.name_zh = b.text("name_zh", 1, max_face_text);
            b.end();
            out.banks.push_back(std::move(bank));
        }
        out.ledger_restored = one_of(f, "ledger", {"known", "new", "restored"}) == "restored";
        f.number("presence", max_presence_seconds);  // the kiosk's own presence_limit rules; the centre's is for its operators
        f.text("windows", 0, max_reply_text);
        return out;
    });
}

Result<Standing> decode_standing(View body) {
    return read_map(body, max_message_bytes, "inquire-reply", [](Fields& f) {
        auto s = standing_told(f);
        if (f.has("application")) s.application.value = f.bytes("application", id_size);
        else if (s.kind == StandingKind::pending_kiosk) f.refuse("application", "missing: nothing to resume");
        return s;
    });
}

Result<Standing> decode_ecard_standing(View body) {
    return read_map(body, max_message_bytes, "inquire-reply", [](Fields& f) {
        constexpr std::size_t min_masked = 2, max_masked = 16;
        auto s = standing_told(f);
        if (!f.has("name")) return s;
        s.masked_name = f.text("name", min_masked, max_masked);
        if (!masked(s.masked_name)) f.refuse("name", "one character and stars wanted");
        return s;
    });
}

Result<Match> decode_match(View body) {
    return read_map(body, max_message_bytes, "verify-reply", [](Fields& f) {
        Match m;
        m.result = choose(f, "match", matches);
        m.reference = f.bytes("reference", id_size);
        return m;
    });
}

Result<OrderBytes> decode_apply(View body) { return read_map(body, max_message_bytes, "apply-reply", order_bytes); }

Result<ResumeBytes> decode_resume(View body) {
    return read_map(body, max_message_bytes, "resume-reply", [](Fields& f) {
        ResumeBytes out;
        out.mobile = digits(f, "mobile", 0, mobile_size);
        out.order = order_bytes(f);
        out.portrait = f.bytes("portrait", 0, max_portrait_bytes);  // none of a small child
        return out;
    });
}

Result<OutcomeReply> decode_outcome(View body) {
    return read_map(body, max_message_bytes, "outcome-reply", [](Fields& f) {
        OutcomeReply out;
        out.active = f.flag("active");
        out.accepted = one_of(f, "result", {"accepted", "disputed"}) == "accepted";
        if (f.has("reason")) out.reason = f.text("reason", 0, max_refusal_detail);
        return out;
    });
}

Result<Issuing::ApplicationStatus> decode_status(View body) {
    return read_map(body, max_message_bytes, "status-reply", [](Fields& f) {
        Issuing::ApplicationStatus out;
        out.active = f.flag("active");
        out.attempt = static_cast<int>(f.number("attempt", max_attempt));
        out.state = one_of(f, "state", {"unknown", "pending", "leased", "issued", "not_taken", "spoiled", "disputed"});
        return out;
    });
}

Result<ParsedOrder> decode_order(View bytes) {
    constexpr std::size_t max_kiosk = 32, min_pin = 4, max_pin = 12;
    return read_map(bytes, max_order_bytes, "order", [](Fields& f) {
        ParsedOrder out;
        auto& o = out.order;
        o.application.value = f.bytes("application", id_size);
        o.attempt = static_cast<int>(f.number("attempt", max_attempt));
        if (o.attempt == 0) f.refuse("attempt", "1 or more wanted");
        o.bank.value = f.text("bank", 1, max_id_text);
        o.bins = bins(f);
        o.card_number = f.text("card_number", card_number_size, card_number_size);
        o.expires = time(f, "expires");
        auto face = f.map("face");
        o.face = {face.text("authority", 1, max_face_text), face.text("bank", 1, max_face_text),
                  face.text("card_number", card_number_size, card_number_size), face.text("issue_date", 1, max_id_text),
                  face.text("name", 1, max_face_text), face.text("social_security_number", 1, max_number_size)};
        face.end();
        o.issued = time(f, "issued");
        out.kiosk = f.text("kiosk", 1, max_kiosk);
        o.photo_sha256 = f.bytes("photo", hash_size);
        o.records = records(f);
        auto pin = digits(f, "transport_pin", min_pin, max_pin);
        o.transport_pin = Secret{pin};
        drivers::wipe(pin);
        version(f);
        if (o.expires <= o.issued) f.refuse("expires", "later than issued wanted");
        if (o.face.card_number != o.card_number) f.refuse("face.card_number", "the order's card number wanted");
        return out;
    });
}

}  // namespace kiosk::wire
