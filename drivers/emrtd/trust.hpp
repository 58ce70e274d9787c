// The issuing states' certificates (CSCA) that an operator trusts: a folder of files. What lies in it is believed, so it belongs to root and is
// filled by hand from a published master list. Link certificates are certificates like any other here.
#pragma once
#include "drivers/bytes.hpp"
#include "drivers/fault.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace drivers::emrtd {

/// All states together publish some 500.
inline constexpr std::size_t max_trusted = 4096;
/// One file: a certificate in DER has 1 to 2 KiB; a PEM file may hold a state's whole series. A larger file is not read.
inline constexpr std::size_t max_trust_file_bytes = std::size_t{64} << 10;

class TrustStore {
  public:
    /// Trusts nobody.
    TrustStore();
    TrustStore(TrustStore&&) noexcept;
    TrustStore& operator=(TrustStore&&) noexcept;
    ~TrustStore();

    /// Files *.cer *.crt *.der *.pem of the folder itself, in the order of their names, each DER or PEM. A file that cannot be used is left out and named in
    /// left_out(). bad_configuration when the folder cannot be read or holds more than max_trusted.
    [[nodiscard]] static Result<TrustStore> load(const std::filesystem::path& folder);
    /// One file's content: how many certificates it gave. bad_configuration with a reason: too large, no certificate, no CA, too many.
    [[nodiscard]] Result<std::size_t> add(View file);

    [[nodiscard]] std::size_t size() const;
    /// File names with reasons.
    [[nodiscard]] const std::vector<std::string>& left_out() const { return left_out_; }

    struct Certificates;  ///< for the room's own files
    [[nodiscard]] const Certificates& certificates() const { return *certificates_; }

  private:
    std::unique_ptr<Certificates> certificates_;
    std::vector<std::string> left_out_;
};

}  // namespace drivers::emrtd
