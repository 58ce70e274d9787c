// Text on the card: placeholders, glyph coverage, fitting into a field, drawing with Pango. Sizes are millimetres.
#pragma once
#include "printer/face/face.hpp"

#include <cairo.h>
#include <memory>

namespace printer {

inline constexpr std::size_t max_value_bytes = 512;  ///< of one value of FaceData
/// Cairo is scaled so that a card's user unit is 0.01 mm: Pango thinks in whole units, and a type of 3 would be coarse.
inline constexpr double units_per_mm = 100;

/// `form` with {name} {social_security_number} {card_number} {issue_date} {bank} {authority} filled in. bad_configuration for another or
/// an unclosed brace.
[[nodiscard]] Result<std::string> fill_in(std::string_view form, const FaceData& data);

/// name_not_printable for a text that is not UTF-8, is too long, or has characters that show nothing (controls, bidirectional marks, private use).
[[nodiscard]] Result<void> check_text(std::string_view text);

/// Sets texts with this thread's font map, which Pango keeps between calls. One per drawing; never shared between threads.
class Typesetter {
  public:
    Typesetter();
    ~Typesetter();
    Typesetter(const Typesetter&) = delete;
    Typesetter& operator=(const Typesetter&) = delete;
    /// Draws `text` into the field with the source that is set. It shrinks to min_size, then wraps within the field's height; what still does not
    /// fit, and a glyph that no font has, is name_not_printable.
    [[nodiscard]] Result<void> draw(cairo_t* cairo, const FaceField& field, const std::string& text);

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace printer
