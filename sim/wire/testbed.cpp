// Making and keeping umockdev's testbed.
#include "sim/wire/testbed.hpp"

#include <cstdlib>
#include <cstring>
#include <umockdev.h>

namespace sim {

std::expected<std::shared_ptr<UMockdevTestbed>, std::string> shared_testbed() {
    static std::weak_ptr<UMockdevTestbed> kept;
    if (auto here = kept.lock()) return here;
    const char* preload = std::getenv("LD_PRELOAD");
    if (!preload || !std::strstr(preload, "libumockdev-preload"))
        return std::unexpected("the simulated USB and input devices need umockdev: start this program with umockdev-wrapper (package umockdev)");
    std::shared_ptr<UMockdevTestbed> made(umockdev_testbed_new(), [](UMockdevTestbed* testbed) { g_object_unref(testbed); });
    if (!umockdev_in_mock_environment()) return std::unexpected("umockdev is preloaded but does not work: libumockdev-preload.so.0 could not be loaded");
    kept = made;
    return made;
}

}  // namespace sim
