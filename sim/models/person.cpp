// The scene from frame to frame: who stands where, blinks, movement, sensor noise. What stays the same is kept, so that a frame costs little.
#include "sim/models/person.hpp"

#include "sim/models/person_pose.hpp"
#include "sim/models/person_sprite.hpp"
#include "sim/models/person_wall.hpp"
#include "sim/models/sensor_noise.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <list>
#include <memory>

namespace sim {

namespace {
constexpr double eye_height = 0.42;               // of the frame: eyes of a person who stands well
constexpr double sway_x = 0.020, sway_y = 0.012;  // amplitude in eye distances
constexpr double sway_frames_x = 97, sway_frames_y = 61;
constexpr int stride_frames = 16;                 // to and fro
constexpr std::uint64_t blink_every = 45, blink_frames = 4;
constexpr double second_scale = 0.82, second_apart = 3.4;
constexpr std::size_t kept_figures = 6, kept_sprites = 6;
constexpr int largest_side = 4096;
constexpr double least_eye_distance = 1.5;  // pixels, of a picture that shows nothing any more
constexpr double most_aside = 20, most_speed = 2;  // eye distances: beyond, nobody is seen anyway

struct Placed {
    cv::Point eyes;  // middle
    double eye_distance = 0;
};

double shrink_of(cv::Size size) { return std::min(size.width / 1280.0, size.height / 720.0); }

Placed place_first(const PersonScene& scene, cv::Size size, std::uint64_t frame) {
    const double e = std::max(least_eye_distance, std::clamp(scene.eye_distance, 20.0, 400.0) * shrink_of(size));
    const double turn = 2 * CV_PI * static_cast<double>(frame % (97 * 61));
    const auto phase = static_cast<int>(frame % stride_frames);
    const double x = std::clamp(scene.x, -most_aside, most_aside), y = std::clamp(scene.y, -most_aside, most_aside);
    const double stride = std::clamp(scene.speed, -most_speed, most_speed) * (std::min(phase, stride_frames - phase) - stride_frames / 4);
    return {{cvRound(size.width * 0.5 + e * (x + stride + sway_x * std::sin(turn / sway_frames_x))), cvRound(size.height * eye_height + e * (y + sway_y * std::sin(turn / sway_frames_y)))},
            e};
}

Placed place_second(const PersonScene& scene, const Placed& first) {
    return {{first.eyes.x + cvRound((scene.x > 0 ? -1 : 1) * second_apart * first.eye_distance), first.eyes.y}, first.eye_distance * second_scale};
}

double eyes_open_at(const PersonScene& scene, std::uint64_t frame) {
    return scene.blinks && frame % blink_every >= blink_every - blink_frames ? 0 : scene.eyes_open;
}

/// All that a figure's look depends on, wherever it stands and whatever is behind it.
PersonScene figure_part(PersonScene s, std::uint64_t frame) {
    s.eyes_open = eyes_open_at(s, frame);
    s.present = true;
    s.second_person = s.blinks = s.wall_object_left = s.wall_object_right = false;
    s.x = s.y = s.speed = s.wall_lightness = s.wall_red = s.wall_blue = s.wall_shade_left = s.wall_shade_right = s.wall_pattern = s.noise = 0;
    return s;
}

/// Somebody else, looking straight on, in the same light.
PersonScene second_part(const PersonScene& first) {
    PersonScene s = figure_part({}, 0);
    s.skin = (((first.skin + 1) % 3) + 3) % 3;
    s.hair = first.hair + 1;
    s.clothes = first.clothes + 1;
    s.seed = first.seed + 1;
    s.eye_distance = first.eye_distance * second_scale;
    s.light = first.light;
    s.light_side = first.light_side;
    s.light_warmth = first.light_warmth;
    s.defocus = first.defocus;
    s.motion_blur = first.motion_blur;
    return s;
}

PersonScene wall_part(PersonScene s) {
    const PersonScene plain;
    PersonScene w = plain;
    w.wall_lightness = s.wall_lightness;
    w.wall_red = s.wall_red;
    w.wall_blue = s.wall_blue;
    w.wall_shade_left = s.wall_shade_left;
    w.wall_shade_right = s.wall_shade_right;
    w.wall_pattern = s.wall_pattern;
    w.wall_object_left = s.wall_object_left;
    w.wall_object_right = s.wall_object_right;
    w.light = s.light;
    w.light_warmth = s.light_warmth;
    w.defocus = s.defocus;
    w.motion_blur = s.motion_blur;
    w.seed = s.seed;
    return w;
}

void lay_over(cv::Mat& picture, cv::Point eyes, const Sprite& sprite) {
    const cv::Point origin = eyes - sprite.eyes;
    const int left = std::max(0, origin.x), right = std::min(picture.cols, origin.x + sprite.colour.cols);
    if (left >= right) return;
    for (int y = std::max(0, origin.y); y < picture.rows; ++y) {
        const int row = std::min(y - origin.y, sprite.colour.rows - 1);  // a far person's body goes on below the drawing
        const uchar* over = sprite.colour.ptr(row, left - origin.x);
        const uchar* through = sprite.through.ptr(row, left - origin.x);
        uchar* under = picture.ptr(y, left);
        for (int i = 0; i < 3 * (right - left); ++i) under[i] = static_cast<uchar>(std::min(255, over[i] + (under[i] * through[i] + 128) * 257 / 65536));
    }
}

/// A few things by their keys, most recent first.
template <class Key, class Value>
class Shelf {
  public:
    explicit Shelf(std::size_t most) : most_(most) {}
    template <class Make>
    std::shared_ptr<const Value> get(const Key& key, Make make) {
        const auto it = std::ranges::find(kept_, key, &Entry::first);
        if (it != kept_.end()) kept_.splice(kept_.begin(), kept_, it);
        else kept_.emplace_front(key, std::make_shared<const Value>(make()));
        if (kept_.size() > most_) kept_.pop_back();
        return kept_.front().second;
    }

  private:
    using Entry = std::pair<Key, std::shared_ptr<const Value>>;
    std::size_t most_;
    std::list<Entry> kept_;
};

struct SpriteKey {
    PersonScene scene;
    int width = 0, height = 0;
    bool operator==(const SpriteKey&) const = default;
};

/// What one thread keeps between frames. It changes nothing but the time a frame takes.
struct Kept {
    Shelf<FigureLook, Figure> figures{kept_figures};
    Shelf<SpriteKey, Sprite> sprites{kept_sprites};
    Shelf<SpriteKey, cv::Mat> walls{2};
    std::array<std::shared_ptr<const void>, 3> of_still;  // wall, first, second
    std::array<cv::Point, 2> eyes;
    cv::Mat still;

    std::shared_ptr<const Figure> figure(const FigureLook& look) {
        const auto plain = body_of(look);
        const auto body = figures.get(plain, [&] { return draw_figure(plain); });
        return figures.get(look, [&] { return draw_figure(look, *body); });
    }
    std::shared_ptr<const Sprite> sprite(const PersonScene& part, double eye_distance, cv::Size size) {
        return sprites.get({part, size.width, size.height}, [&] {
            const auto look = look_of(part);
            return make_sprite(*figure(look), part, eye_distance, shrink_of(size), size);
        });
    }
};
}  // namespace

cv::Mat render_person(const PersonScene& scene, int width, int height, std::uint64_t frame) {
    static thread_local Kept kept;
    const cv::Size size(std::clamp(width, 1, largest_side), std::clamp(height, 1, largest_side));
    const Placed first = place_first(scene, size, frame), second = place_second(scene, first);
    const auto wall = kept.walls.get({wall_part(scene), size.width, size.height}, [&] { return draw_wall(scene, size); });
    const auto one = scene.present ? kept.sprite(figure_part(scene, frame), first.eye_distance, size) : nullptr;
    const auto other = scene.second_person ? kept.sprite(second_part(scene), second.eye_distance, size) : nullptr;
    const std::array<std::shared_ptr<const void>, 3> parts{wall, one, other};
    if (kept.of_still != parts || kept.eyes != std::array{first.eyes, second.eyes}) {
        kept.still = wall->clone();
        if (other) lay_over(kept.still, second.eyes, *other);
        if (one) lay_over(kept.still, first.eyes, *one);
        kept.of_still = parts;
        kept.eyes = {first.eyes, second.eyes};
    }
    return with_sensor_noise(kept.still, scene.noise, scene.seed, frame);
}

PersonTruth truth_of(const PersonScene& scene, int width, int height, std::uint64_t frame) {
    const Placed p = place_first(scene, {width, height}, frame);
    const HeadPose pose(scene.roll, scene.yaw, scene.pitch);
    const cv::Point2d middle = p.eyes;
    const double e = p.eye_distance;
    // Hair and hat are round above: the highest point of a half oval.
    const double crown = figure_crown(scene.hair, scene.hat), wide = scene.hat ? 1.42 : 1.15, sides = -0.5;
    double highest = 0;
    for (double angle = -90; angle <= 90; angle += 3) {
        const double a = angle * CV_PI / 180;
        highest = std::min(highest, pose.seen({wide * std::sin(a), sides - (crown + sides) * std::pow(std::cos(a), 0.85)}).y);
    }
    const double chin = figure_chin + jaw_drop * std::clamp(scene.mouth_open, 0.0, 1.0);
    return {.left_eye = middle + e * pose.seen({-0.5, 0}),
            .right_eye = middle + e * pose.seen({0.5, 0}),
            .crown_y = middle.y + e * highest,
            .chin_y = middle.y + e * pose.seen({0, chin}).y,
            .face_width = 2 * e * pose.half_face(),
            .eyes_open = eyes_open_at(scene, frame),
            .roll = scene.roll,
            .yaw = scene.yaw,
            .pitch = scene.pitch};
}

}  // namespace sim
