// The card's face: layout file, artwork (Pango/Cairo), panels. Pure functions: data in, planes out; used for the preview and for the print.
#pragma once
#include "drivers/bytes.hpp"
#include "drivers/fault.hpp"
#include "printer/card_printer.hpp"

#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace printer {

/// What is printed. UTF-8. Personal data: wiped by its holder.
struct FaceData {
    std::string name, social_security_number, card_number, issue_date /* "2026年11月" */, bank, authority;
    std::string valid_until;  ///< "2036年11月", or 长期; empty: the layout's field stays empty
    std::string qr;           ///< content of the QR code, printable ASCII, at most max_qr_bytes; empty: none is drawn
    std::string bank_id;      ///< chooses the bank's mark: an `image` field with source "{bank_id}.png"
    Bytes photo_jpeg;  ///< the official crop, 358 x 441
    void wipe();
};
/// The values by their names: in layouts ("{name}") and in the technician's files.
inline constexpr std::array<std::pair<std::string_view, std::string FaceData::*>, 9> face_values{{{"name", &FaceData::name},
                                                                                                  {"social_security_number", &FaceData::social_security_number},
                                                                                                  {"card_number", &FaceData::card_number},
                                                                                                  {"issue_date", &FaceData::issue_date},
                                                                                                  {"valid_until", &FaceData::valid_until},
                                                                                                  {"bank", &FaceData::bank},
                                                                                                  {"bank_id", &FaceData::bank_id},
                                                                                                  {"authority", &FaceData::authority},
                                                                                                  {"qr", &FaceData::qr}}};

/// One element of a side, in millimetres from the top left of the lying card (85.60 x 53.98).
struct FaceField {
    /// cutout: nothing is printed there, no overlay either (chip contacts, a pre-printed hologram)
    /// qr: `text` is its content, resin only, a whole number of dots per module, quiet zone inside the field. image: `text` names a PNG beside the layout.
    enum class Kind { text, photo, line, rectangle, cutout, qr, image };
    Kind kind = Kind::text;
    double x = 0, y = 0, width = 0, height = 0;
    std::string text;          ///< fixed text with {name} {social_security_number} {card_number} {issue_date} {valid_until} {bank} {bank_id} {authority} {qr}; all values empty: nothing is drawn
    double size = 3.0;         ///< type size in mm (em); of a line its thickness
    bool bold = false;
    bool resin = true;         ///< resin K panel; otherwise `colour` goes to YMC
    std::uint32_t colour = 0;  ///< 0xRRGGBB
    bool right_aligned = false;
    double min_size = 2.0;     ///< long texts shrink (a line with room for a second one to 0.6 of `size`), then wrap within `height`, and are nowhere smaller than this
    double radius = 0;         ///< of a rectangle's corners, mm
    bool preprinted = false;   ///< already on the blank: in the preview, in no panel
};

/// The photograph's way to the dyes: 2 to 16 points of (light in, light out), both 0..1, rising; linear between them. And an optional ICC profile of printer and ribbon.
struct Tone {
    std::vector<std::pair<double, double>> curve;  ///< empty: straight
    Bytes icc;                                     ///< at most max_icc_bytes; empty: none (lcms2, perceptual, from sRGB)
};
inline constexpr std::size_t max_qr_bytes = 200, max_icc_bytes = 4u << 20, max_image_bytes = 1u << 20;

struct Layout {
    std::string name;
    std::string hash;  ///< SHA-256 of the file, its images and its profile, upper-case hex: recorded in the audit. Without these it is the file's own.
    std::vector<FaceField> front, back;
    Tone tone;
    std::map<std::string, Bytes> images;  ///< PNG files that its fields name, read when it was loaded
};

/// TOML, see printer/layouts/nanning.toml. bad_configuration names line and field. `folder`: where images and profiles lie; they are read here, with limits.
[[nodiscard]] drivers::Result<Layout> load_layout(std::string_view toml, const std::filesystem::path& folder = {});

/// An image as a person sees it: RGBA, row-major, 8 bits.
struct Picture {
    int width = 0, height = 0;
    std::vector<std::uint8_t> rgba;
};

/// The front as it will look (colour and resin composed on white card stock with the pre-printed ground given by the layout's colours), for the preview.
/// name_not_printable when a glyph is in no installed font (checked before a blank is fed).
[[nodiscard]] drivers::Result<Picture> draw_front(const Layout& layout, const FaceData& data, RasterSize size);
/// The back in the same way.
[[nodiscard]] drivers::Result<Picture> draw_back(const Layout& layout, const FaceData& data, RasterSize size);
/// The panels of both sides: photograph and coloured parts in YMC (7-bit levels, error diffusion), texts and lines only in K, overlay O.
[[nodiscard]] drivers::Result<PrintJob> make_job(const Layout& layout, const FaceData& data, RasterSize size);

}  // namespace printer
