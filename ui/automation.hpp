// The citizen's finger and eye for a simulator: what is shown goes out as JSON lines, touches come in and pass ordinary hit-testing.
// Exists only in builds with LIQU_AUTOMATION; everywhere else make_automation gives nothing and no byte of a descriptor is read.
#pragma once
#include "ui/pane.hpp"

#include <memory>

namespace ui {

/* The protocol, over one non-blocking stream socket. Every line is one JSON object ended by \n. Coordinates are logical pixels of the
   1080 x 1920 canvas, whatever the size of the window.

   Out, after every drawn change (also when only an entry changed: a tick, a digit):
     {"event":"screen","phase":7,"name":"notice","language":"zh","idle":null,"large_text":false,"help_called":false,"may_leave":true,
      "fields":{...},                                  every plain field of the struct in kiosk/screens.hpp under its own name; enumerators as their
                                                       names, absent optionals as null, nested structs as objects; a picture only as its number of bytes
      "entry":{"digits":3,"again":0,"expiry":0,"ticks":[true,false,false],"strokes":2,"page":0,"count":20},    never the digits themselves
      "targets":[{"id":"agree","x":600,"y":1604,"w":424,"h":156,"enabled":false}]}
   "idle" is the number of seconds left while the warning is up; then the only target is "stay".

   In:
     {"touch":{"x":540,"y":1680}}                      press and release at once
     {"down":{"x":200,"y":1200}} {"move":{"x":210,"y":1205,"ms":16}} {"up":{}}     "ms" since "down"; missing: 0
     {"picture":true}                                  the canvas as it was drawn last
   A line that is none of these ends the connection; the window goes on without it.

   Out, in answer:
     {"event":"touched","id":"agree"}                  after each touch or up: the target whose action ran, null when none did (nothing there, not enabled,
                                                       or the phase changed since the last "screen": look again and repeat)
     {"event":"picture","width":1080,"height":1920,"bytes":6220800}\n   followed by exactly that many bytes: rows from the top, RGB

   Target ids. On every screen: language, large_text, help (in the bar) and large_text_low, help_low (the same, within reach from a wheelchair),
   leave where "may_leave", except where an answer of the screen means the same (explain_standing, trouble, go_to_window, finished, staff_note,
   staff_menu, load_blanks, empty_bin). While the idle warning is up: stay only.
     welcome            start (absent when "cannot" is set), card_status (while "enquiries")
     for_whom           myself, child
     present_document   other_document (while may_choose, not while reading)
     choose_document    document_<kind> (document_passport ...)          choose_relation  father, mother, other
     show_zone          type_instead                                     show_ecard       use_document
     photograph_page    take (enabled while watching)                    page_taken       keep, retake
     enter_zone         three entries, one after the other, each ended by confirm: letter_A .. letter_Z and digit_0 .. digit_9 for the number (1 to 22), then
                        digit_0 .. digit_9 for the birth and again for the expiry (8 digits, YYYYMMDD each). delete takes the last character back;
                        field_number, field_birth, field_expiry go to an entry. entry: digits (number), again (birth), expiry: how many; page: which, 0..2
     enter_id_number    digit_0 .. digit_9, key_X (enabled at the 18th place), delete, confirm (enabled at 18)
     enter_expiry       digit_0 .. digit_9, delete, confirm (enabled at 8: YYYYMMDD)
     enter_name         mode_pinyin, mode_stroke, mode_code, mode_latin (not enabled: the one that is used; absent: not offered here), delete,
                        confirm (enabled when a name stands and nothing is half spelled), and by mode ("entry" says which)
                          pinyin  letter_A .. letter_Z (V is ü), dot, candidate_<n>, next_page, previous_page
                          stroke  stroke_h, stroke_s, stroke_p, stroke_n, stroke_z, stroke_any, dot, candidate_<n>, next_page, previous_page
                          code    digit_0 .. digit_9, letter_A .. letter_F, candidate_<n>
                          latin   letter_A .. letter_Z, space, dot, hyphen, apostrophe
                        "entry" has "composed" and "spelled" (how many characters and letters), "candidates": ["韦", ...], the characters of candidate_1,
                        candidate_2 ... of this page, "candidate_page" (from 0) and "candidate_pages". A letter of pinyin is pressed by its capital: wei is
                        letter_W, letter_E, letter_I; choosing a candidate takes its letters away
     notice             tick_notice, tick_face_match, tick_bank_data, agree (enabled when all are ticked), refuse, next_page, previous_page;
                        of an "enquiry" tick_notice alone
     explain_standing   understood             offer_resume  go_on
     take_photo         ask_for_help           photo_taken   keep, retake (only while retakes are left)
     choose_bank        bank_<id>, next_page, previous_page
     enter_mobile       digit_0 .. digit_9, erase, confirm (enabled at 11 digits)
     confirm_card       right, retake_photo, change_bank, change_mobile, wrong_information
     sign               pad (draw with down, move, up), clear, sign (enabled when something is drawn)
     choose_pin         digit_0 .. digit_9, erase, clear, confirm. After six digits the second entry begins by itself; confirm is enabled at six again
     making_card        here (while are_you_there)      take_card  more_time (while may_extend)      finished  done
     trouble, go_to_window, staff_note   understood
     staff_pin          digit_0 .. digit_9, erase, confirm (enabled at 6 digits)
     confirm_person     same, different
     staff_menu         hopper_<n> (from 1), empty_bin, reconcile, reopen_path, leave_staff, next_page, previous_page
     load_blanks        count_minus_10, count_minus_1, count_plus_1, count_plus_10, count_most, confirm, changed_mind
     empty_bin          emptied, keep, next_page, previous_page
     reconcile_card     destroyed, in_bin, not_found, later
   take_document_back, please_wait, call_staff and second_badge are ended by a device: nothing but the common targets. */

inline constexpr std::size_t max_automation_line = 64 * 1024;          ///< bytes of one incoming line
inline constexpr std::size_t max_automation_backlog = 32 * 1024 * 1024;  ///< bytes that wait to be read by the other side; more ends the connection

class Automation {
  public:
    virtual ~Automation() = default;
    /// Takes what has come in and sends what waits; never blocks. False when the other side is gone or broke the protocol.
    virtual bool pump() = 0;
    /// The pane was drawn: tells what is there now.
    virtual void drawn() = 0;
};

/// Was this built with automation?
[[nodiscard]] bool has_automation();
/// Null when `fd` is -1 or the build has no automation. Owns the descriptor.
[[nodiscard]] std::unique_ptr<Automation> make_automation(int fd, Pane& pane, const kiosk::Stage& stage);

}  // namespace ui
