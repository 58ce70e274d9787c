// Geometry and band of the official photograph (photo-official-numbers.md). No padding: a file that is too small is encoded better, never filled.
#include "camera/portrait.hpp"

#include "camera/jpeg.hpp"
#include "camera/quality/verdict.hpp"

#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <sodium.h>

namespace camera {

namespace {
constexpr int lowest_quality = 40, highest_quality = 100;
constexpr double most_roll_degrees = 20;  // beyond it the eyes were mistaken

/// The largest quality whose file is not above the band. Sizes grow with quality but for a few bytes, hence the final check by the caller.
Bytes largest_within(const cv::Mat& crop, Chroma chroma, const PortraitRules& rules) {
    Bytes best;
    for (int low = lowest_quality, high = highest_quality; low <= high;) {
        const int quality = (low + high) / 2;
        Bytes tried = encode_jpeg(crop, quality, chroma, rules.dpi);
        if (!tried.empty() && tried.size() <= rules.max_bytes) {
            drivers::wipe(best);
            best = std::move(tried);
            low = quality + 1;
        } else {
            drivers::wipe(tried);
            high = quality - 1;
        }
    }
    return best;
}
}  // namespace

cv::Mat crop_portrait(const cv::Mat& frame, const Eyes& eyes, double crown, const PortraitRules& rules) {
    const CropWindow window = crop_window(eyes, crown, rules);
    const cv::Point2d middle = eyes.middle();
    const double eye_line = (middle.y - window.top) * window.scale;
    double roll = eyes.roll_degrees() * CV_PI / 180;
    if (std::abs(roll) * 180 / CV_PI > most_roll_degrees) roll = 0;
    const double c = std::cos(roll) * window.scale, s = std::sin(roll) * window.scale;
    // Frame to portrait: rotate by -roll about the eyes' middle, scale, put the middle on the eye line. Pixel centres are at whole numbers.
    const double target_x = (rules.width - 1) / 2.0;
    const cv::Matx23d map(c, s, target_x - c * middle.x - s * middle.y, -s, c, eye_line + s * middle.x - c * middle.y);
    cv::Mat source = frame, out;
    if (window.scale < 0.9) {
        // A warp does not average: without this, stubble and cloth alias.
        const double sigma = 0.4 * std::sqrt(1 / (window.scale * window.scale) - 1);
        cv::GaussianBlur(frame, source, {}, sigma, sigma, cv::BORDER_REPLICATE);
    }
    cv::warpAffine(source, out, map, {rules.width, rules.height}, cv::INTER_CUBIC, cv::BORDER_REPLICATE);
    if (source.data != frame.data) source.setTo(0);
    return out;
}

drivers::Result<Bytes> encode_portrait(const cv::Mat& crop, const PortraitRules& rules) {
    for (const Chroma chroma : {Chroma::half, Chroma::full}) {
        Bytes jpeg = largest_within(crop, chroma, rules);
        if (jpeg.size() >= rules.min_bytes && jpeg.size() <= rules.max_bytes) return jpeg;
        drivers::wipe(jpeg);
    }
    return drivers::fail(drivers::FaultCode::photo_not_encodable, fmt::format("no quality {}..{} gives {}..{} bytes", lowest_quality, highest_quality, rules.min_bytes, rules.max_bytes));
}

drivers::Result<void> check_portrait(drivers::View jpeg, const PortraitRules& rules) {
    const auto refuse = [](std::string why) { return drivers::fail(drivers::FaultCode::photo_not_encodable, std::move(why)); };
    if (jpeg.size() < rules.min_bytes || jpeg.size() > rules.max_bytes) return refuse(fmt::format("{} bytes", jpeg.size()));
    const auto facts = read_jpeg_facts(jpeg);
    if (!facts || !facts->complete) return refuse("not a complete JPEG");
    if (!facts->baseline || facts->components != 3) return refuse("not a baseline colour JPEG");
    if (facts->width != rules.width || facts->height != rules.height) return refuse(fmt::format("{} x {} pixels", facts->width, facts->height));
    if (facts->dpi_x != rules.dpi || facts->dpi_y != rules.dpi) return refuse(fmt::format("{} x {} dpi", facts->dpi_x, facts->dpi_y));
    const cv::Mat raw(1, static_cast<int>(jpeg.size()), CV_8U, const_cast<std::byte*>(jpeg.data()));
    cv::Mat decoded = cv::imdecode(raw, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
    const bool good = decoded.cols == rules.width && decoded.rows == rules.height;
    decoded.setTo(0);
    if (!good) return refuse("cannot be decoded");
    return {};
}

drivers::Result<Portrait> make_portrait(const cv::Mat& frame, const Face& face, FaceFinder& finder, const PortraitRules& rules) {
    cv::Mat grey;
    cv::cvtColor(frame, grey, cv::COLOR_BGR2GRAY);
    const Eyes eyes = finder.eyes(grey, face.box).value_or(face.eyes);
    grey.setTo(0);
    const double crown = measure_wall(frame, eyes, wall_edge_portrait).crown.value_or(default_crown);
    cv::Mat crop = crop_portrait(frame, eyes, crown, rules);
    auto jpeg = encode_portrait(crop, rules);
    crop.setTo(0);
    if (!jpeg) return std::unexpected(jpeg.error());
    if (auto good = check_portrait(*jpeg, rules); !good) return std::unexpected(good.error());
    Portrait portrait{.jpeg = std::move(*jpeg), .sha256 = Bytes(crypto_hash_sha256_BYTES), .warnings = {}, .flat_field = 1};
    crypto_hash_sha256(reinterpret_cast<unsigned char*>(portrait.sha256.data()), reinterpret_cast<const unsigned char*>(portrait.jpeg.data()), portrait.jpeg.size());
    return portrait;
}

}  // namespace camera
