// The centre's certificate authority: certificates for a card's two key pairs. Invented names, an authority made from the centre's own seed; the signature is
// Ed25519 so that one seed gives one certificate, byte for byte (the national one would be SM2: which key signs is the authority's matter, not the card's).
#pragma once
#include "sim/models/model.hpp"

#include <array>
#include <optional>
#include <string>

namespace sim {

/// What one card gets. Dates YYYYMMDD (UTC).
struct CertificateOrder {
    std::string card_number, valid_from, valid_to;
    Bytes signature_key;  ///< SM2 public key as the card gave it: 04 X Y, 65 bytes
};
struct CardCertificates {
    Bytes signature, encryption;  ///< DER
    Bytes encryption_key;         ///< 32 bytes, the private half: enciphered under the card's key before it leaves the centre
};

/// `secret`: from which the authority's key and the card's encryption key are derived. Nothing when the card's key is no point of the curve.
[[nodiscard]] std::optional<CardCertificates> make_certificates(const std::array<unsigned char, 64>& secret, const CertificateOrder& order);
/// The authority's own certificate's public key, 32 bytes: for whoever checks.
[[nodiscard]] Bytes authority_key(const std::array<unsigned char, 64>& secret);

}  // namespace sim
