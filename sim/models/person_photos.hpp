// Real photographs before the camera, in turn, in place of the rendered person: laid into the frame at a set size, place and brightness, the picture's edges continued.
#pragma once
#include <expected>
#include <filesystem>
#include <opencv2/core.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

inline constexpr std::size_t most_photographs = 2000;
inline constexpr std::uintmax_t most_photograph_bytes = 32 << 20;
inline constexpr int most_photograph_side = 8192;

struct PhotoOptions {
    std::filesystem::path folder;
    double scale = 108;         ///< up to 10: enlargement of the picture, whose middle lies in the frame's middle; more: the eye distance wanted in pixels of a 1280 x 720
                                ///< frame, the eyes where a rendered person's are (a picture without a face is fitted into the frame)
    double x = 0, y = 0;        ///< pixels of a 1280 x 720 frame to the right and down
    double gain = 1;            ///< 0.1 .. 4: every value is multiplied by it
    bool white_wall = false;    ///< gain=white: so that the upper corners come to 245
    double seconds = 4;         ///< each picture stays, 0.2 .. 3600
    double noise = 1;           ///< sensor noise, 0 .. 25 levels: a still stream would be a frozen camera
};

/// "photos:DIR?scale=1.2&x=0&y=0&gain=1.15&seconds=4&noise=1", all but DIR optional; a sentence when it is anything else.
[[nodiscard]] std::expected<PhotoOptions, std::string> photo_options_of(std::string_view text);

class Photographs {
  public:
    /// The folder's JPEG, PNG, BMP and WebP files by name; a sentence when there is none.
    [[nodiscard]] static std::expected<Photographs, std::string> open(PhotoOptions options);
    /// The frame of this number at this rate; a file that cannot be read is skipped (a grey frame when none can). 8-bit BGR. Same number, same pixels.
    [[nodiscard]] cv::Mat frame(std::uint64_t number, int frames_per_second, int width, int height);
    [[nodiscard]] const std::vector<std::filesystem::path>& files() const { return files_; }
    [[nodiscard]] const PhotoOptions& options() const { return options_; }

  private:
    [[nodiscard]] cv::Mat laid_out(std::size_t index, cv::Size size) const;
    PhotoOptions options_;
    std::vector<std::filesystem::path> files_;
    std::size_t shown_ = most_photographs;  ///< what is kept: index and size
    cv::Mat kept_;
};

}  // namespace sim
