// Which detector finds the faces: Haar cascades, dlib's HOG or an operator's YuNet file, all behind FaceFinder.
#pragma once
#include "camera/quality/face.hpp"

#include <string_view>

namespace camera {

/// `detector`: PortraitRules::detector: "haar", "dlib", "yunet:PATH". A better detector that this build or this file does not give is said in one log line and
/// replaced by haar. bad_configuration: another word, or no cascade files (the eyes need them in any case).
[[nodiscard]] drivers::Result<std::unique_ptr<FaceFinder>> make_face_finder(std::string_view detector);

/// What a better detector says about a picture. Boxes in alt2's convention (box_per_eye_distance).
struct FoundBox {
    cv::Rect box;
    std::optional<Eyes> eyes;  ///< YuNet knows them, a few hundredths of an eye distance wrong
};

/// Finds boxes only; following, eyes and tilted heads are FaceFinder's.
class BoxFinder {
  public:
    virtual ~BoxFinder() = default;
    /// `grey`: 8-bit, reduced to what the search costs. Faces of 44 pixels (alt2's box) and more, in any order.
    virtual std::vector<FoundBox> boxes(const cv::Mat& grey) = 0;
};

/// Nothing when this build has no dlib (package libdlib-dev).
[[nodiscard]] std::unique_ptr<BoxFinder> make_dlib_boxes();
/// bad_configuration with the reason when the file is missing, too large or not a model that this OpenCV runs (4.6: only 2022mar).
[[nodiscard]] drivers::Result<std::unique_ptr<BoxFinder>> make_yunet_boxes(const std::string& file);
/// Cascades for eyes and tracking, `better` (may be empty) for the search.
[[nodiscard]] drivers::Result<std::unique_ptr<FaceFinder>> make_cascade_finder(std::unique_ptr<BoxFinder> better);

}  // namespace camera
