// The choice among detectors, and YuNet through OpenCV's dnn. A model file is hostile input: its size is checked and it is tried on a blank picture first.
#include "camera/quality/detectors.hpp"

#include <cmath>
#include <filesystem>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>
#include <spdlog/spdlog.h>

namespace camera {

namespace {
constexpr std::string_view yunet_prefix = "yunet:";
constexpr std::uintmax_t most_model_bytes = 8 << 20;  // 2022mar is 0.33 MB
constexpr float least_score = 0.8f, overlap = 0.3f;
constexpr int most_faces = 20, columns = 15;          // x, y, w, h, five points, score
constexpr double yunet_box_per_eye_distance = 2.19;   // libfacedetection, of which YuNet is the successor (photo-benchmarks.md)

class YuNet final : public BoxFinder {
  public:
    explicit YuNet(cv::Ptr<cv::FaceDetectorYN> net) : net_(std::move(net)) {}

    std::vector<FoundBox> boxes(const cv::Mat& grey) override {
        cv::Mat colour, rows;
        cv::cvtColor(grey, colour, cv::COLOR_GRAY2BGR);
        net_->setInputSize(colour.size());
        net_->detect(colour, rows);
        std::vector<FoundBox> out;
        if (rows.type() != CV_32F || rows.cols < columns) return out;
        for (int i = 0; i < std::min(rows.rows, most_faces); ++i)
            if (const auto found = read(rows.ptr<float>(i), grey.size())) out.push_back(*found);
        return out;
    }

  private:
    static std::optional<FoundBox> read(const float* v, cv::Size size) {
        for (int c = 0; c < columns; ++c)
            if (!std::isfinite(v[c]) || std::abs(v[c]) > 1e5f) return std::nullopt;
        const Eyes eyes{{v[4], v[5]}, {v[6], v[7]}};  // the person's right eye comes first: the frame's left
        if (eyes.left.x >= eyes.right.x) return std::nullopt;
        const double width = 0.5 * (v[2] + v[3]) * box_per_eye_distance / yunet_box_per_eye_distance;
        if (width < 8 || width > 2.0 * size.width) return std::nullopt;
        const cv::Point2d middle = eyes.middle() + cv::Point2d(0, 0.13 * width);
        return FoundBox{cv::Rect(cvRound(middle.x - width / 2), cvRound(middle.y - width / 2), cvRound(width), cvRound(width)), eyes};
    }

    cv::Ptr<cv::FaceDetectorYN> net_;
};

drivers::Result<std::unique_ptr<BoxFinder>> better_of(std::string_view detector) {
    if (detector == "haar") return nullptr;
    if (detector == "dlib") {
        if (auto made = make_dlib_boxes()) return made;
        return drivers::fail(drivers::FaultCode::bad_configuration, "built without dlib (package libdlib-dev)");
    }
    return make_yunet_boxes(std::string(detector.substr(yunet_prefix.size())));
}
}  // namespace

drivers::Result<std::unique_ptr<BoxFinder>> make_yunet_boxes(const std::string& file) {
    using drivers::fail, drivers::FaultCode;
    std::error_code error;
    const auto bytes = std::filesystem::is_regular_file(file, error) ? std::filesystem::file_size(file, error) : 0;
    if (error || bytes == 0) return fail(FaultCode::bad_configuration, "no such model file");
    if (bytes > most_model_bytes) return fail(FaultCode::bad_configuration, "the model file is too large to be YuNet");
    try {
        auto net = cv::FaceDetectorYN::create(file, "", {320, 192}, least_score, overlap, most_faces);
        auto made = std::make_unique<YuNet>(std::move(net));
        // The 2023 models load and fail only when they run.
        if (!made->boxes(cv::Mat(192, 320, CV_8U, cv::Scalar(128))).empty()) return fail(FaultCode::bad_configuration, "the model finds a face in a blank picture");
        return made;
    } catch (const std::exception&) {
        return fail(FaultCode::bad_configuration, "this OpenCV cannot run the model (4.6 runs face_detection_yunet_2022mar.onnx)");
    }
}

drivers::Result<std::unique_ptr<FaceFinder>> make_face_finder(std::string_view detector) {
    if (detector != "haar" && detector != "dlib" && !detector.starts_with(yunet_prefix))
        return drivers::fail(drivers::FaultCode::bad_configuration, "detector: haar, dlib or yunet:FILE");
    auto better = better_of(detector);
    if (!better) spdlog::warn("camera: detector {} cannot be used, haar instead: {}", detector.substr(0, detector.find(':')), better.error().detail);
    return make_cascade_finder(better ? std::move(*better) : nullptr);
}

}  // namespace camera
