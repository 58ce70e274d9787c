// FreeType draws each letter four times as large as the cell; blurring and averaging make of it what a lens and a sensor would.
#include "camera/zone/glyphs.hpp"

#include <fontconfig/fontconfig.h>
#include <ft2build.h>
#include <memory>
#include <opencv2/imgproc.hpp>
#include FT_FREETYPE_H

namespace camera {

using drivers::fail;
using drivers::FaultCode;
using drivers::Result;

namespace {
constexpr int oversampling = 4;
constexpr double capital_per_em = 0.707;  // of this font; another cut of OCR-B differs by less than the search for the line's height
constexpr double coarse_blur = 0.09;
constexpr double fine_blurs[] = {0.035, 0.06, 0.085, 0.115, 0.15, 0.195};  // pitches; 0.035 is a sharp lens on 20 dots a pitch

struct ReleaseLibrary {
    void operator()(FT_Library library) const { FT_Done_FreeType(library); }
};
struct ReleaseFace {
    void operator()(FT_Face face) const { FT_Done_Face(face); }
};
using Library = std::unique_ptr<FT_LibraryRec_, ReleaseLibrary>;
using Face = std::unique_ptr<FT_FaceRec_, ReleaseFace>;

Result<std::string> installed_font() {
    const std::unique_ptr<FcConfig, decltype(&FcConfigDestroy)> config(FcInitLoadConfigAndFonts(), &FcConfigDestroy);
    const std::unique_ptr<FcPattern, decltype(&FcPatternDestroy)> wanted(FcNameParse(reinterpret_cast<const FcChar8*>("OCR B:style=Regular:slant=0")), &FcPatternDestroy);
    if (!config || !wanted) return fail(FaultCode::bad_configuration, "fontconfig does not answer");
    FcConfigSubstitute(config.get(), wanted.get(), FcMatchPattern);
    FcDefaultSubstitute(wanted.get());
    FcResult result = FcResultNoMatch;
    const std::unique_ptr<FcPattern, decltype(&FcPatternDestroy)> found(FcFontMatch(config.get(), wanted.get(), &result), &FcPatternDestroy);
    FcChar8 *family = nullptr, *file = nullptr;
    // fontconfig always gives some font; only the right one will do.
    if (!found || FcPatternGetString(found.get(), FC_FAMILY, 0, &family) != FcResultMatch || FcPatternGetString(found.get(), FC_FILE, 0, &file) != FcResultMatch ||
        std::string_view(reinterpret_cast<const char*>(family)) != "OCR B")
        return fail(FaultCode::bad_configuration, "the font \"OCR B\" (package fonts-ocr-b) is not installed; the reader of passports needs it");
    return std::string(reinterpret_cast<const char*>(file));
}

/// One letter, dark on light, 0..255, with a rim of one cell on every side. Empty when the font has it not.
cv::Mat draw_letter(FT_Face face, char letter, int pitch) {
    const int dots = pitch * oversampling;
    const cv::Size cell = cell_size(dots);
    cv::Mat out(3 * cell.height, 3 * cell.width, CV_8U, cv::Scalar(255));
    const auto glyph = FT_Get_Char_Index(face, static_cast<FT_ULong>(letter));
    if (glyph == 0 || FT_Load_Glyph(face, glyph, FT_LOAD_NO_HINTING | FT_LOAD_RENDER) != 0) return {};
    const auto& bitmap = face->glyph->bitmap;
    if (bitmap.pixel_mode != FT_PIXEL_MODE_GRAY || bitmap.rows == 0) return {};
    const double capital = capital_per_em * face->size->metrics.y_ppem;
    const int left = cell.width + face->glyph->bitmap_left, top = cell.height + cvRound(cell.height / 2.0 + capital / 2) - face->glyph->bitmap_top;
    const cv::Rect place(left, top, static_cast<int>(bitmap.width), static_cast<int>(bitmap.rows));
    if ((place & cv::Rect({}, out.size())) != place) return {};
    const cv::Mat ink(place.size(), CV_8U, bitmap.buffer, static_cast<std::size_t>(bitmap.pitch));
    cv::subtract(cv::Scalar(255), ink, out(place));
    return out;
}

cv::Mat seen(const cv::Mat& drawn, int pitch, double blur) {
    cv::Mat soft, out;
    cv::GaussianBlur(drawn, soft, {}, blur * pitch * oversampling);
    const cv::Size cell = cell_size(pitch * oversampling);
    cv::resize(soft(cv::Rect({cell.width, cell.height}, cell)), out, cell_size(pitch), 0, 0, cv::INTER_AREA);
    out.convertTo(out, CV_32F);
    out -= cv::mean(out);
    return out.reshape(1, 1) / std::max(1e-6, cv::norm(out));
}

GlyphSet set_of(const std::vector<cv::Mat>& drawn, int pitch, double blur) {
    GlyphSet set{blur, {}};
    for (const auto& letter : drawn) set.rows.push_back(seen(letter, pitch, blur));
    return set;
}
}  // namespace

Result<Glyphs> Glyphs::create(const std::string& font_file) {
    auto file = font_file.empty() ? installed_font() : Result<std::string>(font_file);
    if (!file) return std::unexpected(file.error());
    FT_Library raw_library = nullptr;
    if (FT_Init_FreeType(&raw_library) != 0) return fail(FaultCode::bad_configuration, "FreeType does not start");
    const Library library(raw_library);
    FT_Face raw_face = nullptr;
    if (FT_New_Face(raw_library, file->c_str(), 0, &raw_face) != 0) return fail(FaultCode::bad_configuration, fmt::format("{} is not a font", *file));
    const Face face(raw_face);
    const auto draw_all = [&](int pitch) -> std::vector<cv::Mat> {
        // The em follows from the advance, which is the pitch whatever the font's own units are.
        if (FT_Load_Char(raw_face, 'H', FT_LOAD_NO_SCALE) != 0 || raw_face->glyph->metrics.horiAdvance <= 0) return {};
        const double em = static_cast<double>(pitch) * oversampling * raw_face->units_per_EM / static_cast<double>(raw_face->glyph->metrics.horiAdvance);
        if (FT_Set_Char_Size(raw_face, 0, static_cast<FT_F26Dot6>(em * 64), 72, 72) != 0) return {};
        std::vector<cv::Mat> out;
        for (const char letter : zone_letters) {
            out.push_back(draw_letter(raw_face, letter, pitch));
            if (out.back().empty()) return {};
        }
        return out;
    };
    const auto coarse = draw_all(coarse_pitch), fine = draw_all(fine_pitch);
    if (coarse.empty() || fine.empty()) return fail(FaultCode::bad_configuration, fmt::format("{} does not have the letters of a machine readable zone", *file));
    Glyphs glyphs;
    glyphs.coarse_ = set_of(coarse, coarse_pitch, coarse_blur);
    for (const double blur : fine_blurs) glyphs.fine_.push_back(set_of(fine, fine_pitch, blur));
    return glyphs;
}

}  // namespace camera
