// The chip of a social security card, generation 2.00: files, access rules, keys, PIN and the bank's number, as a terminal meets them.
// Written from the facts (social-security-card-files.md, -commands.md); where the standard is not public, from smart_card.hpp's stated convention.
#include "sim/models/answer.hpp"
#include "sim/models/smart_card.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <stdexcept>

namespace sim {
namespace {

enum Application { nothing = 0, ssse = 1, pboc = 2 };
constexpr int key_uk_ssse = 0x12;
constexpr int pin_tries_given = 3, key_tries_given = 5;
constexpr std::size_t challenge_bytes = 8;

constexpr Time quick = std::chrono::milliseconds{12}, writing = std::chrono::milliseconds{22}, computing = std::chrono::milliseconds{30};

const Bytes& ssse_name() {
    static const Bytes name = bytes_of({0x73, 0x78, 0x31, 0x2E, 0x73, 0x68, 0x2E, 0xC9, 0xE7, 0xBB, 0xE1, 0xB1, 0xA3, 0xD5, 0xCF});
    return name;
}
const Bytes& pboc_name() {
    static const Bytes name = bytes_of({0xA0, 0x00, 0x00, 0x03, 0x33, 0x01, 0x01, 0x01});
    return name;
}

/// Length of a record by file and tag; 0 when the file has no such record.
std::size_t record_length(int file, int tag) {
    static const std::map<std::pair<int, int>, std::size_t> lengths = {
        {{0xEF05, 0x01}, 0x10}, {{0xEF05, 0x02}, 0x01}, {{0xEF05, 0x03}, 0x04}, {{0xEF05, 0x04}, 0x0C}, {{0xEF05, 0x05}, 0x04},
        {{0xEF05, 0x06}, 0x04}, {{0xEF05, 0x07}, 0x09}, {{0xEF06, 0x08}, 0x12}, {{0xEF06, 0x09}, 0x1E}, {{0xEF06, 0x4E}, 0x14},
        {{0xEF06, 0x0A}, 0x01}, {{0xEF06, 0x0B}, 0x01}, {{0xEF06, 0x0C}, 0x03}, {{0xEF06, 0x0D}, 0x04}};
    const auto found = lengths.find({file, tag});
    return found == lengths.end() ? 0 : found->second;
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

/// BCD to digits; nothing for another nibble, or a fill before the end.
std::optional<std::string> digits_of(View value) {
    std::string out;
    bool ended = false;
    for (const std::byte b : value) {
        for (const int nibble : {std::to_integer<int>(b) >> 4, std::to_integer<int>(b) & 0xF}) {
            if (nibble == 0xF) {
                ended = true;
            } else if (ended || nibble > 9) {
                return std::nullopt;
            } else {
                out.push_back(static_cast<char>('0' + nibble));
            }
        }
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

Bytes diversified(View key, View factor) {
    Bytes inverse(factor.begin(), factor.end());
    for (std::byte& b : inverse) b = ~b;
    Bytes out = triple_des(key, factor);
    append(out, triple_des(key, inverse));
    return out;
}

}  // namespace

Bytes triple_des(View key16, View block8) {
    if (key16.size() != 16 || block8.size() != 8) throw std::logic_error("triple_des: a key of 16 and a block of 8 bytes");
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    Bytes out(16);
    int size = 0;
    const auto raw = [](auto* p) { return reinterpret_cast<unsigned char*>(p); };
    if (!context || EVP_EncryptInit_ex(context.get(), EVP_des_ede(), nullptr, reinterpret_cast<const unsigned char*>(key16.data()), nullptr) != 1 ||
        EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
        EVP_EncryptUpdate(context.get(), raw(out.data()), &size, reinterpret_cast<const unsigned char*>(block8.data()), 8) != 1 || size != 8) {
        throw std::runtime_error("triple_des: OpenSSL refused");
    }
    out.resize(8);
    return out;
}

SocialSecurityCard::SocialSecurityCard(Setup setup) : setup_(std::move(setup)), pin_(setup_.transport_pin) {
    if (setup_.identification_code.size() != 16 || setup_.master_key.size() != 16) throw std::logic_error("a card needs an identification code and a key of 16 bytes");
    card_key_ = diversified(setup_.master_key, View{setup_.identification_code}.last(8));
    std::fill(setup_.master_key.begin(), setup_.master_key.end(), std::byte{});  // the card never held it
    records[{0xEF05, 0x01}] = setup_.identification_code;
    records[{0xEF05, 0x02}] = text_bytes("1");
    records[{0xEF05, 0x03}] = text_bytes("2.00");
}

Bytes SocialSecurityCard::reset() {
    if (mute_after == 0) mute_after.reset();
    selected_ = nothing;
    file_ = 0;
    authenticated_ = pin_verified_ = false;
    last_challenge_.clear();
    pending_.clear();
    if (dead || disturbance == Disturbance::off) return {};
    // T=0, 13 historical bytes ("card reset information"): T8..TA the city, TB..TD the chip's serial number.
    Bytes atr = bytes_of({0x3B, 0x6D, 0x00, 0x00, 0x00, 0x81, 0x4C, 0x49, 0x51, 0x55, 0x20});
    append(atr, View{setup_.identification_code}.first(3));
    append(atr, View{setup_.identification_code}.subspan(9, 3));
    return atr;
}

Bytes SocialSecurityCard::answer(View apdu, Time& took) {
    took = quick;
    if (dead || mute_after == 0 || disturbance == Disturbance::off || disturbance == Disturbance::stuck || disturbance == Disturbance::unplugged) return {};
    if (mute_after) --*mute_after;
    ++answers_;
    if (disturbance == Disturbance::intermittent && answers_ % 3 == 0) return status(0x6F00);
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

/// The dispatch. With T=0 manners a long answer is announced by 61xx and fetched by GET RESPONSE.
Bytes SocialSecurityCard::transmit(View apdu, Time& took) {
    if (apdu.size() < 4) return status(0x6700);
    const Command c = Command::of(apdu);
    if (c.malformed) return status(0x6700);
    if (c.cla == 0x80 && c.ins == 0x5E) return change_pin(c, took);
    if (c.cla != 0x00) return status(c.cla == 0x80 ? 0x6D00 : 0x6E00);
    Bytes out;
    switch (c.ins) {
        case 0xC0: out = with_status(std::exchange(pending_, {}), 0x9000); return out.size() > 2 ? out : status(0x6985);
        case 0xA4: out = select(c); break;
        case 0xB2: return read_record(c);
        case 0xDC: return update_record(c, took);
        case 0x84: return get_challenge(c);
        case 0x82: return external_authenticate(c, took);
        case 0x20: return verify_pin(c, took);
        default: return status(0x6D00);
    }
    if (t0_manners && out.size() > 2) {
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
    const auto is = [&](const Bytes& name) { return std::ranges::equal(c.data, name); };
    if (c.p1 == 0x04) {
        if (c.p2 != 0x00) return status(0x6A86);
        const int chosen = is(ssse_name()) ? ssse : is(pboc_name()) ? pboc : nothing;
        if (chosen == nothing) return status(0x6A82);
        if (chosen != selected_) authenticated_ = pin_verified_ = false;  // ISO 7816-4: another DF ends the rights of this one
        selected_ = chosen;
        file_ = 0;
        Bytes content = template_of(0x84, chosen == ssse ? ssse_name() : pboc_name());
        // 9F0C 03 8601xx names the algorithm: 01 is 3DES.
        append(content, chosen == ssse ? template_of(0xA5, bytes_of({0x9F, 0x0C, 0x03, 0x86, 0x01, 0x01})) : template_of(0xA5, template_of(0x50, text_bytes("PBOC DEBIT"))));
        return with_status(template_of(0x6F, content), 0x9000);
    }
    if ((c.p1 != 0x02 && c.p1 != 0x00) || c.p2 != 0x00) return status(0x6A86);
    if (c.data.size() != 2) return status(0x6700);
    const int id = std::to_integer<int>(c.data[0]) << 8 | std::to_integer<int>(c.data[1]);
    if (selected_ != ssse || (id != 0xEF05 && id != 0xEF06)) return status(0x6A82);
    file_ = id;
    return status(0x9000);
}

Bytes SocialSecurityCard::read_record(const Command& c) {
    if (!c.data.empty() || !c.le) return status(0x6700);
    Bytes record;
    if (selected_ == pboc) {
        if (c.p2 != (1 << 3 | 4)) return status(0x6A82);
        if (c.p1 != 1) return status(0x6A83);
        Bytes content = bytes_of({0x5F, 0x24, 0x03, 0x36, 0x12, 0x31});  // an expiry before the number, so that nobody counts on an offset
        append(content, template_of(0x5A, bcd(setup_.bank_number)));
        record = template_of(0x70, content);
    } else {
        if (selected_ != ssse) return status(0x6985);
        const int sfi = c.p2 >> 3;
        if (c.p2 & 7) return status(0x6A86);
        const int file = sfi == 0 ? file_ : sfi == 5 ? 0xEF05 : sfi == 6 ? 0xEF06 : -1;
        if (file < 0) return status(0x6A82);
        if (file == 0) return status(0x6985);
        const auto found = records.find({file, c.p1});
        if (found == records.end()) return status(0x6A83);
        record = template_of(c.p1, found->second);
        file_ = file;
    }
    const int size = static_cast<int>(record.size());
    const bool wants_all = *c.le == 256 && !t0_manners;
    if (*c.le != size && !wants_all) return status(0x6C00 | size);
    return with_status(std::move(record), 0x9000);
}

Bytes SocialSecurityCard::update_record(const Command& c, Time& took) {
    if (selected_ != ssse) return status(0x6985);
    const int sfi = c.p2 >> 3;
    if (c.p2 & 7) return status(0x6A86);
    const int file = sfi == 0 ? file_ : sfi == 5 ? 0xEF05 : sfi == 6 ? 0xEF06 : 0;
    if (file == 0) return status(0x6A82);
    if (!authenticated_) return status(0x6982);
    const std::size_t length = record_length(file, c.p1);
    if (length == 0) return status(0x6A83);
    const Bytes head = bytes_of({c.p1, static_cast<int>(length)});
    if (c.data.size() != length + 2 || !std::ranges::equal(c.data.first(2), head)) return status(0x6700);
    took = writing;
    const View value = c.data.subspan(2);
    Bytes& stored = records[{file, c.p1}];
    if (torn_after_writes && --*torn_after_writes <= 0) {
        torn_after_writes.reset();
        stored.resize(length);
        std::ranges::copy(value.first(length / 2), stored.begin());
        return status(0x6581);
    }
    stored.assign(value.begin(), value.end());
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

Bytes SocialSecurityCard::external_authenticate(const Command& c, Time& took) {
    took = computing;
    if (c.p1 != 0) return status(0x6A86);
    if (selected_ != ssse || c.p2 != key_uk_ssse) return status(0x6A88);
    if (c.data.size() != 16) return status(0x6700);
    if (key_tries == 0) return status(0x6983);
    const Bytes process = std::exchange(last_challenge_, {});  // good for one attempt
    if (process.empty()) return status(0x6984);
    const Bytes expected = triple_des(diversified(card_key_, process), c.data.last(8));
    authenticated_ = std::ranges::equal(expected, c.data.first(8));
    if (!authenticated_) return status(--key_tries == 0 ? 0x6983 : 0x63C0 | key_tries);
    key_tries = key_tries_given;
    ++authentications;
    return status(0x9000);
}

Bytes SocialSecurityCard::verify_pin(const Command& c, Time& took) {
    took = computing;
    if (c.p1 != 0 || c.p2 != 0) return status(0x6A86);
    if (selected_ != ssse) return status(0x6985);
    if (pin_tries == 0) return status(0x6983);
    if (c.data.empty()) return status(0x63C0 | pin_tries);  // ISO 7816-4: an empty VERIFY asks how many are left
    if (c.data.size() < 2 || c.data.size() > 6) return status(0x6700);
    pin_verified_ = digits_of(c.data) == pin_;
    if (!pin_verified_) return status(--pin_tries == 0 ? 0x6983 : 0x63C0 | pin_tries);
    pin_tries = pin_tries_given;
    return status(0x9000);
}

/// `old` FF `new`, each two to six bytes of BCD (PBOC). The separator is the first FF behind at least two bytes.
Bytes SocialSecurityCard::change_pin(const Command& c, Time& took) {
    took = computing;
    if (c.p1 != 0x01 || c.p2 != 0) return status(0x6A86);
    if (selected_ != ssse) return status(0x6985);
    const auto separator = std::ranges::find(c.data, std::byte{0xFF});
    const auto old_size = static_cast<std::size_t>(separator - c.data.begin());
    if (separator == c.data.end() || old_size < 2 || old_size > 6) return status(0x6700);
    const View fresh = c.data.subspan(old_size + 1);
    if (fresh.size() < 2 || fresh.size() > 6) return status(0x6700);
    if (pin_tries == 0) return status(0x6983);
    if (digits_of(c.data.first(old_size)) != pin_) return status(--pin_tries == 0 ? 0x6983 : 0x63C0 | pin_tries);
    const auto digits = digits_of(fresh);
    if (!digits) return status(0x6A80);
    pin_ = *digits;
    pin_tries = pin_tries_given;
    return status(0x9000);
}

std::string SocialSecurityCard::to_json() const {
    nlohmann::ordered_json out;
    out["identification_code"] = hex_of(setup_.identification_code);
    out["bank_number"] = setup_.bank_number;
    out["files"] = nlohmann::ordered_json::object();
    for (const auto& [place, value] : records) {
        const auto name = [](int n, int digits) { return hex_of(digits == 4 ? bytes_of({n >> 8, n & 0xFF}) : bytes_of({n})); };
        out["files"][name(place.first, 4)][name(place.second, 2)] = hex_of(value);
    }
    out["pin_changed"] = pin_ != setup_.transport_pin;
    out["pin_tries"] = pin_tries;
    return out.dump(2);
}

}  // namespace sim
