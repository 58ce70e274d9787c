// Secure messaging of ICAO 9303-11, 9.8: commands are encrypted and signed, answers are checked before anybody looks at
// them. The first thing that is wrong ends the session and wipes its keys, as the chip does on its side.
#pragma once
#include "drivers/apdu.hpp"
#include "drivers/emrtd/crypto.hpp"

namespace drivers::emrtd {

/// Plain bytes that one answer can carry: 224 encrypted bytes with their objects and the status word stay below 256.
inline constexpr std::size_t max_secured_chunk = 223;

class SecureMessaging {
  public:
    /// `counter` (SSC) is a block long: from both challenges after BAC, zero after PACE.
    SecureMessaging(CipherKind kind, Secret encryption, Secret mac, Bytes counter);

    /// A plain short command (even INS) as DO87, DO97, DO8E. chip_reset after the session has ended; std::logic_error for
    /// what is no command or does not fit 255 bytes.
    [[nodiscard]] Result<Bytes> protect(View command);
    /// The plain answer. chip_refused for an unprotected status word, document_unreadable for objects that are missing, repeated,
    /// misplaced or misshapen, chip_auth_failed for a wrong MAC (a wrong counter looks the same). Each of them ends the session.
    [[nodiscard]] Result<Answer> open(const Answer& secured);

    [[nodiscard]] bool alive() const { return !mac_.empty(); }
    /// Wipes the keys.
    void end() noexcept;
    [[nodiscard]] View counter() const { return counter_; }

  private:
    [[nodiscard]] Result<Answer> checked(const Answer& secured) const;
    [[nodiscard]] Bytes iv() const;
    [[nodiscard]] Mac sign(View header, View objects) const;
    void count();

    CipherKind kind_;
    Secret encryption_, mac_;
    Bytes counter_;
};

}  // namespace drivers::emrtd
