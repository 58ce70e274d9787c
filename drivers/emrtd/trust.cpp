// Reading the folder and its files.
#include "drivers/emrtd/trust_parts.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace drivers::emrtd {

namespace {
using namespace ossl;
constexpr std::string_view extensions[] = {".cer", ".crt", ".der", ".pem"};
constexpr std::string_view pem_mark = "-----BEGIN";

std::unexpected<Fault> unusable(std::string why) { return fail(FaultCode::bad_configuration, std::move(why)); }

bool wanted(const std::filesystem::path& file) {
    auto extension = file.extension().string();
    std::ranges::transform(extension, extension.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return std::ranges::find(extensions, extension) != std::end(extensions);
}

/// At most one byte more than add() takes.
Bytes content_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    Bytes content(max_trust_file_bytes + 1);
    file.read(reinterpret_cast<char*>(content.data()), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
    return content;
}

std::vector<Owned<X509>> from_der(View file) {
    std::vector<Owned<X509>> found;
    const auto* at = in(file);
    Owned<X509> one{d2i_X509(nullptr, &at, static_cast<long>(file.size()))};
    if (one && at == in(file) + file.size()) found.push_back(std::move(one));
    return found;
}

std::vector<Owned<X509>> from_pem(View file) {
    std::vector<Owned<X509>> found;
    const Owned<BIO> source{BIO_new_mem_buf(file.data(), static_cast<int>(file.size()))};
    need(source != nullptr);
    while (Owned<X509> one{PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr)}) found.push_back(std::move(one));
    return found;
}
}  // namespace

TrustStore::TrustStore() : certificates_(std::make_unique<Certificates>()) {}
TrustStore::TrustStore(TrustStore&&) noexcept = default;
TrustStore& TrustStore::operator=(TrustStore&&) noexcept = default;
TrustStore::~TrustStore() = default;
std::size_t TrustStore::size() const { return certificates_->all.size(); }

Result<std::size_t> TrustStore::add(View file) {
    if (file.size() > max_trust_file_bytes) return unusable(fmt::format("larger than {} bytes", max_trust_file_bytes));
    const QuietErrors quiet;
    auto found = to_string(file).contains(pem_mark) ? from_pem(file) : from_der(file);
    if (found.empty()) return unusable("no certificate in it");
    if (found.size() > max_trusted - size()) return unusable(fmt::format("more than {} certificates in all", max_trusted));
    for (const auto& one : found)
        if (X509_check_ca(one.get()) == 0 || (X509_get_extension_flags(one.get()) & EXFLAG_INVALID) != 0) return unusable("a certificate in it belongs to nobody who signs certificates");
    const auto count = found.size();
    std::ranges::move(found, std::back_inserter(certificates_->all));
    return count;
}

Result<TrustStore> TrustStore::load(const std::filesystem::path& folder) {
    std::error_code error;
    std::vector<std::filesystem::path> files;
    for (auto at = std::filesystem::directory_iterator(folder, error); !error && at != std::filesystem::directory_iterator{}; at.increment(error)) {
        if (!wanted(at->path()) || !at->is_regular_file(error)) continue;
        if (files.size() == max_trusted) return unusable(fmt::format("{}: more than {} files", folder.native(), max_trusted));
        files.push_back(at->path());
    }
    if (error) return unusable(fmt::format("{}: {}", folder.native(), error.message()));
    std::ranges::sort(files);
    TrustStore store;
    for (const auto& path : files) {
        const auto added = store.add(content_of(path));
        if (!added) store.left_out_.push_back(fmt::format("{}: {}", path.filename().native(), added.error().detail));
    }
    return store;
}

}  // namespace drivers::emrtd
