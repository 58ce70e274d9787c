// How a card's answer is put together: data and a status word. For the card models only.
#pragma once
#include "sim/models/model.hpp"

#include <initializer_list>

namespace sim {

[[nodiscard]] inline Bytes bytes_of(std::initializer_list<int> values) {
    Bytes out;
    for (const int v : values) out.push_back(static_cast<std::byte>(v));
    return out;
}
inline void append(Bytes& out, View more) { out.insert(out.end(), more.begin(), more.end()); }
/// `sw` as four hexadecimal digits in the program: 0x9000.
[[nodiscard]] inline Bytes with_status(Bytes data, int sw) {
    data.push_back(static_cast<std::byte>(sw >> 8));
    data.push_back(static_cast<std::byte>(sw & 0xFF));
    return data;
}
[[nodiscard]] inline Bytes status(int sw) { return with_status({}, sw); }

}  // namespace sim
