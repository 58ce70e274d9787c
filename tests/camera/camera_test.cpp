// The real camera on real sources: the simulated network camera with its disturbances, and folders of stills, good and hostile.
#include "camera/frame_source.hpp"
#include "scenes.hpp"
#include "sim/wire/mjpeg_camera.hpp"

#include <fstream>
#include <opencv2/imgcodecs.hpp>

using namespace std::chrono_literals;
using drivers::FaultCode;

namespace {
/// A loop with a real clock: these tests are about a thread and a socket.
struct Bench {
    asio::io_context io;
    std::unique_ptr<drivers::Clock> clock = drivers::make_real_clock();

    template <class T>
    T run(drivers::awaitable<T> task, std::chrono::seconds limit = 15s) {
        // Owned by the handlers too: a task that outlives this call must not write into its stack.
        auto out = std::make_shared<std::optional<T>>();
        auto error = std::make_shared<std::exception_ptr>();
        asio::co_spawn(io, keep(std::move(task), out), [error](std::exception_ptr e) { *error = e; });
        io.restart();
        const auto end = std::chrono::steady_clock::now() + limit;
        while (!*out && !*error && std::chrono::steady_clock::now() < end) io.run_one_for(50ms);
        if (*error) std::rethrow_exception(*error);
        REQUIRE(out->has_value());
        return std::move(**out);
    }
    /// Observations until `good` says so, or nothing after the limit. Faults on the way are counted.
    template <class F>
    bool until(camera::Camera& cam, F good, std::chrono::seconds limit = 10s) {
        const auto end = std::chrono::steady_clock::now() + limit;
        while (std::chrono::steady_clock::now() < end) {
            const auto seen = run(cam.next(last_frame));
            if (seen) last_frame = seen->frame;
            if (good(seen)) return true;
        }
        return false;
    }
    bool until_fault(camera::Camera& cam, FaultCode code) {
        return until(cam, [code](const auto& seen) { return !seen && seen.error().code == code; });
    }
    bool until_picture(camera::Camera& cam) {
        return until(cam, [](const auto& seen) { return seen.has_value(); });
    }
    std::uint64_t last_frame = 0;

  private:
    template <class T>
    static drivers::awaitable<void> keep(drivers::awaitable<T> task, std::shared_ptr<std::optional<T>> out) {
        out->emplace(co_await std::move(task));
    }
};

std::unique_ptr<sim::MjpegCamera> server(sim::PersonScene scene = {}, std::uint16_t port = 0) {
    auto made = sim::MjpegCamera::create(scene, port);
    REQUIRE_MESSAGE(made.has_value(), made.error());
    return std::move(*made);
}

bool wait_for(auto condition, std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (std::chrono::steady_clock::now() < end) {
        if (condition()) return true;
        std::this_thread::sleep_for(10ms);
    }
    return condition();
}

struct Folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / fmt::format("liqu-stills-{}", ::getpid());
    Folder() {
        std::filesystem::remove_all(path);
        std::filesystem::create_directories(path);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    void put(const std::string& name, std::span<const std::uint8_t> bytes) const {
        std::ofstream(path / name, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    }
    void put(const std::string& name, const cv::Mat& picture) const { cv::imwrite((path / name).string(), picture); }
    [[nodiscard]] std::string uri() const { return "file:" + path.string(); }
};
}  // namespace

TEST_CASE("start, observe, accept, take, stop: and nothing is filmed before or afterwards") {
    auto remote = server();
    Bench bench;
    auto cam = camera::make_opencv_camera(bench.io.get_executor(), *bench.clock, remote->url(), {});
    std::this_thread::sleep_for(100ms);
    CHECK(remote->connections() == 0);
    const auto began = std::chrono::steady_clock::now();
    REQUIRE(bench.run(cam->start(5s)));
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
    MESSAGE("first picture after ", took.count(), " ms");
    CHECK(took < 3s);
    CHECK(remote->connections() == 1);
    REQUIRE(bench.until(*cam, [](const auto& seen) { return seen && seen->acceptable(); }));
    const auto early = bench.run(cam->take({}));
    REQUIRE_FALSE(early);  // the checks have not held for long enough
    CHECK(early.error().code == FaultCode::photo_not_encodable);
    REQUIRE(bench.until(*cam, [](const auto& seen) { return seen && seen->held >= 1; }));
    const auto portrait = bench.run(cam->take({}));
    REQUIRE_MESSAGE(portrait.has_value(), portrait.error().detail);
    CHECK(camera::check_portrait(portrait->jpeg, {}));
    CHECK(portrait->warnings.empty());
    CHECK(portrait->flat_field == 1);
    auto scene = remote->scene();
    scene.wall_lightness = 0.5;  // changed while it films
    remote->set_scene(scene);
    CHECK(bench.until(*cam, [](const auto& seen) { return seen && scenes::find(*seen, camera::Reason::background_not_white) && seen->held < 1; }));
    const auto refused = bench.run(cam->take({}));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == FaultCode::photo_not_encodable);
    cam->stop();
    CHECK(wait_for([&] { return remote->connections() == 0; }, 1s));
    const auto sent = remote->pictures_sent();
    std::this_thread::sleep_for(200ms);
    CHECK(remote->pictures_sent() == sent);
    CHECK_FALSE(bench.run(cam->next(0)));
    CHECK_FALSE(bench.run(cam->take({})));
    bench.last_frame = 0;
    REQUIRE(bench.run(cam->start(5s)));  // and again
    CHECK(bench.until_picture(*cam));
}

TEST_CASE("a server that dies is camera_missing, and works again when it is back") {
    Bench bench;
    auto remote = server();
    const auto port = remote->port();
    auto cam = camera::make_opencv_camera(bench.io.get_executor(), *bench.clock, remote->url(), {});
    REQUIRE(bench.run(cam->start(5s)));
    remote.reset();
    CHECK(bench.until_fault(*cam, FaultCode::camera_missing));
    remote = server({}, port);
    CHECK(bench.until_picture(*cam));
}

TEST_CASE("no server: start says camera_missing within its limit, and destruction is bounded") {
    Bench bench;
    std::string url;
    {
        auto remote = server();
        url = remote->url();
    }
    auto cam = camera::make_opencv_camera(bench.io.get_executor(), *bench.clock, url, {});
    const auto started = bench.run(cam->start(1s));
    REQUIRE_FALSE(started);
    CHECK(started.error().code == FaultCode::camera_missing);
    const auto began = std::chrono::steady_clock::now();
    cam.reset();
    CHECK(std::chrono::steady_clock::now() - began < 3s);
}

TEST_CASE("a server that accepts and says nothing does not hold start, stop or destruction") {
    asio::io_context io;
    asio::ip::tcp::acceptor silent(io, {asio::ip::address_v4::loopback(), 0});  // the kernel accepts, nobody answers
    Bench bench;
    auto cam = camera::make_opencv_camera(bench.io.get_executor(), *bench.clock, fmt::format("http://127.0.0.1:{}/", silent.local_endpoint().port()), {});
    const auto began = std::chrono::steady_clock::now();
    const auto started = bench.run(cam->start(1s));
    REQUIRE_FALSE(started);
    CHECK(started.error().code == FaultCode::camera_missing);
    CHECK(std::chrono::steady_clock::now() - began < 1500ms);
    cam.reset();
    CHECK(std::chrono::steady_clock::now() - began < 6s);
}

TEST_CASE("disturbances become the right faults and end") {
    Bench bench;
    auto remote = server();
    auto cam = camera::make_opencv_camera(bench.io.get_executor(), *bench.clock, remote->url(), {});
    REQUIRE(bench.run(cam->start(5s)));
    const auto clears = [&] {
        remote->cover(false);
        remote->disturb(sim::Disturbance::none);
        return bench.until_picture(*cam);
    };
    remote->cover(true);
    CHECK(bench.until_fault(*cam, FaultCode::camera_black));
    CHECK(clears());
    remote->disturb(sim::Disturbance::stuck);
    CHECK(bench.until_fault(*cam, FaultCode::camera_frozen));
    CHECK(clears());
    remote->disturb(sim::Disturbance::unplugged);
    CHECK(bench.until_fault(*cam, FaultCode::camera_missing));
    CHECK(clears());
    remote->disturb(sim::Disturbance::off);
    CHECK(bench.until_fault(*cam, FaultCode::camera_missing));
    CHECK(clears());
    remote->disturb(sim::Disturbance::slow);
    CHECK(bench.until_picture(*cam));
    CHECK(clears());
    remote->disturb(sim::Disturbance::garbage);
    // Rubbish is never a person: a fault, or frames without a face.
    CHECK(bench.until(*cam, [](const auto& seen) { return !seen || scenes::find(*seen, camera::Reason::no_face); }));
    CHECK(clears());
    remote->disturb(sim::Disturbance::wrong);
    CHECK(bench.until_fault(*cam, FaultCode::camera_wrong_size));
    CHECK(clears());
}

TEST_CASE("a camera of the wrong size is refused at start") {
    Bench bench;
    auto remote = server();
    remote->disturb(sim::Disturbance::wrong);
    auto cam = camera::make_opencv_camera(bench.io.get_executor(), *bench.clock, remote->url(), {});
    const auto started = bench.run(cam->start(5s));
    REQUIRE_FALSE(started);
    CHECK(started.error().code == FaultCode::camera_wrong_size);
}

TEST_CASE("what staff are warned of comes with the portrait") {
    auto remote = server({.clothes_lightness = 0.97});
    Bench bench;
    auto cam = camera::make_opencv_camera(bench.io.get_executor(), *bench.clock, remote->url(), {});
    REQUIRE(bench.run(cam->start(5s)));
    REQUIRE(bench.until(*cam, [](const auto& seen) { return seen && seen->held >= 1 && scenes::find(*seen, camera::Reason::clothes_like_background); }));
    const auto portrait = bench.run(cam->take({}));
    REQUIRE_MESSAGE(portrait.has_value(), portrait.error().detail);
    REQUIRE(portrait->warnings.size() == 1);
    CHECK(portrait->warnings.front().reason == camera::Reason::clothes_like_background);
}

TEST_CASE("a slow judge sees the present, not a queue") {
    auto remote = server();
    auto source = camera::make_frame_source(remote->url());
    REQUIRE(source);
    REQUIRE((*source)->open());
    const auto light = (*source)->read();
    REQUIRE(light);
    const double before = cv::mean(*light)[1];
    std::this_thread::sleep_for(500ms);
    auto scene = remote->scene();
    scene.wall_lightness = 0.2;
    remote->set_scene(scene);
    std::this_thread::sleep_for(1000ms);  // 15 pictures of the dark wall, and 7 of the light one before them, were not read
    const auto dark = (*source)->read();
    REQUIRE(dark);
    CHECK(cv::mean(*dark)[1] < before - 40);
    (*source)->close();
    CHECK_FALSE((*source)->read());
    CHECK(wait_for([&] { return remote->connections() == 0; }, 1s));
}

namespace {
/// A network camera whose picture changes its size while it films.
class ShiftingServer {
  public:
    explicit ShiftingServer(std::vector<cv::Size> sizes) : sizes_(std::move(sizes)), thread_([this] { serve(); }) {}
    ~ShiftingServer() {
        stop_ = true;
        thread_.join();
    }
    ShiftingServer(const ShiftingServer&) = delete;
    ShiftingServer& operator=(const ShiftingServer&) = delete;
    [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}/x.mjpg", acceptor_.local_endpoint().port()); }

  private:
    void serve() {
        acceptor_.non_blocking(true);
        while (!stop_) {
            std::error_code error;
            asio::ip::tcp::socket socket(io_);
            acceptor_.accept(socket, error);
            if (!error) film(socket);
            else std::this_thread::sleep_for(10ms);
        }
    }
    void film(asio::ip::tcp::socket& socket) {
        std::error_code error;
        std::string request;
        asio::read_until(socket, asio::dynamic_buffer(request, 8192), "\r\n\r\n", error);
        asio::write(socket, asio::buffer(std::string("HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n")), error);
        constexpr std::size_t pictures_each = 20;
        for (std::size_t n = 0; !stop_ && !error; ++n) {
            const auto size = sizes_[n / pictures_each % sizes_.size()];
            std::vector<std::uint8_t> jpeg;
            cv::imencode(".jpg", sim::render_person({}, size.width, size.height, n), jpeg);
            asio::write(socket, asio::buffer(fmt::format("--b\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n", jpeg.size())), error);
            asio::write(socket, asio::buffer(jpeg), error);
            asio::write(socket, asio::buffer(std::string("\r\n")), error);
            std::this_thread::sleep_for(30ms);
        }
    }
    std::vector<cv::Size> sizes_;
    asio::io_context io_;
    asio::ip::tcp::acceptor acceptor_{io_, {asio::ip::address_v4::loopback(), 0}};
    std::atomic<bool> stop_ = false;
    std::thread thread_;
};
}  // namespace

TEST_CASE("a stream that changes its size: too small is a fault, another good size goes on from the beginning") {
    ShiftingServer remote({{1280, 720}, {320, 240}, {800, 600}});
    Bench bench;
    auto cam = camera::make_opencv_camera(bench.io.get_executor(), *bench.clock, remote.url(), {});
    REQUIRE(bench.run(cam->start(5s)));
    const auto width = [&](int wanted) { return bench.until(*cam, [wanted](const auto& seen) { return seen && seen->width == wanted; }); };
    CHECK(width(1280));
    CHECK(bench.until_fault(*cam, FaultCode::camera_wrong_size));
    CHECK(width(800));
    CHECK(width(1280));
}

TEST_CASE("a dropped wait and a destroyed camera leave nothing behind on the loop") {
    auto remote = server();
    Bench bench;
    for (int round = 0; round < 3; ++round) {
        auto cam = camera::make_opencv_camera(bench.io.get_executor(), *bench.clock, remote->url(), {});
        REQUIRE(bench.run(cam->start(5s)));
        const auto won = bench.run(drivers::first_of(bench.clock->sleep(30ms), cam->next(1'000'000)));
        CHECK(won.index() == 0);
        bench.io.restart();
        asio::co_spawn(bench.io, cam->next(1'000'000), asio::detached);  // waits while the camera dies
        bench.io.poll();
        asio::co_spawn(bench.io, cam->take({}), asio::detached);  // has not even begun when it dies
        cam.reset();
        bench.io.restart();
        bench.io.poll();
    }
    CHECK(wait_for([&] { return remote->connections() == 0; }, 1s));
}

TEST_CASE("stills in turn; hostile ones are passed over") {
    Folder folder;
    Bench bench;
    std::vector<std::uint8_t> good;
    cv::imencode(".jpg", sim::render_person({}, 1280, 720, 1), good);
    folder.put("0-half.jpg", std::span(good).first(good.size() / 2));
    folder.put("1-truncated.jpg", std::span(good).first(200));
    folder.put("2-one-pixel.png", cv::Mat(1, 1, CV_8UC3, cv::Scalar::all(9)));
    folder.put("3-empty.jpg", std::span<const std::uint8_t>{});
    std::vector<std::uint8_t> bomb = good;
    for (std::size_t i = 0; i + 9 < bomb.size(); ++i)
        if (bomb[i] == 0xFF && bomb[i + 1] == 0xC0) {
            bomb[i + 5] = bomb[i + 6] = bomb[i + 7] = bomb[i + 8] = 0xFF;  // 65535 x 65535
            break;
        }
    folder.put("4-bomb.jpg", bomb);
    folder.put("5-text.jpg", std::span(reinterpret_cast<const std::uint8_t*>("this is not a picture, it says"), 30));
    folder.put("6-person.jpg", good);
    folder.put("7-grey.png", sim::render_person({.wall_lightness = 0.5}, 1280, 720, 1));
    auto cam = camera::make_opencv_camera(bench.io.get_executor(), *bench.clock, folder.uri(), {});
    REQUIRE(bench.run(cam->start(10s)));
    CHECK(bench.until(*cam, [](const auto& seen) { return seen && seen->held >= 1; }, 20s));
    CHECK(bench.run(cam->take({})));
    CHECK(bench.until(*cam, [](const auto& seen) { return seen && scenes::find(*seen, camera::Reason::background_not_white); }));
}

TEST_CASE("a folder without a usable still and a bad address are clear faults") {
    Folder folder;
    Bench bench;
    folder.put("bad.jpg", std::span(reinterpret_cast<const std::uint8_t*>("garbage garbage garbage"), 23));
    auto none = camera::make_opencv_camera(bench.io.get_executor(), *bench.clock, folder.uri(), {});
    CHECK(bench.run(none->start(500ms)).error().code == FaultCode::camera_missing);
    for (const char* uri : {"", "file:", "rtsp://x/", "v4l2:../../etc/passwd", "/dev/video0"}) {
        auto bad = camera::make_opencv_camera(bench.io.get_executor(), *bench.clock, uri, {});
        CHECK(bench.run(bad->start(2s)).error().code == FaultCode::bad_configuration);
    }
    auto missing = camera::make_opencv_camera(bench.io.get_executor(), *bench.clock, "v4l2:/dev/video99", {});
    CHECK(bench.run(missing->start(500ms)).error().code == FaultCode::camera_missing);
}
