// The card models at byte level: documented APDUs and answers, every access rule, keys, PIN, broken chips.
#include "tests/sim/card_talk.hpp"

#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

using namespace talk;

namespace {

/// The centre's side of the convention, written out here once more.
std::string cryptogram(View master, View factor, View process, View original) {
    const auto pair = [](View key, View f) {
        Bytes inverse(f.begin(), f.end());
        for (auto& b : inverse) b = ~b;
        Bytes out = triple_des(key, f);
        const Bytes second = triple_des(key, inverse);
        out.insert(out.end(), second.begin(), second.end());
        return out;
    };
    return hex(triple_des(pair(pair(master, factor), process), original)) + hex(original);
}

void authenticate(SocialSecurityCard& card) {
    send(card, select_ssse);
    const Bytes original = bytes(send(card, "0084000008").substr(0, 16)), process = bytes(send(card, "0084000008").substr(0, 16));
    const auto proof = cryptogram(bytes("000102030405060708090A0B0C0D0E0F"), View{card.setup().identification_code}.last(8), process, original);
    REQUIRE(send(card, "0082001210" + proof) == "9000");
}

ResidentIdCard id_card() {
    return ResidentIdCard({.name = "覃\U00020BB7美", .number = "450102199003070028", .address = "广西南宁市青秀区民族大道1号", .authority = "南宁市公安局", .birth = "19900307", .valid_from = "20200101", .valid_to = "长期", .sex = 2, .nation = 8});
}

}  // namespace

TEST_CASE("triple DES: a known answer of two-key ECB") {
    // NIST SP 800-20, variable plaintext: all three keys 0101..01, so it equals single DES.
    CHECK(hex(triple_des(bytes("01010101010101010101010101010101"), bytes("8000000000000000"))) == "95F8A5E5DD31D900");
    CHECK(hex(triple_des(bytes("0123456789ABCDEFFEDCBA9876543210"), bytes("0000000000000000"))) == "08D7B4FB629D0885");
}

TEST_CASE("the resident ID card shows six pages, its type in the ATR with a right check byte, and a UID") {
    auto card = id_card();
    const Bytes atr = card.reset();
    CHECK(hex(atr) == "3B8F80014944434152444E415449440000000041");
    std::string stream;
    for (int page = 0; page < 6; ++page) {
        const std::string answer = send(card, fmt::format("FFB0{:02X}0000", page));
        CHECK(answer.size() == (page < 5 ? 516 : 12));
        CHECK(answer.ends_with("9000"));
        stream += answer.substr(0, answer.size() - 4);
    }
    CHECK(stream.size() == 2 * 1284);
    CHECK(stream.starts_with("01000400" "8389" "42D8B7DF" "8E7F"));  // header, then the name in UTF-16LE with its surrogate pair
    CHECK(stream.substr(2 * (4 + 30), 12) == "320030003800");          // female, nation 08
    CHECK(stream.substr(2 * (4 + 204), 16) == "7F951F6720002000");    // 长期 and blanks
    CHECK(send(card, "FFB0060000") == "6B00");
    CHECK(send(card, "FFB0000010") == "6700");
    CHECK(send(card, "FFCA000000").size() == 12);
    CHECK(send(card, "FFCB000000") == "6D00");
    CHECK(send(card, "00A4") == "6700");
}

TEST_CASE("an ID card can be disturbed, each word in its way") {
    auto card = id_card();
    const std::string right = send(card, "FFB0000000");
    card.disturbance = Disturbance::garbage;
    CHECK(send(card, "FFB0000000") != right);
    card.disturbance = Disturbance::wrong;
    CHECK(send(card, "FFB0000000").substr(8, 4) == "8983");
    card.disturbance = Disturbance::stuck;
    CHECK(send(card, "FFB0000000").empty());
    CHECK(!card.reset().empty());
    card.disturbance = Disturbance::off;
    CHECK(card.reset().empty());
    card.disturbance = Disturbance::intermittent;
    int failed = 0;
    for (int i = 0; i < 9; ++i) failed += send(card, "FFB0000000") == "6300";
    CHECK(failed == 3);
    card.disturbance = Disturbance::none;
    card.half_page = 2;
    CHECK(send(card, "FFB0020000").size() == 2 * 130);
    CHECK(send(card, "FFB0010000").size() == 2 * 258);
    card.variant = 'J';
    CHECK(send(card, "FFB0000000").substr(2 * (4 + 248), 4) == "4A00");
    card.disturbance = Disturbance::slow;
    Time took{};
    CHECK(!card.answer(bytes("FFB0000000"), took).empty());
    CHECK(took >= std::chrono::seconds{1});
}

TEST_CASE("a badge says its UID and nothing else") {
    BadgeCard badge(bytes("04A1B2C3"));
    CHECK(badge.reset() != id_card().reset());
    CHECK(send(badge, "FFCA000000") == "04A1B2C39000");
    CHECK(send(badge, "FFB0000000") == "6D00");
    CHECK(send(badge, "FF") == "6D00");
}

TEST_CASE("a blank social security card identifies itself, and nothing of a person is on it") {
    auto card = blank();
    CHECK(hex(card.reset()) == "3B6D0000" "00814C49515520" "450100" "A1B2C3");
    CHECK(send(card, "00B2010012") == "6985");  // nothing selected
    CHECK(send(card, "00A4040006D15600000599") == "6A82");
    const std::string fci = send(card, select_ssse);
    CHECK(fci.starts_with("6F19840F7378312E73682EC9E7BBE1B1A3D5CFA506" "9F0C03860101"));
    CHECK(send(card, "00B2010012") == "6985");  // no file yet
    CHECK(send(card, "00A4020002EF0B") == "6A82");
    CHECK(send(card, "00A4020002EF05") == "9000");
    CHECK(send(card, "00B2010012") == "0110450100D15600000500A1B2C35E6F70819000");
    CHECK(send(card, "00B2010000").ends_with("9000"));
    CHECK(send(card, "00B2010010") == "6C12");
    CHECK(send(card, "00B2030006") == "0304322E30309000");
    CHECK(send(card, "00B207000B") == "6A83");
    CHECK(send(card, "00B2083014") == "6A83");
    CHECK(send(card, "00A4040008A000000333010101").ends_with("9000"));
    CHECK(send(card, "00B2010C00") == "70125F24033612315A0A6217001234567890123F9000");
    CHECK(send(card, "00B2020C00") == "6A83");
    CHECK(send(card, "00B2011400") == "6A82");
    CHECK(send(card, "00FE000000") == "6D00");
    CHECK(send(card, "A0A40000") == "6E00");
    CHECK(send(card, "00A404000F73") == "6700");
}

TEST_CASE("records are written by tag after the external authentication, with their exact lengths") {
    auto card = blank();
    send(card, select_ssse);
    CHECK(send(card, "00DC052806050420261101") == "6982");
    authenticate(card);
    CHECK(card.authentications == 1);
    CHECK(send(card, "00DC052806050420261101") == "9000");
    CHECK(send(card, "00DC0528050503202611") == "6700");    // too short
    CHECK(send(card, "00DC052806060420261101") == "6700");  // another tag inside
    CHECK(send(card, "00DC0A28030A0132") == "6A83");        // no such record in EF05
    CHECK(send(card, "00DC0A30030A0132") == "9000");
    CHECK(send(card, "00DC0A48030A0132") == "6A82");        // SFI 9 does not exist
    CHECK(send(card, "00B2053006") == "6A83");
    CHECK(send(card, "00B2052806") == "0504202611019000");
    CHECK(hex(card.records.at({0xEF06, 0x0A})) == "32");
    CHECK(card.writes == 2);
    SUBCASE("another application ends the right") {
        send(card, "00A4040008A000000333010101");
        send(card, select_ssse);
        CHECK(send(card, "00DC052806050420261101") == "6982");
    }
    SUBCASE("a reset ends the right") {
        (void)card.reset();
        send(card, select_ssse);
        CHECK(send(card, "00DC052806050420261101") == "6982");
    }
    SUBCASE("a torn write leaves half of the value and says so") {
        card.torn_after_writes = 2;
        CHECK(send(card, "00DC062806060420361101") == "9000");
        CHECK(send(card, "00DC052806050419990102") == "6581");
        CHECK(hex(card.records.at({0xEF05, 0x05})) == "19991101");
        CHECK(send(card, "00DC052806050419990102") == "9000");
    }
    const auto json = nlohmann::json::parse(card.to_json());
    CHECK(json["identification_code"] == "450100D15600000500A1B2C35E6F7081");
    CHECK(json["files"]["EF06"]["0A"] == "32");
    CHECK(json["pin_changed"] == false);
}

TEST_CASE("external authentication: wrong key, used challenge, replay, block") {
    auto card = blank();
    send(card, select_ssse);
    CHECK(send(card, "0082001210" + std::string(32, '0')) == "6984");
    CHECK(send(card, "0084000004") == "6700");
    const std::string first = send(card, "0084000008"), second = send(card, "0084000008");
    CHECK(first != second);
    CHECK(send(card, "0082000B10" + std::string(32, '0')) == "6A88");  // no such key
    const auto proof = cryptogram(bytes("000102030405060708090A0B0C0D0E0F"), View{card.setup().identification_code}.last(8), bytes(second.substr(0, 16)), bytes(first.substr(0, 16)));
    CHECK(send(card, "0082001210" + proof) == "9000");
    CHECK(send(card, "0082001210" + proof) == "6984");
    send(card, "0084000008");
    CHECK(send(card, "0082001210" + proof) == "63C4");  // replayed under another challenge
    for (const char* answer : {"63C3", "63C2", "63C1", "6983", "6983"}) {
        send(card, "0084000008");
        CHECK(send(card, "0082001210" + std::string(32, '0')) == answer);
    }
    CHECK(send(card, "00DC052806050420261101") == "6982");
}

TEST_CASE("the PIN: changed with the old one, counted, blocked") {
    auto card = blank();
    CHECK(send(card, "0020000003123456") == "6985");
    send(card, select_ssse);
    CHECK(send(card, "00200000") == "63C3");
    CHECK(send(card, "0020000003123456") == "9000");
    CHECK(send(card, "805E010007999999FF246810") == "63C2");
    CHECK(send(card, "805E010007123456FF246810") == "9000");
    CHECK(card.pin_is("246810"));
    CHECK(card.pin_tries == 3);
    CHECK(send(card, "805E010006123456FF2468") == "63C2");
    CHECK(send(card, "805E010006246810246810") == "6700");  // no separator
    CHECK(send(card, "805E010007246810FF12345A") == "6A80");
    CHECK(send(card, "0020000003123456") == "63C1");
    CHECK(send(card, "0020000003246810") == "9000");
    for (const char* answer : {"63C2", "63C1", "6983", "6983"}) CHECK(send(card, "0020000003000000") == answer);
    CHECK(send(card, "0020000003246810") == "6983");
    CHECK(nlohmann::json::parse(card.to_json())["pin_changed"] == true);
}

TEST_CASE("chips break: dead, mute until reset, T=0 manners") {
    auto card = blank();
    card.mute_after = 2;
    CHECK(!send(card, select_ssse).empty());
    CHECK(!send(card, "0084000008").empty());
    CHECK(send(card, "0084000008").empty());
    CHECK(send(card, "0084000008").empty());
    CHECK(!card.reset().empty());
    CHECK(!send(card, select_ssse).empty());
    card.t0_manners = true;
    CHECK(send(card, select_ssse) == "611B");
    CHECK(send(card, "00C000001B").starts_with("6F19"));
    CHECK(send(card, "00C000001B") == "6985");
    send(card, "00A4020002EF05");
    CHECK(send(card, "00B2030000") == "6C06");
    card.disturbance = Disturbance::garbage;
    CHECK(send(card, "00B2030006") != "0304322E30309000");
    card.disturbance = Disturbance::none;
    card.dead = true;
    CHECK(card.reset().empty());
    CHECK(send(card, select_ssse).empty());
}

TEST_CASE("a card's picture: white stock, dyes by their densities, resin on top, rounded corners") {
    PhysicalCard card;
    card.width = 80;
    card.height = 48;
    const std::size_t n = 80 * 48;
    card.y.assign(n, 127);
    card.k.assign(n, 0);
    card.k[12 * 80 + 20] = 1;
    const auto decoded = [](const Bytes& png) {
        return cv::imdecode(cv::Mat(1, static_cast<int>(png.size()), CV_8U, const_cast<std::byte*>(png.data())), cv::IMREAD_UNCHANGED);
    };
    const cv::Mat front = decoded(card_png(card, true)), back = decoded(card_png(card, false));
    REQUIRE(front.size() == cv::Size(80, 48));
    const auto yellow = front.at<cv::Vec4b>(5, 10), black = front.at<cv::Vec4b>(12, 20), corner = front.at<cv::Vec4b>(0, 0), white = back.at<cv::Vec4b>(12, 20);
    CHECK(yellow[0] < 20);   // blue is swallowed
    CHECK(yellow[2] > 230);  // red is not
    CHECK(black[2] < 10);
    CHECK(corner[3] == 0);
    CHECK(yellow[3] == 255);
    CHECK(white[1] > 245);
    CHECK(decoded(card_png(PhysicalCard{}, true)).size() == cv::Size(1016, 648));
}
