// Every screen of the kiosk as a question: what it shows, which answers it can give, how long it waits, what silence means. Journeys ask,
// the window draws, a test or a simulated citizen answers the very same struct. No text for people is in here: the UI has
// it by the struct's name and its enumerators.
#pragma once
#include "camera/reasons.hpp"
#include "drivers/id_document.hpp"
#include "kiosk/faults.hpp"
#include "kiosk/ids.hpp"
#include "printer/face/face.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace kiosk {

using namespace std::chrono_literals;
/// Silence for this long leaves the screen (with a warning 20 s before). `forever`: the screen waits for a device or rests.
inline constexpr std::chrono::seconds forever{0};
inline constexpr std::chrono::seconds idle_warning{20};

/// The five parts of a journey as the progress bar shows them.
enum class Progress { none, document, photo, confirm, make, take };

struct Nothing {};  ///< the answer of a screen that only a device ends

// ---- the citizen's side -----------------------------------------------------------------------------------------
struct Welcome {
    static constexpr std::string_view name = "welcome";
    static constexpr auto patience = forever;
    static constexpr auto progress = Progress::none;
    std::vector<Bank> banks;              ///< that can be made now
    std::optional<FaultCode> cannot;      ///< why no card can be made now; then there is no start button
    std::string hotline;
    bool enquiries = false;               ///< the status of a card can be asked for, also while none can be made
    enum class Answer { start, card_status };
};

struct ForWhom {
    static constexpr std::string_view name = "for_whom";
    static constexpr auto patience = 60s;
    static constexpr auto progress = Progress::none;
    std::string window;                   ///< where agents are served
    enum class Answer { myself, child };  ///< child: mine, under 16
};

/// The notice (告知书) and the separate consents, unticked. Nothing was read or filmed before it.
struct Notice {
    static constexpr std::string_view name = "notice";
    static constexpr auto patience = 180s;
    static constexpr auto progress = Progress::none;
    std::string version;
    std::string text_zh, text_en;         ///< whole text, paragraphs by \n
    bool enquiry = false;                 ///< nothing is applied for: `read` is the only consent
    struct Answer {
        bool read = false, face_match = false, bank_data = false;  ///< all that are asked for true, or the person refuses
    };
};

/// Whose document, name or number is asked for.
enum class Whose { own, guardian, child };

enum class DocumentState { waiting, reading, moved, unreadable, not_supported, expired, invalid };
/// A document with a chip is laid on the reader: any resident ID reader's card, or the passport whose zone was given before.
struct PresentDocument {
    static constexpr std::string_view name = "present_document";
    static constexpr auto patience = 60s;
    static constexpr auto progress = Progress::document;
    DocumentState state = DocumentState::waiting;
    Whose whose = Whose::own;
    drivers::DocumentKind kind = drivers::DocumentKind::resident_id;  ///< what is drawn: passport and travel_permit lie longer, on their chip's side
    bool may_choose = false;                                          ///< other documents are accepted, too
    int percent = -1;                                                 ///< of a passport's reading, 0..100; -1: not known
    enum class Answer { other_document };
};
/// Which document instead: at most five.
struct ChooseDocument {
    static constexpr std::string_view name = "choose_document";
    static constexpr auto patience = 60s;
    static constexpr auto progress = Progress::document;
    Whose whose = Whose::own;
    std::vector<drivers::DocumentKind> offered;
    using Answer = drivers::DocumentKind;
};
/// What a person who holds a page before the camera is told: one thing to do.
enum class PageGuide { none, closer, further, straighten, hold_still, too_dark, glare };
/// The page with the machine readable zone is held before the camera; the zone opens the chip.
struct ShowZone {
    static constexpr std::string_view name = "show_zone";
    static constexpr auto patience = 90s;
    static constexpr auto progress = Progress::document;
    drivers::DocumentKind kind = drivers::DocumentKind::passport;
    bool watching = false;  ///< a first picture has come
    PageGuide guide = PageGuide::none;
    int width = 0, height = 0;
    std::vector<std::uint8_t> preview_rgb;  ///< as it is, not mirrored
    enum class Answer { type_instead };
};
/// The electronic social security card's QR code is held before the camera: a card's status is asked for.
struct ShowECard {
    static constexpr std::string_view name = "show_ecard";
    static constexpr auto patience = 90s;
    static constexpr auto progress = Progress::none;
    bool refused = false;   ///< the centre does not know the code that was seen last, or no longer
    bool watching = false;  ///< a first picture has come
    PageGuide guide = PageGuide::none;
    int width = 0, height = 0;
    std::vector<std::uint8_t> preview_rgb{};  ///< as it is, not mirrored
    enum class Answer { use_document };
};
/// The same by hand: what the zone's key lines say.
struct EnterZone {
    static constexpr std::string_view name = "enter_zone";
    static constexpr auto patience = 180s;
    static constexpr auto progress = Progress::document;
    drivers::DocumentKind kind = drivers::DocumentKind::passport;
    bool refused = false;  ///< no such number or date, or the chip did not open with it
    struct Answer {
        std::string number, birth, expiry;  ///< A-Z 0-9, 1 to 22; dates YYYYMMDD as typed
    };
};
/// Documents without a chip: typed on the screen's own keyboard (pinyin, strokes, code table; Latin).
struct EnterName {
    static constexpr std::string_view name = "enter_name";
    static constexpr auto patience = 180s;
    static constexpr auto progress = Progress::document;
    Whose whose = Whose::own;
    bool refused = false;        ///< not a name: empty, or with characters that names do not have
    using Answer = std::string;  ///< UTF-8, 1 to 50 characters
};
struct EnterIdNumber {
    static constexpr std::string_view name = "enter_id_number";
    static constexpr auto patience = 120s;
    static constexpr auto progress = Progress::document;
    Whose whose = Whose::own;
    bool refused = false;        ///< not a number of GB 11643
    using Answer = std::string;  ///< 18 of 0-9X
};
/// Last day of a document that cannot say it itself.
struct EnterExpiry {
    static constexpr std::string_view name = "enter_expiry";
    static constexpr auto patience = 90s;
    static constexpr auto progress = Progress::document;
    bool refused = false;        ///< no such day
    using Answer = std::string;  ///< YYYYMMDD
};
/// A page for the staff's and the centre's eyes: held before the camera, taken by a touch.
struct PhotographPage {
    static constexpr std::string_view name = "photograph_page";
    static constexpr auto patience = 120s;
    static constexpr auto progress = Progress::document;
    drivers::DocumentKind kind = drivers::DocumentKind::household_register;
    bool watching = false;
    PageGuide guide = PageGuide::none;
    int width = 0, height = 0;
    std::vector<std::uint8_t> preview_rgb;  ///< not mirrored
    enum class Answer { take };
};
struct PageTaken {
    static constexpr std::string_view name = "page_taken";
    static constexpr auto patience = 60s;
    static constexpr auto progress = Progress::document;
    Bytes jpeg;
    enum class Answer { keep, retake };
};
/// The guardian's relation to the child.
struct ChooseRelation {
    static constexpr std::string_view name = "choose_relation";
    static constexpr auto patience = 60s;
    static constexpr auto progress = Progress::document;
    enum class Answer { father, mother, other };
};
struct TakeDocumentBack {
    static constexpr std::string_view name = "take_document_back";
    static constexpr auto patience = 60s;
    static constexpr auto progress = Progress::document;
    using Answer = Nothing;
};

/// Something is asked elsewhere; nobody can do anything for a moment.
struct PleaseWait {
    static constexpr std::string_view name = "please_wait";
    static constexpr auto patience = forever;
    static constexpr auto progress = Progress::document;
    enum class What { asking_centre, comparing, applying } what = What::asking_centre;
    using Answer = Nothing;
};

enum class StandingKind { none, pending_kiosk, pending_batch, pending_bank, made_not_collected, active_card, card_not_activated, not_insured };
/// Every standing that cannot be served here, explained: what to do and where.
struct ExplainStanding {
    static constexpr std::string_view name = "explain_standing";
    static constexpr auto patience = 60s;
    static constexpr auto progress = Progress::document;
    StandingKind kind{};
    std::string where_zh, where_en, when;  ///< from the centre, may be empty
    std::string window;
    std::string masked_name{};             ///< of an electronic card's holder; may be empty
    enum class Answer { understood };
};
struct OfferResume {
    static constexpr std::string_view name = "offer_resume";
    static constexpr auto patience = 60s;
    static constexpr auto progress = Progress::document;
    std::string reference;
    enum class Answer { go_on };
};

/// What the person is told to do. Sides are as he sees them in the mirrored picture.
struct PhotoGuidance {
    camera::Reason reason{};
    camera::Side side = camera::Side::none;
    friend bool operator==(const PhotoGuidance&, const PhotoGuidance&) = default;
};
/// The four things that the citizen can watch becoming good, in the order of the screen.
struct PhotoChecks {
    bool place = false, light = false, background = false, eyes = false;
    friend bool operator==(const PhotoChecks&, const PhotoChecks&) = default;
};
struct TakePhoto {
    static constexpr std::string_view name = "take_photo";
    static constexpr auto patience = 90s;
    static constexpr auto progress = Progress::photo;
    bool watching = false;                 ///< a first picture of the camera has come; before, the person is told to look there
    std::optional<PhotoGuidance> guidance; ///< one at a time, never an advisory one; nothing while watching: hold still
    double held = 0;                       ///< 0..1 of the time that everything must hold
    PhotoChecks checks;
    double focus = 0.5;                    ///< 0..1 of the picture's width: where the face is, so that the window can keep it in its middle
    int width = 0, height = 0;
    std::vector<std::uint8_t> preview_rgb;  ///< mirrored camera picture
    enum class Answer { ask_for_help };
};
struct PhotoTaken {
    static constexpr std::string_view name = "photo_taken";
    static constexpr auto patience = 60s;
    static constexpr auto progress = Progress::photo;
    Bytes jpeg;
    int retakes_left = 0;                  ///< 0: it cannot be taken again
    enum class Answer { keep, retake };
};

/// The machine cannot say whether it is the same person, or had nothing to compare: a member of staff looks, with badge and PIN.
struct CallStaff {
    static constexpr std::string_view name = "call_staff";
    static constexpr auto patience = 180s;
    static constexpr auto progress = Progress::photo;
    enum class Why { unsure, no_photograph, document_to_check } why = Why::unsure;  ///< no_photograph: a small child's card carries none; document_to_check: typed, or its chip not verifiable
    std::string window;
    using Answer = Nothing;  ///< ended by a badge
};

struct ChooseBank {
    static constexpr std::string_view name = "choose_bank";
    static constexpr auto patience = 90s;
    static constexpr auto progress = Progress::confirm;
    std::vector<Bank> offered;
    using Answer = BankId;
};
struct EnterMobile {
    static constexpr std::string_view name = "enter_mobile";
    static constexpr auto patience = 90s;
    static constexpr auto progress = Progress::confirm;
    bool refused = false;  ///< what was entered is not a mobile number
    using Answer = std::string;  ///< 11 digits
};
struct ConfirmCard {
    static constexpr std::string_view name = "confirm_card";
    static constexpr auto patience = 120s;
    static constexpr auto progress = Progress::confirm;
    printer::Picture face;
    std::string full_name, social_security_number, bank_zh, bank_en, mobile;
    int sex = 0, nation = 0;
    std::string nationality{};  ///< ICAO code where there is no nation
    bool may_change_bank = true, may_retake = true;
    enum class Answer { right, retake_photo, change_bank, change_mobile, wrong_information };
};

struct StrokePoint {
    int x = 0, y = 0;  ///< pixels of the pad, 0..4095
    int ms = 0;        ///< since the first sample of the signature
};
using Stroke = std::vector<StrokePoint>;
struct Sign {
    static constexpr std::string_view name = "sign";
    static constexpr auto patience = 180s;
    static constexpr auto progress = Progress::confirm;
    printer::Picture face;
    std::string social_security_number;  ///< in full
    std::vector<Stroke> drawn;
    using Answer = std::vector<Stroke>;  ///< every pointer sample; never empty
};

enum class PinRefusal { none, differ, too_simple, birth_date, part_of_number, initial };
struct ChoosePin {
    static constexpr std::string_view name = "choose_pin";
    static constexpr auto patience = 120s;
    static constexpr auto progress = Progress::confirm;
    PinRefusal refusal = PinRefusal::none;
    struct Answer {
        Secret first, again;  ///< six digits each
    };
};

enum class MakeStage { preparing, feeding, encoding, printing, presenting };
struct MakingCard {
    static constexpr std::string_view name = "making_card";
    static constexpr auto patience = forever;
    static constexpr auto progress = Progress::make;
    MakeStage stage = MakeStage::preparing;
    int seconds_left = 0;         ///< honest: from measured step times, stretches rather than stalls at zero
    double done = 0;              ///< 0..1
    bool are_you_there = false;   ///< nobody was seen for a while: the card is only presented to somebody
    bool again = false;           ///< the first blank was spoiled, a second one is being made
    enum class Answer { here };
};
struct TakeCard {
    static constexpr std::string_view name = "take_card";
    static constexpr auto patience = forever;  ///< the card path counts
    static constexpr auto progress = Progress::take;
    int seconds_left = 0;
    bool may_extend = true;
    enum class Answer { more_time };
};
struct Finished {
    static constexpr std::string_view name = "finished";
    static constexpr auto patience = 45s;
    static constexpr auto progress = Progress::take;
    bool activated = false;  ///< false: 稍后自动启用
    std::string bank_zh, bank_en, reference;
    enum class Answer { done };
};
/// Consequence first, then the one thing to do, then where else; the number is small.
struct Trouble {
    static constexpr std::string_view name = "trouble";
    static constexpr auto patience = 60s;
    static constexpr auto progress = Progress::none;
    FaultCode code{};
    std::string reference;  ///< of the application, empty when there is none
    std::string window;
    enum class Answer { understood };
};
/// A refusal or a wish that the kiosk cannot serve: names the window.
struct GoToWindow {
    static constexpr std::string_view name = "go_to_window";
    static constexpr auto patience = 45s;
    static constexpr auto progress = Progress::none;
    enum class Why { refused_consent, not_the_person, wrong_information, no_photo, document_trouble, too_many_tries, not_a_child, no_guardian } why{};
    std::string window, reference;
    enum class Answer { understood };
};

// ---- the staff's side -------------------------------------------------------------------------------------------
struct StaffPin {
    static constexpr std::string_view name = "staff_pin";
    static constexpr auto patience = 60s;
    static constexpr auto progress = Progress::none;
    std::string who;       ///< name tag of the badge's holder
    bool wrong = false;
    int tries_left = 5;
    bool second_person = false;
    using Answer = Secret;  ///< 6 digits
};
struct ConfirmPerson {
    static constexpr std::string_view name = "confirm_person";
    static constexpr auto patience = 120s;
    static constexpr auto progress = Progress::none;
    std::string who, full_name, masked_number;
    Bytes portrait;                          ///< empty: a small child, the step was skipped
    std::vector<camera::Reason> warnings{};  ///< advisory findings of the portrait: for staff only
    drivers::DocumentKind document = drivers::DocumentKind::resident_id;
    drivers::Evidence evidence = drivers::Evidence::chip;  ///< anything else: the original is to be looked at, too
    Bytes page{};                                          ///< of a typed document, as photographed
    std::string guardian{};                                ///< full name; empty: none
    enum class Answer { same, different };
};
struct HopperRow {
    int hopper = 0;  ///< from 1
    Bank bank;
    int remaining = 0, capacity = 0, threshold = 0;
    bool sensor_empty = false;
    int minutes_left = -1;  ///< at today's pace; -1 unknown
};
struct Arithmetic {
    int loaded = 0, found = 0, issued = 0, spoiled = 0, retained = 0, tested = 0, unloaded = 0, unknown = 0, gone_unwitnessed = 0, in_machine = 0, remaining = 0;
    [[nodiscard]] bool holds() const {
        return loaded + found == issued + spoiled + retained + tested + unloaded + unknown + gone_unwitnessed + in_machine + remaining;
    }
    friend bool operator==(const Arithmetic&, const Arithmetic&) = default;
};
struct StaffMenu {
    static constexpr std::string_view name = "staff_menu";
    static constexpr auto patience = 120s;
    static constexpr auto progress = Progress::none;
    std::string who;
    std::vector<HopperRow> hoppers;
    std::optional<int> ribbon_left;  ///< nothing: the printer is not asked while the card path is closed
    int ribbon_capacity = 0, bin_count = 0, bin_capacity = 0;
    Arithmetic arithmetic;
    std::optional<FaultCode> path_closed;
    int to_reconcile = 0;  ///< unknown cards, which need two persons
    struct Load {
        int hopper;
    };
    struct EmptyBin {};
    struct Reconcile {};
    struct ReopenPath {};
    struct Leave {};
    using Answer = std::variant<Load, EmptyBin, Reconcile, ReopenPath, Leave>;
};
struct LoadBlanks {
    static constexpr std::string_view name = "load_blanks";
    static constexpr auto patience = 300s;
    static constexpr auto progress = Progress::none;
    HopperRow hopper;
    int most = 0;  ///< room in the hopper
    struct Answer {
        int count = 0;  ///< 1..most; 0: changed one's mind
    };
};
struct BinCard {
    CardKey key;
    std::string state;  ///< spoiled, retained, found, unknown
};
struct EmptyBinList {
    static constexpr std::string_view name = "empty_bin";
    static constexpr auto patience = 300s;
    static constexpr auto progress = Progress::none;
    std::vector<BinCard> cards;
    enum class Answer { emptied, keep };
};
struct ReconcileCard {
    static constexpr std::string_view name = "reconcile_card";
    static constexpr auto patience = 300s;
    static constexpr auto progress = Progress::none;
    CardKey card;
    std::string second;  ///< who, by badge and PIN, is the second person
    enum class Answer { destroyed, in_bin, not_found, later };
};
struct SecondBadge {
    static constexpr std::string_view name = "second_badge";
    static constexpr auto patience = 60s;
    static constexpr auto progress = Progress::none;
    bool same_person = false;
    using Answer = Nothing;
};
struct StaffNote {
    static constexpr std::string_view name = "staff_note";
    static constexpr auto patience = 45s;
    static constexpr auto progress = Progress::none;
    enum class What { locked, unknown_badge, loaded, bin_emptied, reconciled, path_reopened, path_still_closed, not_permitted, door_still_open } what{};
    int count = 0;
    enum class Answer { understood };
};

using AnyQuestion = std::variant<Welcome, ForWhom, Notice, PresentDocument, ChooseDocument, ShowZone, ShowECard, EnterZone, EnterName, EnterIdNumber, EnterExpiry, PhotographPage,
                                 PageTaken, ChooseRelation, TakeDocumentBack, PleaseWait, ExplainStanding, OfferResume, TakePhoto, PhotoTaken, CallStaff,
                                 ChooseBank, EnterMobile, ConfirmCard, Sign, ChoosePin, MakingCard, TakeCard, Finished, Trouble, GoToWindow, StaffPin, ConfirmPerson,
                                 StaffMenu, LoadBlanks, EmptyBinList, ReconcileCard, SecondBadge, StaffNote>;

[[nodiscard]] std::string_view name_of(const AnyQuestion& question);
[[nodiscard]] Progress progress_of(const AnyQuestion& question);
/// Screens of the staff's side have the dark header.
[[nodiscard]] bool is_staff(const AnyQuestion& question);
/// Overwrites pictures, names and numbers that a shown screen still holds.
void wipe(AnyQuestion& question);

}  // namespace kiosk
