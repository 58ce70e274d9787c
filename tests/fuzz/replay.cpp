// Captured streams: whatever is in them, in pieces; planes that come out have the raster's size, and the log holds printable text only.
#include "sim/models/printer_replay.hpp"

using namespace sim;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    if (size < 1) return 0;
    constexpr int width = 7, height = 9;
    PrinterReplay replay(width, height,
                         {.card =
                              [](const PhysicalCard& card, int) {
                                  for (const auto* plane : {&card.y, &card.m, &card.c, &card.k, &card.o, &card.back_k})
                                      if (!plane->empty() && plane->size() != static_cast<std::size_t>(width) * height) __builtin_trap();
                              },
                          .note =
                              [](const std::string& line) {
                                  for (const char c : line)
                                      if (c < 0x20 || c > 0x7E) __builtin_trap();
                              }});
    const std::size_t piece = 1 + bytes[0];
    auto data = std::as_bytes(std::span{bytes + 1, size - 1});
    while (!data.empty()) {
        const auto n = std::min(piece, data.size());
        replay.feed(data.first(n));
        data = data.subspan(n);
    }
    replay.end();
    if (replay.cards() > most_replayed_cards) __builtin_trap();
    return 0;
}
