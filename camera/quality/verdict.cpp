// Everything that holds is found, and one thing is said once: a consequence (cut off because too close, blurred because too far) is left to its cause.
// The order of the findings is the order of Reason: that in which a person can act.
#include "camera/quality/verdict.hpp"

#include <algorithm>
#include <cmath>

namespace camera {

namespace {
/// What is left in the frame is right in the mirror.
constexpr Side mirrored_left = Side::right, mirrored_right = Side::left;
constexpr double room_at_the_edge = 0.98;  // of the frame: nobody stands still to the pixel

class Judge {
  public:
    Judge(const Measures& measures, const PortraitRules& rules) : m_(measures), rules_(rules), limits_(rules.limits), eyes_(measures.faces.front().eyes) {}

    std::vector<Finding> all() {
        over(Reason::several_faces, static_cast<double>(m_.faces.size()), 1);
        place();
        posture();
        light();
        wall();
        sharpness();
        eyes();
        advice();
        std::ranges::sort(out_, {}, &Finding::reason);  // each is there once
        return std::move(out_);
    }

  private:
    void add(Reason reason, double measured, double limit, Side side = Side::none) { out_.push_back({reason, side, measured, limit}); }
    bool over(Reason reason, double measured, double limit, Side side = Side::none) {
        if (measured > limit) add(reason, measured, limit, side);
        return measured > limit;
    }
    bool under(Reason reason, double measured, double limit, Side side = Side::none) {
        if (measured < limit) add(reason, measured, limit, side);
        return measured < limit;
    }

    void place() {
        const double e = std::max(1.0, eyes_.distance()), farthest = rules_.eye_distance / limits_.enlargement, nearest = largest_eye_distance(m_.frame, rules_);
        too_far_ = under(Reason::too_far, e, farthest);
        const bool close = over(Reason::too_close, e, nearest);
        const CropWindow crop = crop_window(eyes_, m_.wall.crown.value_or(default_crown), rules_);
        const double left = -crop.left / e, right = (crop.left + crop.width - m_.frame.width) / e;
        // Who stands too close overflows the frame on opposite edges at once: that is said by too_close.
        if (!close || left <= 0 || right <= 0) over(Reason::off_centre, std::max(left, right), limits_.outside, left > right ? mirrored_left : mirrored_right);
        if (!close) over(Reason::cut_off, std::max(-crop.top, crop.top + crop.height - m_.frame.height) / e, limits_.outside);
    }

    void posture() {
        over(Reason::tilted, std::abs(m_.pose.roll_degrees), limits_.tilt_degrees);
        if (m_.pose.turn_known) over(Reason::turned, std::abs(m_.pose.turn), limits_.turn, m_.pose.turn > 0 ? mirrored_right : mirrored_left);
    }

    void light() {
        const Light& l = m_.light;
        if (l.pixels == 0) return;
        const bool dim = m_.wall.samples && l.mean < limits_.dim_face && m_.wall.lightness < limits_.dim_wall;
        // Once, by the first measure that says so.
        (void)(under(Reason::too_dark, l.mean, dim ? limits_.dim_face : limits_.dark_face) || over(Reason::too_dark, l.drowned, limits_.drowned));
        (void)(over(Reason::too_bright, l.mean, limits_.bright_face) || over(Reason::too_bright, l.burnt, limits_.burnt));
        if (l.cheek_ratio < limits_.cheek_ratio) under(Reason::uneven_light, l.cheeks, limits_.cheeks, l.darker);
    }

    void wall() {
        const Wall& w = m_.wall;
        const bool left_seen = w.left.samples > 0, right_seen = w.right.samples > 0;
        if (w.samples == 0 || (!left_seen && !right_seen)) return;
        /// The worse side; none when both are beyond the limit.
        const auto worse = [&](auto value, double limit, auto add_it) {
            const double left = left_seen ? value(w.left) : value(w.right), right = right_seen ? value(w.right) : value(w.left);
            const bool l = left_seen && left > limit, r = right_seen && right > limit;
            if (l || r) add_it(std::max(left, right), l == r ? Side::none : l ? mirrored_left : mirrored_right);
            return std::pair{l, r};
        };
        const bool sloping = std::abs(w.rise) > limits_.wall_rise;
        worse([](const WallSide& s) { return s.chroma; }, limits_.white_chroma, [&](double v, Side s) { add(Reason::background_coloured, v, limits_.white_chroma, s); });
        // One dark end of a slope is the slope's; a wall that is dark on both sides is grey as well.
        worse([](const WallSide& s) { return -s.lightness; }, -limits_.white_lightness, [&](double v, Side s) {
            if (s == Side::none || !sloping) add(Reason::background_not_white, -v, limits_.white_lightness, s);
        });
        if (sloping) add(Reason::background_uneven, std::abs(w.rise), limits_.wall_rise, w.rise > 0 ? mirrored_left : mirrored_right);
        else {
            const auto [l, r] = worse([](const WallSide& s) { return s.foreign; }, limits_.foreign, [&](double v, Side s) { add(Reason::background_uneven, v, limits_.foreign, s); });
            if (!l && !r) over(Reason::background_uneven, w.residual, limits_.wall_residual);
        }
        worse([](const WallSide& s) { return s.shadow; }, limits_.shadow, [&](double v, Side s) { add(Reason::background_shadow, v, limits_.shadow, s); });
    }

    void sharpness() {
        if (!too_far_) under(Reason::blurred, m_.sharpness, limits_.sharpness);
        if (m_.movement) over(Reason::moving, *m_.movement, limits_.movement);
    }

    /// Dark glasses and reflections hide the eyes: then they are said, and nothing is claimed of the eyes themselves.
    void eyes() {
        const EyesLook& look = m_.eyes;
        const double glare = std::max(look.left.glare, look.right.glare), open = std::min(look.left.open, look.right.open);
        const bool tinted = under(Reason::glasses_tinted, look.tint, limits_.tint), glaring = over(Reason::glare, glare, limits_.glare);
        if (tinted || glaring) return;
        const int visible = look.left.visible + look.right.visible;
        if (visible < 2) add(Reason::eyes_not_visible, visible, 2);
        else under(Reason::eyes_closed, open, limits_.eye_open);
    }

    void advice() {
        if (m_.wall.samples) under(Reason::clothes_like_background, m_.advice.clothes, limits_.clothes);
        over(Reason::head_covered, m_.advice.covered, limits_.covered);
        over(Reason::mouth_open, m_.advice.mouth, limits_.mouth);
    }

    const Measures& m_;
    const PortraitRules& rules_;
    const Limits& limits_;
    const Eyes& eyes_;
    bool too_far_ = false;
    std::vector<Finding> out_;
};
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
    return room_at_the_edge * rules.eye_distance * std::min(static_cast<double>(frame.height) / rules.height, static_cast<double>(frame.width) / rules.width);
}

Measures measure(const cv::Mat& frame, const cv::Mat& grey, std::vector<Face> faces, const PortraitRules& rules, const cv::Mat& reduced) {
    Measures m;
    m.frame = frame.size();
    m.faces = std::move(faces);
    if (m.faces.empty() || frame.empty()) return m;
    const Eyes& eyes = m.faces.front().eyes;
    const double k = static_cast<double>(reduced.cols) / frame.cols;
    m.wall = measure_wall(reduced, {eyes.left * k, eyes.right * k});
    m.light = measure_light(grey, eyes);
    m.pose = measure_pose(frame, grey, eyes);
    m.eyes = measure_eyes(frame, grey, eyes);
    m.sharpness = measure_sharpness(grey, eyes, rules);
    m.advice = measure_advice(frame, grey, eyes, m.wall);
    return m;
}

std::vector<Finding> judge(const Measures& measures, const PortraitRules& rules) {
    if (measures.faces.empty()) return {{Reason::no_face, Side::none, 0, 1}};
    return Judge(measures, rules).all();
}

}  // namespace camera
