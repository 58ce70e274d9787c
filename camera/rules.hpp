// The region's numbers and every limit of the verdict: configuration, with the social security card's values as default (facts: photo-official-numbers.md,
// photo-ofiq-measures.md, photo-benchmarks.md; where a limit is ours it says so). Nothing here may be tuned to a set of photographs.
#pragma once
#include <chrono>
#include <cstddef>
#include <string>

namespace camera {

/// Limits of the verdict; a measure beyond its limit is a finding.
struct Limits {
    // place; e = distance of the eyes' centres in the frame
    double enlargement = 1.03;        ///< the crop may enlarge the frame by this factor (too_far)
    double outside = 0.05;            ///< e by which the crop may leave the frame sideways (off_centre) or the head upwards or downwards (cut_off)
    double tilt_degrees = 7;          ///< of the line of the eyes (tilted): the crop straightens it; people who hold their heads straight keep within 5
    double turn = 0.12;               ///< asymmetry of the face about the eyes' middle, in e (turned); about 15 degrees of yaw
    // light; luma of the face 0..255 (OFIQ: luminance mean, over- and under-exposure, illumination uniformity)
    double dark_face = 55, bright_face = 228;
    double dim_face = 110, dim_wall = 72;   ///< a face and a wall (L*) both below these: the room is dark, not the wall grey
    double burnt = 0.06, drowned = 0.5;     ///< shares of burnt-out and black pixels
    double cheeks = 55;               ///< OFIQ's score 100 * intersection^0.3 of the cheeks' histograms, below which the light is uneven ...
    double cheek_ratio = 0.80;        ///< ... if the darker cheek is below this share of the brighter one (ours: smooth skin hardly overlaps at a tenth's difference)
    // wall; L* 0..100, chroma C* of Lab
    double white_lightness = 90;      ///< level 226: what is called white begins at 225 (photo-peers.md); good studio walls have 92 and more (photo-benchmarks.md)
    double white_chroma = 8;          ///< half way between good walls (below 1.5) and the least tint that is seen as one (12)
    double wall_rise = 20;            ///< L* over the frame's width (background_uneven)
    double wall_residual = 4;         ///< L* rms about the fitted plane (background_uneven)
    double foreign = 0.12;            ///< share of one side of the wall that is neither wall nor person (background_uneven)
    double shadow = 0.12;             ///< share of one side of the wall that is darker than the fitted plane by a shadow's step (background_shadow)
    // sharpness and movement
    double sharpness = 0.30;          ///< contrast-normalised Laplacian variance less noise at the portrait's scale (sharp 0.8 and more, 1.5 pixels of blur below 0.28), below which the picture is blurred
    double movement = 0.05;           ///< e per frame of 1/15 s (moving)
    // eyes
    double eye_open = 0.45;           ///< openness (eye_look.hpp) of the less open eye, below which it is closed; open 0.58 and more, shut 0.0 .. 0.45 but for heavy make-up
    double glare = 0.03;              ///< share of an eye's patch that is burnt out and colourless
    double tint = 0.60;               ///< luma around the eye over luma of the cheek, below which glasses are tinted
    // advisory
    double clothes = 12;              ///< Lab distance of clothes and wall, below which they are alike
    double covered = 0.5;             ///< share of the forehead band that is neither skin nor hair-like
    double mouth = 0.20;              ///< dark hollow at the mouth, in e (OFIQ: a fifth of 1.8 e is half as good; shadows and teeth take the other half)
};

/// Flat-field correction of the wall: off by default, capped, and recorded in the application when used.
struct FlatField {
    bool on = false;
    double greatest_gain = 1.15;      ///< 1 .. 1.5
};

/// Numbers of the region.
struct PortraitRules {
    int width = 358, height = 441, dpi = 350;
    std::size_t min_bytes = 14'336, max_bytes = 20'000;
    int eye_distance = 93;            ///< pixels in the crop
    int crown_margin = 14;            ///< pixels above the hair (7..21)
    int min_eye_to_bottom = 207;      ///< goes before the crown's rule (GA 461)
    int min_face_width = 179, max_face_width = 255;  ///< pixels in the crop
    Limits limits;
    FlatField flat_field;
    std::string detector = "haar";    ///< haar, dlib, yunet:/path/to/face_detection_yunet_2022mar.onnx
};

inline constexpr std::chrono::milliseconds guidance_hold{400};  ///< a guidance stays at least this long
inline constexpr std::chrono::milliseconds steady_for{800};     ///< the hard checks hold this long before a picture is taken
inline constexpr int best_of = 15;                              ///< frames among which the best one is chosen

}  // namespace camera
