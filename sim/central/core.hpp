// The inside of Central, shared by its rooms: central.cpp (who may speak), enquiries.cpp, attempts.cpp, outcomes.cpp, operators.cpp.
#pragma once
#include "sim/central/central.hpp"
#include "sim/central/codec.hpp"
#include "sim/central/store.hpp"

namespace sim {

inline constexpr int max_attempts = 5;                      ///< of an application
inline constexpr int max_cryptograms = 10;                  ///< of an attempt
inline constexpr int max_restarts = 4;                      ///< of a personalisation, at its resume points
inline constexpr std::int64_t clock_tolerance_s = 120;      ///< between a kiosk's clock and ours
inline constexpr std::int64_t read_only_lifetime_s = 86'400;  ///< a nonce is remembered no longer
inline constexpr int max_nonces = 10'000;                   ///< remembered of one kiosk; more are "busy"
inline constexpr int chain_points_kept = 1'000;             ///< audit heads remembered of one ledger
inline constexpr std::int64_t match_lifetime_s = 3'600;     ///< a verify's reference serves an apply so long

/// A row of `attempts`.
struct Attempt {
    Bytes application;
    int attempt = 0;
    std::string kiosk, state, card_number;
    std::int64_t issued = 0, expires = 0;
    Bytes chip, atr;
    int cryptograms = 0;
};
/// A row of `applications` with its highest attempt.
struct ApplicationFile {
    Bytes id, portrait;
    std::string person, kiosk, bank, mobile;
    Attempt last;
    std::string photo_warnings;  ///< names, separated by spaces
    int flat_field = 1000;
    std::string document{}, evidence{}, guardian{};
};

struct CardRecord;
/// What goes into the chip of an attempt; the error: why it does not fit.
[[nodiscard]] std::expected<std::vector<CardRecord>, std::string> records_of(const CentralSetup& setup, const RegisterEntry& person, const Attempt& attempt);
/// Where the personalisation of an attempt stands (personalise.cpp).
struct Dialogue;

/// What an accepted or disputed outcome means.
struct Judgement {
    std::string reason{};  ///< empty: accepted
    bool activate = false;
    bool settles = false;  ///< a reconciled outcome closes the attempt's parked dispute
};

struct Central::Impl {
    CentralSetup setup;
    std::unique_ptr<Store> store;
    std::map<std::string, int> refusals;

    [[nodiscard]] std::int64_t now() const { return setup.now(); }
    [[nodiscard]] Bytes random_bytes(std::size_t n) const;

    // ---- central.cpp ----
    std::expected<void, std::string> begin();
    Bytes handle(View request);
    Asked<Bytes> answer(View request, std::string& type);
    Asked<cbor::Json> act(const RequestHeader& header, const RequestBody& body, View opened);
    /// The stored reply, if this question was answered before; payload_changed when its key was used for another.
    Asked<std::optional<Bytes>> remembered(const Envelope& e, View request, View opened);
    void remember(const RequestHeader& h, View request, View opened, View body, View reply);
    Asked<void> note_nonce(const RequestHeader& h);

    // ---- enquiries.cpp ----
    Asked<cbor::Json> hello(const RequestHeader& h, const HelloBody& b);
    Asked<cbor::Json> inquire(const InquireBody& b);
    /// Status, place and day; the application that can be resumed, where there is one.
    [[nodiscard]] cbor::Json told_of(const RegisterEntry& person);
    Asked<cbor::Json> verify(const RequestHeader& h, const VerifyBody& b);
    Asked<cbor::Json> status(const StatusBody& b);

    // ---- documents.cpp ----
    /// The person of whom the document is; not_entitled where document and register differ or the document does not count today.
    [[nodiscard]] Asked<const RegisterEntry*> holder(const Document& document) const;
    /// Under 16 (by a kiosk that knows of it): this child's guardian, with a document that counts. The guardian's key in the register, or none.
    [[nodiscard]] Asked<std::string> guarded(int version, const RegisterEntry& person, const Document& document, const std::optional<Guardian>& guardian) const;
    /// What no chip vouches for was looked at by somebody, and what was typed was photographed.
    [[nodiscard]] static Asked<void> seen(const ApplyBody& b);

    // ---- attempts.cpp ----
    void seed_applications();
    Asked<cbor::Json> apply(const RequestHeader& h, const ApplyBody& b, View opened);
    Asked<cbor::Json> resume(const RequestHeader& h, const ResumeBody& b);
    Asked<void> may_apply(const RequestHeader& h, const ApplyBody& b);
    Asked<void> matched(const RequestHeader& h, const ApplyBody& b);
    /// Is the last attempt over, or may it be fenced? Closes it where it may.
    Asked<void> make_room(const RequestHeader& h, const ApplicationFile& file);
    /// Leases the next attempt to the kiosk and writes its signed order.
    Asked<cbor::Json> lease(const ApplicationFile& file, int attempt, std::string_view kiosk);
    [[nodiscard]] std::optional<ApplicationFile> application(View id);
    [[nodiscard]] std::optional<ApplicationFile> application_of(std::string_view person_key);
    [[nodiscard]] std::optional<Attempt> attempt_of(View application, int attempt);
    void close_attempt(const Attempt& a, std::string_view state);
    [[nodiscard]] std::string take_card_number();

    // ---- personalise.cpp ----
    Asked<cbor::Json> personalise(const RequestHeader& h, const PersonaliseBody& b);
    Asked<Attempt> may_personalise(const RequestHeader& h, const PersonaliseBody& b);
    Asked<void> take_report(const RequestHeader& h, const PersonaliseBody& b, const Attempt& a, Dialogue& d);
    Asked<cbor::Json> next_batch(const RequestHeader& h, const PersonaliseBody& b, const Attempt& a, Dialogue& d);
    [[nodiscard]] std::optional<Dialogue> dialogue_of(const Attempt& a);
    void keep(const Attempt& a, const Dialogue& d);
    /// Everything that the attempt's order says was written into its chip and read back.
    [[nodiscard]] bool personalised(const Attempt& a);

    // ---- outcomes.cpp ----
    Asked<cbor::Json> outcome(const RequestHeader& h, const OutcomeBody& b);
    Judgement judge(const Attempt& a, const OutcomeBody& b);
    Judgement judge_issued(const Attempt& a, const OutcomeBody& b);
    void book(const Attempt& a, const OutcomeBody& b, const Judgement& j);
    std::int64_t open_dispute(View application, int attempt, std::string_view kiosk, std::string_view reason);
    [[nodiscard]] bool parked(View application, int attempt);
    [[nodiscard]] bool active_card(View application);
    [[nodiscard]] bool highest(const Attempt& a);
    /// The contract's word for an application: pending leased issued not_taken spoiled disputed.
    [[nodiscard]] std::string state_of(const Attempt& last);
    void set_card(std::string_view number, CardState state, View chip);
};

}  // namespace sim
