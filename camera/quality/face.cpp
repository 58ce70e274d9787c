// The cascades at work. Sizes and steps are those that found 102 of 102 faces at the least cost (photo-benchmarks.md).
#include "camera/quality/face.hpp"

#include "camera/quality/detectors.hpp"
#include "camera/quality/eye_look.hpp"
#include "camera/quality/upright.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>

namespace camera {

double Eyes::distance() const { return std::hypot(right.x - left.x, right.y - left.y); }
double Eyes::roll_degrees() const { return std::atan2(right.y - left.y, right.x - left.x) * 180 / CV_PI; }

namespace {
constexpr int search_height = 720, smallest_face = 110;  // pixels; the cascade reduces by itself, and better from the full picture
constexpr double search_step = 1.2, second_step = 1.1, follow_step = 1.1;
constexpr int second_smallest = 200;                 // pixels at search height: a finer look for a person who stands near, when the first finds nobody
constexpr int neighbours = 4, second_neighbours = 2;
constexpr std::array tried_rolls{-24.0, 24.0};       // degrees, when no upright face is found: the cascade sees 15 to either side
constexpr int tried_height = 216, tried_smallest = 36;   // pixels: these faces are asked to straighten up, not measured
constexpr std::array leaning_rolls{-12.0, 12.0};     // degrees, when a face that was found upright shows no upright eyes
constexpr int follow_height = 360;
constexpr double upright_enough = 9;                 // degrees: a face held is followed in a picture turned upright beyond this
constexpr double follow_margin = 0.3, follow_smaller = 0.8, follow_larger = 1.25;
constexpr double second_face_share = 0.45;           // of the largest face's width: smaller ones are pictures on a wall or mistakes
constexpr int eye_patch = 56, smallest_eye = 20;     // pixels
const cv::Rect2d eye_area{-0.48, -0.40, 0.96, 0.80};             // eye distances about where the eye is expected
constexpr double eye_x = 0.5 / box_per_eye_distance, eye_y = -0.13;  // in box widths from the box's middle
constexpr double nearest_eyes = 0.7, farthest_eyes = 1.4;            // of the expected distance
constexpr double most_roll_error = 22;               // degrees between expected and found eyes
constexpr double farthest_refined = 0.10;            // eye distances
constexpr double brow_below = 0.35, least_reflection = 0.12;  // eye distances; share of the place of each eye

std::optional<std::string> cascade_file(std::string_view name) {
    for (const char* folder : {"/usr/share/opencv4/haarcascades/", "/usr/share/opencv/haarcascades/", "/usr/local/share/opencv4/haarcascades/"}) {
        std::string path = std::string(folder).append(name);
        std::error_code error;
        if (std::filesystem::is_regular_file(path, error)) return path;
    }
    return std::nullopt;
}

cv::Point2d middle_of(const cv::Rect& box) { return {box.x + box.width / 2.0, box.y + box.height / 2.0}; }
cv::Rect square(cv::Point2d middle, double width) { return {cvRound(middle.x - width / 2), cvRound(middle.y - width / 2), cvRound(width), cvRound(width)}; }
cv::Point2d turned(cv::Point2d v, double degrees) {
    const double c = std::cos(degrees * CV_PI / 180), s = std::sin(degrees * CV_PI / 180);
    return {c * v.x - s * v.y, s * v.x + c * v.y};
}

Eyes guess_eyes(const cv::Rect& box, double roll) {
    const cv::Point2d middle = middle_of(box) + turned({0, eye_y * box.width}, roll), half = turned({eye_x * box.width, 0}, roll);
    return {middle - half, middle + half};
}

Eyes carried(const Face& last, const cv::Rect& box) {
    const double k = static_cast<double>(box.width) / last.box.width;
    const cv::Point2d from = middle_of(last.box), to = middle_of(box);
    return {to + (last.eyes.left - from) * k, to + (last.eyes.right - from) * k};
}

bool plausible(const Eyes& found, const Eyes& guess) {
    const double apart = found.distance() / guess.distance();
    return apart > nearest_eyes && apart < farthest_eyes && std::abs(found.roll_degrees() - guess.roll_degrees()) < most_roll_error;
}

/// A picture reduced and turned so that a face with this roll stands upright in it; back() leads home.
struct Turned {
    cv::Mat picture;
    cv::Matx23d home;
    double k = 1;
    Turned(const cv::Mat& grey, double roll, double reduction) : k(reduction) {
        cv::Mat small = grey;
        if (k < 1) cv::resize(grey, small, {}, k, k, cv::INTER_AREA);
        const cv::Point2f middle(static_cast<float>(small.cols) / 2, static_cast<float>(small.rows) / 2);
        const cv::Mat there = cv::getRotationMatrix2D(middle, roll, 1);  // OpenCV counts against the clock
        if (roll == 0) picture = small;
        else cv::warpAffine(small, picture, there, small.size(), cv::INTER_LINEAR, cv::BORDER_REPLICATE);
        cv::Mat inverse;
        cv::invertAffineTransform(there, inverse);
        home = inverse;
    }
    [[nodiscard]] cv::Rect back(const cv::Rect& box) const {
        const cv::Point2d m = middle_of(box);
        return square({(home(0, 0) * m.x + home(0, 1) * m.y + home(0, 2)) / k, (home(1, 0) * m.x + home(1, 1) * m.y + home(1, 2)) / k}, box.width / k);
    }
};

struct Candidate {
    cv::Rect box;
    double roll = 0;    // degrees
    bool doubtful = false;  // counts only with eyes or with what mirrors before them
};

class Cascades final : public FaceFinder {
  public:
    explicit Cascades(std::unique_ptr<BoxFinder> better) : better_(std::move(better)) {}
    bool load() {
        const auto face = cascade_file("haarcascade_frontalface_alt2.xml"), eye = cascade_file("haarcascade_eye_tree_eyeglasses.xml");
        return face && eye && face_.load(*face) && eye_.load(*eye);
    }

    std::vector<Face> find(const cv::Mat& grey) override {
        std::vector<Candidate> candidates = search(grey);
        std::ranges::sort(candidates, [](const Candidate& a, const Candidate& b) { return std::tuple{-a.box.width, a.box.x, a.box.y} < std::tuple{-b.box.width, b.box.x, b.box.y}; });
        std::vector<Face> faces;
        for (const auto& c : candidates) {
            if (!faces.empty() && c.box.width < second_face_share * faces.front().box.width) break;
            Face face = seen(grey, c);
            if (c.doubtful && !face.eyes_seen && reflection(grey, face.eyes) <= least_reflection) continue;
            // Collars, folds and things on a wall look like faces: one with eyes goes first, and beside it only one with eyes counts.
            if (!faces.empty() && !faces.front().eyes_seen && face.eyes_seen && candidates.size() > 1) faces.clear();
            else if (!faces.empty() && (!face.eyes_seen || (face.box & faces.front().box).area() > face.box.area() / 2)) continue;
            faces.push_back(face);
        }
        return faces;
    }

    std::optional<Face> follow(const cv::Mat& grey, const Face& last) override {
        const int margin = cvRound(follow_margin * last.box.width);
        const cv::Rect area = cv::Rect(last.box.x - margin, last.box.y - margin, last.box.width + 2 * margin, last.box.height + 2 * margin) & cv::Rect({}, grey.size());
        const double k = std::min(1.0, static_cast<double>(follow_height) / grey.rows);
        if (std::min(area.width, area.height) * k < 24) return std::nullopt;
        const double roll = last.eyes.roll_degrees();
        const Turned view(grey(area), std::abs(roll) > upright_enough ? roll : 0, k);
        const int least = cvRound(last.box.width * k * follow_smaller), most = cvRound(last.box.width * k * follow_larger);
        std::vector<cv::Rect> boxes;
        face_.detectMultiScale(view.picture, boxes, follow_step, neighbours - 1, 0, {least, least}, {most, most});
        if (boxes.empty() && better_)
            for (const auto& found : better_->boxes(view.picture))
                if (found.box.width >= least && found.box.width <= most) boxes.push_back(found.box);
        if (boxes.empty()) return std::nullopt;
        Face face{view.back(*std::ranges::max_element(boxes, {}, [](const cv::Rect& r) { return r.width; })), {}, last.eyes_seen};
        face.box += area.tl();
        face.eyes = carried(last, face.box);
        return face;
    }

    std::optional<Eyes> eyes(const cv::Mat& grey, const cv::Rect& box, double roll_degrees) override {
        const Face face = seen(grey, {box, roll_degrees});
        return face.eyes_seen ? std::optional(face.eyes) : std::nullopt;
    }

  private:
    void look(const cv::Mat& grey, int height, double roll, double step, int least, int least_neighbours, std::vector<Candidate>& out) {
        const Turned view(grey, roll, std::min(1.0, static_cast<double>(height) / grey.rows));
        const int smallest = std::max(24, cvRound(least * static_cast<double>(view.picture.rows) / height));
        std::vector<cv::Rect> boxes;
        if (std::min(view.picture.cols, view.picture.rows) >= smallest) face_.detectMultiScale(view.picture, boxes, step, least_neighbours, 0, {smallest, smallest});
        for (const auto& b : boxes) out.push_back({view.back(b), roll, least_neighbours < neighbours});
    }

    std::vector<Candidate> search(const cv::Mat& grey) {
        std::vector<Candidate> out;
        if (better_) {
            const Turned view(grey, 0, std::min(1.0, static_cast<double>(follow_height) / grey.rows));
            for (const auto& found : better_->boxes(view.picture)) out.push_back({view.back(found.box), found.eyes ? found.eyes->roll_degrees() : 0});
        }
        if (out.empty()) look(grey, search_height, 0, search_step, smallest_face, neighbours, out);
        for (const double roll : tried_rolls)
            if (out.empty()) look(grey, tried_height, roll, search_step, tried_smallest, neighbours, out);
        if (out.empty()) look(grey, search_height, 0, second_step, second_smallest, second_neighbours, out);
        return out;
    }

    Face seen(const cv::Mat& grey, const Candidate& c) {
        const Eyes guess = guess_eyes(c.box, c.roll);
        if (!usable(grey, guess)) return {c.box, guess, false};
        const auto left = eye(grey, guess, -0.5), right = eye(grey, guess, 0.5);
        // Brows above mirroring glasses pass for eyes, for the face's cascade and for the eyes'.
        if (const Eyes mirrors = brightest(grey, guess, c.roll); reflection(grey, mirrors) > least_reflection) return {c.box, mirrors, false};
        if (left && right && plausible({*left, *right}, guess)) return {c.box, refined({*left, *right}, grey), true};
        // The eye cascade knows upright eyes only, and a gradient centre near the wrong place is a brow: a leaning head is tried before guessing.
        for (const double lean : leaning_rolls) {
            if (c.roll != 0) break;
            const Eyes leaning = guess_eyes(c.box, lean);
            const auto l = eye(grey, leaning, -0.5), r = eye(grey, leaning, 0.5);
            if (l && r && plausible({*l, *r}, leaning)) return {c.box, refined({*l, *r}, grey), true};
        }
        // One eye that the cascade knows says where the other one must be.
        const cv::Point2d across = guess.right - guess.left;
        const double e = guess.distance();
        const bool only_left = left && !right, only_right = right && !left;
        const Eyes both{only_left ? *left : gradient_centre(grey, only_right ? *right - across : guess.left, e),
                        only_right ? *right : gradient_centre(grey, only_left ? *left + across : guess.right, e)};
        if (plausible(both, guess) && discernible(grey, both)) return {c.box, refined(both, grey), true};
        return {c.box, guess, false};
    }

    /// The gradient centre is exacter than the cascade (0.02 to 0.03 eye distances).
    static Eyes refined(const Eyes& seen_eyes, const cv::Mat& grey) {
        const double e = seen_eyes.distance();
        const Eyes exact{gradient_centre(grey, seen_eyes.left, e), gradient_centre(grey, seen_eyes.right, e)};
        return cv::norm(exact.left - seen_eyes.left) < farthest_refined * e && cv::norm(exact.right - seen_eyes.right) < farthest_refined * e ? exact : seen_eyes;
    }

    /// Where glasses mirror most, about the guess.
    static Eyes brightest(const cv::Mat& grey, const Eyes& guess, double roll) {
        Eyes best = guess;
        for (const double y : {brow_below, -brow_below, brow_below / 2, -brow_below / 2}) {
            const cv::Point2d shift = turned({0, y * guess.distance()}, roll);
            const Eyes moved{guess.left + shift, guess.right + shift};
            if (reflection(grey, moved) > reflection(grey, best)) best = moved;
        }
        return best;
    }

    /// Share of the eyes' places that is burnt out, less that of the skin below: a burnt face mirrors nothing.
    static double reflection(const cv::Mat& grey, const Eyes& where) {
        const auto burnt = [&](double side, double y) { return cv::mean(upright(grey, where, {side - 0.2, y, 0.4, 0.3}, 40) >= 247)[0] / 255; };
        double least = 1;
        for (const double side : {-0.5, 0.5}) least = std::min(least, burnt(side, -0.15) - burnt(side, 0.40));
        return least;
    }

    std::optional<cv::Point2d> eye(const cv::Mat& grey, const Eyes& guess, double side) {
        const double pixels = eye_patch / eye_area.width;
        const cv::Rect2d part(side + eye_area.x, eye_area.y, eye_area.width, eye_area.height);
        const cv::Mat patch = upright(grey, guess, part, pixels);
        std::vector<cv::Rect> boxes;
        std::vector<int> votes;
        eye_.detectMultiScale(patch, boxes, votes, 1.1, 2, 0, {smallest_eye, smallest_eye});
        if (boxes.empty()) return std::nullopt;
        const cv::Point2d m = middle_of(boxes[static_cast<std::size_t>(std::ranges::max_element(votes) - votes.begin())]);
        return in_frame(guess, part.tl() + m / pixels);
    }

    cv::CascadeClassifier face_, eye_;
    std::unique_ptr<BoxFinder> better_;
};
}  // namespace

drivers::Result<std::unique_ptr<FaceFinder>> make_cascade_finder(std::unique_ptr<BoxFinder> better) {
    auto cascades = std::make_unique<Cascades>(std::move(better));
    if (!cascades->load()) return drivers::fail(drivers::FaultCode::bad_configuration, "haarcascades not found: package opencv-data");
    return cascades;
}

drivers::Result<std::unique_ptr<FaceFinder>> FaceFinder::create() { return make_cascade_finder(nullptr); }

}  // namespace camera
