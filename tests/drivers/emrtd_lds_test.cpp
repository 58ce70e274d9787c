// EF.COM, DG1 and DG2: what is accepted, and that every damaged container is refused.
#include "drivers/emrtd/der.hpp"
#include "drivers/emrtd/lds.hpp"
#include "tests/drivers/emrtd_model.hpp"

using namespace test;
using namespace drivers::emrtd;

namespace {
const auto jpeg = "FFD8FFE000104A46494600"_hex, jp2 = "0000000C6A5020200D0A870A00000014"_hex, codestream = "FF4FFF510029"_hex;

Bytes be32(std::size_t n) { return {static_cast<std::byte>(n >> 24), static_cast<std::byte>(n >> 16), static_cast<std::byte>(n >> 8), static_cast<std::byte>(n & 0xFF)}; }
struct Record {
    Bytes picture = jpeg;
    std::uint8_t points = 0, claimed_points = 0, faces = 1;
    int length_error = 0, block_error = 0;
    Bytes tail;
    [[nodiscard]] Bytes bytes() const {
        const auto block = 20 + points * 8u + 12 + picture.size();
        const auto face = cat({be32(block + static_cast<std::size_t>(block_error)), Bytes{std::byte{0}, std::byte{claimed_points}}, Bytes(14), Bytes(points * 8u), "0100019001F401020000"_hex, "0000"_hex, picture});
        return cat({"4641430030313000"_hex, be32(14 + face.size() + static_cast<std::size_t>(length_error)), Bytes{std::byte{0}, std::byte{faces}}, face, tail});
    }
};
Bytes dg2(View record, const char* tag = "5F2E", const char* count = "020101") {
    return tlv("75", tlv("7F61", cat({from_hex(count).value(), tlv("7F60", cat({tlv("A1", "87020101880200 08"_hex), tlv(tag, record)}))})));
}
std::string verdict(const Record& record) { return fault_in(parse_dg2(dg2(record.bytes()))); }
}  // namespace

TEST_CASE("DG2: JPEG, JPEG 2000 and its bare codestream, with and without feature points") {
    for (const auto& [picture, format] : {std::pair{jpeg, PictureFormat::jpeg}, {jp2, PictureFormat::jpeg2000}, {codestream, PictureFormat::jpeg2000}}) {
        Record record;
        record.picture = picture;
        const auto plain = parse_dg2(dg2(record.bytes())).value();
        CHECK(plain.format == format);
        CHECK(plain.picture == picture);
        CHECK(plain.width == 400);
        CHECK(plain.height == 500);
        record.points = record.claimed_points = 3;
        CHECK(parse_dg2(dg2(record.bytes())).value().picture == picture);
    }
    Record short_of_eight;  // stated length below the data's, as some issuers do
    short_of_eight.length_error = -8;
    CHECK(verdict(short_of_eight) == "none");
}

TEST_CASE("DG2: every truncation and every wrong count is refused") {
    const auto whole = dg2(Record{}.bytes());
    for (std::size_t size = 0; size < whole.size(); ++size) CHECK(fault_in(parse_dg2(View{whole}.first(size))) == "document_unreadable");
    const auto record = Record{}.bytes();
    for (std::size_t size = 0; size + 1 < record.size(); ++size) CHECK(fault_in(parse_dg2(dg2(View{record}.first(size)))) == "document_unreadable");
    const auto refused = [](const std::function<void(Record&)>& spoil) {
        Record r;
        spoil(r);
        return verdict(r);
    };
    CHECK(refused([](Record& r) { r.picture = "47494638396100"_hex; }) == "document_unreadable");
    CHECK(refused([](Record& r) { r.picture.clear(); }) == "document_unreadable");
    CHECK(refused([](Record& r) { r.claimed_points = 2; }) == "document_unreadable");
    CHECK(refused([](Record& r) { r.claimed_points = 255; }) == "document_unreadable");
    CHECK(refused([](Record& r) { r.faces = 0; }) == "document_unreadable");
    CHECK(refused([](Record& r) { r.faces = 5; }) == "document_unreadable");
    CHECK(refused([](Record& r) { r.length_error = 1; }) == "document_unreadable");
    CHECK(refused([](Record& r) { r.length_error = -9; }) == "document_unreadable");
    CHECK(refused([](Record& r) { r.block_error = 1; }) == "document_unreadable");
    CHECK(refused([](Record& r) { r.block_error = -11; }) == "document_unreadable");
    CHECK(fault_in(parse_dg2(dg2(record, "5F2E", "020100"))) == "document_unreadable");
    CHECK(fault_in(parse_dg2(dg2(record, "5F2E", "02010A"))) == "document_unreadable");
    CHECK(fault_in(parse_dg2(dg2(record, "5F2E", ""))) == "document_unreadable");
    CHECK(fault_in(parse_dg2(dg2(record, "5F2F"))) == "document_unreadable");
    CHECK(fault_in(parse_dg2(dg2(record, "7F2E"))) == "document_not_supported");
}

TEST_CASE("EF.COM and DG1") {
    CHECK(hex(parse_com("60165F0104303130375F36063034303030305C0461756B6E"_hex).value().tags) == "61756B6E");
    for (const char* bad : {"", "60", "6000", "61145F0104303130365F36063034303030305C026175", "60145F0104303130365F36063034303030305C0261", "60145F0104303130465F36063034303030305C026175",
                            "60125F0104303130365F36063034303030305C00", "60075F010430313036", "60145F0104303130365F36063034303030305C02617500"}) {
        CAPTURE(bad);
        CHECK(fault_in(parse_com(from_hex(bad).value())) == "document_unreadable");
    }
    const auto dg1 = [](std::string_view mrz) { return parse_dg1(tlv("61", tlv("5F1F", to_bytes(mrz)))); };
    for (const std::size_t size : {72u, 88u, 90u}) CHECK(dg1(std::string(size, '<')).value().size() == size);
    for (const std::size_t size : {0u, 71u, 89u, 91u, 200u}) CHECK(fault_in(dg1(std::string(size, '<'))) == "document_unreadable");
    for (const char c : {'a', ' ', '\n', '\0', '\xE9'}) CHECK(fault_in(dg1(std::string(87, '<') + c)) == "document_unreadable");
}

TEST_CASE("objects: two-byte tags, all length forms, and nothing behind the end") {
    const auto long_one = object(0x7F49, Bytes(300, std::byte{7}));
    View rest = long_one;
    const auto found = take_object(rest);
    REQUIRE(found.has_value());
    CHECK(found->tag == 0x7F49);
    CHECK(found->value.size() == 300);
    CHECK(rest.empty());
    for (const char* bad : {"", "87", "7F", "7F49", "7F81", "7F818100", "870201", "8780", "8781", "878180", "8783010000", "878400000001AA", "87FF"}) {
        CAPTURE(bad);
        const auto bytes = from_hex(bad).value();
        View view = bytes;
        CHECK_FALSE(take_object(view).has_value());
        CHECK(view.size() == bytes.size());
    }
    CHECK(file_header("75823A98"_hex)->total == 15'004);
    CHECK_FALSE(file_header("7583"_hex).has_value());
}
