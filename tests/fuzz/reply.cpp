// The printer's answers: whatever it says, the driver gets a value that fits, a fault, or "garbage"; never anything else.
#include "printer/evolis/reply.hpp"

using namespace printer::evolis;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    constexpr Expect kinds[] = {Expect::ok, Expect::word, Expect::pair, Expect::number, Expect::volts, Expect::position, Expect::bin};
    const Command command{"Rrt;count", kinds[data[0] % std::size(kinds)]};
    const std::string_view reply(reinterpret_cast<const char*>(data + 1), size - 1);
    const auto fits = fit(command, reply);
    if (!fits) {
        if (fits.error().detail.size() > 2 * max_reply_bytes) __builtin_trap();
        return 0;
    }
    if (fits->size() > max_reply_bytes) __builtin_trap();
    if (command.expect == Expect::number && (number_of(*fits) < 0 || number_of(*fits) > 99'999)) __builtin_trap();
    if (command.expect == Expect::volts && !(volts_of(*fits) >= 0 && volts_of(*fits) < 100)) __builtin_trap();
    (void)seat_of(*fits);
    return 0;
}
