// The real driver over the model of every generation, algorithm and transport, and over chips that answer with malice: it reads what was put there, or says clearly why not,
// within a bounded number of commands.
#include "drivers/apdu.hpp"
#include "drivers/ss_card/reading.hpp"
#include "tests/drivers/fakes.hpp"
#include "tests/sim/card_talk.hpp"

namespace {
using namespace std::chrono_literals;
using drivers::FaultCode;
using talk::Centre;
namespace chip = drivers::chip;

/// The model behind the contract of a reader; the T=0 procedure is the PC/SC reader's own (drivers/apdu).
struct Station {
    explicit Station(sim::SocialSecurityCard& of) : card(of) {
        const auto atr = card.reset();
        if (atr.empty()) reader.atr = drivers::fail(FaultCode::chip_silent);
        else reader.atr = atr;
        const auto protocol = card.setup().transport == sim::CardTransport::t1 ? drivers::CardProtocol::t1 : drivers::CardProtocol::t0;
        reader.answer = [this, protocol](drivers::View apdu) {
            return drivers::exchange_apdu(protocol, apdu, [this](drivers::View one) -> drivers::Result<drivers::Bytes> {
                ++exchanges;
                sim::Time took{};
                auto out = card.answer(one, took);
                if (out.empty()) return drivers::fail(FaultCode::chip_silent);
                return out;
            });
        };
    }
    sim::SocialSecurityCard& card;
    test::ScriptedReader reader;
    drivers::ChipSession session{reader};
    drivers::CardReading reading{reader};
    int exchanges = 0;
};

void personalise(sim::SocialSecurityCard& card) {
    const auto put = [&](int file, int tag, std::string_view hex) { card.records[{file, tag}] = talk::bytes(hex); };
    put(0xEF05, 0x04, "450100FFFFFFFFFFFFFFFFFF");
    put(0xEF05, 0x05, "20261101");
    put(0xEF05, 0x06, "20361101");
    put(0xEF05, 0x07, "583030303030303139");
    put(0xEF06, 0x08, "343530313033313939323032323931323231");
    put(0xEF06, 0x0A, "32");
    put(0xEF06, 0x0B, "08");
    put(0xEF06, 0x0C, "450103");
    put(0xEF06, 0x0D, "19920229");
    const auto name = drivers::name_values(card.setup().generation == sim::CardGeneration::v1_00 ? "韦小晴" : "阿卜杜热合曼·麦麦提敏艾山江𠮷").value();
    card.records[{0xEF06, 0x09}] = name.name;
    if (!name.extension.empty()) card.records[{0xEF06, 0x4E}] = name.extension;
}

template <class F>
void for_every_card(F f) {
    for (const auto generation : {sim::CardGeneration::v1_00, sim::CardGeneration::v2_00, sim::CardGeneration::v3_00}) {
        for (const auto algorithm : {sim::CardAlgorithm::triple_des, sim::CardAlgorithm::sm4}) {
            for (const auto transport : {sim::CardTransport::t0, sim::CardTransport::t1}) {
                auto card = talk::blank(generation, algorithm, transport);
                card.t0_manners = transport == sim::CardTransport::t0;
                personalise(card);
                CAPTURE(static_cast<int>(generation));
                CAPTURE(static_cast<int>(algorithm));
                CAPTURE(static_cast<int>(transport));
                f(card);
            }
        }
    }
}

/// The centre's 16 + 16 bytes.
drivers::Result<void> admit(Station& at, const drivers::ReadQuestion& question) {
    const Centre centre{at.card.setup().algorithm};
    auto internal = centre.proof(sim::irk_ssse, question.internal_process, question.internal_original);
    internal.insert(internal.end(), question.internal_original.begin(), question.internal_original.end());
    auto external = centre.proof(sim::rk_ssse, question.external_process, question.external_original);
    external.insert(external.end(), question.external_original.begin(), question.external_original.end());
    return test::run(at.reading.admit(question, internal, external));
}
drivers::Result<void> prove_to_card(Station& at, const std::string& key, int kid) {
    const auto challenge = test::run(at.session.challenge(key));
    REQUIRE(challenge.has_value());
    return test::run(at.session.authenticate(key, talk::bytes(Centre{at.card.setup().algorithm}.cryptogram(kid, challenge->process, challenge->original))));
}
const drivers::FileReading& file_of(const drivers::DirectoryReading& directory, int id) {
    const auto found = std::ranges::find(directory.files, id, &drivers::FileReading::file);
    REQUIRE(found != directory.files.end());
    return *found;
}
std::string text_in(const drivers::FileReading& file, std::string_view name) {
    const auto found = std::ranges::find(file.fields, name, &drivers::CardField::name);
    return found == file.fields.end() ? "missing" : found->text;
}
}  // namespace

TEST_CASE("the holder of every generation, algorithm and transport is read, 3.00 with the centre's help") {
    for_every_card([](sim::SocialSecurityCard& card) {
        Station at(card);
        const auto identity = test::run(at.session.identify(1s));
        REQUIRE(identity.has_value());
        const auto generation = identity->generation();
        REQUIRE(generation.has_value());
        CHECK(static_cast<int>(*generation) == static_cast<int>(card.setup().generation) + 1);
        CHECK(identity->algorithm == static_cast<int>(card.setup().algorithm));
        CHECK(identity->card_number == "X00000019");
        CHECK(identity->bank_number == "6217001234567890123");
        CHECK(drivers::identification_code_plausible(identity->identification_code));
        if (*generation == chip::Generation::v3_00) {
            CHECK(identity->social_security_number.empty());
            CHECK(test::fault_in(test::run(at.reading.holder(*generation))) == "chip_auth_failed");
            const auto question = test::run(at.reading.question());
            REQUIRE(question.has_value());
            const auto admitted = admit(at, *question);
            CHECK_MESSAGE(admitted.has_value(), (admitted ? "" : admitted.error().detail));
        }
        auto holder = test::run(at.reading.holder(*generation));
        REQUIRE_MESSAGE(holder.has_value(), (holder ? "" : holder.error().detail));
        CHECK(holder->name == (*generation == chip::Generation::v1_00 ? "韦小晴" : "阿卜杜热合曼·麦麦提敏艾山江𠮷"));
        CHECK(holder->social_security_number == "450103199202291221");
        CHECK(holder->birth_date == "19920229");
        CHECK(holder->birth_place == "450103");
        CHECK(holder->nation == "08");
        CHECK(holder->sex == "2");
        CHECK(holder->issued_on == "20261101");
        CHECK(holder->valid_to == "20361101");
        CHECK(holder->organisation == "450100");
        holder->wipe();
        CHECK(holder->name.find_first_not_of('\0') == std::string::npos);
    });
}

TEST_CASE("a copied card of generation 3.00 is not genuine: nothing is sent to it, and the centre's bytes must have their size") {
    auto card = talk::blank(sim::CardGeneration::v3_00, sim::CardAlgorithm::sm4);
    Station at(card);
    REQUIRE(test::run(at.session.identify(1s)).has_value());
    const auto question = test::run(at.reading.question());
    REQUIRE(question.has_value());
    const auto sent = at.reader.commands.size();
    const auto refused = test::run(at.reading.admit(*question, drivers::Bytes(16), drivers::Bytes(16)));
    CHECK(refused.error() == drivers::Fault{FaultCode::chip_auth_failed, "INTERNAL AUTHENTICATE: the card is not genuine (-25)"});
    CHECK(test::fault_in(test::run(at.reading.admit(*question, drivers::Bytes(8), drivers::Bytes(16)))) == "centre_garbage");
    CHECK(test::fault_in(test::run(at.reading.admit({}, drivers::Bytes(16), drivers::Bytes(16)))) == "internal");
    CHECK(at.reader.commands.size() == sent);
    // The card refuses a centre that does not know its key.
    auto internal = question->card_proof;
    internal.resize(16);
    CHECK(test::run(at.reading.admit(*question, internal, drivers::Bytes(16))).error() == drivers::Fault{FaultCode::chip_auth_failed, "EXTERNAL AUTHENTICATE RK_SSSE: 4 tries left"});
}

TEST_CASE("a whole personalisation over every card: authenticate, write, PIN, read back") {
    for_every_card([](sim::SocialSecurityCard& card) {
        Station at(card);
        REQUIRE(test::run(at.session.identify(1s)).has_value());
        const std::vector<drivers::ChipRecord> records = {{0xEF05, 0x05, talk::bytes("20261122")}, {0xEF06, 0x09, drivers::an_value("黄晓明", 30).value()}, {0xEF06, 0x0D, talk::bytes("19850101")}};
        CHECK(test::fault_in(test::run(at.session.write(records))) == "chip_auth_failed");
        REQUIRE(prove_to_card(at, "UK_SSSE", sim::uk_ssse).has_value());
        REQUIRE(test::run(at.session.write(records)).has_value());
        CHECK(test::run(at.session.set_pin(drivers::Secret{"123456"}, drivers::Secret{"907856"})).has_value());
        CHECK(test::run(at.session.check_pin(drivers::Secret{"907856"})).has_value());
        CHECK(card.pin_is("907856"));
        if (card.setup().generation == sim::CardGeneration::v3_00) REQUIRE(prove_to_card(at, "RK_SSSE", sim::rk_ssse).has_value());
        const auto same = test::run(at.session.verify(records));
        CHECK_MESSAGE(same.has_value(), (same ? "" : same.error().detail));
        CHECK(test::run(at.session.prove(drivers::Bytes(8), drivers::Bytes(8, std::byte{1}))) == Centre{card.setup().algorithm}.proof(sim::irk_ssse, drivers::Bytes(8), drivers::Bytes(8, std::byte{1})));
    });
}

TEST_CASE("the PIN is counted, reloaded and unblocked; an application is blocked") {
    for_every_card([](sim::SocialSecurityCard& card) {
        Station at(card);
        const Centre centre{card.setup().algorithm};
        REQUIRE(test::run(at.session.identify(1s)).has_value());
        CHECK(test::run(at.session.pin_tries()) == 3);
        for (const char* left : {"2 tries left", "1 tries left", "blocked"}) CHECK(test::run(at.session.check_pin(drivers::Secret{"000000"})).error().detail == std::string("VERIFY PIN: ") + left);
        CHECK(test::run(at.session.pin_tries()) == 0);
        const auto mac = [&](std::string_view header, drivers::View body = {}) {
            const auto apdu = talk::bytes(centre.maced(header, body, test::run(at.session.fresh()).value()));
            return drivers::to_bytes(drivers::View{apdu}.subspan(5));
        };
        CHECK(test::fault_in(test::run(at.session.unblock_pin(mac("84240000")))) == "chip_auth_failed");
        REQUIRE(prove_to_card(at, "PIN_SSSE", sim::pin_ssse).has_value());
        CHECK(test::run(at.session.unblock_pin(mac("84240000"))).has_value());
        CHECK(test::run(at.session.pin_tries()) == 3);
        CHECK(test::run(at.session.reload_pin(mac("84240001", centre.pin_block("654321")))).has_value());
        CHECK(test::run(at.session.check_pin(drivers::Secret{"654321"})).has_value());
        (void)test::run(at.session.fresh());
        CHECK(test::run(at.session.unblock_pin(drivers::Bytes(4))).error().detail == "UNBLOCK PIN: MAC wrong");
        CHECK(test::fault_in(test::run(at.session.reload_pin(drivers::Bytes(11)))) == "internal");
        CHECK(test::fault_in(test::run(at.session.block_application(drivers::ChipSession::Block::for_ever, drivers::Bytes(5)))) == "internal");
        CHECK(test::run(at.session.block_application(drivers::ChipSession::Block::for_ever, mac("841E0001"))).has_value());
        CHECK(card.blocked() == sim::SocialSecurityCard::Blocked::application_for_ever);
        CHECK(test::fault_in(test::run(at.session.identify(1s))) == "chip_mismatch");
    });
}

TEST_CASE("directories: groups, logs and reserves by name; what wants a PIN or a key says so, file by file") {
    auto card = talk::blank();
    using sim::Directory;
    const int education = sim::file_in(Directory::df01, 0xEF15), debit = sim::file_in(Directory::df04, 0xEF08);
    std::string groups;
    for (const char* year : {"110", "120", "130"}) groups += std::string("5703") + talk::hex(std::as_bytes(std::span{year, 3})) + "5803200901" + "5928" + talk::hex(drivers::an_value("南宁第二中学", 0x28).value());
    card.records[{education, 0x40}] = talk::bytes(groups);
    card.records[{sim::file_in(Directory::df01, 0xEF05), 0x21}] = drivers::an_value("广西南宁市青秀区民族大道1号", 0x50).value();
    card.cyclic[debit] = {talk::bytes("0002316217000000012026010203040500000064 0000000A0000012C"), talk::bytes("0001316217000000012026010203040500000064 0000000A00000000")};
    Station at(card);
    REQUIRE(test::run(at.session.identify(1s)).has_value());
    const auto shut = test::run(at.reading.directory("DF01", chip::Generation::v2_00));
    REQUIRE(shut.has_value());
    CHECK(shut->present);
    CHECK(file_of(*shut, 0xEF15).access == drivers::FileAccess::refused);
    CHECK(file_of(*shut, 0xEF16).access == drivers::FileAccess::read);
    REQUIRE(test::run(at.session.check_pin(drivers::Secret{"123456"})).has_value());
    auto open = test::run(at.reading.directory("DF01", chip::Generation::v2_00));
    REQUIRE(open.has_value());
    const auto& file = file_of(*open, 0xEF15);
    CHECK(file.fields.size() == 9);
    CHECK(file.fields[3].text == "120");
    CHECK(text_in(file, "tag 40.tag 59") == "南宁第二中学");
    CHECK(text_in(file_of(*open, 0xEF05), "household_address") == "广西南宁市青秀区民族大道1号");
    open->wipe();
    CHECK(text_in(file_of(*open, 0xEF05), "household_address").find_first_not_of('\0') == std::string::npos);
    const auto log = test::run(at.reading.directory("DF04", chip::Generation::v2_00));
    REQUIRE(log.has_value());
    CHECK(file_of(*log, 0xEF06).access == drivers::FileAccess::refused);
    CHECK(file_of(*log, 0xEF08).fields.size() == 14);
    CHECK(text_in(file_of(*log, 0xEF08), "record 1.field 7") == "300");
    CHECK(test::fault_in(test::run(at.reading.directory("DF05", chip::Generation::v2_00))) == "internal");
    auto third = talk::blank(sim::CardGeneration::v3_00);
    Station other(third);
    REQUIRE(test::run(other.session.identify(1s)).has_value());
    const auto ssse = test::run(other.reading.directory("SSSE", chip::Generation::v3_00));
    REQUIRE(ssse.has_value());
    CHECK(text_in(file_of(*ssse, 0xEF05), "version") == "3.00");
    CHECK(file_of(*ssse, 0xEF06).access == drivers::FileAccess::refused);
    CHECK(file_of(*ssse, 0xEF0C).access == drivers::FileAccess::refused);
}

TEST_CASE("a record of another length or type is named, and never taken for the holder's") {
    auto card = talk::blank();
    personalise(card);
    card.records[{0xEF06, 0x0D}] = talk::bytes("199202");
    Station at(card);
    REQUIRE(test::run(at.session.identify(1s)).has_value());
    CHECK(test::run(at.reading.holder(chip::Generation::v2_00)).error() == drivers::Fault{FaultCode::chip_mismatch, "EF06 tag 0D: 3 bytes instead of 4"});
    CHECK(test::run(at.reading.directory("SSSE", chip::Generation::v2_00)).error() == drivers::Fault{FaultCode::chip_mismatch, "EF06 tag 0D: 3 bytes instead of 4"});
    card.records[{0xEF06, 0x0D}] = talk::bytes("1992A229");
    CHECK(test::run(at.reading.holder(chip::Generation::v2_00)).error() == drivers::Fault{FaultCode::chip_mismatch, "EF06 tag 0D: not of its type"});
    const auto odd = test::run(at.reading.directory("SSSE", chip::Generation::v2_00));
    REQUIRE(odd.has_value());
    CHECK(text_in(file_of(*odd, 0xEF06), "birth_date") == "1992A229");
    CHECK_FALSE(std::ranges::find(file_of(*odd, 0xEF06).fields, "birth_date", &drivers::CardField::name)->follows_type);
    card.records[{0xEF06, 0x09}] = sim::Bytes(30, std::byte{0x80});  // no character begins so
    card.records[{0xEF06, 0x0D}] = talk::bytes("19920229");
    const auto nameless = test::run(at.reading.holder(chip::Generation::v2_00));
    REQUIRE_FALSE(nameless.has_value());
    CHECK(nameless.error().detail == "EF06 tag 09: not GB 18030");
}

TEST_CASE("model and driver have the same files, lengths and keys, each from its own reading of the facts") {
    for (const auto& [generation, sims] : {std::pair{chip::Generation::v1_00, sim::CardGeneration::v1_00}, {chip::Generation::v2_00, sim::CardGeneration::v2_00}, {chip::Generation::v3_00, sim::CardGeneration::v3_00}}) {
        auto card = talk::blank(sims);
        card.records.clear();
        int files = 0, records = 0;
        for (const auto& directory : chip::directories()) {
            const auto number = directory.name == "SSSE" ? 0 : directory.name == "ACSE" ? 0xA : directory.name[3] - '0';
            for (const auto& file : directory.files) {
                if (file.since > generation) continue;
                ++files;
                const int id = number << 16 | file.id;
                for (const auto& row : file.records) {
                    if (row.since <= generation) card.records[{id, row.field.tag}] = sim::Bytes(static_cast<std::size_t>(row.groups) * row.length_in(generation)), ++records;
                }
                if (file.kind == chip::FileKind::cyclic) card.cyclic[id].assign(file.size, sim::Bytes(chip::record_size(file)));
            }
        }
        Station at(card);
        REQUIRE_FALSE(test::run(at.session.identify(1s)).has_value());  // no version in it
        at.reader.connected = true;
        for (const auto& directory : chip::directories()) {
            CAPTURE(directory.name);
            talk::send(card, "00A40400" + fmt::format("{:02X}{}", directory.aid.size() / 2, directory.aid));
            REQUIRE(talk::send(card, "0020000003123456") == "9000");
            for (const auto& file : directory.files) {
                if (file.since > generation) continue;
                CAPTURE(file.id);
                REQUIRE(talk::send(card, fmt::format("00A4020002{:04X}", file.id)) == "9000");
                for (const char* key : {"RK_SSSE", "RK_DF01", "RK_DF02", "RK_DF03", "RK_DF03_EF05", "RK_DF04", "RK_DF07_EF05", "RK_DF07_EF06", "RK_DF07_EF07"}) (void)talk::authenticate_with(card, *chip::kid_of(key));
                for (const auto& row : file.records) {
                    if (row.since > generation) continue;
                    CAPTURE(row.field.tag);
                    const auto size = row.length_in(generation);
                    for (int nth = 0; nth < row.groups; ++nth) CHECK(talk::send(card, fmt::format("00B2{:02X}{}{:02X}", row.field.tag, nth ? "02" : "00", size + 2)).ends_with("9000"));
                    CHECK(talk::send(card, fmt::format("00B2{:02X}02{:02X}", row.field.tag, size + 2)) == "6A83");
                }
                if (file.kind == chip::FileKind::cyclic) CHECK(talk::send(card, fmt::format("00B2{:02X}04{:02X}", file.size, chip::record_size(file))).ends_with("9000"));
            }
        }
        CHECK(files == (generation == chip::Generation::v1_00 ? 40 : generation == chip::Generation::v2_00 ? 41 : 43));
        CHECK(records >= 100);
    }
}

TEST_CASE("certificates are read whole; what is none says so") {
    auto card = talk::blank(sim::CardGeneration::v3_00, sim::CardAlgorithm::sm4);
    sim::Bytes der = talk::bytes("30820300");
    for (int i = 0; i < 0x300; ++i) der.push_back(static_cast<std::byte>(i));
    card.binaries[sim::file_in(sim::Directory::acse, 0xEF15)] = der;
    card.binaries[sim::file_in(sim::Directory::acse, 0xEF16)] = talk::bytes("3082FFF0");
    card.binaries[sim::file_in(sim::Directory::acse, 0xEF17)] = talk::bytes("04820004AABBCCDD");
    Station at(card);
    REQUIRE(test::run(at.session.identify(1s)).has_value());
    CHECK(test::run(at.reading.certificate(0xEF15)) == der);
    CHECK(test::run(at.reading.certificate(0xEF16)).error().detail == "EF16: a certificate of 65520 bytes");
    CHECK(test::run(at.reading.certificate(0xEF17)).error().detail == "EF17: no certificate");
    CHECK(talk::hex(test::run(at.reading.binary("ACSE", 0xEF17, 8)).value()) == "04820004AABBCCDD");
    CHECK(test::run(at.reading.binary("ACSE", 0xEF18, 65)).value().size() == 65);
    CHECK(test::fault_in(test::run(at.reading.binary("ACSE", 0xEF18, 66))) == "chip_mismatch");
    CHECK(test::fault_in(test::run(at.reading.binary("ACSE", 0xEF18, drivers::max_binary_bytes + 1))) == "internal");
    card.binaries.clear();
    CHECK(test::run(at.reading.certificate(0xEF15)).value().empty());
}

TEST_CASE("dead, silent, torn and dipping chips end with their own fault") {
    auto dead = talk::blank();
    dead.dead = true;
    Station mute(dead);
    CHECK(test::fault_in(test::run(mute.session.identify(1s))) == "chip_silent");
    for_every_card([](sim::SocialSecurityCard& card) {
        for (int after = 0; after < 60; ++after) {
            card.mute_after.reset();
            Station at(card);
            card.mute_after = after;
            const auto identity = test::run(at.session.identify(1s));
            if (!identity) CHECK(test::fault_in(identity) == "chip_silent");
            if (identity) CHECK(after >= 7);  // the shortest conversation that can succeed
            card.mute_after.reset();
            Station dips(card);
            card.reset_after = after;
            const auto holder = test::run(dips.session.identify(1s)).has_value() ? test::run(dips.reading.holder(chip::Generation::v2_00)) : drivers::fail(FaultCode::chip_reset);
            if (holder) CHECK(holder->birth_date == "19920229");
            CHECK(dips.exchanges < 80);
            card.reset_after.reset();
        }
    });
    auto tears = talk::blank();
    Station at(tears);
    REQUIRE(test::run(at.session.identify(1s)).has_value());
    REQUIRE(prove_to_card(at, "UK_SSSE", sim::uk_ssse).has_value());
    tears.torn_after_writes = 1;
    CHECK(test::run(at.session.write({{0xEF06, 0x0D, talk::bytes("19920229")}})).error() == drivers::Fault{FaultCode::chip_refused, "UPDATE EF06 tag 0D: memory failure"});
}

TEST_CASE("hostile chips: 61xx and 6Cxx for ever, wrong lengths and tags, noise; each ends bounded and clear") {
    struct Row {
        const char* what;
        std::function<sim::Bytes(drivers::View, const sim::Bytes& honest)> answer;
        const char* fault;
    };
    const std::vector<Row> rows = {
        {"61xx for ever", [](drivers::View, const sim::Bytes&) { return talk::bytes("6110"); }, "chip_refused"},
        {"61xx with data for ever", [](drivers::View, const sim::Bytes&) { return talk::bytes("00112233445566776110"); }, "chip_refused"},
        {"6Cxx for ever", [](drivers::View, const sim::Bytes&) { return talk::bytes("6C10"); }, "chip_refused"},
        {"61xx and 6Cxx in turns", [n = 0](drivers::View, const sim::Bytes&) mutable { return talk::bytes(++n % 2 ? "6110" : "6C20"); }, "chip_refused"},
        {"one byte", [](drivers::View, const sim::Bytes&) { return talk::bytes("90"); }, "reader_garbage"},
        {"300 bytes", [](drivers::View, const sim::Bytes&) { return sim::Bytes(300, std::byte{0x90}); }, "reader_garbage"},
        {"records of another tag", [](drivers::View apdu, const sim::Bytes& honest) {
             auto out = honest;
             if (apdu[1] == std::byte{0xB2} && out.size() > 2) out[0] ^= std::byte{1};
             return out;
         }, "chip_mismatch"},
        {"records that lie about their length", [](drivers::View apdu, const sim::Bytes& honest) {
             auto out = honest;
             if (apdu[1] == std::byte{0xB2} && out.size() > 2) out[1] = std::byte{0xFF};
             return out;
         }, "chip_mismatch"},
        {"empty records", [](drivers::View apdu, const sim::Bytes& honest) { return apdu[1] == std::byte{0xB2} ? talk::bytes("9000") : honest; }, "chip_mismatch"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.what);
        auto card = talk::blank();
        personalise(card);
        test::ScriptedReader reader;
        reader.atr = drivers::to_bytes(card.reset());
        int exchanges = 0;
        auto malice = row.answer;
        reader.answer = [&](drivers::View apdu) {
            return drivers::exchange_apdu(drivers::CardProtocol::t0, apdu, [&](drivers::View one) -> drivers::Result<drivers::Bytes> {
                ++exchanges;
                sim::Time took{};
                return malice(one, card.answer(one, took));
            });
        };
        drivers::ChipSession session(reader);
        drivers::CardReading reading(reader);
        CHECK(test::fault_in(test::run(session.identify(1s))) == row.fault);
        CHECK_FALSE(test::run(reading.holder(chip::Generation::v2_00)).has_value());
        for (const auto& directory : chip::directories()) (void)test::run(reading.directory(std::string(directory.name), chip::Generation::v3_00));
        (void)test::run(reading.question());
        (void)test::run(reading.certificate(0xEF15));
        CHECK(exchanges < 1'000);
    }
}

TEST_CASE("20,000 answers of noise: no reading is believed, no directory runs away") {
    sim::Dice dice(11);
    for (int i = 0; i < 400; ++i) {
        test::ScriptedReader reader;
        reader.connected = true;
        int answers = 0;
        reader.answer = [&](drivers::View apdu) -> drivers::Result<drivers::Bytes> {
            ++answers;
            drivers::Bytes out(dice.below(24));
            for (auto& b : out) b = static_cast<std::byte>(dice.next() >> 8);
            if (dice.one_in(3) && apdu.size() == 5 && apdu[1] == std::byte{0xB2} && apdu[4] > std::byte{2}) {  // a well-formed record of noise
                out.assign(drivers::u8(apdu[4]), static_cast<std::byte>(dice.next() >> 8));
                out[0] = apdu[2];
                out[1] = static_cast<std::byte>(out.size() - 2);
            }
            return test::with_sw(out, dice.one_in(12) ? static_cast<std::uint16_t>(dice.next()) : dice.one_in(3) ? 0x6A83 : 0x9000);
        };
        drivers::CardReading reading(reader);
        for (int n = 0; n < 12; ++n) (void)test::run(reading.directory(std::string(chip::directories()[dice.below(chip::directories().size())].name), chip::Generation::v3_00));
        (void)test::run(reading.holder(chip::Generation::v3_00));
        const auto question = test::run(reading.question());
        if (question) CHECK_FALSE(test::run(reading.admit(*question, drivers::Bytes(16), drivers::Bytes(16))).has_value());
        CHECK(answers < 3'000);
    }
}
