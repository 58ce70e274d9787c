// The messages of USB/IP (kernel documentation usbip_protocol.rst), all big endian: taken apart and put together, with every size checked before anybody allocates
// for it. Pure.
#pragma once
#include "sim/models/model.hpp"

#include <array>
#include <expected>
#include <string>

namespace sim::usbip {

inline constexpr std::uint16_t version = 0x0111;
inline constexpr std::size_t op_header_bytes = 8, bus_id_bytes = 32, urb_header_bytes = 48;
inline constexpr std::uint32_t bus = 1, device = 2, device_id = bus << 16 | device;
inline constexpr std::string_view bus_id = "1-1";
inline constexpr std::uint32_t speed_high = 3;

enum class Op { list_devices = 0x8005, import = 0x8003 };
/// A request's 8 bytes. A sentence for another version, an unknown request, a status that is not 0.
[[nodiscard]] std::expected<Op, std::string_view> parse_op(View header8);
/// The bus id of an import, up to its NUL; nothing when there is none.
[[nodiscard]] std::optional<std::string> parse_bus_id(View field32);

struct Submit {
    std::uint32_t sequence = 0;
    bool in = false;
    std::uint8_t endpoint = 0;
    std::size_t length = 0;  ///< of the buffer; of the data that follow when it is not `in`
    std::array<std::byte, 8> setup{};
};
struct Unlink {
    std::uint32_t sequence = 0, of = 0;
};
struct Urb {
    std::optional<Submit> submit;  ///< exactly one of the two
    std::optional<Unlink> unlink;
};
/// A request's 48 bytes. A sentence for another device, an unknown command, a transfer longer than `most_bytes`, isochronous packets, an impossible endpoint.
[[nodiscard]] std::expected<Urb, std::string_view> parse_urb(View header48, std::size_t most_bytes);

/// Both with the simulated printer's one configuration.
[[nodiscard]] Bytes device_list_reply();
[[nodiscard]] Bytes import_reply(bool granted);
/// `status` 0 or a negative errno of Linux; `data` of an IN transfer, `actual` its length or how much was taken of an OUT one.
[[nodiscard]] Bytes submit_reply(std::uint32_t sequence, int status, std::size_t actual, View data);
[[nodiscard]] Bytes unlink_reply(std::uint32_t sequence, int status);

}  // namespace sim::usbip
