// The scene: wall, one or two figures, light, slight sway and sensor noise. The still parts are kept between frames, so that a frame costs little.
#include "sim/models/person.hpp"

#include "sim/models/person_figure.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <list>
#include <opencv2/imgproc.hpp>
#include <optional>

namespace sim {

namespace {
constexpr double eye_height = 0.42;          // of the frame: eyes of a person who stands well
constexpr double sway_x = 0.020, sway_y = 0.012;  // amplitude in eye distances
constexpr double sway_frames_x = 97, sway_frames_y = 61;
constexpr double second_scale = 0.82, second_apart = 3.4;
constexpr std::size_t kept_figures = 4;
constexpr int noise_rim = 64, largest_side = 4096;

struct Placed {
    FigureLook look;
    cv::Point eyes;  // middle
    double eye_distance = 0;
};

FigureLook look_of(const PersonScene& scene) { return {scene.skin, scene.hair, scene.clothes, scene.seed}; }

Placed place_first(const PersonScene& scene, cv::Size size, std::uint64_t frame) {
    const double scale = std::min(size.width / 1280.0, size.height / 720.0);
    const double e = std::clamp(scene.eye_distance, 20.0, 400.0) * scale;
    const double turn = 2 * CV_PI * static_cast<double>(frame % (97 * 61));
    return {look_of(scene),
            {cvRound(size.width * 0.5 + e * (scene.x + sway_x * std::sin(turn / sway_frames_x))), cvRound(size.height * eye_height + e * (scene.y + sway_y * std::sin(turn / sway_frames_y)))},
            e};
}

Placed place_second(const PersonScene& scene, const Placed& first) {
    Placed second = first;
    second.look = {scene.skin + 1, scene.hair + 1, scene.clothes + 1, scene.seed + 1};
    second.look.skin %= 3;
    second.eye_distance *= second_scale;
    second.eyes.x += cvRound((scene.x > 0 ? -1 : 1) * second_apart * first.eye_distance);
    return second;
}

cv::Mat draw_wall(const PersonScene& s, cv::Size size) {
    cv::Mat structure(size.height / 48 + 2, size.width / 48 + 2, CV_32F), wide, wall(size, CV_32FC3);
    cv::RNG(s.seed + 77).fill(structure, cv::RNG::NORMAL, 0, 0.002);
    cv::resize(structure, wide, size, 0, 0, cv::INTER_CUBIC);
    const float red = static_cast<float>(std::clamp(1 + s.wall_red, 0.0, 1.3)), blue = static_cast<float>(std::clamp(1 + s.wall_blue, 0.0, 1.3));
    for (int y = 0; y < size.height; ++y)
        for (int x = 0; x < size.width; ++x) {
            const double across = static_cast<double>(x) / size.width, down = static_cast<double>(y) / size.height;
            const double shade = (1 - s.wall_shade_left * (1 - across)) * (1 - s.wall_shade_right * across) * (1 - 0.02 * down);
            const float v = static_cast<float>(255 * s.wall_lightness * shade) * (1 + wide.at<float>(y, x));
            wall.at<cv::Vec3f>(y, x) = {v * blue, v, v * red};
        }
    return wall;
}

void lay_over(cv::Mat& picture, const Placed& p, const cv::Mat& figure) {
    const double k = p.eye_distance / figure_eye_distance;
    cv::Mat scaled;
    cv::resize(figure, scaled, {}, k, k, k < 1 ? cv::INTER_AREA : cv::INTER_CUBIC);
    const cv::Point origin(p.eyes.x - cvRound(figure_half_width * p.eye_distance), p.eyes.y - cvRound(figure_above * p.eye_distance));
    for (int y = std::max(0, origin.y); y < picture.rows; ++y) {
        const int row = std::min(y - origin.y, scaled.rows - 1);  // a far person's body goes on below the drawing
        for (int x = std::max(0, origin.x); x < std::min(picture.cols, origin.x + scaled.cols); ++x) {
            const auto& over = scaled.at<cv::Vec4b>(row, x - origin.x);
            if (over[3] == 0) continue;
            auto& under = picture.at<cv::Vec3f>(y, x);
            const float through = 1 - static_cast<float>(over[3]) / 255;
            for (int c = 0; c < 3; ++c) under[c] = under[c] * through + over[c];
        }
    }
}

struct NoisePlates {
    cv::Size size;
    double level = -1;
    std::uint64_t seed = 0;
    cv::Mat more, less;
};

void make_noise(NoisePlates& plates, cv::Size size, double level, std::uint64_t seed) {
    if (plates.size == size && plates.level == level && plates.seed == seed) return;
    cv::Mat drawn(size.height + noise_rim, size.width + noise_rim, CV_16SC3);
    cv::RNG(seed * 31 + 7).fill(drawn, cv::RNG::NORMAL, 0, std::clamp(level, 0.0, 60.0));
    plates = {size, level, seed, {}, {}};
    drawn.convertTo(plates.more, CV_8U);
    drawn.convertTo(plates.less, CV_8U, -1);
}

/// What one thread keeps between frames. It changes nothing but the time a frame takes.
struct Kept {
    std::list<std::pair<FigureLook, cv::Mat>> figures;  // most recent first
    std::optional<PersonScene> scene;
    std::array<cv::Point, 2> eyes;
    cv::Mat still;
    cv::Mat wall;
    NoisePlates noise;

    const cv::Mat& figure(const FigureLook& look) {
        const auto it = std::ranges::find(figures, look, &std::pair<FigureLook, cv::Mat>::first);
        if (it != figures.end()) figures.splice(figures.begin(), figures, it);
        else figures.emplace_front(look, draw_figure(look));
        if (figures.size() > kept_figures) figures.pop_back();
        return figures.front().second;
    }
};

bool same(const PersonScene& a, const PersonScene& b) {
    const auto all = [](const PersonScene& s) {
        return std::tuple{s.present, s.second_person, s.eye_distance, s.x, s.y, s.wall_lightness, s.wall_red, s.wall_blue, s.wall_shade_left, s.wall_shade_right, s.light, s.skin, s.hair, s.clothes, s.noise, s.seed};
    };
    return all(a) == all(b);
}
}  // namespace

cv::Mat render_person(const PersonScene& scene, int width, int height, std::uint64_t frame) {
    static thread_local Kept kept;
    const cv::Size size(std::clamp(width, 1, largest_side), std::clamp(height, 1, largest_side));
    const Placed first = place_first(scene, size, frame), second = place_second(scene, first);
    const bool known = kept.scene && same(*kept.scene, scene) && kept.still.size() == size;
    if (!known) kept.wall = draw_wall(scene, size);
    if (!known || (scene.present && kept.eyes != std::array{first.eyes, second.eyes})) {
        cv::Mat picture = kept.wall.clone();
        if (scene.second_person) lay_over(picture, second, kept.figure(second.look));
        if (scene.present) lay_over(picture, first, kept.figure(first.look));
        picture.convertTo(kept.still, CV_8U, std::clamp(scene.light, 0.0, 4.0));
        kept.scene = scene;
        kept.eyes = {first.eyes, second.eyes};
    }
    make_noise(kept.noise, size, scene.noise, scene.seed);
    Dice dice(scene.seed * 1'000'003 + frame);
    const cv::Rect window(static_cast<int>(dice.below(noise_rim)), static_cast<int>(dice.below(noise_rim)), size.width, size.height);
    cv::Mat out;
    cv::add(kept.still, kept.noise.more(window), out);
    cv::subtract(out, kept.noise.less(window), out);
    return out;
}

PersonTruth truth_of(const PersonScene& scene, int width, int height, std::uint64_t frame) {
    const Placed p = place_first(scene, {width, height}, frame);
    const cv::Point2d middle = p.eyes, half(p.eye_distance / 2, 0);
    return {middle - half, middle + half, middle.y - figure_crown(scene.hair) * p.eye_distance, middle.y + figure_chin * p.eye_distance, figure_face_width * p.eye_distance};
}

}  // namespace sim
