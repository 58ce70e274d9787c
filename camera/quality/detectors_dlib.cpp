// dlib's frontal face detector (HOG, weights in its header). The only file that sees dlib; without the package it says so.
#include "camera/quality/detectors.hpp"

#ifdef LIQU_DLIB
#include <dlib/image_processing/frontal_face_detector.h>
#include <opencv2/imgproc.hpp>
#endif

namespace camera {

#ifdef LIQU_DLIB
namespace {
constexpr double dlib_window = 80;               // pixels: the smallest face it sees
constexpr double dlib_box_per_eye_distance = 2.34, dlib_eyes_above = 0.24;  // of its box: measured beside alt2 on the same faces
constexpr double most_pixels = 640.0 * 360.0;    // 18 ms (photo-benchmarks.md)

class Hog final : public BoxFinder {
  public:
    std::vector<FoundBox> boxes(const cv::Mat& grey) override {
        const double k = std::min(1.0, std::sqrt(most_pixels / std::max<double>(1, static_cast<double>(grey.total()))));
        cv::Mat small = grey;
        if (k < 1) cv::resize(grey, small, {}, k, k, cv::INTER_AREA);
        if (small.cols < dlib_window || small.rows < dlib_window) return {};
        dlib::array2d<unsigned char> image(small.rows, small.cols);
        for (int y = 0; y < small.rows; ++y) std::copy_n(small.ptr<uchar>(y), small.cols, &image[y][0]);
        std::vector<FoundBox> out;
        for (const auto& r : detector_(image)) {
            const double width = static_cast<double>(r.width()) / k, e = width / dlib_box_per_eye_distance, ours = e * box_per_eye_distance;
            const cv::Point2d centre((static_cast<double>(r.left()) + static_cast<double>(r.right())) / 2 / k, (static_cast<double>(r.top()) + static_cast<double>(r.bottom())) / 2 / k);
            // From its centre up to the eyes, and down again to where alt2's centre is.
            const cv::Point2d middle = centre + cv::Point2d(0, 0.13 * ours - dlib_eyes_above * width);
            out.push_back({cv::Rect(cvRound(middle.x - ours / 2), cvRound(middle.y - ours / 2), cvRound(ours), cvRound(ours)), std::nullopt});
        }
        return out;
    }

  private:
    dlib::frontal_face_detector detector_ = dlib::get_frontal_face_detector();
};
}  // namespace
std::unique_ptr<BoxFinder> make_dlib_boxes() { return std::make_unique<Hog>(); }
#else
std::unique_ptr<BoxFinder> make_dlib_boxes() { return nullptr; }
#endif

}  // namespace camera
