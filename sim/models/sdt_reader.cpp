// The security module's side of the frames, and the rules of finding, selecting and reading.
#include "sim/models/sdt_reader.hpp"
#include "sim/models/answer.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace sim {

namespace {
using namespace std::chrono_literals;

constexpr std::array<int, 5> start{0xAA, 0xAA, 0xAA, 0x96, 0x69};
constexpr std::size_t longest_request = 64, longest_heard = 4096;
constexpr Time late{2s};
constexpr int slowness = 4;
constexpr std::uint64_t one_in = 3;

int at(View bytes, std::size_t i) { return std::to_integer<int>(bytes[i]); }

int sum(View bytes) {
    int x = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) x ^= at(bytes, i);
    return x;
}
Bytes word(int sw3) { return bytes_of({0, 0, sw3}); }
Bytes little(std::uint64_t value, std::size_t size) {
    Bytes out;
    for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<std::byte>(value >> 8 * i & 0xFF));
    return out;
}
}  // namespace

std::size_t SdtReader::Said::out_by(Time now) const {
    if (now < at) return 0;
    if (piece == 0 || between <= Time{}) return bytes.size();
    return std::min(bytes.size(), piece * (1 + static_cast<std::size_t>((now - at) / between)));
}
Time SdtReader::Said::next(std::size_t from) const { return piece == 0 ? at : at + between * static_cast<long>(from / piece); }

void SdtReader::put(SdtCard card) {
    card_ = std::move(card);
    found_ = selected_ = read_ = false;
}
void SdtReader::take() {
    card_.reset();
    found_ = selected_ = read_ = false;
}
void SdtReader::power_cycle() {
    found_ = selected_ = read_ = false;
    heard_.clear();
    said_.clear();
}

void SdtReader::host_writes(View bytes, Time now) {
    if (faults.disturbance == Disturbance::off || faults.disturbance == Disturbance::unplugged) return;
    append(heard_, bytes);
    if (heard_.size() > longest_heard) heard_.erase(heard_.begin(), heard_.end() - static_cast<std::ptrdiff_t>(longest_request));
    for (;;) {
        // Everything before a preamble is passed over; one that may still become whole is waited for.
        std::size_t from = 0;
        const auto begins = [&](std::size_t i) {
            for (std::size_t k = 0; k < start.size() && i + k < heard_.size(); ++k)
                if (at(heard_, i + k) != start[k]) return false;
            return true;
        };
        while (from < heard_.size() && !begins(from)) ++from;
        heard_.erase(heard_.begin(), heard_.begin() + static_cast<std::ptrdiff_t>(from));
        if (heard_.size() < start.size() + 2) return;
        const std::size_t length = static_cast<std::size_t>(at(heard_, 5) << 8 | at(heard_, 6));
        if (length < 3 || length > longest_request) {
            heard_.erase(heard_.begin());
            say(word(0x11), now + times_.status);
            continue;
        }
        const std::size_t whole = start.size() + 2 + length;
        if (heard_.size() < whole) return;
        const Bytes frame(heard_.begin() + static_cast<std::ptrdiff_t>(start.size()), heard_.begin() + static_cast<std::ptrdiff_t>(whole));
        heard_.erase(heard_.begin(), heard_.begin() + static_cast<std::ptrdiff_t>(whole));
        hear(frame, now);
    }
}

void SdtReader::hear(View frame, Time now) {
    ++commands_;
    if (faults.disturbance == Disturbance::stuck || (faults.disturbance == Disturbance::intermittent && dice_.one_in(one_in))) return;
    if (sum(frame) != 0) return say(word(0x10), now + times_.status);
    const int command = at(frame, 2) << 8 | at(frame, 3);
    Time took = times_.status;
    Bytes answer;
    if (const auto ordered = faults.words.find(command); ordered != faults.words.end()) answer = word(ordered->second);
    else answer = act(command, took);
    if (faults.disturbance == Disturbance::slow) took *= slowness;
    if (faults.disturbance == Disturbance::delayed) took += late;
    say(std::move(answer), now + took);
}

Bytes SdtReader::act(int command, Time& took) {
    switch (command) {
        case 0x10FF:
            ++resets_;
            found_ = selected_ = read_ = false;
            return word(0x90);
        case 0x11FF:
        case 0x61FF: return word(0x90);
        case 0x12FF: {
            Bytes out = word(0x90);
            append(out, module_bytes());
            return out;
        }
        case 0x2001: took = times_.find; return find();
        case 0x2002: took = times_.select; return select();
        case 0x3001: took = times_.read; return read(false);
        case 0x3010: took = times_.read; return read(true);
        case 0x3003: took = times_.select; return address();
        default: return word(command >> 8 == 0x60 && (command & 0xFF) <= 4 ? 0x90 : 0x24);
    }
}

Bytes SdtReader::find() {
    found_ = card_ && (!read_ || faults.finds_again);
    selected_ = false;
    if (!found_) return word(0x80);
    Bytes out = word(0x9F);
    out.resize(out.size() + 4);
    return out;
}

Bytes SdtReader::select() {
    selected_ = std::exchange(found_, false) && card_;
    if (!selected_) return word(0x81);
    Bytes out = word(0x90);
    out.resize(out.size() + 8);
    return out;
}

Bytes SdtReader::read(bool with_fingerprints) {
    if (!std::exchange(selected_, false) || !card_) return word(0x41);
    read_ = true;
    ++reads_;
    const auto size = [](const Bytes& part) { return bytes_of({static_cast<int>(part.size() >> 8), static_cast<int>(part.size() & 0xFF)}); };
    Bytes out = word(0x90);
    append(out, size(card_->text));
    append(out, size(card_->photograph));
    if (with_fingerprints) append(out, size(card_->fingerprints));
    append(out, card_->text);
    append(out, card_->photograph);
    if (with_fingerprints) append(out, card_->fingerprints);
    return out;
}

Bytes SdtReader::address() const {
    if (!card_ || !read_) return word(0x41);
    if (card_->appended_address.empty()) return word(0x91);
    Bytes out = word(0x90);
    append(out, card_->appended_address);
    return out;
}

Bytes SdtReader::module_bytes() const {
    Bytes out = little(5, 2);
    for (const auto& part : {little(1, 2), little(20'260'101, 4), little(seed_ & 0xFFFF'FFFF, 4), little(7, 4)}) append(out, part);
    return out;
}
std::string SdtReader::module_number() const { return fmt::format("05.01-20260101-{:010}-0000000007", seed_ & 0xFFFF'FFFF); }

Bytes SdtReader::noise() {
    Bytes out;
    for (std::uint64_t n = 1 + dice_.below(24); n > 0; --n) out.push_back(static_cast<std::byte>(dice_.next() >> 32));
    return out;
}

void SdtReader::say(Bytes answer, Time when) {
    const auto length = answer.size() + 1 + (faults.wrong_length ? 4 : 0);
    Bytes counted = bytes_of({static_cast<int>(length >> 8), static_cast<int>(length & 0xFF)});
    append(counted, answer);
    const int check = sum(counted) ^ (faults.disturbance == Disturbance::wrong ? 0x5A : 0);
    Bytes out;
    if (faults.disturbance == Disturbance::garbage) append(out, noise());
    for (const int b : start) out.push_back(static_cast<std::byte>(b));
    append(out, counted);
    out.push_back(static_cast<std::byte>(check));
    if (faults.disturbance == Disturbance::garbage) append(out, noise());
    const bool slow = faults.disturbance == Disturbance::slow;
    said_.push_back({.at = when, .bytes = std::move(out), .piece = slow ? 1 : faults.piece, .taken = 0, .between = slow ? Time{500} : faults.between_pieces});
}

Bytes SdtReader::host_reads(std::size_t room, Time now) {
    Bytes out;
    while (!said_.empty() && out.size() < room) {
        auto& first = said_.front();
        const std::size_t upto = std::min(first.out_by(now), first.taken + room - out.size());
        if (upto <= first.taken) break;
        append(out, View{first.bytes}.subspan(first.taken, upto - first.taken));
        first.taken = upto;
        if (first.taken < first.bytes.size()) break;
        said_.pop_front();
    }
    return out;
}

Bytes SdtReader::host_takes_answer(Time now) {
    if (said_.empty() || said_.front().out_by(now) < said_.front().bytes.size()) return {};
    Bytes out = std::move(said_.front().bytes);
    said_.pop_front();
    return out;
}

std::optional<Time> SdtReader::next_event() const {
    if (said_.empty()) return std::nullopt;
    return said_.front().next(said_.front().taken);
}

}  // namespace sim
