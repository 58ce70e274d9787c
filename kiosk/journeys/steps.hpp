// The steps of a journey, in the order in which a citizen lives them. Each is awaited by first_issue; each throws Left.
#pragma once
#include "kiosk/kiosk.hpp"

namespace kiosk {

/// What one visit gathers. Lives in the journey's frame and is wiped when the journey ends, however it ends.
struct Visit {
    drivers::IdDocument document;         ///< of the person whose card it becomes
    std::optional<Guardian> guardian;     ///< of a child: who consents and signs
    Bytes page;                           ///< of a typed document, as photographed
    std::string checked_by;               ///< keyed hash of the badge of who looked at the originals
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

/// Step 2: notice and separate consents. Refusing names a window and leaves.
awaitable<std::vector<Consent>> give_notice(Kiosk& kiosk);
/// The same before a card's status is asked for: a text of its own, one consent.
awaitable<void> give_enquiry_notice(Kiosk& kiosk);
/// Step 3 for oneself: a document that counts, of somebody of 16 years or more.
awaitable<void> identify_oneself(Kiosk& kiosk, Visit& visit);
/// Steps 3 and 5 for one's child: the guardian's document, the relation, the child's document.
awaitable<void> identify_child(Kiosk& kiosk, Visit& visit);

/// A document, and the photograph of its page where it was typed.
struct Identified {
    drivers::IdDocument document;
    Bytes page;
    Identified() = default;
    explicit Identified(drivers::IdDocument read) : document(std::move(read)) {}
    Identified(Identified&&) noexcept = default;
    Identified& operator=(Identified&&) noexcept = default;
    ~Identified() {
        document.wipe();
        drivers::wipe(page);
    }
};
/// Any document that is accepted of this person: from a reader, or another one by choice. Tries again until it is read or the person leaves.
awaitable<Identified> identify(Kiosk& kiosk, Whose whose);
/// A document that was read: trouble unless its kind is accepted here and it counts today; audited.
awaitable<void> admit(Kiosk& kiosk, const drivers::IdDocument& document, Whose whose);
/// Step 4: asks the centre. Standings that cannot be served here are explained, then the journey is left.
awaitable<Standing> ask_standing(Kiosk& kiosk, const drivers::IdDocument& document);
/// Says what the centre knows and what to do, until it is understood.
awaitable<void> explain_standing(Kiosk& kiosk, const Standing& standing);
/// Step 6: guided, taken, shown; taken again as often as `retakes_left` says, which counts down.
awaitable<camera::Portrait> take_portrait(Kiosk& kiosk, int& retakes_left);
/// Step 7: the centre decides; staff with badge and PIN where it cannot, where there is no portrait, or where no chip vouches for a document.
awaitable<void> match_person(Kiosk& kiosk, Visit& visit);
/// Whether a document of this visit is still to be looked at by staff.
[[nodiscard]] bool originals_to_check(const Visit& visit);
/// A member of staff, with badge and PIN, looks at the originals, and at the person where `person` is asked for. "different" names a window.
enum class AtPerson { not_needed, needed };
awaitable<void> staff_looks(Kiosk& kiosk, Visit& visit, AtPerson person);
/// The picture of the document as staff can see it, a JPEG; empty where it carries none that can be shown here.
awaitable<Bytes> face_on(Kiosk& kiosk, const drivers::IdDocument& document);
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
[[nodiscard]] const NoticeText& enquiry_notice_text();
[[nodiscard]] Bytes rules_hash();

/// Why this PIN is refused, if it is (services.md, step 12).
[[nodiscard]] PinRefusal judge_pin(const ChoosePin::Answer& answer, const drivers::IdDocument& document);
[[nodiscard]] bool mobile_valid(std::string_view digits);

/// Below this age the photograph is left out (services.md, "Photograph").
inline constexpr std::chrono::years photograph_from_age{7};
/// The day in the hall (UTC+8).
[[nodiscard]] std::chrono::year_month_day hall_day(Utc now);
/// Completed years on that day; nothing when the document does not say when its holder was born.
[[nodiscard]] std::optional<int> age_of(const drivers::IdDocument& document, Utc now);
inline constexpr int of_age_for_oneself = 16, of_age = 18;
/// A document is good through its last day.
[[nodiscard]] bool expired(const drivers::IdDocument& document, Utc now);
/// A name as people have them: letters, ideographs, and the dots, hyphens and blanks between; 1 to 50 characters of UTF-8, at most 128 bytes.
[[nodiscard]] bool name_valid(std::string_view name);
/// The number that the card will show where the document says it; stars where only the centre can.
[[nodiscard]] std::string card_holder_number(const drivers::IdDocument& document);
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
/// Names the window and leaves.
awaitable<void> to_window(Kiosk& kiosk, GoToWindow::Why why);
/// Shows the fault and leaves.
awaitable<void> trouble(Kiosk& kiosk, Fault fault, std::string reference = {});
/// The bank's id for the card's face where the layout has its mark; empty otherwise: a bank without a picture gets its name alone.
[[nodiscard]] std::string mark_of(const printer::Layout& layout, const BankId& bank);
[[nodiscard]] const Bank* find_bank(const Config& config, const BankId& id);

}  // namespace kiosk
