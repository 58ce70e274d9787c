// Black hat (dark and thin), gradient along x (upright strokes), closing along x (letters grow together into bars): then bars are chosen by shape and joined by
// their lengths and distances. Relative darkness, not levels: the light may fall off across the page.
#include "camera/zone/rows.hpp"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace camera {

namespace {
constexpr int search_width = 640;
constexpr double least_length = 0.17, least_slimness = 9;  // share of the frame's width; length over thickness
constexpr double most_degrees = 40;
constexpr double least_step = 0.04, most_step = 0.135;     // distance of two lines over their length: 0.057 (44 letters) to 0.083 (30), seen at an angle
constexpr double most_parallel = 5;                        // degrees between two lines of one zone
constexpr double letter_height = 0.98;                     // pitches

cv::Mat busy(const cv::Mat& small) {
    cv::Mat closed, hat, relative, gradient, bars;
    const auto box = [](int w, int h) { return cv::getStructuringElement(cv::MORPH_RECT, {w, h}); };
    cv::morphologyEx(small, closed, cv::MORPH_CLOSE, box(15, 9));
    cv::subtract(closed, small, hat);
    closed.convertTo(closed, CV_8U, 1, 16);  // in deep shadow noise must not look like ink
    cv::divide(hat, closed, relative, 255);
    cv::Sobel(relative, gradient, CV_16S, 1, 0);
    cv::convertScaleAbs(gradient, gradient, 0.5);
    cv::boxFilter(gradient, gradient, -1, {9, 5});
    cv::morphologyEx(gradient, bars, cv::MORPH_CLOSE, box(17, 1));
    const double level = cv::threshold(bars, gradient, 0, 255, cv::THRESH_BINARY | cv::THRESH_OTSU);
    cv::threshold(bars, bars, std::clamp(level, 14.0, 60.0), 255, cv::THRESH_BINARY);
    cv::morphologyEx(bars, bars, cv::MORPH_OPEN, box(15, 3));
    for (auto* seen : {&closed, &hat, &relative, &gradient}) seen->setTo(0);
    return bars;
}

std::vector<Row> bars_of(const cv::Mat& mask, double scale) {
    std::vector<std::vector<cv::Point>> outlines;
    cv::findContours(mask, outlines, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_SIMPLE);
    std::vector<Row> rows;
    for (const auto& outline : outlines) {
        if (cv::boundingRect(outline).width < least_length * mask.cols * 0.9) continue;
        const auto box = cv::minAreaRect(outline);
        const double length = std::max(box.size.width, box.size.height), thickness = std::max(1.0f, std::min(box.size.width, box.size.height));
        if (length < least_length * mask.cols || length / thickness < least_slimness) continue;
        double angle = box.angle * CV_PI / 180;
        if (box.size.width < box.size.height) angle += CV_PI / 2;
        cv::Point2d along(std::cos(angle), std::sin(angle));
        if (along.x < 0) along = -along;
        // The smoothing of five by nine dots made the bar longer at either end.
        const cv::Point2d middle(box.center.x + 0.5, box.center.y + 0.5), half = along * (length / 2 - 2.5);
        const Row row{(middle - half) * scale, (middle + half) * scale};
        if (std::abs(row.degrees()) <= most_degrees) rows.push_back(row);
    }
    std::ranges::sort(rows, std::greater{}, &Row::length);
    if (rows.size() > max_row_candidates) rows.resize(max_row_candidates);
    return rows;
}

/// Is `below` the next line under `above`?
bool follows(const Row& above, const Row& below) {
    const double length = (above.length() + below.length()) / 2, ratio = below.length() / above.length();
    if (ratio < 0.84 || ratio > 1.19 || std::abs(above.degrees() - below.degrees()) > most_parallel) return false;
    const cv::Point2d along = (above.right - above.left) / above.length(), across(-along.y, along.x);
    const auto step = [&](cv::Point2d from, cv::Point2d to) { return (to - from).dot(across) / length; };
    const auto slip = [&](cv::Point2d from, cv::Point2d to) { return std::abs((to - from).dot(along)) / length; };
    const double left = step(above.left, below.left), right = step(above.right, below.right);
    return std::min(left, right) > least_step && std::max(left, right) < most_step && slip(above.left, below.left) < 0.09 && slip(above.right, below.right) < 0.09;
}
}  // namespace

std::vector<RowGroup> find_rows(const cv::Mat& grey) {
    if (grey.cols < 64 || grey.rows < 48) return {};
    const double scale = std::max(1.0, static_cast<double>(grey.cols) / search_width);
    cv::Mat small;
    cv::resize(grey, small, {cvRound(grey.cols / scale), std::max(1, cvRound(grey.rows / scale))}, 0, 0, cv::INTER_AREA);
    cv::Mat mask = busy(small);
    auto rows = bars_of(mask, scale);
    small.setTo(0);
    mask.setTo(0);
    std::ranges::sort(rows, {}, [](const Row& row) { return row.left.y + row.right.y; });
    std::vector<RowGroup> groups;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        RowGroup chain{rows[i]};
        for (std::size_t j = i + 1; j < rows.size() && chain.size() < 3; ++j)
            if (follows(chain.back(), rows[j])) chain.push_back(rows[j]);
        // A printed line above a passport's two must not hide them, nor a second one a permit's only line.
        for (std::size_t lines = 1; lines <= chain.size(); ++lines) groups.emplace_back(chain.begin(), chain.begin() + static_cast<std::ptrdiff_t>(lines));
    }
    std::ranges::sort(groups, [](const RowGroup& a, const RowGroup& b) {
        if (a.size() != b.size()) return a.size() > b.size();
        return a.front().left.y > b.front().left.y;
    });
    if (groups.size() > max_zone_candidates) groups.resize(max_zone_candidates);
    return groups;
}

std::array<cv::Point2d, 4> outline_of(const RowGroup& group) {
    const Row &first = group.front(), &last = group.back();
    const cv::Point2d along = (first.right - first.left) / std::max(1.0, first.length());
    const double columns = group.size() == 2 ? 44 : 30, half = letter_height / 2 * (first.length() + last.length()) / 2 / columns;
    const cv::Point2d down = cv::Point2d(-along.y, along.x) * half;
    return {first.left - down, first.right - down, last.right + down, last.left + down};
}

}  // namespace camera
