// What the photo screen shows for every reason and side: the rendered person as the camera would see her, mirrored.
#include "stand.hpp"

#include "sim/models/person.hpp"

#include <opencv2/imgproc.hpp>

namespace ui::test {

using namespace kiosk;

namespace {
/// The picture that the camera would show for this reason, as the person sees it.
sim::PersonScene scene_of(camera::Reason reason, camera::Side side) {
    using R = camera::Reason;
    sim::PersonScene s;
    const bool left = side == camera::Side::left;  // of the mirror: the frame's right
    if (reason == R::no_face) s.present = false;
    if (reason == R::several_faces) s.second_person = true;
    if (reason == R::too_far) s.eye_distance = 64;
    if (reason == R::too_close) s.eye_distance = 170;
    if (reason == R::off_centre || reason == R::cut_off) s.x = left ? 4.8 : -4.8;
    if (reason == R::tilted) s.roll = 14;
    if (reason == R::turned) s.yaw = 25;
    if (reason == R::too_dark) s.light = 0.35;
    if (reason == R::too_bright) s.light = 1.8;
    if (reason == R::uneven_light) s.light_side = left ? -0.8 : 0.8;
    if (reason == R::background_not_white) s.wall_lightness = 0.55;
    if (reason == R::background_coloured) s.wall_blue = 0.2;
    if (reason == R::background_uneven) (left ? s.wall_object_right : s.wall_object_left) = true;
    if (reason == R::background_shadow) (left ? s.shadow_right : s.shadow_left) = 0.45;
    if (reason == R::blurred) s.defocus = 4;
    if (reason == R::moving) s.motion_blur = 14;
    if (reason == R::eyes_closed) s.eyes_open = 0;
    if (reason == R::glare) s.glare = 0.9;
    if (reason == R::glasses_tinted) s.glasses = sim::Glasses::tinted;
    return s;
}

TakePhoto photographing(const sim::PersonScene& scene) {
    cv::Mat small, mirrored, rgb;
    cv::resize(sim::render_person(scene, 1280, 720, 1), small, {640, 360}, 0, 0, cv::INTER_AREA);
    cv::flip(small, mirrored, 1);
    cv::cvtColor(mirrored, rgb, cv::COLOR_BGR2RGB);
    TakePhoto q;
    q.watching = true;
    const auto truth = sim::truth_of(scene, 1280, 720, 1);
    if (scene.present) q.focus = 1 - (truth.left_eye.x + truth.right_eye.x) / 2 / 1280;
    q.width = rgb.cols;
    q.height = rgb.rows;
    q.preview_rgb.assign(rgb.data, rgb.data + rgb.total() * 3);
    return q;
}

}  // namespace

std::vector<Situation> photo_situations() {
    std::vector<Situation> all;
    all.push_back({"take_photo-look_here", TakePhoto{}});
    for (int i = 0; i < camera::reason_count; ++i) {
        const auto reason = static_cast<camera::Reason>(i);
        if (camera::advisory(reason)) continue;
        for (const auto side : {camera::Side::none, camera::Side::left, camera::Side::right}) {
            if (side != camera::Side::none && photo_key(reason, side) == photo_key(reason)) continue;
            auto q = photographing(scene_of(reason, side));
            q.guidance = PhotoGuidance{reason, side};
            using R = camera::Reason;
            q.checks = {.place = reason >= R::too_dark, .light = reason >= R::background_not_white, .background = reason >= R::blurred, .eyes = reason < R::eyes_closed && reason > R::no_face};
            all.push_back({fmt::format("take_photo-{}{}", camera::name_of(reason), side == camera::Side::none ? "" : fmt::format("-{}", camera::name_of(side))), std::move(q)});
        }
    }
    for (const int percent : {0, 60, 100}) {
        auto q = photographing({});
        q.checks = {true, true, true, true};
        q.held = percent / 100.0;
        all.push_back({fmt::format("take_photo-hold_still-{}", percent), std::move(q)});
    }
    return all;
}

}  // namespace ui::test
