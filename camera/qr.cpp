// OpenCV's detector, held on a short lead: it throws on some hostile pictures, and finds with its search for many codes not every single one.
#include "camera/qr.hpp"

#include "camera/zone/zone_reader.hpp"

#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>

namespace camera {

namespace {
constexpr int widest = 1280;           // a larger frame is reduced: the code fills a good part of it
constexpr double least_side = 90;      // pixels: a code of 512 bytes has 89 dots
constexpr double edge = 3;

struct Found {
    std::vector<std::string> texts;
    std::vector<std::array<cv::Point2d, 4>> outlines;
    ~Found() {
        for (auto& text : texts) drivers::wipe(text);
    }
};

double side_of(const std::array<cv::Point2d, 4>& outline) { return std::hypot(outline[1].x - outline[0].x, outline[1].y - outline[0].y); }
}  // namespace

struct CodeReader::Detector {
    cv::QRCodeDetector opencv;

    void look(const cv::Mat& grey, Found& out) {
        try {
            std::vector<cv::Point2f> points;
            std::vector<std::string> texts;
            if (opencv.detectMulti(grey, points) && points.size() >= 4) static_cast<void>(opencv.decodeMulti(grey, points, texts));
            if (points.size() < 4 || std::ranges::all_of(texts, &std::string::empty)) {
                points.clear();
                texts.assign(1, opencv.detectAndDecode(grey, points));
            }
            for (std::size_t i = 0; i + 4 <= points.size(); i += 4) out.outlines.push_back({points[i], points[i + 1], points[i + 2], points[i + 3]});
            out.texts = std::move(texts);
        } catch (const cv::Exception&) {
            // Some pictures break its assertions: nothing was found in them.
            out.outlines.clear();
        }
    }
};

CodeReader::CodeReader() : detector_(std::make_unique<Detector>()) {}
CodeReader::~CodeReader() { reset(); }

void CodeReader::reset() {
    drivers::wipe(last_);
    drivers::wipe(accepted_);
    last_.clear();
    accepted_.clear();
}

CodeSight CodeReader::see(const cv::Mat& grey) {
    CodeSight sight;
    if (grey.empty() || grey.type() != CV_8UC1 || grey.cols < 64 || grey.rows < 64) return sight;
    const double scale = std::max(1.0, std::max(grey.cols, grey.rows) / static_cast<double>(widest));
    cv::Mat small = grey;
    if (scale > 1) cv::resize(grey, small, {}, 1 / scale, 1 / scale, cv::INTER_AREA);
    Found found;
    detector_->look(small, found);
    if (!found.outlines.empty()) {
        sight.outline = found.outlines.front();
        for (auto& p : *sight.outline) p *= scale;
    }
    std::string text;
    int codes = 0;
    for (auto& each : found.texts) {
        if (each.empty()) continue;
        ++codes;
        text = std::move(each);
    }
    codes = std::max(codes, static_cast<int>(found.outlines.size()));
    if (codes > 1) sight.refusal = CodeRefusal::several;
    else if (text.size() > max_code_bytes) sight.refusal = CodeRefusal::too_long;
    if (sight.refusal == CodeRefusal::none && !text.empty()) {
        if (text == last_) accepted_ = text;
        drivers::wipe(last_);
        last_ = std::move(text);
        return sight;
    }
    drivers::wipe(text);
    drivers::wipe(last_);
    last_.clear();
    if (sight.refusal != CodeRefusal::none) return sight;
    if (light_level(grey) < dark_document / 2) sight.advice = DocumentAdvice::too_dark;
    else if (!sight.outline) sight.advice = DocumentAdvice::none;
    else if (std::ranges::any_of(*sight.outline, [&](cv::Point2d p) { return p.x < edge || p.y < edge || p.x > grey.cols - edge || p.y > grey.rows - edge; })) sight.advice = DocumentAdvice::further;
    else if (side_of(*sight.outline) < least_side * scale) sight.advice = DocumentAdvice::closer;
    else sight.advice = DocumentAdvice::hold_still;
    return sight;
}

}  // namespace camera
