// Framing of Evolis ESC commands.
#include "printer/evolis/command.hpp"

#include <fmt/format.h>
#include <stdexcept>

namespace printer::evolis {

namespace {
constexpr std::byte esc{0x1B};
constexpr std::byte cr{0x0D};

std::string with_feeder(std::string_view form, int feeder, std::string_view tail = {}) {
    if (feeder < 1 || feeder > 4) throw std::logic_error("feeders are numbered 1 to 4");
    return fmt::format("{}{}{}", form, feeder, tail);
}
}  // namespace

Command choose_feeder(int feeder) { return {with_feeder("Piem;", feeder, ";0"), Expect::ok}; }
Command ask_feeder(int feeder) { return {with_feeder("Rse;f;", feeder), Expect::volts}; }
Command ask_feeder_low(int feeder) { return {with_feeder("Rse;n;", feeder), Expect::volts}; }

drivers::Bytes frame(std::string_view text) {
    if (text.empty() || text.find_first_of(std::string_view{"\x1B\r\0", 3}) != text.npos) throw std::logic_error("not a command");
    drivers::Bytes bytes;
    bytes.reserve(text.size() + 2);
    bytes.push_back(esc);
    const auto body = drivers::as_view(text);
    bytes.insert(bytes.end(), body.begin(), body.end());
    bytes.push_back(cr);
    return bytes;
}

drivers::Bytes frame_panel(Panel panel, drivers::View packed) {
    const auto head = fmt::format("Db;{};{};", letter_of(panel), 1 << bits_of(panel));
    drivers::Bytes bytes;
    bytes.reserve(head.size() + packed.size() + 2);
    bytes.push_back(esc);
    const auto body = drivers::as_view(head);
    bytes.insert(bytes.end(), body.begin(), body.end());
    bytes.insert(bytes.end(), packed.begin(), packed.end());
    bytes.push_back(cr);
    return bytes;
}

}  // namespace printer::evolis
