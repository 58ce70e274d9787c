// libjpeg with its error handling by longjmp: the functions between setjmp and libjpeg own nothing that would need a destructor.
#include "printer/face/photo.hpp"

#include <cstdio>

#include <csetjmp>
#include <fmt/format.h>
#include <jpeglib.h>

namespace printer {

using drivers::FaultCode;

namespace {
struct Errors {
    jpeg_error_mgr base;  // first: libjpeg gives back a pointer to it
    std::jmp_buf out;
};
[[noreturn]] void leave(j_common_ptr c) { std::longjmp(reinterpret_cast<Errors*>(c->err)->out, 1); }
void be_quiet(j_common_ptr) {}

struct Decoder {
    jpeg_decompress_struct c{};
    Errors errors{};
    Decoder() {
        c.err = jpeg_std_error(&errors.base);
        errors.base.error_exit = leave;
        errors.base.output_message = be_quiet;
        jpeg_create_decompress(&c);
    }
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;
    ~Decoder() { jpeg_destroy_decompress(&c); }
};

bool read_header(Decoder& d, const unsigned char* data, unsigned long size) {
    if (setjmp(d.errors.out)) return false;
    jpeg_mem_src(&d.c, data, size);
    return jpeg_read_header(&d.c, TRUE) == JPEG_HEADER_OK;
}

bool begin(Decoder& d, unsigned denominator) {
    if (setjmp(d.errors.out)) return false;
    d.c.out_color_space = JCS_EXT_BGRX;
    d.c.dct_method = JDCT_ISLOW;
    d.c.scale_num = 1;
    d.c.scale_denom = denominator;
    return jpeg_start_decompress(&d.c) == TRUE;
}

bool read_rows(Decoder& d, unsigned char* pixels, std::size_t stride) {
    if (setjmp(d.errors.out)) return false;
    while (d.c.output_scanline < d.c.output_height) {
        JSAMPROW row = pixels + d.c.output_scanline * stride;
        if (jpeg_read_scanlines(&d.c, &row, 1) != 1) return false;
    }
    return jpeg_finish_decompress(&d.c) == TRUE && d.errors.base.num_warnings == 0;
}

unsigned reduction(unsigned height, int wanted) {
    unsigned denominator = 1;
    while (denominator < 8 && height / (denominator * 2) >= static_cast<unsigned>(std::max(1, wanted))) denominator *= 2;
    return denominator;
}
}  // namespace

Result<Photo> decode_photo(drivers::View jpeg, int wanted_height) {
    if (jpeg.size() > max_photo_bytes) return drivers::fail(FaultCode::photo_not_encodable, fmt::format("a photograph of {} bytes", jpeg.size()));
    Decoder d;
    if (!read_header(d, reinterpret_cast<const unsigned char*>(jpeg.data()), jpeg.size())) return drivers::fail(FaultCode::photo_not_encodable, "no JPEG");
    if (d.c.image_width > max_photo_side || d.c.image_height > max_photo_side || d.c.image_width == 0 || d.c.image_height == 0)
        return drivers::fail(FaultCode::photo_not_encodable, fmt::format("a photograph of {} x {}", d.c.image_width, d.c.image_height));
    if (d.c.progressive_mode || d.c.arith_code || d.c.num_components == 4) return drivers::fail(FaultCode::photo_not_encodable, "no baseline JPEG");
    if (!begin(d, reduction(d.c.image_height, wanted_height))) return drivers::fail(FaultCode::photo_not_encodable, "a JPEG of another kind");
    Photo photo;
    photo.width = static_cast<int>(d.c.output_width);
    photo.height = static_cast<int>(d.c.output_height);
    photo.xrgb.resize(static_cast<std::size_t>(d.c.output_width) * d.c.output_height);
    if (!read_rows(d, reinterpret_cast<unsigned char*>(photo.xrgb.data()), static_cast<std::size_t>(d.c.output_width) * 4)) {
        drivers::wipe(std::as_writable_bytes(std::span{photo.xrgb}));
        return drivers::fail(FaultCode::photo_not_encodable, "a damaged or truncated JPEG");
    }
    return photo;
}

}  // namespace printer
