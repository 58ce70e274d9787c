// The automation's socket: bounded buffers, no blocking, no trust in what comes in.
#include "ui/automation.hpp"

#ifndef LIQU_AUTOMATION

namespace ui {
bool has_automation() { return false; }
std::unique_ptr<Automation> make_automation(int, Pane&, const kiosk::Stage&) { return nullptr; }
}  // namespace ui

#else

#include "ui/fields.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace ui {

using nlohmann::json;

namespace {
constexpr std::size_t read_chunk = 4096;
constexpr int max_lines_a_turn = 256;  ///< the loop goes on even when somebody floods it

class SocketAutomation final : public Automation {
  public:
    SocketAutomation(int fd, Pane& pane, const kiosk::Stage& stage) : fd_(fd), pane_(pane), stage_(stage) { ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) | O_NONBLOCK); }
    SocketAutomation(const SocketAutomation&) = delete;
    SocketAutomation& operator=(const SocketAutomation&) = delete;
    ~SocketAutomation() override { ::close(fd_); }

    bool pump() override { return flush() && take() && flush(); }

    void drawn() override {
        const auto& shown = stage_.shown();
        const auto& drawn = pane_.drawn();
        json targets = json::array();
        for (const auto& t : drawn.targets)
            targets.push_back({{"id", t.id},
                               {"x", std::lround(t.rect.x)},
                               {"y", std::lround(t.rect.y)},
                               {"w", std::lround(t.rect.w)},
                               {"h", std::lround(t.rect.h)},
                               {"enabled", t.enabled}});
        const auto& entry = pane_.entry();
        say({{"event", "screen"},
             {"phase", drawn.phase},
             {"name", std::string(kiosk::name_of(shown.question))},
             {"language", shown.language == kiosk::Language::zh ? "zh" : "en"},
             {"idle", shown.idle_seconds_left ? json(*shown.idle_seconds_left) : json(nullptr)},
             {"large_text", shown.large_text},
             {"help_called", shown.help_called},
             {"may_leave", shown.may_leave},
             {"fields", fields_of(shown.question)},
             {"entry",
              {{"digits", entry.digits.size()},
               {"again", entry.again.size()},
               {"expiry", entry.expiry.size()},
               {"composed", entry.writing.characters()},
               {"spelled", entry.writing.spelled().size()},
               {"mode", std::string(input::name_of(entry.writing.mode))},
               {"candidates", drawn.candidates},
               {"candidate_page", entry.writing.page},
               {"candidate_pages", drawn.candidate_pages},
               {"ticks", entry.ticks},
               {"strokes", entry.strokes.size()},
               {"page", entry.page},
               {"count", entry.count}}},
             {"targets", std::move(targets)}});
    }

  private:
    void say(const json& line) {
        out_ += line.dump(-1, ' ', false, json::error_handler_t::replace);
        out_ += '\n';
    }

    bool flush() {
        while (!out_.empty()) {
            const auto sent = ::send(fd_, out_.data(), out_.size(), MSG_NOSIGNAL);
            if (sent < 0) return (errno == EAGAIN || errno == EINTR) && out_.size() <= max_automation_backlog;
            out_.erase(0, static_cast<std::size_t>(sent));
        }
        return true;
    }

    bool take() {
        char chunk[read_chunk];
        for (int lines = 0; lines < max_lines_a_turn;) {
            if (const auto end = in_.find('\n'); end != std::string::npos) {
                const std::string line = in_.substr(0, end);
                in_.erase(0, end + 1);
                ++lines;
                if (!obey(line)) return false;
                continue;
            }
            if (in_.size() > max_automation_line) return false;
            const auto got = ::recv(fd_, chunk, sizeof chunk, 0);
            if (got == 0) return false;
            if (got < 0) return errno == EAGAIN || errno == EINTR;
            in_.append(chunk, static_cast<std::size_t>(got));
        }
        return true;
    }

    static bool point_of(const json& from, Point& p, std::uint32_t& ms) {
        if (!from.is_object()) return false;
        const auto number = [&](const char* key, double least, double most, double& out) {
            const auto it = from.find(key);
            if (it == from.end() || !it->is_number()) return false;
            out = it->get<double>();
            return out >= least && out <= most;
        };
        double x = 0, y = 0, t = 0;
        if (!number("x", -10'000, 10'000, x) || !number("y", -10'000, 10'000, y)) return false;
        if (from.contains("ms") && !number("ms", 0, 4e9, t)) return false;
        p = {static_cast<float>(x), static_cast<float>(y)};
        ms = static_cast<std::uint32_t>(t);
        return true;
    }

    void tell_touched(const std::string& id) { say({{"event", "touched"}, {"id", id.empty() ? json(nullptr) : json(id)}}); }

    bool obey(const std::string& line) {
        const json said = json::parse(line, nullptr, false);
        if (!said.is_object() || said.size() != 1) return false;
        const auto first = said.begin();
        const std::string& what = first.key();
        const json& value = first.value();
        Point p;
        std::uint32_t ms = 0;
        if (what == "touch" || what == "down" || what == "move") {
            if (!point_of(value, p, ms)) return false;
            if (what == "move") {
                last_ = ms;
                pane_.move(p, began_ + ms);
                return true;
            }
            began_ += last_ + gap_between_strokes;
            last_ = 0;
            pane_.down(p, began_);
            if (what == "touch") tell_touched(pane_.up());
            return true;
        }
        if (what == "up") return tell_touched(pane_.up()), true;
        if (what == "picture" && value == true) {
            const auto bytes = pane_.glass().picture();
            say({{"event", "picture"}, {"width", theme::width}, {"height", theme::height}, {"bytes", bytes.size()}});
            out_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            return out_.size() <= max_automation_backlog;
        }
        return false;
    }

    static constexpr std::uint32_t gap_between_strokes = 250;  ///< ms

    int fd_;
    Pane& pane_;
    const kiosk::Stage& stage_;
    std::string in_, out_;
    std::uint32_t began_ = 0, last_ = 0;
};
}  // namespace

bool has_automation() { return true; }
std::unique_ptr<Automation> make_automation(int fd, Pane& pane, const kiosk::Stage& stage) {
    if (fd < 0) return nullptr;
    return std::make_unique<SocketAutomation>(fd, pane, stage);
}

}  // namespace ui
#endif
