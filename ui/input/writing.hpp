// A name while it is being written: what stands already, what is being spelled, and how. Plain state of one phase: reserved once, never moved, wiped.
#pragma once
#include <array>
#include <cstddef>
#include <string>

namespace ui::input {

enum class Mode { pinyin, stroke, code, latin };
[[nodiscard]] std::string_view name_of(Mode mode);

inline constexpr std::size_t max_name_characters = 50;
inline constexpr std::size_t max_name_bytes = 4 * max_name_characters;
inline constexpr std::size_t max_spelled = 24;  ///< letters, strokes or digits that are not a character yet

struct Writing {
    std::string composed;  ///< UTF-8
    Mode mode = Mode::pinyin;
    int page = 0;          ///< of the candidates

    Writing();
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;
    ~Writing() { wipe(); }

    /// Characters that stand already.
    [[nodiscard]] std::size_t characters() const;
    /// What is spelled in the mode of now and not a character yet: lower-case letters, strokes, upper-case digits.
    [[nodiscard]] const std::string& spelled() const { return spellings_[static_cast<std::size_t>(mode)]; }
    /// Puts one character behind the others; false when there is no room or it cannot stand there.
    bool put(char32_t character);
    /// What joins parts of a name (space, ·, hyphen, apostrophe) begins no name and follows no other joint.
    [[nodiscard]] bool takes_joint() const;
    /// A whole name: something stands, nothing is half spelled, and it does not end in a joint.
    [[nodiscard]] bool whole() const;
    /// One more letter of the spelling; nothing when it is full.
    void spell(char letter);
    /// Takes the last spelled letter, or when nothing is spelled the last character.
    void take_back();
    /// Puts a candidate, which takes this many letters of the spelling; what is spelled behind them stays.
    void choose(char32_t character, std::size_t takes);
    /// Another way of writing. What stands stays, and what was spelled waits until one comes back.
    void turn_to(Mode to);
    /// Overwrites everything, also what was erased before.
    void wipe();

  private:
    std::array<std::string, 4> spellings_;
};

/// UTF-8 of one character; empty for what is none.
[[nodiscard]] std::string utf8(char32_t character);

}  // namespace ui::input
