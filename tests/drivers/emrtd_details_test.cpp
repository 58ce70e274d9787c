// DG11 and DG12, the trusted folder: what is taken, what is passed over, and a sentence for each damage.
#include "drivers/emrtd/details.hpp"
#include "tests/drivers/emrtd_state.hpp"

#include "drivers/emrtd/trust.hpp"

#include <filesystem>
#include <fstream>
#include <openssl/pem.h>
#include <unistd.h>

using namespace test;
using namespace test::state;
using namespace drivers::emrtd;

namespace {
Bytes text(const char* tag, std::string_view value) { return tlv(tag, as_view(value)); }
Bytes dg11(std::initializer_list<View> objects) { return tlv("6B", cat(objects)); }
Bytes dg12(std::initializer_list<View> objects) { return tlv("6C", cat(objects)); }
std::string detail11(View object) { return parse_dg11(dg11({object})).error().detail; }

struct Folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / fmt::format("liqu-csca-{}", ::getpid());
    Folder() { std::filesystem::create_directories(path / "sub.pem"); }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    void put(const std::string& name, View content) const {
        std::ofstream file(path / name, std::ios::binary);
        file.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
    }
};
Bytes pem_of(X509* certificate) {
    BIO* memory = BIO_new(BIO_s_mem());
    REQUIRE(PEM_write_bio_X509(memory, certificate) == 1);
    char* data = nullptr;
    const auto size = BIO_get_mem_data(memory, &data);
    auto bytes = to_bytes(std::string_view{data, static_cast<std::size_t>(size)});
    BIO_free(memory);
    return bytes;
}
}  // namespace

TEST_CASE("DG11: names in national characters, dates in both forms, what is unknown is passed over") {
    const auto file = dg11({tlv("5C", "5F0E5F0FA05F105F2B5F11"_hex), text("5F0E", "陈<<小明"), tlv("A0", cat({"020102"_hex, text("5F0F", "CHEN<<XIAOMING"), text("5F0F", "小明")})), text("5F10", "A123456"),
                            tlv("5F2B", "19851205"_hex), text("5F11", "南宁<广西"), text("5F42", "某路<1号"), text("5F12", "+8600000"), text("5F13", "ENGINEER"), text("5F14", "DR"), text("5F18", "NONE"),
                            tlv("5F16", Bytes(2000, std::byte{0xFF})), "0401FF"_hex});
    auto details = parse_dg11(file).value();
    CHECK(details.full_name == "陈<<小明");
    CHECK(details.other_names == std::vector<std::string>{"CHEN<<XIAOMING", "小明"});
    CHECK(details.personal_number == "A123456");
    CHECK(details.birth == 1985y / 12 / 5);
    CHECK(details.place_of_birth == "南宁<广西");
    CHECK(details.address == "某路<1号");
    CHECK(details.title == "DR");
    CHECK(parse_dg11(dg11({text("5F2B", "19851205")}))->birth == 1985y / 12 / 5);
    for (const auto* open : {"19850000", "1985<<<<", "<<<<<<<<", "19851200"}) CHECK_FALSE(parse_dg11(dg11({text("5F2B", open)})).value().birth);
    details.wipe();
    CHECK(details.full_name.empty());
    CHECK(parse_dg11("6B00"_hex).has_value());  // all of it is optional
    for (std::size_t size = 0; size < file.size(); ++size) REQUIRE(fault_in(parse_dg11(View{file}.first(size))) == "document_unreadable");
}

TEST_CASE("DG11: each damage has a sentence") {
    CHECK(parse_dg11("6C00"_hex).error().detail == "DG11 does not consist of its object");
    CHECK(detail11("5F"_hex) == "DG11 is torn");
    CHECK(detail11(text("5F0E", std::string(600, 'A'))) == "DG11 has a text that is too long");
    for (const auto* bad : {"\xC0\x80", "\x80", "\xE9", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xE0\x81\x81", "\xF0\x80\x81\x81", "\xE4\xB8", "A\x01", "A\x7F", "\xC2\x85"}) CHECK(detail11(text("5F0E", bad)) == "DG11 has a text that is no UTF-8");
    CHECK(detail11(text("5F2B", "1985125")) == "DG11 has a date of another size");
    CHECK(detail11(text("5F2B", "1985AB05")) == "DG11 has a date that is none");
    CHECK(detail11(text("5F2B", "19850230")) == "DG11 has a day that does not exist");
    CHECK(detail11(tlv("A0", "5F"_hex)) == "DG11 has a torn list of names");
    Bytes names, objects;
    for (int i = 0; i < 17; ++i) names = cat({names, text("5F0F", "A")});
    for (int i = 0; i < 65; ++i) objects = cat({objects, "0400"_hex});
    CHECK(detail11(tlv("A0", names)) == "DG11 has too many names");
    CHECK(detail11(objects) == "DG11 has too many objects");
    CHECK(is_plain_text(as_view("Zoë 陈 𠮷 ·")));
}

TEST_CASE("DG12: the authority and the date of issue") {
    const auto file = dg12({tlv("5C", "5F195F26"_hex), text("5F19", "UTOPIA PASSPORT OFFICE"), tlv("5F26", "20200301"_hex), text("5F1B", "NONE"), text("5F1C", "PAID"), text("5F56", "M1"), text("5F55", "20200301120000")});
    const auto details = parse_dg12(file).value();
    CHECK(details.authority == "UTOPIA PASSPORT OFFICE");
    CHECK(details.issued == 2020y / 3 / 1);
    CHECK(details.endorsements == "NONE");
    CHECK(details.personalised_by == "M1");
    for (std::size_t size = 0; size < file.size(); ++size) REQUIRE(fault_in(parse_dg12(View{file}.first(size))) == "document_unreadable");
    CHECK(parse_dg12(dg12({tlv("5F26", "20AB0301"_hex)})).error().detail == "DG12 has a date that is none");
    CHECK(parse_dg12(dg12({tlv("5F26", "2020"_hex)})).error().detail == "DG12 has a date of another size");
    CHECK(parse_dg12("6B00"_hex).error().detail == "DG12 does not consist of its object");
}

TEST_CASE("the trusted folder: DER and PEM, series in one file; what is no state's certificate is named and left out") {
    const Office one, two, three;
    const Folder folder;
    folder.put("a.cer", one.csca());
    folder.put("b.PEM", cat({to_bytes("# two of them\n"), pem_of(two.state.get()), pem_of(three.state.get())}));
    folder.put("c.der", der_of(one.signer.get()));
    folder.put("d.crt", "3003020100"_hex);
    folder.put("e.pem", Bytes(max_trust_file_bytes + 1, std::byte{'-'}));
    folder.put("f.cer", cat({one.csca(), "00"_hex}));
    folder.put("notes.txt", to_bytes("no certificate"));
    const auto trust = TrustStore::load(folder.path);
    REQUIRE(fault_in(trust) == "none");
    CHECK(trust->size() == 3);
    CHECK(trust->left_out() == std::vector<std::string>{"c.der: a certificate in it belongs to nobody who signs certificates", "d.crt: no certificate in it", "e.pem: larger than 65536 bytes", "f.cer: no certificate in it"});
    CHECK(fault_in(TrustStore::load(folder.path / "none")) == "bad_configuration");
    CHECK(fault_in(TrustStore::load(folder.path / "a.cer")) == "bad_configuration");
    const auto der = one.csca();
    TrustStore store;
    for (std::size_t size = 0; size < der.size(); ++size) REQUIRE(fault_in(store.add(View{der}.first(size))) == "bad_configuration");
    CHECK(store.size() == 0);
    for (std::size_t i = 0; i < max_trusted; ++i) REQUIRE(store.add(der).has_value());
    CHECK(store.add(der).error().detail == "more than 4096 certificates in all");
}
