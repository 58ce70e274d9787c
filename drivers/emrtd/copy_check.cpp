// Both protocols. What a copy may do wrong is told apart from what a reader may do wrong.
#include "drivers/emrtd/copy_check.hpp"

#include "drivers/emrtd/active_signature.hpp"
#include "drivers/emrtd/curve.hpp"
#include "drivers/emrtd/der.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace drivers::emrtd {

namespace {
CopyVerdict copied(std::string why) { return {CopyCheck::copied, std::move(why)}; }
CopyVerdict not_offered(std::string why) { return {CopyCheck::not_offered, std::move(why)}; }

/// The chip answered, and wrongly; everything else happened on the way to it.
bool is_chips_own(const Fault& fault) {
    return fault.code == FaultCode::chip_auth_failed || fault.code == FaultCode::chip_refused || fault.code == FaultCode::document_unreadable;
}

std::optional<Curve> curve_of(const ChipAuthKey& key) { return key.parameters.empty() ? Curve::create(key.parameter_id) : Curve::from_parameters(key.parameters); }

/// Our public key goes to the chip. 3DES: MSE:Set KAT in one command; AES: MSE:Set AT and GENERAL AUTHENTICATE (9303-11, 6.2.4).
awaitable<Result<void>> send_key(Channel& channel, const ChipAuthKey& key, Bytes ours, Duration limit) {
    const auto refused = [](const char* step, std::uint16_t sw) { return fail(FaultCode::chip_auth_failed, fmt::format("chip authentication {}: {:04X}", step, sw)); };
    Bytes data;
    if (key.kind == CipherKind::des3) put_object(data, 0x91, ours);
    else put_object(data, 0x80, key.protocol);
    if (!key.key_id.empty()) put_object(data, 0x84, key.key_id);
    const std::uint8_t template_kind = key.kind == CipherKind::des3 ? 0xA6 : 0xA4;
    const auto set = co_await channel.ask(command(0x00, 0x22, 0x41, template_kind, data), limit);
    if (!set) co_return std::unexpected(set.error());
    if (!set->ok()) co_return refused("MSE:Set", set->sw);
    if (key.kind == CipherKind::des3) co_return Result<void>{};
    const auto agreed = co_await channel.ask(command(0x00, 0x86, 0x00, 0x00, object(0x7C, object(0x80, ours)), std::uint8_t{0}), limit);
    if (!agreed) co_return std::unexpected(agreed.error());
    if (!agreed->ok()) co_return refused("GENERAL AUTHENTICATE", agreed->sw);
    co_return Result<void>{};
}

/// The new keys are proven by the first thing that is said with them.
awaitable<Result<CopyVerdict>> by_chip_authentication(Passport& passport, ChipAuthKey key, View dg1, Random& random, Duration limit) {
    const auto done = co_await run_chip_authentication(passport.channel(), std::move(key), random, limit);
    if (!done && done.error().code == FaultCode::document_not_supported) co_return not_offered(done.error().detail);
    if (!done && is_chips_own(done.error())) co_return copied(done.error().detail);
    if (!done) co_return std::unexpected(done.error());
    const auto again = co_await read_file(passport.channel(), File::dg1, limit);
    if (!again && is_chips_own(again.error())) co_return copied("after chip authentication: " + again.error().detail);
    if (!again) co_return std::unexpected(again.error());
    if (!*again || !std::ranges::equal(**again, dg1)) co_return copied("after chip authentication DG1 is another");
    co_return CopyVerdict{CopyCheck::original, "chip authentication"};
}

awaitable<Result<CopyVerdict>> by_active_authentication(Passport& passport, View dg15, std::optional<Digest> digest, Random& random, Duration limit) {
    const auto key = parse_dg15(dg15);
    if (!key) co_return std::unexpected(key.error());
    const auto shape = active_key_shape(*key);
    if (!shape || shape->kind == ActiveKey::other) co_return not_offered("active authentication with a key that is not known here");
    if (shape->answer_bytes > max_secured_chunk) co_return not_offered(fmt::format("active authentication with {} bytes needs extended lengths, which are not spoken here", shape->answer_bytes));
    const auto challenge = random.bytes(active_challenge_bytes);
    const auto answer = co_await passport.channel().ask(command(0x00, 0x88, 0x00, 0x00, challenge, std::uint8_t{0}), limit);
    if (!answer && is_chips_own(answer.error())) co_return copied("active authentication: " + answer.error().detail);
    if (!answer) co_return std::unexpected(answer.error());
    if (!answer->ok()) co_return copied(fmt::format("active authentication refused: {:04X}", answer->sw));
    if (!active_signature_holds(*key, challenge, answer->data, digest)) co_return copied("active authentication: the signature does not hold");
    co_return CopyVerdict{CopyCheck::original, "active authentication"};
}
}  // namespace

std::string_view name_of(CopyCheck check) {
    switch (check) {
        case CopyCheck::not_offered: return "not_offered";
        case CopyCheck::original: return "original";
        case CopyCheck::copied: return "copied";
    }
    return {};
}

awaitable<Result<void>> run_chip_authentication(Channel& channel, ChipAuthKey key, Random& random, Duration limit) {
    const auto curve = curve_of(key);
    if (!curve) co_return fail(FaultCode::document_not_supported, "chip authentication on a curve that is not known here");
    const auto ours = curve->private_key(random);
    if (!ours) co_return std::unexpected(ours.error());
    auto product = curve->multiply(key.point, ours->view());
    if (!product) co_return fail(FaultCode::document_not_supported, "chip authentication with a key that is not on its curve");
    const Secret shared{*std::move(product)};
    auto open_half = curve->multiply(curve->generator(), ours->view());
    if (!open_half) co_return std::unexpected(open_half.error());
    const auto sent = co_await send_key(channel, key, *std::move(open_half), limit);
    if (!sent) co_return std::unexpected(sent.error());
    const auto x = Curve::x_of(shared.view());
    channel.secure({key.kind, derive_key(x, KeyUse::encryption, key.kind), derive_key(x, KeyUse::mac, key.kind), Bytes(block_bytes(key.kind))});
    co_return Result<void>{};
}

awaitable<Result<CopyVerdict>> check_copy(Passport& passport, CopyFiles files, Random& random, Duration limit) {
    ChipSecurity security;
    if (!files.dg14.empty()) {
        auto parsed = parse_dg14(files.dg14);
        if (!parsed) co_return std::unexpected(parsed.error());
        security = *std::move(parsed);
    }
    auto verdict = not_offered(security.foreign_chip_auth ? "chip authentication by a protocol that is not spoken here" : "the document has no key of its own");
    if (security.chip_auth) {
        auto done = co_await by_chip_authentication(passport, *std::move(security.chip_auth), files.dg1, random, limit);
        if (!done || done->check != CopyCheck::not_offered) co_return done;
        verdict = *std::move(done);
    }
    if (files.dg15.empty()) co_return verdict;
    co_return co_await by_active_authentication(passport, files.dg15, security.active_digest, random, limit);
}

}  // namespace drivers::emrtd
