// A wrong text that is accepted opens no chip and costs a visit; one that is refused costs a tenth of a second. Everything here prefers the second.
#include "camera/zone/zone_reader.hpp"

#include <opencv2/imgproc.hpp>

namespace camera {

namespace {
constexpr double edge = 5;             // pixels: a line that reaches the frame's edge is cut off
constexpr double most_rotation = 16;   // degrees at which reading still succeeds
constexpr int burnt_level = 252, patch_pixels = 9;
constexpr double lamp_share = 0.006;   // of the frame

std::uint64_t fingerprint_of(const cv::Mat& grey) {
    std::uint64_t hash = 1469598103934665603ull;  // FNV-1a, every third line is enough to tell two frames of a living sensor apart
    for (int y = 0; y < grey.rows; y += 3)
        for (int x = 0; x < grey.cols; ++x) hash = (hash ^ grey.at<std::uint8_t>(y, x)) * 1099511628211ull;
    return hash;
}

bool cut_off(const std::array<cv::Point2d, 4>& outline, cv::Size size) {
    return std::ranges::any_of(outline, [&](cv::Point2d p) { return p.x < edge || p.y < edge || p.x > size.width - edge || p.y > size.height - edge; });
}
double degrees_of(const std::array<cv::Point2d, 4>& outline) {
    const auto along = outline[1] - outline[0];
    const double angle = std::abs(std::atan2(along.y, along.x)) * 180 / CV_PI;
    return std::min(angle, 180 - angle);
}

/// Are there lines like a zone's when the frame is turned? Only asked when nothing was found as it is.
bool held_askew(const cv::Mat& grey) {
    constexpr int side = 640;
    cv::Mat small, turned;
    const double scale = static_cast<double>(side) / grey.cols;
    cv::resize(grey, small, {side, std::max(1, cvRound(grey.rows * scale))}, 0, 0, cv::INTER_AREA);
    const int canvas = cvCeil(std::hypot(small.cols, small.rows));
    bool found = false;
    for (const double angle : {32.0, -32.0, 90.0}) {
        cv::Mat map = cv::getRotationMatrix2D({static_cast<float>(small.cols) / 2, static_cast<float>(small.rows) / 2}, angle, 1);
        map.at<double>(0, 2) += (canvas - small.cols) / 2.0;
        map.at<double>(1, 2) += (canvas - small.rows) / 2.0;
        cv::warpAffine(small, turned, map, {canvas, canvas}, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
        found = found || std::ranges::any_of(find_rows(turned), [](const RowGroup& rows) { return rows.size() > 1; });
        turned.setTo(0);
    }
    small.setTo(0);
    return found;
}

DocumentAdvice advise(const cv::Mat& grey, const ZoneSight& sight, double pitch) {
    if (light_level(grey) < dark_document) return DocumentAdvice::too_dark;
    // A reflection tears the lines apart, so that nothing is found.
    if (!sight.outline && cv::countNonZero(grey >= burnt_level) > lamp_share * static_cast<double>(grey.total())) return DocumentAdvice::glare;
    if (!sight.outline) return held_askew(grey) ? DocumentAdvice::straighten : DocumentAdvice::none;
    if (cut_off(*sight.outline, grey.size())) return DocumentAdvice::further;
    if (pitch < least_pitch) return DocumentAdvice::closer;
    if (degrees_of(*sight.outline) > most_rotation) return DocumentAdvice::straighten;
    if (burnt_share(grey, *sight.outline) > burnt_document) return DocumentAdvice::glare;
    return DocumentAdvice::hold_still;
}
}  // namespace

double light_level(const cv::Mat& grey) {
    cv::Mat small, sorted;
    cv::resize(grey, small, {32, 24}, 0, 0, cv::INTER_AREA);
    cv::sort(small.reshape(1, 1), sorted, cv::SORT_EVERY_ROW | cv::SORT_ASCENDING);
    return sorted.at<std::uint8_t>(0, sorted.cols * 9 / 10);
}

double burnt_share(const cv::Mat& grey, const std::array<cv::Point2d, 4>& outline) {
    std::vector<cv::Point> polygon;
    for (const auto& p : outline) polygon.emplace_back(cvRound(p.x), cvRound(p.y));
    cv::Mat inside(grey.size(), CV_8U, cv::Scalar(0));
    cv::fillConvexPoly(inside, polygon, cv::Scalar(255));
    const double all = std::max(1, cv::countNonZero(inside));
    // A page that is overexposed as a whole still has letters; a lamp is a patch brighter than the paper around it.
    cv::Scalar mean, deviation;
    cv::meanStdDev(grey, mean, deviation, inside);
    // A lamp is a patch: single pixels of white paper that the sensor's noise lifts above the level are none.
    cv::Mat smooth;
    cv::blur(grey, smooth, {patch_pixels, patch_pixels});
    const cv::Mat burnt = smooth >= std::max<double>(burnt_level, std::min(254.0, mean[0] + deviation[0] / 2));
    return cv::countNonZero(burnt & inside) / all;
}

drivers::Result<ZoneReader> ZoneReader::create(const std::string& font_file) {
    auto glyphs = Glyphs::create(font_file);
    if (!glyphs) return std::unexpected(glyphs.error());
    return ZoneReader(std::move(*glyphs));
}

void ZoneReader::reset() {
    if (accepted_) drivers::wipe(accepted_->text);
    accepted_.reset();
    drivers::wipe(last_);
    last_.clear();
    fingerprints_.clear();
    wanted_ = agreeing_frames;
    frames_ = 0;
}

std::expected<drivers::CorrectedMrz, Unreadable> ZoneReader::read_frame(const cv::Mat& grey, std::chrono::year_month_day today, ZoneSight& sight, double& pitch) {
    auto why = Unreadable::not_a_zone;
    for (const auto& rows : find_rows(grey)) {
        Grid grid;
        for (const int columns : rows.size() == 2 ? std::initializer_list<int>{44, 36} : std::initializer_list<int>{30}) {
            auto laid = Grid::fit(grey, rows, columns);
            if (grid.columns() == 0 || laid.agreement() > grid.agreement()) grid = std::move(laid);
        }
        // A pair of lines that is too small to be read is most likely a zone that is too far away.
        if (!sight.outline && rows.size() > 1) {
            sight.outline = outline_of(rows);
            pitch = grid.pitch();
        }
        if (grid.pitch() < least_pitch * 0.8) continue;
        const auto scores = read_cells(grey, grid, glyphs_);
        if (!scores) continue;
        auto read = read_text(*scores, grid.lines(), grid.columns(), today);
        if (!read && read.error() <= why) continue;
        sight.outline = grid.outline();
        pitch = grid.pitch();
        if (read) return read;
        why = read.error();
    }
    return std::unexpected(why);
}

ZoneSight ZoneReader::see(const cv::Mat& grey, std::chrono::year_month_day today) {
    ZoneSight sight;
    if (grey.empty() || grey.type() != CV_8UC1 || grey.cols < 64 || grey.rows < 48 || std::max(grey.cols, grey.rows) > most_frame_side) return sight;
    ++frames_;
    double pitch = 0;
    auto read = read_frame(grey, today, sight, pitch);
    sight.read = read.has_value();
    if (!read) {
        sight.advice = advise(grey, sight, pitch);
        return sight;
    }
    count(*read, fingerprint_of(grey));
    read->mrz.wipe();
    drivers::wipe(read->text);
    return sight;
}

void ZoneReader::count(const drivers::CorrectedMrz& read, std::uint64_t fingerprint) {
    if (last_ != read.text) {
        if (!last_.empty()) wanted_ = agreeing_after_quarrel;
        if (accepted_) drivers::wipe(accepted_->text);
        accepted_.reset();
        drivers::wipe(last_);
        last_ = read.text;
        fingerprints_.clear();
    } else if (frames_ - first_ > agreement_limit && !accepted_) {
        fingerprints_.clear();
    }
    if (std::ranges::find(fingerprints_, fingerprint) != fingerprints_.end() || accepted_) return;
    if (fingerprints_.empty()) first_ = frames_;
    fingerprints_.push_back(fingerprint);
    if (std::ssize(fingerprints_) >= wanted_) accepted_ = ZoneText{read.mrz.format, read.text};
}

}  // namespace camera
