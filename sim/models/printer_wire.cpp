// The parser of the printer's bulk OUT pipe. Delimiters: ESC (0x1B) and CR (0x0D); ESC may be missing right after a CR; runs of NUL are skipped.
// Db has no length field: its size is ceil(width * height * bits / 8) (evolis-commands.md).
#include "sim/models/printer_wire.hpp"

#include <algorithm>
#include <charconv>

namespace sim {
namespace {

constexpr char escape = 0x1B, carriage_return = 0x0D;
constexpr std::size_t max_header_bytes = 200;

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> out;
    while (true) {
        const std::size_t end = text.find(';');
        out.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return out;
        text.remove_prefix(end + 1);
    }
}

}  // namespace

int bits_of_levels(std::string_view levels) { return levels == "2" ? 1 : levels == "32" ? 5 : levels == "64" ? 6 : levels == "128" ? 7 : 0; }

void WireParser::clear() {
    command_ = {};
    state_ = State::between;
    missing_ = 0;
    semicolons_ = 0;
}

void WireParser::feed(View data, std::deque<WireCommand>& out) {
    while (!data.empty()) {
        if (state_ == State::data) {
            const std::size_t n = std::min(missing_, data.size());
            command_.data.insert(command_.data.end(), data.begin(), data.begin() + static_cast<std::ptrdiff_t>(n));
            data = data.subspan(n);
            missing_ -= n;
            if (missing_ == 0) state_ = State::tail;
            continue;
        }
        header_byte(static_cast<char>(data.front()), out);
        data = data.subspan(1);
    }
}

void WireParser::header_byte(char c, std::deque<WireCommand>& out) {
    switch (state_) {
        case State::between:
            if (c == '\0' || c == carriage_return || c == '\n') return;
            state_ = State::header;
            if (c == escape) return;
            break;
        case State::tail:  // the CR behind a download; anything else means that the sizes did not agree
            if (c != carriage_return) command_.flaw = WireCommand::Flaw::bad_parameters;
            finish(out);
            if (c == escape) state_ = State::header;
            return;
        case State::header:
            if (c == carriage_return) return finish(out);
            if (c == escape) {  // the command before it was cut short: ESC always begins anew
                if (command_.flaw != WireCommand::Flaw::none) finish(out);
                clear();
                state_ = State::header;
                return;
            }
            if (command_.flaw != WireCommand::Flaw::none) return;  // data of a download that cannot be
            break;
        case State::data: return;
    }
    if (command_.text.size() >= max_header_bytes) {
        command_.flaw = WireCommand::Flaw::overlong;
        return;
    }
    command_.text.push_back(c);
    if (c != ';') return;
    ++semicolons_;
    const bool raw = command_.text.starts_with("Db;") && semicolons_ == 3;
    const bool packed = command_.text.starts_with("Dbc;") && semicolons_ == 4;
    if (raw || packed) begin_download();
}

void WireParser::begin_download() {
    const auto args = split(command_.text);
    const int bits = bits_of_levels(args[2]);
    const bool resin = args[1] == "k" || args[1] == "o", colour = args[1] == "y" || args[1] == "m" || args[1] == "c";
    std::size_t size = (dots_ * static_cast<std::size_t>(bits) + 7) / 8;
    bool good = bits != 0 && (resin ? bits == 1 : colour);
    if (args[0] == "Dbc") {
        std::size_t stated = 0;
        const char* const end = args[3].data() + args[3].size();
        const auto [rest, error] = std::from_chars(args[3].data(), end, stated);
        // A run-length line is at most one byte longer than its dots. No capture of a colour Dbc is public: refused.
        good = good && resin && error == std::errc{} && rest == end && stated > 0 && stated <= size + dots_;
        size = stated;
    }
    if (!good) {  // an unknown size: the data will be taken for commands until the next CR, as on the machine
        command_.flaw = WireCommand::Flaw::bad_parameters;
        return;
    }
    command_.data.reserve(size);
    missing_ = size;
    state_ = State::data;
}

void WireParser::finish(std::deque<WireCommand>& out) {
    command_.args = split(command_.text);
    if (!command_.text.empty()) out.push_back(std::move(command_));
    clear();
}

}  // namespace sim
