// libjpeg directly: OpenCV's encoder writes no density, and its decoder makes a grey half out of a torn file without saying so.
#include "camera/jpeg.hpp"

#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <jpeglib.h>

#include <jerror.h>

namespace camera {

namespace {
struct Errors {
    jpeg_error_mgr base;
    std::jmp_buf back;
    bool damaged;
};

void give_up(j_common_ptr info) { std::longjmp(reinterpret_cast<Errors*>(info->err)->back, 1); }
void say_nothing(j_common_ptr) {}
/// libjpeg repairs what it can and only warns; stray bytes between markers are harmless, missing or torn data are not.
void note_damage(j_common_ptr info, int level) {
    if (level >= 0) return;
    auto* errors = reinterpret_cast<Errors*>(info->err);
    const int code = errors->base.msg_code;
    if (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE || code == JWRN_MUST_RESYNC || code == JWRN_ARITH_BAD_CODE) errors->damaged = true;
}

/// Plain C between setjmp and longjmp: no object with a destructor lives here.
bool compress(const std::uint8_t* pixels, std::size_t stride, int width, int height, int quality, bool full_chroma, int dpi, unsigned char** out, unsigned long* size) {
    jpeg_compress_struct info;
    Errors errors;
    info.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = give_up;
    errors.base.output_message = say_nothing;
    if (setjmp(errors.back)) {
        jpeg_destroy_compress(&info);
        return false;
    }
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, out, size);
    info.image_width = static_cast<JDIMENSION>(width);
    info.image_height = static_cast<JDIMENSION>(height);
    info.input_components = 3;
    info.in_color_space = JCS_EXT_BGR;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, quality, TRUE);  // TRUE: tables stay within baseline's 8 bits
    info.optimize_coding = TRUE;
    info.dct_method = JDCT_ISLOW;            // the same bytes on every machine
    info.density_unit = 1;
    info.X_density = info.Y_density = static_cast<UINT16>(dpi);
    if (full_chroma) info.comp_info[0].h_samp_factor = info.comp_info[0].v_samp_factor = 1;
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < info.image_height) {
        JSAMPROW row = const_cast<JSAMPROW>(pixels + info.next_scanline * stride);
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    return true;
}

/// Plain C, like compress. `pixels`: facts.height rows of `stride` bytes. BGR, or CMYK as it is stored for four components.
bool decompress(const unsigned char* file, std::size_t size, std::uint8_t* pixels, std::size_t stride, const JpegFacts* facts, bool* inverted) {
    jpeg_decompress_struct info;
    Errors errors;
    info.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = give_up;
    errors.base.output_message = say_nothing;
    errors.base.emit_message = note_damage;
    errors.damaged = false;
    if (setjmp(errors.back)) {
        jpeg_destroy_decompress(&info);
        return false;
    }
    jpeg_create_decompress(&info);
    jpeg_mem_src(&info, file, size);
    jpeg_read_header(&info, TRUE);
    const bool as_promised = info.image_width == static_cast<JDIMENSION>(facts->width) && info.image_height == static_cast<JDIMENSION>(facts->height) && info.num_components == facts->components;
    if (as_promised) {
        info.out_color_space = info.num_components == 4 ? JCS_CMYK : JCS_EXT_BGR;
        info.dct_method = JDCT_ISLOW;
        *inverted = info.saw_Adobe_marker;
        jpeg_start_decompress(&info);
        while (info.output_scanline < info.output_height) {
            JSAMPROW row = pixels + info.output_scanline * stride;
            jpeg_read_scanlines(&info, &row, 1);
        }
    }
    jpeg_destroy_decompress(&info);
    return as_promised && !errors.damaged;
}

cv::Mat from_cmyk(const cv::Mat& cmyk, bool inverted) {
    cv::Mat out(cmyk.size(), CV_8UC3);
    for (int y = 0; y < cmyk.rows; ++y)
        for (int x = 0; x < cmyk.cols; ++x) {
            cv::Vec4b c = cmyk.at<cv::Vec4b>(y, x);
            if (!inverted) c = cv::Vec4b::all(255) - c;
            out.at<cv::Vec3b>(y, x) = cv::Vec3b(static_cast<std::uint8_t>(c[2] * c[3] / 255), static_cast<std::uint8_t>(c[1] * c[3] / 255), static_cast<std::uint8_t>(c[0] * c[3] / 255));
        }
    return out;
}

int two(drivers::View v, std::size_t at) { return drivers::u8(v[at]) << 8 | drivers::u8(v[at + 1]); }

/// Orientation of an APP1 segment's body; 1 for anything that is not as EXIF says.
int exif_orientation(drivers::View body) {
    constexpr int tag = 0x0112, type_short = 3, most_entries = 512;
    if (body.size() < 14 || drivers::to_string(body.first(6)) != std::string_view("Exif\0\0", 6)) return 1;
    const drivers::View tiff = body.subspan(6);
    const std::string order = drivers::to_string(tiff.first(2));
    if (order != "II" && order != "MM") return 1;
    const bool little = order == "II";
    const auto word = [&](std::size_t at) { return little ? drivers::u8(tiff[at]) | drivers::u8(tiff[at + 1]) << 8 : two(tiff, at); };
    const auto high = static_cast<std::size_t>(word(little ? 6 : 4)), low = static_cast<std::size_t>(word(little ? 4 : 6));
    const std::size_t start = high << 16 | low;
    if (word(2) != 42 || start > tiff.size() || tiff.size() - start < 2) return 1;
    const int entries = std::min(word(start), most_entries);
    for (int i = 0; i < entries; ++i) {
        const std::size_t at = start + 2 + 12 * static_cast<std::size_t>(i);
        if (at + 12 > tiff.size()) return 1;
        if (word(at) != tag) continue;
        const int value = word(at + 8);
        return word(at + 2) == type_short && value >= 1 && value <= 8 ? value : 1;
    }
    return 1;
}

/// From the end of a scan's header to the next marker that ends it; v.size() when there is none.
std::size_t after_scan(drivers::View v, std::size_t at) {
    for (; at + 1 < v.size(); ++at) {
        if (drivers::u8(v[at]) != 0xFF) continue;
        const int next = drivers::u8(v[at + 1]);
        if (next != 0x00 && next != 0xFF && (next < 0xD0 || next > 0xD7)) return at;
    }
    return v.size();
}

/// One segment between SOI and EOI; false when its length is impossible.
bool read_segment(int marker, drivers::View body, int& frames, JpegFacts& facts) {
    if (marker == 0xE0 && body.size() >= 12 && drivers::to_string(body.first(4)) == "JFIF" && drivers::u8(body[7]) == 1) {
        facts.dpi_x = two(body, 8);
        facts.dpi_y = two(body, 10);
    }
    if (marker == 0xE1 && facts.orientation == 1) facts.orientation = exif_orientation(body);
    if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) {
        if (body.size() < 6) return false;
        facts.baseline = ++frames == 1 && marker == 0xC0 && drivers::u8(body[0]) == 8;
        facts.height = two(body, 1);
        facts.width = two(body, 3);
        facts.components = drivers::u8(body[5]);
    }
    return true;
}
}  // namespace

drivers::Bytes encode_jpeg(const cv::Mat& bgr, int quality, Chroma chroma, int dpi) {
    if (bgr.empty() || bgr.type() != CV_8UC3) return {};
    unsigned char* memory = nullptr;
    unsigned long size = 0;
    const bool done = compress(bgr.data, bgr.step[0], bgr.cols, bgr.rows, quality, chroma == Chroma::full, dpi, &memory, &size);
    drivers::Bytes out;
    if (memory) {
        const std::span<std::byte> written{reinterpret_cast<std::byte*>(memory), size};
        if (done) out.assign(written.begin(), written.end());
        drivers::wipe(written);
        std::free(memory);
    }
    return out;
}

std::optional<JpegFacts> read_jpeg_facts(drivers::View v) {
    if (v.size() < 4 || two(v, 0) != 0xFFD8) return std::nullopt;
    JpegFacts facts;
    facts.complete = two(v, v.size() - 2) == 0xFFD9;
    int frames = 0;
    for (std::size_t at = 2; at + 2 <= v.size();) {
        if (drivers::u8(v[at]) != 0xFF) break;
        const int marker = drivers::u8(v[at + 1]);
        if (marker == 0xFF) {  // fill byte
            ++at;
            continue;
        }
        facts.ended = marker == 0xD9 && facts.scans > 0;
        if (marker == 0xD9 || at + 4 > v.size()) break;
        const auto length = static_cast<std::size_t>(two(v, at + 2));
        if (length < 2 || at + 2 + length > v.size()) break;
        if (!read_segment(marker, v.subspan(at + 4, length - 2), frames, facts)) return std::nullopt;
        at += 2 + length;
        if (marker == 0xDA) {
            ++facts.scans;
            at = after_scan(v, at);
        }
    }
    if (frames == 0 || facts.scans == 0) return std::nullopt;
    return facts;
}

cv::Mat decode_jpeg(drivers::View jpeg, const JpegFacts& facts) {
    if (facts.width < 1 || facts.height < 1) return {};
    cv::Mat pixels(facts.height, facts.width, facts.components == 4 ? CV_8UC4 : CV_8UC3);
    bool inverted = false;
    const bool good = decompress(reinterpret_cast<const unsigned char*>(jpeg.data()), jpeg.size(), pixels.data, pixels.step[0], &facts, &inverted);
    if (good && facts.components == 4) {
        cv::Mat bgr = from_cmyk(pixels, inverted);
        pixels.setTo(0);
        return bgr;
    }
    if (good) return pixels;
    pixels.setTo(0);
    return {};
}

}  // namespace camera
