// Everything a journey needs, by reference: the devices, the stage, the books, the centre. Wired in kiosk/app (real) and sim/world (simulated).
#pragma once
#include "camera/camera.hpp"
#include "drivers/emrtd/trust.hpp"
#include "drivers/id_reader.hpp"
#include "drivers/lane.hpp"
#include "kiosk/card_path/card_path.hpp"
#include "kiosk/card_path/supplies.hpp"
#include "kiosk/config.hpp"
#include "kiosk/door.hpp"
#include "kiosk/issuing/issuing.hpp"
#include "kiosk/ledger/ledger.hpp"
#include "kiosk/staff/staff.hpp"
#include "kiosk/stage.hpp"

namespace kiosk {

struct Kiosk {
    drivers::Clock& clock;
    drivers::Random& random;
    drivers::Lane& compute;  ///< rasters, JPEG, argon2
    Stage& stage;
    Presence& presence;
    Ledger& ledger;
    Issuing& issuing;
    CardPath& card_path;
    printer::CardPrinter& printer;
    drivers::IdReader& id_reader;
    const drivers::emrtd::TrustStore& trust;  ///< the states whose passports are believed
    camera::Camera& camera;
    Door& door;
    const Config& config;
    const printer::Layout& layout;
};

/// For ever: rest on the welcome screen, serve one person or one staff visit, clean up. Ends with stop_sessions (a shutdown).
awaitable<void> run_sessions(Kiosk& kiosk, drivers::Signal& stop);
/// hello to the centre at start and every `hello_every`; closes the card path when the ledger was restored.
awaitable<void> run_hello(Kiosk& kiosk);

/// Sensor and ribbon questions and the ledger's counts. Asks the printer only when the path rests.
awaitable<Supplies> look_at_supplies(Kiosk& kiosk);

/// The journey of services.md (steps 1-4, 6-9, 11, 12, 14-18). Throws Left.
awaitable<void> first_issue(Kiosk& kiosk);

inline constexpr std::string_view build_name = "liqu 0.1.0";

}  // namespace kiosk
