// One detector is set up for all the files of a call. Pictures and verdicts go to standard output, sentences to standard error; nothing is logged.
#include "kiosk/ctl/photo.hpp"

#include "camera/portrait.hpp"
#include "camera/quality/detectors.hpp"
#include "camera/still.hpp"
#include "kiosk/config.hpp"

#include <csignal>
#include <fstream>
#include <iostream>
#include <unistd.h>

namespace ctl {

namespace {
using camera::Finding;
using camera::StillVerdict;
using nlohmann::ordered_json;
constexpr int done = 0, refused = 1, usage = 2;
constexpr drivers::Duration live_start_limit = std::chrono::seconds(10), live_retry_pause = std::chrono::seconds(1);

int complain(const std::string& why, int code) {
    std::cerr << "liqu-ctl: " << why << '\n';
    return code;
}

/// Judging needs rules and one finder; rules come from a configuration only when one was named.
struct Desk {
    camera::PortraitRules rules;
    std::unique_ptr<camera::FaceFinder> finder;
};

drivers::Result<Desk> open_desk(const std::string& config) {
    Desk desk;
    if (!config.empty()) {
        auto read = kiosk::load_config(config);
        if (!read) return std::unexpected(read.error());
        desk.rules = read->photo;
    }
    cv::setNumThreads(1);
    auto finder = camera::make_face_finder(desk.rules.detector);
    if (!finder) return std::unexpected(finder.error());
    desk.finder = std::move(*finder);
    return desk;
}

ordered_json as_json(const std::string& file, std::string_view verdict, const std::vector<Finding>& findings, const camera::Measures* measures) {
    ordered_json reasons = ordered_json::array(), values = ordered_json::object();
    for (const auto& f : findings) reasons.push_back({{"code", name_of(f.reason)}, {"measured", f.measured}, {"limit", f.limit}, {"side", name_of(f.side)}});
    if (measures)
        for (const auto& [name, value] : camera::listed(*measures)) values[name] = value;
    return {{"file", file}, {"verdict", verdict}, {"reasons", reasons}, {"measures", values}};
}

/// File names may be any bytes; JSON may not.
std::string dumped(const ordered_json& line) { return line.dump(-1, ' ', false, ordered_json::error_handler_t::replace); }

std::string in_words(const Finding& f) {
    std::string out = fmt::format("{} {:.3g} (limit {:.3g})", name_of(f.reason), f.measured, f.limit);
    if (f.side != camera::Side::none) out += fmt::format(" {}", name_of(f.side));
    return out;
}

void print(const std::string& file, const StillVerdict& verdict, bool json) {
    if (json) {
        std::cout << dumped(as_json(file, name_of(verdict.verdict), verdict.findings, &verdict.measures)) << '\n';
        return;
    }
    std::cout << file << ": " << name_of(verdict.verdict) << '\n';
    for (const auto& f : verdict.findings) std::cout << "  " << in_words(f) << (advisory(f.reason) ? ", a warning" : "") << '\n';
    std::cout << "  measures:";
    for (const auto& [name, value] : camera::listed(verdict.measures)) std::cout << fmt::format(" {}={:.4g}", name, value);
    std::cout << '\n';
}

void print_unreadable(const std::string& file, const std::string& why, bool json) {
    std::cerr << "liqu-ctl: " << file << ": " << why << '\n';
    if (json) {
        auto line = as_json(file, "refuse", {}, nullptr);
        line["reasons"].push_back({{"code", "not_readable"}, {"measured", 0}, {"limit", 0}, {"side", "none"}});
        std::cout << dumped(line) << '\n';
    } else {
        std::cout << file << ": refuse\n  not_readable\n";
    }
}

int check(const std::string& config, const std::vector<std::string>& files, bool json) {
    auto desk = open_desk(config);
    if (!desk) return complain(desk.error().detail, usage);
    int code = done;
    for (const auto& file : files) {
        const auto still = camera::read_still(file);
        if (!still) {
            print_unreadable(file, still.error().detail, json);
            code = refused;
            continue;
        }
        const auto verdict = camera::judge_still(*still, *desk->finder, desk->rules);
        print(file, verdict, json);
        std::cout.flush();
        if (verdict.verdict == StillVerdict::Verdict::refuse) code = refused;
    }
    return code;
}

/// Beside the target first, so that a half-written portrait never bears its name; then read again.
drivers::Result<void> write_checked(const std::filesystem::path& out, const drivers::Bytes& jpeg, const camera::PortraitRules& rules) {
    const auto fail = [](std::string why) { return drivers::fail(drivers::FaultCode::disk_error, std::move(why)); };
    const std::filesystem::path beside = out.string() + fmt::format(".{}.part", ::getpid());
    std::ofstream file(beside, std::ios::binary);
    file.write(reinterpret_cast<const char*>(jpeg.data()), static_cast<std::streamsize>(jpeg.size()));
    file.close();
    std::error_code error;
    if (file.good()) std::filesystem::rename(beside, out, error);
    if (!file.good() || error) {
        std::error_code ignored;
        std::filesystem::remove(beside, ignored);
        return fail(out.string() + " cannot be written");
    }
    drivers::Bytes again(jpeg.size());
    std::ifstream in(out, std::ios::binary);
    if (!in.read(reinterpret_cast<char*>(again.data()), static_cast<std::streamsize>(again.size())) || in.peek() != std::ifstream::traits_type::eof() || again != jpeg)
        return fail(out.string() + " does not hold what was written");
    return camera::check_portrait(again, rules);
}

int make(const std::string& config, const std::string& in, const std::string& out, bool anyway) {
    auto desk = open_desk(config);
    if (!desk) return complain(desk.error().detail, usage);
    const auto still = camera::read_still(in);
    if (!still) return complain(in + ": " + still.error().detail, refused);
    const auto verdict = camera::judge_still(*still, *desk->finder, desk->rules);
    for (const auto& f : verdict.findings) std::cerr << "liqu-ctl: " << in << ": " << in_words(f) << (advisory(f.reason) ? ", a warning" : "") << '\n';
    const bool refusing = verdict.verdict == StillVerdict::Verdict::refuse;
    if (verdict.measures.faces.empty() || (refusing && !anyway)) return complain(in + ": no official photograph can be made of it", refused);
    const auto portrait = camera::make_portrait(*still, verdict.measures.faces.front(), *desk->finder, desk->rules);
    if (!portrait) return complain(in + ": " + portrait.error().detail, refused);
    if (const auto written = write_checked(out, portrait->jpeg, desk->rules); !written) return complain(written.error().detail, refused);
    std::cout << fmt::format("{}: {} x {}, {} dpi, {} bytes, SHA-256 {}", out, desk->rules.width, desk->rules.height, desk->rules.dpi, portrait->jpeg.size(), drivers::hex(portrait->sha256));
    if (portrait->flat_field > 1) std::cout << fmt::format(", flat-field gain up to {:.2f}", portrait->flat_field);
    std::cout << (refusing ? ", in spite of its verdict\n" : "\n");
    return done;
}

std::string line_of(const camera::Observation& seen) {
    std::string line = seen.acceptable() ? fmt::format("good, held {:3.0f} %", 100 * seen.held) : "refuse";
    for (const auto& f : seen.findings) line += "; " + in_words(f);
    if (seen.guidance) line += fmt::format("  -> {}", name_of(seen.guidance->reason));
    return line;
}

/// A line that updates on a terminal; a line for each change elsewhere.
class Ticker {
  public:
    void show(const std::string& line) {
        if (terminal_) std::cout << "\r\033[K" << line << std::flush;
        else if (line != last_) std::cout << line << std::endl;
        last_ = line;
    }
    ~Ticker() {
        if (terminal_) std::cout << '\n';
    }

  private:
    bool terminal_ = ::isatty(STDOUT_FILENO) == 1;
    std::string last_;
};

asio::awaitable<void> watch(camera::Camera& cam, drivers::Clock& clock, int& code) {
    Ticker ticker;
    code = refused;
    if (const auto started = co_await cam.start(live_start_limit); !started) {
        complain(fmt::format("{}: {}", name_of(started.error().code), started.error().detail), refused);
        co_return;
    }
    for (std::uint64_t last = 0;;) {
        auto seen = co_await cam.next(last);
        if (seen) {
            last = seen->frame;
            code = done;
            ticker.show(line_of(*seen));
            drivers::wipe(std::as_writable_bytes(std::span{seen->preview_rgb}));
        } else {
            ticker.show(fmt::format("{}: {}", name_of(seen.error().code), seen.error().detail));
            co_await clock.sleep(live_retry_pause);
        }
    }
}

int live(const std::string& config, const std::string& uri) {
    kiosk::Config read;
    if (!config.empty()) {
        auto loaded = kiosk::load_config(config);
        if (!loaded) return complain(loaded.error().detail, usage);
        read = std::move(*loaded);
    }
    asio::io_context io;
    const auto clock = drivers::make_real_clock();
    asio::signal_set signals(io, SIGINT, SIGTERM);  // outlives the camera: a second Ctrl-C does not interrupt giving the device back
    auto cam = camera::make_opencv_camera(io.get_executor(), *clock, uri.empty() ? read.camera : uri, read.photo);
    int code = refused;
    signals.async_wait([&](const std::error_code& error, int) {
        if (!error) io.stop();
    });
    asio::co_spawn(io, watch(*cam, *clock, code), [&](const std::exception_ptr&) { io.stop(); });
    io.run();
    cam->stop();
    return code;
}
}  // namespace

void add_photo(CLI::App& app, const CLI::Option& config_given, const std::string& config, int& result) {
    struct Arguments {
        std::vector<std::string> files;
        std::string in, out, uri;
        bool json = false, anyway = false;
    };
    const auto a = std::make_shared<Arguments>();
    // The default configuration is the kiosk's: stills are judged on any machine, with the social security card's numbers.
    const auto named = [&config_given, &config] { return config_given.count() ? config : std::string(); };
    auto* photo = app.add_subcommand("photo", "judges photographs, makes the official crop, shows the camera's verdict");
    photo->require_subcommand(1);
    auto* checking = photo->add_subcommand("check", "verdict, reasons and measures of picture files; left and right are those of the picture");
    checking->add_option("FILE", a->files)->required();
    checking->add_flag("--json", a->json, "one object per line");
    checking->callback([a, named, &result] { result = check(named(), a->files, a->json); });
    auto* making = photo->add_subcommand("make", "writes the official crop of a picture, or says why not");
    making->add_option("IN", a->in)->required();
    making->add_option("OUT", a->out, "a JPEG")->required();
    making->add_flag("--anyway", a->anyway, "in spite of a refusing verdict, as long as there is a face: for looking at the geometry");
    making->callback([a, named, &result] { result = make(named(), a->in, a->out, a->anyway); });
    auto* living = photo->add_subcommand("live", "the configured camera's verdict as a line that updates; Ctrl-C ends");
    living->add_option("--camera", a->uri, "another camera: v4l2:/dev/videoN, http://..., file:DIR");
    living->callback([a, &config, named, &result] { result = live(a->uri.empty() ? config : named(), a->uri); });
}

}  // namespace ctl
