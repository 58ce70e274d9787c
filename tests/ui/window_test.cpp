// The window itself under SDL's offscreen driver: events of SDL become answers, the automation's socket speaks its protocol, closing ends run().
#include "stand.hpp"

#include "ui/automation.hpp"
#include "ui/window.hpp"

#include <SDL.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <unistd.h>

namespace ui::test {

using namespace kiosk;
using nlohmann::json;

namespace {
struct Hall {
    Hall(int fd = -1, int width = 540, int height = 960) {
        drop_glass();
        ::setenv("SDL_VIDEODRIVER", "offscreen", 0);
        auto made = make_window(clock, stage,
                                {.width = width,
                                 .height = height,
                                 .fullscreen = false,
                                 .hall_zh = "民主部 3 号机",
                                 .hall_en = "Minzhu Hall",
                                 .hotline = "0771-12333",
                                 .text_dir = std::string(LIQU_SOURCE_DIR) + "/ui/text",
                                 .automation_fd = fd});
        REQUIRE_MESSAGE(made, (made ? "" : made.error().detail));
        window = std::move(*made);
        asio::co_spawn(loop, window->run(), [this](const std::exception_ptr&) { ended = true; });
    }
    /// Lets `ms` of the clock pass.
    void pass(int ms) {
        const auto until = clock.steady() + std::chrono::milliseconds{ms};
        for (;;) {
            loop.restart();
            while (loop.poll() > 0) {}
            if (!clock.next() || *clock.next() > until) break;
            clock.advance();
        }
    }
    template <class Q>
    void ask(Q q) {
        asio::co_spawn(loop, run(std::move(q)), asio::detached);
    }
    template <class Q>
    awaitable<void> run(Q q) {
        try {
            co_await stage.ask(std::move(q));
            ++answers;
        } catch (const Left&) {
            ++lefts;
        }
    }
    ~Hall() {
        stage.drop();
        clock.drop_sleepers();
    }

    asio::io_context loop;
    drivers::SimClock clock{drivers::Utc{}};
    Presence presence{clock};
    Stage stage{clock, presence};
    std::unique_ptr<Window> window;
    bool ended = false;
    int answers = 0, lefts = 0;
};

void mouse(Uint32 type, int x, int y) {
    SDL_Event event{};
    event.type = type;
    if (type == SDL_MOUSEMOTION) {
        event.motion.x = x, event.motion.y = y, event.motion.state = SDL_BUTTON_LMASK;
    } else {
        event.button.button = SDL_BUTTON_LEFT;
        event.button.x = x, event.button.y = y;
    }
    SDL_PushEvent(&event);
}

void finger(Uint32 type, SDL_FingerID id, float x, float y) {
    SDL_Event event{};
    event.type = type;
    event.tfinger.fingerId = id;
    event.tfinger.x = x, event.tfinger.y = y;
    SDL_PushEvent(&event);
}

struct Parent {
    Parent() { REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0); }
    ~Parent() { ::close(fds[0]); }
    void say(const std::string& line) const { REQUIRE(::send(fds[0], line.data(), line.size(), 0) == static_cast<ssize_t>(line.size())); }
    std::vector<json> hear() {
        char chunk[65536];
        for (ssize_t got = 0; (got = ::recv(fds[0], chunk, sizeof chunk, 0)) > 0;) in.append(chunk, static_cast<std::size_t>(got));
        std::vector<json> out;
        for (std::size_t end = 0; raw == 0 && (end = in.find('\n')) != std::string::npos;) {
            out.push_back(json::parse(in.substr(0, end)));
            in.erase(0, end + 1);
            if (out.back()["event"] == "picture") raw = out.back()["bytes"].get<std::size_t>();
        }
        return out;
    }
    int fds[2]{};
    std::string in;
    std::size_t raw = 0;
};

json centre_of(const json& screen, const std::string& id) {
    for (const auto& t : screen["targets"])
        if (t["id"] == id) return {{"x", t["x"].get<int>() + t["w"].get<int>() / 2}, {"y", t["y"].get<int>() + t["h"].get<int>() / 2}};
    FAIL(id);
    return {};
}
}  // namespace

TEST_CASE("events of SDL, scaled from a small window, become answers; the window closes when asked") {
    Hall hall;
    hall.ask(std::get<Welcome>(situation("welcome").question));
    hall.pass(100);
    mouse(SDL_MOUSEBUTTONDOWN, 270, 250);  // half size: 540, 500 on the canvas is the big button
    mouse(SDL_MOUSEBUTTONUP, 270, 250);
    hall.pass(100);
    CHECK(hall.answers == 1);
    hall.ask(std::get<ForWhom>(situation("for_whom").question));
    hall.pass(100);
    finger(SDL_FINGERDOWN, 7, 0.5F, 0.25F);
    finger(SDL_FINGERDOWN, 8, 0.9F, 0.97F);  // a second finger does nothing
    finger(SDL_FINGERUP, 8, 0.9F, 0.97F);
    finger(SDL_FINGERUP, 7, 0.5F, 0.25F);
    hall.pass(100);
    CHECK(hall.answers == 2);
    CHECK(hall.presence.within(std::chrono::seconds{1}));
    SDL_Event quit{};
    quit.type = SDL_QUIT;
    SDL_PushEvent(&quit);
    hall.pass(100);
    CHECK(hall.ended);
}

TEST_CASE("two taps in one slow turn answer one screen") {
    Hall hall;
    hall.ask(std::get<Welcome>(situation("welcome").question));
    hall.pass(100);
    for (int i = 0; i < 2; ++i) {
        mouse(SDL_MOUSEBUTTONDOWN, 270, 250);
        mouse(SDL_MOUSEBUTTONUP, 270, 250);
    }
    hall.pass(20);
    CHECK(hall.answers == 1);
    hall.ask(std::get<ForWhom>(situation("for_whom").question));  // its big button is at the same place
    hall.pass(200);
    CHECK(hall.answers == 1);
}

TEST_CASE("without texts there is no window, and the fault says which file") {
    drop_glass();
    drivers::SimClock clock{drivers::Utc{}};
    Presence presence{clock};
    Stage stage{clock, presence};
    const auto made = make_window(clock, stage, {.hall_zh = {}, .hall_en = {}, .hotline = {}, .text_dir = "/nowhere"});
    REQUIRE_FALSE(made);
    CHECK(made.error().code == FaultCode::bad_configuration);
    CHECK(made.error().detail.find("zh-CN.toml") != std::string::npos);
}

TEST_CASE("the automation sees every change and touches through ordinary hit-testing") {
    Parent parent;
    Hall hall(parent.fds[1]);
    hall.ask(std::get<Notice>(situation("notice").question));
    hall.pass(60);
    auto heard = parent.hear();
    if (!has_automation()) {  // a release: the descriptor is ignored
        CHECK(heard.empty());
        return;
    }
    REQUIRE_FALSE(heard.empty());
    auto screen = heard.back();
    CHECK(screen["event"] == "screen");
    CHECK(screen["name"] == "notice");
    CHECK(screen["language"] == "zh");
    CHECK(screen["idle"].is_null());
    CHECK(screen["fields"]["version"] == "2026-11");
    CHECK(screen["entry"]["ticks"] == json({false, false, false}));
    for (const auto* id : {"tick_notice", "tick_face_match", "tick_bank_data", "agree"}) parent.say(json{{"touch", centre_of(screen, id)}}.dump() + "\n");
    hall.pass(60);
    heard = parent.hear();
    // All four came in one turn: "agree" was still drawn disabled when it was touched, so it did nothing and says so.
    REQUIRE(heard.size() >= 5);
    CHECK(heard[2]["id"] == "tick_bank_data");
    CHECK(heard[3]["id"].is_null());
    CHECK(hall.answers == 0);
    screen = heard.back();
    CHECK(screen["entry"]["ticks"] == json({true, true, true}));
    parent.say(json{{"touch", centre_of(screen, "agree")}}.dump() + "\n");
    hall.pass(60);
    CHECK(hall.answers == 1);
    parent.hear();

    hall.ask(EnterName{.whose = Whose::child});
    hall.pass(60);
    screen = parent.hear().back();
    CHECK(screen["fields"]["whose"] == "child");
    for (const auto* id : {"letter_W", "letter_E", "letter_I"}) parent.say(json{{"touch", centre_of(screen, id)}}.dump() + "\n");
    hall.pass(60);
    screen = parent.hear().back();
    CHECK(screen["entry"]["mode"] == "pinyin");
    CHECK(screen["entry"]["spelled"] == 3);
    CHECK(screen["entry"]["candidate_pages"] > 1);
    const auto& candidates = screen["entry"]["candidates"];
    REQUIRE(candidates.size() > 2);
    CHECK(candidates[0] == "为");
    parent.say(json{{"touch", centre_of(screen, "candidate_1")}}.dump() + "\n");
    hall.pass(60);
    screen = parent.hear().back();
    CHECK(screen["entry"]["composed"] == 1);
    CHECK(screen["entry"]["candidates"].empty());
    CHECK_FALSE(screen["entry"].dump().contains("为"));  // what was written is not told
    parent.say(json{{"touch", centre_of(screen, "confirm")}}.dump() + "\n");
    hall.pass(60);
    CHECK(hall.answers == 2);
    parent.hear();

    hall.ask(std::get<Sign>(situation("sign").question));
    hall.pass(60);
    screen = parent.hear().back();
    const auto pad = centre_of(screen, "pad");
    parent.say(json{{"down", pad}}.dump() + "\n" + json{{"move", {{"x", pad["x"].get<int>() + 50}, {"y", pad["y"]}, {"ms", 16}}}}.dump() + "\n{\"up\":{}}\n");
    hall.pass(60);
    heard = parent.hear();
    CHECK(heard.front()["id"] == "pad");
    CHECK(heard.back()["entry"]["strokes"] == 1);

    parent.say("{\"picture\":true}\n");
    std::size_t size = 0;
    json picture;
    for (int i = 0; i < 2000 && (picture.is_null() || size < parent.raw); ++i) {
        hall.pass(10);
        for (const auto& line : parent.hear()) picture = line;
        size = parent.in.size();
    }
    CHECK(picture["event"] == "picture");
    REQUIRE(parent.raw == 1080U * 1920U * 3U);
    CHECK(parent.in.size() >= parent.raw);
    CHECK(static_cast<unsigned char>(parent.in[0]) == 0xFF);  // the bar's white in the corner
}

TEST_CASE("a parent that talks nonsense is let go, and the window stays") {
    if (!has_automation()) return;
    for (const std::string& nonsense : {std::string("hello\n"), std::string("{\"touch\":{\"x\":1e99,\"y\":0}}\n"), std::string("{\"touch\":5}\n"),
                                        std::string("[1]\n"), std::string("{}\n"), std::string(max_automation_line + 8192, 'x')}) {
        Parent parent;
        Hall hall(parent.fds[1]);
        hall.ask(std::get<Welcome>(situation("welcome").question));
        hall.pass(60);
        parent.hear();
        for (std::size_t at = 0; at < nonsense.size();) {
            const auto sent = ::send(parent.fds[0], nonsense.data() + at, nonsense.size() - at, MSG_NOSIGNAL);
            if (sent > 0) at += static_cast<std::size_t>(sent);
            else if (errno != EAGAIN) break;
            hall.pass(10);
        }
        hall.pass(60);
        parent.hear();
        char byte = 0;
        CHECK(::recv(parent.fds[0], &byte, 1, 0) == 0);  // closed by the window
        CHECK_FALSE(hall.ended);
        mouse(SDL_MOUSEBUTTONDOWN, 270, 250);
        mouse(SDL_MOUSEBUTTONUP, 270, 250);
        hall.pass(100);
        CHECK(hall.answers == 1);
    }
}

}  // namespace ui::test
