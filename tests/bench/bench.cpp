// Google Benchmark: what is done for every card, beside the bare act that it wraps.
#include "camera/quality/detectors.hpp"
#include "camera/watcher.hpp"
#include "drivers/clock.hpp"
#include "kiosk/issuing/issuing.hpp"
#include "printer/evolis/command.hpp"
#include "printer/face/face.hpp"
#include "sim/models/person.hpp"
#include "sim/world/world.hpp"

#include <benchmark/benchmark.h>
#include <ctime>
#include <fstream>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>
#include <sstream>

namespace {

// ---- the card's face: preview, and layout to panels to the bytes of the wire, beside ImageMagick rasterising the same card ----
namespace face {
using namespace printer;

const std::filesystem::path source = LIQU_SOURCE_DIR;
const std::filesystem::path portrait = source / "sim/central/portrait.jpg";

std::string slurp(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

Layout layout() { return *load_layout(slurp(source / "printer/layouts/nanning.toml"), source / "printer/layouts"); }

FaceData person() {
    FaceData data;
    data.name = "黄晓岚";
    data.social_security_number = "450107199005128666";
    data.card_number = "A00000038";
    data.issue_date = "2026年11月";
    data.valid_until = "2036年11月";
    data.bank = "邕江合作银行";
    data.bank_id = "bank_a";
    data.authority = "南宁市人力资源和社会保障局";
    data.qr = "https://12333.example/k/0123456789ABCDEF";
    data.photo_jpeg = drivers::to_bytes(slurp(portrait));
    return data;
}

void face_preview(benchmark::State& state) {
    const auto l = layout();
    const auto data = person();
    for (auto _ : state) benchmark::DoNotOptimize(draw_front(l, data, {}));
}
BENCHMARK(face_preview)->Unit(benchmark::kMillisecond);

/// What the goal of 60 ms a side is about: layout and data in, framed panels out, as the driver packs them. Argument: sides (2 - 1 is the back).
void face_to_wire(benchmark::State& state) {
    auto l = layout();
    if (state.range(0) == 1) l.back.clear();
    const auto data = person();
    std::size_t wire = 0, panels = 0, planes = 0;
    for (auto _ : state) {
        wire = panels = planes = 0;
        const auto job = make_job(l, data, {});
        const auto send = [&](evolis::Panel which, const std::vector<std::uint8_t>& plane) {
            if (plane.empty()) return;
            const auto download = evolis::download_of(which, plane, job->size, evolis::Packing::plain);
            benchmark::DoNotOptimize(download.framed.data());
            wire += download.framed.size();
            planes += plane.size();
            ++panels;
        };
        send(evolis::Panel::y, job->y), send(evolis::Panel::m, job->m), send(evolis::Panel::c, job->c), send(evolis::Panel::k, job->k), send(evolis::Panel::o, job->o);
        send(evolis::Panel::k, job->back_k);
    }
    state.counters["wire_bytes"] = static_cast<double>(wire);
    // Written once as levels into a plane, and once more, packed, into the frame that goes to the pipe.
    state.counters["levels_per_panel"] = static_cast<double>(planes) / static_cast<double>(panels);
    state.counters["copied_per_panel"] = static_cast<double>(wire) / static_cast<double>(panels);
}
BENCHMARK(face_to_wire)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);

/// The front's rectangles, texts, photograph and mark as one call of ImageMagick, at 300 dpi; its output thrown away.
std::string magick_command(const Layout& l, const FaceData& data) {
    constexpr double dot = 300 / 25.4, left = 0.21, top = 0.44;
    const auto x = [&](double mm) { return (mm + left) * dot; };
    const auto y = [&](double mm) { return (mm + top) * dot; };
    const std::map<std::string, std::string> values{{"{name}", data.name},           {"{social_security_number}", data.social_security_number}, {"{card_number}", data.card_number}, {"{issue_date}", data.issue_date},
                                                    {"{valid_until}", data.valid_until}, {"{bank}", data.bank},                                     {"{authority}", data.authority}};
    std::string command = "convert -size 1016x648 xc:white -depth 8";
    for (const auto& f : l.front) {
        const auto colour = fmt::format("#{:06X}", f.colour);
        if (f.kind == FaceField::Kind::rectangle)
            command += fmt::format(" -fill '{}' -draw 'roundrectangle {:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}'", colour, x(f.x), y(f.y), x(f.x + f.width), y(f.y + f.height), f.radius * dot, f.radius * dot);
        if (f.kind == FaceField::Kind::text) {
            const auto it = values.find(f.text);
            command += fmt::format(" -fill '{}' -font Noto-Sans-CJK-SC{} -pointsize {:.1f} -annotate +{:.1f}+{:.1f} '{}'", colour, f.bold ? "-Bold" : "", f.size * dot, x(f.x), y(f.y) + 0.88 * f.size * dot,
                                   it == values.end() ? f.text : it->second);
        }
        if (f.kind == FaceField::Kind::photo || f.kind == FaceField::Kind::image)
            command += fmt::format(" '(' '{}' -resize {}x{}^ ')' -geometry +{:.0f}+{:.0f} -composite", f.kind == FaceField::Kind::photo ? portrait.string() : (source / "printer/layouts/bank_a.png").string(),
                                   static_cast<int>(f.width * dot), static_cast<int>(f.height * dot), x(f.x), y(f.y));
    }
    return command;
}

void imagemagick_the_same_front(benchmark::State& state) {
    if (std::system("convert -version >/dev/null 2>&1") != 0) return state.SkipWithError("ImageMagick is not installed");
    const auto command = magick_command(layout(), person()) + " rgb:/dev/null";
    for (auto _ : state)
        if (std::system(command.c_str()) != 0) return state.SkipWithError("ImageMagick refused the card");
}
BENCHMARK(imagemagick_the_same_front)->Unit(benchmark::kMillisecond)->UseRealTime();

/// What of that is the start of its process.
void imagemagick_nothing(benchmark::State& state) {
    if (std::system("convert -version >/dev/null 2>&1") != 0) return state.SkipWithError("ImageMagick is not installed");
    for (auto _ : state)
        if (std::system("convert -size 1x1 xc:white rgb:/dev/null") != 0) return state.SkipWithError("ImageMagick refused a dot");
}
BENCHMARK(imagemagick_nothing)->Unit(benchmark::kMillisecond)->UseRealTime();
}  // namespace face

asio::awaitable<void> race(drivers::SimClock& clock, int rounds) {
    for (int i = 0; i < rounds; ++i) co_await drivers::first_of(clock.sleep(std::chrono::seconds{1}), clock.sleep(std::chrono::seconds{2}));
}
void first_of_two(benchmark::State& state) {
    for (auto _ : state) {
        asio::io_context io;
        drivers::SimClock clock{drivers::Utc{}};
        asio::co_spawn(io, race(clock, 1000), asio::detached);
        do {
            io.restart();
            io.poll();
        } while (clock.advance());
    }
    state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(first_of_two)->Unit(benchmark::kMillisecond);

void world_hall(benchmark::State& state) {
    long visits = 0;
    std::uint64_t seed = 1;
    for (auto _ : state) visits += sim::run_world({.seed = seed++, .faults = state.range(0) != 0}).visits;
    state.SetItemsProcessed(visits);
}
BENCHMARK(world_hall)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

// ---- the photograph: per frame and per stage, 1280 x 720, one core ------------------------------------------------------------------------
using Moment = std::chrono::steady_clock;
constexpr std::array camera_stages{"acquire", "track", "find", "follow", "eyes", "gradient", "wall", "light", "pose", "look", "sharpness", "advice", "haar_full", "dlib"};

/// Twelve people, each swaying a little from frame to frame.
const std::vector<cv::Mat>& frames() {
    static const auto made = [] {
        std::vector<cv::Mat> all;
        for (int person = 0; person < 12; ++person)
            for (std::uint64_t frame = 0; frame < 10; ++frame) {
                sim::PersonScene scene;
                scene.skin = person % 3;
                scene.hair = person % 4;
                scene.clothes = person;
                scene.glasses = person % 5 == 4 ? sim::Glasses::clear : sim::Glasses::none;
                scene.x = 0.15 * (person - 6);
                all.push_back(sim::render_person(scene, 1280, 720, frame));
            }
        return all;
    }();
    return made;
}

double thread_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Times of single calls in milliseconds; median and 95th percentile as counters, by the clock on the wall and by what the one core really worked.
class Times {
  public:
    template <class F>
    void take(benchmark::State& state, F call) {
        const auto from = Moment::now();
        const double worked = thread_seconds();
        call();
        worked_.push_back(1000 * (thread_seconds() - worked));
        const double seconds = std::chrono::duration<double>(Moment::now() - from).count();
        state.SetIterationTime(seconds);
        all_.push_back(1000 * seconds);
    }
    void tell(benchmark::State& state) {
        if (all_.empty()) return;
        put(state, all_, "median_ms", "p95_ms");
        put(state, worked_, "cpu_median_ms", "cpu_p95_ms");
    }

  private:
    static void put(benchmark::State& state, std::vector<double>& times, const char* median, const char* late) {
        std::ranges::sort(times);
        state.counters[median] = times[times.size() / 2];
        state.counters[late] = times[std::min(times.size() - 1, times.size() * 95 / 100)];
    }
    std::vector<double> all_, worked_;
};

/// One stage on its own.
void camera_stage(std::string_view name, const cv::Mat& frame, const cv::Mat& grey, const camera::Face& face, camera::FaceFinder& finder) {
    const camera::PortraitRules rules;
    const camera::Eyes& eyes = face.eyes;
    if (name == "find") benchmark::DoNotOptimize(finder.find(grey));
    else if (name == "follow") benchmark::DoNotOptimize(finder.follow(grey, face));
    else if (name == "eyes") benchmark::DoNotOptimize(finder.eyes(grey, face.box));
    else if (name == "gradient") {
        benchmark::DoNotOptimize(camera::gradient_centre(grey, eyes.left, eyes.distance()));
        benchmark::DoNotOptimize(camera::gradient_centre(grey, eyes.right, eyes.distance()));
    } else if (name == "wall") benchmark::DoNotOptimize(camera::measure_wall(frame, eyes));
    else if (name == "light") benchmark::DoNotOptimize(camera::measure_light(grey, eyes));
    else if (name == "pose") benchmark::DoNotOptimize(camera::measure_pose(frame, grey, eyes));
    else if (name == "look") benchmark::DoNotOptimize(camera::measure_eyes(frame, grey, eyes));
    else if (name == "sharpness") benchmark::DoNotOptimize(camera::measure_sharpness(grey, eyes, rules));
}

/// The plain ways, for comparison: a cascade over the whole frame, and dlib's detector.
std::function<void(const cv::Mat&)> plain_way(std::string_view name) {
    if (name == "dlib") {
        std::shared_ptr<camera::BoxFinder> dlib = camera::make_dlib_boxes();
        if (!dlib) return {};
        return [dlib](const cv::Mat& grey) {
            cv::Mat small;
            cv::resize(grey, small, {640, 360}, 0, 0, cv::INTER_AREA);
            benchmark::DoNotOptimize(dlib->boxes(small));
        };
    }
    auto haar = std::make_shared<cv::CascadeClassifier>("/usr/share/opencv4/haarcascades/haarcascade_frontalface_alt2.xml");
    return [haar](const cv::Mat& grey) {
        std::vector<cv::Rect> boxes;
        haar->detectMultiScale(grey, boxes, 1.1, 3, 0, {80, 80});
        benchmark::DoNotOptimize(boxes);
    };
}

void camera_frame(benchmark::State& state) {
    cv::setNumThreads(1);
    const std::string_view name = camera_stages.at(static_cast<std::size_t>(state.range(0)));
    state.SetLabel(std::string(name));
    const auto& all = frames();
    auto finder = *camera::make_face_finder("haar");
    auto watcher = *camera::Watcher::create();
    const auto plain = name == "haar_full" || name == "dlib" ? plain_way(name) : nullptr;
    if (name == "dlib" && !plain) return state.SkipWithError("not in this build");
    Times times;
    std::size_t at = 0;
    cv::Mat grey;
    std::optional<camera::Face> face;
    for (auto _ : state) {
        // Five seconds of each person, so that the searches for a second one, now and then, are in the figures.
        const std::size_t person = at / 75 % (all.size() / 10);
        const cv::Mat& frame = all[name == "track" ? 10 * person + at % 10 : at % all.size()];
        const bool other_person = at % (name == "track" ? 75 : 10) == 0;
        ++at;
        cv::cvtColor(frame, grey, cv::COLOR_BGR2GRAY);
        if (name == "acquire") watcher->reset();
        if (name == "track" && other_person) {
            watcher->reset();
            watcher->observe(frame, {});
        }
        if (name == "acquire" || name == "track") times.take(state, [&] { benchmark::DoNotOptimize(watcher->observe(frame, {})); });
        else if (plain) times.take(state, [&] { plain(grey); });
        else {
            if (other_person || !face) {
                const auto found = finder->find(grey);
                if (found.empty()) return state.SkipWithError("no face in the picture");
                face = found.front();
            }
            const auto wall = name == "advice" ? camera::measure_wall(frame, face->eyes) : camera::Wall{};
            if (name == "advice") times.take(state, [&] { benchmark::DoNotOptimize(camera::measure_advice(frame, grey, face->eyes, wall)); });
            else times.take(state, [&] { camera_stage(name, frame, grey, *face, *finder); });
        }
    }
    times.tell(state);
}
BENCHMARK(camera_frame)->DenseRange(0, static_cast<int>(camera_stages.size()) - 1)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
