// The resident ID card: numbers, every field of the text good and bad, the stream, and reading over a scripted reader.
// All people here are invented.
#include "drivers/random.hpp"
#include "drivers/resident_id/resident_id.hpp"
#include "tests/drivers/fakes.hpp"

using namespace test;
using namespace std::chrono_literals;

namespace {
void put(Bytes& block, std::size_t offset, std::u16string_view text, std::size_t units) {
    for (std::size_t i = 0; i < units; ++i) {
        const char16_t c = i < text.size() ? text[i] : u' ';
        block[offset + 2 * i] = static_cast<std::byte>(c & 0xFF);
        block[offset + 2 * i + 1] = static_cast<std::byte>(c >> 8);
    }
}

/// A valid block; the number's check character is right.
Bytes valid_block() {
    Bytes block(256);
    put(block, 0, u"韦小晴", 128);
    put(block, 30, u"2", 1);
    put(block, 32, u"08", 2);
    put(block, 36, u"19920229", 8);
    put(block, 52, u"广西南宁市青秀区示例路１号", 35);
    put(block, 122, u"450103199202291221", 18);
    put(block, 158, u"南宁市公安局示例分局", 15);
    put(block, 188, u"20200101", 8);
    put(block, 204, u"20400101", 8);
    return block;
}
Bytes changed(std::size_t offset, std::u16string_view text, std::size_t units) {
    auto block = valid_block();
    put(block, offset, text, units);
    return block;
}
Bytes valid_stream() {
    Bytes stream = "01000400"_hex;
    const auto block = valid_block();
    stream.insert(stream.end(), block.begin(), block.end());
    stream.resize(1284, std::byte{0x57});
    return stream;
}
std::string field_in(const Result<IdDocument>& result) { return result ? "valid" : fmt::format("{}:{}", name_of(result.error().code), result.error().detail); }

/// A reader with a resident card whose pages come from `stream`.
void put_card(ScriptedReader& reader, Bytes stream) {
    reader.atr = from_hex(resident_id_atr_hex).value();
    reader.answer = [stream](View apdu) -> Result<Bytes> {
        const std::size_t from = 256u * u8(apdu[2]);
        return with_sw(View{stream}.subspan(from, std::min<std::size_t>(256, stream.size() - from)), 0x9000);
    };
}
}  // namespace

TEST_CASE("GB 11643: the check character and what a number must be") {
    CHECK(id_number_check("11010519491231002") == 'X');
    CHECK(id_number_check("45010319920229122") == '1');
    CHECK_FALSE(id_number_check("4501031992022912").has_value());
    CHECK_FALSE(id_number_check("4501031992022912a").has_value());
    CHECK(id_number_valid("11010519491231002X"));
    CHECK_FALSE(id_number_valid("11010519491231002x"));
    CHECK_FALSE(id_number_valid("110105194912310021"));
    CHECK_FALSE(id_number_valid(""));
    const auto with_check = [](std::string first17) { return first17 + *id_number_check(first17); };
    CHECK_FALSE(id_number_valid(with_check("11010519490231002")));  // 31 February
    CHECK_FALSE(id_number_valid(with_check("10010519491231002")));  // no such province
    CHECK(id_number_valid(with_check("83000019491231002")));
}

TEST_CASE("a wrong digit anywhere in a number is found") {
    const std::string good = "11010519491231002X";
    for (std::size_t i = 0; i < 17; ++i)
        for (char c = '0'; c <= '9'; ++c) {
            auto bad = good;
            bad[i] = c;
            CHECK(id_number_valid(bad) == (bad == good));
        }
}

TEST_CASE("dates exist or are nothing") {
    CHECK(parse_date8("20240229").has_value());
    for (const auto* bad : {"20230229", "20241301", "20240100", "18991231", "22000101", "2024022", "2024-2-9", "", "        "}) CHECK_FALSE(parse_date8(bad).has_value());
}

TEST_CASE("GB/T 3304: 58 codes, each with a name of its own") {
    std::set<std::string_view> names;
    for (const int code : nation_codes()) names.insert(nation_name(code).value());
    CHECK(nation_codes().size() == 58);
    CHECK(names.size() == 58);
    CHECK(nation_name(8) == "壮");
    CHECK(nation_name(56) == "基诺");
    for (const int unknown : {-1, 0, 57, 96, 99}) CHECK_FALSE(nation_name(unknown).has_value());
}

TEST_CASE("a valid text block is read field by field") {
    const auto document = parse_id_text(valid_block());
    REQUIRE(document.has_value());
    CHECK(document->name == "韦小晴");
    CHECK(document->sex == Sex::female);
    CHECK(document->nation == 8);
    CHECK(document->birth == std::chrono::year_month_day{std::chrono::year{1992} / 2 / 29});
    CHECK(document->address == "广西南宁市青秀区示例路１号");
    CHECK(document->number == "450103199202291221");
    CHECK(document->authority == "南宁市公安局示例分局");
    CHECK(document->valid_to == std::chrono::year_month_day{std::chrono::year{2040} / 1 / 1});
    CHECK_FALSE(parse_id_text(changed(204, u"长期", 8))->valid_to.has_value());
    CHECK(parse_id_text(changed(0, u"阿卜杜拉·\U00020BB7", 15))->name == "阿卜杜拉·𠮷");
}

TEST_CASE("every broken field is named, and other cards are told apart") {
    CHECK(field_in(parse_id_text(changed(0, u"", 15))) == "document_invalid:name");
    CHECK(field_in(parse_id_text(changed(0, std::u16string{u'韦', 0xD842}, 15))) == "document_invalid:name");
    CHECK(field_in(parse_id_text(changed(0, std::u16string{0xDFB7, u'韦'}, 15))) == "document_invalid:name");
    CHECK(field_in(parse_id_text(changed(0, u"韦\n晴", 15))) == "document_invalid:name");
    CHECK(field_in(parse_id_text(changed(30, u"3", 1))) == "document_invalid:sex");
    CHECK(field_in(parse_id_text(changed(32, u"57", 2))) == "document_invalid:nation");
    CHECK(field_in(parse_id_text(changed(32, u"8 ", 2))) == "document_invalid:nation");
    CHECK(field_in(parse_id_text(changed(36, u"19910229", 8))) == "document_invalid:birth");
    CHECK(field_in(parse_id_text(changed(36, u"19920228", 8))) == "document_invalid:number");
    CHECK(field_in(parse_id_text(changed(52, u"", 35))) == "document_invalid:address");
    CHECK(field_in(parse_id_text(changed(122, u"450103199202291222", 18))) == "document_invalid:number");
    CHECK(field_in(parse_id_text(changed(158, u"", 15))) == "document_invalid:authority");
    CHECK(field_in(parse_id_text(changed(188, u"20201301", 8))) == "document_invalid:valid_from");
    CHECK(field_in(parse_id_text(changed(204, u"20191231", 8))) == "document_invalid:valid_to");
    CHECK(field_in(parse_id_text(changed(204, u"短期", 8))) == "document_invalid:valid_to");
    for (const char16_t variant : {u'I', u'J', u'Y'})
        CHECK(fault_in(parse_id_text(changed(248, std::u16string(1, variant), 1))) == "document_invalid");
    CHECK(fault_in(parse_id_text(Bytes(255))) == "reader_garbage");
    CHECK(fault_in(parse_id_text({})) == "reader_garbage");
}

TEST_CASE("the stream has one shape") {
    const auto document = parse_id_stream(valid_stream());
    REQUIRE(document.has_value());
    CHECK(document->portrait == Bytes(1024, std::byte{0x57}));
    auto shorter = valid_stream();
    shorter.pop_back();
    CHECK(fault_in(parse_id_stream(shorter)) == "reader_garbage");
    for (const std::size_t at : {0u, 1u, 2u, 3u}) {
        auto wrong = valid_stream();
        wrong[at] ^= std::byte{1};
        CHECK(fault_in(parse_id_stream(wrong)) == "reader_garbage");
    }
}

TEST_CASE("one changed byte anywhere, and random blocks: a fault, or a document that holds its promises") {
    const auto random = make_seeded_random(5);
    int valid = 0, refused = 0;
    for (int i = 0; i < 20'000; ++i) {
        auto block = i % 4 == 3 ? random->bytes(256) : valid_block();
        const auto dice = random->bytes(2);
        block[u8(dice[0])] = dice[1];
        const auto document = parse_id_text(block);
        if (!document) {
            ++refused;
            continue;
        }
        ++valid;
        CHECK(id_number_valid(document->number));
        CHECK(nation_name(document->nation).has_value());
        CHECK(document->birth.ok());
        CHECK_FALSE(document->name.empty());
    }
    CHECK(valid > 1'000);
    CHECK(refused > 5'000);
}

TEST_CASE("reading: six pages in order, then the card is let go") {
    ScriptedReader reader;
    put_card(reader, valid_stream());
    const auto document = run(read_resident_id(reader, 1s));
    REQUIRE(document.has_value());
    CHECK(document->name == "韦小晴");
    CHECK(reader.commands == std::vector<std::string>{"FFB0000000", "FFB0010000", "FFB0020000", "FFB0030000", "FFB0040000", "FFB0050000"});
    CHECK(reader.disconnects == 1);
}

TEST_CASE("reading: a page that fails once is asked for again, one that stays half or refused is a fault") {
    ScriptedReader reader;
    put_card(reader, valid_stream());
    const auto good = reader.answer;
    int calls = 0;
    reader.answer = [&](View apdu) -> Result<Bytes> { return ++calls % 3 == 0 ? Result<Bytes>("6300"_hex) : good(apdu); };
    CHECK(run(read_resident_id(reader, 1s)).has_value());
    reader.answer = [&](View apdu) -> Result<Bytes> {
        auto page = *good(apdu);
        return u8(apdu[2]) == 3 ? with_sw(View{page}.first(128), 0x9000) : page;
    };
    const auto half = run(read_resident_id(reader, 1s));
    CHECK(fault_in(half) == "reader_garbage");
    CHECK(half.error().detail == "page 3 has 128 bytes");
    reader.answer = [](View) -> Result<Bytes> { return "6A82"_hex; };
    CHECK(fault_in(run(read_resident_id(reader, 1s))) == "document_unreadable");
    CHECK(reader.disconnects == 3);
}

TEST_CASE("reading: taken away, silent, another card, none") {
    ScriptedReader reader;
    put_card(reader, valid_stream());
    const auto good = reader.answer;
    reader.answer = [&](View apdu) -> Result<Bytes> { return u8(apdu[2]) == 2 ? Result<Bytes>(fail(FaultCode::chip_removed)) : good(apdu); };
    CHECK(fault_in(run(read_resident_id(reader, 1s))) == "document_removed");
    CHECK(reader.commands.size() == 3);  // a card that is gone is not asked again
    CHECK_FALSE(reader.connected);
    reader.answer = [](View) -> Result<Bytes> { return fail(FaultCode::time_out); };
    CHECK(fault_in(run(read_resident_id(reader, 1s))) == "document_unreadable");
    reader.answer = [](View) -> Result<Bytes> { return fail(FaultCode::reader_daemon_down); };
    CHECK(fault_in(run(read_resident_id(reader, 1s))) == "reader_daemon_down");
    reader.atr = "3B8F8001804F0CA000000306030001000000006A"_hex;
    CHECK(fault_in(run(read_resident_id(reader, 1s))) == "document_not_supported");
    reader.atr = fail(FaultCode::chip_silent);
    CHECK(fault_in(run(read_resident_id(reader, 1s))) == "document_unreadable");
    reader.shown.presence = ReaderPresence::empty;
    CHECK(fault_in(run(read_resident_id(reader, 1s))) == "no_document");
}

TEST_CASE("a badge is known by its UID") {
    ScriptedReader reader;
    reader.atr = "3B8F8001804F0CA000000306030001000000006A"_hex;
    reader.answer = [](View) -> Result<Bytes> { return "04A1B2C39000"_hex; };
    CHECK(hex(run(read_uid(reader, 1s)).value()) == "04A1B2C3");
    CHECK(reader.commands == std::vector<std::string>{"FFCA000000"});
    reader.answer = [](View) -> Result<Bytes> { return "04A19000"_hex; };
    CHECK(fault_in(run(read_uid(reader, 1s))) == "reader_garbage");
    reader.answer = [](View) -> Result<Bytes> { return "6A81"_hex; };
    CHECK(fault_in(run(read_uid(reader, 1s))) == "document_unreadable");
    CHECK_FALSE(is_resident_id_atr(*reader.atr));
    CHECK(is_resident_id_atr(from_hex(resident_id_atr_hex).value()));
    CHECK_FALSE(is_resident_id_atr({}));
}
