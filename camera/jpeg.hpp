// Baseline JPEG with a density, of a wanted number of bytes; and what a JPEG or PNG says about itself, read without decoding it.
#pragma once
#include "drivers/bytes.hpp"

#include <opencv2/core.hpp>
#include <optional>

namespace camera {

enum class Chroma { half, full };  ///< 4:2:0, 4:4:4

/// `quality` 1..100. JFIF with `dpi` in both directions. Same pixels, same bytes. Empty when libjpeg refuses (8-bit BGR only, not empty).
[[nodiscard]] drivers::Bytes encode_jpeg(const cv::Mat& bgr, int quality, Chroma chroma, int dpi);

struct JpegFacts {
    int width = 0, height = 0, components = 0;
    bool baseline = false;   ///< SOF0 and nothing else
    int dpi_x = 0, dpi_y = 0;  ///< 0: no JFIF density in dots per inch
    bool complete = false;   ///< ends with EOI
};
/// Walks the markers only. Nothing for anything that is not a JPEG with a frame header.
[[nodiscard]] std::optional<JpegFacts> read_jpeg_facts(drivers::View jpeg);

/// Size of a JPEG or PNG from its header, for refusing a picture before memory is given to it.
[[nodiscard]] std::optional<cv::Size> picture_size(drivers::View file);

}  // namespace camera
