// A resident ID reader that speaks SDT frames: its security module, the card that lies on it, and what can be wrong with either. Bytes in, bytes out; what carries
// them (serial port, USB) stands in sim/wire (facts: resident-id-reader.md). Conventions where the facts are silent: a command takes the times of
// `SdtTimes`; a reset forgets which card was read; the number of the module is made of the setup's seed.
#pragma once
#include "sim/models/model.hpp"

#include <deque>
#include <map>
#include <memory>

namespace sim {

/// What lies on the reader, as its chip has it; any of the four text variants. Texts are the caller's business: the reader does not look inside.
struct SdtCard {
    Bytes text;              ///< 256
    Bytes photograph;        ///< 1024
    Bytes fingerprints;      ///< empty, 512 or 1024
    Bytes appended_address;  ///< empty: none; 70
};

struct SdtTimes {
    Time status{std::chrono::milliseconds{5}}, find{std::chrono::milliseconds{40}}, select{std::chrono::milliseconds{60}}, read{std::chrono::milliseconds{600}};
};

/// `disturbance`: off and unplugged and stuck (hears, says nothing), garbage (noise around every answer), wrong (wrong checksums), slow (four times
/// as long, in single bytes), delayed (every answer 2 s late), intermittent (one command in three is not answered).
struct SdtFaults {
    Disturbance disturbance = Disturbance::none;
    std::map<int, int> words;         ///< command (0x2001 ...) -> the SW3 that it is answered with, until erased
    bool wrong_length = false;        ///< the length field says four more than there is
    std::size_t piece = 0;            ///< answers come in pieces of so many bytes; 0: whole
    Time between_pieces{std::chrono::milliseconds{2}};
    bool finds_again = false;         ///< a reader without the rule: a card that was read is found again
};

class SdtReader {
  public:
    explicit SdtReader(std::uint64_t seed = 1, SdtTimes times = {}) : dice_(seed), times_(times), seed_(seed) {}

    // ---- hands ----
    void put(SdtCard card);
    void take();
    [[nodiscard]] bool has_card() const { return card_.has_value(); }
    /// The cable, or power: everything under way is forgotten, and which card was read.
    void power_cycle();
    SdtFaults faults;

    // ---- the wire ----
    void host_writes(View bytes, Time now);
    /// At most `room` bytes of what has been said by now; empty: nothing yet.
    [[nodiscard]] Bytes host_reads(std::size_t room, Time now);
    /// The oldest answer when it has been said to its end; empty: nothing yet. For wires that carry an answer in one go.
    [[nodiscard]] Bytes host_takes_answer(Time now);
    /// When there will be more to read.
    [[nodiscard]] std::optional<Time> next_event() const;

    // ---- for auditors ----
    [[nodiscard]] int reads() const { return reads_; }
    [[nodiscard]] int commands() const { return commands_; }
    [[nodiscard]] int resets() const { return resets_; }
    /// As on the module's plate: "05.01-20260101-0000000001-0000000007".
    [[nodiscard]] std::string module_number() const;

  private:
    struct Said {
        Time at{};
        Bytes bytes;
        std::size_t piece = 0, taken = 0;
        Time between{};
        [[nodiscard]] std::size_t out_by(Time now) const;
        [[nodiscard]] Time next(std::size_t from) const;
    };
    void hear(View frame, Time now);
    [[nodiscard]] Bytes module_bytes() const;
    [[nodiscard]] Bytes act(int command, Time& took);
    [[nodiscard]] Bytes find();
    [[nodiscard]] Bytes select();
    [[nodiscard]] Bytes read(bool with_fingerprints);
    [[nodiscard]] Bytes address() const;
    void say(Bytes status_and_data, Time at);
    [[nodiscard]] Bytes noise();

    Dice dice_;
    SdtTimes times_;
    std::uint64_t seed_;
    std::optional<SdtCard> card_;
    bool found_ = false, selected_ = false, read_ = false;
    Bytes heard_;
    std::deque<Said> said_;
    int reads_ = 0, commands_ = 0, resets_ = 0;
};

}  // namespace sim
