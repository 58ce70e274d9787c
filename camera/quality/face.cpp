// The cascades at work. Sizes and steps are those that found 102 of 102 faces at the least cost (photo-benchmarks.md).
#include "camera/quality/face.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>

namespace camera {

double Eyes::distance() const { return std::hypot(right.x - left.x, right.y - left.y); }
double Eyes::roll_degrees() const { return std::atan2(right.y - left.y, right.x - left.x) * 180 / CV_PI; }

namespace {
constexpr int search_height = 360;            // pixels the frame is reduced to
constexpr double search_step = 1.15, follow_step = 1.1;
constexpr int smallest_face = 44;             // pixels at search height
constexpr int neighbours = 4;
constexpr double follow_margin = 0.3, follow_smaller = 0.8, follow_larger = 1.25;
constexpr double second_face_share = 0.45;    // of the largest face's width: smaller ones are pictures on a wall or mistakes
constexpr int eye_patch = 90, smallest_eye = 24;
constexpr double eye_x = 0.5 / box_per_eye_distance, eye_y = -0.13;  // in box widths from the box's middle
constexpr double longest_roll = 0.35;         // dy / dx of an eye pair that is still believed

std::optional<std::string> cascade_file(std::string_view name) {
    for (const char* folder : {"/usr/share/opencv4/haarcascades/", "/usr/share/opencv/haarcascades/", "/usr/local/share/opencv4/haarcascades/"}) {
        std::string path = std::string(folder).append(name);
        std::error_code error;
        if (std::filesystem::is_regular_file(path, error)) return path;
    }
    return std::nullopt;
}

Eyes guess_eyes(const cv::Rect& box) {
    const cv::Point2d middle(box.x + box.width / 2.0, box.y + box.height / 2.0 + eye_y * box.width), half(eye_x * box.width, 0);
    return {middle - half, middle + half};
}

Eyes carried(const Face& last, const cv::Rect& box) {
    const double k = static_cast<double>(box.width) / last.box.width;
    const cv::Point2d from(last.box.x + last.box.width / 2.0, last.box.y + last.box.height / 2.0), to(box.x + box.width / 2.0, box.y + box.height / 2.0);
    return {to + (last.eyes.left - from) * k, to + (last.eyes.right - from) * k};
}

class Cascades final : public FaceFinder {
  public:
    bool load() {
        const auto face = cascade_file("haarcascade_frontalface_alt2.xml"), eye = cascade_file("haarcascade_eye_tree_eyeglasses.xml");
        return face && eye && face_.load(*face) && eye_.load(*eye);
    }

    std::vector<Face> find(const cv::Mat& grey) override {
        const double k = std::min(1.0, static_cast<double>(search_height) / grey.rows);
        cv::Mat small;
        cv::resize(grey, small, {}, k, k, cv::INTER_AREA);
        std::vector<cv::Rect> boxes;
        face_.detectMultiScale(small, boxes, search_step, neighbours, 0, {smallest_face, smallest_face});
        std::ranges::sort(boxes, [](const cv::Rect& a, const cv::Rect& b) { return std::tuple{-a.width, a.x, a.y} < std::tuple{-b.width, b.x, b.y}; });
        std::vector<Face> faces;
        for (const auto& b : boxes) {
            if (!faces.empty() && b.width / k < second_face_share * faces.front().box.width) break;
            Face face = seen(grey, {cvRound(b.x / k), cvRound(b.y / k), cvRound(b.width / k), cvRound(b.height / k)});
            // Collars and folds look like small faces: beside the first, only a face with eyes counts.
            if (!faces.empty() && (!face.eyes_seen || (face.box & faces.front().box).area() > face.box.area() / 2)) continue;
            faces.push_back(face);
        }
        return faces;
    }

    std::optional<Face> follow(const cv::Mat& grey, const Face& last) override {
        const double k = std::min(1.0, static_cast<double>(search_height) / grey.rows);
        const int margin = cvRound(follow_margin * last.box.width);
        const cv::Rect area = cv::Rect(last.box.x - margin, last.box.y - margin, last.box.width + 2 * margin, last.box.height + 2 * margin) & cv::Rect({}, grey.size());
        if (area.width < smallest_face || area.height < smallest_face) return std::nullopt;
        cv::Mat small;
        cv::resize(grey(area), small, {}, k, k, cv::INTER_AREA);
        const int least = cvRound(last.box.width * k * follow_smaller), most = cvRound(last.box.width * k * follow_larger);
        std::vector<cv::Rect> boxes;
        if (small.cols >= 24 && small.rows >= 24) face_.detectMultiScale(small, boxes, follow_step, neighbours - 1, 0, {least, least}, {most, most});
        if (boxes.empty()) return std::nullopt;
        const auto b = *std::ranges::max_element(boxes, {}, [](const cv::Rect& r) { return r.width; });
        Face face{{area.x + cvRound(b.x / k), area.y + cvRound(b.y / k), cvRound(b.width / k), cvRound(b.height / k)}, {}, last.eyes_seen};
        face.eyes = carried(last, face.box);
        return face;
    }

    std::optional<Eyes> eyes(const cv::Mat& grey, const cv::Rect& box) override {
        const Eyes guess = guess_eyes(box);
        const auto left = eye(grey, guess.left, box.width), right = eye(grey, guess.right, box.width);
        if (!left || !right) return std::nullopt;
        const Eyes found{*left, *right};
        const double apart = found.distance() / (2 * eye_x * box.width);
        if (apart < 0.7 || apart > 1.4 || std::abs(found.right.y - found.left.y) > longest_roll * (found.right.x - found.left.x)) return std::nullopt;
        return found;
    }

  private:
    Face seen(const cv::Mat& grey, const cv::Rect& box) {
        if (const auto found = eyes(grey, box)) return {box, *found, true};
        return {box, guess_eyes(box), false};
    }

    std::optional<cv::Point2d> eye(const cv::Mat& grey, cv::Point2d where, int box_width) {
        const cv::Rect area = cv::Rect(cvRound(where.x - 0.18 * box_width), cvRound(where.y - 0.15 * box_width), cvRound(0.36 * box_width), cvRound(0.30 * box_width)) & cv::Rect({}, grey.size());
        if (area.width < 8 || area.height < 8) return std::nullopt;
        const double k = static_cast<double>(eye_patch) / area.width;
        cv::Mat patch;
        cv::resize(grey(area), patch, {}, k, k, k < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
        std::vector<cv::Rect> boxes;
        std::vector<int> votes;
        eye_.detectMultiScale(patch, boxes, votes, 1.1, 2, 0, {smallest_eye, smallest_eye});
        if (boxes.empty()) return std::nullopt;
        const auto best = static_cast<std::size_t>(std::ranges::max_element(votes) - votes.begin());
        const auto& b = boxes[best];
        return cv::Point2d(area.x + (b.x + b.width / 2.0) / k, area.y + (b.y + b.height / 2.0) / k);
    }

    cv::CascadeClassifier face_, eye_;
};
}  // namespace

drivers::Result<std::unique_ptr<FaceFinder>> FaceFinder::create() {
    auto cascades = std::make_unique<Cascades>();
    if (!cascades->load()) return drivers::fail(drivers::FaultCode::bad_configuration, "haarcascades not found: package opencv-data");
    return cascades;
}

}  // namespace camera
