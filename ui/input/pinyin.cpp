// The table of syllables.
#include "ui/input/pinyin.hpp"

#include <algorithm>

namespace ui::input {

void Pinyin::add(std::vector<Reading> readings) {
    std::ranges::sort(readings, [](const Reading& a, const Reading& b) {
        return std::tie(a.code, b.weight, a.character) < std::tie(b.code, a.weight, b.character);
    });
    std::vector<char32_t>* list = nullptr;
    std::vector<char32_t> known;  // sorted: what this syllable has already
    std::string_view syllable;
    for (const auto& r : readings) {
        if (!list || r.code != syllable) {
            syllable = r.code;
            list = &table_.try_emplace(std::string(r.code)).first->second;
            known = *list;
            std::ranges::sort(known);
        }
        auto& usage = usage_[r.character];
        usage = std::max(usage, r.weight);
        const auto at = std::ranges::lower_bound(known, r.character);
        if (at != known.end() && *at == r.character) continue;
        known.insert(at, r.character);
        list->push_back(r.character);
    }
}

double Pinyin::usage(char32_t character) const {
    const auto it = usage_.find(character);
    return it == usage_.end() ? 0 : it->second;
}

std::vector<Candidate> Pinyin::candidates(std::string_view spelled) const {
    std::vector<Candidate> out;
    const auto take = [&](const std::vector<char32_t>& characters, std::size_t letters) {
        for (const auto c : characters)
            if (out.size() < max_candidates) out.push_back({c, letters});
    };
    for (auto letters = std::min<std::size_t>(spelled.size(), 6); letters > 0; --letters)
        if (const auto it = table_.find(spelled.substr(0, letters)); it != table_.end()) {
            take(it->second, letters);
            // What is behind a whole spelling is not offered: "wei" means wei, not we + i. The parts of a longer one are.
            if (letters == spelled.size()) return out;
        }
    if (!out.empty() || spelled.empty()) return out;
    std::vector<std::pair<double, char32_t>> begun;
    for (auto it = table_.lower_bound(spelled); it != table_.end() && it->first.starts_with(spelled); ++it)
        for (const auto c : it->second) begun.emplace_back(-usage(c), c);
    std::ranges::sort(begun);
    const auto twice = std::ranges::unique(begun);
    begun.erase(twice.begin(), twice.end());
    for (const auto& [rank, c] : begun)
        if (out.size() < max_candidates) out.push_back({c, spelled.size()});
    return out;
}

}  // namespace ui::input
