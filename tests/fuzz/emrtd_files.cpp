// The files of a passport's chip but EF.SOD, chosen by the first byte: a value that fits or a fault with a sentence.
#include "drivers/emrtd/active_signature.hpp"
#include "drivers/emrtd/chip_keys.hpp"
#include "drivers/emrtd/curve.hpp"
#include "drivers/emrtd/details.hpp"
#include "drivers/emrtd/lds.hpp"
#include "drivers/emrtd/pace.hpp"

using namespace drivers;
using namespace drivers::emrtd;

namespace {
void require(bool ok) {
    if (!ok) __builtin_trap();
}
template <class T>
bool good(const Result<T>& result) {
    if (!result) require(!result.error().detail.empty() && (result.error().code == FaultCode::document_unreadable || result.error().code == FaultCode::document_not_supported));
    return result.has_value();
}
void keys(View file) {
    const auto security = parse_dg14(file);
    if (!good(security) || !security->chip_auth) return;
    require(!security->chip_auth->point.empty() && security->chip_auth->protocol.size() == 10);
    const auto& key = *security->chip_auth;
    const auto curve = key.parameters.empty() ? Curve::create(key.parameter_id) : Curve::from_parameters(key.parameters);
    const std::byte scalar[] = {std::byte{3}};
    if (curve) (void)curve->multiply(key.point, scalar);
}
void active_key(View file) {
    const auto key = parse_dg15(file);
    if (!good(key)) return;
    const auto shape = active_key_shape(*key);
    if (!shape || shape->kind == ActiveKey::other) return;
    const Bytes challenge(active_challenge_bytes), signature(shape->answer_bytes, std::byte{0x11});
    (void)active_signature_holds(*key, challenge, signature, {});
}
void texts(View file) {
    if (const auto details = parse_dg11(file); good(details)) require(details->full_name.size() <= max_detail_bytes && details->other_names.size() <= max_other_names + max_details);
    if (const auto details = parse_dg12(file); good(details)) require(details->authority.size() <= max_detail_bytes && (!details->issued || details->issued->ok()));
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    if (size == 0) return 0;
    const View file = std::as_bytes(std::span{bytes + 1, size - 1});
    switch (bytes[0] % 7) {
        case 0:
            if (const auto list = parse_com(file); good(list)) require(list->lds_version.size() == 4);
            break;
        case 1:
            if (const auto mrz = parse_dg1(file); good(mrz)) require(mrz->size() == 90 || mrz->size() == 72 || mrz->size() == 88);
            break;
        case 2:
            if (const auto portrait = parse_dg2(file); good(portrait)) require(!portrait->picture.empty() && portrait->picture.size() < size);
            break;
        case 3: texts(file); break;
        case 4: keys(file); break;
        case 5: active_key(file); break;
        case 6:
            if (const auto offer = choose_pace(file); good(offer) && *offer) require((*offer)->parameter_id >= 8 && (*offer)->parameter_id <= 18);
            break;
    }
    return 0;
}
