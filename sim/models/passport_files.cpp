// Data groups 1, 11, 12, 14, 15, EF.COM and EF.CardAccess (9303-10, 4; 9303-11, 9.2).
#include "sim/models/passport_files.hpp"

#include "sim/models/passport_der.hpp"

#include <algorithm>

namespace sim::passport {

namespace {
using der::object;
using der::text;

Bytes one(int value) { return bytes_of({value}); }

/// { 5C list of tags, then the objects }: DG11 and DG12 say what they have.
struct Listed {
    Bytes tags, objects;
    void add(int tag, const std::string& value) {
        if (value.empty()) return;
        append(tags, tag > 0xFF ? bytes_of({tag >> 8, tag & 0xFF}) : one(tag));
        append(objects, object(tag, text(value)));
    }
    [[nodiscard]] Bytes as(int tag) const { return object(tag, {object(0x5C, tags), objects}); }
};

std::string cipher_arc(PassportCipher cipher) { return std::to_string(static_cast<int>(cipher) + 1); }
Bytes pace_oid(PassportCipher cipher) { return der::oid("0.4.0.127.0.7.2.2.4.2." + cipher_arc(cipher)); }
Bytes chip_authentication_oid(PassportCipher cipher) { return der::oid("0.4.0.127.0.7.2.2.3.2." + cipher_arc(cipher)); }
Bytes value_of(const Bytes& oid) { return Bytes(oid.begin() + 2, oid.end()); }  // shorter than 128 bytes: tag and length take two

std::vector<Bytes> pace_infos(const std::vector<PaceVariant>& variants) {
    std::vector<Bytes> out;
    for (const auto& v : variants) out.push_back(der::sequence({pace_oid(v.cipher), der::integer(2), der::integer(static_cast<int>(v.curve))}));
    return out;
}
}  // namespace

Bytes pace_protocol(PassportCipher cipher) { return value_of(pace_oid(cipher)); }
Bytes chip_authentication_protocol(PassportCipher cipher) { return value_of(chip_authentication_oid(cipher)); }

Bytes write_dg1(const PassportDescription& d) { return object(0x61, object(0x5F1F, text(mrz_of_chip(d)))); }

Bytes write_dg11(const PassportDescription& d) {
    std::string latin = d.surname + (d.given.empty() ? "" : "<<" + d.given);
    std::ranges::replace(latin, ' ', '<');
    Listed out;
    out.add(0x5F0E, d.name_zh.empty() ? latin : d.name_zh);
    out.add(0x5F10, d.personal_number);
    out.add(0x5F2B, d.birth);
    out.add(0x5F11, d.place_of_birth);
    out.add(0x5F42, d.address);
    return out.as(0x6B);
}

Bytes write_dg12(const PassportDescription& d) {
    Listed out;
    out.add(0x5F19, d.authority);
    out.add(0x5F26, d.issued);
    return out.as(0x6C);
}

Bytes write_dg14(const PassportDescription& d, View chip_public_key_info) {
    std::vector<Bytes> infos = pace_infos(d.pace);
    if (d.chip_authentication) {
        infos.push_back(der::sequence({chip_authentication_oid(d.chip_authentication->cipher), der::integer(1)}));
        infos.push_back(der::sequence({der::oid("0.4.0.127.0.7.2.2.1.2"), chip_public_key_info}));
    }
    // The plain signature format of BSI TR-03111 with SHA-256.
    if (d.active_authentication == ActiveProof::ecdsa)
        infos.push_back(der::sequence({der::oid("2.23.136.1.1.5"), der::integer(1), der::oid("0.4.0.127.0.7.1.1.4.1.3")}));
    return object(0x6E, der::set_of(infos));
}

Bytes write_dg15(View public_key_info) { return object(0x6F, public_key_info); }

Bytes write_com(const std::set<int>& groups) {
    static constexpr int tags[] = {0, 0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70};
    Bytes list;
    for (const int group : groups) append(list, one(tags[group]));
    return object(0x60, {object(0x5F01, text("0107")), object(0x5F36, text("040000")), object(0x5C, list)});
}

Bytes write_card_access(const std::vector<PaceVariant>& variants) { return der::set_of(pace_infos(variants)); }

}  // namespace sim::passport
