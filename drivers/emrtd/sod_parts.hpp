// Inside the emrtd room: what OpenSSL sees of an EF.SOD.
#pragma once
#include "drivers/emrtd/openssl.hpp"
#include "drivers/emrtd/sod.hpp"

namespace drivers::emrtd {

struct Sod::Parts {
    ossl::Owned<CMS_ContentInfo> cms;
    ossl::Owned<X509> signer;             ///< the document signer's certificate
    CMS_SignerInfo* signature = nullptr;  ///< inside cms
    Bytes content;                        ///< the LDS security object, as signed
    HashList hashes;
};

}  // namespace drivers::emrtd
