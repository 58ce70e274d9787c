// The chip of a social security card as a terminal meets it: dispatch, selection, records, transparent files. Keys and PIN are next door (_keys.cpp), the tables
// in _files.cpp. Written from the facts (social-security-card-files.md, -commands.md); where the standard is not public, from the header's convention.
#include "sim/models/answer.hpp"
#include "sim/models/social_security_card_files.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace sim {
namespace {

constexpr int with_tag = 0x00, next_with_tag = 0x02, by_number = 0x04;  // the low three bits of READ RECORD's P2
constexpr std::size_t challenge_bytes = 8;

constexpr Time quick = std::chrono::milliseconds{12}, writing = std::chrono::milliseconds{22};

const Bytes& pboc_name() {
    static const Bytes name = bytes_of({0xA0, 0x00, 0x00, 0x03, 0x33, 0x01, 0x01, 0x01});
    return name;
}

Bytes text_bytes(std::string_view text) {
    Bytes out;
    for (const char c : text) out.push_back(static_cast<std::byte>(c));
    return out;
}

/// Digits as BCD, an odd number filled up with F.
Bytes bcd(std::string_view digits) {
    Bytes out;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const int high = digits[i] - '0', low = i + 1 < digits.size() ? digits[i + 1] - '0' : 0xF;
        out.push_back(static_cast<std::byte>(high << 4 | low));
    }
    return out;
}

std::string hex_of(View view) {
    std::string out;
    for (const std::byte b : view) {
        for (const int nibble : {std::to_integer<int>(b) >> 4, std::to_integer<int>(b) & 0xF}) out.push_back("0123456789ABCDEF"[nibble]);
    }
    return out;
}

Bytes template_of(int tag, View content) {
    Bytes out = bytes_of({tag, static_cast<int>(content.size())});
    append(out, content);
    return out;
}

std::string_view version_of(CardGeneration generation) {
    switch (generation) {
        case CardGeneration::v1_00: return "1.00";
        case CardGeneration::v2_00: return "2.00";
        case CardGeneration::v3_00: return "3.00";
    }
    return {};
}

}  // namespace

Bytes SocialSecurityCard::reset() {
    if (mute_after == 0) mute_after.reset();
    forget();
    if (dead || disturbance == Disturbance::off) return {};
    // 13 historical bytes ("card reset information"): T8..TA the city, TB..TD the chip's serial number.
    Bytes history = bytes_of({0x00, 0x81, 0x4C, 0x49, 0x51, 0x55, 0x20});
    append(history, View{setup_.identification_code}.first(3));
    append(history, View{setup_.identification_code}.subspan(9, 3));
    const bool t1 = setup_.transport == CardTransport::t1;
    Bytes atr = t1 ? bytes_of({0x3B, 0xED, 0x00, 0x00, 0x01}) : bytes_of({0x3B, 0x6D, 0x00, 0x00});
    append(atr, history);
    if (!t1) return atr;
    std::byte check{};  // ISO 7816-3: a card that offers T=1 ends its ATR with TCK
    for (const std::byte b : View{atr}.subspan(1)) check ^= b;
    atr.push_back(check);
    return atr;
}

/// What a reset does to the chip's memory of this conversation.
void SocialSecurityCard::forget() {
    selected_ = nothing;
    file_ = occurrence_ = 0;
    rights_.clear();
    pin_verified_ = false;
    last_challenge_.clear();
    pending_.clear();
}

Bytes SocialSecurityCard::answer(View apdu, Time& took) {
    took = quick;
    if (dead || mute_after == 0 || disturbance == Disturbance::off || disturbance == Disturbance::stuck || disturbance == Disturbance::unplugged) return {};
    if (mute_after) --*mute_after;
    ++answers_;
    if (disturbance == Disturbance::intermittent && answers_ % 3 == 0) return status(0x6F00);
    if (reset_after && (*reset_after)-- <= 0) {
        reset_after.reset();
        forget();
    }
    Bytes out = transmit(apdu, took);
    if (disturbance == Disturbance::slow) took *= 20;
    if (disturbance == Disturbance::delayed) took += std::chrono::seconds{2};
    if (disturbance == Disturbance::garbage) {
        for (std::size_t i = 0; i + 2 < out.size(); i += 3) out[i] ^= std::byte{0x5A};
        if (out.size() == 2) out[1] ^= std::byte{0x5A};
    }
    if (disturbance == Disturbance::wrong) std::swap(out, earlier_);
    return out.empty() ? status(0x9000) : out;
}

/// The dispatch. With T=0 manners an answer to a command with data is announced by 61xx and fetched by GET RESPONSE.
Bytes SocialSecurityCard::transmit(View apdu, Time& took) {
    if (apdu.size() < 4) return status(0x6700);
    const Command c = Command::of(apdu);
    if (c.malformed) return status(0x6700);
    if (blocked_ == Blocked::card) return status(0x6A81);
    if (c.cla == 0x80 && c.ins == 0x5E) return change_pin(c, took);
    if (c.cla == 0x84) return maintain(c, took);
    if (c.cla != 0x00) return status(c.cla == 0x80 ? 0x6D00 : 0x6E00);
    Bytes out;
    switch (c.ins) {
        case 0xC0: out = with_status(std::exchange(pending_, {}), 0x9000); return out.size() > 2 ? out : status(0x6985);
        case 0xA4: out = select(c); break;
        case 0x88: out = internal_authenticate(c, took); break;
        case 0xB2: return read_record(c);
        case 0xDC: return update_record(c, took);
        case 0xB0: return read_binary(c);
        case 0xD6: return update_binary(c, took);
        case 0x84: return get_challenge(c);
        case 0x82: return external_authenticate(c, took);
        case 0x20: return verify_pin(c, took);
        default: return status(0x6D00);
    }
    if (t0_manners && setup_.transport == CardTransport::t0 && out.size() > 2) {
        pending_.assign(out.begin(), out.end() - 2);
        return status(0x6100 | static_cast<int>(pending_.size()));
    }
    return out;
}

SocialSecurityCard::Command SocialSecurityCard::Command::of(View apdu) {
    const auto at = [&](std::size_t i) { return std::to_integer<int>(apdu[i]); };
    Command c{.cla = at(0), .ins = at(1), .p1 = at(2), .p2 = at(3), .data = {}, .le = std::nullopt, .malformed = false};
    if (apdu.size() == 5) c.le = at(4) == 0 ? 256 : at(4);
    if (apdu.size() <= 5) return c;
    const auto lc = static_cast<std::size_t>(at(4));
    if (lc == 0 || (apdu.size() != 5 + lc && apdu.size() != 6 + lc)) {
        c.malformed = true;
        return c;
    }
    c.data = apdu.subspan(5, lc);
    if (apdu.size() == 6 + lc) c.le = at(5 + lc) == 0 ? 256 : at(5 + lc);
    return c;
}

Bytes SocialSecurityCard::select(const Command& c) {
    if (c.p1 == 0x04) return select_directory(c);
    if ((c.p1 != 0x02 && c.p1 != 0x00) || c.p2 != 0x00) return status(0x6A86);
    if (c.data.size() != 2) return status(0x6700);
    if (selected_ < first_directory) return status(0x6A82);
    const int id = std::to_integer<int>(c.data[0]) << 8 | std::to_integer<int>(c.data[1]);
    const int file = file_in(static_cast<Directory>(selected_ - first_directory), id);
    if (!card_files::find(setup_.generation, file)) return status(0x6A82);
    file_ = file;
    occurrence_ = 0;
    return status(0x9000);
}

Bytes SocialSecurityCard::select_directory(const Command& c) {
    if (c.p2 != 0x00) return status(0x6A86);
    const bool banking = std::ranges::equal(c.data, pboc_name());
    const auto directory = card_files::directory_of(c.data);
    if (!banking && !directory) return status(0x6A82);
    if (!banking && blocked_ == Blocked::application) return status(0x6A81);
    if (!banking && blocked_ == Blocked::application_for_ever) return status(0x9303);
    const int chosen = banking ? bank : first_directory + static_cast<int>(*directory);
    if (chosen != selected_) rights_.clear();  // ISO 7816-4: another DF ends the rights of this one
    if (banking != (selected_ == bank)) pin_verified_ = false;  // the PIN is the whole SSSE's
    selected_ = chosen;
    file_ = occurrence_ = 0;
    if (banking) {
        Bytes content = template_of(0x84, pboc_name());
        append(content, template_of(0xA5, template_of(0x50, text_bytes("PBOC DEBIT"))));
        return with_status(template_of(0x6F, content), 0x9000);
    }
    Bytes content = template_of(0x84, card_files::aid_of(*directory));
    // 9F0C 03 8601xx names the algorithm; the oldest cards say nothing, which means 3DES.
    const bool says = setup_.generation != CardGeneration::v1_00 || setup_.algorithm != CardAlgorithm::triple_des;
    if (*directory == Directory::ssse && says) append(content, template_of(0xA5, bytes_of({0x9F, 0x0C, 0x03, 0x86, 0x01, static_cast<int>(setup_.algorithm)})));
    return with_status(template_of(0x6F, content), 0x9000);
}

/// The EF that `sfi` means: 0 the selected one, otherwise EFxx of this directory. 0: none selected; -1: no such file.
int SocialSecurityCard::file_of(int sfi) const {
    if (sfi == 0) return file_;
    const int file = file_in(static_cast<Directory>(selected_ - first_directory), 0xEF00 | sfi);
    return card_files::find(setup_.generation, file) ? file : -1;
}

bool SocialSecurityCard::may_read(int file, int tag) const {
    using card_files::Read;
    const auto* row = card_files::find(setup_.generation, file);
    Read rule = row->read;
    const bool basic = file == 0xEF05, identity = basic && (tag == 0x01 || tag == 0x03 || tag == 0x07);
    if (setup_.generation == CardGeneration::v3_00 && (basic || file == 0xEF06)) rule = identity ? Read::free : Read::key;
    const bool key = rights_.contains(row->read_key);
    switch (rule) {
        case Read::free: return true;
        case Read::key: return key;
        case Read::pin_or_key: return pin_verified_ || key;
        case Read::pin_and_key: return pin_verified_ && key;
    }
    return false;
}

bool SocialSecurityCard::may_write(int file) const { return rights_.contains(card_files::find(setup_.generation, file)->write_key); }

/// The whole of a record is asked for by its size or by 00.
Bytes SocialSecurityCard::cut(Bytes whole, int le) const {
    const int size = static_cast<int>(whole.size());
    const bool wants_all = le == 256 && !(t0_manners && setup_.transport == CardTransport::t0);
    if (le != size && !wants_all) return status(0x6C00 | (size & 0xFF));
    return with_status(std::move(whole), 0x9000);
}

Bytes SocialSecurityCard::read_bank_record(const Command& c) const {
    if (c.p2 != (1 << 3 | by_number)) return status(0x6A82);
    if (c.p1 != 1) return status(0x6A83);
    Bytes content = bytes_of({0x5F, 0x24, 0x03, 0x36, 0x12, 0x31});  // an expiry before the number, so that nobody counts on an offset
    append(content, template_of(0x5A, bcd(setup_.bank_number)));
    return cut(template_of(0x70, content), *c.le);
}

Bytes SocialSecurityCard::read_record(const Command& c) {
    if (!c.data.empty() || !c.le) return status(0x6700);
    if (selected_ == bank) return read_bank_record(c);
    if (selected_ < first_directory) return status(0x6985);
    const int file = file_of(c.p2 >> 3), how = c.p2 & 7;
    if (how != with_tag && how != next_with_tag && how != by_number) return status(0x6A86);
    if (file <= 0) return status(file < 0 ? 0x6A82 : 0x6985);
    const auto* row = card_files::find(setup_.generation, file);
    if (row->kind == card_files::Kind::transparent) return status(0x6981);
    if ((row->kind == card_files::Kind::cyclic) != (how == by_number)) return status(0x6A86);
    if (!may_read(file, c.p1)) return status(0x6982);
    if (how != by_number) return read_by_tag(file, c);
    const auto& rows = cyclic[file];
    if (c.p1 < 1 || c.p1 > row->records || static_cast<std::size_t>(c.p1) > rows.size()) return status(0x6A83);
    file_ = file;
    Bytes record = rows[static_cast<std::size_t>(c.p1 - 1)];
    record.resize(static_cast<std::size_t>(row->size));
    return cut(std::move(record), *c.le);
}

Bytes SocialSecurityCard::read_by_tag(int file, const Command& c) {
    const auto found = records.find({file, c.p1});
    const auto tag = card_files::find_tag(setup_.generation, file, c.p1);
    if (found == records.end() || !tag) return status(0x6A83);
    const bool next = (c.p2 & 7) == next_with_tag && file == file_;
    const int wanted = next ? occurrence_ + 1 : 0;
    const auto length = static_cast<std::size_t>(tag->groups == 1 ? static_cast<int>(found->second.size()) : tag->length);
    const std::size_t at = static_cast<std::size_t>(wanted) * length;
    if (length == 0 || length > 0xFF || at + length > found->second.size()) return status(0x6A83);
    Bytes out = cut(template_of(c.p1, View{found->second}.subspan(at, length)), *c.le);
    file_ = file;
    if (out.size() > 2) occurrence_ = wanted;
    return out;
}

bool SocialSecurityCard::torn() {
    if (!torn_after_writes || --*torn_after_writes > 0) return false;
    torn_after_writes.reset();
    return true;
}

Bytes SocialSecurityCard::update_record(const Command& c, Time& took) {
    if (selected_ < first_directory) return status(0x6985);
    if (c.p2 & 7) return status(0x6A86);
    const int file = file_of(c.p2 >> 3);
    if (file <= 0) return status(0x6A82);
    if (card_files::find(setup_.generation, file)->kind != card_files::Kind::tagged) return status(0x6981);
    if (!may_write(file)) return status(0x6982);
    const auto tag = card_files::find_tag(setup_.generation, file, c.p1);
    if (!tag) return status(0x6A83);
    const auto length = static_cast<std::size_t>(tag->length);
    const Bytes head = bytes_of({c.p1, tag->length});
    if (c.data.size() != length + 2 || !std::ranges::equal(c.data.first(2), head)) return status(0x6700);
    took = writing;
    const View value = c.data.subspan(2);
    Bytes& stored = records[{file, c.p1}];
    if (torn()) {
        stored.resize(length);
        std::ranges::copy(value.first(length / 2), stored.begin());
        return status(0x6581);
    }
    stored.assign(value.begin(), value.end());
    ++writes;
    return status(0x9000);
}

/// A transparent file's bytes at their full size.
const Bytes& SocialSecurityCard::content(int file) {
    Bytes& bytes = binaries[file];
    if (file == file_in(Directory::acse, 0xEF18) && bytes.empty()) bytes = signature_public_key();
    bytes.resize(static_cast<std::size_t>(card_files::size_of(setup_.generation, *card_files::find(setup_.generation, file))));
    return bytes;
}

/// The selected transparent file, or in `refusal` why not.
int SocialSecurityCard::transparent_file(const Command& c, int& refusal) const {
    refusal = 0;
    if (selected_ < first_directory || file_ == 0) return refusal = 0x6986, 0;
    if (card_files::find(setup_.generation, file_)->kind != card_files::Kind::transparent) return refusal = 0x6981, 0;
    if (c.p1 & 0x80) return refusal = 0x6A86, 0;  // short file ids are not offered here
    return file_;
}

Bytes SocialSecurityCard::read_binary(const Command& c) {
    int refusal = 0;
    const int file = transparent_file(c, refusal);
    if (refusal) return status(refusal);
    if (!c.data.empty() || !c.le) return status(0x6700);
    if (!may_read(file, 0)) return status(0x6982);
    const Bytes& whole = content(file);
    const auto offset = static_cast<std::size_t>(c.p1 << 8 | c.p2);
    if (offset >= whole.size()) return status(0x6B00);
    const auto rest = View{whole}.subspan(offset);
    const auto wanted = static_cast<std::size_t>(*c.le);
    if (wanted <= rest.size()) return with_status(Bytes(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(wanted)), 0x9000);
    return cut(Bytes(rest.begin(), rest.end()), *c.le);
}

Bytes SocialSecurityCard::update_binary(const Command& c, Time& took) {
    int refusal = 0;
    const int file = transparent_file(c, refusal);
    if (refusal) return status(refusal);
    if (!may_write(file)) return status(0x6982);
    if (c.data.empty() || c.le) return status(0x6700);
    const auto offset = static_cast<std::size_t>(c.p1 << 8 | c.p2);
    if (offset + c.data.size() > content(file).size()) return status(offset >= content(file).size() ? 0x6B00 : 0x6A84);
    took = writing;
    Bytes& whole = binaries[file];
    const bool half = torn();
    std::ranges::copy(half ? c.data.first(c.data.size() / 2) : c.data, whole.begin() + static_cast<std::ptrdiff_t>(offset));
    if (half) return status(0x6581);
    ++writes;
    return status(0x9000);
}

Bytes SocialSecurityCard::get_challenge(const Command& c) {
    if (c.p1 != 0 || c.p2 != 0) return status(0x6A86);
    if (!c.data.empty() || c.le != static_cast<int>(challenge_bytes)) return status(0x6700);
    Dice dice(setup_.seed * 1'000'003 + ++challenges_);
    last_challenge_.clear();
    for (std::size_t i = 0; i < challenge_bytes; ++i) last_challenge_.push_back(static_cast<std::byte>(dice.next() >> 32));
    return with_status(last_challenge_, 0x9000);
}

std::string SocialSecurityCard::to_json() const {
    nlohmann::ordered_json out;
    out["identification_code"] = hex_of(setup_.identification_code);
    out["bank_number"] = setup_.bank_number;
    out["generation"] = version_of(setup_.generation);
    out["algorithm"] = setup_.algorithm == CardAlgorithm::sm4 ? "SM4" : "3DES";
    out["files"] = nlohmann::ordered_json::object();
    for (const auto& [place, value] : records) out["files"][card_files::name_of(place.first)][hex_of(bytes_of({place.second}))] = hex_of(value);
    for (const auto& [file, value] : binaries) out["binaries"][card_files::name_of(file)] = hex_of(value);
    out["pin_changed"] = pin_ != setup_.transport_pin;
    out["pin_tries"] = pin_tries;
    return out.dump(2);
}

SocialSecurityCard::SocialSecurityCard(Setup setup) : setup_(std::move(setup)), pin_(setup_.transport_pin) {
    if (setup_.identification_code.size() != 16 || setup_.master_key.size() != 16) throw std::logic_error("a card needs an identification code and a key of 16 bytes");
    derive_keys();
    std::fill(setup_.master_key.begin(), setup_.master_key.end(), std::byte{});  // the card never held it
    records[{0xEF05, 0x01}] = setup_.identification_code;
    records[{0xEF05, 0x02}] = text_bytes("1");
    records[{0xEF05, 0x03}] = text_bytes(version_of(setup_.generation));
}

}  // namespace sim
