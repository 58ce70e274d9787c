// Inside the MRZ room: where each field stands, which characters may stand there, what each check digit covers.
// Places count through all lines from 0. Only the room's own files include this.
#pragma once
#include "drivers/mrz/mrz.hpp"

namespace drivers::mrz_room {

enum class Field : std::uint8_t {
    code, issuer, number, number_check, nationality, birth, birth_check, sex, expiry, expiry_check, optional, optional_check, optional_2, composite,
    names, chinese_name, issue_count, filler
};
[[nodiscard]] std::string_view name_of(Field field);

struct Span {
    std::uint8_t begin = 0, end = 0;  ///< end exclusive
    [[nodiscard]] constexpr std::size_t size() const { return end - begin; }
    [[nodiscard]] constexpr bool holds(std::size_t place) const { return place >= begin && place < end; }
};
struct FieldAt {
    Field field;
    Span at;
};
struct Check {
    Field field;
    Span data;
    std::uint8_t digit;
};
struct Composite {
    std::span<const Span> parts;
    std::uint8_t digit;
};

struct Layout {
    MrzFormat format;
    std::uint8_t lines, width;
    std::string_view alphabet;  ///< one class a place, see alphabet_of
    std::span<const FieldAt> fields;
    std::span<const Check> checks;
    std::optional<Composite> composite;

    /// Nothing where the layout has no such field.
    [[nodiscard]] std::optional<Span> find(Field field) const;
    [[nodiscard]] Field field_at(std::size_t place) const;
    /// Does a check digit tell whether this place was read rightly? Digits themselves included.
    [[nodiscard]] bool covered(std::size_t place) const;
};

[[nodiscard]] const Layout& layout_of(MrzFormat format);
/// The characters of a class; empty for an unknown class.
[[nodiscard]] std::string_view alphabet_of(char kind);

/// A text of the right length for its layout, run together, perhaps with wrong characters. Wiped when it dies.
struct Zone {
    const Layout* layout = nullptr;
    std::string text;
    Zone(const Layout& of, std::string all) : layout(&of), text(std::move(all)) {}
    Zone(Zone&& other) noexcept : layout(other.layout), text(std::move(other.text)) {}  // longer than a string keeps within itself: nothing stays behind
    Zone& operator=(Zone&&) = delete;
    Zone(const Zone&) = delete;
    Zone& operator=(const Zone&) = delete;
    ~Zone() { wipe(text); }
    [[nodiscard]] std::string_view at(Span span) const { return std::string_view{text}.substr(span.begin, span.size()); }
};
[[nodiscard]] Result<Zone> zone_of(View text);
/// Every place within its alphabet; otherwise the fault names line, column and field.
[[nodiscard]] Result<void> check_alphabet(const Zone& zone);
[[nodiscard]] Result<Mrz> read_zone(const Zone& zone, std::chrono::year_month_day today);

struct Name {
    std::string surname, given;
    NameFit fit = NameFit::whole;
};
enum class LeadingFillers : std::uint8_t { refused, skipped };
/// 9303-3, 4.6: surname, two fillers, given names; one filler between words, none before, only fillers after.
[[nodiscard]] Result<Name> split_name(std::string_view field, LeadingFillers leading);
/// Sum of 7-3-1 modulo 10 of parts taken as one text; the text must be within A-Z 0-9 '<'.
[[nodiscard]] char digit_of(std::string_view text);
[[nodiscard]] std::string_view without_fillers(std::string_view text);
[[nodiscard]] std::unexpected<Fault> bad(Field field, std::string_view why);

}  // namespace drivers::mrz_room
