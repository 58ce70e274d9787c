// Geometry and band of the official photograph (photo-official-numbers.md). No padding: a file that is too small is encoded better, never filled.
#include "camera/portrait.hpp"

#include "camera/flat_field.hpp"
#include "camera/jpeg.hpp"

#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <sodium.h>

namespace camera {

namespace {
constexpr int lowest_quality = 40, highest_quality = 100;
constexpr double most_roll_degrees = 35;  // beyond it the eyes were mistaken
constexpr double smoothed_below = 0.9;    // scale
constexpr double warp_margin = 0.4;       // of the window's longer side: a level window of a tilted head reaches so far at most

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

std::optional<double> crown_near_edge(const cv::Mat& picture, const Eyes& eyes, std::optional<double> seen) {
    constexpr double near_edge = 0.1;  // eye distances
    constexpr int finest_edge = 1600;  // pixels
    const double room = eyes.middle().y / std::max(1.0, eyes.distance()) - near_edge;
    if (seen && *seen < room) return seen;
    return measure_wall(picture, eyes, std::min(finest_edge, std::max(picture.cols, picture.rows))).crown;
}

Overhang overhang(cv::Size picture, const CropWindow& w, const Eyes& eyes) {
    const double e = std::max(1.0, eyes.distance());
    return {.left = std::max(0.0, -w.left) / e, .right = std::max(0.0, w.left + w.width - picture.width) / e, .top = std::max(0.0, -w.top) / e, .bottom = std::max(0.0, w.top + w.height - picture.height) / e};
}

namespace {
/// The picture itself, when it is an official photograph already.
std::optional<CropWindow> ready_made(cv::Size picture, const Eyes& eyes, std::optional<double> crown, const PortraitRules& rules) {
    if (picture != cv::Size(rules.width, rules.height)) return std::nullopt;
    const double e = eyes.distance();
    const cv::Point2d middle = eyes.middle();
    if (e * widest_face < rules.min_face_width || e * narrowest_face > rules.max_face_width) return std::nullopt;
    if (std::abs(middle.x - (rules.width - 1) / 2.0) > eyes_band_share * rules.width || rules.height - middle.y < rules.min_eye_to_bottom) return std::nullopt;
    const double margin = crown ? middle.y - *crown * e : rules.crown_margin;
    const double allowed = rules.limits.outside * rules.eye_distance;
    if (margin < least_crown_share * rules.crown_margin - allowed || margin > most_crown_share * rules.crown_margin + allowed) return std::nullopt;
    return CropWindow{.left = 0, .top = 0, .width = static_cast<double>(rules.width), .height = static_cast<double>(rules.height), .scale = 1};
}
}  // namespace

CropWindow fitted_window(cv::Size picture, const Eyes& eyes, std::optional<double> crown, const PortraitRules& rules) {
    if (const auto same = ready_made(picture, eyes, crown, rules)) return *same;
    const int nearest = std::max(rules.eye_distance, cvFloor(rules.max_face_width / widest_face));
    const int farthest = std::min(rules.eye_distance, cvCeil(rules.min_face_width / narrowest_face));
    // Too small for the wanted scale: the smallest official one enlarges least.
    const int first = std::clamp(cvFloor(eyes.distance() * rules.limits.enlargement), farthest, rules.eye_distance);
    std::optional<CropWindow> best, at_first;
    double best_cost = 0;
    for (int distance = first; distance <= nearest; ++distance) {
        for (int margin = cvCeil(least_crown_share * rules.crown_margin); margin <= cvFloor(most_crown_share * rules.crown_margin); ++margin) {
            PortraitRules moved = rules;
            moved.eye_distance = distance;
            moved.crown_margin = margin;
            CropWindow w = crop_window(eyes, crown.value_or(default_crown), moved);
            const double reach = eyes_band_share * w.width, wanted = w.left;
            if (picture.width >= w.width) w.left = std::clamp(std::clamp(w.left, 0.0, picture.width - w.width), wanted - reach, wanted + reach);
            // What lies outside counts most; then how far it is from what is wanted.
            const double cost = 100 * overhang(picture, w, eyes).worst() + 0.02 * (distance - first) + 0.01 * std::abs(margin - rules.crown_margin);
            if (best && cost >= best_cost) continue;
            best = w;
            best_cost = cost;
        }
        if (!at_first) at_first = best;
    }
    if (!best) return crop_window(eyes, crown.value_or(default_crown), rules);
    // A larger scale that does not help is not chosen.
    return overhang(picture, *best, eyes).worst() <= rules.limits.outside ? *best : *at_first;
}

cv::Matx23d portrait_map(const CropWindow& window, const Eyes& eyes) {
    const cv::Point2d middle = eyes.middle();
    double roll = eyes.roll_degrees() * CV_PI / 180;
    if (std::abs(roll) * 180 / CV_PI > most_roll_degrees) roll = 0;
    const double c = std::cos(roll) * window.scale, s = std::sin(roll) * window.scale;
    const cv::Point2d target((middle.x - window.left) * window.scale, (middle.y - window.top) * window.scale);
    return {c, s, target.x - c * middle.x - s * middle.y, -s, c, target.y + s * middle.x - c * middle.y};
}

cv::Mat crop_portrait(const cv::Mat& frame, const Eyes& eyes, const CropWindow& window, const PortraitRules& rules) {
    const double margin = warp_margin * std::max(window.width, window.height);
    const cv::Rect2d reach(window.left - margin, window.top - margin, window.width + 2 * margin, window.height + 2 * margin);
    cv::Rect part = cv::Rect(cvFloor(reach.x), cvFloor(reach.y), cvCeil(reach.width), cvCeil(reach.height)) & cv::Rect({}, frame.size());
    if (part.empty()) part = cv::Rect({}, frame.size());
    const cv::Matx23d whole = portrait_map(window, eyes);
    // The same map for the part's own coordinates.
    const cv::Matx23d map(whole(0, 0), whole(0, 1), whole(0, 2) + whole(0, 0) * part.x + whole(0, 1) * part.y, whole(1, 0), whole(1, 1), whole(1, 2) + whole(1, 0) * part.x + whole(1, 1) * part.y);
    cv::Mat source = frame(part), out;
    const bool smoothed = window.scale < smoothed_below;
    if (smoothed) {
        // A warp does not average: without this, stubble and cloth alias.
        const double sigma = 0.4 * std::sqrt(1 / (window.scale * window.scale) - 1);
        cv::Mat blurred;
        cv::GaussianBlur(source, blurred, {}, sigma, sigma, cv::BORDER_REPLICATE);
        source = blurred;
    }
    cv::warpAffine(source, out, map, {rules.width, rules.height}, cv::INTER_CUBIC, cv::BORDER_REPLICATE);
    if (smoothed) source.setTo(0);
    return out;
}

cv::Mat crop_portrait(const cv::Mat& frame, const Eyes& eyes, double crown, const PortraitRules& rules) {
    return crop_portrait(frame, eyes, fitted_window(frame.size(), eyes, crown, rules), rules);
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
    const Eyes eyes = finder.eyes(grey, face.box, face.eyes_seen ? face.eyes.roll_degrees() : 0).value_or(face.eyes);
    grey.setTo(0);
    const Wall wall = measure_wall(frame, eyes, wall_edge_portrait);
    const CropWindow window = fitted_window(frame.size(), eyes, crown_near_edge(frame, eyes, wall.crown), rules);
    cv::Mat crop = crop_portrait(frame, eyes, window, rules);
    const double gain = apply_flat_field(crop, wall, portrait_map(window, eyes), frame.cols, rules.flat_field);
    auto jpeg = encode_portrait(crop, rules);
    crop.setTo(0);
    if (!jpeg) return std::unexpected(jpeg.error());
    if (auto good = check_portrait(*jpeg, rules); !good) return std::unexpected(good.error());
    Portrait portrait{.jpeg = std::move(*jpeg), .sha256 = Bytes(crypto_hash_sha256_BYTES), .warnings = {}, .flat_field = gain};
    crypto_hash_sha256(reinterpret_cast<unsigned char*>(portrait.sha256.data()), reinterpret_cast<const unsigned char*>(portrait.jpeg.data()), portrait.jpeg.size());
    return portrait;
}

}  // namespace camera
