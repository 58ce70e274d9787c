// The steps of a journey, in the order in which a citizen lives them. Each is awaited by first_issue; each throws Left.
#pragma once
#include "kiosk/kiosk.hpp"

namespace kiosk {

/// What one visit gathers. Lives in the journey's frame and is wiped when the journey ends, however it ends.
struct Visit {
    drivers::IdDocument document;
    camera::Portrait portrait;
    std::string mobile;
    BankId bank;
    Match match;
    std::vector<Consent> consents;
    std::vector<Stroke> signature;
    ApplicationId application;
    ~Visit();
};

/// Steps 1 and 2: for whom, notice and separate consents. Refusing names a window and leaves.
awaitable<std::vector<Consent>> give_notice(Kiosk& kiosk);
/// Step 3: reads the document, tells the person to put it away. Tries again until it can be read or the person leaves.
awaitable<drivers::IdDocument> identify(Kiosk& kiosk);
/// Step 4: asks the centre. Standings that cannot be served here are explained, then the journey is left.
awaitable<Standing> ask_standing(Kiosk& kiosk, const drivers::IdDocument& document);
/// Step 6.
awaitable<camera::Portrait> take_portrait(Kiosk& kiosk);
/// Step 7: the centre decides; staff with badge and PIN where it cannot.
awaitable<Match> match_person(Kiosk& kiosk, const drivers::IdDocument& document, const camera::Portrait& portrait);
/// Steps 8, 9, 11: bank, mobile number, preview, correction, signature.
awaitable<void> confirm_and_sign(Kiosk& kiosk, Visit& visit);
/// Step 12. Never stored, never sent.
awaitable<Secret> choose_pin(Kiosk& kiosk, const drivers::IdDocument& document);
/// Steps 14 to 17: makes the card of an order, a second blank under the next attempt when the first was spoiled.
awaitable<CardEnd> make_card(Kiosk& kiosk, const Visit& visit, Order order, Secret pin);
/// Step 18, or what went wrong.
awaitable<void> finish(Kiosk& kiosk, const Visit& visit, CardEnd end);

/// The texts that are agreed to, with their versions and hashes (step 2, and the rules above the signature).
struct NoticeText {
    std::string version, zh, en;
    Bytes hash;  ///< SHA-256 of version, zh and en
};
[[nodiscard]] const NoticeText& notice_text();
[[nodiscard]] Bytes rules_hash();

/// Why this PIN is refused, if it is (services.md, step 12).
[[nodiscard]] PinRefusal judge_pin(const ChoosePin::Answer& answer, const drivers::IdDocument& document);
[[nodiscard]] bool mobile_valid(std::string_view digits);
[[nodiscard]] PhotoHint hint_of(const camera::Observation& seen);
/// Writes an audit row; the journey's own witness.
awaitable<void> audit(Kiosk& kiosk, AuditEvent event, nlohmann::json data);
/// Shows the fault and leaves.
awaitable<void> trouble(Kiosk& kiosk, Fault fault, std::string reference = {});
[[nodiscard]] const Bank* find_bank(const Config& config, const BankId& id);

}  // namespace kiosk
