// Published numbers: ICAO 9303-11 appendix D (BAC and secure messaging), appendix G.1 (PACE, ECDH generic mapping), NIST SP 800-38B.
#include "drivers/emrtd/bac.hpp"
#include "drivers/emrtd/curve.hpp"
#include "drivers/emrtd/files.hpp"
#include "drivers/emrtd/lds.hpp"
#include "drivers/emrtd/pace.hpp"
#include "tests/drivers/emrtd_model.hpp"

using namespace test;
using namespace drivers::emrtd;
using namespace std::chrono_literals;

namespace {
/// A card that expects exactly these commands and gives these answers.
struct Trace {
    std::vector<std::pair<std::string, std::string>> steps;
    ScriptedReader reader;
    std::size_t at = 0;
    explicit Trace(std::vector<std::pair<std::string, std::string>> s) : steps(std::move(s)) {
        reader.connected = true;
        reader.answer = [this](View apdu) -> Result<Bytes> {
            REQUIRE(at < steps.size());
            CHECK(hex(apdu) == steps[at].first);
            return from_hex(steps[at++].second).value();
        };
    }
};
}  // namespace

TEST_CASE("9303-11 D.2 and 4.3: check digits, the MRZ's hash, the document's access keys") {
    const auto key = AccessKey::from_mrz("L898902C", "690806", "940623").value();
    CHECK(hex(key.pace_secret()) == "239AB9CB282DAF66231DC5A4DF6BFBAEDF477565");
    CHECK(hex(*key.bac_seed()) == "239AB9CB282DAF66231DC5A4DF6BFBAE");
    CHECK(hex(derive_key(*key.bac_seed(), KeyUse::encryption, CipherKind::des3).view()) == "AB94FDECF2674FDFB9B391F85D7F76F2");
    CHECK(hex(derive_key(*key.bac_seed(), KeyUse::mac, CipherKind::des3).view()) == "7962D9ECE03D1ACD4C76089DCE131543");
    CHECK(mrz_check_digit("L898902C<") == '3');
    CHECK(mrz_check_digit("690806") == '1');
    CHECK(mrz_check_digit("940623") == '6');
}

TEST_CASE("9303-11 D.3 and D.4: basic access control and EF.COM by secure messaging, byte for byte") {
    Trace card({
        {"0084000008", "4608F919887022129000"},
        {"008200002872C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F25F1448EEA8AD90A728", "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D74499000"},
        {"0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800", "990290008E08FA855A5D4C50A8ED9000"},
        {"0CB000000D9701048E08ED6705417E96BA5500", "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000"},
        {"0CB000040D9701128E082EA28A70F3C7B53500", "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000"},
    });
    ScriptedRandom random("781723860C06C226 0B795240CB7049B01C19B33E32804F0B"_hex);
    Channel channel(card.reader);
    const auto key = AccessKey::from_mrz("L898902C", "690806", "940623").value();
    REQUIRE(fault_in(run(run_bac(channel, key, random, 1s))) == "none");
    CHECK(channel.secured());
    const auto file = run(read_file(channel, File::com, 1s)).value();
    REQUIRE(file.has_value());
    CHECK(hex(*file) == "60145F0104303130365F36063034303030305C026175");
    CHECK(card.at == card.steps.size());
    const auto list = parse_com(*file).value();
    CHECK(list.lds_version == "0106");
    CHECK(hex(list.tags) == "6175");
}

TEST_CASE("9303-11 D.3: session keys and counter") {
    const auto seed = "0036D272F5C350ACAC50C3F572D23600"_hex;
    CHECK(hex(derive_key(seed, KeyUse::encryption, CipherKind::des3).view()) == "979EC13B1CBFE9DCD01AB0FED307EAE5");
    CHECK(hex(derive_key(seed, KeyUse::mac, CipherKind::des3).view()) == "F1CB1F1FB5ADF208806B89DC579DC1F8");
}

TEST_CASE("9303-11 G.1: PACE with ECDH generic mapping and AES-128, byte for byte") {
    Trace card({
        {"0022C1A412800A04007F0007020204020283010184010D", "9000"},
        {"10860000027C0000", "7C12801095A3A016522EE98D01E76CB6B98B42C39000"},
        {"10860000457C438141047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D00",
         "7C43824104824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F5730D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C549000"},
        {"10860000457C438341042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB3646200",
         "7C438441049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F0949000"},
        {"008600000C7C0A8508C2B0BD78D94BA86600", "7C0A86083ABB9674BCE93C089000"},
        {"", "6988"},  // the first secured command; set below
    });
    const auto offer = choose_pace("31143012060A04007F0007020204020202010202010D"_hex).value();
    REQUIRE(offer.has_value());
    CHECK(*offer == PaceOffer{CipherKind::aes128, 13});
    SecureMessaging published(CipherKind::aes128, Secret{"F5F0E35C0D7161EE6724EE513A0D9A7F"_hex}, Secret{"FE251C7858B356B24514B3BD5F4297D1"_hex}, Bytes(16));
    const auto select = "00A4040C07A0000002471001"_hex;
    card.steps.back().first = hex(published.protect(select).value());

    ScriptedRandom random("7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99 A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595"_hex);
    Channel channel(card.reader);
    const auto key = AccessKey::from_mrz("T22000129", "640812", "101031").value();
    REQUIRE(fault_in(run(run_pace(channel, key, *offer, random, 1s))) == "none");
    CHECK(fault_in(run(channel.ask(select, 1s))) == "chip_refused");
    CHECK(card.at == card.steps.size());
}

TEST_CASE("9303-11 G.1: the steps between") {
    const auto key = AccessKey::from_mrz("T22000129", "640812", "101031").value();
    CHECK(hex(key.pace_secret()) == "7E2D2A41C74EA0B38CD36F863939BFA8E9032AAD");
    const auto password = derive_key(key.pace_secret(), KeyUse::password, CipherKind::aes128);
    CHECK(hex(password.view()) == "89DED1B26624EC1E634C1989302849DD");
    const auto nonce = cbc_decrypt(CipherKind::aes128, password.view(), {}, "95A3A016522EE98D01E76CB6B98B42C3"_hex);
    CHECK(hex(nonce) == "3F00C4D39D153F2B2A214A078D899B22");
    const auto curve = Curve::create(13).value();
    const auto mapped = curve.map(nonce, "0460332EF2450B5D247EF6D3868397D398852ED6E8CAF6FFEEF6BF85CA57057FD50840CA7415BAF3E43BD414D35AA4608B93A2CAF3A4E3EA4E82C9C13D03EB7181"_hex);
    CHECK(hex(mapped.value()) == "048CED63C91426D4F0EB1435E7CB1D74A46723A0AF21C89634F65A9AE87A9265E28C879506743F8611AC33645C5B985C80B5F09A0B83407C1B6A4D857AE76FE522");
    const auto shared = "28768D20701247DAE81804C9E780EDE582A9996DB4A315020B2733197DB84925"_hex;
    CHECK(hex(derive_key(shared, KeyUse::encryption, CipherKind::aes128).view()) == "F5F0E35C0D7161EE6724EE513A0D9A7F");
    CHECK(hex(derive_key(shared, KeyUse::mac, CipherKind::aes128).view()) == "FE251C7858B356B24514B3BD5F4297D1");
}

TEST_CASE("NIST SP 800-38B: CMAC of one block with each key length, first eight bytes") {
    const auto text = "6BC1BEE22E409F96E93D7E117393172A"_hex;
    CHECK(hex(mac_of(CipherKind::aes128, "2B7E151628AED2A6ABF7158809CF4F3C"_hex, text)) == "070A16B46B4D4144");
    CHECK(hex(mac_of(CipherKind::aes192, "8E73B0F7DA0E6452C810F32B809079E562F8EAD2522C6B7B"_hex, text)) == "9E99A7BF31E71090");
    CHECK(hex(mac_of(CipherKind::aes256, "603DEB1015CA71BE2B73AEF0857D77811F352C073B6108D72D9810A30914DFF4"_hex, text)) == "28A7023F452E8F82");
}
