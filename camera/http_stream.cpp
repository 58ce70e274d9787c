// MJPEG over HTTP by hand. OpenCV 4.6 keeps the size of the first picture: when a camera changes it (exchanged, reconfigured, hostile), later pictures are read with
// the wrong width and come out distorted. Here every picture's own header is read before memory is given to it, and a torn one is passed over.
#include "camera/frame_source.hpp"
#include "camera/jpeg.hpp"

#include <charconv>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sodium.h>
#include <sys/socket.h>
#include <unistd.h>

namespace camera {

using drivers::fail;
using drivers::FaultCode;
using drivers::Result;

namespace {
using Deadline = std::chrono::steady_clock::time_point;
constexpr std::size_t max_header_bytes = 16u << 10, max_picture_bytes = 8u << 20;
constexpr std::string_view line_end = "\r\n", header_end = "\r\n\r\n";

struct Address {
    std::string host, port = "80", path = "/", login;
};

Address parse(std::string_view url) {
    Address a;
    url.remove_prefix(std::string_view("http://").size());
    if (const auto slash = url.find('/'); slash != url.npos) {
        a.path = url.substr(slash);
        url = url.substr(0, slash);
    }
    if (const auto at = url.rfind('@'); at != url.npos) {
        a.login = url.substr(0, at);
        url.remove_prefix(at + 1);
    }
    const auto colon = url.rfind(':');
    const bool v6 = url.starts_with('[');
    if (colon != url.npos && (!v6 || url[colon - 1] == ']')) {
        a.port = url.substr(colon + 1);
        url = url.substr(0, colon);
    }
    a.host = v6 && url.size() > 2 ? url.substr(1, url.size() - 2) : url;
    return a;
}

std::string request_for(const Address& a) {
    std::string login;
    if (!a.login.empty()) {
        std::string code(sodium_base64_ENCODED_LEN(a.login.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
        sodium_bin2base64(code.data(), code.size(), reinterpret_cast<const unsigned char*>(a.login.data()), a.login.size(), sodium_base64_VARIANT_ORIGINAL);
        code.pop_back();
        login = "Authorization: Basic " + code + "\r\n";
    }
    // 1.0: the answer is not chunked.
    return fmt::format("GET {} HTTP/1.0\r\nHost: {}\r\nAccept: multipart/x-mixed-replace, image/jpeg\r\n{}\r\n", a.path, a.host, login);
}

/// The value of a header in a block of lines, without blanks and quotes.
std::string header(std::string_view block, std::string_view name) {
    for (std::size_t at = 0; at < block.size();) {
        const auto end = std::min(block.find(line_end, at), block.size());
        const auto line = block.substr(at, end - at);
        at = end + line_end.size();
        const auto colon = line.find(':');
        if (colon != name.size() || !std::ranges::equal(line.substr(0, colon), name, {}, [](unsigned char c) { return std::tolower(c); }, [](unsigned char c) { return std::tolower(c); })) continue;
        const auto first = line.find_first_not_of(" \t", colon + 1);
        return first == line.npos ? "" : std::string(line.substr(first));
    }
    return {};
}

class Socket {
  public:
    ~Socket() { close(); }
    bool connect(const Address& a, Deadline deadline) {
        addrinfo hints{}, *found = nullptr;
        hints.ai_socktype = SOCK_STREAM;
        if (::getaddrinfo(a.host.c_str(), a.port.c_str(), &hints, &found) != 0) return false;
        bool done = false;
        for (const auto* i = found; i && !done; i = i->ai_next) {
            fd_ = ::socket(i->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
            if (fd_ < 0) continue;
            int error = 0;
            socklen_t size = sizeof error;
            done = ::connect(fd_, i->ai_addr, i->ai_addrlen) == 0 || (errno == EINPROGRESS && wait(POLLOUT, deadline) && ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0);
            if (!done) close();
        }
        ::freeaddrinfo(found);
        return done;
    }
    bool send(std::string_view text, Deadline deadline) {
        while (!text.empty()) {
            const auto n = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
            if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
            else if (n == 0 || (errno != EAGAIN && errno != EINTR) || !wait(POLLOUT, deadline)) return false;
        }
        return true;
    }
    /// Appends what has come; false at the end, on an error, and when nothing came in time.
    bool receive(std::string& into, Deadline deadline) {
        std::array<char, 65536> part;
        for (;;) {
            const auto n = ::recv(fd_, part.data(), part.size(), 0);
            if (n > 0) {
                into.append(part.data(), static_cast<std::size_t>(n));
                return true;
            }
            if (n == 0 || (errno != EAGAIN && errno != EINTR) || !wait(POLLIN, deadline)) return false;
        }
    }
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }

  private:
    [[nodiscard]] bool wait(short what, Deadline deadline) const {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        pollfd p{fd_, what, 0};
        return left.count() > 0 && ::poll(&p, 1, static_cast<int>(left.count())) > 0;
    }
    int fd_ = -1;
};

class HttpStream final : public FrameSource {
  public:
    explicit HttpStream(const std::string& url) : address_(parse(url)) {}
    ~HttpStream() override { close(); }
    HttpStream(const HttpStream&) = delete;
    HttpStream& operator=(const HttpStream&) = delete;

    Result<void> open() override {
        close();
        const auto deadline = std::chrono::steady_clock::now() + source_open_limit;
        if (!socket_.connect(address_, deadline) || !socket_.send(request_for(address_), deadline)) return fail(FaultCode::camera_missing, "does not answer");
        const auto head = take_block(deadline);
        if (!head) return fail(FaultCode::camera_missing, "no HTTP answer");
        if (!head->starts_with("HTTP/1.") || head->substr(std::min<std::size_t>(8, head->size()), 4) != " 200") return fail(FaultCode::camera_missing, "the server refuses");
        const std::string type = header(*head, "content-type");
        const auto at = type.find("boundary=");
        if (!type.starts_with("multipart/") || at == type.npos) return fail(FaultCode::camera_missing, "not an MJPEG stream");
        boundary_ = type.substr(at + 9, type.find(';', at) - at - 9);
        std::erase(boundary_, '"');
        if (!boundary_.starts_with("--")) boundary_ = "--" + boundary_;
        return {};
    }

    Result<cv::Mat> read() override {
        const auto deadline = std::chrono::steady_clock::now() + source_read_limit;
        for (;;) {
            auto jpeg = take_part(deadline);
            if (!jpeg) return fail(FaultCode::camera_missing, "the stream ended or stalled");
            const drivers::View view = drivers::as_view(*jpeg);
            const auto facts = read_jpeg_facts(view);
            cv::Mat frame;
            const bool too_large = facts && static_cast<double>(facts->width) * facts->height > max_frame_pixels;
            if (facts && !too_large && facts->scans == 1) frame = decode_jpeg(view, *facts);
            drivers::wipe(*jpeg);
            if (too_large) return fail(FaultCode::camera_wrong_size, fmt::format("{} x {} is more than a camera gives", facts->width, facts->height));
            if (!frame.empty()) return frame;  // a torn picture is followed by the next one
        }
    }

    void close() override {
        socket_.close();
        drivers::wipe(buffer_);
        buffer_.clear();
    }
    bool live() const override { return true; }
    void hold_exposure(bool) override {}  // nothing of the kind is carried over HTTP

  private:
    /// The first `size` bytes of what has come, or nothing when they do not come in time.
    std::optional<std::string> take(std::size_t size, Deadline deadline) {
        while (buffer_.size() < size)
            if (!socket_.receive(buffer_, deadline)) return std::nullopt;
        std::string out = buffer_.substr(0, size);
        buffer_.erase(0, size);
        return out;
    }
    /// Up to and with `mark`, which must begin within `most` bytes.
    std::optional<std::string> take_to(std::string_view mark, std::size_t most, Deadline deadline) {
        for (std::size_t from = 0;;) {
            if (const auto at = buffer_.find(mark, from); at != buffer_.npos) return take(at + mark.size(), deadline);
            if (buffer_.size() > most) return std::nullopt;
            from = buffer_.size() < mark.size() ? 0 : buffer_.size() - mark.size() + 1;
            if (!socket_.receive(buffer_, deadline)) return std::nullopt;
        }
    }
    std::optional<std::string> take_block(Deadline deadline) { return take_to(header_end, max_header_bytes, deadline); }

    std::optional<std::string> take_part(Deadline deadline) {
        if (!take_to(boundary_, max_picture_bytes, deadline)) return std::nullopt;
        const auto head = take_block(deadline);
        if (!head) return std::nullopt;
        const std::string length = header(*head, "content-length");
        std::size_t size = 0;
        if (std::from_chars(length.data(), length.data() + length.size(), size).ec == std::errc{}) return size <= max_picture_bytes ? take(size, deadline) : std::nullopt;
        // Without a length the picture goes to the next boundary, which stays for the next part.
        auto part = take_to("\r\n" + boundary_, max_picture_bytes, deadline);
        if (part) {
            part->resize(part->size() - boundary_.size() - line_end.size());
            buffer_.insert(0, boundary_);
        }
        return part;
    }

    Address address_;
    Socket socket_;
    std::string buffer_, boundary_;
};
}  // namespace

std::unique_ptr<FrameSource> make_http_stream(const std::string& url) { return std::make_unique<HttpStream>(url); }

}  // namespace camera
