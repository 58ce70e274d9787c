// Reading JSON lines and raw pictures from the kiosk's window.
#include "sim/hall/window_link.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sim {

namespace {
constexpr std::size_t max_line = 4u << 20, max_picture = 64u << 20;
}

const Target* ScreenSeen::target(std::string_view id) const {
    for (const auto& t : targets)
        if (t.id == id) return &t;
    return nullptr;
}

WindowLink::WindowLink(int fd) : fd_(fd) { fcntl(fd_, F_SETFL, fcntl(fd_, F_GETFL) | O_NONBLOCK); }
WindowLink::~WindowLink() { close(fd_); }

bool WindowLink::pump() {
    char chunk[65536];
    for (;;) {
        const auto n = recv(fd_, chunk, sizeof chunk, MSG_DONTWAIT);
        if (n == 0) closed_ = true;
        if (n <= 0) break;
        buffer_.append(chunk, static_cast<std::size_t>(n));
        if (buffer_.size() > max_line + max_picture) closed_ = true;
    }
    bool fresh = false;
    while (parse()) fresh = true;
    return fresh;
}

bool WindowLink::parse() {
    if (picture_bytes_ > 0) {
        if (buffer_.size() < picture_bytes_) return false;
        coming_.rgb.assign(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(picture_bytes_));
        buffer_.erase(0, picture_bytes_);
        picture_bytes_ = 0;
        pictures_.push_back(std::move(coming_));
        return true;
    }
    const auto end = buffer_.find('\n');
    if (end == std::string::npos) return false;
    const auto line = nlohmann::json::parse(buffer_.substr(0, end), nullptr, false);
    buffer_.erase(0, end + 1);
    if (!line.is_object()) return true;
    const std::string event = line.value("event", "");
    if (event == "picture") {
        coming_ = {line.value("width", 0), line.value("height", 0), {}};
        picture_bytes_ = line.value("bytes", std::size_t{0});
        if (picture_bytes_ > max_picture) closed_ = true;
    } else if (event == "touched" && line.contains("id") && line["id"].is_string()) {
        const auto id = line["id"].get<std::string>();
        if (!id.starts_with("digit_") && id != "erase" && id != "pad" && id != "clear") counted_.emplace(screen_ ? screen_->phase : 0, id);
    } else if (event == "screen") {
        ScreenSeen seen;
        seen.phase = line.value("phase", std::uint64_t{0});
        seen.name = line.value("name", "");
        seen.language = line.value("language", "");
        if (line.contains("idle") && line["idle"].is_number_integer()) seen.idle = line["idle"].get<int>();
        if (line.contains("fields")) seen.fields = line["fields"];
        if (line.contains("entry")) seen.entry = line["entry"];
        if (line.contains("targets"))
            for (const auto& t : line["targets"])
                seen.targets.push_back({t.value("id", ""), t.value("x", 0.0), t.value("y", 0.0), t.value("w", 0.0), t.value("h", 0.0), t.value("enabled", true)});
        screen_ = std::move(seen);
    }
    return true;
}

void WindowLink::send(const nlohmann::json& line) {
    const std::string text = line.dump() + "\n";
    // The kiosk may have died this moment; that is for the scenario to notice.
    (void)!::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
}

void WindowLink::touch(double x, double y) { send({{"touch", {{"x", x}, {"y", y}}}}); }
void WindowLink::down(double x, double y) { send({{"down", {{"x", x}, {"y", y}}}}); }
void WindowLink::move(double x, double y, int ms) { send({{"move", {{"x", x}, {"y", y}, {"ms", ms}}}}); }
void WindowLink::up() { send({{"up", nlohmann::json::object()}}); }
void WindowLink::ask_picture() { send({{"picture", true}}); }

std::optional<ScreenPicture> WindowLink::take_picture() {
    if (pictures_.empty()) return std::nullopt;
    auto picture = std::move(pictures_.front());
    pictures_.pop_front();
    return picture;
}

}  // namespace sim
