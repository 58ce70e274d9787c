// The picture that a document carries, made ready for the member of staff who compares it with the person. Without it staff look at the original alone, as they do anyway.
#include "camera/document_face.hpp"
#include "drivers/resident_id/wlt_decoder.hpp"
#include "kiosk/journeys/steps.hpp"

#include <spdlog/spdlog.h>

namespace kiosk {

awaitable<Bytes> face_on(Kiosk& kiosk, const drivers::IdDocument& document) {
    Bytes picture;
    if (document.portrait_format == drivers::PortraitFormat::jpeg) picture = document.portrait;
    if (document.portrait_format == drivers::PortraitFormat::wlt && !kiosk.config.wlt_decoder.empty()) {
        auto decoded = co_await drivers::decode_wlt(kiosk.clock, {.program = kiosk.config.wlt_decoder.string()}, document.portrait);
        if (decoded) picture = std::move(*decoded);
        else spdlog::warn("the decoder of ID card pictures: {}: {}", name_of(decoded.error().code), decoded.error().detail);
    }
    if (picture.empty()) co_return Bytes{};
    co_return co_await kiosk.compute.run([picture = std::move(picture)]() mutable {
        auto shown = camera::show_document_face(picture);
        drivers::wipe(picture);
        return shown;
    });
}

}  // namespace kiosk
