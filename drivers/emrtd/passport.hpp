// A session with one passport's chip: power up, open it (PACE where offered, else BAC), read its files. One at a time.
#pragma once
#include "drivers/emrtd/access_key.hpp"
#include "drivers/emrtd/files.hpp"
#include "drivers/emrtd/lds.hpp"
#include "drivers/random.hpp"

namespace drivers::emrtd {

enum class Access { closed, bac, pace };

/// Not genuine by itself: that the chip's data were signed by the issuing state (passive authentication) is another question.
class Passport {
  public:
    Passport(CardReader& reader, Random& random) : reader_(reader), random_(random), channel_(reader) {}
    ~Passport() { close(); }
    Passport(const Passport&) = delete;
    Passport& operator=(const Passport&) = delete;

    /// Powers up, chooses and runs the access protocol, selects the application. `limit` is of the power-up and of each command.
    /// A chip that offers PACE which we speak is never opened by BAC: a failure there is final (no downgrade). `key` outlives the call.
    awaitable<Result<Access>> open(const AccessKey& key, Duration limit);
    /// document_not_supported when the chip has no such file; chip_reset before open() and after secure messaging has ended.
    awaitable<Result<Bytes>> read(File file, Duration limit);
    awaitable<Result<FileList>> read_list(Duration limit);
    awaitable<Result<std::string>> read_mrz(Duration limit);
    awaitable<Result<Portrait>> read_portrait(Duration limit);
    /// For protocols inside the session (copy_check.hpp).
    [[nodiscard]] Channel& channel() { return channel_; }
    /// Wipes the session keys and powers the chip down; may be called at any time.
    void close() noexcept;

  private:
    awaitable<Result<Access>> open_channel(const AccessKey& key, Duration limit);

    CardReader& reader_;
    Random& random_;
    Channel channel_;
};

}  // namespace drivers::emrtd
