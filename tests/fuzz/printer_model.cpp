// The printer model: any stream of commands, with time passing, faults and hands between them. Cards are never lost and never made; replies end with NUL.
#include "sim/models/printer_faults.hpp"

using namespace sim;

namespace {

constexpr int blanks = 6;
constexpr unsigned char act_mark = 0xFE;  ///< the next byte says which hand moves; other bytes go over the wire

struct Hall {
    Hall() : printer([] {
        PrinterSetup s;
        s.width = 8;
        s.height = 6;
        s.bin_capacity = 2;
        return s;
    }()) {
        for (int i = 0; i < blanks; ++i) hand.push_back(std::make_shared<PhysicalCard>());
        load();
    }
    void load() {
        for (auto& card : hand) printer.load(loaded++ % 2, {std::move(card)});
        hand.clear();
    }
    void keep(CardPtr card) {
        if (card) hand.push_back(std::move(card));
    }
    void keep(std::vector<CardPtr> cards) {
        for (auto& card : cards) keep(std::move(card));
    }
    std::size_t count() const { return hand.size() + printer.hopper(0).size() + printer.hopper(1).size() + printer.bin().size() + printer.cards_inside().size(); }

    void act(unsigned what) {
        switch (what % 12) {
            case 0: now += std::chrono::milliseconds{700}; break;
            case 1: now += std::chrono::seconds{40}; break;
            case 2: keep(printer.take(now)); break;
            case 3: keep(printer.snatch(now)); break;
            case 4:
                if (!hand.empty() && printer.push_in(hand.back(), now)) hand.pop_back();
                break;
            case 5: printer.open_cover(what & 0x10, now); break;
            case 6: keep(printer.clear_path(now)); break;
            case 7: keep(printer.empty_bin()); break;
            case 8: load(); break;
            case 9: printer.new_ribbon(what & 0x10 ? "YMCKOK" : "", 3); break;
            case 10: printer.provoke(static_cast<PrinterFault>(what / 12 % printer_faults)); break;
            case 11: printer.power_cycle(now); break;
        }
        printer.advance(now);
        (void)printer.host_reads(16, now);
        (void)printer.port_status(now);
        if (count() != blanks) __builtin_trap();
    }

    std::vector<CardPtr> hand;
    int loaded = 0;
    PrinterModel printer;
    Time now = std::chrono::seconds{1};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size > 4096) return 0;
    Hall hall;
    std::size_t sent = 0;
    for (std::size_t i = 0; i < size; ++i) {
        if (data[i] != act_mark || i + 1 == size) continue;
        hall.printer.host_writes(std::as_bytes(std::span{data + sent, i - sent}), hall.now);
        hall.act(data[++i]);
        sent = i + 1;
    }
    hall.printer.host_writes(std::as_bytes(std::span{data + sent, size - sent}), hall.now);
    hall.act(1);
    return 0;
}
