// Basic access control, ICAO 9303-11, 4.3: both sides prove that they know the MRZ and agree on 3DES session keys.
#pragma once
#include "drivers/emrtd/access_key.hpp"
#include "drivers/emrtd/channel.hpp"
#include "drivers/random.hpp"

namespace drivers::emrtd {

/// The passport application is selected and the channel plain; afterwards it is secured. chip_auth_failed when either side does not
/// know the MRZ; document_not_supported for a CAN; document_unreadable for an answer of a wrong size.
awaitable<Result<void>> run_bac(Channel& channel, const AccessKey& key, Random& random, Duration limit);

}  // namespace drivers::emrtd
