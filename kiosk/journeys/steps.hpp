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
    int retakes_left = 0;  ///< of the photograph, for the whole visit
    ~Visit();
};

/// Steps 1 and 2: for whom, notice and separate consents. Refusing names a window and leaves.
awaitable<std::vector<Consent>> give_notice(Kiosk& kiosk);
/// Step 3: reads the document, tells the person to put it away. Tries again until it can be read or the person leaves.
awaitable<drivers::IdDocument> identify(Kiosk& kiosk);
/// Step 4: asks the centre. Standings that cannot be served here are explained, then the journey is left.
awaitable<Standing> ask_standing(Kiosk& kiosk, const drivers::IdDocument& document);
/// Step 6: guided, taken, shown; taken again as often as `retakes_left` says, which counts down.
awaitable<camera::Portrait> take_portrait(Kiosk& kiosk, int& retakes_left);
/// Step 7: the centre decides; staff with badge and PIN where it cannot, or where there is no portrait.
awaitable<Match> match_person(Kiosk& kiosk, const drivers::IdDocument& document, const camera::Portrait& portrait);
/// Steps 6 and 7. A small child's card carries no photograph: the camera stays closed, staff look at document and child.
awaitable<void> portrait_and_match(Kiosk& kiosk, Visit& visit);
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

/// Below this age the photograph is left out (services.md, "Photograph").
inline constexpr std::chrono::years photograph_from_age{7};
/// By the date of birth on the document and the hall's calendar.
[[nodiscard]] bool needs_photograph(const drivers::IdDocument& document, Utc now);
/// The camera's observation as the citizen sees it: one thing to do, never an advisory one.
[[nodiscard]] TakePhoto picture_of(const camera::Observation& seen);
/// Each advisory reason once, in the portrait's order.
[[nodiscard]] std::vector<camera::Reason> warnings_of(const camera::Portrait& portrait);
/// What stands around the words changes calmly: the marks below the picture when several frames say so, the middle of the picture bit by bit.
class CalmView {
  public:
    static constexpr int calm_frames = 5;      ///< about 0.4 s at the camera's 12 pictures a second
    static constexpr double step = 0.2;        ///< of the way to where the face is, with each frame
    void calm(TakePhoto& show);

  private:
    PhotoChecks shown_;
    double focus_ = 0.5;
    int against_ = 0;
    bool began_ = false;
};
/// Writes an audit row; the journey's own witness.
awaitable<void> audit(Kiosk& kiosk, AuditEvent event, nlohmann::json data);
/// Shows the fault and leaves.
awaitable<void> trouble(Kiosk& kiosk, Fault fault, std::string reference = {});
/// The bank's id for the card's face where the layout has its mark; empty otherwise: a bank without a picture gets its name alone.
[[nodiscard]] std::string mark_of(const printer::Layout& layout, const BankId& bank);
[[nodiscard]] const Bank* find_bank(const Config& config, const BankId& id);

}  // namespace kiosk
