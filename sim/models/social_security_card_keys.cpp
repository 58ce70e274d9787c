// The card's secrets: derivation by the header's convention, authentication both ways, the PIN, PBOC's MAC, blocking.
#include "sim/models/answer.hpp"
#include "sim/models/social_security_card_files.hpp"

#include <algorithm>
#include <memory>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <stdexcept>

namespace sim {
namespace {

constexpr int pin_tries_given = 3, key_tries_given = 5;
constexpr std::size_t key_bytes = 16, block_bytes = 8, mac_bytes = 4;
constexpr Time computing = std::chrono::milliseconds{30};

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

enum class Way { decipher = 0, encipher = 1 };  // as OpenSSL counts

/// ECB of whole blocks without padding.
Bytes cipher(CardAlgorithm algorithm, Way way, View key, View data) {
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    const auto raw = [](View view) { return reinterpret_cast<const unsigned char*>(view.data()); };
    Bytes out(data.size() + 16);
    int size = 0;
    if (!context || EVP_CipherInit_ex(context.get(), algorithm == CardAlgorithm::sm4 ? EVP_sm4_ecb() : EVP_des_ede(), nullptr, raw(key), nullptr, static_cast<int>(way)) != 1 ||
        EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
        EVP_CipherUpdate(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, raw(data), static_cast<int>(data.size())) != 1 || size != static_cast<int>(data.size())) {
        throw std::runtime_error("a card's cipher: OpenSSL refused");
    }
    out.resize(data.size());
    return out;
}

Bytes with_inverse(View half) {
    Bytes out(half.begin(), half.end());
    for (const std::byte b : half) out.push_back(~b);
    return out;
}

/// The master of another key than UK_SSSE.
Bytes master_of(CardAlgorithm algorithm, View centre, int kid) {
    if (kid == uk_ssse) return {centre.begin(), centre.end()};
    return ecb16(algorithm, centre, with_inverse(Bytes(block_bytes, static_cast<std::byte>(kid))));
}

}  // namespace

Bytes triple_des(View key16, View block8) {
    if (key16.size() != key_bytes || block8.size() != block_bytes) throw std::logic_error("triple_des: a key of 16 and a block of 8 bytes");
    return cipher(CardAlgorithm::triple_des, Way::encipher, key16, block8);
}

Bytes sm4(View key16, View block16) {
    if (key16.size() != key_bytes || block16.size() != 2 * block_bytes) throw std::logic_error("sm4: a key of 16 and a block of 16 bytes");
    return cipher(CardAlgorithm::sm4, Way::encipher, key16, block16);
}

Bytes ecb16(CardAlgorithm algorithm, View key16, View data16) {
    if (key16.size() != key_bytes || data16.size() != 2 * block_bytes) throw std::logic_error("ecb16: a key of 16 and data of 16 bytes");
    return cipher(algorithm, Way::encipher, key16, data16);
}

Bytes proof8(CardAlgorithm algorithm, View session_key16, View original8) {
    if (algorithm == CardAlgorithm::triple_des) return triple_des(session_key16, original8);
    Bytes out = sm4(session_key16, with_inverse(original8));
    out.resize(block_bytes);
    return out;
}

Bytes pboc_mac(CardAlgorithm algorithm, View key16, View challenge8, View data) {
    if (key16.size() != key_bytes || challenge8.size() != block_bytes) throw std::logic_error("pboc_mac: a key of 16 and a challenge of 8 bytes");
    const bool des = algorithm == CardAlgorithm::triple_des;
    const std::size_t block = des ? block_bytes : 2 * block_bytes;
    Bytes padded(data.begin(), data.end()), chain(challenge8.begin(), challenge8.end());
    padded.push_back(std::byte{0x80});
    while (padded.size() % block) padded.push_back(std::byte{});
    chain.resize(block);
    Bytes left(key16.begin(), key16.begin() + 8);
    left.insert(left.end(), key16.begin(), key16.begin() + 8);  // two equal halves: single DES
    for (std::size_t at = 0; at < padded.size(); at += block) {
        for (std::size_t i = 0; i < block; ++i) chain[i] ^= padded[at + i];
        const bool last = at + block == padded.size();
        // The retail MAC's last step, decipher by the right half and encipher by the left, makes two-key 3DES of the last block.
        chain = des ? triple_des(last ? key16 : View{left}, chain) : sm4(key16, chain);
    }
    chain.resize(mac_bytes);
    return chain;
}

void SocialSecurityCard::derive_keys() {
    std::set<int> kids = {irk_ssse, pin_ssse, stk_ssse};
    for (const auto& file : card_files::all())
        for (const int kid : {file.read_key, file.write_key})
            if (kid != card_files::no_key) kids.insert(kid);
    const Bytes factor = with_inverse(View{setup_.identification_code}.last(block_bytes));
    for (const int kid : kids) card_keys_[kid] = ecb16(setup_.algorithm, master_of(setup_.algorithm, setup_.master_key, kid), factor);
}

int SocialSecurityCard::tries_of(int kid) const {
    if (kid == uk_ssse) return key_tries;
    const auto found = key_tries_.find(kid);
    return found == key_tries_.end() ? key_tries_given : found->second;
}

int& SocialSecurityCard::tries_left(int kid) { return kid == uk_ssse ? key_tries : key_tries_.try_emplace(kid, key_tries_given).first->second; }

/// The proof that the holder of `kid` gives for `original` under `process`.
Bytes SocialSecurityCard::proof(int kid, View process, View original) const {
    return proof8(setup_.algorithm, ecb16(setup_.algorithm, card_keys_.at(kid), with_inverse(process)), original);
}

Bytes SocialSecurityCard::external_authenticate(const Command& c, Time& took) {
    took = computing;
    if (c.p1 != 0) return status(0x6A86);
    if (selected_ < first_directory || !card_files::knows_key(setup_.generation, static_cast<Directory>(selected_ - first_directory), c.p2)) return status(0x6A88);
    if (c.data.size() != 2 * block_bytes) return status(0x6700);
    int& left = tries_left(c.p2);
    if (left == 0) return status(0x6983);
    const Bytes process = std::exchange(last_challenge_, {});  // good for one attempt
    if (process.empty()) return status(0x6984);
    if (!std::ranges::equal(proof(c.p2, process, c.data.last(block_bytes)), c.data.first(block_bytes))) {
        rights_.erase(c.p2);
        return status(--left == 0 ? 0x6983 : 0x63C0 | left);
    }
    rights_.insert(c.p2);
    left = key_tries_given;
    ++authentications;
    return status(0x9000);
}

Bytes SocialSecurityCard::internal_authenticate(const Command& c, Time& took) {
    took = computing;
    if (c.p1 != 0 || c.p2 != 0) return status(0x6A86);
    if (selected_ != first_directory) return status(0x6985);
    if (c.data.size() != 2 * block_bytes || (c.le && *c.le != static_cast<int>(block_bytes) && *c.le != 256)) return status(0x6700);
    return with_status(proof(irk_ssse, c.data.first(block_bytes), c.data.last(block_bytes)), 0x9000);
}

Bytes SocialSecurityCard::verify_pin(const Command& c, Time& took) {
    took = computing;
    if (c.p1 != 0 || c.p2 != 0) return status(0x6A86);
    if (selected_ < first_directory) return status(0x6985);
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
    if (selected_ < first_directory) return status(0x6985);
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

/// CLA 84: commands that carry a MAC.
Bytes SocialSecurityCard::maintain(const Command& c, Time& took) {
    took = computing;
    if (c.ins != 0x24 && c.ins != 0x1E && c.ins != 0x16) return status(0x6D00);
    if (selected_ < first_directory) return status(0x6985);
    if (c.p1 != 0 || c.p2 > (c.ins == 0x16 ? 0 : 1)) return status(0x6A86);
    const bool reload = c.ins == 0x24 && c.p2 == 1;
    const std::size_t body = !reload ? 0 : setup_.algorithm == CardAlgorithm::sm4 ? 2 * block_bytes : block_bytes;
    if (c.data.size() != body + mac_bytes) return status(0x6700);
    if (c.ins == 0x24 && !rights_.contains(pin_ssse)) return status(0x6982);
    if (const int refusal = mac_refusal(c)) return status(refusal);
    if (reload) return reload_pin(c.data.first(body));
    if (c.ins == 0x24) pin_tries = pin_tries_given;
    else if (c.ins == 0x16) blocked_ = Blocked::card;
    else blocked_ = c.p2 == 1 ? Blocked::application_for_ever : Blocked::application;
    if (blocked_ != Blocked::no) forget();
    return status(0x9000);
}

/// 0 when the MAC is right. Too many wrong ones lock the application for ever.
int SocialSecurityCard::mac_refusal(const Command& c) {
    const Bytes challenge = std::exchange(last_challenge_, {});
    if (challenge.empty()) return 0x6984;
    Bytes covered = bytes_of({c.cla, c.ins, c.p1, c.p2, static_cast<int>(c.data.size())});
    append(covered, c.data.first(c.data.size() - mac_bytes));
    int& left = tries_left(stk_ssse);
    if (std::ranges::equal(pboc_mac(setup_.algorithm, card_keys_.at(stk_ssse), challenge, covered), c.data.last(mac_bytes))) {
        left = key_tries_given;
        return 0;
    }
    if (--left > 0) return 0x9302;
    blocked_ = Blocked::application_for_ever;
    forget();
    return 0x9303;
}

/// Length, BCD, 80 00..: under STK.
Bytes SocialSecurityCard::reload_pin(View body) {
    const Bytes plain = cipher(setup_.algorithm, Way::decipher, card_keys_.at(stk_ssse), body);
    const auto size = std::to_integer<std::size_t>(plain[0]);
    if (size < 2 || size > 6 || plain[1 + size] != std::byte{0x80}) return status(0x6A80);
    if (!std::ranges::all_of(View{plain}.subspan(2 + size), [](std::byte b) { return b == std::byte{}; })) return status(0x6A80);
    const auto digits = digits_of(View{plain}.subspan(1, size));
    if (!digits || digits->size() < 4) return status(0x6A80);
    pin_ = *digits;
    pin_tries = pin_tries_given;
    pin_verified_ = false;
    return status(0x9000);
}

/// The SM2 point of a scalar that the seed gives: 04 X Y.
Bytes SocialSecurityCard::signature_public_key() const {
    const std::unique_ptr<EC_GROUP, decltype(&EC_GROUP_free)> curve(EC_GROUP_new_by_curve_name(NID_sm2), EC_GROUP_free);
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> scalar(BN_new(), BN_free);
    const std::unique_ptr<EC_POINT, decltype(&EC_POINT_free)> point(curve ? EC_POINT_new(curve.get()) : nullptr, EC_POINT_free);
    Dice dice(setup_.seed + 0x5E1F);
    unsigned char raw[31];  // shorter than the curve's order, so always below it
    for (auto& b : raw) b = static_cast<unsigned char>(dice.next() >> 24);
    raw[0] |= 1;
    Bytes out(65);
    if (!point || !scalar || !BN_bin2bn(raw, sizeof raw, scalar.get()) || EC_POINT_mul(curve.get(), point.get(), scalar.get(), nullptr, nullptr, nullptr) != 1 ||
        EC_POINT_point2oct(curve.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, reinterpret_cast<unsigned char*>(out.data()), out.size(), nullptr) != out.size()) {
        throw std::runtime_error("a card's signature key: OpenSSL refused");
    }
    return out;
}

}  // namespace sim
