// The words of the disturbances, as scenario files and the panel write them.
#include "sim/models/model.hpp"

#include <array>
#include <string_view>

namespace sim {

namespace {
constexpr std::array<std::string_view, 9> words{"none", "off", "stuck", "garbage", "wrong", "slow", "delayed", "intermittent", "unplugged"};
static_assert(words.size() == static_cast<std::size_t>(Disturbance::unplugged) + 1);
}  // namespace

std::optional<Disturbance> disturbance_of(std::string_view word) {
    for (std::size_t i = 0; i < words.size(); ++i)
        if (words[i] == word) return static_cast<Disturbance>(i);
    return std::nullopt;
}

std::string_view name_of(Disturbance d) { return words.at(static_cast<std::size_t>(d)); }

}  // namespace sim
