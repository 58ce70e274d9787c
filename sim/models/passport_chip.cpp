// The chip's front: power, disturbances, which command may be spoken where; selection and reading (9303-10, 3; 9303-11, 4 and 9.8).
#include "sim/models/passport_chip.hpp"

#include "sim/models/passport_der.hpp"

#include <algorithm>

namespace sim {

namespace {
using namespace passport;

constexpr Time quick = std::chrono::milliseconds{12}, reading = std::chrono::milliseconds{22}, disturbed = std::chrono::milliseconds{1500};
constexpr int breaks_after = 23;  ///< commands, when the field is intermittent
constexpr int master_file = 0x3F00;

const Bytes& application_name() {
    static const Bytes name = bytes_of({0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01});
    return name;
}
bool is_uid_question(View apdu) { return std::ranges::equal(apdu, bytes_of({0xFF, 0xCA, 0x00, 0x00, 0x00})); }
}  // namespace

PassportChip::PassportChip(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PassportChip::~PassportChip() = default;
PassportChip::Access PassportChip::access() const { return impl_->access; }
int PassportChip::commands() const { return impl_->commands; }
int PassportChip::failed_attempts() const { return impl_->failed_attempts; }
int PassportChip::proofs() const { return impl_->proofs; }
PassportDescription PassportChip::description() const { return impl_->contents.printed; }
View PassportChip::file(int id) const {
    const auto found = impl_->contents.files.find(id);
    return found == impl_->contents.files.end() ? View{} : View{found->second};
}

Bytes PassportChip::reset() {
    if (disturbance == Disturbance::off) return {};
    impl_->forget();
    impl_->muted = false;
    if (impl_->uid.empty() || random_uid) {
        impl_->uid = random_bytes(impl_->dice, 4);
        impl_->uid[0] = std::byte{0x08};  // ISO 14443-3: a random one
    }
    // PC/SC part 3: T=0 and T=1 announced, eight historical bytes of the chip's answer to select, check byte.
    Bytes atr = bytes_of({0x3B, 0x88, 0x80, 0x01, 0x31, 0xC0, 0x64, 0x08, 0x44, 0x03, 0x77, 0x80});
    std::byte check{};
    for (std::size_t i = 1; i < atr.size(); ++i) check ^= atr[i];
    atr.push_back(check);
    return atr;
}

Bytes PassportChip::answer(View apdu, Time& took) {
    took = quick;
    ++impl_->commands;
    switch (disturbance) {
        case Disturbance::off:
        case Disturbance::stuck:
        case Disturbance::unplugged: return {};
        case Disturbance::intermittent:
            if (impl_->commands % breaks_after != 0) break;
            impl_->forget();
            return {};
        case Disturbance::none:
        case Disturbance::garbage:
        case Disturbance::wrong:
        case Disturbance::slow:
        case Disturbance::delayed: break;
    }
    if (mute_after && (*mute_after)-- <= 0) {
        mute_after.reset();
        impl_->muted = true;
        impl_->forget();
    }
    if (impl_->muted) return {};
    impl_->most_read = std::max<std::size_t>(most_read, 1);
    Bytes out = is_uid_question(apdu) ? with_status(impl_->uid, fine) : impl_->transmit(apdu, took, disturbance != Disturbance::wrong);
    if (disturbance == Disturbance::slow || disturbance == Disturbance::delayed) took = std::max(took, disturbed);
    if (disturbance == Disturbance::garbage && out.size() > 2) out[impl_->dice.below(out.size() - 2)] ^= std::byte{0x04};
    return out;
}

void PassportChip::Impl::end_session() {
    session.reset();
    next_session.reset();
    access = Access::closed;
    agreement_chosen = false;
}

void PassportChip::Impl::forget() {
    end_session();
    in_application = false;
    file = 0;
    challenge.clear();
    pace.reset();
}

Bytes PassportChip::Impl::transmit(View apdu, Time& took, bool is_passport) {
    const auto command = Command::of(apdu);
    const bool protected_ = command && (command->cla & secured_bits) == secured_bits;
    if (!protected_) end_session();  // any unprotected command, also one that is malformed
    if (!command) return status(wrong_length);
    if ((command->cla & 0xE0) != 0) return status(no_class);
    if ((command->cla & 0x03) != 0) return status(no_channels);
    if ((command->cla & secured_bits) != 0 && !protected_) return status(no_such_messaging);
    if (!is_passport) return status(no_file);
    if (!protected_) {
        const Reply reply = plain(*command, took);
        if (next_session) {  // BAC or PACE is done: from the next command on
            session = std::move(next_session);
            access = next_access;
            next_session.reset();
        }
        return with_status(reply.data, reply.sw);
    }
    if (!session) return status(not_allowed);
    const auto inside = session->open(*command);
    if (!inside) {
        end_session();
        return status(inside.error());
    }
    const Reply reply = secured(*inside, took);
    Bytes out = session->seal(reply);
    if (next_session) {  // chip authentication: the answer still goes under the old keys
        session = std::move(next_session);
        access = next_access;
        next_session.reset();
    }
    return out;
}

passport::Reply PassportChip::Impl::plain(const Command& c, Time& took) {
    const bool chained = (c.cla & chained_bit) != 0;
    if (chained && c.ins != 0x86) return {no_chaining};
    if (c.ins != 0x86 && c.ins != 0x22) pace.reset();
    switch (c.ins) {
        case 0xA4: return select(c);
        case 0xB0: return read_binary(c, took);
        case 0x84: return get_challenge(c);
        case 0x82: return external_authenticate(c, took);
        case 0x22: return set_pace(c);
        case 0x86: return pace_step(c, took);
        case 0x88: return {not_allowed};
        default: return {no_instruction};
    }
}

passport::Reply PassportChip::Impl::secured(const Command& c, Time& took) {
    if ((c.cla & chained_bit) != 0) return {no_chaining};
    switch (c.ins) {
        case 0xA4: return select(c);
        case 0xB0: return read_binary(c, took);
        case 0x22: return choose_agreement(c, took);
        case 0x86: return agreement_step(c, took);
        case 0x88: return prove(c, took);
        case 0x82:
        case 0x84: return {conditions};  // access is won already
        default: return {no_instruction};
    }
}

passport::Reply PassportChip::Impl::select(const Command& c) {
    if (c.p2 != 0x0C && c.p2 != 0x00) return {wrong_p1p2};
    if (c.p1 == 0x04) {
        if (!std::ranges::equal(c.data, application_name())) return {no_file};
        in_application = true;
        file = 0;
        return {fine, c.p2 == 0x00 ? der::object(0x6F, der::object(0x84, c.data)) : Bytes{}};
    }
    if (c.p1 != 0x00 && c.p1 != 0x02) return {wrong_p1p2};
    const int id = c.data.size() == 2 ? std::to_integer<int>(c.data[0]) << 8 | std::to_integer<int>(c.data[1]) : -1;
    if (c.p1 == 0x00 && (c.data.empty() || id == master_file)) {
        in_application = false;
        file = 0;
        return {};
    }
    if (id < 0) return {wrong_length};
    if (in_application && !is_open()) return {not_allowed};
    if (in_application == (id == card_access) || !contents.files.contains(id)) return {no_file};
    file = id;
    return {};
}

passport::Reply PassportChip::Impl::read_binary(const Command& c, Time& took) {
    if (!c.le || !c.data.empty()) return {wrong_length};
    if (in_application && !is_open()) return {not_allowed};
    std::size_t offset = static_cast<std::size_t>(c.p1p2());
    if ((c.p1 & 0x80) != 0) {  // a short identifier selects too
        if ((c.p1 & 0x60) != 0) return {wrong_p1p2};
        const int id = 0x0100 | (c.p1 & 0x1F);
        if (in_application == (id == card_access) || !contents.files.contains(id)) return {no_file};
        file = id;
        offset = static_cast<std::size_t>(c.p2);
    }
    if (file == 0) return {no_file_selected};
    const Bytes& content = contents.files.at(file);
    if (offset >= content.size()) return {wrong_offset};
    took = reading;
    const auto wanted = static_cast<std::size_t>(*c.le), there = content.size() - offset;
    const std::size_t size = std::min({wanted, there, most_read, session ? session->most_bytes() : std::size_t{256}});
    Bytes data(content.begin() + static_cast<std::ptrdiff_t>(offset), content.begin() + static_cast<std::ptrdiff_t>(offset + size));
    return {wanted > there && wanted != 256 ? warning_end_of_file : fine, std::move(data)};
}

}  // namespace sim
