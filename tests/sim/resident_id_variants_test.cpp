// The four cards that a resident ID reader reads, from the model's pages through the kiosk's driver; numbers with right check characters.
#include "drivers/resident_id/resident_id.hpp"
#include "sim/models/resident_id_numbers.hpp"
#include "sim/models/smart_card.hpp"
#include "tests/sim/passport_reader.hpp"

using passport_test::ChipReader;
using namespace std::chrono_literals;
using sim::PersonRecord;

namespace {
drivers::Result<drivers::IdDocument> read(char variant, PersonRecord record) {
    sim::ResidentIdCard card(std::move(record), 4);
    card.variant = variant;
    ChipReader reader(card);
    return test::run(drivers::read_id_card(reader, 1s));
}
using std::chrono::year;
}  // namespace

TEST_CASE("numbers: known ones come out, and the driver finds each of them valid") {
    CHECK(sim::resident_number("110105", "19491231", "002") == "11010519491231002X");  // the specimen of GB 11643
    CHECK(sim::resident_number("440524", "18800101", "001") == "440524188001010014");
    for (int n = 0; n < 1000; ++n) {
        const auto sequence = fmt::format("{:03}", n);
        const auto birth = fmt::format("{}{:02}{:02}", 1930 + n % 80, n % 12 + 1, n % 28 + 1);
        CHECK(drivers::id_number_valid(sim::resident_number(n % 2 ? "450102" : "810000", birth, sequence)));
        CHECK(drivers::permanent_number_2017_valid(sim::permanent_number_2017(n % 2 ? "DEU" : "USA", n % 3 ? "1100" : "4501", birth, static_cast<char>('0' + n % 10))));
        CHECK(drivers::permanent_number_2023_valid(sim::permanent_number_2023(n % 2 ? "31" : "45", fmt::format("{:03}", n % 800 + 4), birth, sequence)));
    }
    CHECK_THROWS_AS((void)sim::resident_number("45010", "19900101", "001"), std::invalid_argument);
    CHECK_THROWS_AS((void)sim::permanent_number_2017("DE1", "1100", "19900101", '1'), std::invalid_argument);
}

TEST_CASE("variant ' ': the resident card") {
    const auto card = read(' ', {.name = "覃\U00020BB7美", .number = sim::resident_number("450102", "19900307", "002"), .address = "广西南宁市青秀区民族大道1号", .authority = "南宁市公安局",
                                 .birth = "19900307", .valid_from = "20200101", .valid_to = "长期", .sex = 2, .nation = 8});
    REQUIRE_MESSAGE(card.has_value(), (card ? "" : card.error().detail));
    CHECK(card->kind == drivers::DocumentKind::resident_id);
    CHECK(card->name == "覃\U00020BB7美");
    CHECK(card->nation == 8);
    CHECK(!card->valid_to);
    CHECK(card->portrait.size() == 1024);
}

TEST_CASE("variant J: the residence permit, for each of the three areas") {
    for (const char* area : {"810000", "820000", "830000"}) {
        const PersonRecord record{.name = "何婉仪", .number = sim::resident_number(area, "19850912", "002"), .address = "广西壮族自治区南宁市青秀区东悦巷12号3栋902号", .authority = "南宁市公安局",
                                  .birth = "19850912", .valid_from = "20230301", .valid_to = "20280301", .sex = 2, .pass_number = "H06543218", .issue_count = 12};
        const auto card = read('J', record);
        REQUIRE_MESSAGE(card.has_value(), (card ? "" : card.error().detail));
        CHECK(card->kind == drivers::DocumentKind::residence_permit);
        CHECK(card->name == record.name);
        CHECK(card->number == record.number);
        CHECK(card->address == record.address);
        CHECK(card->authority == record.authority);
        CHECK(card->birth == year{1985} / 9 / 12);
        CHECK(card->valid_from == year{2023} / 3 / 1);
        CHECK(card->valid_to == year{2028} / 3 / 1);
        CHECK(card->pass_number == "H06543218");
        CHECK(card->issue_count == 12);
        CHECK(card->nation == 0);
    }
}

TEST_CASE("variant I: permanent residence of 2017") {
    const PersonRecord record{.name = "穆克勤", .number = sim::permanent_number_2017("DEU", "4501", "19790523", '4'), .birth = "19790523", .valid_from = "20180115", .valid_to = "20280115",
                              .sex = 1, .name_latin = "MUELLER, KLAUS DIETER", .nationality = "DEU", .issue_count = 1, .authority_code = "1500"};
    const auto card = read('I', record);
    REQUIRE_MESSAGE(card.has_value(), (card ? "" : card.error().detail));
    CHECK(card->kind == drivers::DocumentKind::permanent_residence);
    CHECK(card->name_latin == "MUELLER, KLAUS DIETER");
    CHECK(card->name == "穆克勤");
    CHECK(card->nationality == "DEU");
    CHECK(card->number == record.number);
    CHECK(card->number.size() == 15);
    CHECK(card->birth == year{1979} / 5 / 23);
    CHECK(card->sex == drivers::Sex::male);
    CHECK(card->authority == "1500");
    CHECK(card->issue_count == 1);
    auto nameless = record;
    nameless.name.clear();
    const auto latin_only = read('I', nameless);
    REQUIRE(latin_only);
    CHECK(latin_only->name == "MUELLER, KLAUS DIETER");
}

TEST_CASE("variant Y: permanent residence of 2023, with a name that needs both fields") {
    const std::string long_name = "VAN DER WESTHUIZEN, ALEXANDER JOHANNES";  // 38 characters
    const PersonRecord record{.name = "安德森", .number = sim::permanent_number_2023("45", "710", "19790523", "017"), .birth = "19790523", .valid_from = "20240115", .valid_to = "20340115",
                              .sex = 1, .name_latin = long_name, .nationality = "ZAF", .issue_count = 2, .earlier_number = "A12"};
    const auto card = read('Y', record);
    REQUIRE_MESSAGE(card.has_value(), (card ? "" : card.error().detail));
    CHECK(card->kind == drivers::DocumentKind::permanent_residence);
    CHECK(card->name_latin == long_name);
    CHECK(card->name == "安德森");
    CHECK(card->nationality == "ZAF");
    CHECK(card->number == record.number);
    CHECK(card->number.size() == 18);
    CHECK(card->issue_count == 2);
    CHECK(card->valid_to == year{2034} / 1 / 15);
}

TEST_CASE("a number that does not fit the card is refused, in each variant") {
    for (const char variant : {' ', 'J', 'I', 'Y'}) {
        const PersonRecord record{.name = "何婉仪", .number = "450102199003070029", .address = "南宁市", .authority = "南宁市公安局", .birth = "19900307", .valid_from = "20230301", .valid_to = "20280301", .sex = 2, .nation = 1,
                                  .name_latin = "HE WANYI", .nationality = "CHN", .pass_number = "H06543218", .authority_code = "4500"};
        CHECK(test::fault_in(read(variant, record)) == "document_invalid");
    }
}
