// Frames of the SDT-SAM protocol: made, found in a stream, and their status words (facts: resident-id-reader.md).
#include "drivers/resident_id/sdt_frame.hpp"

namespace drivers::sdt {

namespace {
constexpr std::array preamble{std::byte{0xAA}, std::byte{0xAA}, std::byte{0xAA}, std::byte{0x96}, std::byte{0x69}};
static_assert(preamble.size() == preamble_bytes);

std::size_t big_endian16(View two) { return static_cast<std::size_t>(u8(two[0]) << 8 | u8(two[1])); }

std::byte checksum(View bytes) {
    std::byte sum{};
    for (const auto b : bytes) sum ^= b;
    return sum;
}

/// Where a preamble begins, or may begin at the end of what is there.
std::size_t preamble_at(View bytes) {
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        const auto count = std::min(preamble_bytes, bytes.size() - at);
        if (std::ranges::equal(bytes.subspan(at, count), std::span{preamble}.first(count))) return at;
    }
    return bytes.size();
}

struct Word {
    std::uint8_t sw3;
    FaultCode code;
    const char* text;
};
// clang-format off
constexpr Word words[] = {
    {0x10, FaultCode::reader_garbage, "the reader received a frame with a wrong checksum"},
    {0x11, FaultCode::reader_garbage, "the reader received a frame with a wrong length"},
    {0x21, FaultCode::reader_garbage, "the reader calls the command wrong"},
    {0x24, FaultCode::reader_garbage, "unknown command, or no right to it"},
    {0x31, FaultCode::document_unreadable, "the card rejected the reader"},
    {0x32, FaultCode::document_unreadable, "the reader rejected the card"},
    {0x33, FaultCode::document_unreadable, "the check of the card's information failed"},
    {0x40, FaultCode::document_not_supported, "unsupported type of card"},
    {0x41, FaultCode::document_unreadable, "reading failed"},
    {0x47, FaultCode::document_unreadable, "GET CHALLENGE failed"},
    {0x60, FaultCode::reader_security_module, "the security module failed its self test"},
    {0x66, FaultCode::reader_security_module, "the security module is not authorised"},
    {0x80, FaultCode::no_document, "no card found"},
    {0x81, FaultCode::document_unreadable, "selecting the card failed"},
    {0x90, FaultCode::reader_garbage, "a good end of another shape"},
    {0x91, FaultCode::document_unreadable, "the card has no such item"},
    {0x9F, FaultCode::reader_garbage, "a card found that was not looked for"},
};
// clang-format on
static_assert(std::ranges::is_sorted(words, {}, &Word::sw3));

/// Bytes of data of the good answer.
std::size_t good_size(Command command) {
    switch (command) {
        case Command::reset:
        case Command::status: return 0;
        case Command::sam_id: return 16;
        case Command::find: return 4;
        case Command::select: return 8;
        case Command::read: return 4 + 256 + 1024;
        case Command::read_address: return 70;
    }
    return 0;
}
Status good_word(Command command) { return command == Command::find ? Status::card_found : Status::ok; }
}  // namespace

std::optional<std::size_t> announced_by(View head) {
    if (head.size() != head_bytes || !std::ranges::equal(head.first(preamble_bytes), preamble)) return std::nullopt;
    const auto length = big_endian16(head.subspan(preamble_bytes));
    if (length < min_length || length > max_length) return std::nullopt;
    return length;
}

std::string_view name_of(Command command) {
    switch (command) {
        case Command::reset: return "reset";
        case Command::status: return "status";
        case Command::sam_id: return "sam_id";
        case Command::find: return "find";
        case Command::select: return "select";
        case Command::read: return "read";
        case Command::read_address: return "read_address";
    }
    return {};
}

Bytes frame_of(Command command) {
    const auto word = static_cast<std::uint16_t>(command);
    Bytes frame(preamble.begin(), preamble.end());
    for (const int b : {0x00, 0x03, word >> 8, word & 0xFF}) frame.push_back(static_cast<std::byte>(b));
    frame.push_back(checksum(View{frame}.subspan(preamble_bytes)));
    return frame;
}

Fault fault_of(const Reply& reply, Command asked) {
    if (reply.sw1 != 0 || reply.sw2 != 0) return {FaultCode::reader_garbage, fmt::format("SDT {}: SW {:02X} {:02X} {:02X}", name_of(asked), reply.sw1, reply.sw2, reply.sw3)};
    const auto it = std::ranges::lower_bound(words, reply.sw3, {}, &Word::sw3);
    const bool known = it != std::end(words) && it->sw3 == reply.sw3;
    return {known ? it->code : FaultCode::reader_garbage, fmt::format("SDT {}: {:02X} {}", name_of(asked), reply.sw3, known ? it->text : "is no word we know")};
}

bool can_answer(const Reply& reply, Command asked) {
    if (reply.is(Status::no_card)) return asked == Command::find;
    if (reply.is(Status::select_failed)) return asked == Command::select;
    if (reply.is(Status::no_such_item)) return asked == Command::read_address;
    if (reply.is(Status::ok) || reply.is(Status::card_found)) return reply.is(good_word(asked)) && reply.data.size() == good_size(asked);
    return true;
}

void Decoder::drop(std::size_t count) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(count), buffer_.begin() + static_cast<std::ptrdiff_t>(size_), buffer_.begin());
    wipe(std::span{buffer_}.subspan(size_ - count, count));
    size_ -= count;
}

void Decoder::clear() {
    wipe(buffer_);
    size_ = skipped_ = 0;
    bad_checksums_ = bad_lengths_ = 0;
}

std::optional<Reply> Decoder::look() {
    for (;;) {
        const auto garbage = preamble_at(View{buffer_}.first(size_));
        skipped_ += garbage;
        if (garbage > 0) drop(garbage);
        if (size_ < head_bytes) return std::nullopt;
        const auto believed = announced_by(View{buffer_}.first(head_bytes));
        const auto counted = View{buffer_}.subspan(preamble_bytes, 2 + believed.value_or(0));
        if (believed && size_ < preamble_bytes + counted.size()) return std::nullopt;
        if (believed && checksum(counted) == std::byte{0}) {
            Reply reply;
            reply.sw1 = u8(counted[2]), reply.sw2 = u8(counted[3]), reply.sw3 = u8(counted[4]);
            reply.data = to_bytes(counted.subspan(5, *believed - min_length));
            drop(preamble_bytes + counted.size());
            return reply;
        }
        // No frame. A true one may begin anywhere behind this first byte.
        ++(believed ? bad_checksums_ : bad_lengths_);
        ++skipped_;
        drop(1);
    }
}

std::optional<Reply> Decoder::take(View& bytes) {
    // What is here may hold more than one frame after garbage was thrown out.
    if (auto reply = look()) return reply;
    while (!bytes.empty()) {
        // Never full here: look() leaves less than a whole frame.
        const auto count = std::min(bytes.size(), buffer_.size() - size_);
        std::ranges::copy(bytes.first(count), buffer_.begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += count;
        bytes = bytes.subspan(count);
        if (auto reply = look()) return reply;
    }
    return std::nullopt;
}

std::optional<Reply> Decoder::give_up() {
    while (size_ > 0) {
        if (auto reply = look()) return reply;
        if (size_ == 0) break;
        ++skipped_;
        drop(1);
    }
    return std::nullopt;
}

Result<std::string> parse_sam_id(View data) {
    if (data.size() != 16) return fail(FaultCode::reader_garbage, fmt::format("SDT SAM id of {} bytes", data.size()));
    const auto number = [data](std::size_t at, std::size_t bytes) {
        std::uint32_t n = 0;
        for (std::size_t i = bytes; i-- > 0;) n = n << 8 | u8(data[at + i]);
        return n;
    };
    return fmt::format("{:02}.{:02}-{:08}-{:010}-{:010}", number(0, 2), number(2, 2), number(4, 4), number(8, 4), number(12, 4));
}

}  // namespace drivers::sdt
