// The door's contact over evdev: one bit, asked by ioctl. No thread: the kernel answers from memory.
#include "drivers/door_contact.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <linux/input.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace drivers {

namespace {
constexpr std::chrono::milliseconds ask_every{250};

class EvdevContact final : public DoorContact {
  public:
    EvdevContact(const asio::any_io_executor& loop, std::string path) : path_(std::move(path)), timer_(loop), state_(ask()) { arm(); }
    ~EvdevContact() override {
        *alive_ = false;
        if (fd_ >= 0) ::close(fd_);
    }
    EvdevContact(const EvdevContact&) = delete;
    EvdevContact& operator=(const EvdevContact&) = delete;
    [[nodiscard]] Contact state() const override { return state_; }
    [[nodiscard]] Signal& changed() override { return changed_; }

  private:
    Contact ask() {
        if (fd_ < 0) fd_ = ::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        if (fd_ < 0) return Contact::unknown;
        std::array<unsigned char, SW_CNT / 8 + 1> switches{};
        if (::ioctl(fd_, EVIOCGSW(switches.size()), switches.data()) < 0) {
            // Unplugged: the number may come back as another file.
            ::close(fd_);
            fd_ = -1;
            return Contact::unknown;
        }
        const bool closed = (switches[SW_MACHINE_COVER / 8] >> SW_MACHINE_COVER % 8 & 1) != 0;
        return closed ? Contact::closed : Contact::open;
    }
    void arm() {
        timer_.expires_after(ask_every);
        timer_.async_wait([this, alive = alive_](std::error_code error) {
            if (error || !*alive) return;
            if (const auto now = ask(); now != state_) {
                state_ = now;
                changed_.notify();
            }
            arm();
        });
    }

    std::string path_;
    int fd_ = -1;
    asio::steady_timer timer_;
    Contact state_;
    Signal changed_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  ///< a timer that has fired already cannot be cancelled any more
};

class NoContact final : public DoorContact {
  public:
    [[nodiscard]] Contact state() const override { return Contact::closed; }
    [[nodiscard]] Signal& changed() override { return changed_; }

  private:
    Signal changed_;
};
}  // namespace

std::string_view name_of(Contact contact) {
    switch (contact) {
        case Contact::closed: return "closed";
        case Contact::open: return "open";
        case Contact::unknown: return "unknown";
    }
    return "";
}

std::unique_ptr<DoorContact> make_evdev_contact(asio::any_io_executor loop, std::string path) { return std::make_unique<EvdevContact>(loop, std::move(path)); }
std::unique_ptr<DoorContact> make_no_contact() { return std::make_unique<NoContact>(); }

}  // namespace drivers
