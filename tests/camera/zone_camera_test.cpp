// Documents before the concrete camera (stills stand for its frames): sessions for zone, code and page; and the page that staff get.
#include "camera/jpeg.hpp"
#include "camera/camera.hpp"
#include "camera/page.hpp"
#include "zone_pages.hpp"

#include <filesystem>
#include <opencv2/imgcodecs.hpp>
#include <unistd.h>

using namespace std::chrono_literals;
using camera::DocumentAdvice;
using drivers::FaultCode;

namespace {
sim::DocumentScene register_page() {
    sim::DocumentScene s;
    s.kind = sim::PageKind::household_register;
    s.width = 0.72;
    s.fields = {"姓名  黄晓岚", "性别  女", "出生日期  2019年3月4日", "公民身份号码  110105201903040024"};
    s.tremble = 0.3;
    return s;
}

struct Stills {
    std::filesystem::path path = std::filesystem::temp_directory_path() / fmt::format("liqu-documents-{}", ::getpid());
    explicit Stills(const sim::DocumentScene& scene, int count = 3) {
        std::filesystem::remove_all(path);
        std::filesystem::create_directories(path);
        for (int i = 0; i < count; ++i) cv::imwrite((path / fmt::format("{}.jpg", i)).string(), sim::render_document(scene, pages::width, pages::height, static_cast<std::uint64_t>(i)));
    }
    ~Stills() { std::filesystem::remove_all(path); }
    Stills(const Stills&) = delete;
    Stills& operator=(const Stills&) = delete;
};

/// A real clock and the camera's real thread.
struct Room {
    asio::io_context io;
    std::unique_ptr<drivers::Clock> clock = drivers::make_real_clock();
    std::unique_ptr<camera::Camera> cam;
    explicit Room(const Stills& stills) : cam(camera::make_opencv_camera(io.get_executor(), *clock, "file:" + stills.path.string(), {})) {}

    template <class T>
    T run(drivers::awaitable<T> task) {
        auto out = std::make_shared<std::optional<T>>();
        asio::co_spawn(io, keep(std::move(task), out), asio::detached);
        io.restart();
        const auto end = std::chrono::steady_clock::now() + 15s;
        while (!*out && std::chrono::steady_clock::now() < end) io.run_one_for(50ms);
        REQUIRE(out->has_value());
        return std::move(**out);
    }
    /// The first sight that is `good`.
    template <class F>
    std::optional<camera::DocumentSight> until(F good) {
        std::uint64_t last = 0;
        for (int i = 0; i < 40; ++i) {
            auto seen = run(cam->documents()->next_document(last));
            if (!seen) return std::nullopt;
            last = seen->frame;
            if (good(*seen)) return std::move(*seen);
        }
        return std::nullopt;
    }

  private:
    template <class T>
    static drivers::awaitable<void> keep(drivers::awaitable<T> task, std::shared_ptr<std::optional<T>> out) {
        out->emplace(co_await std::move(task));
    }
};
}  // namespace

TEST_CASE("document camera: a zone through the camera's thread; sessions end each other; closed means closed") {
    auto scene = pages::page(0, 12, pages::degradations[0]);
    const Stills stills(scene);
    Room room(stills);
    auto* documents = room.cam->documents();
    REQUIRE(documents);
    CHECK_FALSE(room.run(documents->next_document(0)));  // nothing is filmed before
    REQUIRE(room.run(documents->start_document(camera::Subject::zone, pages::today, 5s)));
    const auto seen = room.until([](const auto& s) { return s.zone.has_value(); });
    REQUIRE(seen);
    CHECK(seen->zone->text == pages::text_of(scene));
    CHECK(seen->zone->format == drivers::MrzFormat::td3);
    CHECK(seen->width == pages::width);
    CHECK(seen->preview_rgb.size() == static_cast<std::size_t>(seen->preview_width) * static_cast<std::size_t>(seen->preview_height) * 3);
    // Not mirrored: the page's portrait is on the left, and darker than the paper on the right.
    const auto red = [&](double x, double y) { return seen->preview_rgb[3 * (static_cast<std::size_t>(y * seen->preview_height) * static_cast<std::size_t>(seen->preview_width) + static_cast<std::size_t>(x * seen->preview_width))]; };
    CHECK(red(0.2, 0.45) < red(0.8, 0.45));
    const auto wrong_purpose = room.run(room.cam->next(0));
    REQUIRE_FALSE(wrong_purpose);
    CHECK(wrong_purpose.error().code == FaultCode::cancelled);
    CHECK_FALSE(room.run(documents->take_page()));  // the session looks for a zone
    REQUIRE(room.run(room.cam->start(5s)));        // a portrait's session ends the document's
    CHECK_FALSE(room.run(documents->next_document(0)));
    CHECK(room.run(room.cam->next(0)));
    documents->stop_document();
    CHECK_FALSE(room.run(room.cam->next(0)));
}

TEST_CASE("document camera: a code, and a page as a JPEG for staff") {
    sim::DocumentScene telephone;
    telephone.kind = sim::PageKind::electronic_card;
    telephone.width = 0.36;
    telephone.code = "https://12333.example/k/0123456789ABCDEF";
    {
        const Stills stills(telephone);
        Room room(stills);
        REQUIRE(room.run(room.cam->documents()->start_document(camera::Subject::code, pages::today, 5s)));
        const auto seen = room.until([](const auto& s) { return !s.code.empty(); });
        REQUIRE(seen);
        CHECK(seen->code == telephone.code);
    }
    const Stills stills(register_page());
    Room room(stills);
    REQUIRE(room.run(room.cam->documents()->start_document(camera::Subject::page, pages::today, 5s)));
    REQUIRE(room.until([](const auto& s) { return s.page_ready; }));
    const auto page = room.run(room.cam->documents()->take_page());
    REQUIRE_MESSAGE(page.has_value(), page.error().detail);
    CHECK(page->jpeg.size() <= camera::max_page_bytes);
    CHECK(page->jpeg.size() > 20'000);
    CHECK(page->sha256.size() == 32);
    const auto facts = camera::read_jpeg_facts(page->jpeg);
    REQUIRE(facts);
    CHECK(facts->baseline);
    CHECK(facts->width > 800);  // cut to the page, not reduced to a stamp
    CHECK(facts->width < pages::width);
}

TEST_CASE("document camera: what the person is told about a page, and no page before it is legible") {
    const auto advice = [](const sim::DocumentScene& scene) { return camera::look_at_page(pages::grey(scene, 0)).advice; };
    auto scene = register_page();
    CHECK(advice(scene) == DocumentAdvice::none);
    scene.width = 0.66;
    scene.rotation = 5;
    scene.tilt_up = 8;
    scene.defocus = 0.9;
    scene.noise = 5;
    CHECK(advice(scene) == DocumentAdvice::none);  // askew, tilted and a little blurred: legible all the same
    scene = register_page();
    scene.width = 0.3;
    CHECK(advice(scene) == DocumentAdvice::closer);
    scene.width = 1.1;
    CHECK(advice(scene) == DocumentAdvice::further);
    scene = register_page();
    scene.rotation = 24;
    scene.width = 0.48;
    CHECK(advice(scene) == DocumentAdvice::straighten);
    scene = register_page();
    scene.glare = 1;
    scene.glare_y = 0.5;
    CHECK(advice(scene) == DocumentAdvice::glare);
    scene = register_page();
    scene.light = 0.12;
    CHECK(advice(scene) == DocumentAdvice::too_dark);
    scene = register_page();
    scene.defocus = 3.5;
    CHECK(advice(scene) == DocumentAdvice::hold_still);
    camera::PageWatch watch;
    const auto frame = sim::render_document(scene, pages::width, pages::height, 0);
    for (int i = 0; i < 3; ++i) watch.see(frame, pages::grey_of(frame));
    CHECK_FALSE(watch.ready());
    CHECK(watch.take().error().code == FaultCode::photo_not_encodable);
    CHECK(camera::look_at_page({}).outline == std::nullopt);
    CHECK(camera::look_at_page(cv::Mat(1, 1, CV_8U, cv::Scalar(7))).outline == std::nullopt);
}

TEST_CASE("document camera: the most restless page still fits its bytes") {
    cv::Mat noise(720, 1280, CV_8UC3);
    cv::RNG(5).fill(noise, cv::RNG::UNIFORM, 0, 256);
    const std::array<cv::Point2d, 4> whole{{{0, 0}, {1280, 0}, {1280, 720}, {0, 720}}};
    const auto page = camera::make_page(noise, whole);
    if (page) CHECK(page->jpeg.size() <= camera::max_page_bytes);
    else CHECK(page.error().code == FaultCode::photo_not_encodable);
    CHECK_FALSE(camera::make_page({}, whole));
}
