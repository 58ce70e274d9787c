// A state's keys, certificates (9303-12) and the security object that signs a chip's files (9303-10, 4.6.2; CMS, RFC 5652). For the passport model only.
#pragma once
#include "sim/models/passport_files.hpp"

#include <variant>

namespace sim::passport {

/// A key that signs certificates and security objects.
class StateKey {
  public:
    StateKey(PassportSignature kind, CurveForm form, Dice& dice);
    [[nodiscard]] const Bytes& public_key_info() const { return public_key_info_; }
    /// SHA-1 of the public key, as certificates name it.
    [[nodiscard]] Bytes id() const { return digest(Digest::sha1, public_key_info_); }
    /// AlgorithmIdentifier of its signatures, all with SHA-256.
    [[nodiscard]] Bytes algorithm() const;
    [[nodiscard]] Bytes sign(View data, Dice& dice) const;

  private:
    struct OnCurve {
        Curve curve;
        Bytes scalar;
    };
    PassportSignature kind_;
    std::variant<OnCurve, RsaKey> key_;
    Bytes public_key_info_;
};

/// Root, document signer and their certificates.
class State {
  public:
    State(const PassportOffice::Setup& setup, Dice& dice);
    /// The names and key identifiers of `other`, signed by a root that is not its root.
    State(const State& other, const PassportOffice::Setup& setup, Dice& dice);
    /// The EF.SOD over these files, by file identifier; only data groups are signed for.
    [[nodiscard]] Bytes sign(const Files& files, Dice& dice) const;
    [[nodiscard]] const Bytes& root() const { return root_; }
    [[nodiscard]] const Bytes& signer() const { return signer_; }

  private:
    void certify(const PassportOffice::Setup& setup, View root_key_id, Dice& dice);
    StateKey root_key_, signer_key_;
    Bytes root_name_, serial_, root_, signer_;
};

}  // namespace sim::passport
