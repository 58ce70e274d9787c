// The office's desk: keys, files, signature, and everything that can be wrong with a document.
#include "sim/models/passport_chip.hpp"
#include "sim/models/passport_der.hpp"
#include "sim/models/passport_state.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdexcept>

namespace sim {

namespace {
using namespace passport;

constexpr int active_rsa_bits = 1536;  ///< its signature and secure messaging fit into one short answer

constexpr std::array<std::string_view, 9> flaw_words{"none", "dg1_altered", "dg2_replaced", "dg_hidden", "sod_broken", "sod_of_another", "unknown_state", "false_state", "cloned"};
static_assert(flaw_words.size() == static_cast<std::size_t>(PassportFlaw::cloned) + 1);

std::uint64_t fresh_seed() {
    std::array<unsigned char, 8> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) throw std::runtime_error("the machine has no chance");
    std::uint64_t seed = 0;
    std::memcpy(&seed, bytes.data(), bytes.size());
    return seed;
}

bool is_rsa(ActiveProof proof) { return proof == ActiveProof::rsa_sha1 || proof == ActiveProof::rsa_sha256; }

/// Another person's likeness and name, as a forger puts them in.
PassportDescription altered(PassportDescription d) {
    for (std::size_t i = d.number.size(); i-- > 0;) {
        if (d.number[i] < '0' || d.number[i] > '9') continue;
        d.number[i] = static_cast<char>('0' + (d.number[i] - '0' + 1) % 10);
        break;
    }
    d.given = d.given == "MINGMING" ? "LILI" : "MINGMING";
    return d;
}

void write_com_of(Files& files) {
    std::set<int> groups;
    for (const auto& [id, content] : files)
        if ((id & 0xFF) <= 16) groups.insert(id & 0xFF);
    files[com] = write_com(groups);
}
}  // namespace

std::optional<PassportFlaw> passport_flaw_of(std::string_view word) {
    const auto found = std::ranges::find(flaw_words, word);
    if (found == flaw_words.end()) return std::nullopt;
    return static_cast<PassportFlaw>(found - flaw_words.begin());
}
std::string_view name_of(PassportFlaw flaw) { return flaw_words.at(static_cast<std::size_t>(flaw)); }

struct PassportOffice::Impl {
    explicit Impl(Setup setup_) : setup(std::move(setup_)), dice(setup.seed ? *setup.seed : fresh_seed()), state(setup, dice) {}

    Setup setup;
    Dice dice;
    State state;
    std::uint64_t issued = 0;

    /// Keys of the chip's proofs, made into it, with their public halves in DG14 and DG15.
    void write_proofs(PassportContents& c, Dice& chance) const {
        const PassportDescription& d = c.printed;
        Files& files = c.files;
        Bytes agreement_info;
        if (d.chip_authentication) {
            const Curve curve(d.chip_authentication->curve);
            c.agreement_key = curve.scalar(chance);
            agreement_info = curve.public_key_info(*curve.times(curve.generator(), *c.agreement_key), setup.form);
        }
        if (d.chip_authentication || d.active_authentication == ActiveProof::ecdsa || d.groups.contains(14)) files[file_of_group(14)] = write_dg14(d, agreement_info);
        if (is_rsa(d.active_authentication)) {
            RsaKey key(active_rsa_bits);
            files[file_of_group(15)] = write_dg15(key.public_key_info());
            c.proof_key.emplace(std::move(key));
        } else if (d.active_authentication == ActiveProof::ecdsa) {
            const Curve curve(PassportCurve::p256);
            const Bytes scalar = curve.scalar(chance);
            files[file_of_group(15)] = write_dg15(curve.public_key_info(*curve.times(curve.generator(), scalar), setup.form));
            c.proof_key.emplace(scalar);
        }
    }

    PassportContents written(const PassportDescription& document, Dice& chance) const {
        PassportContents c{.printed = document, .files = {}, .mrz_key = mrz_key_text(document), .can = document.can, .agreement_key = {}, .proof_key = {}, .seed = chance.next()};
        PassportDescription& d = c.printed;
        if (d.portrait.empty() && d.groups.contains(2)) d.portrait = drawn_portrait(chance.next());
        using Writer = Bytes (*)(const PassportDescription&);
        static constexpr std::array<std::pair<int, Writer>, 4> writers{{{1, write_dg1}, {2, write_dg2}, {11, write_dg11}, {12, write_dg12}}};
        for (const auto& [group, write] : writers)
            if (d.groups.contains(group)) c.files[file_of_group(group)] = write(d);
        write_proofs(c, chance);
        if (!d.pace.empty()) c.files[card_access] = write_card_access(d.pace);
        return c;
    }

    /// The security object, by who signs it.
    Bytes signature(const PassportContents& c, PassportFlaw flaw, Dice& chance) const {
        switch (flaw) {
            case PassportFlaw::unknown_state: {
                Setup elsewhere = setup;
                elsewhere.country = setup.country == "XX" ? "ZZ" : "XX";
                return State(elsewhere, chance).sign(c.files, chance);
            }
            case PassportFlaw::false_state: return State(state, setup, chance).sign(c.files, chance);
            case PassportFlaw::sod_of_another: return state.sign(written(altered(c.printed), chance).files, chance);
            case PassportFlaw::none:
            case PassportFlaw::dg1_altered:
            case PassportFlaw::dg2_replaced:
            case PassportFlaw::dg_hidden:
            case PassportFlaw::sod_broken:
            case PassportFlaw::cloned: break;
        }
        return state.sign(c.files, chance);
    }

    /// What a forger does to a signed chip.
    void spoil(PassportContents& c, PassportFlaw flaw, Dice& chance) const {
        if (flaw == PassportFlaw::dg1_altered) {
            c.printed = altered(c.printed);
            c.mrz_key = mrz_key_text(c.printed);
            c.files[file_of_group(1)] = write_dg1(c.printed);
        } else if (flaw == PassportFlaw::dg2_replaced) {
            c.printed.portrait = drawn_portrait(chance.next());
            c.files[file_of_group(2)] = write_dg2(c.printed);
        } else if (flaw == PassportFlaw::dg_hidden) {
            if (c.files.erase(file_of_group(15)) == 0) c.files.erase(file_of_group(14));
            c.proof_key.reset();
            c.agreement_key.reset();
        } else if (flaw == PassportFlaw::sod_broken) {
            c.files[sod].back() ^= std::byte{0x01};  // the signature is what it ends with
        } else if (flaw == PassportFlaw::cloned) {
            // The same questions are answered, with keys that the forger made.
            PassportContents own{.printed = c.printed, .files = {}, .mrz_key = {}, .can = {}, .agreement_key = {}, .proof_key = {}, .seed = 0};
            write_proofs(own, chance);
            c.agreement_key = std::move(own.agreement_key);
            c.proof_key = std::move(own.proof_key);
        }
    }
};

PassportOffice::PassportOffice(Setup setup) : impl_(std::make_unique<Impl>(std::move(setup))) {}
PassportOffice::~PassportOffice() = default;
const Bytes& PassportOffice::csca() const { return impl_->state.root(); }
const Bytes& PassportOffice::document_signer() const { return impl_->state.signer(); }

std::shared_ptr<PassportChip> PassportOffice::issue(const PassportDescription& document, PassportFlaw flaw) {
    must_be_printable(document);
    Dice chance(impl_->dice.next() + ++impl_->issued);
    PassportContents c = impl_->written(document, chance);
    c.files[sod] = impl_->signature(c, flaw, chance);
    impl_->spoil(c, flaw, chance);
    write_com_of(c.files);
    return std::shared_ptr<PassportChip>(new PassportChip(std::make_unique<PassportChip::Impl>(std::move(c))));
}

std::expected<void, std::string> PassportOffice::write_csca(const std::filesystem::path& folder) const {
    std::string name = "csca-" + impl_->setup.country;
    for (char& c : name)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const Bytes& der = csca();
    std::string base64((der.size() + 2) / 3 * 4 + 1, '\0'), pem = "-----BEGIN CERTIFICATE-----\n";
    base64.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()), reinterpret_cast<const unsigned char*>(der.data()), static_cast<int>(der.size()))));
    static constexpr std::size_t pem_columns = 64;
    for (std::size_t at = 0; at < base64.size(); at += pem_columns) pem += base64.substr(at, pem_columns) + '\n';
    pem += "-----END CERTIFICATE-----\n";
    std::ofstream binary(folder / (name + ".der"), std::ios::binary), armoured(folder / (name + ".pem"), std::ios::binary);
    binary.write(reinterpret_cast<const char*>(der.data()), static_cast<std::streamsize>(der.size()));
    armoured << pem;
    if (!binary.flush() || !armoured.flush()) return std::unexpected("the state's certificate cannot be written into " + folder.string());
    return {};
}

}  // namespace sim
