// A name while it is being written: what stands already, what is being spelled, and how. Plain state of one phase: reserved once, never moved, wiped.
#pragma once
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
    std::string spelled;   ///< ASCII
    Mode mode = Mode::pinyin;
    int page = 0;          ///< of the candidates

    Writing();
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;
    ~Writing() { wipe(); }

    /// Characters that stand already.
    [[nodiscard]] std::size_t characters() const;
    /// Puts one character behind the others; false when there is no room. A space or a dot never begins a name or follows another.
    bool put(char32_t character);
    /// One more letter of the spelling; nothing when it is full.
    void spell(char letter);
    /// Takes the last spelled letter, or when nothing is spelled the last character.
    void take_back();
    /// Another way of writing: what is spelled goes, what stands stays.
    void turn_to(Mode to);
    void forget_spelled();
    /// Overwrites everything, also what was erased before.
    void wipe();
};

/// UTF-8 of one character; empty for what is none.
[[nodiscard]] std::string utf8(char32_t character);

}  // namespace ui::input
