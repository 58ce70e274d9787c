// The three readers behind one sight.
#include "camera/document_watcher.hpp"

#include "camera/preview.hpp"

#include <opencv2/imgproc.hpp>

namespace camera {

namespace {
std::optional<std::array<Corner, 4>> corners_of(const std::optional<std::array<cv::Point2d, 4>>& outline) {
    if (!outline) return std::nullopt;
    std::array<Corner, 4> out;
    for (std::size_t i = 0; i < 4; ++i) out[i] = {(*outline)[i].x, (*outline)[i].y};
    return out;
}
}  // namespace

drivers::Result<std::unique_ptr<DocumentWatcher>> DocumentWatcher::create(Subject subject) {
    if (subject != Subject::zone) return std::make_unique<DocumentWatcher>(subject, std::nullopt);
    auto reader = ZoneReader::create();
    if (!reader) return std::unexpected(reader.error());
    return std::make_unique<DocumentWatcher>(subject, std::move(*reader));
}

void DocumentWatcher::reset() {
    if (zone_) zone_->reset();
    code_.reset();
    page_.clear();
}

DocumentSight DocumentWatcher::observe(const cv::Mat& frame, std::chrono::year_month_day today) {
    DocumentSight out;
    out.width = frame.cols;
    out.height = frame.rows;
    cv::Mat grey;
    cv::cvtColor(frame, grey, cv::COLOR_BGR2GRAY);
    switch (subject_) {
        case Subject::zone: {
            const auto seen = zone_->see(grey, today);
            out.advice = seen.advice;
            out.outline = corners_of(seen.outline);
            out.zone = zone_->accepted();
            break;
        }
        case Subject::code: {
            const auto seen = code_.see(grey);
            out.advice = seen.advice;
            out.outline = corners_of(seen.outline);
            out.refusal = seen.refusal;
            out.code = code_.accepted();
            break;
        }
        case Subject::page: {
            const auto seen = page_.see(frame, grey);
            out.advice = seen.advice;
            out.outline = corners_of(seen.outline);
            out.page_ready = page_.ready();
            break;
        }
    }
    grey.setTo(0);
    cv::Mat reduced = reduce_for_preview(frame);
    out.preview_width = reduced.cols;
    out.preview_height = reduced.rows;
    put_preview(reduced, Mirror::no, out.preview_rgb);
    reduced.setTo(0);
    return out;
}

drivers::Result<DocumentPage> DocumentWatcher::take() const {
    if (subject_ != Subject::page) return drivers::fail(drivers::FaultCode::photo_not_encodable, "the session looks for another subject; a page needs a session for a page");
    return page_.take();
}

}  // namespace camera
