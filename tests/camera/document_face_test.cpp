// The face on a document: what is shown of it to staff, and what is not opened.
#include "camera/document_face.hpp"
#include "camera/picture_file.hpp"
#include "sim/models/person.hpp"

#include <doctest/doctest.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace {
drivers::Bytes file_of(const cv::Mat& picture, const std::string& ending) {
    std::vector<std::uint8_t> bytes;
    REQUIRE(cv::imencode(ending, picture, bytes));
    const auto view = std::as_bytes(std::span{bytes});
    return {view.begin(), view.end()};
}
cv::Mat face(int width, int height) {
    cv::Mat out;
    cv::resize(sim::render_person({}, 640, 360, 1), out, {width, height}, 0, 0, cv::INTER_AREA);
    return out;
}
}  // namespace

TEST_CASE("a passport's JPEG and a decoder's BMP of 102 x 126 are shown, 480 pixels high") {
    for (const auto& file : {file_of(face(102, 126), ".bmp"), file_of(face(413, 531), ".jpg")}) {
        const auto shown = camera::show_document_face(file);
        const auto facts = camera::read_jpeg_facts(shown);
        REQUIRE(facts);
        CHECK(facts->height == camera::shown_face_height);
        CHECK(facts->baseline);
    }
}

TEST_CASE("what is damaged, too large, of another kind, or nothing at all is not shown") {
    const auto good = file_of(face(413, 531), ".jpg");
    CHECK(camera::show_document_face({}).empty());
    CHECK(camera::show_document_face(drivers::View{good}.first(good.size() / 2)).empty());
    CHECK(camera::show_document_face(file_of(face(102, 126), ".png")).empty());
    CHECK(camera::show_document_face(file_of(face(102, 126), ".jp2")).empty());
    CHECK(camera::show_document_face(file_of(face(1000, 1000), ".bmp")).empty());
    CHECK(camera::show_document_face(file_of(cv::Mat(10, 2100, CV_8UC3, cv::Scalar::all(200)), ".jpg")).empty());
    auto bmp = file_of(face(102, 126), ".bmp");
    for (std::size_t cut = 0; cut < bmp.size(); cut += 977) CHECK(camera::show_document_face(drivers::View{bmp}.first(cut)).empty());
}
