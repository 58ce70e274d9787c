// Writing and taking apart.
#include "sim/models/passport_der.hpp"

#include <algorithm>
#include <charconv>

namespace sim::der {

Bytes text(std::string_view characters) {
    Bytes out;
    for (const char c : characters) out.push_back(static_cast<std::byte>(c));
    return out;
}

Bytes joined(std::initializer_list<View> parts) {
    Bytes out;
    for (const View part : parts) append(out, part);
    return out;
}

Bytes object(int tag, View value) {
    Bytes out;
    if (tag > 0xFF) out.push_back(static_cast<std::byte>(tag >> 8));
    out.push_back(static_cast<std::byte>(tag & 0xFF));
    const auto n = static_cast<int>(value.size());
    if (n > 0xFFFF) append(out, bytes_of({0x83, n >> 16, n >> 8 & 0xFF, n & 0xFF}));
    else if (n > 0xFF) append(out, bytes_of({0x82, n >> 8, n & 0xFF}));
    else if (n > 0x7F) append(out, bytes_of({0x81, n}));
    else out.push_back(static_cast<std::byte>(n));
    append(out, value);
    return out;
}

Bytes object(int tag, std::initializer_list<View> parts) { return object(tag, joined(parts)); }

Bytes set_of(std::vector<Bytes> members) {
    std::ranges::sort(members);
    Bytes all;
    for (const Bytes& member : members) append(all, member);
    return object(0x31, all);
}

Bytes integer(View magnitude) {
    while (magnitude.size() > 1 && magnitude[0] == std::byte{0}) magnitude = magnitude.subspan(1);
    Bytes value;
    if (magnitude.empty() || (magnitude[0] & std::byte{0x80}) != std::byte{0}) value.push_back(std::byte{0});
    append(value, magnitude);
    return object(0x02, value);
}

Bytes integer(int value) { return integer(bytes_of({value >> 24 & 0xFF, value >> 16 & 0xFF, value >> 8 & 0xFF, value & 0xFF})); }

Bytes oid(std::string_view dotted) {
    std::vector<unsigned> arcs;
    for (std::size_t at = 0; at < dotted.size();) {
        unsigned arc = 0;
        const auto [end, error] = std::from_chars(dotted.data() + at, dotted.data() + dotted.size(), arc);
        arcs.push_back(arc);
        at = static_cast<std::size_t>(end - dotted.data()) + 1;
    }
    Bytes value{static_cast<std::byte>(arcs.at(0) * 40 + arcs.at(1))};
    for (std::size_t i = 2; i < arcs.size(); ++i) {
        Bytes groups;  // seven bits each, the last first
        for (unsigned rest = arcs[i], more = 0; groups.empty() || rest != 0; rest >>= 7, more = 0x80) groups.push_back(static_cast<std::byte>((rest & 0x7F) | more));
        std::ranges::reverse(groups);
        append(value, groups);
    }
    return object(0x06, value);
}

Bytes bit_string(View whole_bytes) { return object(0x03, {bytes_of({0}), whole_bytes}); }

Bytes time(std::string_view date8) {
    const std::string midnight{"000000Z"};
    if (date8 < "20500000") return object(0x17, text(std::string{date8.substr(2)} + midnight));
    return object(0x18, text(std::string{date8} + midnight));
}

Bytes algorithm_with_null(std::string_view dotted) { return sequence({oid(dotted), bytes_of({0x05, 0x00})}); }

std::optional<Object> take(View& rest) {
    const View from = rest;
    std::size_t at = 0;
    const auto next = [&]() -> int { return at < from.size() ? std::to_integer<int>(from[at++]) : -1; };
    int tag = next();
    if (tag >= 0 && (tag & 0x1F) == 0x1F) {
        const int low = next();
        if (low < 0 || (low & 0x80) != 0) return std::nullopt;
        tag = tag << 8 | low;
    }
    int size = next();
    if (tag < 0 || size < 0) return std::nullopt;
    if (size >= 0x80) {
        const int length_bytes = size & 0x7F;
        if (length_bytes < 1 || length_bytes > 2) return std::nullopt;
        size = 0;
        for (int i = 0; i < length_bytes; ++i) {
            const int b = next();
            if (b < 0) return std::nullopt;
            size = size << 8 | b;
        }
    }
    if (static_cast<std::size_t>(size) > from.size() - at) return std::nullopt;
    const auto whole = at + static_cast<std::size_t>(size);
    rest = from.subspan(whole);
    return Object{tag, from.subspan(at, static_cast<std::size_t>(size)), from.first(whole)};
}

std::optional<View> only(View data, int tag) {
    const auto object = take(data);
    if (!object || object->tag != tag || !data.empty()) return std::nullopt;
    return object->value;
}

}  // namespace sim::der
