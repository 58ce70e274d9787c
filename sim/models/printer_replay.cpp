// Which commands begin and end a card, and what may be written of each into a log.
#include "sim/models/printer_replay.hpp"
#include "sim/models/printer_buffers.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <opencv2/imgcodecs.hpp>
#include <utility>

namespace sim {
namespace {

constexpr std::size_t piece_bytes = 64 * 1024, longest_name = 6, longest_shown = 40;
constexpr int full_level = 127;

/// Commands of the guide and of kiosks; their arguments are settings, never a person's data.
constexpr std::array<std::string_view, 55> known{"Pem", "Pr",  "Pmi", "Pc",  "Pl",  "Prm", "Pro",  "Prs", "Pmk",  "Ps",  "Pms", "Px",  "Py",   "Pnl", "Psp",  "Pos", "Poc", "Psm", "Piem", "Pfm", "Pcim", "Pcem", "Pcrm",
                                                 "Pneab", "Psmgr", "Pbc", "Ss", "Se", "Si", "Sib", "Sis", "Sic", "Sie", "Seb", "Ser", "Sp", "Sr", "Sv", "Sc", "Scp", "Scs", "Srs", "St", "Stt", "Ssd", "Rok", "Rlr", "Rse",
                                                 "Rrt", "Rem", "Rsn", "Rtp", "Rfv", "Rco", "Rr"};

bool is_download(std::string_view name) { return name == "Db" || name == "Dbc" || name == "Dbp" || name == "Dbpc"; }

std::string shown(std::string_view text) {
    std::string out{text.substr(0, longest_shown)};
    std::ranges::replace_if(out, [](char c) { return c < 0x20 || c > 0x7E; }, '?');
    return out;
}
/// A name that is none could be anybody's text.
std::string shown_name(std::string_view name) {
    const bool named = !name.empty() && name.size() <= longest_name && std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
    return named ? std::string{name} : "(no command)";
}

}  // namespace

PrinterReplay::PrinterReplay(int width, int height, Listener listener) : width_(width), height_(height), listener_(std::move(listener)), parser_(width, height) {}

void PrinterReplay::feed(View data) {
    std::deque<WireCommand> complete;
    while (!data.empty()) {  // small pieces: however many commands a stream packs together, few are held at once
        const View piece = data.first(std::min(piece_bytes, data.size()));
        data = data.subspan(piece.size());
        parser_.feed(piece, complete);
        for (const WireCommand& c : complete) command(c);
        complete.clear();
    }
}

void PrinterReplay::end() {
    if (parser_.missing() > 0) {
        ++broken_;
        note(fmt::format("{} breaks off, {} bytes are missing", shown_name(parser_.unfinished().substr(0, parser_.unfinished().find(';'))), parser_.missing()));
    } else if (!parser_.unfinished().empty()) {  // the last CR may be missing
        feed(std::as_bytes(std::span{"\r", 1}));
    }
    parser_.clear();
    card_is_over();
}

void PrinterReplay::note(const std::string& line) {
    if (commands_ <= most_noted_commands && listener_.note) listener_.note(line);
}

void PrinterReplay::command(const WireCommand& c) {
    ++commands_;
    const std::string& name = c.args[0];
    if (c.flaw != WireCommand::Flaw::none) {
        ++broken_;
        return note(fmt::format("{} cannot be understood ({} bytes of header)", shown_name(name), c.text.size()));
    }
    if (is_download(name)) return note(panel(c));
    if (std::ranges::find(known, name) == known.end()) {
        ++unknown_;
        return note(fmt::format("{} is not known, passed over ({} bytes of arguments)", shown_name(name), c.text.size() - std::min(c.text.size(), name.size())));
    }
    note(shown(c.text));
    if (name == "Ss" || name == "Se" || name == "Ser" || name == "Sie") {
        card_is_over();
        back_ = false;
    }
    if (name == "Sr") back_ = false;
    if (name == "Sv") back_ = true;
}

std::string PrinterReplay::panel(const WireCommand& c) {
    auto plane = plane_of(c, width_, height_);
    const char letter = plane ? c.args[1][0] : '?';  // a header without arguments is none
    const auto line = fmt::format("{}{} {} bytes", shown(c.text), back_ ? " (back)" : "", c.data.size());
    if (!plane || (back_ && letter != 'k')) {
        ++broken_;
        return line + (plane ? ": no such panel on the back" : ": these run lengths are not the panel's");
    }
    if (!card_) card_ = std::make_unique<PhysicalCard>();
    card_->width = width_;
    card_->height = height_;
    auto& to = back_ ? card_->back_k : letter == 'y' ? card_->y : letter == 'm' ? card_->m : letter == 'c' ? card_->c : letter == 'k' ? card_->k : card_->o;
    to = std::move(*plane);
    return line;
}

void PrinterReplay::card_is_over() {
    const auto card = std::exchange(card_, nullptr);
    if (!card || cards_ >= most_replayed_cards) return;
    card->id = ++cards_;
    if (listener_.card) listener_.card(*card, cards_);
}

Bytes panel_png(const std::vector<std::uint8_t>& plane, int width, int height, bool resin) {
    if (plane.size() != static_cast<std::size_t>(width) * static_cast<std::size_t>(height) || plane.empty()) return {};
    const int most = resin ? 1 : full_level;
    cv::Mat picture(height, width, CV_8UC1);
    std::ranges::transform(plane, picture.begin<std::uint8_t>(), [most](std::uint8_t v) { return static_cast<std::uint8_t>(255 - std::min<int>(v, most) * 255 / most); });
    std::vector<std::uint8_t> encoded;
    if (!cv::imencode(".png", picture, encoded)) return {};
    const auto bytes = std::as_bytes(std::span{encoded});
    return {bytes.begin(), bytes.end()};
}

}  // namespace sim
