// Two simulated readers behind a private run of the distribution's pcscd, a hand that puts cards in, and a client that knows only winscard. Programs started from
// here (opensc-tool, liqu-ctl) meet the same daemon.
#pragma once
#include "sim/wire/card_slots.hpp"
#include "sim/wire/pcscd.hpp"
#include "tests/programs.hpp"

#include <fmt/format.h>
#include <winscard.h>

namespace card_hall {

using namespace sim;
using namespace std::chrono_literals;

inline std::string run(const std::string& command) { return tests::said_by(command).out; }
inline bool have(const char* tool) { return std::system(fmt::format("command -v {} > /dev/null 2>&1", tool).c_str()) == 0; }

/// One for the whole process: libpcsclite keeps the first PCSCLITE_CSOCK_NAME that it saw.
inline const std::filesystem::path& daemon_folder() {
    static const tests::Folder folder("pcsc");
    return folder.path;
}

/// Two readers, a hand that puts cards in, a daemon, and a client that knows only winscard.
struct Hall {
    /// `speed` shortens how long chips work.
    explicit Hall(double speed = 1.0) {
        slots = *CardSlots::create(daemon_folder() / "slots", {{"Liqu ID Reader", [this] { return id; }}, {"Liqu Chip Station", [this] { return chip; }}}, world, speed);
        daemon = std::make_unique<PrivatePcscd>(PrivatePcscd::Setup{.directory = daemon_folder(), .handler = LIQU_IFD_HANDLER, .readers = {{slots->reader_name(0), slots->device(0)}, {slots->reader_name(1), slots->device(1)}}});
        const auto started = daemon->start();
        REQUIRE_MESSAGE(started.has_value(), (started ? "" : started.error()));
        setenv("PCSCLITE_CSOCK_NAME", daemon->client_socket().c_str(), 1);
        establish();
    }
    ~Hall() {
        SCardReleaseContext(context);
        daemon.reset();  // before the slots: it is their client
        slots.reset();
    }
    void establish() { REQUIRE(SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context) == SCARD_S_SUCCESS); }
    void put(SmartCard*& where, SmartCard* card) {
        {
            const std::lock_guard lock(world);
            where = card;
        }
        slots->changed();
    }
    /// Waits until the reader's state has `wanted`.
    bool becomes(const char* reader, DWORD wanted, std::chrono::milliseconds limit = 5s) {
        SCARD_READERSTATE state{};
        state.szReader = reader;
        const auto until = std::chrono::steady_clock::now() + limit;
        do {
            if (SCardGetStatusChange(context, 200, &state, 1) == SCARD_S_SUCCESS) state.dwCurrentState = state.dwEventState & ~static_cast<DWORD>(SCARD_STATE_CHANGED);
            if (state.dwEventState & wanted) return true;
        } while (std::chrono::steady_clock::now() < until);
        return false;
    }

    std::mutex world;
    SmartCard *id = nullptr, *chip = nullptr;
    std::unique_ptr<CardSlots> slots;
    std::unique_ptr<PrivatePcscd> daemon;
    SCARDCONTEXT context = 0;
};

inline constexpr const char *id_reader = "Liqu ID Reader 00 00", *chip_reader = "Liqu Chip Station 01 00";

}  // namespace card_hall
