// The kiosk's own keys: one file of the data directory that only the kiosk reads, made on first use. Layout: "liqu key 1\n", Ed25519 seed (32 bytes),
// hash key (32 bytes). In production the directory is a systemd credential (security checklist, item 9); the layout is the same.
#include "kiosk/issuing/issuing.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <system_error>

namespace kiosk {

namespace {
constexpr std::string_view magic = "liqu key 1\n";
constexpr std::size_t seed_size = 32, hash_key_size = 32, file_size = magic.size() + seed_size + hash_key_size, public_key_size = 32;

class File {
  public:
    explicit File(int fd) : fd_(fd) {}
    ~File() { close(); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] bool open() const { return fd_ >= 0; }
    bool close() {
        const int fd = std::exchange(fd_, -1);
        return fd < 0 || ::close(fd) == 0;
    }

  private:
    int fd_;
};

std::unexpected<Fault> disk(std::string_view what) {
    const int error = errno;
    const auto code = error == ENOSPC || error == EDQUOT ? FaultCode::disk_full : FaultCode::disk_error;
    return drivers::fail(code, fmt::format("kiosk.key: {}: {}", what, std::generic_category().message(error)));
}

bool write_all(int fd, View bytes) {
    while (!bytes.empty()) {
        const auto n = ::write(fd, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
    return true;
}

/// Whole or not at all: written beside, synced, renamed, and the directory synced, so that a power cut never leaves half a key.
Result<void> make_file(const std::filesystem::path& dir, View content) {
    const auto beside = dir / "kiosk.key.new";
    ::unlink(beside.c_str());  // of a start that was cut off: it was never used
    File file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.open()) return disk("cannot be created");
    if (!write_all(file.get(), content) || ::fsync(file.get()) != 0 || !file.close()) return disk("cannot be written");
    if (::rename(beside.c_str(), (dir / "kiosk.key").c_str()) != 0) return disk("cannot be named");
    File parent(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!parent.open() || ::fsync(parent.get()) != 0) return disk("its directory cannot be synced");
    return {};
}

/// Nothing when there is no file.
Result<std::optional<Secret>> read_file(const std::filesystem::path& file_name) {
    const File file(::open(file_name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file.open() && errno == ENOENT) return std::nullopt;
    if (!file.open()) return disk("cannot be opened");
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return disk("cannot be examined");
    if (!S_ISREG(status.st_mode) || status.st_uid != ::geteuid() || (status.st_mode & 07777) != 0600)
        return drivers::fail(FaultCode::bad_configuration, fmt::format("kiosk.key: mode {:04o}; an own regular file of mode 0600 is wanted", status.st_mode & 07777));
    if (status.st_size != static_cast<off_t>(file_size)) return drivers::fail(FaultCode::bad_configuration, fmt::format("kiosk.key: {} bytes, {} wanted", status.st_size, file_size));
    Bytes content(file_size);
    for (std::size_t at = 0; at < content.size();) {
        const auto n = ::read(file.get(), content.data() + at, content.size() - at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return disk("cannot be read");
        at += static_cast<std::size_t>(n);
    }
    return Secret{std::move(content)};
}
}  // namespace

Result<KeyRing> load_keys(const std::filesystem::path& data_dir, Bytes centre_sign, Bytes centre_seal, drivers::Random& random) {
    if (centre_sign.size() != public_key_size || centre_seal.size() != public_key_size)
        return drivers::fail(FaultCode::bad_configuration, "the centre's sign key and seal key have 32 bytes each");
    if (sodium_init() < 0) return drivers::fail(FaultCode::internal, "libsodium does not start");
    auto found = read_file(data_dir / "kiosk.key");
    if (!found) return std::unexpected(std::move(found.error()));
    if (!*found) {
        auto content = drivers::to_bytes(magic);
        content.reserve(file_size);
        content.resize(file_size);
        random.fill(std::span{content}.subspan(magic.size()));
        Secret fresh{std::move(content)};
        if (auto made = make_file(data_dir, fresh.view()); !made) return std::unexpected(std::move(made.error()));
        *found = std::move(fresh);
    }
    const auto content = (*found)->view();
    if (!std::ranges::equal(content.first(magic.size()), drivers::as_view(magic))) return drivers::fail(FaultCode::bad_configuration, "kiosk.key: not a key file of this version");
    Bytes sign_public(crypto_sign_PUBLICKEYBYTES);
    Bytes sign_secret(crypto_sign_SECRETKEYBYTES);
    crypto_sign_seed_keypair(reinterpret_cast<unsigned char*>(sign_public.data()), reinterpret_cast<unsigned char*>(sign_secret.data()),
                             reinterpret_cast<const unsigned char*>(content.subspan(magic.size(), seed_size).data()));
    return KeyRing{.sign_secret = Secret{std::move(sign_secret)},
                   .sign_public = std::move(sign_public),
                   .centre_sign = std::move(centre_sign),
                   .centre_seal = std::move(centre_seal),
                   .hash_key = Secret{drivers::to_bytes(content.last(hash_key_size))}};
}

}  // namespace kiosk
