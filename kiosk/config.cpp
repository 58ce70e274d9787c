// Reading and validating the configuration file (toml++). A reader per table; a key that nobody asked for is refused.
#include "kiosk/config.hpp"

#include "drivers/toml.hpp"
#include <fstream>
#include <sstream>

namespace kiosk {

namespace {
/// Refusals are collected as the first one: a person mends one line at a time.
class TableReader {
  public:
    TableReader(const toml::table* table, std::string name, std::optional<Fault>& fault) : table_(table), name_(std::move(name)), fault_(fault) {}
    ~TableReader() = default;

    enum class Empty { refused, allowed };
    void text(std::string_view key, std::string& out, std::size_t most = 200, Empty empty = Empty::refused) {
        if (const auto* node = find(key)) {
            const auto value = node->value_exact<std::string>();
            const bool nothing = value && value->empty() && empty == Empty::refused;
            if (!value || nothing || value->size() > most) return refuse(key, node, fmt::format("must be a text of {} to {} bytes", empty == Empty::refused ? 1 : 0, most));
            out = *value;
        }
    }
    void path(std::string_view key, std::filesystem::path& out, const std::filesystem::path& base) {
        std::string value = out.string();
        text(key, value, 1000);
        out = value;
        if (out.is_relative() && !base.empty()) out = base / out;
    }
    template <class T>
    void number(std::string_view key, T& out, std::int64_t low, std::int64_t high) {
        if (const auto* node = find(key)) {
            const auto value = node->value_exact<std::int64_t>();
            if (!value || *value < low || *value > high) return refuse(key, node, fmt::format("must be a whole number from {} to {}", low, high));
            out = static_cast<T>(*value);
        }
    }
    void millis(std::string_view key, std::chrono::milliseconds& out, std::int64_t low, std::int64_t high) {
        std::int64_t value = out.count();
        number(key, value, low, high);
        out = std::chrono::milliseconds{value};
    }
    void real(std::string_view key, double& out, double low, double high) {
        if (const auto* node = find(key)) {
            const auto value = node->value<double>();
            if (!value || !(*value >= low && *value <= high)) return refuse(key, node, fmt::format("must be a number from {} to {}", low, high));
            out = *value;
        }
    }
    void yes_no(std::string_view key, bool& out) {
        if (const auto* node = find(key)) {
            const auto value = node->value_exact<bool>();
            if (!value) return refuse(key, node, "must be true or false");
            out = *value;
        }
    }
    void key32(std::string_view key, Bytes& out) {
        if (const auto* node = find(key)) {
            const auto value = node->value_exact<std::string>();
            const auto bytes = value ? drivers::from_hex(*value) : std::nullopt;
            if (!bytes || bytes->size() != 32) return refuse(key, node, "must be 64 hexadecimal digits");
            out = *bytes;
        }
    }
    void texts(std::string_view key, std::vector<std::string>& out, const std::function<bool(const std::string&)>& good, std::string_view rule) {
        if (const auto* node = find(key)) {
            const auto* array = node->as_array();
            if (!array || array->empty() || array->size() > 32) return refuse(key, node, rule);
            out.clear();
            for (const auto& entry : *array) {
                const auto value = entry.value_exact<std::string>();
                if (!value || !good(*value)) return refuse(key, node, rule);
                out.push_back(*value);
            }
        }
    }
    /// A table within this one: [name.key].
    TableReader table(std::string_view key) {
        const auto* node = find(key);
        if (node && !node->as_table()) refuse(key, node, "must be a table");
        return {node ? node->as_table() : nullptr, fmt::format("{}.{}", name_, key), fault_};
    }
    /// Everything that stands in the table was asked for.
    void done() {
        if (!table_) return;
        for (const auto& [key, node] : *table_)
            if (!asked_.contains(std::string(key.str()))) refuse(key.str(), &node, "is not a key of this table");
    }
    void refuse(std::string_view key, const toml::node* node, std::string_view rule) {
        if (fault_) return;
        fault_ = Fault{FaultCode::bad_configuration, fmt::format("line {}: [{}] {}: {}", node ? node->source().begin.line : 0, name_, key, rule)};
    }

  private:
    const toml::node* find(std::string_view key) {
        asked_.insert(std::string(key));
        return table_ ? table_->get(key) : nullptr;
    }
    const toml::table* table_;
    std::string name_;
    std::optional<Fault>& fault_;
    std::set<std::string> asked_;
};

bool device_uri(std::string_view uri, std::initializer_list<std::string_view> schemes) {
    return std::ranges::any_of(schemes, [&](auto s) { return uri.starts_with(s) && uri.size() > s.size(); });
}

void read_devices(TableReader t, Config& c) {
    const auto uri = [&](std::string_view key, std::string& out, std::initializer_list<std::string_view> schemes) {
        t.text(key, out);
        if (!device_uri(out, schemes)) t.refuse(key, nullptr, fmt::format("must begin with {}", fmt::join(schemes, " or ")));
    };
    uri("id_reader", c.id_reader, {"pcsc:", "sdt-usb:", "sdt-serial:"});
    uri("chip_reader", c.chip_reader, {"pcsc:"});
    uri("printer", c.printer, {"usb:"});
    uri("camera", c.camera, {"v4l2:", "http://", "file:"});
    t.text("door", c.door);
    if (c.door != "none" && !device_uri(c.door, {"evdev:"})) t.refuse("door", nullptr, "must be none or begin with evdev:");
    t.done();
}

void read_documents(TableReader t, Config& c, const std::filesystem::path& base) {
    const auto path = [&](std::string_view key, std::filesystem::path& out) {
        std::string text;
        t.text(key, text, 1000, TableReader::Empty::allowed);
        if (!text.empty()) out = std::filesystem::path(text).is_relative() && !base.empty() ? base / text : std::filesystem::path(text);
    };
    path("csca", c.csca);
    path("wlt_decoder", c.wlt_decoder);
    const auto kind_of = [](const std::string& word) { return std::ranges::find(drivers::document_words, word, [](const auto& entry) { return entry.second; }); };
    std::vector<std::string> words;
    t.texts("accepted", words, [&](const std::string& word) { return kind_of(word) != drivers::document_words.end(); },
            "must be a list of resident_id, residence_permit, permanent_residence, passport, travel_permit, temporary_id, household_register");
    if (!words.empty()) c.accepted.clear();
    for (const auto& word : words) c.accepted.push_back(kind_of(word)->first);
    t.done();
}

void read_waits(TableReader t, Config& c) {
    t.millis("present_timeout_ms", c.present_timeout, 15'000, 300'000);
    t.millis("present_extension_ms", c.present_extension, 0, 300'000);
    t.millis("presence_limit_ms", c.presence_limit, 5'000, 600'000);
    t.millis("presence_wait_ms", c.presence_wait, 1'000, 300'000);
    t.millis("document_limit_ms", c.document_limit, 1'000, 60'000);
    t.millis("passport_limit_ms", c.passport_limit, 10'000, 180'000);
    t.millis("camera_limit_ms", c.camera_limit, 500, 60'000);
    t.millis("lease_margin_ms", c.lease_margin, 0, 120'000);
    t.number("photo_retakes", c.photo_retakes, 0, 10);
    t.number("attempts_per_visit", c.attempts_per_visit, 1, 5);
    t.done();
}

struct RealKey {
    std::string_view key;
    double camera::Limits::*value;
    double low, high;
};
/// Every limit of the verdict under its own name (camera/rules.hpp says unit and meaning).
constexpr std::array limit_keys{
    RealKey{"enlargement", &camera::Limits::enlargement, 1, 2},
    RealKey{"outside", &camera::Limits::outside, 0, 0.5},
    RealKey{"tilt_degrees", &camera::Limits::tilt_degrees, 0.5, 20},
    RealKey{"turn", &camera::Limits::turn, 0.01, 1},
    RealKey{"dark_face", &camera::Limits::dark_face, 0, 255},
    RealKey{"bright_face", &camera::Limits::bright_face, 0, 255},
    RealKey{"dim_face", &camera::Limits::dim_face, 0, 255},
    RealKey{"dim_wall", &camera::Limits::dim_wall, 0, 100},
    RealKey{"burnt", &camera::Limits::burnt, 0, 1},
    RealKey{"drowned", &camera::Limits::drowned, 0, 1},
    RealKey{"cheeks", &camera::Limits::cheeks, 0, 100},
    RealKey{"cheek_ratio", &camera::Limits::cheek_ratio, 0, 1},
    RealKey{"white_lightness", &camera::Limits::white_lightness, 0, 100},
    RealKey{"white_chroma", &camera::Limits::white_chroma, 0, 100},
    RealKey{"wall_rise", &camera::Limits::wall_rise, 0, 100},
    RealKey{"wall_residual", &camera::Limits::wall_residual, 0, 100},
    RealKey{"foreign", &camera::Limits::foreign, 0, 1},
    RealKey{"shadow", &camera::Limits::shadow, 0, 1},
    RealKey{"sharpness", &camera::Limits::sharpness, 0, 100},
    RealKey{"movement", &camera::Limits::movement, 0.001, 10},
    RealKey{"eye_open", &camera::Limits::eye_open, 0, 1},
    RealKey{"glare", &camera::Limits::glare, 0, 1},
    RealKey{"tint", &camera::Limits::tint, 0, 2},
    RealKey{"clothes", &camera::Limits::clothes, 0, 200},
    RealKey{"covered", &camera::Limits::covered, 0, 1},
    RealKey{"mouth", &camera::Limits::mouth, 0, 2},
};
static_assert(limit_keys.size() * sizeof(double) == sizeof(camera::Limits), "every limit has its key");

bool known_detector(std::string_view d) { return d == "haar" || d == "dlib" || (d.starts_with("yunet:") && d.size() > 6); }

void read_photo(TableReader t, camera::PortraitRules& p) {
    t.number("width", p.width, 100, 1000);
    t.number("height", p.height, 100, 1000);
    t.number("dpi", p.dpi, 72, 1200);
    t.number("min_bytes", p.min_bytes, 1'000, 200'000);
    t.number("max_bytes", p.max_bytes, 1'000, 200'000);
    t.number("eye_distance", p.eye_distance, 20, 400);
    t.number("crown_margin", p.crown_margin, 0, 200);
    t.number("min_eye_to_bottom", p.min_eye_to_bottom, 0, 900);
    t.number("min_face_width", p.min_face_width, 1, 1000);
    t.number("max_face_width", p.max_face_width, 1, 1000);
    t.text("detector", p.detector, 500);
    if (!known_detector(p.detector)) t.refuse("detector", nullptr, "must be haar, dlib or yunet:FILE");
    if (p.min_bytes >= p.max_bytes) t.refuse("min_bytes", nullptr, "must be less than max_bytes");
    if (p.min_face_width >= p.max_face_width || p.max_face_width > p.width) t.refuse("min_face_width", nullptr, "must be less than max_face_width, and that not more than width");
    if (p.min_eye_to_bottom + p.crown_margin >= p.height) t.refuse("min_eye_to_bottom", nullptr, "must leave room for the head: with crown_margin less than height");
    {
        auto limits = t.table("limits");
        for (const auto& k : limit_keys) limits.real(k.key, p.limits.*k.value, k.low, k.high);
        if (p.limits.dark_face >= p.limits.bright_face) limits.refuse("dark_face", nullptr, "must be less than bright_face");
        limits.done();
    }
    {
        auto field = t.table("flat_field");
        field.yes_no("on", p.flat_field.on);
        field.real("greatest_gain", p.flat_field.greatest_gain, 1, 1.5);
        field.done();
    }
    t.done();
}

template <class Row, class Read>
void read_rows(const toml::table& root, std::string_view key, std::size_t most, std::vector<Row>& out, std::optional<Fault>& fault, Read read) {
    const auto* node = root.get(key);
    if (!node) return;
    const auto* array = node->as_array();
    if (!array || array->size() > most) {
        if (!fault) fault = Fault{FaultCode::bad_configuration, fmt::format("line {}: [[{}]] must be 1 to {} tables", node->source().begin.line, key, most)};
        return;
    }
    out.clear();
    for (const auto& entry : *array) {
        Row row;
        TableReader t(entry.as_table(), std::string(key), fault);
        if (!entry.as_table()) t.refuse("", &entry, "must be a table");
        read(t, row);
        t.done();
        out.push_back(std::move(row));
    }
}

bool six_digits(const std::string& s) { return s.size() == 6 && std::ranges::all_of(s, [](char ch) { return ch >= '0' && ch <= '9'; }); }
}  // namespace

std::vector<drivers::DocumentKind> every_document_kind() {
    std::vector<drivers::DocumentKind> kinds;
    for (const auto& [kind, word] : drivers::document_words) kinds.push_back(kind);
    return kinds;
}

Result<Config> parse_config(std::string_view text, const std::filesystem::path& base) {
    if (text.size() > 262'144) return drivers::fail(FaultCode::bad_configuration, "the file is larger than 262144 bytes");
    const auto parsed = drivers::parse_toml(text);
    if (!parsed) return drivers::fail(FaultCode::bad_configuration, fmt::format("line {}: {}", parsed.error().source().begin.line, parsed.error().description()));
    const toml::table& root = *parsed;
    Config c;
    std::optional<Fault> fault;
    static const std::set<std::string_view> tables{"kiosk", "devices", "centre", "cards", "documents", "hopper", "bank", "waits", "photo", "window", "log"};
    for (const auto& [key, node] : root)
        if (!tables.contains(key.str())) return drivers::fail(FaultCode::bad_configuration, fmt::format("line {}: [{}] is not a table of this file", node.source().begin.line, key.str()));
    const auto reader = [&](std::string_view name) {
        const auto* node = root.get(name);
        if (node && !node->as_table() && !fault) fault = Fault{FaultCode::bad_configuration, fmt::format("line {}: [{}] must be a table", node->source().begin.line, name)};
        return TableReader(node ? node->as_table() : nullptr, std::string(name), fault);
    };
    {
        auto t = reader("kiosk");
        t.text("id", c.id, 32);
        t.text("hall_zh", c.hall_zh, 60);
        t.text("hall_en", c.hall_en, 60);
        t.text("window", c.window, 20);
        t.text("hotline", c.hotline, 30);
        t.path("data_dir", c.data_dir, base);
        t.done();
    }
    read_devices(reader("devices"), c);
    read_documents(reader("documents"), c, base);
    {
        auto t = reader("centre");
        t.text("url", c.centre_url);
        t.key32("sign_key", c.centre_sign_key);
        t.key32("seal_key", c.centre_seal_key);
        t.millis("exchange_limit_ms", c.exchange_limit, 1'000, 60'000);
        t.millis("hello_every_ms", c.hello_every, 5'000, 3'600'000);
        t.done();
        if (c.centre_sign_key.empty() || c.centre_seal_key.empty()) t.refuse("sign_key, seal_key", nullptr, "the centre's two public keys are needed");
    }
    {
        auto t = reader("cards");
        t.text("layout", c.layout, 100);
        t.path("layouts", c.layouts, base);
        t.number("bin_capacity", c.bin_capacity, 1, 500);
        t.number("ribbon_low_at", c.ribbon_low_at, 0, 1000);
        t.done();
        c.bin_full_at = c.bin_capacity;
    }
    read_rows(root, "hopper", 4, c.hoppers, fault, [](TableReader& t, HopperConfig& h) {
        t.text("bank", h.bank.value, 32);
        t.number("capacity", h.capacity, 1, 1000);
        t.number("low_at", h.low_at, 0, 1000);
    });
    read_rows(root, "bank", 16, c.banks, fault, [](TableReader& t, Bank& b) {
        t.text("id", b.id.value, 32);
        t.text("name_zh", b.name_zh, 60);
        t.text("name_en", b.name_en, 60);
        t.texts("bins", b.bins, six_digits, "must be texts of six digits");
        if (b.bins.empty()) t.refuse("bins", nullptr, "is needed");
    });
    read_waits(reader("waits"), c);
    read_photo(reader("photo"), c.photo);
    {
        auto t = reader("window");
        t.number("width", c.width, 270, 4320);
        t.number("height", c.height, 480, 7680);
        t.yes_no("fullscreen", c.fullscreen);
        t.real("mm_per_pixel", c.mm_per_pixel, 0.05, 2.0);
        t.done();
    }
    {
        auto t = reader("log");
        t.text("level", c.log_level, 10);
        if (c.log_level != "debug" && c.log_level != "info" && c.log_level != "warn" && c.log_level != "error") t.refuse("level", nullptr, "must be debug, info, warn or error");
        t.done();
    }
    if (!fault && c.hoppers.empty()) fault = Fault{FaultCode::bad_configuration, "[[hopper]]: at least one is needed"};
    for (const auto& h : c.hoppers)
        if (!fault && std::ranges::none_of(c.banks, [&](const Bank& b) { return b.id == h.bank; }))
            fault = Fault{FaultCode::bad_configuration, fmt::format("[[hopper]] bank \"{}\" has no [[bank]] table", h.bank.value)};
    if (fault) return std::unexpected(*fault);
    return c;
}

Result<Config> load_config(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return drivers::fail(FaultCode::bad_configuration, fmt::format("{} cannot be read", file.string()));
    std::ostringstream text;
    text << in.rdbuf();
    return parse_config(text.str(), file.parent_path());
}

}  // namespace kiosk
