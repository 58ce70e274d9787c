// A page held before the camera (household register, temporary identity card): where it is, whether staff could read a picture of it, and that picture.
#pragma once
#include "camera/document.hpp"

#include <opencv2/core.hpp>

namespace camera {

inline constexpr double legible_sharpness = 0.17;  ///< of Legibility: strokes of a millimetre stand apart
inline constexpr double least_page_share = 0.2;    ///< of the frame
inline constexpr int pages_kept = 12;              ///< frames among which the sharpest is taken

struct PageSight {
    std::optional<std::array<cv::Point2d, 4>> outline;
    DocumentAdvice advice = DocumentAdvice::none;
    double sharpness = 0;  ///< steepest edges over contrast, per pixel: 0.4 over the lens's blur in pixels
};
/// `grey`: 8-bit.
[[nodiscard]] PageSight look_at_page(const cv::Mat& grey);

/// The page cut out of a frame (8-bit BGR) with a small rim, at the best quality that max_page_bytes allow. photo_not_encodable when even the poorest is too large.
[[nodiscard]] drivers::Result<DocumentPage> make_page(const cv::Mat& frame, const std::array<cv::Point2d, 4>& outline);

/// The sharpest page of the last frames; wiped when it is replaced or cleared.
class PageWatch {
  public:
    ~PageWatch() { clear(); }
    PageWatch() = default;
    PageWatch(const PageWatch&) = delete;
    PageWatch& operator=(const PageWatch&) = delete;
    void clear();
    PageSight see(const cv::Mat& frame, const cv::Mat& grey);
    [[nodiscard]] bool ready() const { return !best_.empty(); }
    [[nodiscard]] drivers::Result<DocumentPage> take() const;

  private:
    cv::Mat best_, previous_;
    std::array<cv::Point2d, 4> outline_{};
    double sharpness_ = 0;
    int age_ = 0;
};

}  // namespace camera
