// FreeType faces, the set of characters, and the drawing of those that ImGui's 16-bit builder cannot take.
#include "sim/panel/fonts.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <ft2build.h>
#include <imgui.h>
#include <imgui_freetype.h>
#include <iterator>
#include FT_FREETYPE_H

namespace sim {

namespace {
constexpr const char* text_file = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";
constexpr const char* title_file = "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc";
constexpr std::array<const char*, 2> further_files{"/usr/share/fonts/truetype/hanazono/HanaMinA.ttf", "/usr/share/fonts/truetype/hanazono/HanaMinB.ttf"};
constexpr int simplified_chinese = 2;  ///< number of the face in Noto's collection
constexpr char32_t replacement = U'〓', last_of_basic_plane = 0xFFFF, private_first = 0xE000, private_last = 0xF8FF;
constexpr std::u32string_view marks = U"●○▲×✓·—→…";

using Blob = std::vector<unsigned char>;
Blob read_font(const char* file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// The next character of UTF-8; what is not UTF-8 is one replacement character a byte.
char32_t next_character(std::string_view text, std::size_t& at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(at);
    const std::size_t length = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
    if (length == 0 || at + length > text.size()) return ++at, replacement;
    char32_t c = length == 1 ? lead : lead & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if (byte(at + i) >> 6 != 2) return ++at, replacement;
        c = c << 6 | (byte(at + i) & 0x3Fu);
    }
    at += length;
    return c > 0x10FFFF ? replacement : c;
}

void append_character(std::string& out, char32_t c) {
    const auto put = [&](char32_t b) { out.push_back(static_cast<char>(b)); };
    if (c < 0x80) return put(c);
    if (c < 0x800) return put(0xC0 | c >> 6), put(0x80 | (c & 0x3F));
    if (c <= last_of_basic_plane) return put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
    put(0xF0 | c >> 18), put(0x80 | (c >> 12 & 0x3F)), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
}
}  // namespace

struct PanelFonts::Face {
    FT_Library library = nullptr;
    Blob text, title;
    std::vector<Blob> further;
    std::vector<FT_Face> faces;     ///< the text's first
    std::vector<ImWchar> ranges, title_ranges;

    Face() = default;
    Face(const Face&) = delete;
    Face& operator=(const Face&) = delete;
    ~Face() {
        for (auto* face : faces) FT_Done_Face(face);
        if (library) FT_Done_FreeType(library);
    }
    bool add(const Blob& blob, int number) {
        FT_Face face = nullptr;
        if (blob.empty() || FT_New_Memory_Face(library, blob.data(), static_cast<FT_Long>(blob.size()), number, &face) != 0) return false;
        faces.push_back(face);
        return true;
    }
    [[nodiscard]] bool plain_has(char32_t c) const { return c <= last_of_basic_plane && FT_Get_Char_Index(faces.front(), c) != 0; }
    /// The face that can draw it, or nothing.
    [[nodiscard]] FT_Face face_of(char32_t c) const {
        const auto found = std::ranges::find_if(faces, [c](FT_Face face) { return FT_Get_Char_Index(face, c) != 0; });
        return found == faces.end() ? nullptr : *found;
    }
};

PanelFonts::PanelFonts(std::unique_ptr<Face> face) : face_(std::move(face)) {}
PanelFonts::~PanelFonts() = default;

std::expected<std::unique_ptr<PanelFonts>, std::string> PanelFonts::open() {
    auto face = std::make_unique<Face>();
    if (FT_Init_FreeType(&face->library) != 0) return std::unexpected("FreeType does not start");
    face->text = read_font(text_file);
    face->title = read_font(title_file);
    if (face->title.empty() || !face->add(face->text, simplified_chinese)) return std::unexpected(std::string("the font is missing: ") + text_file + " (package fonts-noto-cjk)");
    // Only names need these; without them a rare character is the replacement character.
    face->further.reserve(further_files.size());
    for (const auto* file : further_files) {
        face->further.push_back(read_font(file));
        (void)face->add(face->further.back(), 0);
    }
    // FreeType's "real" size is from ascent to descent; the further faces take the same em.
    FT_Size_RequestRec size{FT_SIZE_REQUEST_TYPE_REAL_DIM, 0, static_cast<FT_Long>(panel_text_size * 64), 0, 0};
    if (FT_Request_Size(face->faces.front(), &size) != 0) return std::unexpected("the font has no size");
    for (std::size_t i = 1; i < face->faces.size(); ++i) (void)FT_Set_Pixel_Sizes(face->faces[i], 0, face->faces.front()->size->metrics.y_ppem);
    std::unique_ptr<PanelFonts> fonts(new PanelFonts(std::move(face)));
    for (char32_t c = 0x20; c < 0x7F; ++c) fonts->plain_.insert(c);
    fonts->plain_.insert(replacement);
    fonts->plain_.insert(marks.begin(), marks.end());
    return fonts;
}

bool PanelFonts::learn(const PanelView& view) {
    bool fresh = false;
    PanelView copy = view;
    for_each_text(copy, [&](std::string& text) {
        for (std::size_t at = 0; at < text.size();) {
            const auto c = next_character(text, at);
            if (c < 0x20 || plain_.contains(c) || rare_.contains(c) || (c >= private_first && c <= private_last)) continue;
            if (face_->plain_has(c)) {
                if (plain_.size() < max_panel_characters) fresh |= plain_.insert(c).second;
            } else if (face_->face_of(c) && rare_.size() < max_rare_characters) {
                fresh |= rare_.emplace(c, static_cast<std::uint16_t>(private_first + rare_.size())).second;
            }
        }
    });
    return fresh;
}

std::string PanelFonts::rewritten(const std::string& text) const {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto c = next_character(text, at);
        const auto rare = rare_.find(c);
        const bool shown = plain_.contains(c) || c == '\n';
        append_character(out, rare != rare_.end() ? rare->second : shown ? c : replacement);
    }
    return out;
}

PanelView PanelFonts::legible(PanelView view) const {
    for_each_text(view, [this](std::string& text) { text = rewritten(text); });
    return view;
}

std::expected<void, std::string> PanelFonts::build(ImFontAtlas& atlas) {
    atlas.Clear();
    atlas.FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType();
    atlas.Flags |= ImFontAtlasFlags_NoPowerOfTwoHeight;
    face_->ranges.clear();
    for (const auto c : plain_) face_->ranges.insert(face_->ranges.end(), {static_cast<ImWchar>(c), static_cast<ImWchar>(c)});
    face_->ranges.push_back(0);
    face_->title_ranges = {0x20, 0x7E, 0xB7, 0xB7, static_cast<ImWchar>(replacement), static_cast<ImWchar>(replacement), 0};
    ImFontConfig config;
    config.FontDataOwnedByAtlas = false;
    config.FontNo = simplified_chinese;
    config.OversampleH = 1;
    auto* text = atlas.AddFontFromMemoryTTF(face_->text.data(), static_cast<int>(face_->text.size()), panel_text_size, &config, face_->ranges.data());
    auto* title = atlas.AddFontFromMemoryTTF(face_->title.data(), static_cast<int>(face_->title.size()), panel_title_size, &config, face_->title_ranges.data());

    // Noto has no U+FFFD; the geta mark is what printers put where a letter is missing.
    text->FallbackChar = title->FallbackChar = static_cast<ImWchar>(replacement);
    struct Drawn {
        int rect;
        int width, height;
        Blob coverage;
    };
    std::vector<Drawn> drawn;
    const float ascent = std::ceil(static_cast<float>(face_->faces.front()->size->metrics.ascender) / 64);
    for (const auto& [c, number] : rare_) {
        const auto face = face_->face_of(c);
        if (FT_Load_Char(face, c, FT_LOAD_RENDER | FT_LOAD_TARGET_NORMAL) != 0) continue;
        const auto& slot = *face->glyph;
        const int width = static_cast<int>(slot.bitmap.width), height = static_cast<int>(slot.bitmap.rows);
        if (width == 0 || height == 0 || slot.bitmap.pixel_mode != FT_PIXEL_MODE_GRAY) continue;
        Drawn one{atlas.AddCustomRectFontGlyph(text, number, width, height, static_cast<float>(slot.advance.x) / 64,
                                               ImVec2(static_cast<float>(slot.bitmap_left), ascent - static_cast<float>(slot.bitmap_top))),
                  width, height, {}};
        for (int row = 0; row < height; ++row) one.coverage.insert(one.coverage.end(), slot.bitmap.buffer + row * slot.bitmap.pitch, slot.bitmap.buffer + row * slot.bitmap.pitch + width);
        drawn.push_back(std::move(one));
    }
    if (!atlas.Build()) return std::unexpected("the letters do not fit");
    for (const auto& one : drawn) {
        const auto* rect = atlas.GetCustomRectByIndex(one.rect);
        for (int row = 0; row < one.height; ++row)
            std::memcpy(atlas.TexPixelsAlpha8 + (rect->Y + row) * atlas.TexWidth + rect->X, one.coverage.data() + row * one.width, static_cast<std::size_t>(one.width));
    }
    return {};
}

void for_each_text(PanelView& view, const std::function<void(std::string&)>& f) {
    for (auto* reader : {&view.id_reader, &view.chip_station}) f(reader->name), f(reader->holds);
    f(view.printer.inside);
    for (auto& hopper : view.printer.hoppers) f(hopper.bank);
    for (auto* list : {&view.printer.commands, &view.printer.provoked, &view.handed_out, &view.banks, &view.trace}) std::ranges::for_each(*list, f);
    f(view.centre.behaviour);
    for (auto* text : {&view.kiosk.id, &view.kiosk.path, &view.kiosk.screen, &view.kiosk.language, &view.kiosk.closed_by, &view.kiosk.ended, &view.citizen.key, &view.citizen.person}) f(*text);
    for (auto& person : view.people) f(person.key), f(person.name), f(person.standing);
    for (auto& badge : view.badges) f(badge.id), f(badge.name), f(badge.role), f(badge.pin);
}

}  // namespace sim
