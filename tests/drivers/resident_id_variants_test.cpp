// The four variants of the 256-byte text: numbers, ages, every field good and bad, and hostile blocks. The writer of blocks is this
// file's own. All people here are invented; numbers named "specimen" are the published ones of the specimen cards.
#include "drivers/random.hpp"
#include "drivers/resident_id/resident_id.hpp"
#include "tests/drivers/fakes.hpp"

using namespace test;
using namespace std::chrono_literals;

namespace {
using Text = std::u16string;

/// A block as a list of "at this offset, this text".
struct Block {
    std::map<std::size_t, Text> fields;
    Block with(std::size_t offset, Text text) const {
        auto copy = *this;
        copy.fields[offset] = std::move(text);
        return copy;
    }
    /// 256 bytes; the texts are as long as their fields or shorter.
    Bytes bytes() const {
        Bytes out;
        for (int i = 0; i < 128; ++i) out.push_back(std::byte{0x20}), out.push_back(std::byte{0});
        for (const auto& [offset, text] : fields)
            for (std::size_t i = 0; i < text.size(); ++i) {
                out.at(offset + 2 * i) = static_cast<std::byte>(text[i] & 0xFF);
                out.at(offset + 2 * i + 1) = static_cast<std::byte>(text[i] >> 8);
            }
        return out;
    }
};
const Block resident{{{0, u"韦小晴"}, {30, u"2"}, {32, u"08"}, {36, u"19920229"}, {52, u"广西南宁市青秀区示例路１号"}, {122, u"450103199202291221"},
                      {158, u"南宁市公安局示例分局"}, {188, u"20200101"}, {204, u"长期"}}};
const Block permit{{{0, u"何样例"}, {30, u"1"}, {36, u"19850101"}, {52, u"广西南宁市青秀区示例路２号"}, {122, u"820000198501010012"}, {158, u"南宁市公安局示例分局"},
                    {188, u"20200301"}, {204, u"20250301"}, {220, u"M00000001"}, {238, u"02"}, {248, u"J"}}};
const Block green_2017{{{0, u"EXAMPLE, ANNA"}, {120, u"2"}, {122, u"UTO450181030319"}, {152, u"UTO"}, {158, u"样安娜"}, {188, u"20180601"}, {204, u"20280531"},
                        {220, u"19810303"}, {236, u"01"}, {240, u"1500"}, {248, u"I"}}};
const Block green_2023{{{0, u"样安娜"}, {30, u"2"}, {32, u"01"}, {36, u"19810303"}, {52, u"EXAMPLE, ANNA"}, {122, u"911124198103030025"}, {188, u"20231201"},
                        {204, u"20331201"}, {242, u"UTO"}, {248, u"Y"}}};

Result<IdDocument> read(const Block& block) { return parse_id_text(block.bytes()); }
/// "valid", or the fault with its detail.
std::string said(const Result<IdDocument>& result) { return result ? "valid" : fmt::format("{}:{}", name_of(result.error().code), result.error().detail); }
std::string said(const Block& block) { return said(read(block)); }
}  // namespace

TEST_CASE("permanent residence numbers, old and new, and the areas of residence permits") {
    CHECK(id_number_valid("810000199408230021"));  // specimen
    CHECK(permit_area("810000199408230021"));
    CHECK(permit_area("820000198501010012"));
    CHECK(permit_area("830000197002280015"));
    for (const auto* other : {"810101199408230023", "450000199408230024", "", "8300"}) CHECK_FALSE(permit_area(other));

    CHECK(permanent_number_2017_valid("UTO450181030319"));
    CHECK(permanent_number_2017_valid("CAN110100022918"));  // 29 February of 2000
    for (const auto* bad : {"CAN990181030312", "UTO810081030318", "CAN110181023118", "UTO45018103031", "UTO4501810303199", "uto450181030319", "UT0450181030319", "UTO45018103A319", ""})
        CHECK_FALSE(permanent_number_2017_valid(bad));
    CHECK(permanent_number_2023_valid("911124198108030024"));  // specimen
    for (const auto* bad : {"901124198103030015", "981124198103030028", "911000198103030010", "811124198103030013", "911124198102310017", "91112419810803002", "9111241981080300244", "91112419810803002X", ""})
        CHECK_FALSE(permanent_number_2023_valid(bad));
}

TEST_CASE("a wrong digit anywhere in a permanent residence number is found, but for what the old check digit cannot see") {
    const std::string recent = "911124198108030024", old = "UTO450181030319";
    for (std::size_t i = 0; i < recent.size(); ++i)
        for (char c = '0'; c <= '9'; ++c) {
            auto bad = recent;
            bad[i] = c;
            CHECK(permanent_number_2023_valid(bad) == (bad == recent));
        }
    for (std::size_t i = 3; i < old.size(); ++i)
        for (char c = '0'; c <= '9'; ++c) {
            auto bad = old;
            bad[i] = c;
            CHECK(permanent_number_2017_valid(bad) == (bad == old));  // weights 7, 3, 1 are prime to 10: every single digit shows
        }
}

TEST_CASE("ages are completed years on a day") {
    const auto birth = 1992y / 2 / 29;
    CHECK(age_on(birth, 2008y / 2 / 28) == 15);
    CHECK(age_on(birth, 2008y / 2 / 29) == 16);
    CHECK(age_on(birth, 2009y / 2 / 28) == 16);
    CHECK(age_on(birth, 2009y / 3 / 1) == 17);
    CHECK(age_on(birth, birth) == 0);
    CHECK_FALSE(age_on(birth, 1992y / 2 / 28).has_value());
    CHECK_FALSE(age_on(birth, 2023y / 2 / 29).has_value());
    CHECK_FALSE(age_on(1991y / 2 / 29, 2023y / 1 / 1).has_value());
    const auto card = read(resident);
    REQUIRE(card.has_value());
    CHECK(age_on(card->birth, card->valid_from) == 27);  // on the day the document was issued
}

TEST_CASE("each variant is recognised and decoded") {
    const auto a = read(resident);
    REQUIRE(a.has_value());
    CHECK(a->kind == DocumentKind::resident_id);
    CHECK(a->evidence == Evidence::chip);
    CHECK(a->name == "韦小晴");
    CHECK(a->nation == 8);
    CHECK(a->nationality == "CHN");
    CHECK_FALSE(a->valid_to.has_value());

    const auto j = read(permit);
    REQUIRE(j.has_value());
    CHECK(j->kind == DocumentKind::residence_permit);
    CHECK(j->name == "何样例");
    CHECK(j->name_latin.empty());
    CHECK(j->sex == Sex::male);
    CHECK(j->nation == 0);
    CHECK(j->nationality == "CHN");
    CHECK(j->birth == 1985y / 1 / 1);
    CHECK(j->address == "广西南宁市青秀区示例路２号");
    CHECK(j->number == "820000198501010012");
    CHECK(j->authority == "南宁市公安局示例分局");
    CHECK(j->valid_from == 2020y / 3 / 1);
    CHECK(j->valid_to == 2025y / 3 / 1);
    CHECK(j->pass_number == "M00000001");
    CHECK(j->issue_count == 2);

    const auto i = read(green_2017);
    REQUIRE(i.has_value());
    CHECK(i->kind == DocumentKind::permanent_residence);
    CHECK(i->name_latin == "EXAMPLE, ANNA");
    CHECK(i->name == "样安娜");
    CHECK(i->sex == Sex::female);
    CHECK(i->birth == 1981y / 3 / 3);
    CHECK(i->nationality == "UTO");
    CHECK(i->number == "UTO450181030319");
    CHECK(i->valid_to == 2028y / 5 / 31);
    CHECK(i->authority == "1500");
    CHECK(i->issue_count == 1);
    CHECK(read(green_2017.with(158, u"   "))->name == "EXAMPLE, ANNA");  // no Chinese name: the Latin one goes onto the card

    const auto y = read(green_2023);
    REQUIRE(y.has_value());
    CHECK(y->kind == DocumentKind::permanent_residence);
    CHECK(y->name_latin == "EXAMPLE, ANNA");
    CHECK(y->name == "样安娜");
    CHECK(y->nationality == "UTO");
    CHECK(y->number == "911124198103030025");
    CHECK(y->valid_from == 2023y / 12 / 1);
    CHECK(y->issue_count == 1);
}

TEST_CASE("the Latin name of the 2023 card goes on where its second part lies") {
    const auto name = [](Text first, Text rest) { return read(green_2023.with(52, std::move(first)).with(220, std::move(rest)))->name_latin; };
    CHECK(name(u"ABCDEFGHIJKLMNOPQRSTUVWXYZ, ABCDEFG", u"HIJKLMNOPQR") == "ABCDEFGHIJKLMNOPQRSTUVWXYZ, ABCDEFGHIJKLMNOPQR");
    CHECK(name(u"EXAMPLE, ANNA                      ", u"MARIA      ") == "EXAMPLE, ANNA MARIA");
}

TEST_CASE("residence permits: every broken field has its own fault") {
    const std::vector<std::tuple<std::size_t, Text, std::string>> table{
        {0, u"      ", "name"},        {0, Text{u'何', 0xDFB7, u'例'}, "name"}, {30, u"7", "sex"},           {32, u"01", "nation"},
        {36, u"19850231", "birth"},    {36, u"19850102", "number"},             {52, u"             ", "address"},
        {122, u"820000198501010013", "number"}, {122, u"450000199408230024", "number"}, {122, u"810101199408230023", "number"},
        {158, u"          ", "authority"}, {188, u"20201301", "valid_from"},    {188, u"19841231", "valid_from"}, {204, u"20200229", "valid_to"},
        {204, u"长期      ", "valid_to"},  {220, u"         ", "pass_number"},    {220, u"M0000000a", "pass_number"},  {238, u"2 ", "issue_count"}};
    CHECK(said(permit) == "valid");
    for (const auto& [offset, text, field] : table) CHECK(said(permit.with(offset, text)) == "document_invalid:" + field);
}

TEST_CASE("permanent residence cards: every broken field has its own fault") {
    const std::vector<std::tuple<std::size_t, Text, std::string>> of_2017{
        {0, u"             ", "name_latin"}, {0, u"ÉXAMPLE", "name_latin"}, {120, u" ", "sex"}, {122, u"UTO450181030318", "number"}, {122, u"CAN110100022918", "number"},
        {152, u"UT1", "nationality"}, {152, u"UT ", "nationality"}, {152, u"CAN", "number"}, {158, Text{0xD842, u' '}, "name_zh"}, {188, u"2018060 ", "valid_from"},
        {204, u"20180531", "valid_to"}, {204, u"长期      ", "valid_to"}, {220, u"19810304", "number"}, {220, u"1981030X", "birth"}, {236, u"1 ", "version"}, {240, u"15A0", "authority"}};
    CHECK(said(green_2017) == "valid");
    for (const auto& [offset, text, field] : of_2017) CHECK(said(green_2017.with(offset, text)) == "document_invalid:" + field);
    // The number's two digits of the year fit 1981 and 2081; the second is after the card was issued.
    CHECK(said(green_2017.with(220, u"20810303")) == "document_invalid:valid_from");

    const std::vector<std::tuple<std::size_t, Text, std::string>> of_2023{
        {0, Text{0xDC00}, "name_zh"}, {30, u"3", "sex"}, {32, u"  ", "renewals"}, {36, u"19810304", "number"}, {36, u"        ", "birth"}, {52, u"             ", "name_latin"},
        {220, u"\x00E9", "name_latin"}, {122, u"911124198103030024", "number"}, {122, u"901124198103030015", "number"}, {122, u"810000199408230021", "number"},
        {188, u"19800101", "valid_from"}, {204, u"20231130", "valid_to"}, {204, u"长期      ", "valid_to"}, {242, u"U O", "nationality"}};
    CHECK(said(green_2023) == "valid");
    for (const auto& [offset, text, field] : of_2023) CHECK(said(green_2023.with(offset, text)) == "document_invalid:" + field);
}

TEST_CASE("no permit is taken for a resident card") {
    for (const auto& block : {permit, green_2017, green_2023}) {
        CHECK(read(block)->kind != DocumentKind::resident_id);
        // Also with its letter lost, or another one in its place.
        for (const char16_t letter : {u' ', u'\0', u'Z', u'j'}) CHECK(fault_in(read(block.with(248, Text(1, letter)))) == "document_invalid");
        for (const char16_t letter : {u'I', u'J', u'Y'})
            if (block.fields.at(248)[0] != letter) CHECK(fault_in(read(block.with(248, Text(1, letter)))) == "document_invalid");
    }
    // A permit's number on what calls itself a resident card.
    CHECK(said(resident.with(122, u"820000198501010012").with(36, u"19850101")) == "document_invalid:number");
    CHECK(said(resident.with(122, u"810101199408230023").with(36, u"19940823")) == "document_invalid:number");
}

TEST_CASE("the photograph is 1024 bytes and is handed on as it is; wiping leaves nothing") {
    const Bytes photo(1024, std::byte{0x57});
    for (const auto& block : {resident, permit, green_2017, green_2023}) {
        auto stream = "01000400"_hex;
        for (const auto& part : {block.bytes(), photo}) stream.insert(stream.end(), part.begin(), part.end());
        auto card = parse_id_stream(stream);
        REQUIRE(card.has_value());
        CHECK(card->portrait == photo);
        CHECK(card->portrait_format == PortraitFormat::wlt);
        card->wipe();
        CHECK((card->number.empty() || card->number[0] == '\0'));
        CHECK(card->portrait.empty());
        stream.pop_back();
        CHECK(fault_in(parse_id_stream(stream)) == "reader_garbage");
    }
    CHECK(fault_in(parse_id_text(Bytes(255))) == "reader_garbage");
    CHECK(fault_in(parse_id_text({})) == "reader_garbage");
}

TEST_CASE("200,000 hostile blocks: a fault, or a document that holds its promises") {
    const auto random = make_seeded_random(51);
    const Bytes good[] = {resident.bytes(), permit.bytes(), green_2017.bytes(), green_2023.bytes()};
    std::map<DocumentKind, int> valid;
    int refused = 0, broken = 0;
    for (int n = 0; n < 200'000; ++n) {
        const auto dice = random->bytes(8);
        Bytes block = good[n % 4];
        if (n % 16 == 15) block = random->bytes(256);
        for (std::size_t k = 0; k <= u8(dice[0]) % 3; ++k) block[u8(dice[1 + 2 * k])] = n % 2 ? dice[2 + 2 * k] : static_cast<std::byte>('0' + u8(dice[2 + 2 * k]) % 48);
        if (n % 64 == 3) block.resize(u8(dice[7]));
        const auto card = parse_id_text(block);
        if (!card) {
            ++refused;
            broken += card.error().code != FaultCode::document_invalid && card.error().code != FaultCode::reader_garbage;
            continue;
        }
        ++valid[card->kind];
        broken += card->name.empty() || !age_on(card->birth, card->valid_from) || (card->valid_to && *card->valid_to < card->valid_from);
        if (card->kind == DocumentKind::resident_id) broken += !id_number_valid(card->number) || permit_area(card->number);
        else if (card->kind == DocumentKind::residence_permit) broken += !id_number_valid(card->number) || !permit_area(card->number) || card->pass_number.empty() || !card->valid_to;
        else broken += !(permanent_number_2017_valid(card->number) || permanent_number_2023_valid(card->number)) || card->name_latin.empty() || card->nationality.size() != 3 || !card->valid_to;
    }
    CHECK(broken == 0);
    CHECK(valid.size() == 3);
    for (const auto& [kind, count] : valid) CHECK(count > 500);
    CHECK(refused > 50'000);
}
