// ZXing-C++ finds and decodes: the OpenCV of Debian 12 is built without a decoder for QR codes and only says so.
#include "camera/qr.hpp"

#include "camera/zone/zone_reader.hpp"

#include <ReadBarcode.h>
#include <opencv2/imgproc.hpp>

namespace camera {

namespace {
constexpr int widest = 1280;           // a larger frame is reduced: the code fills a good part of it
constexpr double least_side = 90;      // pixels: a code of 512 bytes has 89 dots
constexpr double edge = 3;
constexpr int most_codes = 2;          // that are looked for: one is asked for, a second one refuses

struct Found {
    std::vector<std::string> texts;  // of those that could be decoded, empty for others
    std::vector<std::array<cv::Point2d, 4>> outlines;
    ~Found() {
        for (auto& text : texts) drivers::wipe(text);
    }
};

/// Finds one code and says whether there was one.
bool find_code(const cv::Mat& grey, Found& out) {
    try {
        const ZXing::ImageView view(grey.data, grey.cols, grey.rows, ZXing::ImageFormat::Lum, static_cast<int>(grey.step));
        const auto hints = ZXing::DecodeHints().setFormats(ZXing::BarcodeFormat::QRCode).setTryHarder(true).setTryRotate(true).setMaxNumberOfSymbols(1).setReturnErrors(true);
        for (const auto& code : ZXing::ReadBarcodes(view, hints)) {
            const auto& bytes = code.bytes();
            out.texts.emplace_back(code.isValid() ? std::string(bytes.begin(), bytes.end()) : std::string());
            const auto& p = code.position();
            const auto at = [](ZXing::PointI q) { return cv::Point2d(q.x, q.y); };
            out.outlines.push_back({at(p.topLeft()), at(p.topRight()), at(p.bottomRight()), at(p.bottomLeft())});
            return true;
        }
    } catch (const std::exception&) {
        // It reports what it cannot digest by throwing: nothing was found in this picture.
    }
    return false;
}

/// All codes, up to most_codes: of two alike the library finds only one, so each is painted over before the next is looked for.
Found find_codes(const cv::Mat& grey) {
    Found out;
    cv::Mat rest = grey.clone();
    for (int i = 0; i < most_codes && find_code(rest, out); ++i) {
        std::vector<cv::Point> area;
        for (const auto& p : out.outlines.back()) area.emplace_back(cvRound(p.x), cvRound(p.y));
        cv::fillConvexPoly(rest, area, cv::mean(grey));
    }
    rest.setTo(0);
    return out;
}

double side_of(const std::array<cv::Point2d, 4>& outline) { return std::hypot(outline[1].x - outline[0].x, outline[1].y - outline[0].y); }
}  // namespace

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
    Found found = find_codes(small);
    if (scale > 1) small.setTo(0);
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
