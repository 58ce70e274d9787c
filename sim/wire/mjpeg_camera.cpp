// Plain Asio on a thread of its own. Scene and disturbance are copied under a mutex for each picture; sockets belong to the thread alone.
#include "sim/wire/mjpeg_camera.hpp"

#include <asio.hpp>
#include <atomic>
#include <fcntl.h>
#include <mutex>
#include <opencv2/imgcodecs.hpp>
#include <thread>

namespace sim {

namespace {
using asio::ip::tcp;
constexpr auto picture_interval = std::chrono::microseconds(1'000'000 / camera_frames_per_second);
constexpr auto slow_interval = std::chrono::milliseconds(1200);
constexpr std::size_t delayed_pictures = camera_frames_per_second;  // one second
constexpr int most_connections = 4;
constexpr std::size_t most_request_bytes = 8192;
constexpr int jpeg_quality = 88;
using Jpeg = std::shared_ptr<const std::vector<std::uint8_t>>;
}  // namespace

struct MjpegCamera::Impl {
    mutable std::mutex mutex;
    PersonScene scene;
    std::shared_ptr<Photographs> photographs;  ///< used by the thread alone, once it is set
    std::shared_ptr<const DocumentScene> page;  ///< held before the camera
    Disturbance disturbance = Disturbance::none;
    bool covered = false;
    std::atomic<int> connections = 0;
    std::atomic<std::uint64_t> sent = 0;
    std::uint16_t port = 0;
    // the thread's own
    Disturbance applied = Disturbance::none;
    std::uint64_t number = 0;
    std::chrono::steady_clock::time_point drawn_at{};
    Jpeg newest;
    std::deque<Jpeg> late;
    std::set<std::shared_ptr<tcp::socket>> sockets;
    // last, so that coroutines die before what they use
    asio::io_context io{1};
    tcp::acceptor acceptor{io};
    std::thread thread;

    /// A process started meanwhile (pcscd, the centre) would keep the port or the stream open when the camera is long gone; Asio does not see to that.
    template <class Socket>
    static void keep_to_this_process(Socket& socket) {
        ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
    }
    void listen(std::uint16_t wanted) {
        acceptor.open(tcp::v4());
        keep_to_this_process(acceptor);
        acceptor.set_option(asio::socket_base::reuse_address(true));
        acceptor.bind({asio::ip::address_v4::loopback(), wanted});
        acceptor.listen();
        port = acceptor.local_endpoint().port();
        asio::co_spawn(io, accept(this), asio::detached);
    }
    [[nodiscard]] Disturbance now() const {
        const std::lock_guard lock(mutex);
        return disturbance;
    }
    /// Follows a changed disturbance: off closes the port, everything else opens it again.
    void apply() {
        const auto d = now();
        // Another size means another stream: no camera changes it within one.
        const bool resized = (d == Disturbance::wrong) != (applied == Disturbance::wrong);
        applied = d;
        if (resized) {
            newest.reset();
            late.clear();
        }
        if (d == Disturbance::off || d == Disturbance::unplugged || resized)
            for (const auto& s : sockets) close(*s);
        if (d == Disturbance::off) {
            asio::error_code ignored;
            acceptor.close(ignored);
        } else if (!acceptor.is_open()) {
            try {
                listen(port);
            } catch (const std::system_error&) {  // the port was taken meanwhile: stays off
                asio::error_code ignored;
                acceptor.close(ignored);
            }
        }
    }
    static void close(tcp::socket& socket) {
        asio::error_code ignored;
        socket.shutdown(tcp::socket::shutdown_both, ignored);
        socket.close(ignored);
    }

    Jpeg draw(Disturbance d) {
        const auto at = std::chrono::steady_clock::now();
        if (newest && (d == Disturbance::stuck || at - drawn_at < picture_interval / 2)) return newest;
        PersonScene shown;
        std::shared_ptr<Photographs> photos;
        std::shared_ptr<const DocumentScene> held;
        bool black = false;
        {
            const std::lock_guard lock(mutex);
            shown = scene;
            photos = photographs;
            held = page;
            black = covered;
        }
        const bool small = d == Disturbance::wrong;
        const int width = small ? 320 : camera_width, height = small ? 240 : camera_height;
        cv::Mat picture = held                    ? render_document(*held, width, height, number)
                          : photos && shown.present ? photos->frame(number, camera_frames_per_second, width, height)
                                                    : render_person(shown, width, height, number);
        ++number;
        if (black) picture.convertTo(picture, CV_8U, 0, 1);
        auto jpeg = std::make_shared<std::vector<std::uint8_t>>();
        cv::imencode(".jpg", picture, *jpeg, {cv::IMWRITE_JPEG_QUALITY, jpeg_quality});
        if (d == Disturbance::garbage) {
            Dice dice(number);
            for (auto& byte : std::span(*jpeg).subspan(2)) byte = static_cast<std::uint8_t>(dice.next());
        }
        drawn_at = at;
        newest = jpeg;
        late.push_back(newest);
        if (late.size() > delayed_pictures) late.pop_front();
        return newest;
    }
    /// What goes out now; nothing when the camera is silent.
    Jpeg choose(Disturbance d) {
        const auto second = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
        switch (d) {
            case Disturbance::off:
            case Disturbance::unplugged: return nullptr;
            case Disturbance::intermittent: return second % 2 ? nullptr : draw(d);
            case Disturbance::delayed: draw(d); return late.front();
            case Disturbance::none:
            case Disturbance::stuck:
            case Disturbance::garbage:
            case Disturbance::wrong:
            case Disturbance::slow: return draw(d);
        }
        return nullptr;
    }

    static asio::awaitable<void> accept(Impl* self) {
        for (;;) {
            asio::error_code error;
            tcp::socket socket(self->io);
            co_await self->acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
            if (error == asio::error::operation_aborted || !self->acceptor.is_open()) co_return;
            if (error) continue;
            keep_to_this_process(socket);
            if (self->connections >= most_connections || self->now() == Disturbance::unplugged) continue;  // dropped by its destructor
            asio::co_spawn(self->io, serve(self, std::make_shared<tcp::socket>(std::move(socket))), asio::detached);
        }
    }
    static asio::awaitable<void> serve(Impl* self, std::shared_ptr<tcp::socket> socket) {
        ++self->connections;
        self->sockets.insert(socket);
        try {
            co_await stream(self, *socket);
        } catch (const std::system_error&) {  // the other side went away
        }
        close(*socket);
        self->sockets.erase(socket);
        --self->connections;
    }
    static asio::awaitable<void> stream(Impl* self, tcp::socket& socket) {
        std::string request;
        co_await asio::async_read_until(socket, asio::dynamic_buffer(request, most_request_bytes), "\r\n\r\n", asio::use_awaitable);
        const std::string head = "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=liqupicture\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n";
        co_await asio::async_write(socket, asio::buffer(head), asio::use_awaitable);
        asio::steady_timer timer(self->io, std::chrono::steady_clock::now());
        while (socket.is_open()) {
            const auto d = self->applied;
            if (const Jpeg jpeg = self->choose(d)) {
                const std::string part = "--liqupicture\r\nContent-Type: image/jpeg\r\nContent-Length: " + std::to_string(jpeg->size()) + "\r\n\r\n";
                const std::array<asio::const_buffer, 3> all{asio::buffer(part), asio::buffer(*jpeg), asio::buffer("\r\n", 2)};
                co_await asio::async_write(socket, all, asio::use_awaitable);
                ++self->sent;
            }
            // Kept in step with the clock; a picture that took too long moves the step instead of causing a burst.
            const auto step = d == Disturbance::slow ? std::chrono::microseconds(slow_interval) : picture_interval;
            timer.expires_at(std::max(timer.expiry() + step, std::chrono::steady_clock::now()));
            co_await timer.async_wait(asio::use_awaitable);
        }
    }
};

std::expected<std::unique_ptr<MjpegCamera>, std::string> MjpegCamera::create(PersonScene scene, std::uint16_t port) {
    auto impl = std::make_unique<Impl>();
    impl->scene = scene;
    try {
        impl->listen(port);
    } catch (const std::system_error& error) {
        return std::unexpected("camera port " + std::to_string(port) + ": " + error.code().message());
    }
    impl->thread = std::thread([raw = impl.get()] {
        const auto work = asio::make_work_guard(raw->io);
        raw->io.run();
    });
    return std::unique_ptr<MjpegCamera>(new MjpegCamera(std::move(impl)));
}

MjpegCamera::MjpegCamera(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

MjpegCamera::~MjpegCamera() {
    impl_->io.stop();
    impl_->thread.join();
    impl_->sockets.clear();  // before the io_context they belong to
}

std::uint16_t MjpegCamera::port() const { return impl_->port; }
std::string MjpegCamera::url() const { return "http://127.0.0.1:" + std::to_string(impl_->port) + "/camera.mjpg"; }
PersonScene MjpegCamera::scene() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->scene;
}
void MjpegCamera::set_scene(PersonScene scene) {
    const std::lock_guard lock(impl_->mutex);
    impl_->scene = scene;
}
void MjpegCamera::show(Photographs photographs) {
    auto shared = std::make_shared<Photographs>(std::move(photographs));
    const std::lock_guard lock(impl_->mutex);
    impl_->photographs = std::move(shared);
}
void MjpegCamera::show_page(std::optional<DocumentScene> page) {
    auto shared = page ? std::make_shared<const DocumentScene>(std::move(*page)) : nullptr;
    const std::lock_guard lock(impl_->mutex);
    impl_->page = std::move(shared);
}
bool MjpegCamera::shows_page() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->page != nullptr;
}
void MjpegCamera::disturb(Disturbance disturbance) {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->disturbance = disturbance;
    }
    asio::post(impl_->io, [raw = impl_.get()] { raw->apply(); });
}
Disturbance MjpegCamera::disturbance() const { return impl_->now(); }
void MjpegCamera::cover(bool covered) {
    const std::lock_guard lock(impl_->mutex);
    impl_->covered = covered;
}
int MjpegCamera::connections() const { return impl_->connections; }
std::uint64_t MjpegCamera::pictures_sent() const { return impl_->sent; }

}  // namespace sim
