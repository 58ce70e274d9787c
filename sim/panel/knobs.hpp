// What can be turned at the scene before the camera: numbers, switches and choices, each with its key. Scenario files ([scene] and `do = "scene"`) and the panel
// read these tables; a test proves that no field of PersonScene is missing.
#pragma once
#include "sim/models/person.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

namespace sim {

/// A number: a slider on the panel.
struct SceneKnob {
    std::string_view key;    ///< in `scene KEY=NUMBER`
    const char* label;
    double PersonScene::*value;
    double low, high;        ///< the slider's ends; a scenario may go beyond
};
inline constexpr std::array<SceneKnob, 26> scene_knobs{{
    {"eye_distance", "nearness", &PersonScene::eye_distance, 30, 260},
    {"x", "sideways", &PersonScene::x, -4, 4},
    {"y", "down", &PersonScene::y, -3, 3},
    {"roll", "roll", &PersonScene::roll, -30, 30},
    {"yaw", "yaw", &PersonScene::yaw, -40, 40},
    {"pitch", "pitch", &PersonScene::pitch, -25, 25},
    {"eyes_open", "eyes", &PersonScene::eyes_open, 0, 1},
    {"mouth_open", "mouth", &PersonScene::mouth_open, 0, 1},
    {"speed", "speed", &PersonScene::speed, 0, 0.3},
    {"glare", "glare", &PersonScene::glare, 0, 1},
    {"tint", "tint", &PersonScene::tint, 0, 1},
    {"clothes_lightness", "clothes", &PersonScene::clothes_lightness, -1, 1},
    {"wall_lightness", "wall", &PersonScene::wall_lightness, 0, 1},
    {"wall_red", "red", &PersonScene::wall_red, -0.3, 0.3},
    {"wall_blue", "blue", &PersonScene::wall_blue, -0.3, 0.3},
    {"wall_shade_left", "shade left", &PersonScene::wall_shade_left, 0, 0.6},
    {"wall_shade_right", "sh. right", &PersonScene::wall_shade_right, 0, 0.6},
    {"wall_pattern", "pattern", &PersonScene::wall_pattern, 0, 1},
    {"shadow_left", "cast left", &PersonScene::shadow_left, 0, 0.6},
    {"shadow_right", "cast right", &PersonScene::shadow_right, 0, 0.6},
    {"light", "light", &PersonScene::light, 0.1, 2},
    {"light_side", "its side", &PersonScene::light_side, -1, 1},
    {"light_warmth", "warmth", &PersonScene::light_warmth, -0.3, 0.3},
    {"noise", "noise", &PersonScene::noise, 0, 25},
    {"defocus", "defocus", &PersonScene::defocus, 0, 8},
    {"motion_blur", "smear", &PersonScene::motion_blur, 0, 30},
}};

/// Yes or no: 1 or 0.
struct SceneSwitch {
    std::string_view key;
    const char* label;
    bool PersonScene::*value;
};
inline constexpr std::array<SceneSwitch, 6> scene_switches{{
    {"present", "stands there", &PersonScene::present},
    {"second_person", "a second one", &PersonScene::second_person},
    {"blinks", "blinks", &PersonScene::blinks},
    {"hat", "hat", &PersonScene::hat},
    {"wall_object_left", "picture left", &PersonScene::wall_object_left},
    {"wall_object_right", "picture right", &PersonScene::wall_object_right},
}};

/// One of a few: its number or its name.
struct SceneChoice {
    std::string_view key;
    const char* label;
    int count;
    std::array<const char*, 4> names;
};
inline constexpr std::array<SceneChoice, 4> scene_choices{{
    {"skin", "skin", 3, {"light", "medium", "dark", ""}},
    {"hair", "hair", 4, {"short", "grey", "bob", "long"}},
    {"clothes", "clothes", 4, {"blue", "red", "green", "dark"}},
    {"glasses", "glasses", 3, {"none", "clear", "tinted", ""}},
}};
[[nodiscard]] inline int chosen_of(const PersonScene& scene, const SceneChoice& choice) {
    const int value = choice.key == "skin" ? scene.skin : choice.key == "hair" ? scene.hair : choice.key == "clothes" ? scene.clothes : static_cast<int>(scene.glasses);
    return ((value % choice.count) + choice.count) % choice.count;
}
inline void choose(PersonScene& scene, const SceneChoice& choice, int value) {
    if (choice.key == "skin") scene.skin = value;
    if (choice.key == "hair") scene.hair = value;
    if (choice.key == "clothes") scene.clothes = value;
    if (choice.key == "glasses") scene.glasses = static_cast<Glasses>(value);
}

/// The whole text as a number, or nothing.
template <class T>
[[nodiscard]] std::optional<T> number_of(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

namespace knobs {
[[nodiscard]] inline bool set(PersonScene& scene, const SceneKnob& knob, std::string_view text) {
    const auto number = number_of<double>(text);
    if (!number || !std::isfinite(*number)) return false;
    scene.*knob.value = *number;
    return true;
}
[[nodiscard]] inline bool set(PersonScene& scene, const SceneSwitch& knob, std::string_view text) {
    if (text != "0" && text != "1" && text != "true" && text != "false") return false;
    scene.*knob.value = text == "1" || text == "true";
    return true;
}
[[nodiscard]] inline bool set(PersonScene& scene, const SceneChoice& knob, std::string_view text) {
    const auto name = std::find(knob.names.begin(), knob.names.begin() + knob.count, text);
    const auto number = name != knob.names.begin() + knob.count ? std::optional<int>(static_cast<int>(name - knob.names.begin())) : number_of<int>(text);
    if (!number || *number < 0 || *number >= knob.count) return false;
    choose(scene, knob, *number);
    return true;
}
}  // namespace knobs

/// Sets what "KEY=VALUE" says; false when there is no such key or the value is none of it. `seed` is a key, too.
[[nodiscard]] inline bool turn_knob(PersonScene& scene, std::string_view assignment) {
    const auto equals = assignment.find('=');
    if (equals == assignment.npos) return false;
    const auto key = assignment.substr(0, equals), text = assignment.substr(equals + 1);
    for (const auto& knob : scene_knobs)
        if (knob.key == key) return knobs::set(scene, knob, text);
    for (const auto& knob : scene_switches)
        if (knob.key == key) return knobs::set(scene, knob, text);
    for (const auto& knob : scene_choices)
        if (knob.key == key) return knobs::set(scene, knob, text);
    const auto seed = number_of<std::uint64_t>(text);
    if (key != "seed" || !seed) return false;
    scene.seed = *seed;
    return true;
}

}  // namespace sim
