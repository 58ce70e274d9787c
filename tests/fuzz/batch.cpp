// Personalisation on the wire, from both sides: what the centre's reply says, a batch under a good signature, the kiosk's report. What is accepted keeps its limits, and the
// allow-list is asked about every step of it, in any order of selection.
#include "kiosk/card_path/allow_list.hpp"
#include "kiosk/issuing/personalise.hpp"
#include "sim/central/batch.hpp"

#include <sodium.h>

namespace {
void require(bool ok) {
    if (!ok) __builtin_trap();
}

struct Signer {
    drivers::Bytes public_key = drivers::Bytes(crypto_sign_PUBLICKEYBYTES), secret = drivers::Bytes(crypto_sign_SECRETKEYBYTES);
    Signer() {
        const unsigned char seed[crypto_sign_SEEDBYTES] = {1};
        require(crypto_sign_seed_keypair(raw(public_key), raw(secret), seed) == 0);
    }
    static unsigned char* raw(drivers::Bytes& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }
    [[nodiscard]] drivers::Bytes sign(drivers::View batch) {
        auto text = drivers::to_bytes(drivers::as_view("liqu batch 1"));
        text.insert(text.end(), batch.begin(), batch.end());
        drivers::Bytes signature(crypto_sign_BYTES);
        require(crypto_sign_detached(raw(signature), nullptr, raw(text), text.size(), raw(secret)) == 0);
        return signature;
    }
};
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    static Signer signer;
    const drivers::View input = std::as_bytes(std::span{bytes, size});
    (void)kiosk::wire::decode_personalise(input);
    (void)sim::read_report(input);
    if (size == 0) return 0;
    const auto batch = kiosk::wire::open_batch(input, signer.sign(input), signer.public_key);
    if (!batch) {
        require(batch.error().code == drivers::FaultCode::centre_garbage);
        return 0;
    }
    require(batch->seq >= 1 && batch->seq <= kiosk::max_batches && batch->steps.size() <= kiosk::max_batch_steps && batch->on_fail.size() <= kiosk::max_patterns);
    std::chrono::milliseconds all{0};
    for (const auto& step : batch->steps) {
        require(step.apdu.size() <= drivers::max_apdu_bytes && step.limit >= kiosk::least_step_limit && step.limit <= kiosk::most_step_limit);
        all += step.limit;
    }
    require(all <= kiosk::most_batch_time);
    (void)kiosk::may_send(batch->steps, {});
    return 0;
}
