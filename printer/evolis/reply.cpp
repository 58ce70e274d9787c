// Tables of the printer's error texts and the kinds of its answers.
#include "printer/evolis/reply.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

namespace printer::evolis {

using drivers::FaultCode;

namespace {
struct Row {
    std::string_view text;
    FaultCode code;
};
// "ERROR ..." are the guide's and the field's texts, "ERR ..." those of newer firmware (facts: Reply strings).
constexpr std::array error_rows{
    Row{"ERROR", FaultCode::printer_mechanical},
    Row{"ERROR CDE", FaultCode::printer_command_refused},
    Row{"ERROR PARAMETRES", FaultCode::printer_command_refused},
    Row{"NEED CLEANING", FaultCode::printer_cleaning_due},
    Row{"ERROR TIME OUT", FaultCode::time_out},
    Row{"ERROR HOPPER", FaultCode::printer_double_feed},
    Row{"HOPPER FULL", FaultCode::printer_bin_full},
    Row{"HOPPER DOOR", FaultCode::printer_cover_open},
    Row{"ERROR HEAD", FaultCode::printer_head},
    Row{"COVER OPEN", FaultCode::printer_cover_open},
    Row{"FEEDER EMPTY", FaultCode::printer_hopper_empty},
    Row{"CARD JAM", FaultCode::printer_jam},
    Row{"ERROR RIBBON", FaultCode::printer_ribbon_error},
    Row{"OPT NOT AVAILABLE", FaultCode::printer_command_refused},
    Row{"ERROR UNKNOW", FaultCode::printer_mechanical},
    Row{"ERROR FLASH UNKNOW", FaultCode::printer_mechanical},
    Row{"ERROR CHECKSUM", FaultCode::printer_mechanical},
    Row{"ERR RIBBON", FaultCode::printer_ribbon_error},
    Row{"ERR RIBBON TYPE", FaultCode::printer_ribbon_wrong},
    Row{"ERR RIB DETECTION", FaultCode::printer_ribbon_out},
    Row{"ERR READ", FaultCode::printer_mechanical},
    Row{"ERR WRITE", FaultCode::printer_mechanical},
    Row{"ERR TIME", FaultCode::time_out},
    Row{"ERR PARAMETRES", FaultCode::printer_command_refused},
    Row{"ERR CARD", FaultCode::printer_jam},
};

constexpr std::array<std::string_view, 6> positions{"OK", "NO CARD", "CARD", "SMART CARD", "CONTACTLESS CARD", "ERR CARD"};
constexpr std::size_t max_word = 64;
constexpr std::size_t max_shown = 40;

bool printable(char c) { return c >= 0x20 && c < 0x7F; }

bool digits(std::string_view text, std::size_t longest) {
    return !text.empty() && text.size() <= longest && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool looks_like_volts(std::string_view text) {
    constexpr std::string_view unit = " Volts";
    if (!text.ends_with(unit)) return false;
    text.remove_suffix(unit.size());
    const auto comma = text.find_first_of(",.");
    return comma != text.npos && digits(text.substr(0, comma), 2) && digits(text.substr(comma + 1), 3);
}

bool fits(Expect expect, std::string_view reply) {
    switch (expect) {
        case Expect::ok: return reply == "OK";
        case Expect::word: return reply != "OK" && std::ranges::find(positions, reply) == positions.end() && reply.size() <= max_word && !reply.empty();
        case Expect::pair: {
            const auto semicolon = reply.find(';');
            return semicolon != reply.npos && digits(reply.substr(0, semicolon), 3) && digits(reply.substr(semicolon + 1), 3);
        }
        case Expect::number: return digits(reply, 5);
        case Expect::count: return digits(reply.starts_with('-') ? reply.substr(1) : reply, 9);
        case Expect::volts: return looks_like_volts(reply);
        case Expect::position: return std::ranges::find(positions, reply) != positions.end();
        case Expect::bin: return reply == "OK" || reply == "CARD";
    }
    return false;
}

std::string cleaned(std::string_view reply) {
    std::string text{reply.substr(0, max_shown)};
    std::ranges::replace_if(text, [](char c) { return !printable(c); }, '?');
    return text;
}
}  // namespace

std::optional<FaultCode> error_of(std::string_view reply) {
    for (const auto& row : error_rows)
        if (row.text == reply) return row.code;
    if (reply.starts_with("ERR")) return FaultCode::printer_mechanical;  // also ERROR MAG(N) ..., which nothing of ours provokes
    return std::nullopt;
}

Result<std::string> fit(const Command& command, std::string_view reply) {
    while (!reply.empty() && (reply.back() == '\r' || reply.back() == '\n' || reply.back() == ' ')) reply.remove_suffix(1);
    if (reply.size() <= max_reply_bytes && std::ranges::all_of(reply, printable)) {
        // A position's "ERR CARD" is an answer there and an error elsewhere.
        if (command.expect == Expect::position && fits(command.expect, reply)) return std::string{reply};
        if (const auto code = error_of(reply)) return drivers::fail(*code, fmt::format("{}: {}", command.text, cleaned(reply)));
        if (fits(command.expect, reply)) return std::string{reply};
    }
    return drivers::fail(FaultCode::printer_garbage, fmt::format("{}: {}", command.text, cleaned(reply)));
}

int number_of(std::string_view reply) {
    int value = 0;
    std::from_chars(reply.data(), reply.data() + reply.size(), value);
    return value;
}

double volts_of(std::string_view reply) {
    const auto comma = reply.find_first_of(",.");
    const auto end = reply.find(' ');
    if (comma == reply.npos || end == reply.npos || end < comma) return 0;
    const auto fraction = reply.substr(comma + 1, end - comma - 1);
    double scale = 1;
    for (std::size_t i = 0; i < fraction.size(); ++i) scale *= 10;
    return number_of(reply.substr(0, comma)) + number_of(fraction) / scale;
}

Seat seat_of(std::string_view reply) {
    if (reply == "CARD") return Seat::print;
    if (reply == "SMART CARD") return Seat::chip;
    if (reply == "CONTACTLESS CARD") return Seat::contactless;
    if (reply == "ERR CARD") return Seat::path;
    return Seat::none;
}

bool is_refusal(FaultCode code) {
    constexpr std::array refusals{FaultCode::printer_cover_open, FaultCode::printer_jam, FaultCode::printer_hopper_empty, FaultCode::printer_double_feed,
                                  FaultCode::printer_ribbon_out, FaultCode::printer_ribbon_wrong, FaultCode::printer_ribbon_error, FaultCode::printer_head,
                                  FaultCode::printer_bin_full, FaultCode::printer_mechanical, FaultCode::printer_cleaning_due, FaultCode::printer_command_refused};
    return std::ranges::find(refusals, code) != refusals.end();
}

}  // namespace printer::evolis
