// A host with a watch for the printer model's tests: writes commands, lets time pass, reads replies; a tiny raster; panels packed by hand.
#pragma once
#include "sim/models/printer_model.hpp"

#include <doctest/doctest.h>

namespace sim_tests {

using namespace sim;
using namespace std::chrono_literals;

struct ChipStub final : SmartCard {
    Bytes reset() override { return Bytes{std::byte{0x3B}}; }
    Bytes answer(View, Time&) override { return {}; }
};

inline Bytes raw(std::string_view text) {
    const auto view = std::as_bytes(std::span{text.data(), text.size()});
    return {view.begin(), view.end()};
}

inline constexpr int width = 16, height = 12;

/// A host with a watch: writes, then lets time pass until the reply comes or nothing more can happen.
struct Bench {
    explicit Bench(PrinterSetup setup = small()) : printer(setup) {
        std::vector<CardPtr> cards;
        for (int i = 1; i <= 3; ++i) cards.push_back(card(i));
        printer.load(0, cards);
        printer.load(1, {card(11)});
    }
    static PrinterSetup small() {
        PrinterSetup s;
        s.width = width;
        s.height = height;
        return s;
    }
    static CardPtr card(int id) {
        auto c = std::make_shared<PhysicalCard>();
        c->id = id;
        c->chip = std::make_shared<ChipStub>();
        return c;
    }
    void write(std::string_view command) {
        printer.host_writes(raw("\x1B"), now);
        printer.host_writes(raw(command), now);
        printer.host_writes(raw("\r"), now);
    }
    std::string read() {
        const Bytes reply = printer.host_reads(1024, now);
        if (reply.empty()) return "(nothing)";
        std::string out(reinterpret_cast<const char*>(reply.data()), reply.size());
        REQUIRE(out.back() == '\0');
        out.pop_back();
        return out;
    }
    std::string ask(std::string_view command) {
        write(command);
        for (int i = 0; i < 100; ++i) {
            if (std::string reply = read(); reply != "(nothing)") return reply;
            const auto next = printer.next_event();
            if (!next) break;
            now = std::max(now, *next);
            printer.advance(now);
        }
        return "(nothing)";
    }
    void prepare() {
        for (const char* c : {"Pem;2", "Psmgr;2", "Pcim;F;S", "Pcem;I", "Pcrm;D", "Pbc;A;D", "Pneab;E", "Pr;ymckok", "Piem;1;0"}) REQUIRE(ask(c) == "OK");
    }
    int inside() const { return printer.card_inside() ? printer.card_inside()->id : 0; }
    /// A full panel of one value, packed MSB first as one bit stream.
    static std::string panel(std::string_view header, int bits, const std::function<int(int line, int dot)>& value) {
        std::string out(header);
        std::uint32_t window = 0;
        int held = 0;
        for (int line = 0; line < width; ++line) {
            for (int dot = 0; dot < height; ++dot) {
                window = window << bits | static_cast<std::uint32_t>(value(line, dot));
                held += bits;
                while (held >= 8) {
                    held -= 8;
                    out.push_back(static_cast<char>(window >> held));
                }
            }
        }
        if (held) out.push_back(static_cast<char>(window << (8 - held)));
        return out;
    }
    static std::string colour(char p, int value) {
        return panel(fmt::format("Db;{};128;", p), 7, [&](int, int) { return value; });
    }
    static std::string resin(char p, int value = 1) {
        return panel(fmt::format("Db;{};2;", p), 1, [&](int, int) { return value; });
    }

    PrinterModel printer;
    Time now = 1s;
};

}  // namespace sim_tests
