// Certificates and signatures, written byte by byte: OpenSSL's own builders would draw from the machine's chance, and would share a hand with who reads them.
#include "sim/models/passport_state.hpp"

#include "sim/models/passport_der.hpp"

namespace sim::passport {

namespace {
using der::integer;
using der::object;
using der::oid;
using der::sequence;

constexpr auto sha256_oid = "2.16.840.1.101.3.4.2.1";
constexpr auto security_object_oid = "2.23.136.1.1.1";
constexpr int rsa_bits = 2048;

PassportCurve curve_of(PassportSignature kind) { return kind == PassportSignature::ecdsa_brainpool256 ? PassportCurve::brainpool256 : PassportCurve::p256; }
bool is_rsa(PassportSignature kind) { return kind == PassportSignature::rsa_pss || kind == PassportSignature::rsa_pkcs1; }

Bytes name(std::string_view country, std::string_view common) {
    const auto part = [](std::string_view type, int string_tag, std::string_view value) { return der::set_of({sequence({oid(type), object(string_tag, der::text(value))})}); };
    return sequence({part("2.5.4.6", 0x13, country), part("2.5.4.10", 0x0C, "Invented State"), part("2.5.4.3", 0x0C, common)});
}

Bytes extension(std::string_view type, bool critical, View value) {
    return sequence({oid(type), critical ? bytes_of({0x01, 0x01, 0xFF}) : Bytes{}, object(0x04, value)});
}

struct Holder {
    Bytes subject, serial, public_key_info, key_id;
    bool is_root = false;
};

/// TBSCertificate of RFC 5280, version 3, and its signature.
Bytes certificate(const Holder& holder, View issuer, View issuer_key_id, const PassportOffice::Setup& setup, const StateKey& signer, Dice& dice) {
    // keyCertSign and cRLSign, or digitalSignature alone.
    const Bytes usage = holder.is_root ? bytes_of({0x03, 0x02, 0x01, 0x06}) : bytes_of({0x03, 0x02, 0x07, 0x80});
    Bytes extensions = der::joined({extension("2.5.29.35", false, sequence({object(0x80, issuer_key_id)})), extension("2.5.29.14", false, object(0x04, holder.key_id)), extension("2.5.29.15", true, usage)});
    if (holder.is_root) append(extensions, extension("2.5.29.19", true, sequence({bytes_of({0x01, 0x01, 0xFF}), integer(0)})));
    const Bytes validity = sequence({der::time(setup.valid_from), der::time(setup.valid_to)});
    const Bytes to_sign = sequence({object(0xA0, integer(2)), holder.serial, signer.algorithm(), issuer, validity, holder.subject, holder.public_key_info, object(0xA3, object(0x30, extensions))});
    return sequence({to_sign, signer.algorithm(), der::bit_string(signer.sign(to_sign, dice))});
}

/// LDSSecurityObject version 0: the hash of each data group.
Bytes hashes_of(const Files& files) {
    Bytes list;
    for (const auto& [id, content] : files) {
        const int group = id & 0xFF;
        if (group > 16) continue;  // EF.COM, EF.CardAccess
        append(list, sequence({integer(group), object(0x04, digest(Digest::sha256, content))}));
    }
    return sequence({integer(0), der::algorithm_with_null(sha256_oid), object(0x30, list)});
}

Bytes serial_number(Dice& dice) {
    Bytes serial = random_bytes(dice, 8);
    serial[0] = (serial[0] & std::byte{0x3F}) | std::byte{0x40};
    return integer(serial);
}
}  // namespace

StateKey::StateKey(PassportSignature kind, CurveForm form, Dice& dice)
    : kind_(kind), key_([&]() -> std::variant<OnCurve, RsaKey> {
          if (is_rsa(kind)) return RsaKey(rsa_bits);
          Curve curve(curve_of(kind));
          Bytes scalar = curve.scalar(dice);
          return OnCurve{std::move(curve), std::move(scalar)};
      }()) {
    if (const auto* rsa = std::get_if<RsaKey>(&key_)) {
        public_key_info_ = rsa->public_key_info();
    } else {
        const auto& [curve, scalar] = std::get<OnCurve>(key_);
        public_key_info_ = curve.public_key_info(*curve.times(curve.generator(), scalar), form);
    }
}

Bytes StateKey::algorithm() const {
    switch (kind_) {
        case PassportSignature::ecdsa_p256:
        case PassportSignature::ecdsa_brainpool256: return sequence({oid("1.2.840.10045.4.3.2")});
        case PassportSignature::rsa_pkcs1: return der::algorithm_with_null("1.2.840.113549.1.1.11");
        case PassportSignature::rsa_pss: {
            const Bytes sha256 = der::algorithm_with_null(sha256_oid), mask = sequence({oid("1.2.840.113549.1.1.8"), sha256});
            return sequence({oid("1.2.840.113549.1.1.10"), sequence({object(0xA0, sha256), object(0xA1, mask), object(0xA2, integer(32))})});
        }
    }
    return {};
}

Bytes StateKey::sign(View data, Dice& dice) const {
    if (const auto* rsa = std::get_if<RsaKey>(&key_)) return rsa->sign(data, kind_ == PassportSignature::rsa_pss ? RsaKey::Padding::pss : RsaKey::Padding::pkcs1);
    const auto& [curve, scalar] = std::get<OnCurve>(key_);
    const Bytes plain = curve.ecdsa(scalar, digest(Digest::sha256, data), dice);
    const View both = plain;
    return sequence({integer(both.first(both.size() / 2)), integer(both.last(both.size() / 2))});
}

State::State(const PassportOffice::Setup& setup, Dice& dice) : root_key_(setup.root, setup.form, dice), signer_key_(setup.signer, setup.form, dice) {
    certify(setup, root_key_.id(), dice);
}

State::State(const State& other, const PassportOffice::Setup& setup, Dice& dice) : root_key_(setup.root, setup.form, dice), signer_key_(setup.signer, setup.form, dice) {
    certify(setup, other.root_key_.id(), dice);
}

void State::certify(const PassportOffice::Setup& setup, View root_key_id, Dice& dice) {
    root_name_ = name(setup.country, "Country Signing Authority");
    serial_ = serial_number(dice);
    const Holder root{root_name_, serial_number(dice), root_key_.public_key_info(), Bytes(root_key_id.begin(), root_key_id.end()), true};
    const Holder signer{name(setup.country, "Document Signer 1"), serial_, signer_key_.public_key_info(), signer_key_.id(), false};
    root_ = certificate(root, root_name_, root_key_id, setup, root_key_, dice);
    signer_ = certificate(signer, root_name_, root_key_id, setup, root_key_, dice);
}

Bytes State::sign(const Files& files, Dice& dice) const {
    const Bytes content = hashes_of(files), sha256 = der::algorithm_with_null(sha256_oid);
    const auto attribute = [](std::string_view type, View value) { return sequence({oid(type), object(0x31, value)}); };
    Bytes attributes = der::set_of({attribute("1.2.840.113549.1.9.3", oid(security_object_oid)), attribute("1.2.840.113549.1.9.4", object(0x04, digest(Digest::sha256, content)))});
    const Bytes signature = signer_key_.sign(attributes, dice);  // over the SET, before it gets its place's tag
    attributes[0] = std::byte{0xA0};
    const Bytes signer_info = sequence({integer(1), sequence({root_name_, serial_}), sha256, attributes, signer_key_.algorithm(), object(0x04, signature)});
    const Bytes inside = sequence({oid(security_object_oid), object(0xA0, object(0x04, content))});
    const Bytes signed_data = sequence({integer(3), object(0x31, sha256), inside, object(0xA0, signer_), object(0x31, signer_info)});
    return object(0x77, sequence({oid("1.2.840.113549.1.7.2"), object(0xA0, signed_data)}));
}

}  // namespace sim::passport
