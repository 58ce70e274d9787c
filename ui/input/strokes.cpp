// One pass over all that is written: a hundred thousand short comparisons, a few milliseconds.
#include "ui/input/strokes.hpp"

#include <algorithm>

namespace ui::input {

Strokes::Strokes(const std::vector<Reading>& readings, const Pinyin& usual) {
    all_.reserve(readings.size());
    for (const auto& r : readings) {
        all_.push_back({r.character, static_cast<std::uint32_t>(pool_.size()), static_cast<std::uint32_t>(r.code.size()), usual.usage(r.character)});
        pool_ += r.code;
    }
}

std::vector<Candidate> Strokes::candidates(std::string_view spelled) const {
    if (spelled.empty() || spelled.find_first_not_of(any_stroke) == std::string_view::npos) return {};
    const auto matches = [&](const Written& w) {
        if (w.length < spelled.size()) return false;
        for (std::size_t i = 0; i < spelled.size(); ++i)
            if (spelled[i] != any_stroke && spelled[i] != pool_[w.from + i]) return false;
        return true;
    };
    std::vector<const Written*> found;
    for (const auto& w : all_)
        if (matches(w)) found.push_back(&w);
    const auto order = [&](const Written* w) { return std::tuple(w->length != spelled.size(), -w->usage, w->length, w->character); };
    const auto kept = std::min(found.size(), 2 * max_candidates);  // a character may be written in two ways
    std::ranges::partial_sort(found, found.begin() + static_cast<std::ptrdiff_t>(kept), {}, order);
    std::vector<Candidate> out;
    std::vector<char32_t> taken;
    for (std::size_t i = 0; i < kept && out.size() < max_candidates; ++i) {
        const auto c = found[i]->character;
        const auto at = std::ranges::lower_bound(taken, c);
        if (at != taken.end() && *at == c) continue;
        taken.insert(at, c);
        out.push_back({c, spelled.size()});
    }
    return out;
}

}  // namespace ui::input
