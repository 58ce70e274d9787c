// The order of the findings is the order in which a person can act: be there, alone, at the right place, in light, before a white wall.
#include "camera/quality/verdict.hpp"

#include <algorithm>
#include <cmath>

namespace camera {

namespace {
/// What is left in the frame is right in the mirror.
constexpr Side mirrored_left = Side::right, mirrored_right = Side::left;

void judge_place(const Measures& m, const PortraitRules& rules, const Limits& limits, std::vector<Finding>& out) {
    const Eyes& eyes = m.faces.front().eyes;
    const double distance = eyes.distance(), nearest = largest_eye_distance(m.frame, rules), farthest = rules.eye_distance / limits.enlargement;
    if (distance < farthest) out.push_back({Reason::too_far, Side::none, distance, farthest});
    if (distance > nearest) out.push_back({Reason::too_close, Side::none, distance, nearest});
    const CropWindow crop = crop_window(eyes, m.wall.crown.value_or(default_crown), rules);
    // Who stands too close leaves the frame at top and bottom anyway: say one thing.
    const double left = -crop.left / distance, right = (crop.left + crop.width - m.frame.width) / distance;
    const double vertical = distance > nearest ? 0 : std::max(-crop.top, crop.top + crop.height - m.frame.height) / distance;
    const double worst = std::max({left, right, vertical});
    if (worst > limits.outside) {
        const Side side = worst == left ? mirrored_left : worst == right ? mirrored_right : Side::none;
        out.push_back({Reason::off_centre, side, worst, limits.outside});
    }
}

void judge_light(const Measures& m, const Limits& limits, std::vector<Finding>& out) {
    const Light& light = m.light;
    if (light.pixels == 0) return;
    if (light.mean < limits.dark_face) out.push_back({Reason::too_dark, Side::none, light.mean, limits.dark_face});
    else if (m.wall.samples && light.mean < limits.dim_face && m.wall.lightness < limits.dim_wall) out.push_back({Reason::too_dark, Side::none, light.mean, limits.dim_face});
    else if (light.drowned > limits.drowned) out.push_back({Reason::too_dark, Side::none, light.drowned, limits.drowned});
    else if (light.mean > limits.bright_face) out.push_back({Reason::too_bright, Side::none, light.mean, limits.bright_face});
    else if (light.burnt > limits.burnt) out.push_back({Reason::too_bright, Side::none, light.burnt, limits.burnt});
}

void judge_wall(const Measures& m, const Limits& limits, std::vector<Finding>& out) {
    const Wall& wall = m.wall;
    if (wall.samples == 0) return;
    const auto side_if = [](bool left, bool right) { return left == right ? Side::none : left ? mirrored_left : mirrored_right; };
    const bool left_seen = wall.left.samples > 0, right_seen = wall.right.samples > 0;
    const bool left_coloured = left_seen && wall.left.chroma > limits.white_chroma, right_coloured = right_seen && wall.right.chroma > limits.white_chroma;
    const bool left_dark = left_seen && wall.left.lightness < limits.white_lightness, right_dark = right_seen && wall.right.lightness < limits.white_lightness;
    const bool sloping = std::abs(wall.rise) > limits.wall_rise;
    if (left_coloured || right_coloured) {
        out.push_back({Reason::background_coloured, side_if(left_coloured, right_coloured), std::max(wall.left.chroma, wall.right.chroma), limits.white_chroma});
    } else if ((left_dark && (right_dark || !right_seen)) || (right_dark && !left_seen) || ((left_dark || right_dark) && !sloping)) {
        const double measured = !left_seen ? wall.right.lightness : !right_seen ? wall.left.lightness : std::min(wall.left.lightness, wall.right.lightness);
        out.push_back({Reason::background_not_white, side_if(left_dark, right_dark), measured, limits.white_lightness});
    }
    if (sloping) {
        out.push_back({Reason::background_uneven, wall.rise > 0 ? mirrored_left : mirrored_right, std::abs(wall.rise), limits.wall_rise});
    } else if (std::max(wall.left.foreign, wall.right.foreign) > limits.foreign) {
        const bool left = wall.left.foreign > limits.foreign, right = wall.right.foreign > limits.foreign;
        out.push_back({Reason::background_uneven, side_if(left, right), std::max(wall.left.foreign, wall.right.foreign), limits.foreign});
    }
}
}  // namespace

CropWindow crop_window(const Eyes& eyes, double crown, const PortraitRules& rules) {
    CropWindow crop;
    crop.scale = rules.eye_distance / std::max(1.0, eyes.distance());
    crop.width = rules.width / crop.scale;
    crop.height = rules.height / crop.scale;
    const double eye_line = std::min<double>(rules.crown_margin + crown * rules.eye_distance, rules.height - rules.min_eye_to_bottom);
    crop.left = eyes.middle().x - crop.width / 2;
    crop.top = eyes.middle().y - eye_line / crop.scale;
    return crop;
}

double largest_eye_distance(cv::Size frame, const PortraitRules& rules) {
    return 0.98 * rules.eye_distance * std::min(static_cast<double>(frame.height) / rules.height, static_cast<double>(frame.width) / rules.width);
}

std::vector<Finding> judge(const Measures& measures, const PortraitRules& rules) {
    const Limits& limits = rules.limits;
    std::vector<Finding> out;
    if (measures.faces.empty()) return {{Reason::no_face, Side::none, 0, 1}};
    if (measures.faces.size() > 1) out.push_back({Reason::several_faces, Side::none, static_cast<double>(measures.faces.size()), 1});
    judge_place(measures, rules, limits, out);
    judge_light(measures, limits, out);
    judge_wall(measures, limits, out);
    return out;
}

}  // namespace camera
