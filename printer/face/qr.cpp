// libqrencode, with limits before it sees anything.
#include "printer/face/qr.hpp"

#include <fmt/format.h>
#include <memory>
#include <qrencode.h>

namespace printer {

Result<QrCode> make_qr(const std::string& content) {
    const auto refuse = [](std::string why) { return drivers::fail(drivers::FaultCode::name_not_printable, std::move(why)); };
    if (content.empty() || content.size() > max_qr_bytes) return refuse(fmt::format("a QR code of {} bytes", content.size()));
    if (std::ranges::any_of(content, [](char c) { return c < 0x20 || c > 0x7E; })) return refuse("the QR code's content is not printable ASCII");
    const std::unique_ptr<QRcode, void (*)(QRcode*)> code{QRcode_encodeString(content.c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, 1), QRcode_free};
    if (!code) return refuse("no QR code can be made of its content");
    QrCode out;
    out.side = code->width;
    const auto modules = static_cast<std::size_t>(code->width) * static_cast<std::size_t>(code->width);
    out.black.reserve(modules);
    for (std::size_t i = 0; i < modules; ++i) out.black.push_back(code->data[i] & 1);
    return out;
}

}  // namespace printer
