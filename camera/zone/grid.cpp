// The lattice: coarse by the valleys between letters (a comb with two ends and one perspective), fine by what the templates say about each letter.
#include "camera/zone/grid.hpp"

#include <algorithm>
#include <numeric>
#include <opencv2/imgproc.hpp>

namespace camera {

namespace {
constexpr int comb_dots = 8, comb_margin = comb_dots;  // of the strip in which the comb is laid
constexpr double end_search = 0.5, end_step = 0.125;   // pitches: how far a line's ends may be from where they were found
constexpr double most_ratio = 1.17;                    // a passport that fills the frame at 15 degrees has 1.14
constexpr int robust_rounds = 3;

double projective(double t, double ratio) { return t * ratio / (t * ratio + 1 / ratio * (1 - t)); }
double slope(double t, double ratio) {
    const double below = t * ratio + (1 - t) / ratio;
    return 1 / (below * below);
}
double value(const cv::Vec4d& p, double u) { return p[0] + u * (p[1] + u * (p[2] + u * p[3])); }

/// Darkness of each column of a line, 0 .. 1, against the brightest near it.
std::vector<float> profile(cv::Mat strip) {
    cv::Mat mean, light;
    cv::reduce(strip.rowRange(strip.rows / 4, strip.rows * 3 / 4), mean, 0, cv::REDUCE_AVG, CV_32F);
    cv::dilate(mean, light, cv::getStructuringElement(cv::MORPH_RECT, {4 * comb_dots + 1, 1}));
    const cv::Mat dark = (light - mean) / (light + 1);
    const double most = std::max(1e-3, cv::norm(dark, cv::NORM_INF));
    std::vector<float> out(static_cast<std::size_t>(dark.cols));
    for (int x = 0; x < dark.cols; ++x) out[static_cast<std::size_t>(x)] = static_cast<float>(dark.at<float>(0, x) / most);
    strip.setTo(0);
    return out;
}

/// One line's comb at a perspective: the best ends, in pitches from where the line was found.
struct Comb {
    double left = 0, right = 0, score = -1;
};
Comb best_comb(const std::vector<float>& dark, int columns, double ratio) {
    std::vector<double> at(static_cast<std::size_t>(2 * columns + 1));  // boundaries and middles in turn
    for (std::size_t i = 0; i < at.size(); ++i) at[i] = projective(static_cast<double>(i) / (2 * columns), ratio);
    Comb best;
    const auto limit = static_cast<int>(dark.size());
    for (double left = -end_search; left <= end_search; left += end_step)
        for (double right = -end_search; right <= end_search; right += end_step) {
            const double width = columns + right - left;
            double sum = 0;
            for (std::size_t i = 0; i < at.size(); ++i) {
                const int x = std::clamp(static_cast<int>(comb_margin + comb_dots * (left + width * at[i])), 0, limit - 1);
                const double d = dark[static_cast<std::size_t>(x)];
                sum += i % 2 ? d : -2 * d;
            }
            if (sum / columns > best.score) best = {left, right, sum / columns};
        }
    return best;
}
}  // namespace

Grid::Place Grid::place(int line, double column) const {
    const auto& g = lines_[static_cast<std::size_t>(line)];
    const double u = 2 * column / columns_ - 1, t = (column + value(g.along, u)) / columns_;
    const cv::Point2d span = g.right - g.left;
    Place out;
    out.along = span * (slope(t, g.ratio) / columns_);
    const double pitch = std::max(1e-6, std::hypot(out.along.x, out.along.y));
    // Down is where the same column of the next line is: perspective leans the letters. A line alone has them upright.
    out.down = {-out.along.y, out.along.x};
    if (lines() > 1) {
        const int other = line + 1 < lines() ? line + 1 : line - 1;
        const auto& o = lines_[static_cast<std::size_t>(other)];
        const double s = (column + value(o.along, u)) / columns_;
        cv::Point2d to = o.left + (o.right - o.left) * projective(s, o.ratio) - (g.left + span * projective(t, g.ratio));
        if (other < line) to = -to;
        if (const double length = std::hypot(to.x, to.y); length > pitch && to.dot(out.down) > 0) out.down = to * (pitch / length);
    }
    out.at = g.left + span * projective(t, g.ratio) + out.down * value(g.across, u);
    return out;
}

double Grid::pitch() const {
    double sum = 0;
    for (const auto& line : lines_) sum += std::hypot(line.right.x - line.left.x, line.right.y - line.left.y) / columns_;
    return sum / std::max(1, lines());
}

Grid Grid::fit(const cv::Mat& grey, const RowGroup& rows, int columns) {
    Grid grid;
    grid.columns_ = columns;
    for (const auto& row : rows) grid.lines_.push_back({row.left, row.right, 1, {}, {}});
    std::vector<std::vector<float>> profiles;
    for (int line = 0; line < grid.lines(); ++line) profiles.push_back(profile(grid.strip(grey, line, comb_dots, comb_margin)));
    std::vector<Comb> best;
    double best_ratio = 1, best_score = -1e9;
    const auto attempt = [&](double ratio) {
        std::vector<Comb> combs;
        double score = 0;
        for (const auto& dark : profiles) {
            combs.push_back(best_comb(dark, columns, ratio));
            score += combs.back().score;
        }
        if (score > best_score) {
            best_score = score;
            best_ratio = ratio;
            best = std::move(combs);
        }
    };
    for (double ratio = 1 / most_ratio; ratio <= most_ratio; ratio *= 1.02) attempt(ratio);
    const double middle = best_ratio;
    for (const double k : {0.99, 0.995, 1.005, 1.01}) attempt(middle * k);
    for (std::size_t i = 0; i < grid.lines_.size(); ++i) {
        auto& line = grid.lines_[i];
        const cv::Point2d pitch = (line.right - line.left) / columns, left = line.left;
        line.left = left + pitch * best[i].left;
        line.right = left + pitch * (columns + best[i].right);
        line.ratio = best_ratio;
    }
    grid.agreement_ = best_score / std::max(1, grid.lines());
    return grid;
}

Grid Grid::upside_down() const {
    Grid out = *this;
    std::ranges::reverse(out.lines_);
    for (auto& line : out.lines_) {
        std::swap(line.left, line.right);
        line.ratio = 1 / line.ratio;
        const auto turned = [](const cv::Vec4d& p) { return cv::Vec4d(-p[0], p[1], -p[2], p[3]); };
        line.along = turned(line.along);
        line.across = turned(line.across);
    }
    return out;
}

cv::Mat Grid::strip(const cv::Mat& grey, int line, int dots, int margin) const {
    const int width = columns_ * dots + 2 * margin, height = dots * 11 / 8 + 2 * margin;
    cv::Mat map(height, width, CV_32FC2), out, real;
    for (int x = 0; x < width; ++x) {
        const auto p = place(line, (x + 0.5 - margin) / dots);
        for (int y = 0; y < height; ++y) {
            const double h = tallness_ * (y + 0.5 - height / 2.0) / dots;
            map.at<cv::Vec2f>(y, x) = {static_cast<float>(p.at.x + h * p.down.x - 0.5), static_cast<float>(p.at.y + h * p.down.y - 0.5)};
        }
    }
    cv::remap(grey, out, map, {}, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
    out.convertTo(real, CV_32F);
    out.setTo(0);
    return real;
}

void Grid::move(int line, const std::vector<cv::Point2d>& seen, const std::vector<double>& weights) {
    auto& g = lines_[static_cast<std::size_t>(line)];
    const auto adjust = [&](cv::Vec4d& polynomial, int terms, auto part) {
        std::vector<double> trust = weights;
        cv::Vec4d fitted{};
        for (int round = 0; round < robust_rounds; ++round) {
            cv::Mat a(columns_, terms, CV_64F), b(columns_, 1, CV_64F), x;
            for (int i = 0; i < columns_; ++i) {
                const double u = (2 * i + 1.0) / columns_ - 1, w = trust[static_cast<std::size_t>(i)];
                for (int k = 0; k < terms; ++k) a.at<double>(i, k) = w * std::pow(u, k);
                b.at<double>(i) = w * part(seen[static_cast<std::size_t>(i)]);
            }
            if (!cv::solve(a, b, x, cv::DECOMP_SVD)) return;
            for (int k = 0; k < terms; ++k) fitted[k] = x.at<double>(k);
            for (int i = 0; i < columns_; ++i) {
                const double u = (2 * i + 1.0) / columns_ - 1, off = (part(seen[static_cast<std::size_t>(i)]) - value(fitted, u)) / 0.06;
                trust[static_cast<std::size_t>(i)] = weights[static_cast<std::size_t>(i)] / (1 + off * off);
            }
        }
        polynomial += fitted;
    };
    adjust(g.along, 4, [](cv::Point2d p) { return p.x; });
    adjust(g.across, 3, [](cv::Point2d p) { return p.y; });
}

std::array<cv::Point2d, 4> Grid::outline() const {
    const auto corner = [&](int line, double column, double height) {
        const auto p = place(line, column);
        return p.at + p.down * height;
    };
    const int last = lines() - 1;
    return {corner(0, 0, -0.6), corner(0, columns_, -0.6), corner(last, columns_, 0.6), corner(last, 0, 0.6)};
}

}  // namespace camera
