// The simulated readers through the distribution's own pcscd: listed, entered, left, transmitted to, unplugged; the daemon killed and back;
// and the common tools see the same.
#include "tests/sim/card_hall.hpp"

#include <thread>

using namespace card_hall;

namespace {

SocialSecurityCard a_card() {
    Bytes code(16), key(16);
    for (std::size_t i = 0; i < 16; ++i) code[i] = static_cast<std::byte>(i + 1);
    return SocialSecurityCard({.identification_code = code, .bank_number = "6217000000000000001", .master_key = key});
}
ResidentIdCard a_person() {
    return ResidentIdCard({.name = "陈小明", .number = "450102198512053011", .address = "广西南宁市", .authority = "南宁市公安局", .birth = "19851205", .valid_from = "20150101", .valid_to = "20350101"});
}

LONG transmit(SCARDHANDLE card, DWORD protocol, std::vector<BYTE> apdu, std::vector<BYTE>& answer) {
    answer.assign(300, 0);
    DWORD size = 300;
    const LONG result = SCardTransmit(card, protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1, apdu.data(), static_cast<DWORD>(apdu.size()), nullptr, answer.data(), &size);
    answer.resize(result == SCARD_S_SUCCESS ? size : 0);
    return result;
}

}  // namespace

TEST_CASE("both readers through the distribution's pcscd") {
    ResidentIdCard person = a_person();
    SocialSecurityCard card = a_card(), other = a_card();
    Hall hall;

    char names[1024];
    DWORD size = sizeof names;
    REQUIRE(SCardListReaders(hall.context, nullptr, names, &size) == SCARD_S_SUCCESS);
    CHECK(std::string_view(names, size) == std::string_view("Liqu ID Reader 00 00\0Liqu Chip Station 01 00\0\0", size));
    CHECK(hall.becomes(id_reader, SCARD_STATE_EMPTY));

    SCARDHANDLE handle = 0;
    DWORD protocol = 0;
    const auto connect = [&](const char* reader) { return SCardConnect(hall.context, reader, SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &handle, &protocol); };
    CHECK(connect(id_reader) == static_cast<LONG>(SCARD_E_NO_SMARTCARD));

    // The ID card enters and is read; the ATR tells its kind, so pcscd must not find it corrupt.
    hall.put(hall.id, &person);
    CHECK(hall.becomes(id_reader, SCARD_STATE_PRESENT));
    REQUIRE(connect(id_reader) == SCARD_S_SUCCESS);
    BYTE atr[33];
    DWORD atr_size = sizeof atr, name_size = 0, state = 0;
    REQUIRE(SCardStatus(handle, nullptr, &name_size, &state, &protocol, atr, &atr_size) == SCARD_S_SUCCESS);
    CHECK(atr_size == 20);
    CHECK(std::string_view(reinterpret_cast<char*>(atr) + 4, 11) == "IDCARDNATID");
    std::vector<BYTE> answer;
    REQUIRE(transmit(handle, protocol, {0xFF, 0xB0, 0x00, 0x00, 0x00}, answer) == SCARD_S_SUCCESS);
    CHECK(answer.size() == 258);

    // It is taken away while connected.
    hall.put(hall.id, nullptr);
    CHECK(hall.becomes(id_reader, SCARD_STATE_EMPTY));
    CHECK(transmit(handle, protocol, {0xFF, 0xB0, 0x01, 0x00, 0x00}, answer) == static_cast<LONG>(SCARD_W_REMOVED_CARD));
    SCardDisconnect(handle, SCARD_LEAVE_CARD);

    // The chip station, at the same time, and a swap so quick that nobody saw the empty slot.
    hall.put(hall.chip, &card);
    CHECK(hall.becomes(chip_reader, SCARD_STATE_PRESENT));
    REQUIRE(connect(chip_reader) == SCARD_S_SUCCESS);
    CHECK(protocol == SCARD_PROTOCOL_T0);
    REQUIRE(transmit(handle, protocol, {0x00, 0xA4, 0x04, 0x00, 0x0F, 0x73, 0x78, 0x31, 0x2E, 0x73, 0x68, 0x2E, 0xC9, 0xE7, 0xBB, 0xE1, 0xB1, 0xA3, 0xD5, 0xCF}, answer) == SCARD_S_SUCCESS);
    CHECK(answer.at(0) == 0x6F);
    hall.put(hall.chip, &other);
    CHECK(hall.becomes(chip_reader, SCARD_STATE_PRESENT));
    LONG result = SCARD_S_SUCCESS;
    for (int i = 0; i < 50 && result == SCARD_S_SUCCESS; ++i) {
        std::this_thread::sleep_for(20ms);
        result = transmit(handle, protocol, {0x00, 0x84, 0x00, 0x00, 0x08}, answer);
    }
    CHECK(result == static_cast<LONG>(SCARD_W_REMOVED_CARD));
    SCardDisconnect(handle, SCARD_LEAVE_CARD);

    // Warm reset by the card's owner works, and a silent chip is an error, not a hang.
    REQUIRE(hall.becomes(chip_reader, SCARD_STATE_PRESENT));
    REQUIRE(connect(chip_reader) == SCARD_S_SUCCESS);
    CHECK(SCardReconnect(handle, SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, SCARD_RESET_CARD, &protocol) == SCARD_S_SUCCESS);
    {
        const std::lock_guard lock(hall.world);
        other.mute_after = 0;
    }
    CHECK(transmit(handle, protocol, {0x00, 0x84, 0x00, 0x00, 0x08}, answer) != SCARD_S_SUCCESS);
    SCardDisconnect(handle, SCARD_LEAVE_CARD);

    // The reader's cable.
    hall.slots->unplug(1, true);
    CHECK(hall.becomes(chip_reader, SCARD_STATE_UNAVAILABLE));
    hall.slots->unplug(1, false);
    CHECK(hall.becomes(chip_reader, SCARD_STATE_PRESENT, 15s));

    // A dead chip is mute at power-up.
    {
        const std::lock_guard lock(hall.world);
        other.mute_after.reset();
        card.dead = true;
    }
    hall.put(hall.chip, nullptr);
    CHECK(hall.becomes(chip_reader, SCARD_STATE_EMPTY));
    hall.put(hall.chip, &card);
    CHECK(hall.becomes(chip_reader, SCARD_STATE_MUTE));
    CHECK(hall.slots->exchanges() == 3);
}

TEST_CASE("the daemon dies and comes back; the cards are still there") {
    SocialSecurityCard card = a_card();
    Hall hall;
    hall.put(hall.chip, &card);
    REQUIRE(hall.becomes(chip_reader, SCARD_STATE_PRESENT));
    for (const bool killed : {true, false}) {
        if (killed) hall.daemon->kill();
        else hall.daemon->stop();
        CHECK_FALSE(hall.daemon->running());
        SCARD_READERSTATE state{};
        state.szReader = chip_reader;
        CHECK(SCardGetStatusChange(hall.context, 100, &state, 1) != SCARD_S_SUCCESS);
        SCARDCONTEXT none = 0;
        CHECK(SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &none) == static_cast<LONG>(SCARD_E_NO_SERVICE));
        SCardReleaseContext(hall.context);
        const auto again = hall.daemon->restart();
        REQUIRE_MESSAGE(again.has_value(), (again ? "" : again.error()));
        hall.establish();
        CHECK(hall.becomes(chip_reader, SCARD_STATE_PRESENT));
    }
}

TEST_CASE("opensc-tool and pcsc_scan see the readers and talk to a card") {
    SocialSecurityCard card = a_card();
    Hall hall;
    hall.put(hall.chip, &card);
    REQUIRE(hall.becomes(chip_reader, SCARD_STATE_PRESENT));
    if (have("opensc-tool")) {
        const std::string list = run("opensc-tool -l");
        CAPTURE(list);
        CHECK(list.find(id_reader) != std::string::npos);
        CHECK(list.find(chip_reader) != std::string::npos);
        const std::string sent = run("opensc-tool -r '" + std::string(chip_reader) + "' -c default -s 00:A4:04:00:0F:73:78:31:2E:73:68:2E:C9:E7:BB:E1:B1:A3:D5:CF");
        CAPTURE(sent);
        CHECK(sent.find("SW1=0x90, SW2=0x00") != std::string::npos);
    } else {
        MESSAGE("skipped: opensc-tool is not installed (package opensc)");
    }
    if (have("pcsc_scan")) {
        const std::string scan = run("timeout 5 pcsc_scan -r");
        CAPTURE(scan);
        CHECK(scan.find(id_reader) != std::string::npos);
        CHECK(scan.find(chip_reader) != std::string::npos);
    } else {
        MESSAGE("skipped: pcsc_scan is not installed (package pcsc-tools)");
    }
}

TEST_CASE("what cannot work says why") {
    tests::Folder folder("pcsc");
    std::mutex world;
    const auto slots = CardSlots::create(folder.path / std::string(120, 'x'), {}, world);
    REQUIRE_FALSE(slots.has_value());
    CHECK(slots.error().find("107 bytes") != std::string::npos);
    PrivatePcscd no_handler({.directory = folder.path, .handler = folder.path / "nothing.so", .readers = {}});
    const auto started = no_handler.start();
    REQUIRE_FALSE(started.has_value());
    CHECK(started.error().find("ifd_liqu") != std::string::npos);
}
