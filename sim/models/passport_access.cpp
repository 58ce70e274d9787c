// How a chip is opened: basic access control (9303-11, 4.3) and PACE with generic mapping over elliptic curves (4.4), from the chip's side.
#include "sim/models/passport_chip.hpp"
#include "sim/models/passport_der.hpp"

#include <algorithm>

namespace sim {

namespace {
using namespace passport;

constexpr std::size_t challenge_bytes = 8, half_key_bytes = 16, cryptogram_bytes = 32, proof_bytes = 40, nonce_bytes = 16;
constexpr Time agreeing = std::chrono::milliseconds{90}, deciphering = std::chrono::milliseconds{35};
constexpr Time failure_delay = std::chrono::milliseconds{400};
constexpr int most_delays = 5;
enum Password { by_mrz = 1, by_can = 2 };

Bytes own_public_key(const Curve& curve, View generator, Dice& dice, Bytes& key) {
    for (;;) {
        key = curve.scalar(dice);
        if (auto point = curve.times(generator, key)) return std::move(*point);
    }
}

/// 7F49 { protocol, the other side's public key } under the MAC key.
Bytes token(PaceVariant variant, View mac_key, View public_key) {
    const Bytes text = der::object(0x7F49, {der::object(0x06, pace_protocol(variant.cipher)), der::object(0x86, public_key)});
    return Suite(variant.cipher).token_mac(mac_key, text);
}
}  // namespace

void PassportChip::Impl::start(SecureSession fresh, Access how) {
    next_session = std::move(fresh);
    next_access = how;
}

void PassportChip::Impl::count_failure(Time& took) {
    ++failed_attempts;
    took += failure_delay * std::min(failed_attempts, most_delays);
}

Reply PassportChip::Impl::get_challenge(const Command& c) {
    if (!contents.printed.bac) return {no_instruction};
    if (c.p1p2() != 0) return {wrong_p1p2};
    if (!in_application) return {conditions};
    if (c.le != static_cast<int>(challenge_bytes) || !c.data.empty()) return {wrong_length};
    challenge = random_bytes(dice, challenge_bytes);
    return {fine, challenge};
}

Reply PassportChip::Impl::external_authenticate(const Command& c, Time& took) {
    if (!contents.printed.bac) return {no_instruction};
    if (c.p1p2() != 0) return {wrong_p1p2};
    const Bytes asked = std::exchange(challenge, {});  // good for one attempt
    if (!in_application || asked.empty()) return {conditions};
    if (c.data.size() != proof_bytes) return {wrong_length};
    took = deciphering;
    const Suite suite(PassportCipher::des3);
    const Bytes hash = digest(Digest::sha1, der::text(contents.mrz_key));
    const View seed = View{hash}.first(half_key_bytes), cryptogram = View{c.data}.first(cryptogram_bytes);
    const Bytes encryption = suite.derive(seed, Suite::for_encryption), mac = suite.derive(seed, Suite::for_mac);
    const Bytes text = suite.decrypt(encryption, {}, cryptogram);
    const View theirs = View{text}.first(challenge_bytes), ours = View{text}.subspan(challenge_bytes, challenge_bytes), half = View{text}.last(half_key_bytes);
    if (!std::ranges::equal(suite.mac(mac, padded(cryptogram, suite.block())), View{c.data}.subspan(cryptogram_bytes)) || !std::ranges::equal(ours, asked)) {
        count_failure(took);
        return {wrong_key};
    }
    const Bytes own_half = random_bytes(dice, half_key_bytes);
    Bytes answer = suite.encrypt(encryption, {}, der::joined({asked, theirs, own_half}));
    append(answer, suite.mac(mac, padded(answer, suite.block())));
    Bytes secret;
    for (std::size_t i = 0; i < half_key_bytes; ++i) secret.push_back(half[i] ^ own_half[i]);
    Bytes counter = der::joined({View{asked}.last(4), theirs.last(4)});
    start({suite, suite.derive(secret, Suite::for_encryption), suite.derive(secret, Suite::for_mac), std::move(counter)}, Access::bac);
    return {fine, std::move(answer)};
}

/// MSE:Set AT { 80 protocol, 83 password, 84 curve }.
Reply PassportChip::Impl::set_pace(const Command& c) {
    pace.reset();
    if (c.p1p2() != 0xC1A4) return {wrong_p1p2};
    if (contents.printed.pace.empty() || in_application) return {conditions};
    View rest = c.data, protocol;
    std::optional<int> password, curve;
    while (!rest.empty()) {
        const auto object = der::take(rest);
        if (!object) return {wrong_data};
        if (object->tag == 0x80) protocol = object->value;
        else if (object->tag == 0x83 && object->value.size() == 1) password = std::to_integer<int>(object->value[0]);
        else if (object->tag == 0x84 && object->value.size() == 1) curve = std::to_integer<int>(object->value[0]);
        else return {wrong_data};
    }
    const bool mrz = password == by_mrz, can = password == by_can && !contents.can.empty();
    if (!mrz && !can) return {no_reference};
    const auto offered = std::ranges::find_if(contents.printed.pace, [&](const PaceVariant& v) { return std::ranges::equal(pace_protocol(v.cipher), protocol) && (!curve || *curve == static_cast<int>(v.curve)); });
    if (offered == contents.printed.pace.end()) return {wrong_data};
    const Bytes secret = mrz ? digest(Digest::sha1, der::text(contents.mrz_key)) : der::text(contents.can);
    pace.emplace(Pace{*offered, Curve(offered->curve), Suite(offered->cipher).derive(secret, Suite::for_password)});
    return {};
}

/// The four steps' values; nothing with `status` set when the other side's value is none.
std::optional<Bytes> PassportChip::Impl::pace_answer(Pace& p, View theirs, Status& sw) {
    const Suite suite(p.variant.cipher);
    Bytes key;
    sw = wrong_data;
    switch (p.step) {
        case 0:  // nothing -> the encrypted nonce
            if (!theirs.empty()) return std::nullopt;
            p.nonce = random_bytes(dice, nonce_bytes);
            return suite.encrypt(p.password_key, {}, p.nonce);
        case 1: {  // mapping: G' = nonce G + H
            Bytes ours = own_public_key(p.curve, p.curve.generator(), dice, key);
            const auto shared = p.curve.times(theirs, key);
            const auto mapped = shared ? p.curve.mapped(p.nonce, *shared) : std::nullopt;
            if (!mapped) return std::nullopt;
            p.generator = *mapped;
            return ours;
        }
        case 2: {  // agreement over G'
            p.own_public = own_public_key(p.curve, p.generator, dice, key);
            const auto shared = p.curve.times(theirs, key);
            if (!shared || std::ranges::equal(theirs, p.own_public)) return std::nullopt;
            p.their_public.assign(theirs.begin(), theirs.end());
            const View x = Curve::x_of(*shared);
            p.secret.assign(x.begin(), x.end());
            p.mac_key = suite.derive(p.secret, Suite::for_mac);
            return p.own_public;
        }
        case 3:  // tokens
            sw = wrong_key;
            if (!std::ranges::equal(theirs, token(p.variant, p.mac_key, p.own_public))) return std::nullopt;
            return token(p.variant, p.mac_key, p.their_public);
        default: return std::nullopt;
    }
}

Reply PassportChip::Impl::pace_step(const Command& c, Time& took) {
    if (c.p1p2() != 0) return {wrong_p1p2};
    if (!pace) return {conditions};
    Pace p = *std::exchange(pace, {});  // any failure begins anew
    static constexpr int last_step = 3;
    const bool chained = (c.cla & chained_bit) != 0;
    if (chained == (p.step == last_step)) return {conditions};
    const auto inside = der::only(c.data, 0x7C);
    if (!inside) return {wrong_data};
    const int asks = 0x7F + 2 * p.step, tells = 0x80 + 2 * p.step;  // 81 -> 82, 83 -> 84, 85 -> 86
    const auto theirs = p.step == 0 ? inside : der::only(*inside, asks);
    if (!theirs) return {wrong_data};
    took = p.step == 1 || p.step == 2 ? agreeing : deciphering;
    Status sw = wrong_data;
    const auto ours = pace_answer(p, *theirs, sw);
    if (!ours) {
        if (sw == wrong_key) count_failure(took);
        return {sw};
    }
    if (p.step == last_step) {
        start(SecureSession::from(Suite(p.variant.cipher), p.secret), Access::pace);
    } else {
        ++p.step;
        pace.emplace(std::move(p));
    }
    return {fine, der::object(0x7C, der::object(tells, *ours))};
}

}  // namespace sim
