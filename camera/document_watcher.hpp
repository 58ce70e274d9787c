// One frame after another with a document before the camera: what is seen, what was accepted, which page is the sharpest. No thread, no device.
#pragma once
#include "camera/page.hpp"
#include "camera/qr.hpp"
#include "camera/zone/zone_reader.hpp"

namespace camera {

class DocumentWatcher {
  public:
    /// bad_configuration when a zone is wanted and its font is not installed.
    [[nodiscard]] static drivers::Result<std::unique_ptr<DocumentWatcher>> create(Subject subject);
    DocumentWatcher(Subject subject, std::optional<ZoneReader> zone) : subject_(subject), zone_(std::move(zone)) {}
    [[nodiscard]] Subject subject() const { return subject_; }
    /// Forgets and wipes everything of earlier frames.
    void reset();
    /// 8-bit BGR, only read. Number and time of the sight are the caller's to fill in.
    [[nodiscard]] DocumentSight observe(const cv::Mat& frame, std::chrono::year_month_day today);
    /// As DocumentCamera::take_page.
    [[nodiscard]] drivers::Result<DocumentPage> take() const;

  private:
    Subject subject_;
    std::optional<ZoneReader> zone_;
    CodeReader code_;
    PageWatch page_;
};

}  // namespace camera
