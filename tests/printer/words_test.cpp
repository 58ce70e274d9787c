// The pure half of the driver: frames, replies and their faults, packing and orientation.
#include "printer/evolis/raster.hpp"
#include "printer/evolis/reply.hpp"

#include <doctest/doctest.h>

using namespace printer;
using namespace printer::evolis;
using drivers::FaultCode;

namespace {
/// Reads a packed panel dot by dot in the order of the wire: written from PROTOCOL.md, not from raster.cpp.
class Unpacker {
  public:
    explicit Unpacker(const drivers::Bytes& data) : data_(data) {}
    unsigned next(int bits) {
        unsigned value = 0;
        for (int i = 0; i < bits; ++i, ++at_) value = value << 1 | (drivers::u8(data_.at(at_ / 8)) >> (7 - at_ % 8) & 1u);
        return value;
    }
    [[nodiscard]] std::size_t bits_read() const { return at_; }

  private:
    const drivers::Bytes& data_;
    std::size_t at_ = 0;
};
}  // namespace

TEST_CASE("commands are framed by ESC and CR, and none can smuggle another in") {
    CHECK(drivers::to_string(frame("Rlr;p")) == "\x1BRlr;p\r");
    CHECK(drivers::to_string(frame_panel(Panel::y, drivers::as_view("\r\x1B"))) == "\x1B" "Db;y;128;\r\x1B\r");
    CHECK(drivers::to_string(frame_panel(Panel::o, drivers::as_view("x"))) == "\x1B" "Db;o;2;x\r");
    CHECK(choose_feeder(4).text == "Piem;4;0");
    CHECK_THROWS_AS(static_cast<void>(choose_feeder(5)), std::logic_error);
    CHECK_THROWS_AS(static_cast<void>(frame("Sis\rSer")), std::logic_error);
    CHECK_THROWS_AS(static_cast<void>(frame("")), std::logic_error);
}

TEST_CASE("each error text of the facts means its fault") {
    const std::vector<std::pair<std::string_view, FaultCode>> table{
        {"ERROR", FaultCode::printer_mechanical},
        {"ERROR CDE", FaultCode::printer_command_refused},
        {"ERROR PARAMETRES", FaultCode::printer_command_refused},
        {"NEED CLEANING", FaultCode::printer_cleaning_due},
        {"ERROR TIME OUT", FaultCode::time_out},
        {"ERROR HOPPER", FaultCode::printer_double_feed},
        {"HOPPER FULL", FaultCode::printer_bin_full},
        {"HOPPER DOOR", FaultCode::printer_cover_open},
        {"ERROR HEAD", FaultCode::printer_head},
        {"COVER OPEN", FaultCode::printer_cover_open},
        {"FEEDER EMPTY", FaultCode::printer_hopper_empty},
        {"CARD JAM", FaultCode::printer_jam},
        {"ERROR RIBBON", FaultCode::printer_ribbon_error},
        {"OPT NOT AVAILABLE", FaultCode::printer_command_refused},
        {"ERROR MAG(2) CHECKSUM", FaultCode::printer_mechanical},
        {"ERROR MAG(1) DATA", FaultCode::printer_mechanical},
        {"ERROR MAG(3)", FaultCode::printer_mechanical},
        {"ERROR UNKNOW", FaultCode::printer_mechanical},
        {"ERROR FLASH UNKNOW", FaultCode::printer_mechanical},
        {"ERROR CHECKSUM", FaultCode::printer_mechanical},
        {"ERR RIBBON", FaultCode::printer_ribbon_error},
        {"ERR RIBBON TYPE", FaultCode::printer_ribbon_wrong},
        {"ERR RIB DETECTION", FaultCode::printer_ribbon_out},
        {"ERR READ", FaultCode::printer_mechanical},
        {"ERR WRITE", FaultCode::printer_mechanical},
        {"ERR TIME", FaultCode::time_out},
        {"ERR PARAMETRES", FaultCode::printer_command_refused},
        {"ERR OF A LATER FIRMWARE", FaultCode::printer_mechanical},
    };
    for (const auto& [text, code] : table) {
        CAPTURE(text);
        CHECK(error_of(text) == code);
        const auto fitted = fit({"Sis", Expect::ok}, text);
        REQUIRE_FALSE(fitted.has_value());
        CHECK(fitted.error().code == code);
    }
    for (const std::string_view text : {"OK", "CARD", "5,00 Volts", "2;0"}) CHECK_FALSE(error_of(text).has_value());
}

TEST_CASE("an answer must fit the command that asked") {
    const auto fits = [](Expect expect, std::string_view reply) { return fit({"X", expect}, reply).has_value(); };
    const auto code = [](Expect expect, std::string_view reply) { return fit({"X", expect}, reply).error().code; };
    CHECK(fits(Expect::ok, "OK"));
    CHECK(fits(Expect::ok, "OK\r\n"));
    CHECK(code(Expect::ok, "CARD") == FaultCode::printer_garbage);
    CHECK(code(Expect::ok, "") == FaultCode::printer_garbage);
    CHECK(code(Expect::ok, "O\x01") == FaultCode::printer_garbage);
    CHECK(fits(Expect::number, "120"));
    CHECK(code(Expect::number, "-1") == FaultCode::printer_garbage);
    CHECK(code(Expect::number, "1234567") == FaultCode::printer_garbage);
    CHECK(code(Expect::number, "OK") == FaultCode::printer_garbage);
    CHECK(fits(Expect::volts, "5,00 Volts"));
    CHECK(fits(Expect::volts, "0.35 Volts"));
    CHECK(code(Expect::volts, "5,00") == FaultCode::printer_garbage);
    CHECK(code(Expect::volts, ",00 Volts") == FaultCode::printer_garbage);
    CHECK(fits(Expect::position, "ERR CARD"));
    CHECK(code(Expect::ok, "ERR CARD") == FaultCode::printer_jam);
    CHECK(code(Expect::position, "ERROR CDE") == FaultCode::printer_command_refused);
    CHECK(fits(Expect::bin, "CARD"));
    CHECK(code(Expect::bin, "SMART CARD") == FaultCode::printer_garbage);
    CHECK(fits(Expect::pair, "2;0"));
    CHECK(code(Expect::pair, "2") == FaultCode::printer_garbage);
    CHECK(fits(Expect::word, "KC Prime"));
    CHECK(code(Expect::word, "OK") == FaultCode::printer_garbage);
    CHECK(code(Expect::word, "SMART CARD") == FaultCode::printer_garbage);
    CHECK(code(Expect::word, std::string(65, 'x')) == FaultCode::printer_garbage);
    CHECK(fit({"Rsn", Expect::ok}, std::string(5000, '\xFF')).error().detail.size() < 64);
    CHECK(number_of("00120") == 120);
    CHECK(volts_of("4,75 Volts") == doctest::Approx(4.75));
    CHECK(seat_of("CONTACTLESS CARD") == Seat::contactless);
    CHECK(seat_of("NO CARD") == Seat::none);
}

TEST_CASE("panels have the sizes that real machines take, and an independent reader finds every dot again") {
    CHECK(panel_bytes({1016, 648}, 7) == 576'072);
    CHECK(panel_bytes({1016, 648}, 1) == 82'296);
    for (const RasterSize size : {RasterSize{1016, 648}, RasterSize{64, 40}, RasterSize{5, 3}}) {
        for (const int bits : {7, 1}) {
            CAPTURE(size.width);
            CAPTURE(bits);
            std::vector<std::uint8_t> plane;
            for (int i = 0; i < size.width * size.height; ++i) plane.push_back(static_cast<std::uint8_t>((i * 37 + i / 11) % (1 << bits)));
            const auto packed = pack(plane, size, bits);
            REQUIRE(packed.size() == (static_cast<std::size_t>(size.width * size.height * bits) + 7) / 8);
            Unpacker read(packed);
            bool same = true;
            for (int line = 0; line < size.width; ++line)
                for (int dot = 0; dot < size.height; ++dot) same &= read.next(bits) == plane[static_cast<std::size_t>(dot * size.width + line)];
            CHECK(same);
            // The last byte's rest is empty.
            CHECK(read.bits_read() <= packed.size() * 8);
            if (const auto rest = packed.size() * 8 - read.bits_read(); rest > 0) CHECK((drivers::u8(packed.back()) & ((1u << rest) - 1)) == 0);
        }
    }
    CHECK_THROWS_AS(static_cast<void>(pack(std::vector<std::uint8_t>(15, 2), {5, 3}, 1)), std::logic_error);
    CHECK_THROWS_AS(static_cast<void>(pack(std::vector<std::uint8_t>(14, 0), {5, 3}, 1)), std::logic_error);
}

TEST_CASE("orientation: the upper left corner is sent first, the lower left ends the first line, the lower right is the last") {
    constexpr RasterSize size{16, 8};
    const auto marked = [&](int x, int y) {
        std::vector<std::uint8_t> plane(static_cast<std::size_t>(size.width * size.height));
        plane[static_cast<std::size_t>(y * size.width + x)] = 1;
        return pack(plane, size, 1);
    };
    CHECK(marked(0, 0)[0] == std::byte{0x80});
    CHECK(marked(0, size.height - 1)[0] == std::byte{0x01});
    CHECK(marked(1, 0)[1] == std::byte{0x80});
    CHECK(marked(size.width - 1, size.height - 1)[15] == std::byte{0x01});
}
