// Inside the emrtd room: the trusted certificates as OpenSSL sees them.
#pragma once
#include "drivers/emrtd/openssl.hpp"
#include "drivers/emrtd/trust.hpp"

namespace drivers::emrtd {

/// Not an X509_STORE: its search stops at the first issuer of a name, and states have several keys under one name; authenticity.cpp tries each.
struct TrustStore::Certificates {
    std::vector<ossl::Owned<X509>> all;
};

}  // namespace drivers::emrtd
