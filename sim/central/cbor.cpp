// Strict CBOR: a scanner with a small stack of its own (a hostile nesting cannot exhaust ours), then nlohmann's reader.
#include "sim/central/cbor.hpp"

#include <array>
#include <fmt/format.h>

namespace sim::cbor {
namespace {

enum Major : unsigned { unsigned_int, negative_int, byte_string, text_string, array, map, tag, simple };

struct Level {
    bool is_map = false;
    bool wants_key = false;
    std::uint64_t left = 0;  ///< items (of a map: pairs) still to come
    std::string_view last_key{};
    bool first = true;
};

class Scanner {
  public:
    explicit Scanner(View data) : text_(reinterpret_cast<const char*>(data.data()), data.size()) {}

    std::expected<void, std::string> run() {
        do {
            if (auto error = item()) return std::unexpected(fmt::format("{} at byte {}", *error, at_));
        } while (depth_ > 0);
        if (at_ != text_.size()) return std::unexpected(fmt::format("bytes after the end at byte {}", at_));
        return {};
    }

  private:
    using Error = std::optional<const char*>;

    [[nodiscard]] std::size_t left() const { return text_.size() - at_; }

    Error head(unsigned& major, std::uint64_t& value) {
        if (left() == 0) return "cut off";
        const auto first = static_cast<unsigned char>(text_[at_]);
        major = first >> 5u;
        const unsigned info = first & 31u;
        if (info < 24) {
            value = info;
            ++at_;
            return {};
        }
        if (info == 31) return "indefinite length";
        if (info > 27) return "reserved";
        if (major == simple) return "float or simple value";
        const std::size_t size = std::size_t{1} << (info - 24);
        if (left() < 1 + size) return "cut off";
        value = 0;
        for (std::size_t i = 1; i <= size; ++i) value = value << 8u | static_cast<unsigned char>(text_[at_ + i]);
        constexpr std::array<std::uint64_t, 4> smallest = {24, 0x100, 0x10000, 0x1'0000'0000};
        if (value < smallest[info - 24]) return "not the shortest form";
        at_ += 1 + size;
        return {};
    }

    Error item() {
        unsigned major = 0;
        std::uint64_t value = 0;
        if (auto error = head(major, value)) return error;
        const bool as_key = depth_ > 0 && stack_[depth_ - 1].is_map && stack_[depth_ - 1].wants_key;
        if (as_key && major != text_string) return "key is not text";
        switch (major) {
            case unsigned_int: break;
            case byte_string:
            case text_string: {
                if (value > left()) return "string longer than the message";
                const auto bytes = text_.substr(at_, value);
                at_ += value;
                if (major == text_string && !is_utf8(bytes)) return "text is not UTF-8";
                if (as_key) return key(bytes);
                break;
            }
            case array:
            case map:
                // Each element takes at least one byte, each pair two: an honest count cannot exceed what is left.
                if (value > left() / (major == map ? 2 : 1)) return "count larger than the message";
                if (value == 0) break;
                if (depth_ == max_depth) return "nested too deeply";
                stack_[depth_++] = {.is_map = major == map, .wants_key = major == map, .left = value};
                return {};
            case simple:
                if (value < 20 || value > 22) return "float or simple value";
                break;
            default: return major == tag ? "tag" : "negative integer";
        }
        done();
        return {};
    }

    Error key(std::string_view bytes) {
        auto& level = stack_[depth_ - 1];
        if (!level.first && bytes <= level.last_key) return "keys not ascending";
        level.last_key = bytes;
        level.first = false;
        level.wants_key = false;
        return {};
    }

    /// An item is complete: so may be its container, and that one's.
    void done() {
        while (depth_ > 0) {
            auto& level = stack_[depth_ - 1];
            level.wants_key = level.is_map;
            if (--level.left > 0) return;
            --depth_;
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::array<Level, max_depth> stack_{};
    std::size_t depth_ = 0;
};

}  // namespace

bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t more = lead < 0x80 ? 0 : lead >= 0xC2 && lead < 0xE0 ? 1 : lead >= 0xE0 && lead < 0xF0 ? 2 : lead >= 0xF0 && lead < 0xF5 ? 3 : 9;
        if (more == 9 || text.size() - i <= more) return false;
        std::uint32_t code = more == 0 ? lead : lead & (0x3Fu >> more);
        for (std::size_t k = 1; k <= more; ++k) {
            const auto next = static_cast<unsigned char>(text[i + k]);
            if ((next & 0xC0u) != 0x80u) return false;
            code = code << 6u | (next & 0x3Fu);
        }
        constexpr std::array<std::uint32_t, 4> smallest = {0, 0x80, 0x800, 0x10000};
        if (code < smallest[more] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return false;
        i += more + 1;
    }
    return true;
}

std::expected<void, std::string> check(View data) {
    if (data.size() > max_bytes) return std::unexpected("too large");
    return Scanner(data).run();
}

std::expected<Json, std::string> read(View data) {
    if (auto ok = check(data); !ok) return std::unexpected(ok.error());
    const auto* first = reinterpret_cast<const std::uint8_t*>(data.data());
    auto value = Json::from_cbor(first, first + data.size(), true, false);
    if (value.is_discarded()) return std::unexpected("unreadable");
    return value;
}

Bytes write(const Json& value) {
    const auto bytes = Json::to_cbor(value);
    const auto view = std::as_bytes(std::span(bytes));
    return {view.begin(), view.end()};
}

Json bstr(View bytes) {
    const auto* first = reinterpret_cast<const std::uint8_t*>(bytes.data());
    return Json::binary(std::vector<std::uint8_t>(first, first + bytes.size()));
}

}  // namespace sim::cbor
