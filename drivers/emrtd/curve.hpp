// The elliptic curves of ICAO 9303-11, 9.5.1 and the three operations that PACE needs on them. Points are bytes, 04 x y;
// every point that comes in is checked to lie on the curve. (Key agreement objects of EVP know no mapped generator.)
#pragma once
#include "drivers/bytes.hpp"
#include "drivers/fault.hpp"
#include "drivers/random.hpp"

#include <memory>

namespace drivers::emrtd {

/// A private key is drawn again when it is not below the order; each draw succeeds with a probability of at least a half.
inline constexpr int max_key_draws = 128;

class Curve {
  public:
    /// Standardised domain parameters 8 to 18 (NIST P-192 to P-521, brainpool 192r1 to 512r1); nothing for others (0 to 2 are DH groups).
    [[nodiscard]] static std::optional<Curve> create(int parameter_id);
    /// DER ECParameters, named or written out; written out they must be one of the same eleven curves: whoever chooses his own curve can choose one
    /// on which anybody's key is his.
    [[nodiscard]] static std::optional<Curve> from_parameters(View parameters);
    Curve(Curve&&) noexcept;
    ~Curve();

    /// 1 <= key < order, in as many bytes as the order has. internal when `random` never gives one.
    [[nodiscard]] Result<Secret> private_key(Random& random) const;
    [[nodiscard]] Bytes generator() const;
    /// scalar * point. document_unreadable for a point that is not on the curve or a result at infinity.
    [[nodiscard]] Result<Bytes> multiply(View point, View scalar) const;
    /// Generic mapping: nonce * generator + shared. As multiply(), also for a result at infinity.
    [[nodiscard]] Result<Bytes> map(View nonce, View shared) const;
    /// The x coordinate of a point that multiply() gave: the shared secret.
    [[nodiscard]] static View x_of(View point) { return point.subspan(1, (point.size() - 1) / 2); }

  private:
    struct Group;
    explicit Curve(std::unique_ptr<Group> group);
    std::unique_ptr<Group> group_;
};

}  // namespace drivers::emrtd
