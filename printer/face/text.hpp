// Text on the card: placeholders, what may be set at all, fitting into a field, drawing with Pango. Sizes are millimetres.
#pragma once
#include "printer/face/face.hpp"

#include <cairo.h>
#include <memory>

namespace printer {

inline constexpr std::size_t max_value_bytes = 512;  ///< of one value of FaceData
inline constexpr int max_marks = 6;                  ///< combining marks on one letter: a Tibetan stack has five
/// Cairo is scaled so that a card's user unit is 0.01 mm: Pango thinks in whole units, and a type of 3 would be coarse.
inline constexpr double units_per_mm = 100;

/// `form` with {name} and the other values of FaceData filled in. bad_configuration for another or an unclosed brace.
[[nodiscard]] Result<std::string> fill_in(std::string_view form, const FaceData& data);

/// name_not_printable for a text that is not UTF-8, is too long, has characters that show nothing or turn the order of others round (controls,
/// bidirectional marks, private use), or begins or is heaped with combining marks.
[[nodiscard]] Result<void> check_text(std::string_view text);

/// Sets texts with card_fonts(). One per drawing; never shared between threads.
class Typesetter {
  public:
    Typesetter();
    ~Typesetter();
    Typesetter(const Typesetter&) = delete;
    Typesetter& operator=(const Typesetter&) = delete;
    /// Draws `text` into the field with the source that is set. It shrinks to min_size, then wraps within the field's height in the largest type that
    /// fits; what still does not fit, and a glyph that no font has, is name_not_printable. Bold only where every glyph has a bold face.
    [[nodiscard]] Result<void> draw(cairo_t* cairo, const FaceField& field, const std::string& text);

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace printer
