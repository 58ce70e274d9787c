// Types of the social security card's records both ways: GB 18030 to its edges, names over two records, BCD, nested and cyclic records, the tables, national codes.
#include "drivers/ss_card/national.hpp"
#include "drivers/ss_card/reading.hpp"
#include "drivers/ss_card/status.hpp"
#include "tests/drivers/fakes.hpp"

using namespace test;

namespace {
std::string in_hex(const std::optional<Bytes>& value) { return value ? hex(*value) : "nothing"; }
}  // namespace

TEST_CASE("GB 18030 at its edges: one, two and four bytes, both ways") {
    struct Row {
        const char *utf8, *code;
    };
    // First and last of each part of GB 18030: ASCII, the two-byte area, the four-byte BMP, the first and last supplementary character.
    for (const auto& row : {Row{"\x7E", "7E"}, {"\xC2\xA5", "81308436"}, {"¤", "A1E8"}, {"丂", "8140"}, {"龥", "FD9B"}, {"䶮", "FE9F"}, {"€", "A2E3"}, {"㐀", "8139EE39"}, {"\xEF\xBF\xBF", "8431A439"}, {"\U00010000", "90308130"},
                            {"𠮷", "9534B235"}, {"\U0002A6D6", "9835F336"}, {"\U0010FFFF", "E3329A35"}}) {
        CAPTURE(row.code);
        const auto value = from_hex(row.code).value();
        CHECK(in_hex(an_value(row.utf8, value.size(), std::byte{0}, Charset::gb18030)) == row.code);
        CHECK(an_text(value) == row.utf8);
        CHECK_FALSE(an_value(row.utf8, value.size() - 1, std::byte{0}, Charset::gb18030).has_value());
    }
    CHECK_FALSE(an_value("\xED\xA0\x80", 30, std::byte{0}, Charset::gb18030).has_value());  // a lone surrogate is no character
    CHECK(in_hex(an_value("\xC2\x80", 4, std::byte{0}, Charset::gb18030)) == "81308130");  // the first four-byte code is a control character:
    CHECK_FALSE(an_text("81308130"_hex).has_value());                                    // it never gets out to a terminal
    CHECK_FALSE(an_text("8130"_hex).has_value());
    CHECK_FALSE(an_text("CEA4D0"_hex).has_value());
    CHECK_FALSE(an_text("411B5B324A"_hex).has_value());  // a terminal's escape sequence
    CHECK_FALSE(an_text(Bytes(2000, std::byte{'A'})).has_value());
    CHECK(an_text(Bytes(30, std::byte{0xFF})) == "");
    CHECK(an_text("CEA4FFFF00"_hex) == "韦");
}

TEST_CASE("a name in two records is cut between characters and put together again, also where another program cut it in two") {
    struct Row {
        const char* name;
        std::size_t in_first;
        bool extended;
    };
    for (const auto& row : {Row{"韦小晴", 6, false}, {"", 0, false}, {"阿卜杜热合曼·麦麦提敏艾山江", 28, false}, {"阿卜杜热合曼·麦麦提敏艾山江托", 30, false}, {"阿卜杜热合曼·麦麦提敏艾山江𠮷", 28, true},
                            {"阿卜杜热合曼·麦麦提敏艾山江托乎提·艾合买", 30, true}}) {
        CAPTURE(row.in_first);
        const auto values = name_values(row.name);
        REQUIRE(values.has_value());
        CHECK(values->name.size() == 30);
        CHECK(unpadded(values->name).size() == row.in_first);
        CHECK(values->extension.size() == (row.extended ? 20 : 0));
        CHECK(name_text(values->name, values->extension) == row.name);
    }
    CHECK_FALSE(name_values("阿卜杜热合曼·麦麦提敏艾山江托乎提·艾合买提尼亚孜库尔班江吐尔逊").has_value());
    auto whole = an_value("阿卜杜热合曼·麦麦提敏艾山江𠮷", 50, std::byte{0}, Charset::gb18030).value();
    CHECK(name_text(View{whole}.first(30), View{whole}.subspan(30)) == "阿卜杜热合曼·麦麦提敏艾山江𠮷");
    CHECK_FALSE(name_text(View{whole}.first(30), {}).has_value());  // the rest of the character is missing
    const auto latin = name_values("MARIA DE LA LUZ FERNANDEZ GAR CIA LOPEZ");  // the thirtieth byte is a blank
    CHECK(name_text(latin->name, latin->extension) == "MARIA DE LA LUZ FERNANDEZ GAR CIA LOPEZ");
    CHECK(name_text(an_value("韦小晴", 30, std::byte{0xFF}).value(), Bytes(20, std::byte{0xFF})) == "韦小晴");
}

TEST_CASE("BCD, bytes and numbers to texts") {
    CHECK(cn_text("19920229"_hex) == "19920229");
    CHECK(cn_text("450FFF"_hex) == "450");
    CHECK(cn_text("FFFF"_hex) == "");
    CHECK_FALSE(cn_text("4F50"_hex).has_value());
    CHECK_FALSE(cn_text("4A50"_hex).has_value());
    CHECK(text_of(chip::ValueType::number, "0000012C"_hex) == "300");
    CHECK(text_of(chip::ValueType::b, "00AB"_hex) == "00AB");
    CHECK_FALSE(text_of(chip::ValueType::number, Bytes(9)).has_value());
}

TEST_CASE("the card number X00000019 is right; identification codes are told by their shape and never computed") {
    CHECK(card_number_valid("X00000019"));
    CHECK(card_number_check("X0000001") == '9');
    for (const char c : std::string_view("012345678X")) CHECK_FALSE(card_number_valid(std::string("X0000001") + c));
    CHECK(identification_code_plausible("450100D15600000500A1B2C35E6F7081"_hex));
    CHECK_FALSE(identification_code_plausible("45010AD15600000500A1B2C35E6F7081"_hex));
    CHECK_FALSE(identification_code_plausible("450100D15600000600A1B2C35E6F7081"_hex));
    CHECK_FALSE(identification_code_plausible("450100D15600000500A1B2C35E6F70"_hex));
}

TEST_CASE("nested records: every field by its name, and each flaw of a hostile one by its own") {
    const auto& file = *chip::find_file(*chip::find_directory("DF02"), 0xEF15);
    const auto& row = *chip::find_record(file, 0x99);
    const auto good = "1003313233 110420260101 1203000150"_hex;
    const auto fields = group_fields(file.id, row, good);
    REQUIRE(fields.has_value());
    REQUIRE(fields->size() == 3);
    CHECK((*fields)[0].name == "tag 99.tag 10");
    CHECK((*fields)[0].text == "123");
    CHECK((*fields)[1].text == "20260101");
    CHECK((*fields)[2].text == "000150");
    CHECK(group_fields(file.id, row, Bytes(16)).value().empty());
    CHECK(group_fields(file.id, row, Bytes(16, std::byte{0xFF})).value().empty());
    const auto flaw = [&](View value) {
        const auto out = group_fields(file.id, row, value);
        return out ? std::string("none") : out.error().detail;
    };
    CHECK(flaw("10"_hex) == "EF15 tag 99: a field is cut off");
    CHECK(flaw("100331"_hex) == "EF15 tag 99: a field is cut off");
    CHECK(flaw("10023132"_hex) == "EF15 tag 99: a field has another length");
    CHECK(flaw("0000001003313233"_hex) == "EF15 tag 99: something behind the padding");
    CHECK(flaw("410041004100410041004100"_hex) == "EF15 tag 99: too many fields");
    for (std::size_t n = 1; n < good.size(); ++n) CHECK(group_fields(file.id, row, View{good}.first(n)).has_value() == (n == 5 || n == 11));
}

TEST_CASE("cyclic records: the debit log's fields one behind the other, another length refused") {
    const auto& file = *chip::find_file(*chip::find_directory("DF04"), 0xEF08);
    const auto record = "0001 31 621700000001 20260102030405 00000064 0000000A 0000012C"_hex;
    CHECK(chip::record_size(file) == record.size());
    const auto fields = cyclic_fields(file, 2, record);
    REQUIRE(fields.has_value());
    REQUIRE(fields->size() == 7);
    CHECK((*fields)[1].name == "record 2.field 2");
    CHECK((*fields)[1].text == "1");
    CHECK((*fields)[3].text == "20260102030405");
    CHECK((*fields)[6].text == "300");
    CHECK(cyclic_fields(file, 2, View{record}.first(27)).error().detail == "EF08 record 2: 27 bytes instead of 28");
    const auto odd = cyclic_fields(file, 1, Bytes(28, std::byte{0x1B}));
    REQUIRE(odd.has_value());
    CHECK_FALSE((*odd)[1].follows_type);
    CHECK((*odd)[1].text == "1B");
}

TEST_CASE("the tables: what the facts say in single figures") {
    std::size_t files = 0, records = 0;
    for (const auto& directory : chip::directories()) {
        for (const auto& file : directory.files) {
            ++files;
            records += file.records.size();
        }
    }
    CHECK(files == 43);
    CHECK(records == 124);
    const auto& household = *chip::find_file(*chip::find_directory("DF01"), 0xEF05);
    CHECK(chip::find_record(household, 0x21)->length_in(chip::Generation::v1_00) == 0x3E);
    CHECK(chip::find_record(household, 0x21)->length_in(chip::Generation::v2_00) == 0x50);
    CHECK(chip::find_record(household, 0x22) == nullptr);
    CHECK(chip::find_directory("DF05") == nullptr);
    CHECK(chip::find_file(*chip::find_directory("SSSE"), 0xEF09) == nullptr);
    CHECK(chip::kid_of("RK_SSSE") == 0x0A);
    CHECK(chip::kid_of("UK_SSSE") == 0x12);
    CHECK(chip::kid_of("RK_DF03_EF05") == 0x2C);
    CHECK_FALSE(chip::kid_of("LK").has_value());
}

TEST_CASE("national codes: from a status word, from a fault, and back") {
    using namespace chip;
    CHECK(national_of(0x63C0, PinCommand::no) == -25536);
    CHECK(national_of(0x6982, PinCommand::no) == -27010);
    CHECK(national_of(0x6A88, PinCommand::no) == -27272);
    CHECK(national_of(0x9303, PinCommand::yes) == -37635);
    CHECK(national_of(0x63C2, PinCommand::yes) == -51);
    CHECK(national_of(0x6983, PinCommand::yes) == -52);
    CHECK(national_of(FaultCode::chip_silent) == -4);
    CHECK(national_of(FaultCode::chip_removed) == -2);
    CHECK(national_of(FaultCode::internal) == -999);
    CHECK(national_of(FaultCode::printer_jam) == -999);
    CHECK(fault_of_national(-25, "READ").code == FaultCode::chip_auth_failed);
    CHECK(fault_of_national(-27010, "READ") == status_fault(0x6982, "READ"));
    CHECK(fault_of_national(-7, "READ") == Fault{FaultCode::internal, "READ: national code -7"});
    CHECK(fault_of_national(7, "READ").code == FaultCode::internal);
    for (const auto& row : national_codes()) {
        CHECK(fault_of_national(row.code, "x").code == row.fault);
        CHECK_FALSE(row.text.empty());
        if (row.fault != FaultCode::internal) CHECK(find_national(national_of(row.fault))->fault == row.fault);
    }
}
