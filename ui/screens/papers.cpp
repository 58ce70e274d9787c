// Documents, schematic: nothing on them can be taken for a real one.
#include "ui/screens/papers.hpp"

namespace ui::screens {

using namespace theme;
using drivers::DocumentKind;

namespace {
constexpr Colour bar{0x9FB0BC}, pale{0xD5DEE5}, booklet{0x22405A}, gold{0xD9B65A};

/// Places on a turned sheet: 0,0 is its middle, +-0.5 its edges.
struct Sheet {
    const Pen& pen;
    Point c;
    float w, h, degrees;
    [[nodiscard]] Point at(float x, float y) const {
        const float a = degrees * 3.14159265F / 180;
        return {c.x + x * w * std::cos(a) - y * h * std::sin(a), c.y + x * w * std::sin(a) + y * h * std::cos(a)};
    }
    void box(float x, float y, float bw, float bh, Colour fill, Colour line, float width = 0, float radius = 12) const {
        pen.turned_box(at(x, y), {w * bw, h * bh}, std::min({radius, w * bw / 2, h * bh / 2}), degrees, fill, line, width);
    }
    void line(float x0, float x1, float y, Colour colour, float width) const { pen.stroke({at(x0, y), at(x1, y)}, colour, width); }
};

/// The zone: rows of the width of the sheet, marked where it is what matters.
void zone(const Sheet& s, int rows, bool marked) {
    const float step = 0.075F, top = 0.5F - 0.07F - step * static_cast<float>(rows);
    if (marked) s.box(0, top + step * static_cast<float>(rows) / 2, 0.95F, step * static_cast<float>(rows) + 0.06F, attention_tint, attention, 6, 10);
    for (int i = 0; i < rows; ++i) {
        const float y = top + step * (static_cast<float>(i) + 0.5F);
        constexpr int letters = 22;
        for (int k = 0; k < letters; ++k) {
            const float x = -0.43F + 0.86F * (static_cast<float>(k) + 0.25F) / letters;
            s.line(x, x + 0.86F * 0.5F / letters, y, marked ? ink : bar, std::max(4.F, s.h * 0.028F));
        }
    }
}

void card_front(const Sheet& s) {
    constexpr float rows[][3] = {{-0.40F, 0.06F, -0.26F}, {-0.40F, -0.05F, -0.06F}, {-0.40F, 0.08F, 0.14F}, {-0.40F, 0.36F, 0.34F}};
    for (const auto& row : rows) s.line(row[0], row[1], row[2], bar, s.w * 0.028F);
    s.box(0.26F, -0.12F, 0.24F, 0.46F, pale, bar);
}

void card_back(const Sheet& s, bool marked) {
    s.box(-0.32F, -0.24F, 0.18F, 0.3F, pale, bar);
    s.line(-0.16F, 0.38F, -0.32F, bar, s.w * 0.024F);
    s.line(-0.16F, 0.24F, -0.16F, bar, s.w * 0.024F);
    zone(s, 3, marked);
}

void closed_passport(const Sheet& s) {
    s.pen.circle(s.at(0, -0.12F), s.w * 0.2F, gold, s.w * 0.028F);
    s.line(-0.24F, 0.24F, -0.36F, gold, s.w * 0.03F);
    s.line(-0.2F, 0.2F, 0.22F, gold, s.w * 0.03F);
    // The sign of a passport with a chip.
    s.box(0, 0.37F, 0.17F, 0.075F, booklet, gold, s.w * 0.014F, 4);
    s.pen.disc(s.at(0, 0.37F), s.w * 0.022F, gold);
}

void data_page(const Sheet& s, bool marked) {
    s.box(-0.32F, -0.12F, 0.24F, 0.48F, pale, bar);
    constexpr float rows[][2] = {{0.38F, -0.36F}, {0.22F, -0.22F}, {0.3F, -0.08F}, {0.12F, 0.06F}};
    for (const auto& row : rows) s.line(-0.12F, row[0], row[1], bar, s.w * 0.024F);
    zone(s, 2, marked);
}

void register_page(const Sheet& s) {
    s.line(-0.22F, 0.22F, -0.4F, bar, s.h * 0.04F);
    const float top = -0.3F, bottom = 0.42F;
    constexpr int rows = 6;
    for (int i = 0; i <= rows; ++i) s.line(-0.44F, 0.44F, top + (bottom - top) * static_cast<float>(i) / rows, pale, 5);
    for (const float x : {-0.44F, -0.22F, 0.06F, 0.24F, 0.44F}) s.pen.stroke({s.at(x, top), s.at(x, bottom)}, pale, 5);
    for (int i = 0; i < rows; ++i) {
        const float y = top + (bottom - top) * (static_cast<float>(i) + 0.5F) / rows;
        s.line(-0.18F, -0.02F - 0.04F * static_cast<float>(i % 3), y, bar, s.h * 0.03F);
        s.line(0.28F, 0.4F - 0.03F * static_cast<float>((i + 1) % 3), y, bar, s.h * 0.03F);
    }
}
}  // namespace

float ratio_of(DocumentKind kind, Side side) {
    switch (kind) {
        case DocumentKind::passport: return side == Side::front ? 125.F / 88 : 88.F / 125;  // ISO/IEC 7810 ID-3
        case DocumentKind::household_register: return 105.F / 143;
        case DocumentKind::resident_id:
        case DocumentKind::residence_permit:
        case DocumentKind::permanent_residence:
        case DocumentKind::travel_permit:
        case DocumentKind::temporary_id: return 54.F / 85.6F;  // ID-1
    }
    return 1;
}

void draw_paper(Frame& frame, Point centre, float width, const Paper& paper) {
    const bool closed = paper.kind == DocumentKind::passport && paper.side == Side::front;
    const Sheet s{frame.pen(), centre, width, width * ratio_of(paper.kind, paper.side), paper.degrees};
    s.pen.turned_box(centre, {s.w, s.h}, closed ? 18 : 26, paper.degrees, closed ? booklet : theme::card, paper.edge, 7);
    switch (paper.kind) {
        case DocumentKind::passport: return closed ? closed_passport(s) : data_page(s, paper.zone);
        case DocumentKind::household_register: return register_page(s);
        case DocumentKind::resident_id:
        case DocumentKind::residence_permit:
        case DocumentKind::permanent_residence:
        case DocumentKind::travel_permit:
        case DocumentKind::temporary_id: return paper.side == Side::front ? card_front(s) : card_back(s, paper.zone);
    }
}

}  // namespace ui::screens
