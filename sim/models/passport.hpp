// Electronic passports and travel permits: the document as printed, its chip at the wire, and the state that issues them.
// Written from ICAO 9303 parts 3 to 5 (zone), 10 (files), 11 (protocols), 12 (certificates) and the facts (emrtd-and-mrz.md); no code of the house.
#pragma once
#include "sim/models/chip.hpp"

#include <expected>
#include <filesystem>
#include <set>

namespace sim {

enum class PassportKind {
    passport,            ///< TD3, two lines of 44
    card,                ///< TD1 after ICAO, three lines of 30
    hk_macao_permit,     ///< CR: 港澳居民来往内地通行证
    taiwan_permit,       ///< CT: 台湾居民来往大陆通行证
    exit_entry_hk,       ///< CS: 往来港澳通行证; one printed line, three in the chip
    exit_entry_taiwan,   ///< CD: 往来台湾通行证; as CS
};

enum class PassportCipher { des3, aes128, aes192, aes256 };
/// By their numbers among ICAO's standardised domain parameters.
enum class PassportCurve { p256 = 12, brainpool256 = 13, p384 = 15, brainpool384 = 16, brainpool512 = 17, p521 = 18 };
struct PaceVariant {
    PassportCipher cipher = PassportCipher::aes128;
    PassportCurve curve = PassportCurve::p256;
};

/// How the state signs. The RSA keys are fresh ones of the machine's chance and take 50 to 400 ms; everything else follows the seed.
enum class PassportSignature { ecdsa_p256, ecdsa_brainpool256, rsa_pss, rsa_pkcs1 };
/// Curves in certificates and public keys: ICAO 9303-12 wants them written out; many states name them.
enum class CurveForm { written_out, named };

enum class ActiveProof { none, ecdsa, rsa_sha1, rsa_sha256 };

/// An invented person's document and what its chip can do. Texts are UTF-8; dates YYYYMMDD.
struct PassportDescription {
    PassportKind kind = PassportKind::passport;
    std::string code{};                   ///< empty: of the kind ("P<", for China "PO"; "I<"; "CR" "CT" "CS" "CD")
    std::string issuer = "CHN", nationality = "CHN";  ///< as in the zone, 1 to 3 letters; not printed on permits
    std::string number{};                 ///< A-Z 0-9; more than nine characters on a TD1 card run on into the optional data
    std::string surname{}, given{};       ///< A-Z and blanks, '-' as a blank; given may be empty
    std::string name_zh{};                ///< permits CS and CD code it into the chip's zone (three characters of GBK at most); DG11 has it whole
    char sex = 'M';                       ///< M F <
    std::string birth{}, issued{}, expiry{};  ///< issued only where there is a DG12
    std::string personal_number{};        ///< optional data of the zone (TD3: 14 characters) and DG11
    std::string place_of_birth{}, address{}, authority{};  ///< DG11, DG11, DG12; may be empty
    int issue_count = 1;                  ///< permits CR, CT: 换证次数
    std::string local_id{};               ///< permits CR, CT: Hong Kong, Macao or Taiwan number; may be empty

    bool bac = true;
    std::vector<PaceVariant> pace{{}};    ///< empty: no EF.CardAccess. Bac or at least one of these
    std::string can{};                    ///< six digits that open PACE too; empty: none printed
    std::set<int> groups{1, 2, 11, 12};   ///< data groups; 14 and 15 come by themselves where a protocol needs them
    std::optional<PaceVariant> chip_authentication{};
    ActiveProof active_authentication = ActiveProof::none;
    Bytes portrait{};                     ///< JPEG or JPEG 2000 file for DG2; empty: a drawn one
};

/// Lines as printed, to hold before a camera or to type: two of 44, three of 30, one of 30. Check digits are made here.
[[nodiscard]] std::vector<std::string> mrz_lines(const PassportDescription& document);
/// What DG1 has, run together: the printed lines, for CS and CD two more with the Chinese name.
[[nodiscard]] std::string mrz_of_chip(const PassportDescription& document);
/// What BAC and PACE hash: number, birth, expiry, each with its check digit.
[[nodiscard]] std::string mrz_key_text(const PassportDescription& document);
/// The same picture as a JPEG 2000 file; empty where this machine's OpenCV cannot.
[[nodiscard]] Bytes as_jpeg2000(View picture);

/// What is wrong with a document. An expired one is no flaw: give it dates that have passed.
enum class PassportFlaw {
    none,
    dg1_altered,     ///< another number and name after signing; its zone, printed and for the key, says the same
    dg2_replaced,    ///< another face after signing
    dg_hidden,       ///< DG15 or DG14 is signed for but not there, so that nobody asks for its proof
    sod_broken,      ///< a bit of the signature
    sod_of_another,  ///< the security object of another document of the same state
    unknown_state,   ///< in order, but signed by a state of another name whose certificate nobody has
    false_state,     ///< signed by a key that carries the name of the state's own signing certificate but another root
    cloned,          ///< all files copied; the chip lacks the private keys and answers with others
};
/// Words for scenarios and panel: "none", "dg1_altered" ...
[[nodiscard]] std::optional<PassportFlaw> passport_flaw_of(std::string_view word);
[[nodiscard]] std::string_view name_of(PassportFlaw flaw);

/// The contactless chip. Plain: selection, EF.CardAccess, BAC, PACE. Everything else under secure messaging, which the first wrong or unprotected command ends.
/// `disturbance`: off and stuck and unplugged (no answer), garbage (a bit flipped in each answer's data), wrong (a card without the passport
/// application), slow and delayed (a second and a half each), intermittent (the field breaks at each 23rd command: no answer, session lost).
class PassportChip final : public SmartCard {
  public:
    ~PassportChip() override;
    Bytes reset() override;
    Bytes answer(View apdu, Time& took) override;

    Disturbance disturbance = Disturbance::none;
    std::optional<int> mute_after;  ///< torn away: answers this many more commands, then nothing until reset
    std::size_t most_read = 256;    ///< bytes that READ BINARY gives at once, as chips with small buffers do; at least 1
    bool random_uid = true;         ///< FF CA: a new one at each reset, as passports do

    enum class Access { closed, bac, pace, chip_authentication };
    [[nodiscard]] Access access() const;          ///< closed again when the session is lost
    [[nodiscard]] int commands() const;           ///< answered or not, since it was made
    [[nodiscard]] int failed_attempts() const;    ///< wrong key at BAC or PACE; each makes the next one slower
    [[nodiscard]] int proofs() const;             ///< active and chip authentications done
    [[nodiscard]] PassportDescription description() const;  ///< as printed on it; a forger's alterations and the portrait included
    /// A file's bytes for an auditor's eye (0x011E, 0x0101 ...); empty: none.
    [[nodiscard]] View file(int id) const;

  private:
    friend class PassportOffice;
    struct Impl;
    explicit PassportChip(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// A state's passport office: country signing authority, document signer, and a desk that issues. The same seed gives the same keys and bytes (but for RSA).
class PassportOffice {
  public:
    struct Setup {
        std::optional<std::uint64_t> seed{};  ///< nothing: fresh keys
        std::string country = "CN";         ///< two letters
        PassportSignature root = PassportSignature::ecdsa_p256, signer = PassportSignature::ecdsa_p256;
        CurveForm form = CurveForm::written_out;
        std::string valid_from = "20150101", valid_to = "20450101";  ///< of both certificates
    };
    explicit PassportOffice(Setup setup);
    ~PassportOffice();
    PassportOffice(const PassportOffice&) = delete;
    PassportOffice& operator=(const PassportOffice&) = delete;

    /// About 5 ms without RSA. std::invalid_argument for a description that no office accepts (letters, dates, no access protocol).
    [[nodiscard]] std::shared_ptr<PassportChip> issue(const PassportDescription& document, PassportFlaw flaw = PassportFlaw::none);
    [[nodiscard]] const Bytes& csca() const;  ///< DER
    [[nodiscard]] const Bytes& document_signer() const;
    /// `csca-cn.der` and `csca-cn.pem` into an existing folder; a sentence on failure.
    [[nodiscard]] std::expected<void, std::string> write_csca(const std::filesystem::path& folder) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sim
