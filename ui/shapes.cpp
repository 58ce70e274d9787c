// Drawing with ImGui's draw list.
#include "ui/shapes.hpp"

#include <cmath>
#include <imgui.h>
#include <vector>

namespace ui {

namespace {
constexpr float turn = 6.2831853F;

ImU32 tint(Colour c, float alpha = 1) { return IM_COL32((c.rgb >> 16U) & 255U, (c.rgb >> 8U) & 255U, c.rgb & 255U, static_cast<unsigned>(alpha * 255)); }
ImVec2 at(Point p) { return {p.x, p.y}; }
ImVec2 low(const Rect& r) { return {r.x, r.y}; }
ImVec2 high(const Rect& r) { return {r.right(), r.bottom()}; }
}  // namespace

void Pen::box(const Rect& r, Colour colour, float radius, float alpha) const { list_.AddRectFilled(low(r), high(r), tint(colour, alpha), radius); }
void Pen::outline(const Rect& r, Colour colour, float radius, float width) const {
    const Rect inner = r.inset(width / 2, width / 2);
    list_.AddRect(low(inner), high(inner), tint(colour), std::max(radius - width / 2, 0.F), 0, width);
}

void Pen::turned_box(Point c, Point size, float radius, float degrees, Colour fill, Colour edge, float width) const {
    const float a = degrees * turn / 360, sine = std::sin(a), cosine = std::cos(a);
    std::vector<ImVec2> path;
    constexpr int steps = 10;
    for (int corner = 0; corner < 4; ++corner) {
        const float sx = corner == 1 || corner == 2 ? 1.F : -1.F, sy = corner >= 2 ? 1.F : -1.F;
        const Point middle{sx * (size.x / 2 - radius), sy * (size.y / 2 - radius)};
        for (int i = 0; i <= steps; ++i) {
            const float angle = turn * (0.5F + 0.25F * static_cast<float>(corner) + 0.25F * static_cast<float>(i) / steps);
            const float x = middle.x + radius * std::cos(angle), y = middle.y + radius * std::sin(angle);
            path.push_back({c.x + x * cosine - y * sine, c.y + x * sine + y * cosine});
        }
    }
    list_.AddConvexPolyFilled(path.data(), static_cast<int>(path.size()), tint(fill));
    if (width > 0) list_.AddPolyline(path.data(), static_cast<int>(path.size()), tint(edge), ImDrawFlags_Closed, width);
}

void Pen::stroke(std::span<const Point> points, Colour colour, float width) const {
    std::vector<ImVec2> path;
    for (const auto p : points) path.push_back(at(p));
    if (path.size() > 1) list_.AddPolyline(path.data(), static_cast<int>(path.size()), tint(colour), 0, width);
    for (const auto& p : path) list_.AddCircleFilled(p, width / 2, tint(colour), width > 20 ? 32 : 16);
}

void Pen::disc(Point c, float radius, Colour colour) const { list_.AddCircleFilled(at(c), radius, tint(colour), 64); }
void Pen::circle(Point c, float radius, Colour colour, float width) const { list_.AddCircle(at(c), radius, tint(colour), 96, width); }

void Pen::arc(Point c, float radius, float from, float to, Colour colour, float width) const {
    if (to <= from) return;
    const auto place = [&](float t) {
        const float angle = turn * (t - 0.25F);
        return ImVec2{c.x + radius * std::cos(angle), c.y + radius * std::sin(angle)};
    };
    const int steps = std::max(8, static_cast<int>((to - from) * 160));
    std::vector<ImVec2> path;
    for (int i = 0; i <= steps; ++i) path.push_back(place(from + (to - from) * static_cast<float>(i) / static_cast<float>(steps)));
    const bool whole = to - from >= 0.999F;
    if (whole) path.pop_back();
    list_.AddPolyline(path.data(), static_cast<int>(path.size()), tint(colour), whole ? ImDrawFlags_Closed : 0, width);
    if (whole) return;
    list_.AddCircleFilled(path.front(), width / 2, tint(colour), 32);
    list_.AddCircleFilled(path.back(), width / 2, tint(colour), 32);
}

void Pen::dashed_ellipse(Point c, Point radii, Colour colour, float width) const {
    constexpr int dashes = 44, steps = 5;
    for (int d = 0; d < dashes; ++d) {
        std::vector<Point> dash;
        for (int i = 0; i <= steps; ++i) {
            const float angle = turn * (static_cast<float>(d) + 0.6F * static_cast<float>(i) / steps) / dashes;
            dash.push_back({c.x + radii.x * std::cos(angle), c.y + radii.y * std::sin(angle)});
        }
        stroke(dash, colour, width);
    }
}

void Pen::image(unsigned texture, const Rect& r, Point uv0, Point uv1, Colour colour, float radius) const {
    const auto id = reinterpret_cast<ImTextureID>(static_cast<std::uintptr_t>(texture));
    if (radius > 0) list_.AddImageRounded(id, low(r), high(r), at(uv0), at(uv1), tint(colour), radius);
    else list_.AddImage(id, low(r), high(r), at(uv0), at(uv1), tint(colour));
}

void Pen::arrow_disc(Point c, Point way, Colour ground, Colour arrow) const {
    const auto at_way = [&](float along, float across) { return Point{c.x + way.x * along - way.y * across, c.y + way.y * along + way.x * across}; };
    disc(c, 54, ground);
    stroke({at_way(-24, 0), at_way(22, 0)}, arrow, 10);
    stroke({at_way(4, -20), at_way(24, 0), at_way(4, 20)}, arrow, 10);
}

void Pen::clip(const Rect& r) const { list_.PushClipRect(low(r), high(r), true); }
void Pen::unclip() const { list_.PopClipRect(); }

void Pen::mark(Mark mark, Point c, float size, Colour colour) const {
    const float w = std::max(3.F, size / 11);
    const auto p = [&](float x, float y) { return Point{c.x + x * size / 2, c.y + y * size / 2}; };
    const auto area = [&](float x0, float y0, float x1, float y1) { return Rect{p(x0, y0).x, p(x0, y0).y, (x1 - x0) * size / 2, (y1 - y0) * size / 2}; };
    switch (mark) {
        case Mark::none: break;
        case Mark::check: stroke({p(-0.7F, 0.05F), p(-0.2F, 0.55F), p(0.7F, -0.5F)}, colour, w * 1.2F); break;
        case Mark::cross:
            stroke({p(-0.55F, -0.55F), p(0.55F, 0.55F)}, colour, w * 1.2F);
            stroke({p(0.55F, -0.55F), p(-0.55F, 0.55F)}, colour, w * 1.2F);
            break;
        case Mark::warning:
            stroke({p(0, -0.8F), p(0.9F, 0.75F), p(-0.9F, 0.75F), p(0, -0.8F)}, colour, w);
            stroke({p(0, -0.2F), p(0, 0.25F)}, colour, w);
            disc(p(0, 0.5F), w * 0.7F, colour);
            break;
        case Mark::id_card:
            outline(area(-1, -0.68F, 1, 0.68F), colour, size * 0.1F, w);
            box(area(0.2F, -0.34F, 0.7F, 0.34F), colour, size * 0.04F);
            for (const float y : {-0.28F, 0.F, 0.28F}) stroke({p(-0.68F, y), p(-0.1F, y)}, colour, w * 0.85F);
            break;
        case Mark::camera:
            outline(area(-1, -0.55F, 1, 0.75F), colour, size * 0.12F, w);
            circle(p(0, 0.1F), size * 0.19F, colour, w);
            stroke({p(-0.4F, -0.62F), p(-0.25F, -0.8F), p(0.25F, -0.8F), p(0.4F, -0.62F)}, colour, w);
            break;
        case Mark::card:
            outline(area(-1, -0.68F, 1, 0.68F), colour, size * 0.12F, w);
            box(area(-0.97F, -0.28F, 0.97F, -0.1F), colour);
            stroke({p(-0.6F, 0.3F), p(-0.15F, 0.3F)}, colour, w);
            break;
        case Mark::person:
            circle(p(0, -0.42F), size * 0.19F, colour, w);
            arc(p(0, 0.85F), size * 0.38F, -0.25F, 0.25F, colour, w);
            stroke({p(-0.76F, 0.85F), p(0.76F, 0.85F)}, colour, w);
            break;
        case Mark::people:
            circle(p(-0.35F, -0.4F), size * 0.17F, colour, w);
            arc(p(-0.35F, 0.75F), size * 0.3F, -0.25F, 0.25F, colour, w);
            stroke({p(-0.95F, 0.75F), p(0.25F, 0.75F)}, colour, w);
            circle(p(0.5F, -0.1F), size * 0.12F, colour, w);
            arc(p(0.5F, 0.75F), size * 0.22F, -0.02F, 0.25F, colour, w);
            stroke({p(0.55F, 0.75F), p(0.94F, 0.75F)}, colour, w);
            break;
        case Mark::bank:
            stroke({p(-0.9F, -0.25F), p(0, -0.8F), p(0.9F, -0.25F), p(-0.9F, -0.25F)}, colour, w);
            for (const float x : {-0.6F, 0.F, 0.6F}) stroke({p(x, 0), p(x, 0.5F)}, colour, w);
            stroke({p(-0.9F, 0.78F), p(0.9F, 0.78F)}, colour, w);
            break;
        case Mark::erase:
            stroke({p(-1, 0), p(-0.4F, -0.65F), p(1, -0.65F), p(1, 0.65F), p(-0.4F, 0.65F), p(-1, 0)}, colour, w);
            stroke({p(-0.05F, -0.25F), p(0.5F, 0.25F)}, colour, w);
            stroke({p(0.5F, -0.25F), p(-0.05F, 0.25F)}, colour, w);
            break;
        case Mark::info:
            circle(c, size * 0.44F, colour, w);
            disc(p(0, -0.4F), w * 0.8F, colour);
            stroke({p(0, -0.08F), p(0, 0.45F)}, colour, w);
            break;
        case Mark::arrow_right:
            stroke({p(-0.8F, 0), p(0.75F, 0)}, colour, w);
            stroke({p(0.2F, -0.55F), p(0.8F, 0), p(0.2F, 0.55F)}, colour, w);
            break;
        case Mark::arrow_down:
            stroke({p(0, -0.9F), p(0, 0.8F)}, colour, w * 1.2F);
            stroke({p(-0.6F, 0.25F), p(0, 0.85F), p(0.6F, 0.25F)}, colour, w * 1.2F);
            break;
        case Mark::waves:
            disc(p(0, 0.62F), w, colour);
            for (const float r : {0.3F, 0.55F, 0.8F}) arc(p(0, 0.62F), size * r, -0.13F, 0.13F, colour, w);
            break;
    }
}

}  // namespace ui
