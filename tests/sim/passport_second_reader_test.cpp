// The passport model read by an implementation that nobody here wrote: Debian's mrtdreader (GPL, a process of its own). It speaks to NFC readers through libnfc,
// so a PN532 is played at the end of a pseudo-terminal (NXP UM0701-02: frames and the handful of commands that libnfc gives), with our chip in its field.
#include "sim/models/passport.hpp"
#include "tests/drivers/fakes.hpp"
#include "tests/programs.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using sim::Bytes;
using sim::View;

Bytes octets(std::initializer_list<int> values) {
    Bytes out;
    for (const int v : values) out.push_back(static_cast<std::byte>(v));
    return out;
}
void add(Bytes& out, View more) { out.insert(out.end(), more.begin(), more.end()); }
int value(std::byte b) { return std::to_integer<int>(b); }

class Pn532 {
  public:
    explicit Pn532(sim::SmartCard& card) : card_(card) {
        master_ = posix_openpt(O_RDWR | O_NOCTTY);
        REQUIRE(master_ >= 0);
        REQUIRE(grantpt(master_) == 0);
        REQUIRE(unlockpt(master_) == 0);
        path = ptsname(master_);
        slave_ = open(path.c_str(), O_RDWR | O_NOCTTY);  // held, or the line would hang up between two openings
        REQUIRE(slave_ >= 0);
        termios raw{};
        REQUIRE(tcgetattr(slave_, &raw) == 0);
        cfmakeraw(&raw);
        REQUIRE(tcsetattr(slave_, TCSANOW, &raw) == 0);
    }
    ~Pn532() {
        close(slave_);
        close(master_);
    }
    Pn532(const Pn532&) = delete;
    Pn532& operator=(const Pn532&) = delete;

    /// Waits at most `limit` for bytes and answers what is complete.
    void serve(std::chrono::milliseconds limit) {
        pollfd line{master_, POLLIN, 0};
        if (poll(&line, 1, static_cast<int>(limit.count())) <= 0 || (line.revents & POLLIN) == 0) return;
        std::byte buffer[512];
        const auto n = ::read(master_, buffer, sizeof buffer);
        if (n > 0) received_.insert(received_.end(), buffer, buffer + n);
        while (take_frame()) {}
    }

    std::string path;
    int exchanges = 0;

  private:
    void send(View bytes) const { REQUIRE(::write(master_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size())); }

    /// 00 FF LEN LCS D4 command ... DCS; longer ones FF FF LEN LEN LCS. Acknowledgements and the wake-up preamble are passed over.
    bool take_frame() {
        const auto start = std::ranges::search(received_, octets({0x00, 0xFF}));
        if (start.empty()) return false;
        auto at = static_cast<std::size_t>(start.begin() - received_.begin()) + 2;
        if (received_.size() < at + 2) return false;
        if (value(received_[at]) == 0x00 && value(received_[at + 1]) == 0xFF) {
            received_.erase(received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(at + 2));
            return true;
        }
        auto size = static_cast<std::size_t>(value(received_[at]));
        at += 2;
        if (size == 0xFF && value(received_[at - 1]) == 0xFF) {
            if (received_.size() < at + 3) return false;
            size = static_cast<std::size_t>(value(received_[at]) << 8 | value(received_[at + 1]));
            at += 3;
        }
        if (received_.size() < at + size + 1) return false;
        const Bytes data(received_.begin() + static_cast<std::ptrdiff_t>(at), received_.begin() + static_cast<std::ptrdiff_t>(at + size));
        received_.erase(received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(at + size + 1));
        if (data.size() >= 2 && value(data[0]) == 0xD4) answer(value(data[1]), View{data}.subspan(2));
        return true;
    }

    void answer(int command, View parameters) {
        Bytes body = octets({0xD5, command + 1});
        add(body, result(command, parameters));
        int sum = 0;
        for (const auto b : body) sum += value(b);
        const auto size = static_cast<int>(body.size());
        Bytes frame = octets({0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00, 0x00, 0x00, 0xFF});  // the acknowledgement, then the answer
        if (size < 0xFF) add(frame, octets({size, 0x100 - size}));
        else add(frame, octets({0xFF, 0xFF, size >> 8, size & 0xFF, (0x100 - ((size >> 8) + (size & 0xFF)) % 0x100) & 0xFF}));
        add(frame, body);
        add(frame, octets({(0x100 - sum % 0x100) & 0xFF, 0x00}));
        send(frame);
    }

    Bytes result(int command, View parameters) {
        switch (command) {
            case 0x00: return {parameters.begin(), parameters.end()};  // Diagnose: the line echoes
            case 0x02: return octets({0x32, 0x01, 0x06, 0x07});        // GetFirmwareVersion
            case 0x06: return Bytes(parameters.size() / 2);            // ReadRegister
            case 0x4A: {                                               // InListPassiveTarget: one card of type A that speaks ISO 14443-4
                (void)card_.reset();
                return octets({0x01, 0x01, 0x00, 0x04, 0x20, 0x04, 0x08, 0x11, 0x22, 0x33, 0x05, 0x78, 0x80, 0x70, 0x02});
            }
            case 0x40: {  // InDataExchange
                ++exchanges;
                sim::Time took{};
                Bytes out = octets({0x00});
                const Bytes answered = card_.answer(parameters.subspan(1), took);
                if (answered.empty()) return octets({0x01});  // time-out
                add(out, answered);
                return out;
            }
            case 0x16:
            case 0x44:
            case 0x52: return octets({0x00});  // PowerDown, InDeselect, InRelease: status
            default: return {};                // SAMConfiguration, SetParameters, RFConfiguration, WriteRegister
        }
    }

    sim::SmartCard& card_;
    int master_ = -1, slave_ = -1;
    Bytes received_;
};

std::string content_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// Runs it in `folder` against the played reader; what it wrote. Ended after ten seconds at the latest.
std::string run_mrtdreader(Pn532& reader, const std::filesystem::path& folder, const std::string& key) {
    const auto output = folder / "output.txt";
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const int out = open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (out < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0 || chdir(folder.c_str()) != 0) _exit(126);
        setenv("LIBNFC_DEVICE", ("pn532_uart:" + reader.path).c_str(), 1);
        setenv("LIBNFC_DEFAULT_DEVICE", ("pn532_uart:" + reader.path).c_str(), 1);
        setenv("LIBNFC_AUTO_SCAN", "false", 1);
        execlp("mrtdreader", "mrtdreader", key.c_str(), nullptr);
        _exit(127);
    }
    const auto until = std::chrono::steady_clock::now() + 10s;
    int state = 0;
    while (waitpid(child, &state, WNOHANG) == 0) {
        reader.serve(20ms);
        if (std::chrono::steady_clock::now() < until) continue;
        kill(child, SIGKILL);
        waitpid(child, &state, 0);
        break;
    }
    return content_of(output);
}

bool installed() { return std::system("command -v mrtdreader > /dev/null 2>&1") == 0; }

sim::PassportDescription traveller() {
    return {.issuer = "UTO", .nationality = "UTO", .number = "L898902C3", .surname = "ERIKSSON", .given = "ANNA MARIA", .sex = 'F', .birth = "19740812", .expiry = "20320415"};
}

}  // namespace

TEST_CASE("mrtdreader, which nobody here wrote, reads our passport by BAC: zone, security object, portrait") {
    if (!installed()) {
        MESSAGE("skipped: mrtdreader is not installed (apt-get install mrtdreader)");
        return;
    }
    const auto d = traveller();
    const auto chip = sim::PassportOffice({.seed = 12}).issue(d);
    Pn532 reader(*chip);
    const tests::Folder folder("mrtd");
    const auto output = run_mrtdreader(reader, folder.path, sim::mrz_key_text(d));
    INFO(output);
    CHECK(output.find("Challenge successful!") != std::string::npos);
    for (const char* listed : {"Found: EF_DG1\n", "Found: EF_DG2\n", "Found: EF_DG11\n", "Found: EF_DG12\n"}) CHECK(output.find(listed) != std::string::npos);
    std::string sod;
    for (const auto b : chip->file(0x011D)) sod += fmt::format("{:02x}", value(b));
    CHECK(output.find("File content: " + sod) != std::string::npos);
    const auto lines = sim::mrz_lines(d);
    CHECK(output.find(lines[0] + lines[1]) != std::string::npos);
    const auto picture = content_of(folder.path / "image.jpg");
    const auto portrait = chip->description().portrait;
    CHECK(portrait.size() > 1000);
    CHECK(std::ranges::equal(std::as_bytes(std::span{picture}), portrait));
    CHECK(reader.exchanges > 20);
}

TEST_CASE("mrtdreader with another expiry date is turned away by our passport") {
    if (!installed()) {
        MESSAGE("skipped: mrtdreader is not installed (apt-get install mrtdreader)");
        return;
    }
    auto d = traveller();
    const auto chip = sim::PassportOffice({.seed = 12}).issue(d);
    Pn532 reader(*chip);
    const tests::Folder folder("mrtd");
    d.expiry = "20320416";
    const auto output = run_mrtdreader(reader, folder.path, sim::mrz_key_text(d));
    INFO(output);
    CHECK(output.find("Challenge failed") != std::string::npos);
    CHECK(chip->failed_attempts() == 1);
    CHECK(!std::filesystem::exists(folder.path / "image.jpg"));
}
