// What is the same for every screen: its name, its place in the journey, which side it belongs to, and wiping.
#include "kiosk/screens.hpp"

namespace kiosk {

std::string_view name_of(const AnyQuestion& question) {
    return std::visit([]<class Q>(const Q&) { return Q::name; }, question);
}

Progress progress_of(const AnyQuestion& question) {
    return std::visit([]<class Q>(const Q&) { return Q::progress; }, question);
}

bool is_staff(const AnyQuestion& question) {
    return std::visit(
        []<class Q>(const Q&) {
            return std::is_same_v<Q, StaffPin> || std::is_same_v<Q, ConfirmPerson> || std::is_same_v<Q, StaffMenu> || std::is_same_v<Q, LoadBlanks> ||
                   std::is_same_v<Q, EmptyBinList> || std::is_same_v<Q, ReconcileCard> || std::is_same_v<Q, SecondBadge> || std::is_same_v<Q, StaffNote>;
        },
        question);
}

namespace {
void wipe_bytes(std::vector<std::uint8_t>& pixels) {
    drivers::wipe(std::as_writable_bytes(std::span{pixels}));
    pixels.clear();
}
void wipe_bytes(Bytes& bytes) {
    drivers::wipe(bytes);
    bytes.clear();
}
void wipe_strokes(std::vector<Stroke>& strokes) {
    for (auto& stroke : strokes) drivers::wipe(std::as_writable_bytes(std::span{stroke}));
    strokes.clear();
}
}  // namespace

void wipe(AnyQuestion& question) {
    std::visit(
        []<class Q>(Q& q) {
            if constexpr (requires { q.face; }) wipe_bytes(q.face.rgba);
            if constexpr (requires { q.preview_rgb; }) wipe_bytes(q.preview_rgb);
            if constexpr (requires { q.jpeg; }) wipe_bytes(q.jpeg);
            if constexpr (requires { q.portrait; }) wipe_bytes(q.portrait);
            if constexpr (requires { q.drawn; }) wipe_strokes(q.drawn);
            if constexpr (requires { q.full_name; }) drivers::wipe(q.full_name);
            if constexpr (requires { q.social_security_number; }) drivers::wipe(q.social_security_number);
            if constexpr (requires { q.mobile; }) drivers::wipe(q.mobile);
            if constexpr (requires { q.masked_number; }) drivers::wipe(q.masked_number);
            if constexpr (requires { q.masked_name; }) drivers::wipe(q.masked_name);
            if constexpr (requires { q.page; }) wipe_bytes(q.page);
            if constexpr (requires { q.guardian; }) drivers::wipe(q.guardian);
        },
        question);
}

}  // namespace kiosk
