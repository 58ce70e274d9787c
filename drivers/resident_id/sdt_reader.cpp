// The conversation with an SDT reader: one command, its answer within a limit, and what is done when there is none.
#include "drivers/resident_id/sdt_reader.hpp"

namespace drivers::sdt {

namespace {
/// The words of the pipe, which was made for printers, in the words of the ID reader.
Fault as_reader(Fault fault) {
    if (fault.code == FaultCode::printer_missing || fault.code == FaultCode::printer_unplugged) fault.code = FaultCode::reader_missing;
    else if (fault.code == FaultCode::printer_silent) fault.code = FaultCode::time_out;
    return fault;
}

struct Busy {
    bool& flag;
    explicit Busy(bool& f) : flag(f) { flag = true; }
    ~Busy() { flag = false; }
};

/// A piece of the wire, which may be a piece of somebody's card.
struct Piece {
    Bytes bytes;
    ~Piece() { wipe(bytes); }
};
constexpr std::size_t read_bytes = 4096;
}  // namespace

awaitable<Result<Reply>> Reader::answer_to(Command command, Steady deadline) {
    std::size_t received = 0;
    int foreign = 0;
    const auto fits = [&](std::optional<Reply>& reply) {
        if (!reply || can_answer(*reply, command)) return reply.has_value();
        ++foreign;
        reply.reset();
        return false;
    };
    while (clock_.steady() < deadline) {
        auto got = co_await pipe_.read(read_bytes, deadline - clock_.steady());
        if (!got && got.error().code != FaultCode::time_out) co_return std::unexpected(as_reader(got.error()));
        if (!got) break;
        const Piece piece{*std::move(got)};
        received += piece.bytes.size();
        View rest{piece.bytes};
        while (auto reply = decoder_.take(rest)) {
            if (!fits(reply)) continue;
            // What surrounds an answer may be followed by more of it.
            unclean_ = decoder_.skipped() > 0 || foreign > 0 || !rest.empty() || !decoder_.empty();
            co_return *std::move(reply);
        }
        if (received > limits_.max_noise_bytes) co_return fail(FaultCode::reader_garbage, fmt::format("SDT {}: {} bytes and no answer", name_of(command), received));
        if (foreign > limits_.max_foreign_replies) co_return fail(FaultCode::reader_garbage, fmt::format("SDT {}: answers to other commands", name_of(command)));
    }
    // A frame that never became whole may have swallowed the true one.
    while (auto reply = decoder_.give_up())
        if (fits(reply)) co_return *std::move(reply);
    co_return fail(FaultCode::time_out, fmt::format("SDT {}: no answer ({} bad checksums, {} bad lengths, {} bytes of garbage, {} answers to other commands)", name_of(command),
                                                    decoder_.bad_checksums(), decoder_.bad_lengths(), decoder_.skipped(), foreign));
}

awaitable<Result<void>> Reader::flush() {
    decoder_.clear();
    for (std::size_t dropped = 0; dropped <= limits_.max_noise_bytes;) {
        auto got = co_await pipe_.read(read_bytes, limits_.flush_silence);
        if (!got && got.error().code == FaultCode::time_out) co_return Result<void>{};
        if (!got) co_return std::unexpected(as_reader(got.error()));
        const Piece piece{*std::move(got)};
        dropped += piece.bytes.size();
    }
    co_return fail(FaultCode::reader_garbage, "SDT: the reader babbles");
}

awaitable<Result<Reply>> Reader::exchange(Command command) {
    if (unclean_) {
        const auto flushed = co_await flush();
        if (!flushed) co_return std::unexpected(flushed.error());
    }
    // Until the answer is here whole; also when the caller is cancelled in between.
    unclean_ = true;
    decoder_.clear();
    const auto limit = command == Command::read ? limits_.read_command : limits_.short_command;
    const auto deadline = clock_.steady() + limit;
    const auto sent = co_await pipe_.write(frame_of(command), limit);
    if (!sent) co_return std::unexpected(as_reader(sent.error()));
    auto reply = co_await answer_to(command, deadline);
    decoder_.clear();
    co_return reply;
}

/// After a time-out: is the security module still there; and after too many of them, a reset.
awaitable<Result<Reply>> Reader::late(Command command) {
    if (++timeouts_ >= limits_.timeouts_before_reset) {
        timeouts_ = 0;
        const auto reset = co_await exchange(Command::reset);
        co_return fail(FaultCode::reader_missing,
                       fmt::format("SDT {}: silent {} times, {}; open it anew", name_of(command), limits_.timeouts_before_reset, reset ? "was reset" : "does not reset"));
    }
    const auto alive = co_await exchange(Command::status);
    if (alive && !alive->is(Status::ok)) co_return std::unexpected(fault_of(*alive, Command::status));
    co_return fail(FaultCode::time_out, fmt::format("SDT {}: no answer, the security module {}", name_of(command), alive ? "is well" : "is silent too"));
}

awaitable<Result<Reply>> Reader::ask(Command command) {
    if (busy_) co_return fail(FaultCode::internal, fmt::format("SDT {}: another command is under way", name_of(command)));
    const Busy busy{busy_};
    auto reply = co_await exchange(command);
    if (reply) timeouts_ = 0;
    else if (reply.error().code == FaultCode::time_out) co_return co_await late(command);
    co_return reply;
}

awaitable<Result<void>> Reader::status() {
    const auto reply = co_await ask(Command::status);
    if (!reply) co_return std::unexpected(reply.error());
    if (!reply->is(Status::ok)) co_return std::unexpected(fault_of(*reply, Command::status));
    co_return Result<void>{};
}

awaitable<Result<void>> Reader::reset() {
    const auto reply = co_await ask(Command::reset);
    if (!reply) co_return std::unexpected(reply.error());
    if (!reply->is(Status::ok)) co_return std::unexpected(fault_of(*reply, Command::reset));
    co_return Result<void>{};
}

awaitable<Result<std::string>> Reader::sam_id() {
    const auto reply = co_await ask(Command::sam_id);
    if (!reply) co_return std::unexpected(reply.error());
    if (!reply->is(Status::ok)) co_return std::unexpected(fault_of(*reply, Command::sam_id));
    co_return parse_sam_id(reply->data);
}

awaitable<Result<bool>> Reader::find() {
    const auto reply = co_await ask(Command::find);
    if (!reply) co_return std::unexpected(reply.error());
    if (reply->is(Status::card_found)) co_return true;
    if (reply->is(Status::no_card)) co_return false;
    co_return std::unexpected(fault_of(*reply, Command::find));
}

awaitable<Result<void>> Reader::select() {
    const auto reply = co_await ask(Command::select);
    if (!reply) co_return std::unexpected(reply.error());
    if (!reply->is(Status::ok)) co_return std::unexpected(fault_of(*reply, Command::select));
    co_return Result<void>{};
}

awaitable<Result<IdDocument>> Reader::read() {
    const auto reply = co_await ask(Command::read);
    if (!reply) co_return std::unexpected(reply.error());
    if (!reply->is(Status::ok)) co_return std::unexpected(fault_of(*reply, Command::read));
    co_return parse_id_stream(reply->data);
}

awaitable<Result<std::optional<std::string>>> Reader::appended_address() {
    const auto reply = co_await ask(Command::read_address);
    if (!reply) co_return std::unexpected(reply.error());
    if (reply->is(Status::no_such_item)) co_return std::optional<std::string>{};
    if (!reply->is(Status::ok)) co_return std::unexpected(fault_of(*reply, Command::read_address));
    auto text = parse_address(reply->data);
    if (!text) co_return std::unexpected(text.error());
    co_return std::optional<std::string>{*std::move(text)};
}

awaitable<Result<IdDocument>> Reader::read_found() {
    const auto selected = co_await select();
    if (!selected) co_return std::unexpected(selected.error());
    co_return co_await read();
}

awaitable<Result<IdDocument>> Reader::next_card(Duration limit, std::optional<int> empty_finds) {
    const auto deadline = clock_.steady() + limit;
    const auto passing = [](const Fault& fault) { return fault.code == FaultCode::document_unreadable || fault.code == FaultCode::time_out; };
    std::optional<Fault> last;
    int empty = 0;
    for (int tries = 0; clock_.steady() < deadline;) {
        const auto found = co_await find();
        if (!found && found.error().code != FaultCode::time_out) co_return std::unexpected(found.error());
        if (!found) last = found.error();
        empty = found && !*found ? empty + 1 : 0;
        // Or the card lies there still and its answer was lost: a card that it has read the reader does not find again.
        if (empty_finds && empty >= *empty_finds) co_return std::unexpected(last.value_or(Fault{FaultCode::no_document, fmt::format("no card in {} finds", empty)}));
        if (found && *found) {
            auto card = co_await read_found();
            if (card || !passing(card.error()) || ++tries >= limits_.card_tries) co_return card;
            last = card.error();
        }
        co_await clock_.sleep(std::clamp(deadline - clock_.steady(), Duration{}, limits_.poll));
    }
    if (last) co_return std::unexpected(*std::move(last));
    co_return fail(FaultCode::no_document, "no card within the limit");
}

}  // namespace drivers::sdt
