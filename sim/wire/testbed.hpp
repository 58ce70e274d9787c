// The one umockdev testbed of a process, shared by its front ends (printer, door contact): a second one would take the first one's environment away.
#pragma once
#include <expected>
#include <memory>
#include <string>

typedef struct _UMockdevTestbed UMockdevTestbed;

namespace sim {

/// Ends (and joins umockdev's worker thread) when the last front end lets go of it. A sentence when the process does not run under umockdev-wrapper.
/// From the thread that sets a cabinet up only.
[[nodiscard]] std::expected<std::shared_ptr<UMockdevTestbed>, std::string> shared_testbed();

}  // namespace sim
