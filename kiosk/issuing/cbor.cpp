// The walker that admits only the profile of protocol.cddl, and the reader of maps.
#include "kiosk/issuing/cbor.hpp"

#include <fmt/format.h>

namespace kiosk::wire {

namespace {

/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(View text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto first = drivers::u8(text[i]);
        const int more = first < 0x80 ? 0 : first >= 0xC2 && first < 0xE0 ? 1 : (first & 0xF0) == 0xE0 ? 2 : first >= 0xF0 && first < 0xF5 ? 3 : -1;
        if (more < 0 || text.size() - i <= static_cast<std::size_t>(more)) return false;
        std::uint32_t code = more == 0 ? first : first & (0x3Fu >> more);
        for (int k = 1; k <= more; ++k) {
            const auto next = drivers::u8(text[i + static_cast<std::size_t>(k)]);
            if ((next & 0xC0) != 0x80) return false;
            code = code << 6 | (next & 0x3Fu);
        }
        if ((more == 2 && code < 0x800) || (more == 3 && code < 0x10000) || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return false;
        i += static_cast<std::size_t>(more) + 1;
    }
    return true;
}

/// RFC 8949, the part of it that the contract allows. Reads lengths against what is left, so nothing is allocated on a promise.
class Walker {
  public:
    explicit Walker(View bytes) : bytes_(bytes) {}
    bool whole() { return item(0) && at_ == bytes_.size(); }

  private:
    [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }

    bool head(int& major, std::uint64_t& value) {
        if (left() == 0) return false;
        const auto first = drivers::u8(bytes_[at_++]);
        major = first >> 5;
        const int info = first & 31;
        value = static_cast<std::uint64_t>(info);
        if (info < 24) return true;
        if (info > 27 || major == 7) return false;  // reserved, indefinite; floats and long simple values
        const std::size_t size = std::size_t{1} << (info - 24);
        if (left() < size) return false;
        value = 0;
        for (std::size_t i = 0; i < size; ++i) value = value << 8 | drivers::u8(bytes_[at_++]);
        constexpr std::uint64_t least[] = {24, 0x100, 0x10000, 0x100000000};
        return value >= least[info - 24];
    }

    bool string(std::uint64_t size, View& out) {
        if (size > left()) return false;
        out = bytes_.subspan(at_, static_cast<std::size_t>(size));
        at_ += static_cast<std::size_t>(size);
        return true;
    }

    bool map(std::uint64_t pairs, int depth) {
        if (pairs > left() / 2) return false;
        View before;
        for (std::uint64_t i = 0; i < pairs; ++i) {
            int major = 0;
            std::uint64_t size = 0;
            View key;
            if (!head(major, size) || major != 3 || !string(size, key) || !is_utf8(key)) return false;
            if (i > 0 && !std::ranges::lexicographical_compare(before, key)) return false;
            before = key;
            if (!item(depth + 1)) return false;
        }
        return true;
    }

    bool item(int depth) {
        if (depth >= max_cbor_depth) return false;
        int major = 0;
        std::uint64_t value = 0;
        if (!head(major, value)) return false;
        View content;
        switch (major) {
            case 0: return true;
            case 2: return string(value, content);
            case 3: return string(value, content) && is_utf8(content);
            case 4:
                if (value > left()) return false;
                for (std::uint64_t i = 0; i < value; ++i)
                    if (!item(depth + 1)) return false;
                return true;
            case 5: return map(value, depth);
            case 7: return value >= 20 && value <= 22;  // false, true, null
            default: return false;                      // negative numbers, tags
        }
    }

    View bytes_;
    std::size_t at_ = 0;
};

const json empty_array = json::array();
}  // namespace

Result<json> decode_cbor(View bytes, std::size_t max_bytes, std::string_view what) {
    if (bytes.size() > max_bytes) return drivers::fail(FaultCode::centre_garbage, fmt::format("{}: {} bytes, at most {} allowed", what, bytes.size(), max_bytes));
    if (!Walker(bytes).whole()) return drivers::fail(FaultCode::centre_garbage, fmt::format("{}: not one strict CBOR item", what));
    const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    auto value = json::from_cbor(data, data + bytes.size(), true, false);
    if (value.is_discarded()) return drivers::fail(FaultCode::centre_garbage, fmt::format("{}: unreadable CBOR", what));
    return value;
}

Bytes encode_cbor(const json& value) {
    constexpr std::size_t usual_size = 96 * 1024;  // larger than an application, so that no growing leaves copies behind
    std::vector<std::uint8_t> out;
    out.reserve(usual_size);
    json::to_cbor(value, out);
    const auto view = std::as_writable_bytes(std::span{out});
    Bytes bytes{view.begin(), view.end()};
    drivers::wipe(view);
    return bytes;
}

Bytes encode_and_wipe(json&& value) {
    auto bytes = encode_cbor(value);
    wipe(value);
    return bytes;
}

json binary(View bytes) {
    const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    return json::binary(std::vector<std::uint8_t>{data, data + bytes.size()});
}

void wipe(json& value) {
    if (value.is_string()) drivers::wipe(value.get_ref<std::string&>());
    else if (value.is_binary()) drivers::wipe(std::as_writable_bytes(std::span<std::uint8_t>{value.get_binary()}));
    else if (value.is_structured())
        for (auto& part : value) wipe(part);
    value = nullptr;
}

void Refusal::refuse(const std::string& where, std::string_view wanted) {
    if (!fault) fault = Fault{FaultCode::centre_garbage, fmt::format("{}: {}", where, wanted)};
}

Fields::Fields(const json& value, std::string where, Refusal& refusal) : where_(std::move(where)), refusal_(refusal) {
    if (value.is_object()) map_ = &value;
    else refusal_.refuse(where_, "no map");
}

bool Fields::has(const char* key) const { return map_ && map_->contains(key); }

void Fields::refuse(const char* key, std::string_view wanted) { refusal_.refuse(where_ + '.' + key, wanted); }

const json* Fields::find(const char* key) {
    if (!map_) return nullptr;
    const auto it = map_->find(key);
    if (it == map_->end()) {
        refuse(key, "missing");
        return nullptr;
    }
    ++read_;
    return &*it;
}

std::string Fields::text(const char* key, std::size_t min, std::size_t max) {
    const auto* value = find(key);
    if (!value) return {};
    const bool fits = value->is_string() && value->get_ref<const std::string&>().size() >= min && value->get_ref<const std::string&>().size() <= max;
    if (!fits) {
        refuse(key, fmt::format("text of {} to {} bytes wanted", min, max));
        return {};
    }
    const auto& text = value->get_ref<const std::string&>();
    if (std::ranges::any_of(text, [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7F; })) {
        refuse(key, "control character");
        return {};
    }
    return text;
}

Bytes Fields::bytes(const char* key, std::size_t min, std::size_t max) {
    const auto* value = find(key);
    if (!value) return {};
    if (!value->is_binary() || value->get_binary().size() < min || value->get_binary().size() > max) {
        refuse(key, fmt::format("{} to {} bytes wanted", min, max));
        return {};
    }
    return drivers::to_bytes(std::as_bytes(std::span<const std::uint8_t>{value->get_binary()}));
}

std::uint64_t Fields::number(const char* key, std::uint64_t max) {
    const auto* value = find(key);
    if (!value) return 0;
    if (!value->is_number_unsigned() || value->get<std::uint64_t>() > max) {
        refuse(key, fmt::format("number up to {} wanted", max));
        return 0;
    }
    return value->get<std::uint64_t>();
}

bool Fields::flag(const char* key) {
    const auto* value = find(key);
    if (!value) return false;
    if (!value->is_boolean()) refuse(key, "true or false wanted");
    return value->is_boolean() && value->get<bool>();
}

Fields Fields::map(const char* key) {
    const auto* value = find(key);
    return Fields{value ? *value : empty_array, where_ + '.' + key, refusal_};
}

const json& Fields::array(const char* key, std::size_t min, std::size_t max) {
    const auto* value = find(key);
    if (!value) return empty_array;
    if (!value->is_array() || value->size() < min || value->size() > max) {
        refuse(key, fmt::format("array of {} to {} wanted", min, max));
        return empty_array;
    }
    return *value;
}

void Fields::end() {
    if (map_ && !refusal_.fault && read_ != map_->size()) refusal_.refuse(where_, "unknown key");
}

}  // namespace kiosk::wire
