// Layout files: a region's TOML is trusted with a card's face, and still only read.
#include "printer/face/face.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const auto layout = printer::load_layout(std::string_view(reinterpret_cast<const char*>(data), size), "/nonexistent");
    if (!layout && layout.error().detail.empty()) __builtin_trap();  // a refusal says why
    return 0;
}
