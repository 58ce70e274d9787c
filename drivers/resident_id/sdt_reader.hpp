// A resident ID reader that speaks SDT frames over a pipe (USB 0400:c35a, a serial port). Find, select, read; the rules of polling and
// of time-outs (facts: resident-id-reader.md, "Timing"). Which bytes go to which endpoint (the two schemes) is the pipe's business.
#pragma once
#include "drivers/resident_id/sdt_frame.hpp"
#include "drivers/pipe.hpp"

namespace drivers::sdt {

struct Limits {
    Duration poll = std::chrono::milliseconds{300};           ///< between two finds
    Duration short_command = std::chrono::milliseconds{1500};  ///< every command but read: asked, and answered whole
    Duration read_command = std::chrono::milliseconds{4000};   ///< read of text and photograph
    Duration flush_silence = std::chrono::milliseconds{50};    ///< no byte for so long: the wire is empty
    int timeouts_before_reset = 3;                             ///< one after the other
    int card_tries = 3;                                        ///< find, select, read again while the card is being put down
    std::size_t max_noise_bytes = 16384;                       ///< of one answer or one flush; more is a reader that babbles
    int max_foreign_replies = 4;                               ///< answers to another command before one's own
};

/// Belongs to the loop. One command at a time: a second one meanwhile is refused (internal). Cancellable at every wait; what comes late for a
/// cancelled command is dropped before the next. `pipe` and `clock` outlive it.
///
/// Faults: time_out (this command; input flushed, security module asked for its status), reader_missing (pipe away, or the third time-out in
/// a row: the reader was told to reset and the owner opens the pipe anew), reader_security_module, reader_garbage, and of the
/// card no_document, document_unreadable, document_not_supported, document_invalid. Details name command and SW3.
class Reader {
  public:
    Reader(Pipe& pipe, Clock& clock, Limits limits = {}) : pipe_(pipe), clock_(clock), limits_(limits) {}

    /// The security module works.
    awaitable<Result<void>> status();
    awaitable<Result<void>> reset();
    /// In its printed form.
    awaitable<Result<std::string>> sam_id();
    /// False: none. After a good read the same card is not found again until it has left and come back (the reader's rule).
    awaitable<Result<bool>> find();
    awaitable<Result<void>> select();
    awaitable<Result<IdDocument>> read();
    /// Of the card that was read last; nothing when it has none.
    awaitable<Result<std::optional<std::string>>> appended_address();

    /// Asks for a card every `poll` until one is found and read. A card that was found and cannot be read is tried `card_tries` times. When
    /// `limit` passed (looked at between commands): the last fault met, no_document when there was none. The same after `empty_finds` finds
    /// without a card one after the other, where that is given.
    awaitable<Result<IdDocument>> next_card(Duration limit, std::optional<int> empty_finds = {});

  private:
    awaitable<Result<Reply>> ask(Command command);
    awaitable<Result<Reply>> exchange(Command command);
    awaitable<Result<Reply>> answer_to(Command command, Steady deadline);
    awaitable<Result<void>> flush();
    awaitable<Result<Reply>> late(Command command);
    awaitable<Result<IdDocument>> read_found();

    Pipe& pipe_;
    Clock& clock_;
    Limits limits_;
    Decoder decoder_;
    bool busy_ = false, unclean_ = true;
    int timeouts_ = 0;
};

}  // namespace drivers::sdt
