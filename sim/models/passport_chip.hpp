// Inside a passport's chip: what it holds and where its conversation stands. For the passport model only.
#pragma once
#include "sim/models/passport_files.hpp"
#include "sim/models/passport_session.hpp"

#include <variant>

namespace sim {

/// What the office writes into a chip.
struct PassportContents {
    PassportDescription printed;
    passport::Files files;
    std::string mrz_key, can;
    std::optional<Bytes> agreement_key;                        ///< of chip authentication
    std::optional<std::variant<Bytes, passport::RsaKey>> proof_key;  ///< of active authentication: a P-256 scalar, or RSA
    std::uint64_t seed = 1;
};

struct PassportChip::Impl {
    explicit Impl(PassportContents contents_) : contents(std::move(contents_)), dice(contents.seed) {}

    PassportContents contents;
    Dice dice;
    Bytes uid;
    int commands = 0, failed_attempts = 0, proofs = 0;
    Access access = Access::closed;
    bool muted = false;
    std::size_t most_read = 256;  ///< the owner's, of the command at hand

    /// What ends with the field or a reset.
    bool in_application = false;
    int file = 0;  ///< selected; 0 none
    std::optional<passport::SecureSession> session, next_session;
    Access next_access = Access::closed;
    Bytes challenge;
    struct Pace {
        PaceVariant variant;
        passport::Curve curve;
        Bytes password_key;
        int step = 0;
        Bytes nonce{}, generator{}, own_public{}, their_public{}, mac_key{}, secret{};
    };
    std::optional<Pace> pace;
    bool agreement_chosen = false;

    void forget();
    void end_session();
    [[nodiscard]] Bytes transmit(View apdu, Time& took, bool is_passport);
    [[nodiscard]] passport::Reply plain(const passport::Command& c, Time& took);
    [[nodiscard]] passport::Reply secured(const passport::Command& c, Time& took);
    [[nodiscard]] passport::Reply select(const passport::Command& c);
    [[nodiscard]] passport::Reply read_binary(const passport::Command& c, Time& took);
    [[nodiscard]] bool is_open() const { return session.has_value(); }

    // passport_access.cpp
    [[nodiscard]] passport::Reply get_challenge(const passport::Command& c);
    [[nodiscard]] passport::Reply external_authenticate(const passport::Command& c, Time& took);
    [[nodiscard]] passport::Reply set_pace(const passport::Command& c);
    [[nodiscard]] passport::Reply pace_step(const passport::Command& c, Time& took);
    [[nodiscard]] std::optional<Bytes> pace_answer(Pace& p, View their_value, passport::Status& status);
    void start(passport::SecureSession fresh, Access how);
    void count_failure(Time& took);

    // passport_proof.cpp
    [[nodiscard]] passport::Reply choose_agreement(const passport::Command& c, Time& took);
    [[nodiscard]] passport::Reply agree(View their_public, Time& took);
    [[nodiscard]] passport::Reply agreement_step(const passport::Command& c, Time& took);
    [[nodiscard]] passport::Reply prove(const passport::Command& c, Time& took);
};

}  // namespace sim
