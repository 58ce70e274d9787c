// What the card models' tests share: hexadecimal both ways, one exchange, and the centre's side of the social security card's convention written once more.
#pragma once
#include "sim/models/smart_card.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace talk {

using namespace sim;

inline Bytes bytes(std::string_view hex) {
    Bytes out;
    int high = -1;
    for (const char c : hex) {
        if (c == ' ') continue;
        const int digit = c <= '9' ? c - '0' : c - 'A' + 10;
        if (high < 0) {
            high = digit;
        } else {
            out.push_back(static_cast<std::byte>(high << 4 | digit));
            high = -1;
        }
    }
    return out;
}
inline std::string hex(View view) {
    std::string out;
    for (const std::byte b : view) out += fmt::format("{:02X}", std::to_integer<int>(b));
    return out;
}
inline std::string send(SmartCard& card, std::string_view apdu) {
    Time took{};
    return hex(card.answer(bytes(apdu), took));
}

inline constexpr auto select_ssse = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF";
inline constexpr auto master = "000102030405060708090A0B0C0D0E0F";

inline SocialSecurityCard blank(CardGeneration generation = CardGeneration::v2_00, CardAlgorithm algorithm = CardAlgorithm::triple_des, CardTransport transport = CardTransport::t0) {
    return SocialSecurityCard({.identification_code = bytes("450100D156000005 00A1B2C3 5E6F7081"),
                               .bank_number = "6217001234567890123",
                               .master_key = bytes(master),
                               .transport_pin = "123456",
                               .seed = 3,
                               .generation = generation,
                               .algorithm = algorithm,
                               .transport = transport});
}

/// The centre, which has the master and knows the card's identification code.
struct Centre {
    CardAlgorithm algorithm = CardAlgorithm::triple_des;
    Bytes code = bytes("450100D156000005 00A1B2C3 5E6F7081");

    static Bytes twice(View half) {
        Bytes out(half.begin(), half.end());
        for (const auto b : half) out.push_back(~b);
        return out;
    }
    [[nodiscard]] Bytes card_key(int kid) const {
        const Bytes of_kid = kid == uk_ssse ? bytes(master) : ecb16(algorithm, bytes(master), twice(Bytes(8, static_cast<std::byte>(kid))));
        return ecb16(algorithm, of_kid, twice(View{code}.last(8)));
    }
    [[nodiscard]] Bytes proof(int kid, View process, View original) const { return proof8(algorithm, ecb16(algorithm, card_key(kid), twice(process)), original); }
    /// cryptogram8 || original8
    [[nodiscard]] std::string cryptogram(int kid, View process, View original) const { return hex(proof(kid, process, original)) + hex(original); }
    /// The command with Lc, body and MAC.
    [[nodiscard]] std::string maced(std::string_view header, View body, View challenge) const {
        Bytes covered = bytes(header);
        covered.push_back(static_cast<std::byte>(body.size() + 4));
        covered.insert(covered.end(), body.begin(), body.end());
        return hex(covered) + hex(pboc_mac(algorithm, card_key(stk_ssse), challenge, covered));
    }
    /// The new PIN (BCD) enciphered for RELOAD.
    [[nodiscard]] Bytes pin_block(std::string_view bcd) const {
        Bytes plain = bytes(fmt::format("{:02X}{}80", bcd.size() / 2, bcd));
        plain.resize(algorithm == CardAlgorithm::sm4 ? 16 : 8);
        return algorithm == CardAlgorithm::sm4 ? sm4(card_key(stk_ssse), plain) : triple_des(card_key(stk_ssse), plain);
    }
};

inline Bytes challenge(SocialSecurityCard& card) { return bytes(send(card, "0084000008").substr(0, 16)); }

/// In the directory that is selected; the card's answer.
inline std::string authenticate_with(SocialSecurityCard& card, int kid) {
    const Bytes original = challenge(card), process = challenge(card);
    return send(card, fmt::format("008200{:02X}10{}", kid, Centre{card.setup().algorithm}.cryptogram(kid, process, original)));
}

}  // namespace talk
