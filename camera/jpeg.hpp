// Baseline JPEG with a density, of a wanted number of bytes; what a JPEG says about itself, read without decoding it; and decoding that notices damage.
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
    bool complete = false;   ///< the file ends with EOI
    bool ended = false;      ///< an EOI follows the scans; other things may follow it (phones append them)
    int scans = 0;           ///< a progressive file has several
    int orientation = 1;     ///< EXIF, 1..8
};
/// Walks the markers only. Nothing for anything that is not a JPEG with a frame header.
[[nodiscard]] std::optional<JpegFacts> read_jpeg_facts(drivers::View jpeg);

/// The pixels as they are stored, 8-bit BGR; CMYK is converted. `facts`: of these bytes, and of a size that the caller is willing to give memory to. Empty when
/// libjpeg refuses, or had to guess because data are missing or damaged.
[[nodiscard]] cv::Mat decode_jpeg(drivers::View jpeg, const JpegFacts& facts);

}  // namespace camera
