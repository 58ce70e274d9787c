// The SDT frames of the resident ID reader: the published frames, every split and prefix, hostile bytes; and the conversation with
// a small model of the reader that is this file's own. All people here are invented.
#include "drivers/random.hpp"
#include "drivers/resident_id/sdt_reader.hpp"
#include "tests/drivers/fakes.hpp"

using namespace test;
using namespace std::chrono_literals;
namespace sdt = drivers::sdt;
using sdt::Command;

namespace {
/// A frame of the reader, written from the facts and not with the codec.
Bytes framed(View status_and_data) {
    Bytes out = "AAAAAA9669"_hex;
    const auto length = status_and_data.size() + 1;
    std::byte sum{};
    const auto put = [&](std::byte b) { out.push_back(b), sum ^= b; };
    put(static_cast<std::byte>(length >> 8)), put(static_cast<std::byte>(length & 0xFF));
    for (const auto b : status_and_data) put(b);
    out.push_back(sum);
    return out;
}
Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes out;
    for (const auto& part : parts) out.insert(out.end(), part.begin(), part.end());
    return out;
}
Bytes utf16(std::u16string_view text, std::size_t units) {
    Bytes out;
    for (std::size_t i = 0; i < units; ++i) {
        const char16_t c = i < text.size() ? text[i] : u' ';
        out.push_back(static_cast<std::byte>(c & 0xFF)), out.push_back(static_cast<std::byte>(c >> 8));
    }
    return out;
}
/// A valid residence permit's text.
Bytes permit_text() {
    return joined({utf16(u"何样例", 15), utf16(u"1", 1), utf16(u"", 2), utf16(u"19850101", 8), utf16(u"示例路２号", 35), utf16(u"820000198501010012", 18), utf16(u"示例分局", 15),
                   utf16(u"20200301", 8), utf16(u"20250301", 8), utf16(u"M00000001", 9), utf16(u"02", 2), utf16(u"", 3), utf16(u"J", 1), utf16(u"", 3)});
}
Bytes base_read() { return framed(joined({"00009001000400"_hex, permit_text(), Bytes(1024, std::byte{0x57})})); }

const Bytes no_card = "AAAAAA9669000400008084"_hex;
const Bytes card_found = "AAAAAA9669000800009F0000000097"_hex;
const Bytes select_ok = "AAAAAA9669000C00009000000000000000009C"_hex;

/// Everything that comes out of `bytes`, fed in pieces of `piece`; "SW3/size" each.
std::vector<std::string> decoded(sdt::Decoder& decoder, View bytes, std::size_t piece) {
    std::vector<std::string> out;
    while (!bytes.empty()) {
        auto part = bytes.first(std::min(piece, bytes.size()));
        bytes = bytes.subspan(part.size());
        while (const auto reply = decoder.take(part)) out.push_back(fmt::format("{:02X}/{}", reply->sw3, reply->data.size()));
    }
    return out;
}
std::vector<std::string> decoded(View bytes, std::size_t piece = 4096) {
    sdt::Decoder decoder;
    return decoded(decoder, bytes, piece);
}
using Seen = std::vector<std::string>;

/// The pipe with a reader behind it: answers by command (CMD PARA as four hexadecimal digits), after a delay, in pieces.
class ModelReader final : public Pipe {
  public:
    explicit ModelReader(SimClock& clock) : clock_(clock) {}
    /// Answers for a command, used up one by one, the last one again and again. Empty bytes: silence.
    std::map<std::string, std::deque<Bytes>> answers;
    std::vector<std::string> asked;
    std::size_t piece = 4096;
    Duration delay = 20ms, between_pieces{};
    std::optional<FaultCode> broken;

    bool connected() const override { return !broken; }
    Signal& plugged() override { return plugged_; }
    awaitable<Result<void>> write(Bytes data, Duration) override {
        if (broken) co_return fail(*broken);
        const auto text = hex(data);
        // The request's own form, checked here by hand.
        if (data.size() != 10 || !text.starts_with("AAAAAA96690003") || u8(data[9]) != (3 ^ u8(data[7]) ^ u8(data[8]))) co_return fail(FaultCode::internal, "no SDT request: " + text);
        const auto command = text.substr(14, 4);
        asked.push_back(command);
        auto& list = answers[command];
        if (list.empty()) co_return Result<void>{};
        ready_ = clock_.steady() + delay;
        wire_.insert(wire_.end(), list.front().begin(), list.front().end());
        if (list.size() > 1) list.pop_front();
        co_return Result<void>{};
    }
    awaitable<Result<Bytes>> read(std::size_t max, Duration limit) override {
        if (broken) co_return fail(*broken);
        const auto deadline = clock_.steady() + limit;
        if (wire_.empty() || ready_ > deadline) {
            co_await clock_.sleep_until(deadline);
            co_return fail(FaultCode::time_out);
        }
        if (ready_ > clock_.steady()) co_await clock_.sleep_until(ready_);
        const auto count = static_cast<std::ptrdiff_t>(std::min({max, piece, wire_.size()}));
        Bytes some(wire_.begin(), wire_.begin() + count);
        wire_.erase(wire_.begin(), wire_.begin() + count);
        ready_ = clock_.steady() + between_pieces;
        co_return some;
    }
    void on_wire(View bytes) { wire_.insert(wire_.end(), bytes.begin(), bytes.end()); }

  private:
    SimClock& clock_;
    Signal plugged_;
    Bytes wire_;
    Steady ready_{};
};

struct Bench {
    asio::io_context io;
    SimClock clock{Utc{}};
    ModelReader model{clock};
    sdt::Reader reader{model, clock};
    Bench() {
        model.answers = {{"2001", {card_found}}, {"2002", {select_ok}}, {"3001", {base_read()}}, {"11FF", {"AAAAAA96690004000090 94"_hex}}, {"10FF", {"AAAAAA96690004000090 94"_hex}}};
    }
    template <class T>
    T done(awaitable<T> task) {
        std::optional<T> out;
        auto body = [](std::optional<T>& o, awaitable<T> t) -> awaitable<void> { o.emplace(co_await std::move(t)); };
        asio::co_spawn(io, body(out, std::move(task)), asio::detached);
        do {
            io.restart();
            io.poll();
        } while (!out && clock.advance());
        REQUIRE(out.has_value());
        return std::move(*out);
    }
    std::chrono::milliseconds now() const { return std::chrono::duration_cast<std::chrono::milliseconds>(clock.steady().since_start); }
};
template <class T>
std::string detail_of(const Result<T>& result) { return result ? "none" : result.error().detail; }
}  // namespace

TEST_CASE("SDT: requests are the published frames") {
    CHECK(hex(sdt::frame_of(Command::reset)) == "AAAAAA9669000310FFEC");
    CHECK(hex(sdt::frame_of(Command::status)) == "AAAAAA9669000311FFED");
    CHECK(hex(sdt::frame_of(Command::sam_id)) == "AAAAAA9669000312FFEE");
    CHECK(hex(sdt::frame_of(Command::find)) == "AAAAAA96690003200122");
    CHECK(hex(sdt::frame_of(Command::select)) == "AAAAAA96690003200221");
    CHECK(hex(sdt::frame_of(Command::read)) == "AAAAAA96690003300132");
    CHECK(hex(sdt::frame_of(Command::read_address)) == "AAAAAA96690003300330");
}

TEST_CASE("SDT: the published replies are read, whole and in every split") {
    const std::vector<std::pair<Bytes, std::string>> known{{card_found, "9F/4"}, {no_card, "80/0"}, {select_ok, "90/8"}, {"AAAAAA96690004000081 85"_hex, "81/0"},
                                                           {"AAAAAA96690004000041 45"_hex, "41/0"}, {"AAAAAA96690004000090 94"_hex, "90/0"}, {base_read(), "90/1284"}};
    CHECK(base_read().size() == 1295);
    for (const auto& [frame, seen] : known) {
        CHECK(framed(View{frame}.subspan(7, frame.size() - 8)) == frame);  // the test's own writer agrees with the facts
        for (std::size_t at = 0; at <= frame.size(); ++at) {
            sdt::Decoder decoder;
            auto out = decoded(decoder, View{frame}.first(at), 4096);
            const auto rest = decoded(decoder, View{frame}.subspan(at), 4096);
            out.insert(out.end(), rest.begin(), rest.end());
            CHECK(out == Seen{seen});
            CHECK(decoder.empty());
            CHECK(decoder.skipped() == 0);
        }
        CHECK(decoded(frame, 1) == Seen{seen});
    }
    CHECK(decoded(joined({card_found, no_card, base_read(), select_ok})) == Seen{"9F/4", "80/0", "90/1284", "90/8"});
}

TEST_CASE("SDT: behind garbage the next frame is found") {
    // Every beginning of a frame, long and short ones, cut off and followed by a whole one.
    for (const auto& cut : {no_card, select_ok, base_read()})
        for (std::size_t at = 0; at < std::min<std::size_t>(cut.size(), 64); ++at) {
            sdt::Decoder decoder;
            auto out = decoded(decoder, joined({to_bytes(View{cut}.first(at)), card_found}), 7);
            while (const auto reply = decoder.give_up()) out.push_back(fmt::format("{:02X}/{}", reply->sw3, reply->data.size()));
            CHECK(out == Seen{"9F/4"});
        }
    // Every single byte, and runs of the preamble's own first byte.
    for (int b = 0; b < 256; ++b) CHECK(decoded(joined({Bytes(1, static_cast<std::byte>(b)), card_found})) == Seen{"9F/4"});
    for (std::size_t run = 0; run < 12; ++run) CHECK(decoded(joined({Bytes(run, std::byte{0xAA}), card_found}), 1) == Seen{"9F/4"});
    const auto random = make_seeded_random(52);
    for (int n = 0; n < 2'000; ++n) CHECK(decoded(joined({random->bytes(static_cast<std::size_t>(n % 97)), card_found, no_card}), 1 + static_cast<std::size_t>(n % 13)) == Seen{"9F/4", "80/0"});
}

TEST_CASE("SDT: one wrong byte makes no reply, and costs the next frame nothing") {
    for (std::size_t at = 0; at < select_ok.size(); ++at)
        for (const int bit : {0, 3, 7}) {
            auto bad = select_ok;
            bad[at] ^= static_cast<std::byte>(1 << bit);
            sdt::Decoder decoder;
            auto out = decoded(decoder, joined({bad, card_found}), 4096);
            while (const auto reply = decoder.give_up()) out.push_back(fmt::format("{:02X}/{}", reply->sw3, reply->data.size()));
            CHECK(out == Seen{"9F/4"});
        }
    sdt::Decoder decoder;
    CHECK(decoded(decoder, "AAAAAA96690004000080 85"_hex, 4096).empty());
    CHECK(decoder.bad_checksums() == 1);
}

TEST_CASE("SDT: lengths below four and above the cap are not believed") {
    for (const int length : {0, 1, 3, 0x0A01, 0xFFFF}) {
        sdt::Decoder decoder;
        const Bytes head = joined({"AAAAAA9669"_hex, Bytes{static_cast<std::byte>(length >> 8), static_cast<std::byte>(length & 0xFF)}});
        CHECK(decoded(decoder, joined({head, card_found}), 4096) == Seen{"9F/4"});
        CHECK(decoder.bad_lengths() == 1);
        CHECK(decoder.skipped() == head.size());
    }
    CHECK(decoded(framed(joined({"000090"_hex, Bytes(sdt::max_length - 4)}))) == Seen{"90/2556"});
    CHECK(decoded(framed(joined({"000090"_hex, Bytes(sdt::max_length - 3)}))).empty());
}

TEST_CASE("SDT: 200,000 hostile streams: only whole frames with a right checksum come out") {
    const auto random = make_seeded_random(53);
    sdt::Decoder decoder;
    std::size_t replies = 0, broken = 0;
    for (int n = 0; n < 200'000; ++n) {
        const auto dice = random->bytes(6);
        auto stream = n % 3 == 0 ? random->bytes(u8(dice[0]) % 48) : n % 3 == 1 ? joined({select_ok, card_found}) : joined({"AAAAAA9669"_hex, random->bytes(u8(dice[0]) % 40)});
        if (!stream.empty() && n % 2) stream[u8(dice[1]) % stream.size()] ^= dice[2];
        for (View part{stream}; auto reply = decoder.take(part);) {
            ++replies;
            broken += reply->data.size() > sdt::max_length - sdt::min_length;
            static_cast<void>(sdt::fault_of(*reply, Command::read));
        }
        if (n % 8 == 7) {
            while (const auto reply = decoder.give_up()) ++replies;
            broken += !decoder.empty();
            decoder.clear();
        }
    }
    CHECK(broken == 0);
    CHECK(replies > 50'000);
}

TEST_CASE("SDT: every SW3 of the table is a fault with a text; a good end of another command is none of ours") {
    const std::map<int, FaultCode> table{{0x10, FaultCode::reader_garbage}, {0x11, FaultCode::reader_garbage}, {0x21, FaultCode::reader_garbage}, {0x24, FaultCode::reader_garbage},
                                         {0x31, FaultCode::document_unreadable}, {0x32, FaultCode::document_unreadable}, {0x33, FaultCode::document_unreadable},
                                         {0x40, FaultCode::document_not_supported}, {0x41, FaultCode::document_unreadable}, {0x47, FaultCode::document_unreadable},
                                         {0x60, FaultCode::reader_security_module}, {0x66, FaultCode::reader_security_module}, {0x80, FaultCode::no_document}, {0x81, FaultCode::document_unreadable},
                                         {0x91, FaultCode::document_unreadable}};
    std::set<std::string> texts;
    for (int sw3 = 0; sw3 < 256; ++sw3) {
        sdt::Reply reply;
        reply.sw3 = static_cast<std::uint8_t>(sw3);
        const auto fault = sdt::fault_of(reply, Command::read);
        const auto row = table.find(sw3);
        CHECK(fault.code == (row == table.end() ? FaultCode::reader_garbage : row->second));
        CHECK(fault.detail.starts_with(fmt::format("SDT read: {:02X} ", sw3)));
        if (row != table.end()) texts.insert(fault.detail.substr(13));
    }
    CHECK(texts.size() == table.size());
    for (const auto command : {Command::find, Command::select, Command::read, Command::status, Command::sam_id, Command::read_address}) {
        sdt::Decoder decoder;
        View bytes{card_found};
        CHECK(sdt::can_answer(*decoder.take(bytes), command) == (command == Command::find));
        bytes = select_ok;
        CHECK(sdt::can_answer(*decoder.take(bytes), command) == (command == Command::select));
        bytes = no_card;
        CHECK(sdt::can_answer(*decoder.take(bytes), command) == (command == Command::find));
    }
}

TEST_CASE("SDT: SAM id and appended address in their printed form") {
    CHECK(sdt::parse_sam_id("05000100 8C513201 40E20100 15CD5B07"_hex).value() == "05.01-20074892-0000123456-0123456789");
    CHECK(fault_in(sdt::parse_sam_id(Bytes(15))) == "reader_garbage");
    CHECK(sdt::parse_address(utf16(u"广西示例县样例镇３号", 35)).value() == "广西示例县样例镇３号");
    CHECK(sdt::parse_address(utf16(u"", 35)).value().empty());
    CHECK(fault_in(sdt::parse_address(utf16(std::u16string(1, 0xDC00), 35))) == "document_invalid");
    CHECK(fault_in(sdt::parse_address(Bytes(68))) == "reader_garbage");
}

TEST_CASE("SDT reader: find, select, read") {
    Bench bench;
    const auto card = bench.done(bench.reader.next_card(10s));
    REQUIRE(card.has_value());
    CHECK(card->name == "何样例");
    CHECK(card->portrait == Bytes(1024, std::byte{0x57}));
    CHECK(bench.model.asked == Seen{"2001", "2002", "3001"});
    bench.model.answers["3003"] = {framed(joined({"000090"_hex, utf16(u"新示例路４号", 35)})), framed("000091"_hex), framed("000041"_hex)};
    CHECK(bench.done(bench.reader.appended_address()).value() == std::optional<std::string>{"新示例路４号"});
    CHECK(bench.done(bench.reader.appended_address()).value() == std::optional<std::string>{});
    CHECK(fault_in(bench.done(bench.reader.appended_address())) == "document_unreadable");
    bench.model.answers["12FF"] = {framed("000090 05000100 8C513201 40E20100 15CD5B07"_hex)};
    CHECK(bench.done(bench.reader.sam_id()).value() == "05.01-20074892-0000123456-0123456789");
    CHECK(bench.done(bench.reader.status()).has_value());
    bench.model.answers["11FF"] = {framed("000066"_hex)};
    CHECK(fault_in(bench.done(bench.reader.status())) == "reader_security_module");
    CHECK(bench.done(bench.reader.reset()).has_value());
}

TEST_CASE("SDT reader: asks every 300 ms, and gives up with no_document at the limit") {
    Bench bench;
    bench.model.answers["2001"] = {no_card};
    CHECK(fault_in(bench.done(bench.reader.next_card(3s))) == "no_document");
    CHECK(bench.model.asked.size() == 10);  // 20 ms of answer and 300 ms of rest each, behind 50 ms of flushing
    CHECK(bench.now() == 3000ms);
    bench.model.answers["2001"] = {no_card, no_card, card_found};
    CHECK(bench.done(bench.reader.next_card(3s)).has_value());
}

TEST_CASE("SDT reader: slow bytes are waited for until the command's limit, not longer") {
    Bench bench;
    bench.model.piece = 1;
    bench.model.between_pieces = 2ms;  // 1295 bytes in 2.6 s
    CHECK(bench.done(bench.reader.next_card(10s)).has_value());
    bench.model.between_pieces = 4ms;  // 5.2 s
    const auto before = bench.now();
    const auto late = bench.done(bench.reader.read());
    CHECK(fault_in(late) == "time_out");
    CHECK(detail_of(late) == "SDT read: no answer, the security module is well");
    CHECK(bench.now() - before >= 4000ms);
    CHECK(bench.now() - before < 6000ms);  // the rest of the answer is seen out before the status is asked
}

TEST_CASE("SDT reader: a late answer to another command is not taken for one's own") {
    Bench bench;
    bench.model.answers["2002"] = {joined({card_found, no_card, select_ok})};
    CHECK(bench.done(bench.reader.select()).has_value());
    bench.model.answers["3001"] = {joined({select_ok, "AAAAAA96690004000090 94"_hex, base_read()})};
    CHECK(bench.done(bench.reader.read()).has_value());
    bench.model.answers["3001"] = {select_ok};
    const auto other = bench.done(bench.reader.read());
    CHECK(fault_in(other) == "time_out");
    bench.model.answers["3001"] = {joined({select_ok, select_ok, select_ok, select_ok, select_ok})};
    CHECK(fault_in(bench.done(bench.reader.read())) == "reader_garbage");
}

TEST_CASE("SDT reader: what lies on the wire from before is thrown away first") {
    Bench bench;
    bench.model.on_wire(card_found);
    bench.model.answers["2001"] = {no_card};
    CHECK(bench.done(bench.reader.find()).value() == false);
    // A command whose caller went away leaves its answer to be dropped.
    bench.model.answers["2001"] = {card_found, no_card};
    CHECK_FALSE(bench.done(within(bench.clock, 10ms, bench.reader.find())).has_value());
    CHECK(bench.done(bench.reader.find()).value() == false);
}

TEST_CASE("SDT reader: garbage before, a cut frame before, a wrong checksum, babble") {
    Bench bench;
    bench.model.answers["2001"] = {joined({"00FFAAAA9669"_hex, card_found})};
    CHECK(bench.done(bench.reader.find()).value() == true);
    bench.model.answers["2001"] = {joined({"AAAAAA96690508000090"_hex, card_found})};  // a long frame that never goes on
    CHECK(bench.done(bench.reader.find()).value() == true);
    auto bad = card_found;
    bad.back() ^= std::byte{1};
    bench.model.answers["2001"] = {bad};
    CHECK(fault_in(bench.done(bench.reader.find())) == "time_out");
    bench.model.answers["2001"] = {Bytes(40'000, std::byte{0xAA})};
    CHECK(fault_in(bench.done(bench.reader.find())) == "reader_garbage");
    CHECK(fault_in(bench.done(bench.reader.find())) == "reader_garbage");  // still babbling: found while flushing
}

TEST_CASE("SDT reader: silence: status is asked; after the third a reset; the next answer counts anew") {
    Bench bench;
    bench.model.answers["2001"] = {};
    const auto first = bench.done(bench.reader.find());
    CHECK(fault_in(first) == "time_out");
    CHECK(detail_of(first) == "SDT find: no answer, the security module is well");
    CHECK(bench.model.asked == Seen{"2001", "11FF"});
    bench.model.answers["11FF"] = {};
    CHECK(detail_of(bench.done(bench.reader.find())) == "SDT find: no answer, the security module is silent too");
    const auto third = bench.done(bench.reader.find());
    CHECK(fault_in(third) == "reader_missing");
    CHECK(detail_of(third) == "SDT find: silent 3 times, was reset; open it anew");
    CHECK(bench.model.asked == Seen{"2001", "11FF", "2001", "11FF", "2001", "10FF"});
    CHECK(fault_in(bench.done(bench.reader.find())) == "time_out");
    bench.model.answers["11FF"] = {framed("000060"_hex)};
    CHECK(fault_in(bench.done(bench.reader.find())) == "reader_security_module");  // it fails its self test: no third try needed
    bench.model.answers["2001"] = {no_card};
    CHECK(bench.done(bench.reader.find()).value() == false);
    bench.model.answers["2001"] = {};
    bench.model.answers["11FF"] = {framed("000090"_hex)};
    CHECK(fault_in(bench.done(bench.reader.find())) == "time_out");  // the first of a new row
}

TEST_CASE("SDT reader: a card that slips is tried again, one that is refused is not") {
    Bench bench;
    bench.model.answers["2002"] = {framed("000081"_hex), select_ok};
    bench.model.answers["3001"] = {framed("000041"_hex), base_read()};
    CHECK(bench.done(bench.reader.next_card(10s)).has_value());
    CHECK(bench.model.asked == Seen{"2001", "2002", "2001", "2002", "3001", "2001", "2002", "3001"});
    bench.model.asked.clear();
    bench.model.answers["3001"] = {framed("000041"_hex)};
    const auto slips = bench.done(bench.reader.next_card(10s));
    CHECK(fault_in(slips) == "document_unreadable");
    CHECK(detail_of(slips) == "SDT read: 41 reading failed");
    CHECK(bench.model.asked.size() == 9);
    bench.model.asked.clear();
    bench.model.answers["3001"] = {framed("000040"_hex)};
    CHECK(fault_in(bench.done(bench.reader.next_card(10s))) == "document_not_supported");
    CHECK(bench.model.asked.size() == 3);
    auto text = permit_text();
    text[122] = std::byte{'9'};
    bench.model.answers["3001"] = {framed(joined({"00009001000400"_hex, text, Bytes(1024)}))};
    CHECK(detail_of(bench.done(bench.reader.next_card(10s))) == "number");
    bench.model.answers["3001"] = {framed(joined({"00009004000100"_hex, Bytes(1280)}))};
    CHECK(fault_in(bench.done(bench.reader.next_card(10s))) == "reader_garbage");
}

TEST_CASE("SDT reader: a pipe without a device is a missing reader") {
    Bench bench;
    for (const auto code : {FaultCode::printer_missing, FaultCode::printer_unplugged}) {
        bench.model.broken = code;
        CHECK(fault_in(bench.done(bench.reader.next_card(1s))) == "reader_missing");
    }
    bench.model.broken = FaultCode::printer_silent;
    CHECK(fault_in(bench.done(bench.reader.find())) == "time_out");
}
