// What a JPEG says about itself, read without decoding it.
#include "camera/jpeg.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    const auto facts = camera::read_jpeg_facts(std::as_bytes(std::span{bytes, size}));
    if (facts && (facts->width < 0 || facts->height < 0 || facts->orientation < 1 || facts->orientation > 8)) __builtin_trap();
    return 0;
}
