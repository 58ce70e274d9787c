// A badge on the ID reader: known by its UID, told from a document by what the reader says in the ATR.
#include "drivers/resident_id/resident_id.hpp"
#include "kiosk/kiosk.hpp"

namespace kiosk {

awaitable<Bytes> badge_shown(Kiosk& kiosk, Laid when) {
    auto& reader = kiosk.id_reader;
    const auto* cards = reader.contactless();
    const auto before = cards ? cards->state().insertions : 0;
    for (;;) {
        const auto seen = reader.changed().count();
        if (cards) {
            const auto state = cards->state();
            const bool counts = when == Laid::already_counts || state.insertions != before;
            if (state.presence == drivers::ReaderPresence::card && counts && !drivers::is_resident_id_atr(state.atr)) {
                auto uid = co_await reader.badge(kiosk.config.document_limit);
                if (uid) co_return std::move(*uid);
            }
        }
        co_await reader.changed().after(seen);
    }
}

}  // namespace kiosk
