// EF.SOD and the certificates of the trusted folder: whatever they say, nothing that nobody trusts is genuine, and every refusal has a sentence.
#include "drivers/emrtd/authenticity.hpp"

using namespace drivers;
using namespace drivers::emrtd;
using namespace std::chrono_literals;

namespace {
void require(bool ok) {
    if (!ok) __builtin_trap();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    const View file = std::as_bytes(std::span{bytes, size});
    constexpr std::chrono::year_month_day today = 2026y / 11 / 22;
    TrustStore trust;
    if (const auto added = trust.add(file); added) require(trust.size() == *added);
    else require(!added.error().detail.empty());
    if (const auto list = parse_hash_list(file)) require(!list->groups.empty() && list->groups.size() <= last_group);
    const auto sod = Sod::parse(file);
    if (!sod) {
        require(sod.error().detail.starts_with("EF.SOD: "));
        return 0;
    }
    const auto verdict = judge(*sod, {}, trust, today);
    require(verdict.authenticity != Authenticity::genuine && !verdict.why.empty());
    const Bytes group(5);
    const GroupFile read[] = {{1, group}};
    require(judge(*sod, read, trust, today).authenticity != Authenticity::genuine);
    return 0;
}
