// Personal data of this floor is overwritten when it has served: the planes of a job and what they were drawn from.
#include "printer/face/face.hpp"

namespace printer {

void PrintJob::wipe() {
    for (auto* plane : {&y, &m, &c, &k, &o, &back_k}) {
        drivers::wipe(std::as_writable_bytes(std::span{*plane}));
        plane->clear();
    }
}

void FaceData::wipe() {
    for (auto* text : {&name, &social_security_number, &card_number, &issue_date, &valid_until, &bank, &bank_id, &authority, &qr}) drivers::wipe(*text);
    drivers::wipe(photo_jpeg);
    photo_jpeg.clear();
}

}  // namespace printer
