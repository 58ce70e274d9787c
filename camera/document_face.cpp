// Headers first, then the pixels, then a JPEG of a known size: no byte of the document reaches the window.
#include "camera/document_face.hpp"
#include "camera/picture_file.hpp"

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace camera {

namespace {
constexpr int quality = 85, screen_dpi = 96;

cv::Mat pixels_of(drivers::View picture, const PictureFacts& facts) {
    if (facts.kind == PictureKind::jpeg) return decode_jpeg(picture, *facts.jpeg);
    const cv::Mat raw(1, static_cast<int>(picture.size()), CV_8U, const_cast<std::byte*>(picture.data()));
    return cv::imdecode(raw, cv::IMREAD_COLOR);
}
}  // namespace

drivers::Bytes show_document_face(drivers::View picture) {
    if (picture.empty() || picture.size() > max_document_face_bytes) return {};
    const auto facts = read_picture_facts(picture);
    const bool known = facts && (facts->kind == PictureKind::jpeg || facts->kind == PictureKind::bmp);
    if (!known || !facts->complete || facts->width > max_document_face_edge || facts->height > max_document_face_edge) return {};
    cv::Mat pixels = pixels_of(picture, *facts);
    if (pixels.empty()) return {};
    const double scale = static_cast<double>(shown_face_height) / pixels.rows;
    cv::Mat shown;
    cv::resize(pixels, shown, {}, scale, scale, scale < 1 ? cv::INTER_AREA : cv::INTER_CUBIC);
    auto jpeg = encode_jpeg(shown, quality, Chroma::half, screen_dpi);
    pixels.setTo(0);
    shown.setTo(0);
    return jpeg;
}

}  // namespace camera
