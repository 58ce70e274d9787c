// A layout and a person's data become pictures of both sides, of each panel, and the bytes for the printer. What is written holds personal data: it is readable
// by its owner only, and nothing of it is said on the terminal.
#include "kiosk/ctl/card.hpp"

#include "printer/evolis/spool.hpp"
#include "printer/face/face.hpp"

#include <cairo.h>
#include <fstream>
#include <iostream>
#include <sys/stat.h>

namespace ctl {

namespace {
using drivers::FaultCode;
using drivers::Result;
using nlohmann::json;
using printer::FaceData;
constexpr int done = 0, refused = 1, usage = 2;
constexpr std::size_t max_layout_file = 65'536, max_data_file = 65'536, max_photo_file = 1u << 20;

constexpr const char* data_format =
    "The data file is one JSON object of strings, all optional: name, social_security_number, card_number, issue_date (\"2026年11月\"), valid_until "
    "(\"2036年11月\" or \"长期\"), bank, bank_id (chooses the bank's mark, an image beside the layout), authority, qr (printable ASCII, at most 200 bytes), "
    "photo (a baseline JPEG, beside the data file unless the path is absolute). A key of another name is an error.\n"
    "DIR gets front.png and back.png (as the card will look), panel-y.png ... panel-o.png and panel-back-k.png (black: full dye, or a dot), and job.bin (the "
    "bytes that the driver sends, Ss to Se).";

struct Arguments {
    std::string layout, data, out;
};

std::unexpected<drivers::Fault> bad(std::string why) { return drivers::fail(FaultCode::bad_configuration, std::move(why)); }

Result<std::string> read_file(const std::filesystem::path& path, std::size_t most) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) return bad(path.string() + " is no file");
    std::string text(most + 1, '\0');
    std::ifstream in(path, std::ios::binary);
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad() || !in.is_open()) return bad(path.string() + " cannot be read");
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > most) return bad(fmt::format("{} has more than {} bytes", path.string(), most));
    return text;
}

Result<FaceData> read_data(const std::filesystem::path& path) {
    auto text = read_file(path, max_data_file);
    if (!text) return std::unexpected(text.error());
    const auto root = json::parse(*text, nullptr, false);
    drivers::wipe(*text);
    const auto says = [&](std::string why) { return bad(path.string() + ": " + std::move(why)); };
    if (root.is_discarded()) return says("is not JSON in UTF-8");
    if (!root.is_object()) return says("must be one object");
    FaceData data;
    std::string photo;
    for (const auto& [key, value] : root.items()) {
        const auto known = std::ranges::find(printer::face_values, key, [](const auto& v) { return v.first; });
        if (known == printer::face_values.end() && key != "photo") return says(json(key.substr(0, 40)).dump(-1, ' ', true, json::error_handler_t::replace) + " is no key of it");
        if (!value.is_string()) return says(key + " must be a string");
        (key == "photo" ? photo : data.*known->second) = value.get<std::string>();
    }
    if (photo.empty()) return data;
    auto jpeg = read_file(path.parent_path() / photo, max_photo_file);
    if (!jpeg) return says("photo: " + jpeg.error().detail);
    data.photo_jpeg = drivers::to_bytes(*jpeg);
    drivers::wipe(*jpeg);
    return data;
}

/// Whole or not at all: written beside, then renamed.
Result<void> write_file(const std::filesystem::path& path, drivers::View bytes) {
    const auto beside = path.string() + ".part";
    std::ofstream out(beside, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    out.close();
    std::error_code error;
    if (out.good()) std::filesystem::rename(beside, path, error);
    if (!out.good() || error) {
        std::error_code ignored;
        std::filesystem::remove(beside, ignored);
        return drivers::fail(FaultCode::disk_error, path.string() + " cannot be written");
    }
    return {};
}

cairo_status_t append(void* into, const unsigned char* data, unsigned int size) {
    const auto view = std::as_bytes(std::span{data, size});
    static_cast<drivers::Bytes*>(into)->insert(static_cast<drivers::Bytes*>(into)->end(), view.begin(), view.end());
    return CAIRO_STATUS_SUCCESS;
}

/// `paint` fills the surface's rows: data, stride.
Result<void> write_png(const std::filesystem::path& path, cairo_format_t format, printer::RasterSize size, const std::function<void(unsigned char*, int)>& paint) {
    const std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)> surface{cairo_image_surface_create(format, size.width, size.height), cairo_surface_destroy};
    cairo_surface_flush(surface.get());
    paint(cairo_image_surface_get_data(surface.get()), cairo_image_surface_get_stride(surface.get()));
    cairo_surface_mark_dirty(surface.get());
    drivers::Bytes png;
    if (cairo_surface_write_to_png_stream(surface.get(), append, &png) != CAIRO_STATUS_SUCCESS) return drivers::fail(FaultCode::internal, "no PNG could be made");
    return write_file(path, png);
}

Result<void> write_picture(const std::filesystem::path& path, const printer::Picture& p) {
    return write_png(path, CAIRO_FORMAT_ARGB32, {p.width, p.height}, [&](unsigned char* rows, int stride) {
        const auto* from = p.rgba.data();
        for (int y = 0; y < p.height; ++y) {
            auto* row = reinterpret_cast<std::uint32_t*>(rows + static_cast<std::ptrdiff_t>(y) * stride);
            for (int x = 0; x < p.width; ++x, from += 4) {
                const std::uint32_t a = from[3];
                row[x] = a << 24 | from[0] * a / 255 << 16 | from[1] * a / 255 << 8 | from[2] * a / 255;
            }
        }
    });
}

Result<void> write_panel(const std::filesystem::path& path, const std::vector<std::uint8_t>& plane, printer::RasterSize size, unsigned full) {
    return write_png(path, CAIRO_FORMAT_A8, size, [&](unsigned char* rows, int stride) {
        for (int y = 0; y < size.height; ++y)
            for (int x = 0; x < size.width; ++x)
                rows[static_cast<std::ptrdiff_t>(y) * stride + x] = static_cast<unsigned char>(255 - plane[static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width) + static_cast<std::size_t>(x)] * 255U / full);
    });
}

Result<void> write_all(const std::filesystem::path& out, const printer::Layout& layout, const FaceData& data) {
    const printer::RasterSize size;
    auto job = printer::make_job(layout, data, size);
    if (!job) return std::unexpected(job.error());
    struct Wiped {
        printer::PrintJob& job;
        ~Wiped() { job.wipe(); }
    } wiped{*job};
    std::error_code error;
    std::filesystem::create_directories(out, error);
    if (!std::filesystem::is_directory(out, error)) return drivers::fail(FaultCode::disk_error, out.string() + " is no folder and cannot be made one");
    const auto front = printer::draw_front(layout, data, size);
    if (!front) return std::unexpected(front.error());
    const auto back = printer::draw_back(layout, data, size);
    if (!back) return std::unexpected(back.error());
    if (auto written = write_picture(out / "front.png", *front); !written) return written;
    if (auto written = write_picture(out / "back.png", *back); !written) return written;
    struct Panel {
        const char* name;
        const std::vector<std::uint8_t>& plane;
        unsigned full;
    };
    for (const auto& panel : {Panel{"y", job->y, 127}, Panel{"m", job->m, 127}, Panel{"c", job->c, 127}, Panel{"k", job->k, 1}, Panel{"o", job->o, 1}, Panel{"back-k", job->back_k, 1}}) {
        if (panel.plane.empty()) continue;
        if (auto written = write_panel(out / fmt::format("panel-{}.png", panel.name), panel.plane, size, panel.full); !written) return written;
    }
    return write_file(out / "job.bin", printer::evolis::job_bytes(*job));
}

int complain(const drivers::Fault& fault) {
    std::cerr << "liqu-ctl: " << name_of(fault.code) << ": " << fault.detail << '\n';
    return fault.code == FaultCode::name_not_printable || fault.code == FaultCode::photo_not_encodable ? refused : usage;
}

int render(const Arguments& a) {
    ::umask(0077);
    const auto toml = read_file(a.layout, max_layout_file);
    if (!toml) return complain(toml.error());
    auto folder = std::filesystem::path(a.layout).parent_path();
    const auto layout = printer::load_layout(*toml, folder.empty() ? "." : folder);
    if (!layout) return complain({layout.error().code, a.layout + ": " + layout.error().detail});
    auto data = read_data(a.data);
    if (!data) return complain(data.error());
    const auto written = write_all(a.out, *layout, *data);
    data->wipe();
    if (!written) return complain(written.error());
    std::cout << "layout " << layout->name << ", SHA-256 " << layout->hash << ": " << a.out << '\n';
    return done;
}
}  // namespace

void add_card(CLI::App& app, int& result) {
    const auto a = std::make_shared<Arguments>();
    auto* card = app.add_subcommand("card", "a card's face, and the chip of a card in a reader");
    card->require_subcommand(1);
    auto* rendering = card->add_subcommand("render", "both sides and every panel as PNG, and the printer's job");
    rendering->add_option("--layout", a->layout, "layout file (TOML); its images lie beside it")->required();
    rendering->add_option("--data", a->data, "data file (JSON), see below")->required();
    rendering->add_option("--out", a->out, "folder for the results")->required();
    rendering->footer(data_format);
    rendering->callback([a, &result] { result = render(*a); });
}

}  // namespace ctl
