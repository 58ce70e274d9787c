// A passport or travel permit: its zone opens the chip, the chip is read and judged (drivers/emrtd). What the zone says is believed only as a key.
#include "drivers/emrtd/document.hpp"
#include "drivers/resident_id/resident_id.hpp"
#include "kiosk/journeys/document.hpp"

namespace kiosk {

namespace {
using drivers::emrtd::AccessKey;
using drivers::emrtd::ReadStep;

/// A key that the chip refuses is asked for again so often; the chip itself grows slower with each.
constexpr int key_tries = 4;
constexpr int entry_tries = 5;

/// Where a reading stands at the beginning of a step, in hundredths of its usual time: the picture takes most of it.
int percent_at(ReadStep step) {
    switch (step) {
        case ReadStep::opening: return 5;
        case ReadStep::data: return 15;
        case ReadStep::portrait: return 25;
        case ReadStep::details: return 75;
        case ReadStep::authenticity: return 85;
        case ReadStep::copy_check: return 90;
    }
    return -1;
}

awaitable<Result<drivers::IdDocument>> read_once(Kiosk& kiosk, PresentDocument screen, const AccessKey& key) {
    screen.state = DocumentState::reading;
    screen.percent = 0;
    kiosk.stage.show(screen);
    auto told = [&kiosk, screen](ReadStep step) mutable {
        screen.percent = percent_at(step);
        kiosk.stage.show(screen);
    };
    auto read = co_await drivers::within(kiosk.clock, kiosk.config.passport_limit,
                                         drivers::emrtd::read_document(*kiosk.id_reader.contactless(), kiosk.random, key, kiosk.trust, hall_day(kiosk.clock.utc()), {}, std::move(told)));
    if (!read) co_return drivers::fail(FaultCode::time_out, "passport");
    if (!*read) co_return std::unexpected(std::move(read->error()));
    auto document = std::move((*read)->document);
    (*read)->wipe();
    co_return document;
}

/// document_not_opened: another key is needed. Nothing inside: another document was chosen.
awaitable<Result<std::optional<drivers::IdDocument>>> read_chip(Kiosk& kiosk, PresentDocument screen, const AccessKey& key) {
    for (int tries = 0;;) {
        if (!co_await wait_for_document(kiosk, screen)) co_return std::optional<drivers::IdDocument>{};
        auto read = co_await read_once(kiosk, screen, key);
        if (read) co_return std::optional{std::move(*read)};
        if (read.error().code == FaultCode::document_not_opened) co_return std::unexpected(std::move(read.error()));
        if (!co_await lift_and_try_again(kiosk, screen, std::move(read.error()), tries)) co_return std::optional<drivers::IdDocument>{};
    }
}

/// Letters may be typed small; blanks and the filler are not part of a number.
std::string tidy(std::string_view number) {
    std::string out;
    for (const char c : number)
        if (c != ' ' && c != '<') out += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return out;
}

std::optional<AccessKey> key_of(const EnterZone::Answer& typed) {
    const auto birth = drivers::parse_date8(typed.birth), expiry = drivers::parse_date8(typed.expiry);
    if (!birth || !expiry) return std::nullopt;
    auto number = tidy(typed.number);
    auto text = drivers::mrz_access_key(number, *birth, *expiry);
    drivers::wipe(number);
    if (!text) return std::nullopt;
    return AccessKey::from_text(*text);
}
}  // namespace

awaitable<AccessKey> enter_zone(Kiosk& kiosk, drivers::DocumentKind kind, bool refused) {
    for (int tries = 0;; ++tries) {
        if (tries == entry_tries) co_await to_window(kiosk, GoToWindow::Why::too_many_tries);
        auto typed = co_await kiosk.stage.ask(EnterZone{.kind = kind, .refused = refused || tries > 0});
        auto key = key_of(typed);
        for (auto* text : {&typed.number, &typed.birth, &typed.expiry}) drivers::wipe(*text);
        if (key) co_return std::move(*key);
    }
}

awaitable<std::optional<drivers::IdDocument>> read_passport(Kiosk& kiosk, PresentDocument screen) {
    auto key = co_await read_zone(kiosk, screen.kind);
    for (int tries = 1;; ++tries) {
        auto read = co_await read_chip(kiosk, screen, key);
        if (read) co_return std::move(*read);
        if (tries == key_tries) co_await trouble(kiosk, std::move(read.error()));
        key = co_await enter_zone(kiosk, screen.kind, true);
    }
}

}  // namespace kiosk
