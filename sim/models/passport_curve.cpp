// Points, scalars and signatures on elliptic curves; how a public key says which curve it means.
#include "sim/models/passport_crypto.hpp"
#include "sim/models/passport_der.hpp"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <stdexcept>
#include <string_view>

namespace sim::passport {

namespace {
struct Free {
    void operator()(EC_POINT* point) const { EC_POINT_free(point); }
    void operator()(BIGNUM* number) const { BN_clear_free(number); }
    void operator()(BN_CTX* context) const { BN_CTX_free(context); }
    void operator()(EC_GROUP* group) const { EC_GROUP_free(group); }
};
using Number = std::unique_ptr<BIGNUM, Free>;
using Point = std::unique_ptr<EC_POINT, Free>;

const unsigned char* octets(View v) { return reinterpret_cast<const unsigned char*>(v.data()); }
unsigned char* octets(Bytes& v) { return reinterpret_cast<unsigned char*>(v.data()); }
Number number_of(View bytes) { return Number(BN_bin2bn(octets(bytes), static_cast<int>(bytes.size()), nullptr)); }
Bytes bytes_of_number(const BIGNUM* number, std::size_t size) {
    Bytes out(size);
    if (BN_bn2binpad(number, octets(out), static_cast<int>(size)) < 0) throw std::logic_error("number too long");
    return out;
}

struct Name {
    int nid;
    std::string_view oid;
};
Name name_of(PassportCurve id) {
    switch (id) {
        case PassportCurve::p256: return {NID_X9_62_prime256v1, "1.2.840.10045.3.1.7"};
        case PassportCurve::brainpool256: return {NID_brainpoolP256r1, "1.3.36.3.3.2.8.1.1.7"};
        case PassportCurve::p384: return {NID_secp384r1, "1.3.132.0.34"};
        case PassportCurve::brainpool384: return {NID_brainpoolP384r1, "1.3.36.3.3.2.8.1.1.11"};
        case PassportCurve::brainpool512: return {NID_brainpoolP512r1, "1.3.36.3.3.2.8.1.1.13"};
        case PassportCurve::p521: return {NID_secp521r1, "1.3.132.0.35"};
    }
    throw std::invalid_argument("no such curve");
}
}  // namespace

struct Curve::Group {
    std::unique_ptr<EC_GROUP, Free> group;
    std::unique_ptr<BN_CTX, Free> context;
    [[nodiscard]] const BIGNUM* order() const { return EC_GROUP_get0_order(group.get()); }
    [[nodiscard]] std::size_t order_bytes() const { return static_cast<std::size_t>(BN_num_bytes(order())); }
    [[nodiscard]] std::size_t field_bytes() const { return static_cast<std::size_t>((EC_GROUP_get_degree(group.get()) + 7) / 8); }

    /// Only 04 x y; OpenSSL checks that it lies on the curve.
    [[nodiscard]] Point point(View bytes) const {
        Point out(EC_POINT_new(group.get()));
        if (bytes.size() != 1 + 2 * field_bytes() || bytes[0] != std::byte{4}) return nullptr;
        if (EC_POINT_oct2point(group.get(), out.get(), octets(bytes), bytes.size(), context.get()) != 1) return nullptr;
        return out;
    }
    [[nodiscard]] Bytes bytes(const EC_POINT* point_) const {
        Bytes out(1 + 2 * field_bytes());
        if (EC_POINT_point2oct(group.get(), point_, POINT_CONVERSION_UNCOMPRESSED, octets(out), out.size(), context.get()) != out.size()) throw std::logic_error("point");
        return out;
    }
};

Curve::Curve(PassportCurve id) : id_(id), group_(std::make_unique<Group>()) {
    group_->group.reset(EC_GROUP_new_by_curve_name(name_of(id).nid));
    group_->context.reset(BN_CTX_new());
    if (!group_->group || !group_->context) throw std::runtime_error("this OpenSSL lacks a curve");
}
Curve::Curve(Curve&&) noexcept = default;
Curve& Curve::operator=(Curve&&) noexcept = default;
Curve::~Curve() = default;

Bytes Curve::scalar(Dice& dice) const {
    // Eight bytes more than needed make the remainder's bias vanish.
    const Number wide = number_of(random_bytes(dice, group_->order_bytes() + 8));
    const Number below(BN_dup(group_->order())), out(BN_new());
    BN_sub_word(below.get(), 1);
    if (BN_mod(out.get(), wide.get(), below.get(), group_->context.get()) != 1) throw std::logic_error("scalar");
    BN_add_word(out.get(), 1);
    return bytes_of_number(out.get(), group_->order_bytes());
}

Bytes Curve::generator() const { return group_->bytes(EC_GROUP_get0_generator(group_->group.get())); }

std::optional<Bytes> Curve::times(View point, View scalar) const {
    const Point from = group_->point(point), to(EC_POINT_new(group_->group.get()));
    if (!from || EC_POINT_mul(group_->group.get(), to.get(), nullptr, from.get(), number_of(scalar).get(), group_->context.get()) != 1) return std::nullopt;
    if (EC_POINT_is_at_infinity(group_->group.get(), to.get())) return std::nullopt;
    return group_->bytes(to.get());
}

std::optional<Bytes> Curve::mapped(View scalar, View point) const {
    const Point from = group_->point(point), to(EC_POINT_new(group_->group.get()));
    const Number one(BN_new());
    BN_one(one.get());
    if (!from || EC_POINT_mul(group_->group.get(), to.get(), number_of(scalar).get(), from.get(), one.get(), group_->context.get()) != 1) return std::nullopt;
    if (EC_POINT_is_at_infinity(group_->group.get(), to.get())) return std::nullopt;
    return group_->bytes(to.get());
}

/// SEC 1, 4.1.3, with a nonce from the dice: r = x(kG) mod n, s = (e + r d) / k mod n.
Bytes Curve::ecdsa(View key, View hash, Dice& dice) const {
    const BIGNUM* n = group_->order();
    BN_CTX* context = group_->context.get();
    const View leading = hash.first(std::min(hash.size(), group_->order_bytes()));
    const Number e = number_of(leading), d = number_of(key), r(BN_new()), s(BN_new());
    for (;;) {
        const Bytes nonce = scalar(dice);
        const Number k = number_of(nonce), inverse(BN_mod_inverse(nullptr, k.get(), n, context));
        const Bytes point = *times(generator(), nonce);
        const bool good = BN_nnmod(r.get(), number_of(x_of(point)).get(), n, context) == 1 && BN_mod_mul(s.get(), r.get(), d.get(), n, context) == 1 &&
                          BN_mod_add(s.get(), s.get(), e.get(), n, context) == 1 && BN_mod_mul(s.get(), s.get(), inverse.get(), n, context) == 1;
        if (!good) throw std::logic_error("ECDSA");
        if (BN_is_zero(r.get()) || BN_is_zero(s.get())) continue;
        return der::joined({bytes_of_number(r.get(), group_->order_bytes()), bytes_of_number(s.get(), group_->order_bytes())});
    }
}

/// ECParameters of X9.62: version 1, prime field, a and b, generator, order, cofactor.
Bytes Curve::written_out() const {
    const Number p(BN_new()), a(BN_new()), b(BN_new());
    if (EC_GROUP_get_curve(group_->group.get(), p.get(), a.get(), b.get(), group_->context.get()) != 1) throw std::logic_error("curve");
    const auto size = group_->field_bytes();
    const Bytes field = der::sequence({der::oid("1.2.840.10045.1.1"), der::integer(bytes_of_number(p.get(), size))});
    const Bytes equation = der::sequence({der::object(0x04, bytes_of_number(a.get(), size)), der::object(0x04, bytes_of_number(b.get(), size))});
    return der::sequence({der::integer(1), field, equation, der::object(0x04, generator()), der::integer(bytes_of_number(group_->order(), group_->order_bytes())), der::integer(1)});
}

Bytes Curve::public_key_info(View point, CurveForm form) const {
    const Bytes parameters = form == CurveForm::named ? der::oid(name_of(id_).oid) : written_out();
    return der::sequence({der::sequence({der::oid("1.2.840.10045.2.1"), parameters}), der::bit_string(point)});
}

}  // namespace sim::passport
