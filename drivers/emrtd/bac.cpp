// The three steps of basic access control.
#include "drivers/emrtd/bac.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace drivers::emrtd {

namespace {
constexpr std::size_t challenge_bytes = 8, key_half_bytes = 16, cryptogram_bytes = 32;
constexpr auto kind = CipherKind::des3;
constexpr std::uint16_t sw_auth_failed = 0x6300, sw_security_status = 0x6982, sw_blocked = 0x6983, sw_wrong_data = 0x6A80, sw_not_verified = 0x6988;

bool is_refusal(std::uint16_t sw) {
    return sw == sw_auth_failed || (sw & 0xFFF0) == 0x63C0 || sw == sw_security_status || sw == sw_blocked || sw == sw_wrong_data || sw == sw_not_verified;
}

struct Keys {
    Secret encryption, mac;
};
Keys keys_of(View seed) { return {derive_key(seed, KeyUse::encryption, kind), derive_key(seed, KeyUse::mac, kind)}; }

/// E(RND.IFD RND.IC K.IFD) and its MAC.
Bytes our_proof(const Keys& keys, View ours, View chips, View half) {
    Bytes text;
    text.reserve(cryptogram_bytes);
    for (const auto part : {ours, chips, half}) text.insert(text.end(), part.begin(), part.end());
    auto proof = cbc_encrypt(kind, keys.encryption.view(), {}, text);
    wipe(text);
    const auto mac = mac_of(kind, keys.mac.view(), pad(proof, block_bytes(kind)));
    proof.insert(proof.end(), mac.begin(), mac.end());
    return proof;
}

/// K.IC, when the chip's proof is one.
Result<Secret> chips_half(const Keys& keys, View ours, View chips, View proof) {
    if (proof.size() != cryptogram_bytes + std::tuple_size_v<Mac>) return fail(FaultCode::document_unreadable, "BAC answer of a wrong size");
    const auto cryptogram = proof.first(cryptogram_bytes);
    if (!same(mac_of(kind, keys.mac.view(), pad(cryptogram, block_bytes(kind))), proof.subspan(cryptogram_bytes)))
        return fail(FaultCode::chip_auth_failed, "BAC answer with a wrong MAC");
    const Secret text{cbc_decrypt(kind, keys.encryption.view(), {}, cryptogram)};
    if (!same(text.view().first(challenge_bytes), chips) || !same(text.view().subspan(challenge_bytes, challenge_bytes), ours))
        return fail(FaultCode::chip_auth_failed, "BAC answer to another challenge");
    return Secret{to_bytes(text.view().last(key_half_bytes))};
}

SecureMessaging agree(View ours, View chips, View our_half, View chip_half) {
    Bytes seed = to_bytes(our_half);
    for (std::size_t i = 0; i < seed.size(); ++i) seed[i] ^= chip_half[i];
    auto keys = keys_of(seed);
    wipe(seed);
    Bytes counter = to_bytes(chips.last(challenge_bytes / 2));
    const auto tail = ours.last(challenge_bytes / 2);
    counter.insert(counter.end(), tail.begin(), tail.end());
    return {kind, std::move(keys.encryption), std::move(keys.mac), std::move(counter)};
}
}  // namespace

awaitable<Result<void>> run_bac(Channel& channel, const AccessKey& key, Random& random, Duration limit) {
    const auto seed = key.bac_seed();
    if (!seed) co_return fail(FaultCode::document_not_supported, "BAC needs the MRZ, not a card access number");
    const auto keys = keys_of(*seed);

    const auto challenge = co_await channel.ask(command(0x00, 0x84, 0x00, 0x00, {}, std::uint8_t{challenge_bytes}), limit);
    if (!challenge) co_return std::unexpected(challenge.error());
    if (!challenge->ok()) co_return fail(FaultCode::chip_refused, fmt::format("GET CHALLENGE {:04X}", challenge->sw));
    if (challenge->data.size() != challenge_bytes) co_return fail(FaultCode::document_unreadable, "challenge of a wrong size");

    const auto ours = random.bytes(challenge_bytes);
    const Secret our_half{random.bytes(key_half_bytes)};
    const auto proof = our_proof(keys, ours, challenge->data, our_half.view());
    const auto answer = co_await channel.ask(command(0x00, 0x82, 0x00, 0x00, proof, static_cast<std::uint8_t>(proof.size())), limit);
    if (!answer) co_return std::unexpected(answer.error());
    if (!answer->ok())
        co_return fail(is_refusal(answer->sw) ? FaultCode::chip_auth_failed : FaultCode::chip_refused, fmt::format("BAC EXTERNAL AUTHENTICATE {:04X}", answer->sw));
    const auto chip_half = chips_half(keys, ours, challenge->data, answer->data);
    if (!chip_half) co_return std::unexpected(chip_half.error());
    channel.secure(agree(ours, challenge->data, our_half.view(), chip_half->view()));
    co_return Result<void>{};
}

}  // namespace drivers::emrtd
