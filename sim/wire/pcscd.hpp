// A private run of the distribution's pcscd: own configuration, own socket, own /run/pcscd where the kernel allows it. No other
// pcscd of the machine is touched.
#pragma once
#include <expected>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace sim {

class PrivatePcscd {
  public:
    struct Reader {
        std::string name;    ///< "Liqu ID Reader"
        std::string device;  ///< CardSlots::device()
    };
    struct Setup {
        std::filesystem::path directory;  ///< private, exists, short: it will hold pcscd.comm, reader.conf.d, pcscd.log
        std::filesystem::path handler;    ///< libifd-liqu.so
        std::vector<Reader> readers;
        std::filesystem::path program = "/usr/sbin/pcscd";
    };
    explicit PrivatePcscd(Setup setup) : setup_(std::move(setup)) {}
    ~PrivatePcscd() { stop(); }
    PrivatePcscd(const PrivatePcscd&) = delete;
    PrivatePcscd& operator=(const PrivatePcscd&) = delete;

    /// Starts it, with a listening socket already bound, so that clients can connect at once. The daemon dies with the thread that called this.
    /// A sentence on failure. Does nothing while it runs.
    [[nodiscard]] std::expected<void, std::string> start();
    /// SIGTERM, then SIGKILL after 3 s. Clients then get SCARD_E_NO_SERVICE.
    void stop();
    /// SIGKILL: the daemon had no time to say anything.
    void kill();
    [[nodiscard]] std::expected<void, std::string> restart() {
        stop();
        return start();
    }
    [[nodiscard]] bool running();
    /// For PCSCLITE_CSOCK_NAME of every client.
    [[nodiscard]] std::filesystem::path client_socket() const { return setup_.directory / "pcscd.comm"; }
    [[nodiscard]] std::filesystem::path log() const { return setup_.directory / "pcscd.log"; }

  private:
    [[nodiscard]] std::expected<void, std::string> write_configuration() const;
    [[nodiscard]] std::expected<int, std::string> bind_socket() const;
    void await_end(int milliseconds);

    Setup setup_;
    pid_t pid_ = -1;
};

}  // namespace sim
