// Files in, frames out. Where the eyes are is found by the distribution's cascade (its box is 2.67 eye distances wide, photo-benchmarks.md): good enough to place a picture.
#include "sim/models/person_photos.hpp"

#include "sim/models/sensor_noise.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>
#include <optional>

namespace sim {

namespace {
constexpr std::string_view prefix = "photos:";
constexpr double plain_scale_most = 10, box_in_eye_distances = 2.67, eyes_above_box_middle = 0.34, eye_height = 0.42, white = 245;
constexpr std::array<std::string_view, 5> endings{".jpg", ".jpeg", ".png", ".bmp", ".webp"};
constexpr int search_side = 480;
constexpr const char* cascade_file = "/usr/share/opencv4/haarcascades/haarcascade_frontalface_alt2.xml";

struct OptionRow {
    std::string_view key;
    double PhotoOptions::*value;
    double low, high;
};
constexpr std::array<OptionRow, 6> rows{{{"scale", &PhotoOptions::scale, 0.02, 400}, {"x", &PhotoOptions::x, -1280, 1280}, {"y", &PhotoOptions::y, -720, 720}, {"gain", &PhotoOptions::gain, 0.1, 4},
                                         {"seconds", &PhotoOptions::seconds, 0.2, 3600}, {"noise", &PhotoOptions::noise, 0, 25}}};

std::string set_option(PhotoOptions& options, std::string_view assignment) {
    const auto equals = std::min(assignment.find('='), assignment.size());
    const auto key = assignment.substr(0, equals), text = assignment.substr(std::min(equals + 1, assignment.size()));
    if (key == "gain" && text == "white") {
        options.white_wall = true;
        return {};
    }
    const auto row = std::ranges::find(rows, key, &OptionRow::key);
    if (row == rows.end()) return "photos: there is no option '" + std::string(key) + "' (scale, x, y, gain, seconds, noise)";
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() || !(value >= row->low && value <= row->high))
        return "photos: " + std::string(key) + " is a number from " + std::to_string(row->low) + " to " + std::to_string(row->high);
    options.*row->value = value;
    return {};
}

struct Face {
    cv::Point2d eyes;  ///< their middle
    double eye_distance = 0;
};
std::optional<Face> find_face(const cv::Mat& picture) {
    static thread_local cv::CascadeClassifier cascade(cascade_file);
    if (cascade.empty()) return std::nullopt;
    const double k = std::min(1.0, static_cast<double>(search_side) / std::max(picture.cols, picture.rows));
    cv::Mat grey;
    cv::cvtColor(picture, grey, cv::COLOR_BGR2GRAY);
    cv::resize(grey, grey, {}, k, k, cv::INTER_AREA);
    std::vector<cv::Rect> boxes;
    cascade.detectMultiScale(grey, boxes, 1.05, 3, 0, {search_side / 8, search_side / 8});
    if (boxes.empty()) return std::nullopt;
    const auto box = *std::ranges::max_element(boxes, {}, [](const cv::Rect& r) { return r.area(); });
    const double e = box.width / box_in_eye_distances;
    return Face{{(box.x + box.width / 2.0) / k, (box.y + box.height / 2.0 - eyes_above_box_middle * e) / k}, e / k};
}

/// The factor that brings the upper corners' median to white.
double gain_to_white(const cv::Mat& picture) {
    std::vector<uchar> levels;
    const int w = std::max(1, picture.cols / 8), h = std::max(1, picture.rows / 8);
    for (const int left : {0, picture.cols - w})
        for (int y = 0; y < h; y += 3)
            for (int x = left; x < left + w; x += 3) levels.push_back(picture.at<cv::Vec3b>(y, x)[1]);
    std::ranges::nth_element(levels, levels.begin() + static_cast<std::ptrdiff_t>(levels.size() / 2));
    return std::clamp(white / std::max<double>(levels[levels.size() / 2], 1), 0.5, 4.0);
}
}  // namespace

std::expected<PhotoOptions, std::string> photo_options_of(std::string_view text) {
    if (!text.starts_with(prefix)) return std::unexpected("a person is drawn (no option), or photographs: photos:DIR?scale=1.2&x=0&y=0&gain=1.15");
    text.remove_prefix(prefix.size());
    const auto query = std::min(text.rfind('?'), text.size());
    PhotoOptions options;
    options.folder = text.substr(0, query);
    if (options.folder.empty()) return std::unexpected("photos: no folder is named");
    for (auto rest = text.substr(std::min(query + 1, text.size())); !rest.empty();) {
        const auto end = std::min(rest.find('&'), rest.size());
        if (auto wrong = set_option(options, rest.substr(0, end)); !wrong.empty()) return std::unexpected(std::move(wrong));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return options;
}

std::expected<Photographs, std::string> Photographs::open(PhotoOptions options) {
    Photographs photographs;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(options.folder, error)) {
        auto ending = entry.path().extension().string();
        std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        std::error_code ignored;
        if (std::ranges::any_of(endings, [&](auto e) { return ending == e; }) && entry.is_regular_file(ignored) && entry.file_size(ignored) <= most_photograph_bytes)
            photographs.files_.push_back(entry.path());
    }
    if (error) return std::unexpected("photos: " + options.folder.string() + ": " + error.message());
    if (photographs.files_.empty()) return std::unexpected("photos: no photograph in " + options.folder.string());
    if (photographs.files_.size() > most_photographs) return std::unexpected("photos: more than " + std::to_string(most_photographs) + " files in " + options.folder.string());
    std::ranges::sort(photographs.files_);
    photographs.options_ = std::move(options);
    return photographs;
}

cv::Mat Photographs::laid_out(std::size_t index, cv::Size size) const {
    cv::Mat picture;
    try {
        picture = cv::imread(files_[index].string(), cv::IMREAD_COLOR);  // turned as its EXIF says
    } catch (const cv::Exception&) {  // larger than OpenCV allows
        return {};
    }
    if (picture.empty() || std::max(picture.cols, picture.rows) > most_photograph_side) return {};
    const double shrink = std::min(size.width / 1280.0, size.height / 720.0);
    cv::Point2d from(picture.cols / 2.0, picture.rows / 2.0), to(size.width / 2.0, size.height / 2.0);
    double scale = options_.scale * shrink;
    if (options_.scale > plain_scale_most) {
        if (const auto face = find_face(picture)) {
            from = face->eyes;
            to.y = size.height * eye_height;
            scale = options_.scale * shrink / face->eye_distance;
        } else {
            scale = std::min(static_cast<double>(size.width) / picture.cols, static_cast<double>(size.height) / picture.rows);
        }
    }
    to += cv::Point2d(options_.x, options_.y) * shrink;
    const double gain = options_.white_wall ? gain_to_white(picture) : options_.gain;
    // Made smaller by averaging first: a lens does not skip pixels.
    if (scale < 1) {
        cv::resize(picture, picture, {}, scale, scale, cv::INTER_AREA);
        from *= scale;
        scale = 1;
    }
    const cv::Matx23d place(scale, 0, to.x - scale * from.x, 0, scale, to.y - scale * from.y);
    cv::Mat frame;
    cv::warpAffine(picture, frame, place, size, cv::INTER_CUBIC, cv::BORDER_REPLICATE);
    frame.convertTo(frame, CV_8U, gain);
    return frame;
}

cv::Mat Photographs::frame(std::uint64_t number, int frames_per_second, int width, int height) {
    const cv::Size size(std::clamp(width, 1, 4096), std::clamp(height, 1, 4096));
    const auto each = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(options_.seconds * std::max(1, frames_per_second)));
    auto index = static_cast<std::size_t>(number / each % files_.size());
    if (index != shown_ || kept_.size() != size) {
        shown_ = index;
        kept_.release();
        for (std::size_t tried = 0; kept_.empty() && tried < files_.size(); ++tried) kept_ = laid_out((index + tried) % files_.size(), size);
        if (kept_.empty()) kept_ = cv::Mat(size, CV_8UC3, cv::Scalar::all(128));
    }
    return with_sensor_noise(kept_, options_.noise, 1, number);
}

}  // namespace sim
