// The vendor's decoder as a process of its own, with small scripts in its place: good, silent, too much, wrong, crashing, hanging; and that it is shut in.
#include "drivers/resident_id/wlt_decoder.hpp"
#include "tests/drivers/fakes.hpp"

#include <fstream>
#include <fcntl.h>
#include <unistd.h>

using namespace test;
using namespace std::chrono_literals;

namespace {
std::string good_bmp() {
    std::string bmp(wlt_bmp_bytes, '\x55');
    const unsigned char head[] = {'B', 'M', 0xCE, 0x97, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 102, 0, 0, 0, 126, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0};
    std::copy(std::begin(head), std::end(head), bmp.begin());
    return bmp;
}

struct Desk {
    std::filesystem::path folder;
    asio::io_context io;
    std::unique_ptr<Clock> clock = make_real_clock();
    Desk() {
        std::string name = std::filesystem::temp_directory_path() / "liqu-wlt-XXXXXX";
        REQUIRE(mkdtemp(name.data()));
        folder = name;
        std::ofstream(folder / "good.bmp") << good_bmp();
    }
    ~Desk() {
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;
    [[nodiscard]] std::string at(const std::string& name) const { return (folder / name).string(); }
    /// A shell script as the decoder; "decoded" or the fault.
    std::string run_script(const std::string& lines, Duration deadline = 3s, Bytes wlt = Bytes(wlt_bytes, std::byte{0x57}), std::size_t memory = 256u << 20) {
        const auto program = at("decoder");
        std::ofstream(program) << "#!/bin/sh\n" << lines << "\n";
        std::filesystem::permissions(program, std::filesystem::perms::owner_all);
        const auto bmp = run(io, decode_wlt(*clock, {.program = program, .deadline = deadline, .memory_bytes = memory, .cpu_seconds = 1}, std::move(wlt)));
        if (!bmp) return fmt::format("{}: {}", name_of(bmp.error().code), bmp.error().detail);
        CHECK(to_string(*bmp) == good_bmp());
        return "decoded";
    }
};
}  // namespace

TEST_CASE("WLT: which picture is one") {
    const auto good = good_bmp();
    CHECK(is_wlt_bmp(as_view(good)));
    CHECK_FALSE(is_wlt_bmp({}));
    CHECK_FALSE(is_wlt_bmp(as_view(good).first(wlt_bmp_bytes - 1)));
    for (const std::size_t at : {0u, 1u, 2u, 5u, 10u, 14u, 18u, 22u, 26u, 28u, 30u}) {
        auto bad = good;
        bad[at] ^= 1;
        CHECK_FALSE(is_wlt_bmp(as_view(bad)));
    }
    auto from_above = good;
    from_above[22] = '\x82';
    for (const std::size_t at : {23u, 24u, 25u}) from_above[at] = '\xFF';
    CHECK(is_wlt_bmp(as_view(from_above)));
}

TEST_CASE("WLT: a decoder that works gets 1024 bytes and gives the picture") {
    Desk desk;
    CHECK(desk.run_script("test $(wc -c) = 1024 || exit 9\nexec cat " + desk.at("good.bmp")) == "decoded");
    CHECK(desk.run_script("cat " + desk.at("good.bmp")) == "decoded");  // does not even look at its input
    CHECK(desk.run_script("", 3s, Bytes(1023)) == "photo_not_encodable: WLT decoder: a photograph of 1023 bytes");
}

TEST_CASE("WLT: a decoder that fails, in every way, is said and left behind") {
    Desk desk;
    CHECK(desk.run_script("exit 0") == "photo_not_encodable: WLT decoder: 0 bytes that are no picture of 102 x 126");
    CHECK(desk.run_script("cat " + desk.at("good.bmp") + "; exit 3") == "photo_not_encodable: WLT decoder: exit code 3");
    CHECK(desk.run_script("head -c 38861 " + desk.at("good.bmp")) == "photo_not_encodable: WLT decoder: 38861 bytes that are no picture of 102 x 126");
    CHECK(desk.run_script("head -c 38862 /dev/zero") == "photo_not_encodable: WLT decoder: 38862 bytes that are no picture of 102 x 126");
    CHECK(desk.run_script("cat /dev/zero") == "photo_not_encodable: WLT decoder: more than 38862 bytes");
    const auto before = desk.clock->steady();
    CHECK(desk.run_script("sleep 20", 150ms) == "time_out: WLT decoder: not ready within 150 ms");
    CHECK(desk.run_script("exec >&-; sleep 20", 150ms) == "time_out: WLT decoder: not ready within 150 ms");  // silent, but not gone
    CHECK(desk.run_script("sleep 20 & exit 0", 250ms) == "time_out: WLT decoder: not ready within 250 ms");       // its child holds the pipe
    CHECK(desk.clock->steady() - before < 3s);
    CHECK(desk.run_script("while :; do :; done", 5s) == "photo_not_encodable: WLT decoder: killed by signal 9");  // one second of computing
    const auto fault = [&](const std::string& program) { return fault_in(run(desk.io, decode_wlt(*desk.clock, {.program = program}, Bytes(wlt_bytes)))); };
    CHECK(fault("decoder") == "bad_configuration");
    CHECK(fault("/nonexistent") == "bad_configuration");
    std::ofstream(desk.folder / "no-program") << "no program";
    std::filesystem::permissions(desk.folder / "no-program", std::filesystem::perms::owner_all);
    CHECK(fault(desk.at("no-program")) == "photo_not_encodable");
}

TEST_CASE("WLT: the decoder writes no file, sees no descriptor and no environment, signals nobody, and has little memory") {
    Desk desk;
    const auto good = "cat " + desk.at("good.bmp");
    CHECK(desk.run_script("echo x > " + desk.at("written") + "\n" + good).starts_with("photo_not_encodable: WLT decoder: killed by signal 25"));
    std::error_code none;
    CHECK(std::filesystem::file_size(desk.folder / "written", none) == 0);
    CHECK(desk.run_script("rm " + desk.at("good.bmp") + " 2>/dev/null && exit 5\n" + good) == "decoded");
    CHECK(desk.run_script(fmt::format("kill -0 {} && exit 5\n", ::getpid()) + good) == "decoded");
    ::setenv("LIQU_WLT_TEST", "secret", 1);
    CHECK(desk.run_script("test -z \"$LIQU_WLT_TEST\" || exit 5\n" + good) == "decoded");
    ::unsetenv("LIQU_WLT_TEST");
    const int kept = ::open((desk.folder / "good.bmp").c_str(), O_RDONLY);  // not close-on-exec
    CHECK(desk.run_script("for f in /proc/self/fd/*; do case ${f##*/} in 0|1|2|3|10) ;; *) test -e $f && exit 5;; esac; done\n" + good) == "decoded");
    ::close(kept);
    const std::string greedy = "v=$(head -c 20000000 /dev/zero | tr '\\0' 'x')\ntest ${#v} -lt 20000000 || exit 5\n" + good;
    CHECK(desk.run_script(greedy) == "photo_not_encodable: WLT decoder: exit code 5");
    CHECK(desk.run_script(greedy, 3s, Bytes(wlt_bytes), 16u << 20) != "photo_not_encodable: WLT decoder: exit code 5");
    if (std::system("command -v python3 >/dev/null 2>&1") == 0)
        CHECK(desk.run_script("python3 -c 'import socket; socket.socket()' && exit 5\n" + good) == "decoded");
}
