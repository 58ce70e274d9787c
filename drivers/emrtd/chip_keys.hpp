// The keys by which a chip proves that it is the one that was issued (ICAO 9303-10, 4.7.14 and 4.7.15; 9303-11, 9.2). Pure; whether
// the files are the state's own is the caller's question.
#pragma once
#include "drivers/emrtd/crypto.hpp"
#include "drivers/emrtd/sod.hpp"

namespace drivers::emrtd {

/// Chip authentication over ECDH.
struct ChipAuthKey {
    CipherKind kind = CipherKind::des3;  ///< of the session that it agrees on
    Bytes protocol;                      ///< object identifier's value
    Bytes key_id;                        ///< empty: the chip has one key
    Bytes parameters;                    ///< DER ECParameters, or empty
    int parameter_id = -1;               ///< standardised domain parameters where `parameters` is empty
    Bytes point;                         ///< the chip's public key, uncompressed, not checked yet
};
/// DG14 as far as it matters here.
struct ChipSecurity {
    std::optional<ChipAuthKey> chip_auth;  ///< the strongest that we speak
    bool foreign_chip_auth = false;        ///< it offers chip authentication that we do not speak (DH)
    std::optional<Digest> active_digest;   ///< of active authentication by ECDSA
};
/// document_unreadable for what is no set of security infos, or a key that is none.
[[nodiscard]] Result<ChipSecurity> parse_dg14(View file);

/// DG15: the DER SubjectPublicKeyInfo of active authentication. document_unreadable for anything else.
[[nodiscard]] Result<Bytes> parse_dg15(View file);

}  // namespace drivers::emrtd
