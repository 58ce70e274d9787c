// Choosing an offer, and the four GENERAL AUTHENTICATE steps.
#include "drivers/emrtd/pace.hpp"

#include "drivers/emrtd/curve.hpp"
#include "drivers/emrtd/der.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace drivers::emrtd {

namespace {
// id-PACE-ECDH-GM 0.4.0.127.0.7.2.2.4.2, to which a last byte adds the cipher: 1 3DES, 2 to 4 AES-128, -192, -256.
constexpr std::uint8_t ecdh_gm[] = {0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02};
constexpr CipherKind ciphers[] = {CipherKind::des3, CipherKind::aes128, CipherKind::aes192, CipherKind::aes256};
constexpr std::size_t min_nonce_bytes = 16, max_nonce_bytes = 32;
constexpr int pace_version = 2;
enum Tag : std::uint32_t { oid = 0x06, integer = 0x02, sequence = 0x30, set = 0x31, dynamic_data = 0x7C, public_key = 0x7F49, point = 0x86 };

Bytes oid_of(CipherKind kind) {
    Bytes out;
    for (const auto b : ecdh_gm) out.push_back(std::byte{b});
    out.push_back(static_cast<std::byte>(std::ranges::find(ciphers, kind) - ciphers + 1));
    return out;
}

std::optional<int> small_number(const std::optional<Object>& object) {
    if (!object || object->tag != integer || object->value.size() != 1) return std::nullopt;
    return u8(object->value[0]);
}

std::optional<PaceOffer> offer_of(View info) {
    const auto protocol = take_object(info);
    if (!protocol || protocol->tag != oid) return std::nullopt;
    const auto version = small_number(take_object(info)), parameter_id = small_number(take_object(info));
    if (version != pace_version || !parameter_id || !Curve::create(*parameter_id)) return std::nullopt;
    for (const auto kind : ciphers)
        if (std::ranges::equal(protocol->value, oid_of(kind))) return PaceOffer{kind, *parameter_id};
    return std::nullopt;
}

/// One step: 7C { tag data } there, 7C { answer_tag ... } back. All but the last are chained (CLA 10).
enum class Chain { more, last };
awaitable<Result<Bytes>> authenticate(Channel& channel, Chain chain, Bytes data, std::uint32_t answer_tag, Duration limit) {
    const std::uint8_t cla = chain == Chain::more ? 0x10 : 0x00;
    const auto answer = co_await channel.ask(command(cla, 0x86, 0x00, 0x00, object(dynamic_data, data), std::uint8_t{0}), limit);
    if (!answer) co_return std::unexpected(answer.error());
    if (!answer->ok()) {
        // The last step carries our token: a refusal there says that the password is wrong.
        const auto code = chain == Chain::last ? FaultCode::chip_auth_failed : FaultCode::chip_refused;
        co_return fail(code, fmt::format("PACE step {:02X} {:04X}", answer_tag, answer->sw));
    }
    const auto inside = only_object(answer->data, dynamic_data);
    const auto value = inside ? only_object(*inside, answer_tag) : std::nullopt;
    if (!value) co_return fail(FaultCode::document_unreadable, fmt::format("PACE answer without object {:02X}", answer_tag));
    co_return to_bytes(*value);
}

/// Our public key goes there, the chip's comes back.
struct Exchange {
    Secret key;
    Bytes ours, theirs;
};
awaitable<Result<Exchange>> exchange_keys(Channel& channel, const Curve& curve, Bytes generator, std::uint8_t tag, Random& random, Duration limit) {
    auto key = curve.private_key(random);
    if (!key) co_return std::unexpected(key.error());
    auto ours = curve.multiply(generator, key->view());
    if (!ours) co_return std::unexpected(ours.error());
    auto theirs = co_await authenticate(channel, Chain::more, object(tag, *ours), tag + 1u, limit);
    if (!theirs) co_return std::unexpected(theirs.error());
    if (*theirs == *ours) co_return fail(FaultCode::chip_auth_failed, "PACE chip repeats our public key");
    co_return Exchange{*std::move(key), *std::move(ours), *std::move(theirs)};
}

/// What one side proves with: a MAC over the other side's public key (9.7.3).
Mac token(CipherKind kind, View key, View other_public) {
    Bytes inner;
    put_object(inner, oid, oid_of(kind));
    put_object(inner, point, other_public);
    const auto text = object(public_key, inner);
    return mac_of(kind, key, kind == CipherKind::des3 ? pad(text, block_bytes(kind)) : text);
}

awaitable<Result<Secret>> fetch_nonce(Channel& channel, const AccessKey& key, PaceOffer offer, Duration limit) {
    Bytes choice;
    put_object(choice, 0x80, oid_of(offer.kind));
    const std::byte reference[] = {static_cast<std::byte>(key.reference())}, parameters[] = {static_cast<std::byte>(offer.parameter_id)};
    put_object(choice, 0x83, reference);
    put_object(choice, 0x84, parameters);
    const auto set_at = co_await channel.ask(command(0x00, 0x22, 0xC1, 0xA4, choice), limit);
    if (!set_at) co_return std::unexpected(set_at.error());
    const bool counts_tries = (set_at->sw & 0xFFF0) == 0x63C0 && set_at->sw != 0x63C0;
    if (!set_at->ok() && !counts_tries) co_return fail(FaultCode::chip_refused, fmt::format("PACE MSE:Set AT {:04X}", set_at->sw));
    const auto cryptogram = co_await authenticate(channel, Chain::more, {}, 0x80, limit);
    if (!cryptogram) co_return std::unexpected(cryptogram.error());
    const auto size = cryptogram->size();
    if (size < min_nonce_bytes || size > max_nonce_bytes || size % min_nonce_bytes != 0) co_return fail(FaultCode::document_unreadable, "PACE nonce of a wrong size");
    const auto password = derive_key(key.pace_secret(), KeyUse::password, offer.kind);
    co_return Secret{cbc_decrypt(offer.kind, password.view(), {}, *cryptogram)};
}

/// The mapped generator: nonce * G + H, H from a first key exchange.
awaitable<Result<Bytes>> map_generator(Channel& channel, const Curve& curve, const Secret& nonce, Random& random, Duration limit) {
    const auto mapping = co_await exchange_keys(channel, curve, curve.generator(), 0x81, random, limit);
    if (!mapping) co_return std::unexpected(mapping.error());
    auto product = curve.multiply(mapping->theirs, mapping->key.view());
    if (!product) co_return std::unexpected(product.error());
    const Secret shared{*std::move(product)};
    co_return curve.map(nonce.view(), shared.view());
}
}  // namespace

Result<std::optional<PaceOffer>> choose_pace(View card_access) {
    auto infos = only_object(card_access, set);
    if (!infos) return fail(FaultCode::document_unreadable, "EF.CardAccess is no set");
    std::optional<PaceOffer> best;
    for (int i = 0; !infos->empty(); ++i) {
        const auto info = take_object(*infos);
        if (!info || info->tag != sequence || i == max_security_infos) return fail(FaultCode::document_unreadable, "EF.CardAccess is no list of security infos");
        const auto offer = offer_of(info->value);
        if (offer && (!best || offer->kind > best->kind)) best = offer;
    }
    return best;
}

awaitable<Result<void>> run_pace(Channel& channel, const AccessKey& key, PaceOffer offer, Random& random, Duration limit) {
    const auto curve = Curve::create(offer.parameter_id);
    if (!curve) co_return fail(FaultCode::document_not_supported, "PACE domain parameters are not a known curve");
    const auto nonce = co_await fetch_nonce(channel, key, offer, limit);
    if (!nonce) co_return std::unexpected(nonce.error());
    auto mapped = co_await map_generator(channel, *curve, *nonce, random, limit);
    if (!mapped) co_return std::unexpected(mapped.error());
    const auto agreed = co_await exchange_keys(channel, *curve, *std::move(mapped), 0x83, random, limit);
    if (!agreed) co_return std::unexpected(agreed.error());
    auto product = curve->multiply(agreed->theirs, agreed->key.view());
    if (!product) co_return std::unexpected(product.error());
    const Secret shared{*std::move(product)};
    const auto x = Curve::x_of(shared.view());
    auto encryption = derive_key(x, KeyUse::encryption, offer.kind), mac = derive_key(x, KeyUse::mac, offer.kind);

    const auto proof = co_await authenticate(channel, Chain::last, object(0x85, token(offer.kind, mac.view(), agreed->theirs)), 0x86, limit);
    if (!proof) co_return std::unexpected(proof.error());
    if (!same(*proof, token(offer.kind, mac.view(), agreed->ours))) co_return fail(FaultCode::chip_auth_failed, "PACE chip has a wrong token");
    channel.secure({offer.kind, std::move(encryption), std::move(mac), Bytes(block_bytes(offer.kind))});
    co_return Result<void>{};
}

}  // namespace drivers::emrtd
