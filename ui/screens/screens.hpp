// One draw function for each struct of kiosk/screens.hpp. Each draws texts and targets into the frame and touches nothing else.
#pragma once
#include "ui/frame.hpp"

namespace ui::screens {

// welcome.cpp: welcome, for whom
void draw(Frame& frame, const kiosk::Welcome& q);
void draw(Frame& frame, const kiosk::ForWhom& q);
// notice.cpp
void draw(Frame& frame, const kiosk::Notice& q);
// document.cpp: present, take back, please wait
void draw(Frame& frame, const kiosk::PresentDocument& q);
// choices.cpp: which document, which relation
void draw(Frame& frame, const kiosk::ChooseDocument& q);
void draw(Frame& frame, const kiosk::ChooseRelation& q);
// page.cpp: a page before the camera, and as it was taken
void draw(Frame& frame, const kiosk::ShowZone& q);
void draw(Frame& frame, const kiosk::ShowECard& q);
void draw(Frame& frame, const kiosk::PhotographPage& q);
void draw(Frame& frame, const kiosk::PageTaken& q);
// typing.cpp: numbers and dates; name.cpp: names
void draw(Frame& frame, const kiosk::EnterZone& q);
void draw(Frame& frame, const kiosk::EnterIdNumber& q);
void draw(Frame& frame, const kiosk::EnterExpiry& q);
void draw(Frame& frame, const kiosk::EnterName& q);
void draw(Frame& frame, const kiosk::TakeDocumentBack& q);
void draw(Frame& frame, const kiosk::PleaseWait& q);
// standing.cpp: explain standing, offer resume, go to window, trouble
void draw(Frame& frame, const kiosk::ExplainStanding& q);
void draw(Frame& frame, const kiosk::OfferResume& q);
void draw(Frame& frame, const kiosk::GoToWindow& q);
void draw(Frame& frame, const kiosk::Trouble& q);
// photo.cpp: take photo, photo taken, call staff
void draw(Frame& frame, const kiosk::TakePhoto& q);
void draw(Frame& frame, const kiosk::PhotoTaken& q);
void draw(Frame& frame, const kiosk::CallStaff& q);
// form.cpp: bank, mobile, PIN
void draw(Frame& frame, const kiosk::ChooseBank& q);
void draw(Frame& frame, const kiosk::EnterMobile& q);
void draw(Frame& frame, const kiosk::ChoosePin& q);
// confirm.cpp: confirm, sign
void draw(Frame& frame, const kiosk::ConfirmCard& q);
void draw(Frame& frame, const kiosk::Sign& q);
// card.cpp: making, taking, finished
void draw(Frame& frame, const kiosk::MakingCard& q);
void draw(Frame& frame, const kiosk::TakeCard& q);
void draw(Frame& frame, const kiosk::Finished& q);
// staff.cpp: PIN, person, second badge, notes
void draw(Frame& frame, const kiosk::StaffPin& q);
void draw(Frame& frame, const kiosk::ConfirmPerson& q);
void draw(Frame& frame, const kiosk::SecondBadge& q);
void draw(Frame& frame, const kiosk::StaffNote& q);
// supplies.cpp: menu, load, bin, reconcile
void draw(Frame& frame, const kiosk::StaffMenu& q);
void draw(Frame& frame, const kiosk::LoadBlanks& q);
void draw(Frame& frame, const kiosk::EmptyBinList& q);
void draw(Frame& frame, const kiosk::ReconcileCard& q);

/// "your passport", "the child's ID card": the fill {document} of many sentences.
[[nodiscard]] std::string document_of(Frame& frame, kiosk::Whose whose, drivers::DocumentKind kind);
/// Shared by the photo and confirm rooms.
[[nodiscard]] std::string join(const std::vector<kiosk::Bank>& banks, kiosk::Language language, std::string_view between);

}  // namespace ui::screens
