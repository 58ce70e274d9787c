// The ID reader by URI and over PC/SC pages; and how an SDT reader's frames are cut over two pairs of endpoints. All people here are invented.
#include "drivers/id_reader.hpp"
#include "drivers/resident_id/resident_id.hpp"
#include "drivers/resident_id/sdt_usb.hpp"
#include "tests/drivers/fakes.hpp"

using namespace test;
using namespace std::chrono_literals;

namespace {
constexpr auto badge_atr = "3B8F8001804F0CA000000306030001000000006A";

/// The bytes of a residence permit, or of a resident card, as pages.
Bytes stream_of(bool permit) {
    Bytes block(256);
    const auto put = [&block](std::size_t offset, std::u16string_view text) {
        for (const char16_t c : text) {
            block[offset] = static_cast<std::byte>(c & 0xFF), block[offset + 1] = static_cast<std::byte>(c >> 8);
            offset += 2;
        }
    };
    put(0, std::u16string(128, u' '));
    put(0, u"何样例"), put(30, u"1"), put(36, u"19850101"), put(52, u"示例路２号"), put(158, u"示例分局"), put(188, u"20200301"), put(204, u"20250301");
    if (permit) put(122, u"820000198501010012"), put(220, u"M00000001"), put(238, u"02"), put(248, u"J");
    else put(32, u"01"), put(122, u"450103198501010018");
    auto stream = "01000400"_hex;
    stream.insert(stream.end(), block.begin(), block.end());
    stream.resize(1284, std::byte{0x57});
    return stream;
}
void lay(ScriptedReader& reader, Bytes stream) {
    reader.atr = from_hex(resident_id_atr_hex).value();
    reader.answer = [stream](View apdu) -> Result<Bytes> {
        const std::size_t from = 256u * u8(apdu[2]);
        return with_sw(View{stream}.subspan(from, std::min<std::size_t>(256, stream.size() - from)), 0x9000);
    };
}

/// Two pairs of endpoints as a script: what is written is noted as "pair:hex"; answers lie ready in each.
class Pairs final : public UsbPairs {
  public:
    std::size_t there = 2;
    std::vector<std::string> written;
    std::array<Bytes, 2> lies;
    Signal signal;
    int reopened = 0;
    bool connected() const override { return there > 0; }
    Signal& plugged() override { return signal; }
    void reopen() override { ++reopened; }
    std::size_t pairs() const override { return there; }
    awaitable<Result<void>> write(Bytes data, Duration limit) override { return write_to(0, std::move(data), limit); }
    awaitable<Result<Bytes>> read(std::size_t max, Duration limit) override { return read_from(0, max, limit); }
    awaitable<Result<std::uint8_t>> port_status(Duration) override { co_return fail(FaultCode::internal); }
    awaitable<Result<void>> write_to(std::size_t pair, Bytes data, Duration) override {
        written.push_back(fmt::format("{}:{}", pair, hex(data)));
        co_return Result<void>{};
    }
    awaitable<Result<Bytes>> read_from(std::size_t pair, std::size_t max, Duration) override {
        auto& from = lies.at(pair);
        if (from.empty()) co_return fail(FaultCode::time_out);
        const auto end = from.begin() + static_cast<std::ptrdiff_t>(std::min(max, from.size()));
        Bytes some(from.begin(), end);
        from.erase(from.begin(), end);
        co_return some;
    }
};
struct Scheme {
    Pairs* usb = nullptr;
    std::unique_ptr<Pipe> pipe;
    Scheme() {
        auto owned = std::make_unique<Pairs>();
        usb = owned.get();
        pipe = sdt::make_usb_pipe(std::move(owned));
    }
    std::string read() {
        const auto got = run(pipe->read(4096, 1s));
        return got ? hex(*got) : std::string(name_of(got.error().code));
    }
};
}  // namespace

TEST_CASE("ID reader: a URI says the transport; a wrong one says what is expected") {
    asio::io_context io;
    const auto clock = make_real_clock();
    const std::pair<const char*, IdTransport> good[] = {{"pcsc:Some Reader*", IdTransport::pcsc}, {"sdt-serial:/dev/liqu-no-such-port", IdTransport::sdt_serial},
                                                        {"sdt-serial:/dev/liqu-no-such-port?baud=9600", IdTransport::sdt_serial}, {"sdt-usb:fffe:c35a", IdTransport::sdt_usb},
                                                        {"sdt-usb:fffe:c35a:A1", IdTransport::sdt_usb}};
    for (const auto& [uri, transport] : good) {
        const auto reader = make_id_reader(io.get_executor(), *clock, uri);
        REQUIRE_MESSAGE(reader.has_value(), uri);
        CHECK((*reader)->transport() == transport);
        CHECK((*reader)->trouble().has_value());
        CHECK(((*reader)->contactless() != nullptr) == (transport == IdTransport::pcsc));
        CHECK((*reader)->sees_removal() == (transport == IdTransport::pcsc));
    }
    io.poll();  // what watched ends
    for (const auto* bad : {"", "pcsc:", "sdt-usb:", "sdt-usb:0400", "sdt-usb:0400:c35", "sdt-usb:0400:c35a:", "sdt-usb:0400:c35a:A 1", "sdt-serial:ttyUSB0", "sdt-serial:/dev/a?baud=1", "usb:0400:c35a"}) {
        const auto reader = make_id_reader(io.get_executor(), *clock, bad);
        CAPTURE(bad);
        CHECK(fault_in(reader) == "bad_configuration");
    }
}

TEST_CASE("ID reader over pages: any card, a badge, troubles; who serves residents only is told") {
    ScriptedReader pages;
    const auto reader = make_pages_reader(pages);
    lay(pages, stream_of(true));
    const auto permit = run(reader->read(1s));
    REQUIRE(permit.has_value());
    CHECK(permit->kind == DocumentKind::residence_permit);
    CHECK(permit->portrait_format == PortraitFormat::wlt);
    CHECK(fault_in(run(read_resident_id(pages, 1s))) == "document_not_supported");
    lay(pages, stream_of(false));
    CHECK(run(reader->read(1s))->kind == DocumentKind::resident_id);
    CHECK(run(read_resident_id(pages, 1s))->kind == DocumentKind::resident_id);
    CHECK(run(reader->appended_address()).value() == std::nullopt);
    CHECK(fault_in(run(reader->security_module())) == "document_not_supported");
    CHECK(reader->contactless() == &pages);

    pages.atr = from_hex(badge_atr).value();
    pages.answer = [](View) -> Result<Bytes> { return "04A1B2C39000"_hex; };
    CHECK(hex(run(reader->badge(1s)).value()) == "04A1B2C3");
    CHECK(fault_in(run(reader->read(1s))) == "document_not_supported");

    const std::pair<ReaderPresence, const char*> table[] = {{ReaderPresence::daemon_down, "reader_daemon_down"}, {ReaderPresence::reader_missing, "reader_missing"},
                                                            {ReaderPresence::empty, "none"}, {ReaderPresence::card, "none"}};
    for (const auto& [presence, trouble] : table) {
        pages.shown.presence = presence;
        CHECK(reader->presence() == presence);
        CHECK((reader->trouble() ? name_of(reader->trouble()->code) : "none") == trouble);
    }
    CHECK(&reader->changed() == &pages.changed());
}

TEST_CASE("SDT over two pairs: seven bytes over the first, the rest over the second, both ways; over one pair as it is") {
    Scheme scheme;
    const auto find = "AAAAAA96690003200122"_hex;
    CHECK(run(scheme.pipe->write(find, 1s)).has_value());
    CHECK(scheme.usb->written == std::vector<std::string>{"0:AAAAAA96690003", "1:200122"});
    scheme.usb->lies = {"AAAAAA96690004"_hex, "0000808400"_hex};
    CHECK(scheme.read() == "AAAAAA96690004");
    CHECK(scheme.read() == "00008084");  // as much as was announced
    CHECK(scheme.read() == "00");        // what nobody announced comes when the first pair is silent
    CHECK(scheme.read() == "time_out");

    // Garbage before the head; a body that never comes; a new question forgets what was announced.
    scheme.usb->lies = {"00AAAAAAAAAA96690004"_hex, {}};
    CHECK(scheme.read() == "00AAAAAAAAAA96690004");
    CHECK(scheme.read() == "time_out");
    scheme.usb->lies[0] = "AAAAAA96690004"_hex;
    CHECK(scheme.read() == "AAAAAA96690004");
    CHECK(run(scheme.pipe->write(find, 1s)).has_value());
    scheme.usb->lies = {"AAAAAA96690008"_hex, "00009F0000000097"_hex};
    CHECK(scheme.read() == "AAAAAA96690008");
    CHECK(scheme.read() == "00009F0000000097");
    // A length that is not believed announces nothing.
    scheme.usb->lies = {"AAAAAA9669FFFF"_hex, {}};
    CHECK(scheme.read() == "AAAAAA9669FFFF");
    scheme.usb->lies[0] = "01"_hex;
    CHECK(scheme.read() == "01");

    scheme.usb->there = 1;
    scheme.usb->written.clear();
    CHECK(run(scheme.pipe->write(find, 1s)).has_value());
    CHECK(scheme.usb->written == std::vector<std::string>{"0:AAAAAA96690003200122"});
    scheme.usb->lies[0] = "AAAAAA9669000400008084"_hex;
    CHECK(scheme.read() == "AAAAAA9669000400008084");
    scheme.pipe->reopen();
    CHECK(scheme.usb->reopened == 1);
}
