// OpenSSL's EC_GROUP and EC_POINT (not deprecated in OpenSSL 3, unlike EC_KEY). One scalar at a time, which OpenSSL does by
// a ladder without branches on the secret.
#include "drivers/emrtd/curve.hpp"

#include "drivers/emrtd/openssl.hpp"

#include <algorithm>
#include <openssl/obj_mac.h>
#include <ranges>

namespace drivers::emrtd {

namespace {
using namespace ossl;

int curve_of(int parameter_id) {
    switch (parameter_id) {
        case 8: return NID_X9_62_prime192v1;
        case 9: return NID_brainpoolP192r1;
        case 10: return NID_secp224r1;
        case 11: return NID_brainpoolP224r1;
        case 12: return NID_X9_62_prime256v1;
        case 13: return NID_brainpoolP256r1;
        case 14: return NID_brainpoolP320r1;
        case 15: return NID_secp384r1;
        case 16: return NID_brainpoolP384r1;
        case 17: return NID_brainpoolP512r1;
        case 18: return NID_secp521r1;
        default: return NID_undef;
    }
}

Owned<BIGNUM> number(View bytes) {
    Owned<BIGNUM> value{BN_secure_new()};
    need(value && BN_bin2bn(in(bytes), static_cast<int>(bytes.size()), value.get()) != nullptr);
    BN_set_flags(value.get(), BN_FLG_CONSTTIME);
    return value;
}
}  // namespace

namespace {
constexpr auto standardised = std::views::iota(8, 19);
/// A prime of 521 bits, six times in the explicit form, and names.
constexpr std::size_t max_parameter_bytes = 600;
}  // namespace

struct Curve::Group {
    Owned<EC_GROUP> group;
    Owned<BN_CTX> context{BN_CTX_secure_new()};

    [[nodiscard]] std::size_t field_bytes() const { return (static_cast<std::size_t>(EC_GROUP_get_degree(group.get())) + 7) / 8; }
    [[nodiscard]] Owned<EC_POINT> fresh() const {
        Owned<EC_POINT> point{EC_POINT_new(group.get())};
        need(point != nullptr);
        return point;
    }
    /// Nothing for a point that is not uncompressed, not on the curve, or infinite.
    [[nodiscard]] Owned<EC_POINT> parse(View bytes) const {
        if (bytes.size() != 1 + 2 * field_bytes() || bytes[0] != std::byte{POINT_CONVERSION_UNCOMPRESSED}) return nullptr;
        auto point = fresh();
        if (EC_POINT_oct2point(group.get(), point.get(), in(bytes), bytes.size(), context.get()) != 1) return nullptr;
        return point;
    }
    [[nodiscard]] Result<Bytes> print(const EC_POINT* point) const {
        if (EC_POINT_is_at_infinity(group.get(), point) == 1) return fail(FaultCode::document_unreadable, "point at infinity");
        Bytes bytes(1 + 2 * field_bytes());
        need(EC_POINT_point2oct(group.get(), point, POINT_CONVERSION_UNCOMPRESSED, reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), context.get()) == bytes.size());
        return bytes;
    }
};

Curve::Curve(std::unique_ptr<Group> group) : group_(std::move(group)) {}
Curve::Curve(Curve&&) noexcept = default;
Curve::~Curve() = default;

std::optional<Curve> Curve::create(int parameter_id) {
    const int curve = curve_of(parameter_id);
    if (curve == NID_undef) return std::nullopt;
    auto group = std::make_unique<Group>();
    group->group.reset(EC_GROUP_new_by_curve_name(curve));
    need(group->group && group->context);
    return Curve{std::move(group)};
}

std::optional<Curve> Curve::from_parameters(View parameters) {
    if (parameters.size() > max_parameter_bytes) return std::nullopt;
    const QuietErrors quiet;
    const auto* at = in(parameters);
    auto group = std::make_unique<Group>();
    group->group.reset(d2i_ECPKParameters(nullptr, &at, static_cast<long>(parameters.size())));
    if (!group->group || at != in(parameters) + parameters.size()) return std::nullopt;
    const int name = EC_GROUP_get_curve_name(group->group.get());
    if (std::ranges::none_of(standardised, [name](int one) { return curve_of(one) == name; })) return std::nullopt;
    need(group->context != nullptr);
    return Curve{std::move(group)};
}

Result<Secret> Curve::private_key(Random& random) const {
    const BIGNUM* order = EC_GROUP_get0_order(group_->group.get());
    const int bits = BN_num_bits(order);
    const auto bytes = (static_cast<std::size_t>(bits) + 7) / 8;
    for (int draw = 0; draw < max_key_draws; ++draw) {
        auto drawn = random.bytes(bytes);
        if (bits % 8 != 0) drawn[0] &= static_cast<std::byte>((1 << bits % 8) - 1);
        Secret key{std::move(drawn)};
        const auto value = number(key.view());
        if (!BN_is_zero(value.get()) && BN_cmp(value.get(), order) < 0) return key;
    }
    return fail(FaultCode::internal, "no private key in many draws: the random source is broken");
}

Bytes Curve::generator() const { return group_->print(EC_GROUP_get0_generator(group_->group.get())).value(); }

Result<Bytes> Curve::multiply(View point, View scalar) const {
    const auto base = group_->parse(point);
    if (!base) return fail(FaultCode::document_unreadable, "point is not on the curve");
    const auto product = group_->fresh();
    need(EC_POINT_mul(group_->group.get(), product.get(), nullptr, base.get(), number(scalar).get(), group_->context.get()) == 1);
    return group_->print(product.get());
}

Result<Bytes> Curve::map(View nonce, View shared) const {
    const auto addend = group_->parse(shared);
    if (!addend) return fail(FaultCode::document_unreadable, "point is not on the curve");
    const auto sum = group_->fresh();
    need(EC_POINT_mul(group_->group.get(), sum.get(), number(nonce).get(), nullptr, nullptr, group_->context.get()) == 1);
    need(EC_POINT_add(group_->group.get(), sum.get(), sum.get(), addend.get(), group_->context.get()) == 1);
    return group_->print(sum.get());
}

}  // namespace drivers::emrtd
