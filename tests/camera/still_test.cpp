// Photographs in files: hostile ones end in one sentence and little memory, good ones of any size are judged like frames.
#include "camera/picture_file.hpp"
#include "camera/still.hpp"
#include "scenes.hpp"

#include <cmath>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <set>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <jpeglib.h>

using namespace scenes;
using camera::Reason;
using Octets = std::vector<std::uint8_t>;

namespace {
struct Shelf {
    std::filesystem::path path = std::filesystem::temp_directory_path() / fmt::format("liqu-shelf-{}", ::getpid());
    Shelf() {
        std::filesystem::remove_all(path);
        std::filesystem::create_directories(path);
    }
    ~Shelf() { std::filesystem::remove_all(path); }
    std::filesystem::path put(const std::string& name, std::span<const std::uint8_t> bytes) const {
        std::ofstream(path / name, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
        return path / name;
    }
};

cv::Mat small_person() { return sim::render_person({}, 640, 480, 3); }

Octets coded(const std::string& kind, const cv::Mat& picture) {
    Octets out;
    cv::imencode(kind, picture, out);
    return out;
}

Octets chars(std::string_view text) { return {text.begin(), text.end()}; }

Octets inserted(Octets into, std::size_t at, const Octets& what) {
    into.insert(into.begin() + static_cast<std::ptrdiff_t>(at), what.begin(), what.end());
    return into;
}

/// `orientation` in either byte order, as an APP1 segment behind SOI.
Octets with_exif(const Octets& jpeg, int orientation, bool big) {
    Octets tiff = big ? Octets{'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, static_cast<std::uint8_t>(orientation), 0, 0, 0, 0, 0, 0}
                      : Octets{'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, static_cast<std::uint8_t>(orientation), 0, 0, 0, 0, 0, 0, 0};
    Octets segment{0xFF, 0xE1, 0, static_cast<std::uint8_t>(2 + 6 + tiff.size()), 'E', 'x', 'i', 'f', 0, 0};
    segment.insert(segment.end(), tiff.begin(), tiff.end());
    return inserted(jpeg, 2, segment);
}

Octets sized(Octets jpeg, int width, int height) {
    for (std::size_t i = 2; i + 9 < jpeg.size(); ++i)
        if (jpeg[i] == 0xFF && jpeg[i + 1] == 0xC0) {
            jpeg[i + 5] = static_cast<std::uint8_t>(height >> 8), jpeg[i + 6] = static_cast<std::uint8_t>(height);
            jpeg[i + 7] = static_cast<std::uint8_t>(width >> 8), jpeg[i + 8] = static_cast<std::uint8_t>(width);
            break;
        }
    return jpeg;
}

/// Four components, inverted as Adobe writes them.
Octets cmyk_jpeg(const cv::Mat& bgr) {
    jpeg_compress_struct info;
    jpeg_error_mgr errors;
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    unsigned char* memory = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&info, &memory, &size);
    info.image_width = static_cast<JDIMENSION>(bgr.cols);
    info.image_height = static_cast<JDIMENSION>(bgr.rows);
    info.input_components = 4;
    info.in_color_space = JCS_CMYK;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, 92, TRUE);
    jpeg_start_compress(&info, TRUE);
    std::vector<std::uint8_t> row(static_cast<std::size_t>(bgr.cols) * 4);
    for (int y = 0; y < bgr.rows; ++y) {
        for (int x = 0; x < bgr.cols; ++x) {
            const auto& p = bgr.at<cv::Vec3b>(y, x);
            auto* c = &row[static_cast<std::size_t>(x) * 4];
            c[0] = p[2], c[1] = p[1], c[2] = p[0], c[3] = 255;
        }
        JSAMPROW line = row.data();
        jpeg_write_scanlines(&info, &line, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    Octets out(memory, memory + size);
    std::free(memory);
    return out;
}

std::string why_not(const std::filesystem::path& file) {
    const auto read = camera::read_still(file);
    if (read) return "";
    CHECK(read.error().code == drivers::FaultCode::photo_not_encodable);
    return read.error().detail;
}

bool has(const camera::StillVerdict& v, Reason reason) { return std::ranges::find(v.findings, reason, &camera::Finding::reason) != v.findings.end(); }
std::string words(const camera::StillVerdict& v) {
    camera::Observation seen;
    seen.findings = v.findings;
    return scenes::words(seen);
}
camera::StillVerdict judged(const cv::Mat& still) { return camera::judge_still(still, watcher().finder(), {}); }
double peak_mib() {
    rusage use{};
    getrusage(RUSAGE_SELF, &use);
    return static_cast<double>(use.ru_maxrss) / 1024;
}
}  // namespace

TEST_CASE("what is no photograph ends in a sentence, and takes no memory") {
    const Shelf shelf;
    const Octets jpeg = coded(".jpg", small_person()), png = coded(".png", small_person());
    const double before = peak_mib();
    const auto refused = [&](const std::string& name, const Octets& bytes, std::string_view word) {
        const std::string why = why_not(shelf.put(name, bytes));
        CAPTURE(name);
        CAPTURE(why);
        CHECK(why.find(word) != std::string::npos);
    };
    refused("empty.jpg", {}, "empty");
    refused("text.jpg", chars("This is a letter, and not a photograph of anybody."), "not a JPEG");
    refused("html.png", chars("<html><body>404 Not Found, and more of it</body></html>"), "not a JPEG");
    refused("half.jpg", {jpeg.begin(), jpeg.begin() + static_cast<std::ptrdiff_t>(jpeg.size() / 2)}, "truncated");
    refused("last-bytes-missing.jpg", {jpeg.begin(), jpeg.end() - 2}, "truncated");
    refused("header-only.jpg", {jpeg.begin(), jpeg.begin() + 200}, "not a JPEG");
    Octets torn(jpeg.begin(), jpeg.begin() + static_cast<std::ptrdiff_t>(jpeg.size() / 2));
    torn.insert(torn.end(), {0xFF, 0xD9});  // ends as if nothing were missing
    refused("torn.jpg", torn, "damaged");
    refused("half.png", {png.begin(), png.begin() + static_cast<std::ptrdiff_t>(png.size() / 2)}, "truncated");
    Octets bitten = png;
    for (std::size_t i = 2000; i < 2100; ++i) bitten[i] ^= 0x5A;
    refused("bitten.png", bitten, "damaged");
    refused("1x1.png", coded(".png", cv::Mat(1, 1, CV_8UC3, cv::Scalar::all(200))), "smaller than");
    refused("1x1.jpg", coded(".jpg", cv::Mat(1, 1, CV_8UC3, cv::Scalar::all(200))), "smaller than");
    refused("strip.png", coded(".png", cv::Mat(64, 4000, CV_8UC3, cv::Scalar::all(200))), "shape");
    refused("20000.jpg", sized(jpeg, 20000, 20000), "more than 40 million");
    Octets large_png = png;
    for (const std::size_t at : {std::size_t{16}, std::size_t{20}}) large_png[at] = 0, large_png[at + 1] = 0, large_png[at + 2] = 0x4E, large_png[at + 3] = 0x20;
    refused("20000.png", large_png, "more than 40 million");
    for (const std::size_t at : {std::size_t{16}, std::size_t{20}}) large_png[at] = 0x7F, large_png[at + 1] = 0xFF, large_png[at + 2] = 0xFF, large_png[at + 3] = 0xFF;
    refused("2147483647.png", large_png, "more than 40 million");
    refused("lies.jpg", sized(jpeg, 3000, 3000), "damaged");  // promises more than it has
    refused("moves.gif", chars("GIF89a\x10\x01\x10\x01 and so on and so on and so on"), "GIF");
    refused("moves.png", inserted(png, 33, {0, 0, 0, 8, 'a', 'c', 'T', 'L', 0, 0, 0, 9, 0, 0, 0, 0, 1, 2, 3, 4}), "animated");
    refused("moves.webp", chars(std::string("RIFF\x1E\0\0\0WEBPVP8X\x0A\0\0\0\x02\0\0\0\xFF\1\0\xFF\1\0 padding", 38)), "animated");
    CHECK(why_not(shelf.path) == "a folder, not a file");
    CHECK(why_not(shelf.path / "there-is-none.jpg") == "no such file");
    REQUIRE(::mkfifo((shelf.path / "pipe.jpg").c_str(), 0600) == 0);
    CHECK(why_not(shelf.path / "pipe.jpg") == "not an ordinary file");  // and does not wait for a writer
    const auto huge = shelf.put("100MB.jpg", jpeg);
    std::filesystem::resize_file(huge, 100'000'000);
    CHECK(why_not(huge).find("more than 32 MiB") != std::string::npos);
    CHECK(peak_mib() - before < 64);
}

TEST_CASE("unusual photographs are read: 16 bits, grey, CMYK, WebP, BMP, progressive, with something behind the end") {
    const Shelf shelf;
    const cv::Mat person = small_person();
    const auto like = [&](const std::string& name, const Octets& bytes, double tolerance) {
        const auto read = camera::read_still(shelf.put(name, bytes));
        CAPTURE(name);
        REQUIRE_MESSAGE(read.has_value(), read.error().detail);
        REQUIRE(read->size() == person.size());
        REQUIRE(read->type() == CV_8UC3);
        CHECK(cv::norm(*read, person, cv::NORM_L1) / static_cast<double>(person.total() * 3) < tolerance);
    };
    cv::Mat deep, grey, alpha;
    person.convertTo(deep, CV_16UC3, 257);
    like("deep.png", coded(".png", deep), 0.6);
    cv::cvtColor(person, alpha, cv::COLOR_BGR2BGRA);
    like("alpha.png", coded(".png", alpha), 0.6);
    like("cmyk.jpg", cmyk_jpeg(person), 4);
    like("person.webp", coded(".webp", person), 6);
    like("person.bmp", coded(".bmp", person), 0.1);
    Octets progressive;
    cv::imencode(".jpg", person, progressive, {cv::IMWRITE_JPEG_PROGRESSIVE, 1, cv::IMWRITE_JPEG_QUALITY, 95});
    like("progressive.jpg", progressive, 6);
    Octets followed = coded(".jpg", person);
    followed.insert(followed.end(), 5000, 0);
    like("followed.jpg", followed, 6);
    cv::cvtColor(person, grey, cv::COLOR_BGR2GRAY);
    const auto read = camera::read_still(shelf.put("grey.jpg", coded(".jpg", grey)));
    REQUIRE(read);
    CHECK(read->type() == CV_8UC3);
}

TEST_CASE("EXIF: every orientation stands upright, a broken one is left alone") {
    const Shelf shelf;
    const cv::Mat person = small_person();
    // How the pixels are stored for the orientations 1..8, so that showing them upright gives the person.
    cv::Mat t = person.t(), stored[9];
    stored[1] = person;
    cv::flip(person, stored[2], 1);
    cv::flip(person, stored[3], -1);
    cv::flip(person, stored[4], 0);
    stored[5] = t;
    cv::rotate(person, stored[6], cv::ROTATE_90_COUNTERCLOCKWISE);
    cv::flip(t, stored[7], -1);
    cv::rotate(person, stored[8], cv::ROTATE_90_CLOCKWISE);
    for (int orientation = 1; orientation <= 8; ++orientation)
        for (const bool big : {false, true}) {
            const auto read = camera::read_still(shelf.put("turned.jpg", with_exif(coded(".jpg", stored[orientation]), orientation, big)));
            CAPTURE(orientation);
            REQUIRE(read);
            REQUIRE(read->size() == person.size());
            CHECK(cv::norm(*read, person, cv::NORM_L1) / static_cast<double>(person.total() * 3) < 6);
        }
    for (const int wrong : {0, 9, 255}) CHECK(camera::read_still(shelf.put("odd.jpg", with_exif(coded(".jpg", person), wrong, false)))->size() == person.size());
    Octets cut = with_exif(coded(".jpg", person), 6, false);
    cut[16] = 0xF0, cut[17] = 0xFF;  // the directory is said to be elsewhere
    CHECK(camera::read_still(shelf.put("odd.jpg", cut))->size() == person.size());
}

TEST_CASE("changed bytes never do harm") {
    const Shelf shelf;
    sim::Dice dice(11);
    const cv::Mat little = sim::render_person({}, 160, 120, 1);
    int read = 0, refused = 0;
    for (const char* kind : {".jpg", ".png", ".webp", ".bmp"}) {
        const Octets good = with_exif(coded(kind, little), 6, true);
        const Octets plain = coded(kind, little);
        for (int round = 0; round < 120; ++round) {
            Octets bad = round % 2 && kind[1] == 'j' ? good : plain;
            const std::size_t reach = round % 3 ? std::min<std::size_t>(bad.size(), 120) : bad.size();
            for (int i = 0; i < 4; ++i) bad[dice.below(reach)] = static_cast<std::uint8_t>(dice.next());
            if (round % 5 == 0) bad.resize(dice.below(bad.size()));
            (camera::read_still(shelf.put("fuzzed", bad)) ? read : refused)++;
        }
    }
    MESSAGE("read ", read, " refused ", refused);
    CHECK(refused > 50);
}

TEST_CASE("a good photograph is accepted at any size, as a camera frame and as a finished portrait") {
    const cv::Mat large = sim::render_person({.eye_distance = 108}, 2560, 1440, 5);  // 216 pixels between the eyes
    const auto truth = sim::truth_of({.eye_distance = 108}, 2560, 1440, 5);
    const camera::Eyes eyes{truth.left_eye, truth.right_eye};
    for (const double size : {1.0, 0.75, 0.5}) {
        cv::Mat still;
        cv::resize(large, still, {}, size, size, cv::INTER_AREA);
        const auto verdict = judged(still);
        CAPTURE(size);
        CHECK_MESSAGE(verdict.verdict != camera::StillVerdict::Verdict::refuse, words(verdict));
        REQUIRE(verdict.measures.faces.size() == 1);
        CHECK(verdict.measures.faces.front().eyes.distance() == doctest::Approx(eyes.distance() * size).epsilon(0.08));
        CHECK(verdict.measures.frame == still.size());
    }
    const double crown = (eyes.middle().y - truth.crown_y) / eyes.distance();
    const cv::Mat portrait = camera::crop_portrait(large, eyes, crown, {});
    REQUIRE(portrait.size() == cv::Size(358, 441));
    const auto ready = judged(portrait);
    CHECK_MESSAGE(ready.verdict != camera::StillVerdict::Verdict::refuse, words(ready));
    const auto again = camera::make_portrait(portrait, ready.measures.faces.front(), watcher().finder(), {});
    REQUIRE_MESSAGE(again.has_value(), again.error().detail);
    // A portrait of twice and of four times the size, from the same place.
    for (const int times : {2, 4}) {
        cv::Mat source, still;
        cv::resize(large, source, {}, 2, 2, cv::INTER_CUBIC);
        camera::PortraitRules rules;
        rules.width *= times, rules.height *= times, rules.eye_distance *= times, rules.crown_margin *= times, rules.min_eye_to_bottom *= times, rules.min_face_width *= times, rules.max_face_width *= times;
        still = camera::crop_portrait(source, {eyes.left * 2, eyes.right * 2}, crown, rules);
        const auto verdict = judged(still);
        CAPTURE(times);
        CHECK_MESSAGE(verdict.verdict != camera::StillVerdict::Verdict::refuse, words(verdict));
    }
}

TEST_CASE("a face that is small in a large picture is found, and one that is too small is too far") {
    cv::Mat hall(2700, 4000, CV_8UC3, cv::Scalar::all(240));
    sim::render_person({.eye_distance = 108}, 1280, 720, 5).copyTo(hall(cv::Rect(2400, 1980, 1280, 720)));
    const auto verdict = judged(hall);
    REQUIRE(verdict.measures.faces.size() >= 1);
    CHECK(verdict.measures.faces.front().eyes.distance() == doctest::Approx(108).epsilon(0.08));
    CHECK_FALSE(has(verdict, Reason::too_far));
    const auto far = judged(sim::render_person({.eye_distance = 70}, 1280, 720, 5));
    CHECK_MESSAGE(has(far, Reason::too_far), words(far));
    CHECK(far.verdict == camera::StillVerdict::Verdict::refuse);
}

TEST_CASE("the place of a still: whether the official crop can be had from it") {
    const cv::Mat frame = sim::render_person({}, 1280, 720, 5);
    const auto truth = sim::truth_of({}, 1280, 720, 5);
    const double e = truth.right_eye.x - truth.left_eye.x, middle = (truth.left_eye.x + truth.right_eye.x) / 2, crown = truth.crown_y;
    const auto cut = [&](double left, double top, double right, double bottom) {
        return judged(frame(cv::Rect(cv::Point(cvRound(left), cvRound(top)), cv::Point(cvRound(right), cvRound(bottom))) & cv::Rect({}, frame.size())).clone());
    };
    const double scale = 93 / e, whole = 1280, all = 720;
    // The wall ends 7 official pixels above the hair: still an official photograph. Through the hair: not.
    const auto close = cut(0, crown - 7 / scale, whole, all), through = cut(0, crown + 0.25 * e, whole, all);
    CHECK_MESSAGE(!has(close, Reason::cut_off), words(close));
    CHECK_MESSAGE(has(through, Reason::cut_off), words(through));
    const auto left = cut(middle - 1.5 * e, 0, whole, all), right = cut(0, 0, middle + 1.5 * e, all);
    CHECK_MESSAGE(has(left, Reason::off_centre), words(left));
    CHECK_MESSAGE(has(right, Reason::off_centre), words(right));
    for (const auto& f : left.findings)
        if (f.reason == Reason::off_centre) CHECK(f.side == camera::Side::left);
    for (const auto& f : right.findings)
        if (f.reason == Reason::off_centre) CHECK(f.side == camera::Side::right);
    // The official width is 3.87 e; the least that the bands allow is 3.5.
    CHECK_FALSE(has(cut(middle - 1.8 * e, 0, middle + 1.8 * e, all), Reason::too_close));
    const auto tight = cut(middle - 1.55 * e, crown - 0.2 * e, middle + 1.55 * e, all);
    CHECK_MESSAGE(has(tight, Reason::too_close), words(tight));
    const auto bottomless = cut(0, 0, whole, truth.chin_y + 0.1 * e);
    CHECK_MESSAGE(has(bottomless, Reason::cut_off), words(bottomless));
}

TEST_CASE("the fitted window leaves the wanted one only where it must, and stays in the official bands") {
    const camera::PortraitRules rules;
    const camera::Eyes eyes{{590, 300}, {690, 300}};
    const auto free = camera::fitted_window({1280, 720}, eyes, 1.8, rules), wanted = camera::crop_window(eyes, 1.8, rules);
    CHECK(free.left == wanted.left);
    CHECK(free.top == wanted.top);
    CHECK(free.scale == wanted.scale);
    for (int right = 700; right < 1280; right += 20)
        for (int bottom = 330; bottom < 720; bottom += 30) {
            const auto w = camera::fitted_window({right, bottom}, eyes, 1.8, rules);
            const double e = 100 * w.scale, x = (640 - w.left) * w.scale, y = (300 - w.top) * w.scale;
            CHECK(e * camera::widest_face <= 255 + 1e-6);
            CHECK(e * camera::narrowest_face >= 179 - 1e-6);
            CHECK(x >= 162 - 0.5);
            CHECK(x <= 196 + 0.5);
            CHECK(y - 1.8 * e >= 7 - 1e-6);
            CHECK(y - 1.8 * e <= 21 + 1e-6);
            CHECK(441 - y >= 207 - 1e-6);
        }
}

TEST_CASE("sides of a still are those of the picture; the verdict follows the findings; no face is a verdict, too") {
    const auto left = judged(sim::render_person({.shadow_left = 0.5}, 1280, 720, 5));
    for (const auto& f : left.findings)
        if (f.side != camera::Side::none) CHECK(f.side == camera::Side::left);
    CHECK_FALSE(left.findings.empty());
    const auto grey = judged(sim::render_person({.wall_lightness = 0.5}, 1280, 720, 5));
    CHECK(has(grey, Reason::background_not_white));
    CHECK(grey.verdict == camera::StillVerdict::Verdict::refuse);
    CHECK(std::ranges::is_sorted(grey.findings, {}, &camera::Finding::reason));
    const auto light = judged(sim::render_person({.clothes_lightness = 0.97}, 1280, 720, 5));
    CHECK_MESSAGE(light.verdict == camera::StillVerdict::Verdict::warn, words(light));
    const auto nobody = judged(cv::Mat(600, 800, CV_8UC3, cv::Scalar::all(245)));
    CHECK(nobody.verdict == camera::StillVerdict::Verdict::refuse);
    REQUIRE(nobody.findings.size() == 1);
    CHECK(nobody.findings.front().reason == Reason::no_face);
    judged(cv::Mat(64, 64, CV_8UC3, cv::Scalar::all(128)));
    judged(cv::Mat(300, 64, CV_8UC3, cv::Scalar::all(128)));
}

TEST_CASE("every measure has one name and a number") {
    const auto verdict = judged(sim::render_person({}, 1280, 720, 5));
    std::set<std::string> names;
    for (const auto& [name, value] : camera::listed(verdict.measures)) {
        CHECK(names.insert(name).second);
        CHECK(std::isfinite(value));
    }
    for (const char* needed : {"eye_distance", "roll_degrees", "face_luma", "wall_lightness", "sharpness", "eye_left_open", "eye_right_open", "clothes"}) CHECK(names.contains(needed));
    CHECK_FALSE(names.contains("movement"));  // one frame does not move
}
