// The camera as a reader of documents: a machine readable zone, a QR code, or a page photographed for staff. The same device as the portrait's (Camera::documents).
// Contract; the concrete one is the opencv camera: frames are judged in its thread, the loop only receives, nothing is filmed while it is closed.
#pragma once
#include "drivers/async.hpp"
#include "drivers/bytes.hpp"
#include "drivers/clock.hpp"
#include "drivers/fault.hpp"
#include "drivers/mrz/mrz.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace camera {

/// What a session looks for.
enum class Subject : std::uint8_t { zone, code, page };

/// The one thing that the person is told now (ui/text: document.<name>); none: nothing to say.
enum class DocumentAdvice : std::uint8_t { none, closer, further, straighten, hold_still, too_dark, glare };
inline constexpr std::array<std::string_view, 7> document_advice_names{"none", "closer", "further", "straighten", "hold_still", "too_dark", "glare"};
[[nodiscard]] constexpr std::string_view name_of(DocumentAdvice advice) { return document_advice_names[static_cast<std::size_t>(advice)]; }

/// Why a code that was seen is not handed on.
enum class CodeRefusal : std::uint8_t { none, several, too_long };

inline constexpr std::size_t max_code_bytes = 512, max_page_bytes = 60'000;

/// An accepted zone: two different frames agreed in every character, all check digits hold, and no letter that none covers was doubtful.
struct ZoneText {
    drivers::MrzFormat format = drivers::MrzFormat::td3;
    std::string text;  ///< all lines run together, as parse_mrz takes it; personal data: wiped by its holder
};

struct Corner {
    double x = 0, y = 0;  ///< pixels of the frame
};

struct DocumentSight {
    std::uint64_t frame = 0;
    drivers::Steady at;
    DocumentAdvice advice = DocumentAdvice::none;
    std::optional<std::array<Corner, 4>> outline;  ///< of the zone, the code or the page: clockwise from the upper left
    std::optional<ZoneText> zone;                  ///< once accepted, in every further sight of the session
    std::string code;                              ///< 1 .. max_code_bytes as they were coded, once accepted; empty before
    CodeRefusal refusal = CodeRefusal::none;
    bool page_ready = false;                       ///< take_page() would give a page now
    int width = 0, height = 0;                     ///< of the frame
    int preview_width = 0, preview_height = 0;
    std::vector<std::uint8_t> preview_rgb;         ///< not mirrored, at most 640 x 480
    /// Everything personal in it.
    void wipe() {
        drivers::wipe(std::as_writable_bytes(std::span{preview_rgb}));
        drivers::wipe(code);
        if (zone) drivers::wipe(zone->text);
        zone.reset();
    }
};

/// A page for staff: baseline JPEG of at most max_page_bytes.
struct DocumentPage {
    drivers::Bytes jpeg;
    drivers::Bytes sha256;  ///< of jpeg: what the audit records
    void wipe() {
        drivers::wipe(jpeg);
        jpeg.clear();
    }
};

/// States: closed -> open (start_document) -> closed (stop_document). A session for a portrait and one for a document end each other.
class DocumentCamera {
  public:
    virtual ~DocumentCamera() = default;
    /// Opens the device. `today` gives a zone's centuries. camera_missing when nothing answers within `limit`; bad_configuration when the zone's font is not installed.
    virtual drivers::awaitable<drivers::Result<void>> start_document(Subject subject, std::chrono::year_month_day today, drivers::Duration limit) = 0;
    /// Releases the device and wipes frames and texts. In any state; returns at once.
    virtual void stop_document() = 0;
    /// The next judged frame after frame number `after` (latest wins, none is queued). camera_missing / camera_black / camera_frozen / camera_wrong_size as Camera::next.
    virtual drivers::awaitable<drivers::Result<DocumentSight>> next_document(std::uint64_t after) = 0;
    /// The sharpest of the last frames, cut to the page. photo_not_encodable when none of them is sharp and evenly lit enough.
    virtual drivers::awaitable<drivers::Result<DocumentPage>> take_page() = 0;
};

}  // namespace camera
