// Loads and checks the words; groups numbers.
#include "ui/text.hpp"

#include "ui/fonts.hpp"

namespace ui {

using kiosk::Language;

namespace {
drivers::Result<kiosk::TextTable> read(std::string_view toml, std::string_view file) {
    auto texts = kiosk::read_texts(toml, file);
    if (texts)
        for (auto& [key, text] : *texts) text = with_bold(text);
    return texts;
}
}  // namespace

std::string with_bold(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool mark = text.substr(i, 2) == "**";
        out += mark ? bold_mark : text[i];
        if (mark) ++i;
    }
    return out;
}

std::string bold(std::string_view text) { return fmt::format("{0}{1}{0}", bold_mark, text); }

drivers::Result<Texts> Texts::parse(std::string_view zh, std::string_view en) {
    auto first = read(zh, "zh-CN.toml");
    if (!first) return std::unexpected(first.error());
    auto second = read(en, "en.toml");
    if (!second) return std::unexpected(second.error());
    const auto missing = [](std::string_view key, std::string_view file) {
        return drivers::fail(drivers::FaultCode::bad_configuration, fmt::format("{}: {} is missing", file, key));
    };
    for (const auto& [key, text] : *first)
        if (!second->contains(key)) return missing(key, "en.toml");
    for (const auto& [key, text] : *second)
        if (!first->contains(key)) return missing(key, "zh-CN.toml");
    for (const auto& key : required_keys())
        if (!first->contains(key)) return missing(key, "zh-CN.toml and en.toml");
    Texts texts;
    texts.zh_ = std::move(*first);
    texts.en_ = std::move(*second);
    return texts;
}

drivers::Result<Texts> Texts::load(const std::filesystem::path& dir) {
    auto zh = kiosk::read_text_file(dir / "zh-CN.toml", max_text_file);
    if (!zh) return std::unexpected(zh.error());
    auto en = kiosk::read_text_file(dir / "en.toml", max_text_file);
    if (!en) return std::unexpected(en.error());
    return parse(*zh, *en);
}

bool Texts::has(Language language, std::string_view key) const { return (language == Language::zh ? zh_ : en_).contains(key); }

const std::string& Texts::say(Language language, std::string_view key) const {
    const auto& table = language == Language::zh ? zh_ : en_;
    if (const auto it = table.find(key); it != table.end()) return it->second;
    return unknown_.try_emplace(std::string(key), fmt::format("<{}>", key)).first->second;
}

std::string Texts::say(Language language, std::string_view key, Fills fills) const {
    const std::string& from = say(language, key);
    std::string out;
    for (std::size_t i = 0; i < from.size();) {
        const auto close = from[i] == '{' ? from.find('}', i) : std::string::npos;
        if (close == std::string::npos) {
            out += from[i++];
            continue;
        }
        const auto name = std::string_view(from).substr(i + 1, close - i - 1);
        const auto* fill = std::ranges::find(fills, name, &Fill::name);
        if (fill != fills.end()) out += fill->value;
        else out.append(from, i, close - i + 1);
        i = close + 1;
    }
    return out;
}

namespace {
/// Puts `between` before the characters with these numbers.
std::string grouped(std::string_view d, std::initializer_list<std::size_t> before, char between) {
    std::string out;
    for (std::size_t i = 0; i < d.size(); ++i) {
        if (std::ranges::find(before, i) != before.end()) out += between;
        out += d[i];
    }
    return out;
}
}  // namespace

std::string group_id_number(std::string_view n) { return n.size() == 18 ? group_id_typing(n) : std::string(n); }
std::string group_id_typing(std::string_view n) { return grouped(n, {6, 14}, ' '); }
std::string group_date(std::string_view d) { return grouped(d, {4, 6}, '-'); }
std::string group_mobile(std::string_view d) { return grouped(d, {3, 7}, ' '); }

std::string group_reference(std::string_view d) { return d.size() == 6 ? fmt::format("{} {}", d.substr(0, 3), d.substr(3)) : std::string(d); }

std::string minutes_seconds(int seconds) { return fmt::format("{}:{:02}", std::max(seconds, 0) / 60, std::max(seconds, 0) % 60); }

std::string two_digits(int code) { return code >= 0 && code <= 99 ? fmt::format("{:02}", code) : std::string{}; }

}  // namespace ui
