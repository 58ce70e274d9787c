// What the camera's tests share: rendered persons judged without a thread, and reasons found in a verdict.
#pragma once
#include "camera/portrait.hpp"
#include "camera/watcher.hpp"
#include "sim/models/person.hpp"

#include <doctest/doctest.h>
#include <fstream>

namespace scenes {

inline camera::Watcher& watcher() {
    static const auto made = [] {
        cv::setNumThreads(1);
        auto w = camera::Watcher::create();
        REQUIRE_MESSAGE(w.has_value(), "package opencv-data is missing");
        return std::move(*w);
    }();
    return *made;
}

inline camera::Observation look(const cv::Mat& frame, const camera::PortraitRules& rules = {}) {
    watcher().reset();
    return watcher().observe(frame, rules);
}
inline camera::Observation look(const sim::PersonScene& scene, int width = 1280, int height = 720) { return look(sim::render_person(scene, width, height, 7)); }

inline const camera::Finding* find(const camera::Observation& seen, camera::Reason reason) {
    const auto it = std::ranges::find(seen.findings, reason, &camera::Finding::reason);
    return it == seen.findings.end() ? nullptr : &*it;
}

inline std::string words(const camera::Observation& seen) {
    std::string out;
    for (const auto& f : seen.findings) out += fmt::format("{}({:.2f}/{:.2f}) ", camera::name_of(f.reason), f.measured, f.limit);
    return out;
}

/// For looking at: with LIQU_TEST_PICTURES=DIR the portraits are written there.
inline void keep_picture(const std::string& name, drivers::View jpeg) {
    const char* folder = std::getenv("LIQU_TEST_PICTURES");
    if (!folder) return;
    std::ofstream file(std::filesystem::path(folder) / name, std::ios::binary);
    file.write(reinterpret_cast<const char*>(jpeg.data()), static_cast<std::streamsize>(jpeg.size()));
}

}  // namespace scenes
