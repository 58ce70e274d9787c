// A document held before the camera, rendered: passport page, card or permit with its machine readable zone, a page of the household register, a telephone with the
// electronic card's code. Every knob gives ground truth: it is what the camera's reader is tested against, so it is drawn with code that the camera does not share.
// Printed with OCR-B (package fonts-ocr-b); whoever is drawn on it is invented.
#pragma once
#include "sim/models/model.hpp"

#include <array>
#include <opencv2/core.hpp>

namespace sim {

enum class PageKind {
    zone,                ///< passport page, card or permit: its size follows from the zone's lines (ICAO 9303-4 to -6)
    household_register,  ///< 常住人口登记卡, 143 x 105 mm
    electronic_card,     ///< a telephone that shows the electronic social security card's QR code, 70 x 105 mm of it
};

/// Angles in degrees, millimetres of the page, pixels of a 1280 x 720 frame.
struct DocumentScene {
    PageKind kind = PageKind::zone;
    std::vector<std::string> zone;    ///< 1 to 3 lines of 30, 36 or 44
    std::vector<std::string> fields;  ///< what else is printed, a line each, UTF-8
    std::string code;                 ///< text of the QR code, 1 .. 1500 bytes
    std::string second_code;          ///< another code beside it; empty: none
    // ---- how it is held ----
    double width = 0.84;      ///< of the page, as a share of the frame's width: its distance
    double x = 0, y = 0;      ///< offset of its middle, shares of the frame's width
    double rotation = 0;      ///< in the plane of the picture, clockwise, any angle
    double tilt_up = 0, tilt_side = 0;  ///< -30 .. 30: turned about the horizontal and the vertical axis
    double tremble = 1;       ///< how far the hand moves it between two frames
    // ---- print ----
    double ink = 1;           ///< 0.3 faded .. 1
    double background = 0.3;  ///< 0 .. 1: strength of the printed lines behind the text
    double damage = 0;        ///< 0 .. 1: scratches over a code, share of its middle that is lost
    // ---- light and lens ----
    double light = 1;         ///< 0.1 dark .. 1.5
    double light_side = 0;    ///< -1 .. 1: how much less light the left (negative: right) edge of the frame gets
    double glare = 0;         ///< 0 .. 1: a lamp's reflection
    double glare_x = 0.5, glare_y = 0.7;  ///< where, shares of the frame
    double defocus = 0;       ///< Gaussian sigma
    double motion_blur = 0;   ///< pixels along x
    double noise = 2;         ///< sensor noise, standard deviation in levels
    std::uint64_t seed = 1;
    friend bool operator==(const DocumentScene&, const DocumentScene&) = default;
};

/// 8-bit BGR. Same scene, same `frame` number: same pixels.
[[nodiscard]] cv::Mat render_document(const DocumentScene& scene, int width, int height, std::uint64_t frame);

/// Where the zone's corners (left and right of the first line's upper edge, right and left of the last line's lower edge) are in that picture.
[[nodiscard]] std::array<cv::Point2d, 4> zone_corners(const DocumentScene& scene, int width, int height, std::uint64_t frame);

/// An invented holder's zone, valid in all its check digits: TD3, TD2, TD1, CR, CT or a one-line CS permit in turn (`which` 0..5), everything else by the seed. Expires
/// between 2027 and 2036.
[[nodiscard]] std::vector<std::string> invented_zone(int which, std::uint64_t seed);

}  // namespace sim
