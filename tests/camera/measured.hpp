// One look at a rendered person by all the measures of a face, without verdict or watcher.
#pragma once
#include "camera/quality/verdict.hpp"
#include "scenes.hpp"

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace measured {

struct Look {
    bool found = false;
    camera::Eyes eyes;
    camera::Pose pose;
    camera::EyesLook look;
    camera::Advice advice;
    double sharpness = 0;
    [[nodiscard]] double open() const { return std::min(look.left.open, look.right.open); }
    [[nodiscard]] double glare() const { return std::max(look.left.glare, look.right.glare); }
    [[nodiscard]] bool visible() const { return look.left.visible && look.right.visible; }
};

inline Look at(const cv::Mat& frame) {
    static const auto finder = std::move(*camera::FaceFinder::create());
    Look out;
    cv::Mat grey;
    cv::cvtColor(frame, grey, cv::COLOR_BGR2GRAY);
    const auto faces = finder->find(grey);
    if (faces.empty()) return out;
    out.found = true;
    out.eyes = faces.front().eyes;
    out.pose = camera::measure_pose(frame, grey, out.eyes);
    out.look = camera::measure_eyes(frame, grey, out.eyes);
    out.sharpness = camera::measure_sharpness(grey, out.eyes, {});
    out.advice = camera::measure_advice(frame, grey, out.eyes, camera::measure_wall(frame, out.eyes));
    return out;
}
inline Look at(const sim::PersonScene& scene) { return at(sim::render_person(scene, 1280, 720, 7)); }

/// Every skin; with clear glasses, too, where `glasses` says so. `set` turns one knob, `check` looks at the result.
template <class Set, class Check>
void for_everyone(bool glasses, Set set, Check check) {
    for (int skin = 0; skin < 3; ++skin)
        for (int worn = 0; worn <= (glasses ? 1 : 0); ++worn) {
            sim::PersonScene scene;
            scene.skin = skin;
            scene.hair = 2 * (skin % 2) + worn;
            scene.clothes = skin;
            if (worn) scene.glasses = sim::Glasses::clear;
            set(scene);
            CAPTURE(skin);
            CAPTURE(worn);
            const Look seen = at(scene);
            REQUIRE(seen.found);
            check(seen);
        }
}

/// The development photographs, or nothing (with a message) where they are absent.
inline std::vector<std::filesystem::path> photographs() {
    const char* chosen = std::getenv("LIQU_FACES");
    const std::filesystem::path folder = chosen ? std::filesystem::path(chosen) : std::filesystem::path(LIQU_SOURCE_DIR) / "../shared/faces";
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error))
        if (entry.path().extension() == ".jpg") files.push_back(entry.path());
    std::ranges::sort(files);
    if (files.empty()) MESSAGE("skipped: no photographs in ../shared/faces (or LIQU_FACES)");
    return files;
}
/// At the height of a camera's frame.
inline cv::Mat photograph(const std::filesystem::path& file) {
    cv::Mat picture = cv::imread(file.string());
    if (const double k = 720.0 / picture.rows; k < 1) cv::resize(picture, picture, {}, k, k, cv::INTER_AREA);
    return picture;
}

}  // namespace measured
