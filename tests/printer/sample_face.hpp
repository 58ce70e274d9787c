// An invented person for the face's tests: data, and a drawn portrait as a baseline JPEG of the official crop's size.
#pragma once
#include "printer/face/face.hpp"

#include <cairo.h>
#include <cstdio>

#include <jpeglib.h>

namespace bench {

struct JpegKind {
    int width = 358, height = 441;
    bool progressive = false;
};

/// A head on white, drawn with Cairo and encoded with libjpeg.
inline drivers::Bytes portrait_jpeg(JpegKind kind = {}) {
    auto* surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, kind.width, kind.height);
    auto* c = cairo_create(surface);
    cairo_scale(c, kind.width / 358.0, kind.height / 441.0);
    const auto disc = [&](double x, double y, double rx, double ry, std::uint32_t rgb) {
        cairo_save(c);
        cairo_translate(c, x, y);
        cairo_scale(c, rx, ry);
        cairo_arc(c, 0, 0, 1, 0, 6.2832);
        cairo_restore(c);
        cairo_set_source_rgb(c, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
        cairo_fill(c);
    };
    cairo_set_source_rgb(c, 1, 1, 1);
    cairo_paint(c);
    disc(179, 470, 130, 120, 0x35506B);
    disc(179, 340, 36, 60, 0xD9A982);
    disc(179, 175, 98, 125, 0x241C18);
    disc(179, 215, 84, 112, 0xEABF9C);
    disc(146, 205, 11, 7, 0x30221C);
    disc(212, 205, 11, 7, 0x30221C);
    disc(179, 275, 26, 6, 0xB0504A);
    cairo_surface_flush(surface);

    jpeg_compress_struct j{};
    jpeg_error_mgr errors{};
    j.err = jpeg_std_error(&errors);
    jpeg_create_compress(&j);
    unsigned char* out = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&j, &out, &size);
    j.image_width = static_cast<JDIMENSION>(kind.width);
    j.image_height = static_cast<JDIMENSION>(kind.height);
    j.input_components = 4;
    j.in_color_space = JCS_EXT_BGRX;
    jpeg_set_defaults(&j);
    jpeg_set_quality(&j, 92, TRUE);
    if (kind.progressive) jpeg_simple_progression(&j);
    jpeg_start_compress(&j, TRUE);
    while (j.next_scanline < j.image_height) {
        JSAMPROW row = cairo_image_surface_get_data(surface) + j.next_scanline * static_cast<unsigned>(cairo_image_surface_get_stride(surface));
        jpeg_write_scanlines(&j, &row, 1);
    }
    jpeg_finish_compress(&j);
    jpeg_destroy_compress(&j);
    const auto* bytes = reinterpret_cast<const std::byte*>(out);
    drivers::Bytes jpeg(bytes, bytes + size);
    std::free(out);
    cairo_destroy(c);
    cairo_surface_destroy(surface);
    return jpeg;
}

inline printer::FaceData sample_person() {
    printer::FaceData data;
    data.name = "覃铉舜";
    data.social_security_number = "45010319570916121X";
    data.card_number = "A1234567X";
    data.issue_date = "2026年11月";
    data.bank = "甲银行";
    data.authority = "南宁市人力资源和社会保障局";
    data.photo_jpeg = portrait_jpeg();
    return data;
}

}  // namespace bench
