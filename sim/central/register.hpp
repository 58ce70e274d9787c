// The sample register: invented people, what the centre would say of each, and what their document shows. Read from register.json.
#pragma once
#include <array>
#include <expected>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

/// services.md, "Who may apply".
enum class Standing { none, pending_kiosk, pending_batch, pending_bank, made_not_collected, active_card, card_not_activated, not_insured };
inline constexpr int standing_count = 8;
[[nodiscard]] std::string_view name_of(Standing s);  ///< the contract's word
[[nodiscard]] std::optional<Standing> standing_of(std::string_view word);

enum class Match { same, different, unsure };
[[nodiscard]] std::string_view name_of(Match m);
[[nodiscard]] std::optional<Match> match_of(std::string_view word);

inline constexpr std::size_t max_ecard_bytes = 512;

/// One invented person. Texts are UTF-8, dates YYYYMMDD.
struct RegisterEntry {
    std::string key;   ///< how scenarios name the person: "p01", "unsure", "not-insured" ...
    std::string note;  ///< why this person is in the register
    // what the document shows
    std::string kind = "resident_id";  ///< the contract's word
    std::string name, number, address, authority, birth;
    std::string valid_from;  ///< empty where the document does not say
    std::string valid_to;    ///< or 长期
    int sex = 1, nation = 1;  ///< nation 0 where the document has none
    std::string nationality = "CHN", name_latin, pass_number;
    std::string guardian;  ///< of a person under 16: the guardian's number
    // what the centre knows
    Standing standing = Standing::none;
    std::string where_zh, where_en, when;  ///< where and when a waiting card is; when: YYYY-MM-DD, read alike in every language
    Match match = Match::same;             ///< scripted answer of the person-document match
    std::string mobile, bank;              ///< of a pending_kiosk application begun elsewhere
    std::string ecard;                     ///< code of the electronic card, 1 to max_ecard_bytes; empty: none

    /// Does the document count on that day (YYYYMMDD)?
    [[nodiscard]] bool document_valid(std::string_view day) const { return valid_from <= day && (valid_to == "长期" || day <= valid_to); }
};

class Register {
  public:
    /// The error names entry and field, never a person.
    [[nodiscard]] static std::expected<Register, std::string> parse(std::string_view json);
    /// Also reads "portrait" (a JPEG beside the file), the photograph of applications begun elsewhere.
    [[nodiscard]] static std::expected<Register, std::string> load(const std::string& path);

    [[nodiscard]] std::span<const RegisterEntry> people() const { return people_; }
    [[nodiscard]] const RegisterEntry* by_key(std::string_view key) const;
    /// Of whatever document: the first of that number.
    [[nodiscard]] const RegisterEntry* by_number(std::string_view number) const;
    /// One person has one number on resident card, temporary card and household register; other kinds count for themselves, passports within their state.
    [[nodiscard]] const RegisterEntry* by_document(std::string_view kind, std::string_view nationality, std::string_view number) const;
    /// Never by an empty code.
    [[nodiscard]] const RegisterEntry* by_ecard(std::string_view code) const;
    [[nodiscard]] const std::vector<std::byte>& portrait() const { return portrait_; }

  private:
    std::vector<RegisterEntry> people_;
    std::map<std::string, std::size_t, std::less<>> by_key_, by_number_, by_document_, by_ecard_;
    std::string portrait_name_;
    std::vector<std::byte> portrait_;
};

/// GB 11643: 18 characters, check character right, a real birth date.
[[nodiscard]] bool resident_number_valid(std::string_view number);
/// 18 characters of the card's social security number. Who has a number of GB 11643's shape (residents, residence permits, permanent residence cards
/// of 2023) keeps it. Others: three letters of state or region and the document's number, filled with leading noughts to 15. Confidence LOW to MEDIUM: no
/// public source of the coding rule was read; the regions of travel permits (HKG, MAC, TWN, told by the number) are our convention.
[[nodiscard]] std::string social_security_number(const RegisterEntry& person);

/// GB/T 3304: 1 to 56, 97, 98.
[[nodiscard]] bool nation_code_valid(int code);

}  // namespace sim
