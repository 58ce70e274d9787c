// Judging a still. It may be a whole camera frame or a finished identity photograph that the face fills, a few hundred or a few thousand pixels high: the face is
// looked for at several scales, measured at about the portrait's, and its place is judged by whether the official crop can be had.
#include "camera/still.hpp"

#include "camera/portrait.hpp"

#include <cmath>
#include <opencv2/imgproc.hpp>

namespace camera {

namespace {
constexpr int least_search_height = 480;        // pixels; smaller stills are enlarged for the search
constexpr double pad_share = 0.3;               // of the shorter side, around a face that fills the picture
constexpr int tile_height = 1080;               // stills above it hide good faces from a search that reduces them: parts are searched too
constexpr int most_tiles_across = 4;
constexpr double smallest_measured = 72, largest_measured = 150, good_measured = 96;  // eye distance in pixels at which the measures are taken
constexpr double max_measured_pixels = 6e6;

Face moved(const Face& face, double scale, cv::Point2d shift) {
    const auto point = [&](cv::Point2d p) { return p * scale + shift; };
    const cv::Point2d corner = point(face.box.tl());
    Face out = face;
    out.box = {cvRound(corner.x), cvRound(corner.y), cvRound(face.box.width * scale), cvRound(face.box.height * scale)};
    out.eyes = {point(face.eyes.left), point(face.eyes.right)};
    return out;
}

std::vector<Face> moved(std::vector<Face> faces, double scale, cv::Point2d shift = {}) {
    for (auto& face : faces) face = moved(face, scale, shift);
    return faces;
}

bool convincing(const std::vector<Face>& faces) { return !faces.empty() && faces.front().eyes_seen; }

std::vector<Face> search_enlarged(const cv::Mat& grey, FaceFinder& finder) {
    const double k = std::max(1.0, static_cast<double>(least_search_height) / grey.rows);
    if (k == 1) return finder.find(grey);
    cv::Mat larger;
    cv::resize(grey, larger, {}, k, k, cv::INTER_CUBIC);
    return moved(finder.find(larger), 1 / k);
}

/// For a face whose box would reach beyond the picture.
std::vector<Face> search_padded(const cv::Mat& grey, FaceFinder& finder) {
    const int pad = cvRound(pad_share * std::min(grey.cols, grey.rows));
    cv::Mat padded;
    cv::copyMakeBorder(grey, padded, pad, pad, pad, pad, cv::BORDER_REPLICATE);
    return moved(search_enlarged(padded, finder), 1, {-static_cast<double>(pad), -static_cast<double>(pad)});
}

/// For a face that is small in a large picture: overlapping parts, the largest face of all.
std::vector<Face> search_parts(const cv::Mat& grey, FaceFinder& finder) {
    std::vector<Face> best;
    const int across = std::clamp(2 * grey.rows / tile_height, 2, most_tiles_across);
    const cv::Size tile(2 * grey.cols / (across + 1), 2 * grey.rows / (across + 1));
    for (int j = 0; j < across; ++j)
        for (int i = 0; i < across; ++i) {
            const cv::Rect part = cv::Rect({i * tile.width / 2, j * tile.height / 2}, tile) & cv::Rect({}, grey.size());
            auto faces = moved(finder.find(grey(part).clone()), 1, part.tl());
            if (convincing(faces) && (best.empty() || faces.front().box.width > best.front().box.width)) best = std::move(faces);
        }
    return best;
}

std::vector<Face> search(const cv::Mat& grey, FaceFinder& finder) {
    auto faces = search_enlarged(grey, finder);
    if (convincing(faces)) return faces;
    if (auto padded = search_padded(grey, finder); convincing(padded)) return padded;
    if (!faces.empty() || grey.rows <= tile_height) return faces;
    return search_parts(grey, finder);
}

/// Large stills are reduced and small ones enlarged to where the measures were calibrated; what is returned is in the still's own pixels again.
Measures measure_still(const cv::Mat& still, const cv::Mat& grey, std::vector<Face> faces, const PortraitRules& rules) {
    if (faces.empty()) return measure(still, grey, {}, rules, still);
    const double e = std::max(1.0, faces.front().eyes.distance());
    const double most = std::max(1.0, std::sqrt(max_measured_pixels / static_cast<double>(still.total())));
    const double k = e < smallest_measured || e > largest_measured ? std::min(good_measured / e, most) : 1;
    cv::Mat frame = still, luma = grey;
    if (k != 1) {
        cv::resize(still, frame, {}, k, k, k < 1 ? cv::INTER_AREA : cv::INTER_CUBIC);
        cv::cvtColor(frame, luma, cv::COLOR_BGR2GRAY);
    }
    Measures m = measure(frame, luma, moved(faces, k), rules, frame);
    m.wall.crown = crown_near_edge(frame, m.faces.front().eyes, m.wall.crown);
    m.frame = still.size();
    m.faces = std::move(faces);
    return m;
}

void judge_place(const Measures& m, const PortraitRules& rules, std::vector<Finding>& out) {
    const Limits& limits = rules.limits;
    const Eyes& eyes = m.faces.front().eyes;
    const double e = eyes.distance();
    const CropWindow window = fitted_window(m.frame, eyes, m.wall.crown, rules);
    const Overhang over = overhang(m.frame, window, eyes);
    if (window.scale > limits.enlargement) out.push_back({Reason::too_far, Side::none, e, e * window.scale / limits.enlargement});
    const bool left = over.left > limits.outside, right = over.right > limits.outside, top = over.top > limits.outside, bottom = over.bottom > limits.outside;
    // Too near when the picture is too small even for the closest official crop, not when the person stands at its edge.
    const double pixel = e / std::max<double>(rules.eye_distance, rules.max_face_width / widest_face);
    const double width = rules.width * pixel - 2 * limits.outside * e, height = rules.height * pixel - 2 * limits.outside * e;
    const bool narrow = left && right && width > m.frame.width, low = (top || bottom) && height > m.frame.height;
    if (narrow || low) out.push_back({Reason::too_close, Side::none, e, e * std::min(m.frame.width / width, m.frame.height / height)});
    if ((left || right) && !narrow) out.push_back({Reason::off_centre, left ? Side::left : Side::right, std::max(over.left, over.right), limits.outside});
    if (top || (bottom && !low)) out.push_back({Reason::cut_off, Side::none, std::max(over.top, over.bottom), limits.outside});
}

Side other(Side side) { return side == Side::left ? Side::right : side == Side::right ? Side::left : Side::none; }
bool about_place(const Finding& f) { return f.reason == Reason::too_far || f.reason == Reason::too_close || f.reason == Reason::off_centre || f.reason == Reason::cut_off; }
}  // namespace

std::string_view name_of(StillVerdict::Verdict verdict) {
    switch (verdict) {
        case StillVerdict::Verdict::accept: return "accept";
        case StillVerdict::Verdict::warn: return "warn";
        case StillVerdict::Verdict::refuse: return "refuse";
    }
    return "refuse";
}

StillVerdict judge_still(const cv::Mat& still, FaceFinder& finder, const PortraitRules& rules) {
    StillVerdict out;
    cv::Mat grey;
    cv::cvtColor(still, grey, cv::COLOR_BGR2GRAY);
    out.measures = measure_still(still, grey, search(grey, finder), rules);
    out.findings = judge(out.measures, rules);
    std::erase_if(out.findings, about_place);
    for (auto& f : out.findings) f.side = other(f.side);  // nobody looks into a mirror here
    if (!out.measures.faces.empty()) judge_place(out.measures, rules, out.findings);
    std::ranges::sort(out.findings, {}, &Finding::reason);
    out.verdict = out.findings.empty() ? StillVerdict::Verdict::accept : StillVerdict::Verdict::warn;
    for (const auto& f : out.findings)
        if (!advisory(f.reason)) out.verdict = StillVerdict::Verdict::refuse;
    return out;
}

std::vector<std::pair<std::string, double>> listed(const Measures& m) {
    std::vector<std::pair<std::string, double>> out{{"width", m.frame.width}, {"height", m.frame.height}, {"faces", static_cast<double>(m.faces.size())}};
    if (m.faces.empty()) return out;
    const auto add = [&](std::string name, double value) {
        if (std::isfinite(value)) out.emplace_back(std::move(name), value);
    };
    const Eyes& eyes = m.faces.front().eyes;
    add("eye_left_x", eyes.left.x), add("eye_left_y", eyes.left.y), add("eye_right_x", eyes.right.x), add("eye_right_y", eyes.right.y);
    add("eye_distance", eyes.distance()), add("roll_degrees", m.pose.roll_degrees);
    if (m.pose.turn_known) add("turn", m.pose.turn);
    if (m.light.pixels) add("face_luma", m.light.mean), add("burnt", m.light.burnt), add("drowned", m.light.drowned), add("cheeks", m.light.cheeks), add("cheek_ratio", m.light.cheek_ratio);
    if (m.wall.samples) {
        add("wall_lightness", m.wall.lightness), add("wall_rise", m.wall.rise), add("wall_residual", m.wall.residual);
        for (const auto& [name, side] : {std::pair{"left", &m.wall.left}, {"right", &m.wall.right}}) {
            if (side->samples == 0) continue;
            const std::string at = std::string("wall_") + name + '_';
            add(at + "lightness", side->lightness), add(at + "chroma", side->chroma), add(at + "foreign", side->foreign), add(at + "shadow", side->shadow);
        }
    }
    if (m.wall.crown) add("crown", *m.wall.crown);
    add("sharpness", m.sharpness);
    if (m.movement) add("movement", *m.movement);
    for (const auto& [name, eye] : {std::pair{"left", &m.eyes.left}, {"right", &m.eyes.right}}) {
        const std::string at = std::string("eye_") + name + '_';
        add(at + "open", eye->open), add(at + "glare", eye->glare), add(at + "visible", eye->visible);
    }
    add("eye_tint", m.eyes.tint), add("clothes", m.advice.clothes), add("covered", m.advice.covered), add("mouth", m.advice.mouth);
    return out;
}

}  // namespace camera
