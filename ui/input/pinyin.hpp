// Pinyin: from spelled letters to characters, the usual ones first.
#pragma once
#include "ui/input/dictionary.hpp"

#include <map>
#include <unordered_map>

namespace ui::input {

/// A character that can be meant, and how many letters of the spelling it takes.
struct Candidate {
    char32_t character = 0;
    std::size_t takes = 0;
    friend bool operator==(const Candidate&, const Candidate&) = default;
};

inline constexpr std::string_view pinyin_letters = "abcdefghijklmnopqrstuvwxyz";  ///< v stands for ü
inline constexpr std::size_t max_candidates = 1200;

class Pinyin {
  public:
    /// Adds a dictionary's readings behind what earlier ones know: by weight, then by code point.
    void add(std::vector<Reading> readings);

    /// What the letters can mean: characters of the longest syllable that begins the spelling, then of shorter ones; where no syllable is whole yet,
    /// of all that begin so.
    [[nodiscard]] std::vector<Candidate> candidates(std::string_view spelled) const;
    /// How usual a character is: larger is more usual; 0 for one that no dictionary knows.
    [[nodiscard]] double usage(char32_t character) const;
    [[nodiscard]] std::size_t syllables() const { return table_.size(); }
    [[nodiscard]] bool empty() const { return table_.empty(); }
    [[nodiscard]] const std::map<std::string, std::vector<char32_t>, std::less<>>& table() const { return table_; }

  private:
    std::map<std::string, std::vector<char32_t>, std::less<>> table_;
    std::unordered_map<char32_t, double> usage_;  ///< asked, never gone through
};

}  // namespace ui::input
