// Reading a map of the contract key by key: type, size, and at the end that no key was left unread (unknown keys are refused).
#pragma once
#include "sim/central/codec.hpp"

#include <fmt/format.h>

namespace sim {

/// The first wrong field sticks; everything after it reads as empty. One Fields per map, one shared `problem`.
class Fields {
  public:
    Fields(const cbor::Json& map, std::string& problem, std::string where = {}) : map_(map), problem_(problem), where_(std::move(where)) {
        if (!map.is_object()) fail("is no map", "");
    }
    [[nodiscard]] bool has(const char* key) const { return map_.is_object() && map_.contains(key); }

    std::uint64_t number(const char* key, std::uint64_t most) {
        const auto* value = take(key);
        if (!value || !value->is_number_unsigned() || value->get<std::uint64_t>() > most) return fail("is no number up to its limit", key), 0;
        return value->get<std::uint64_t>();
    }
    std::string text(const char* key, std::size_t least, std::size_t most) {
        const auto* value = take(key);
        if (!value || !value->is_string()) return fail("is no text", key), std::string{};
        const auto& found = value->get_ref<const std::string&>();
        if (found.size() < least || found.size() > most) return fail("has a wrong length", key), std::string{};
        return found;
    }
    std::string date(const char* key) {
        auto found = text(key, 8, 8);
        if (!found.empty() && found.find_first_not_of("0123456789") != std::string::npos) fail("is no date", key);
        return found;
    }
    Bytes bytes(const char* key, std::size_t least, std::size_t most) {
        const auto* value = take(key);
        if (!value || !value->is_binary()) return fail("is no byte string", key), Bytes{};
        const auto& found = value->get_binary();
        if (found.size() < least || found.size() > most) return fail("has a wrong length", key), Bytes{};
        const auto view = std::as_bytes(std::span(found));
        return {view.begin(), view.end()};
    }
    const cbor::Json& list(const char* key, std::size_t least, std::size_t most) {
        static const cbor::Json nothing = cbor::Json::array();
        const auto* value = take(key);
        if (!value || !value->is_array() || value->size() < least || value->size() > most) return fail("is no list of its size", key), nothing;
        return *value;
    }
    const cbor::Json& map(const char* key) {
        static const cbor::Json nothing = cbor::Json::object();
        const auto* value = take(key);
        if (!value || !value->is_object()) return fail("is no map", key), nothing;
        return *value;
    }
    bool null(const char* key) {
        if (!has(key) || !map_.at(key).is_null()) return false;
        ++taken_;
        return true;
    }
    /// Every key was read exactly once, so a larger map has unknown ones.
    void end() {
        if (map_.is_object() && problem_.empty() && taken_ != map_.size()) fail("has unknown keys", "");
    }
    void fail(std::string_view what, std::string_view key) {
        if (problem_.empty()) problem_ = fmt::format("{}{}{} {}", where_, where_.empty() || key.empty() ? "" : ".", key, what);
    }

  private:
    const cbor::Json* take(const char* key) {
        if (!problem_.empty() || !has(key)) return nullptr;
        ++taken_;
        return &map_.at(key);
    }
    const cbor::Json& map_;
    std::string& problem_;
    std::string where_;
    std::size_t taken_ = 0;
};

}  // namespace sim
