// Walking and writing BER-TLV.
#include "drivers/emrtd/der.hpp"

#include <stdexcept>

namespace drivers::emrtd {

namespace {
struct Header {
    std::uint32_t tag = 0;
    std::size_t bytes = 0, length = 0;
};

std::optional<Header> read_header(View data) {
    if (data.size() < 2) return std::nullopt;
    Header header{u8(data[0]), 1, 0};
    if ((header.tag & 0x1F) == 0x1F) {
        if ((u8(data[1]) & 0x80) != 0) return std::nullopt;  // tags of three bytes do not occur here
        header.tag = header.tag << 8 | u8(data[1]);
        header.bytes = 2;
    }
    if (header.bytes >= data.size()) return std::nullopt;
    const auto first = u8(data[header.bytes++]);
    if (first < 0x80) {
        header.length = first;
        return header;
    }
    const std::size_t digits = first & 0x7F;
    if (digits == 0 || digits > 3 || data.size() - header.bytes < digits) return std::nullopt;
    for (std::size_t i = 0; i < digits; ++i) header.length = header.length << 8 | u8(data[header.bytes++]);
    return header;
}
}  // namespace

std::optional<Object> take_object(View& data) {
    const auto header = read_header(data);
    if (!header || data.size() - header->bytes < header->length) return std::nullopt;
    const Object found{header->tag, data.subspan(header->bytes, header->length), data.first(header->bytes + header->length)};
    data = data.subspan(found.whole.size());
    return found;
}

std::optional<View> only_object(View data, std::uint32_t tag) {
    const auto found = take_object(data);
    if (!found || found->tag != tag || !data.empty()) return std::nullopt;
    return found->value;
}

std::optional<View> member(View data, std::uint32_t tag) {
    while (const auto found = take_object(data))
        if (found->tag == tag) return found->value;
    return std::nullopt;
}

std::optional<FileHeader> file_header(View start) {
    const auto header = read_header(start);
    if (!header) return std::nullopt;
    return FileHeader{header->tag, header->bytes + header->length};
}

void put_object(Bytes& out, std::uint32_t tag, View value) {
    if (value.size() > 0xFFFF) throw std::logic_error("an object of more than 65535 bytes is never sent");
    const auto byte = [&](std::size_t b) { out.push_back(static_cast<std::byte>(b)); };
    if (tag > 0xFF) byte(tag >> 8);
    byte(tag & 0xFF);
    if (value.size() > 0xFF) {
        byte(0x82);
        byte(value.size() >> 8);
    } else if (value.size() > 0x7F) {
        byte(0x81);
    }
    byte(value.size() & 0xFF);
    out.insert(out.end(), value.begin(), value.end());
}

Bytes object(std::uint32_t tag, View value) {
    Bytes out;
    put_object(out, tag, value);
    return out;
}

}  // namespace drivers::emrtd
