// Byte by byte, so that nothing stays in a stream's buffer.
#include "kiosk/ctl/secret_entry.hpp"

#include <cerrno>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>
#include <utility>

namespace ctl {

namespace {
using drivers::Bytes;
using drivers::Secret;
constexpr char interrupt = 0x03, end_of_input = 0x04, backspace = 0x08, rubout = 0x7F;

class Terminal {
  public:
    Terminal() : fd_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {
        if (fd_ < 0 || ::tcgetattr(fd_, &before_) != 0) return;
        termios silent = before_;
        // Without ISIG an interrupt cannot leave the terminal mute; it comes as a character.
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG);
        silent.c_cc[VMIN] = 1;
        silent.c_cc[VTIME] = 0;
        mute_ = ::tcsetattr(fd_, TCSAFLUSH, &silent) == 0;
    }
    ~Terminal() {
        if (mute_) (void)::tcsetattr(fd_, TCSAFLUSH, &before_);
        if (fd_ >= 0) (void)::close(fd_);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    [[nodiscard]] bool mute() const { return mute_; }
    [[nodiscard]] int fd() const { return fd_; }
    void say(const std::string& text) const { (void)!::write(fd_, text.data(), text.size()); }

  private:
    int fd_ = -1;
    termios before_{};
    bool mute_ = false;
};

enum class Keys { plain, edited };

std::expected<Secret, std::string> line_of(int fd, Keys keys) {
    Bytes line;
    line.reserve(max_secret_bytes);  // never moved: a moved buffer would leave a copy behind
    const auto fails = [&](const char* why) {
        drivers::wipe(line);
        return std::unexpected(std::string(why));
    };
    for (;;) {
        char c = 0;
        const auto got = ::read(fd, &c, 1);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fails("the PIN cannot be read");
        if (got == 0 || c == '\n' || c == '\r') break;
        if (keys == Keys::edited && (c == interrupt || c == end_of_input)) return fails("no PIN was given");
        if (keys == Keys::edited && (c == backspace || c == rubout)) {
            if (!line.empty()) line.back() = std::byte{}, line.pop_back();
            continue;
        }
        if (line.size() == max_secret_bytes) return fails("what was given is too long for a PIN");
        line.push_back(static_cast<std::byte>(c));
    }
    if (line.empty()) return fails("no PIN was given");
    return Secret{std::move(line)};
}
}  // namespace

std::expected<Secret, std::string> secret_from(int fd) { return line_of(fd, Keys::plain); }

std::expected<Secret, std::string> secret_from_terminal(const std::string& prompt) {
    const Terminal terminal;
    if (!terminal.mute()) return std::unexpected("there is no terminal: give the PIN with --pin-fd");
    terminal.say(prompt);
    auto secret = line_of(terminal.fd(), Keys::edited);
    terminal.say("\n");
    return secret;
}

}  // namespace ctl
