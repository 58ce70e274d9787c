// One side of the card drawn: what goes to the colour panels, what to resin, and where nothing may be printed.
#pragma once
#include "printer/face/face.hpp"

#include <cairo.h>

namespace printer {

/// An image surface and its pixels; flushed before they are looked at.
class Surface {
  public:
    Surface(cairo_format_t format, RasterSize size);
    /// Takes it over.
    explicit Surface(cairo_surface_t* made) : surface_(made) {}
    [[nodiscard]] cairo_surface_t* get() const { return surface_.get(); }
    /// Row `y` of RGB24 pixels (0xXXRRGGBB), or of A8 bytes.
    [[nodiscard]] const std::uint32_t* colours(int y) const;
    [[nodiscard]] const std::uint8_t* alphas(int y) const;
    /// Personal data: overwritten.
    void wipe();

  private:
    struct Destroy {
        void operator()(cairo_surface_t* s) const { cairo_surface_destroy(s); }
    };
    std::unique_ptr<cairo_surface_t, Destroy> surface_;
};

struct Sheet {
    Surface colour;  ///< RGB24 on white
    Surface resin;   ///< A8: 255 black
    Surface cut;     ///< A8: 255 nothing is printed
    ~Sheet() {
        colour.wipe();
        resin.wipe();
    }
};

enum class Ground { preview, print };  ///< with what is already on the blank, or without

/// `fields`: of one side of the layout. Faults as draw_front and make_job. The preview has the photograph as a person sees it, the print as the dyes want it (Tone).
[[nodiscard]] Result<std::unique_ptr<Sheet>> draw_side(const Layout& layout, const std::vector<FaceField>& fields, const FaceData& data, RasterSize size, Ground ground);

}  // namespace printer
