// The parser of the printer's bulk OUT pipe. Delimiters: ESC (0x1B) and CR (0x0D); ESC may be missing right after a CR; runs of NUL are skipped.
// Db has no length field: its size is ceil(width * height * bits / 8) (evolis-commands.md).
// Chosen: Dbp and Dbpc carry their data behind the number of lines, Dbpc with a byte count before it, as Dbc has one.
#include "sim/models/printer_wire.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace sim {
namespace {

constexpr char escape = 0x1B, carriage_return = 0x0D;
constexpr std::size_t max_header_bytes = 200;

struct DownloadName {
    std::string_view name;
    std::size_t semicolons;  ///< in the header before the data
};
constexpr std::array downloads{DownloadName{"Db;", 3}, DownloadName{"Dbc;", 4}, DownloadName{"Dbp;", 5}, DownloadName{"Dbpc;", 6}};

std::optional<std::size_t> count(std::string_view text) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

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

std::optional<DownloadHead> download_head(const std::vector<std::string>& args, std::size_t width, std::size_t height) {
    if (args.size() < 4 || args[1].size() != 1) return std::nullopt;
    const std::string& name = args[0];
    DownloadHead h{.panel = args[1][0], .bits = bits_of_levels(args[2]), .run_lengths = name == "Dbc" || name == "Dbpc", .half = name == "Dbp" || name == "Dbpc", .first_line = 0, .lines = width, .bytes = 0};
    const bool resin = h.panel == 'k' || h.panel == 'o', colour = h.panel == 'y' || h.panel == 'm' || h.panel == 'c';
    if (h.bits == 0 || (resin ? h.bits != 1 : !colour)) return std::nullopt;
    if (h.half) {
        if (args.size() < 6 || resin) return std::nullopt;
        const auto first = count(args[3]), lines = count(args[4]);
        if (!first || !lines || *lines == 0 || *lines > most_half_panel_lines || *lines > width || *first > width - *lines) return std::nullopt;
        h.first_line = *first;
        h.lines = *lines;
    }
    const std::size_t dots = h.lines * height;
    h.bytes = (dots * static_cast<std::size_t>(h.bits) + 7) / 8;
    if (!h.run_lengths) return h;
    const std::size_t at = h.half ? 5 : 3;
    const auto stated = args.size() > at ? count(args[at]) : std::nullopt;
    // The longest run lengths: a resin line is its bytes and one; a colour dot takes two bytes at most, and a line may end with two more.
    const std::size_t most = resin ? h.lines * ((height + 7) / 8 + 1) : 2 * (dots + h.lines);
    if (!stated || *stated == 0 || *stated > most) return std::nullopt;
    h.bytes = *stated;
    return h;
}

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
    if (std::ranges::any_of(downloads, [&](const DownloadName& d) { return semicolons_ == d.semicolons && command_.text.starts_with(d.name); })) begin_download();
}

void WireParser::begin_download() {
    const auto head = download_head(split(command_.text), width_, height_);
    if (!head) {  // an unknown size: the data will be taken for commands until the next CR, as on the machine
        command_.flaw = WireCommand::Flaw::bad_parameters;
        return;
    }
    command_.data.reserve(head->bytes);
    missing_ = head->bytes;
    state_ = State::data;
}

void WireParser::finish(std::deque<WireCommand>& out) {
    command_.args = split(command_.text);
    if (!command_.text.empty()) out.push_back(std::move(command_));
    clear();
}

}  // namespace sim
