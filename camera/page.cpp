// Paper is the largest bright thing in front of the camera; letters are legible when the steepest edges on it are steep for its contrast.
#include "camera/page.hpp"

#include "camera/jpeg.hpp"
#include "camera/zone/zone_reader.hpp"

#include <opencv2/imgproc.hpp>
#include <sodium.h>

namespace camera {

using drivers::fail;
using drivers::FaultCode;
using drivers::Result;

namespace {
constexpr int search_width = 320, unknown_dpi = 72;
constexpr int best_quality = 92, poorest_quality = 30;
constexpr double rim = 0.02, least_scale = 0.6;
constexpr double most_rotation = 14, most_movement = 7;  // degrees; mean difference of two frames in levels
constexpr double most_cut = 0.05;                        // of the frame's border
constexpr double least_contrast = 40;                    // levels: an empty sheet has nothing to read

/// The level below which this share of the picture lies.
double quantile(const cv::Mat& histogram, double share) {
    double all = cv::sum(histogram)[0], sum = 0;
    for (int i = 0; i < histogram.rows; ++i)
        if ((sum += histogram.at<float>(i)) >= share * all) return i;
    return histogram.rows - 1;
}
cv::Mat histogram_of(const cv::Mat& levels, const cv::Mat& mask) {
    cv::Mat out;
    const int channel = 0, bins = 256;
    const float range[] = {0, 256}, *ranges[] = {range};
    cv::calcHist(&levels, 1, &channel, mask, out, 1, &bins, ranges);
    return out;
}

struct Sheet {
    std::array<cv::Point2d, 4> corners;
    double cut = 0;  ///< share of the frame's border that it covers: arms come in from there too, a sheet that is too close covers more
};

std::optional<Sheet> find_page(const cv::Mat& grey) {
    const double scale = std::max(1.0, static_cast<double>(grey.cols) / search_width);
    cv::Mat small, bright;
    cv::resize(grey, small, {cvRound(grey.cols / scale), std::max(1, cvRound(grey.rows / scale))}, 0, 0, cv::INTER_AREA);
    // Print must not tear the paper apart.
    cv::morphologyEx(small, small, cv::MORPH_CLOSE, cv::getStructuringElement(cv::MORPH_RECT, {9, 9}));
    cv::threshold(small, bright, 0, 255, cv::THRESH_BINARY | cv::THRESH_OTSU);
    cv::morphologyEx(bright, bright, cv::MORPH_OPEN, cv::getStructuringElement(cv::MORPH_RECT, {7, 7}));
    small.setTo(0);
    std::vector<std::vector<cv::Point>> outlines;
    cv::findContours(bright, outlines, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_SIMPLE);
    const auto largest = std::ranges::max_element(outlines, {}, [](const auto& o) { return cv::contourArea(o); });
    if (largest == outlines.end() || cv::contourArea(*largest) < 0.05 * static_cast<double>(small.total())) return std::nullopt;
    const auto box = cv::minAreaRect(*largest);
    if (cv::contourArea(*largest) < 0.75 * box.size.area()) return std::nullopt;  // not a sheet
    std::array<cv::Point2f, 4> corners{};
    box.points(corners.data());
    // Clockwise from the corner that is nearest to the frame's upper left one.
    const auto first = std::ranges::min_element(corners, {}, [](cv::Point2f p) { return p.x + p.y; });
    std::ranges::rotate(corners, first);
    Sheet sheet;
    for (std::size_t i = 0; i < 4; ++i) sheet.corners[i] = cv::Point2d(corners[i].x + 0.5, corners[i].y + 0.5) * scale;
    bright.setTo(0);
    cv::fillPoly(bright, std::vector<std::vector<cv::Point>>{*largest}, cv::Scalar(255));
    const int border = cv::countNonZero(bright.row(0)) + cv::countNonZero(bright.row(bright.rows - 1)) + cv::countNonZero(bright.col(0)) + cv::countNonZero(bright.col(bright.cols - 1));
    sheet.cut = border / (2.0 * (bright.cols + bright.rows));
    return sheet;
}

cv::Mat interior(const std::array<cv::Point2d, 4>& outline, cv::Size size) {
    cv::Point2d middle;
    for (const auto& p : outline) middle += p * 0.25;
    std::vector<cv::Point> polygon;
    for (const auto& p : outline) polygon.emplace_back(cvRound(middle.x + (p.x - middle.x) * 0.88), cvRound(middle.y + (p.y - middle.y) * 0.88));
    cv::Mat inside(size, CV_8U, cv::Scalar(0));
    cv::fillConvexPoly(inside, polygon, cv::Scalar(255));
    return inside;
}

double sharpness_of(const cv::Mat& grey, const cv::Mat& inside) {
    const auto levels = histogram_of(grey, inside);
    const double contrast = quantile(levels, 0.98) - quantile(levels, 0.01);
    if (contrast < least_contrast) return 0;
    cv::Mat x, y, steep;
    cv::Sobel(grey, x, CV_16S, 1, 0, 3, 0.125);
    cv::Sobel(grey, y, CV_16S, 0, 1, 3, 0.125);
    cv::convertScaleAbs(x, x);
    cv::convertScaleAbs(y, y);
    cv::max(x, y, steep);
    return quantile(histogram_of(steep, inside), 0.997) / contrast;
}
}  // namespace

PageSight look_at_page(const cv::Mat& grey) {
    PageSight sight;
    if (grey.empty() || grey.type() != CV_8UC1 || grey.cols < 64 || grey.rows < 48) return sight;
    if (light_level(grey) < dark_document) {
        sight.advice = DocumentAdvice::too_dark;
        return sight;
    }
    const auto sheet = find_page(grey);
    if (!sheet) return sight;
    sight.outline = sheet->corners;
    const auto& corners = sheet->corners;
    const double width = cv::norm(corners[1] - corners[0]), height = cv::norm(corners[3] - corners[0]);
    const auto along = corners[1] - corners[0];
    const double angle = std::abs(std::atan2(along.y, along.x)) * 180 / CV_PI;
    const auto inside = interior(corners, grey.size());
    sight.sharpness = sharpness_of(grey, inside);
    if (sheet->cut > most_cut) sight.advice = DocumentAdvice::further;
    else if (width * height < least_page_share * static_cast<double>(grey.total())) sight.advice = DocumentAdvice::closer;
    else if (std::min(angle, std::abs(90 - angle)) > most_rotation) sight.advice = DocumentAdvice::straighten;
    else if (burnt_share(grey, corners) > burnt_document) sight.advice = DocumentAdvice::glare;
    else if (sight.sharpness < legible_sharpness) sight.advice = DocumentAdvice::hold_still;
    return sight;
}

Result<DocumentPage> make_page(const cv::Mat& frame, const std::array<cv::Point2d, 4>& outline) {
    std::vector<cv::Point2f> corners;
    for (const auto& p : outline) corners.emplace_back(static_cast<float>(p.x), static_cast<float>(p.y));
    cv::Rect box = cv::boundingRect(corners);
    const int border = cvRound(rim * box.width);
    box = cv::Rect(box.x - border, box.y - border, box.width + 2 * border, box.height + 2 * border) & cv::Rect({}, frame.size());
    if (box.empty() || frame.type() != CV_8UC3) return fail(FaultCode::photo_not_encodable, "no page in the frame");
    for (double scale = 1; scale >= least_scale; scale *= 0.85) {
        cv::Mat page;
        if (scale < 1) cv::resize(frame(box), page, {}, scale, scale, cv::INTER_AREA);
        else page = frame(box).clone();
        DocumentPage out;
        // The highest quality that fits: sizes grow with quality.
        for (int low = poorest_quality, high = best_quality; low <= high;) {
            const int quality = (low + high) / 2;
            auto jpeg = encode_jpeg(page, quality, Chroma::half, unknown_dpi);
            const bool fits = !jpeg.empty() && jpeg.size() <= max_page_bytes;
            if (fits) {
                out.wipe();
                out.jpeg = std::move(jpeg);
                low = quality + 1;
            } else {
                drivers::wipe(jpeg);
                high = quality - 1;
            }
        }
        page.setTo(0);
        if (out.jpeg.empty()) continue;
        out.sha256.resize(crypto_hash_sha256_BYTES);
        crypto_hash_sha256(reinterpret_cast<unsigned char*>(out.sha256.data()), reinterpret_cast<const unsigned char*>(out.jpeg.data()), out.jpeg.size());
        return out;
    }
    return fail(FaultCode::photo_not_encodable, fmt::format("the page does not fit into {} bytes", max_page_bytes));
}

void PageWatch::clear() {
    for (auto* picture : {&best_, &previous_}) {
        if (!picture->empty()) picture->setTo(0);
        picture->release();
    }
    sharpness_ = 0;
    age_ = 0;
}

PageSight PageWatch::see(const cv::Mat& frame, const cv::Mat& grey) {
    auto sight = look_at_page(grey);
    cv::Mat small;
    if (!grey.empty()) cv::resize(grey, small, {80, 60}, 0, 0, cv::INTER_AREA);
    const bool moving = previous_.empty() || small.empty() || cv::norm(small, previous_, cv::NORM_L1) / static_cast<double>(small.total()) > most_movement;
    if (!previous_.empty()) previous_.setTo(0);
    previous_ = small;
    if (moving && sight.outline && sight.advice == DocumentAdvice::none) sight.advice = DocumentAdvice::hold_still;
    if (!best_.empty() && ++age_ >= pages_kept) {
        best_.setTo(0);
        best_.release();
    }
    // Another page, or none: what was kept belongs to something that is gone.
    if (!sight.outline && !best_.empty()) {
        best_.setTo(0);
        best_.release();
    }
    if (sight.outline && sight.advice == DocumentAdvice::none && (best_.empty() || sight.sharpness > sharpness_)) {
        if (!best_.empty()) best_.setTo(0);
        best_ = frame.clone();
        outline_ = *sight.outline;
        sharpness_ = sight.sharpness;
        age_ = 0;
    }
    return sight;
}

Result<DocumentPage> PageWatch::take() const {
    if (best_.empty()) return fail(FaultCode::photo_not_encodable, "no sharp and evenly lit page was seen in the last frames");
    return make_page(best_, outline_);
}

}  // namespace camera
