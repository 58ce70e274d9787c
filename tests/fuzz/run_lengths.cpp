// Compressed panels: two decoders that share no code must agree on every input.
#include "printer/evolis/compress.hpp"
#include "sim/models/printer_buffers.hpp"

#include <fmt/format.h>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    if (size < 2) return 0;
    constexpr int width = 5, height = 37;  // some lines, an odd number of dots
    const bool resin = bytes[0] & 1;
    const auto data = std::as_bytes(std::span{bytes + 1, size - 1});
    const printer::RasterSize raster{.width = width, .height = height};
    const auto driver = resin ? printer::evolis::expand_resin(data, raster) : printer::evolis::expand_colour(data, raster);
    sim::WireCommand download;
    download.args = {"Dbc", resin ? "k" : "y", resin ? "2" : "128", fmt::format("{}", data.size()), ""};
    download.data.assign(data.begin(), data.end());
    const auto model = sim::plane_of(download, width, height);
    if (driver.has_value() != model.has_value()) __builtin_trap();
    if (driver && *driver != *model) __builtin_trap();
    return 0;
}
