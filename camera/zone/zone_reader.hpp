// Frame after frame: where the zone is, what the person should do, and the text when two different frames agree in every character.
#pragma once
#include "camera/document.hpp"
#include "camera/zone/reading.hpp"

namespace camera {

inline constexpr int agreeing_frames = 2;             ///< equal readings that are asked for
inline constexpr int agreeing_after_quarrel = 3;      ///< and once two frames have read differently
inline constexpr std::uint64_t agreement_limit = 60;  ///< frames within which they must come
inline constexpr int most_frame_side = 8192;          ///< pixels; a larger frame is no camera's and is not looked at

struct ZoneSight {
    std::optional<std::array<cv::Point2d, 4>> outline;
    DocumentAdvice advice = DocumentAdvice::none;
    bool read = false;  ///< this frame alone gave a text whose check digits hold
};

class ZoneReader {
  public:
    /// bad_configuration when the font is not there.
    [[nodiscard]] static drivers::Result<ZoneReader> create(const std::string& font_file = {});
    ~ZoneReader() { reset(); }
    ZoneReader(ZoneReader&&) noexcept = default;
    ZoneReader& operator=(ZoneReader&&) = delete;
    /// Forgets and wipes what was read.
    void reset();
    /// One frame, 8-bit grey of any size. A frame that repeats the one before exactly never counts as a second one.
    ZoneSight see(const cv::Mat& grey, std::chrono::year_month_day today);
    /// The accepted text; nothing before. Valid until the next see or reset.
    [[nodiscard]] const std::optional<ZoneText>& accepted() const { return accepted_; }

  private:
    explicit ZoneReader(Glyphs glyphs) : glyphs_(std::move(glyphs)) {}
    std::expected<drivers::CorrectedMrz, Unreadable> read_frame(const cv::Mat& grey, std::chrono::year_month_day today, ZoneSight& sight, double& pitch);
    void count(const drivers::CorrectedMrz& read, std::uint64_t fingerprint);
    Glyphs glyphs_;
    std::optional<ZoneText> accepted_;
    std::string last_;
    std::vector<std::uint64_t> fingerprints_;  ///< of the frames that gave last_
    int wanted_ = agreeing_frames;
    std::uint64_t frames_ = 0, first_ = 0;
};

/// How bright the light parts of a frame are, 0..255, and what share of a region is burnt out. Shared by all readers of documents.
[[nodiscard]] double light_level(const cv::Mat& grey);
[[nodiscard]] double burnt_share(const cv::Mat& grey, const std::array<cv::Point2d, 4>& outline);
inline constexpr double dark_document = 70, burnt_document = 0.02;

}  // namespace camera
