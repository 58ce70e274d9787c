// Frames of the SDT-SAM protocol, as bytes and back: pure (facts: resident-id-reader.md, HIGH unless said otherwise).
//     host -> reader   AA AA AA 96 69 | length (2, big endian) | CMD PARA data... | checksum
//     reader -> host   AA AA AA 96 69 | length (2, big endian) | SW1 SW2 SW3 data... | checksum
// The length counts from the byte behind it to the checksum; the checksum is the XOR of the length and what it counts.
#pragma once
#include "drivers/resident_id/resident_id.hpp"

namespace drivers::sdt {

inline constexpr std::size_t preamble_bytes = 5, head_bytes = preamble_bytes + 2;
/// Longest length field that is believed (2560; the longest reply known is 2314, with fingerprints).
inline constexpr std::size_t max_length = 0x0A00;
/// SW1 SW2 SW3 checksum.
inline constexpr std::size_t min_length = 4;
inline constexpr std::size_t max_frame_bytes = head_bytes + max_length;

/// The length field of these seven bytes when they are a head that is believed.
[[nodiscard]] std::optional<std::size_t> announced_by(View head);

/// What the kiosk asks; the value is CMD << 8 | PARA. Fingerprints (30 10) are not asked for: no journey has a use for them.
enum class Command : std::uint16_t {
    reset = 0x10FF,
    status = 0x11FF,
    sam_id = 0x12FF,
    find = 0x2001,
    select = 0x2002,
    read = 0x3001,
    read_address = 0x3003,
};
[[nodiscard]] std::string_view name_of(Command command);
/// The whole frame, 10 bytes.
[[nodiscard]] Bytes frame_of(Command command);

/// SW3 (SW1 and SW2 are 0 in every answer known).
enum class Status : std::uint8_t { ok = 0x90, card_found = 0x9F, no_card = 0x80, select_failed = 0x81, no_such_item = 0x91 };

struct Reply {
    std::uint8_t sw1 = 0, sw2 = 0, sw3 = 0;
    Bytes data;  ///< up to max_length - min_length; may hold personal data: wiped when it dies
    Reply() = default;
    Reply(Reply&&) noexcept = default;
    Reply& operator=(Reply&& other) noexcept {
        std::swap(data, other.data);
        sw1 = other.sw1, sw2 = other.sw2, sw3 = other.sw3;
        return *this;
    }
    ~Reply() { wipe(data); }
    [[nodiscard]] bool is(Status status) const { return sw1 == 0 && sw2 == 0 && sw3 == static_cast<std::uint8_t>(status); }
};

/// What an SW3 means where it is not the good answer, with a text for the technician. Never a good end: an unknown one is reader_garbage.
[[nodiscard]] Fault fault_of(const Reply& reply, Command asked);
/// Can this be the answer to `asked`? Replies do not name their command: a good one is known by its size, a bad one only by the words that
/// belong to one command. Used to drop what comes late for an earlier command.
[[nodiscard]] bool can_answer(const Reply& reply, Command asked);

/// Bytes in, replies out, whatever the pieces. Finds the next preamble behind garbage, also inside a frame that turned out to be none. Holds one
/// frame at most, in memory of its own that is wiped.
class Decoder {
  public:
    Decoder() = default;
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;
    ~Decoder() { clear(); }

    /// Takes bytes from the front of `bytes` until a frame is complete or they are used up. Nothing: all are taken and no whole frame is left;
    /// until then it is to be called again, also with no more bytes.
    [[nodiscard]] std::optional<Reply> take(View& bytes);
    /// What lies here never became whole: looks for a frame behind its preamble. Called when nothing more comes.
    [[nodiscard]] std::optional<Reply> give_up();
    void clear();
    [[nodiscard]] bool empty() const { return size_ == 0; }
    /// Since the last clear(): frames that were refused, and bytes outside of frames.
    [[nodiscard]] int bad_checksums() const { return bad_checksums_; }
    [[nodiscard]] int bad_lengths() const { return bad_lengths_; }
    [[nodiscard]] std::size_t skipped() const { return skipped_; }

  private:
    std::optional<Reply> look();
    void drop(std::size_t count);

    std::array<std::byte, max_frame_bytes> buffer_{};
    std::size_t size_ = 0, skipped_ = 0;
    int bad_checksums_ = 0, bad_lengths_ = 0;
};

/// 70 bytes UTF-16LE, trimmed; document_invalid "appended_address" for broken characters.
[[nodiscard]] Result<std::string> parse_address(View data);
/// 16 bytes in the printed form "05.01-20100524-0000123456-3123456789": little-endian u16.u16-u32-u32-u32. The grouping is MEDIUM; the
/// padding is ours (no source states it).
[[nodiscard]] Result<std::string> parse_sam_id(View data);

}  // namespace drivers::sdt
