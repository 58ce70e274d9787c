// Reads register.json, the invented people of the simulation, and refuses what no register could hold.
#include "sim/central/register.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace sim {
namespace {

using Json = nlohmann::json;
constexpr std::size_t max_register_bytes = 4'194'304, max_photograph_bytes = 65'536;

constexpr std::array<std::string_view, standing_count> standings = {"none",         "pending_kiosk",      "pending_batch", "pending_bank", "made_not_collected",
                                                                     "active_card", "card_not_activated", "not_insured"};
constexpr std::array<std::string_view, 3> matches = {"same", "different", "unsure"};

bool is_day(std::string_view text) {
    if (text.size() != 8 || text.find_first_not_of("0123456789") != std::string_view::npos) return false;
    const auto part = [&](std::size_t at, std::size_t n) { return std::stoi(std::string(text.substr(at, n))); };
    using namespace std::chrono;
    return year_month_day(year(part(0, 4)), month(static_cast<unsigned>(part(4, 2))), day(static_cast<unsigned>(part(6, 2)))).ok();
}

std::expected<std::string, std::string> read_file(const std::string& path, std::size_t most) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return std::unexpected("cannot be read");
    std::string text(most + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > most) return std::unexpected("is too large");
    return text;
}

bool residents_kind(std::string_view kind) { return kind == "resident_id" || kind == "temporary_id" || kind == "household_register"; }
/// Numbers of GB 11643's shape: the birth date in them, a check character. Permanent residence cards of 2023 begin with 9 and have it, too.
bool numbered_as_residents(std::string_view kind) { return residents_kind(kind) || kind == "residence_permit" || kind == "permanent_residence"; }

std::string document_key(std::string_view kind, std::string_view nationality, std::string_view number) {
    return fmt::format("{}/{}/{}", residents_kind(kind) ? "resident" : kind, kind == "passport" ? nationality : "", number);
}

std::string wrong_number(const RegisterEntry& e) {
    if (!numbered_as_residents(e.kind)) {
        const bool good = !e.number.empty() && e.number.size() <= 22 && e.number.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos;
        return !good ? "number" : !is_day(e.birth) ? "birth" : "";
    }
    if (!resident_number_valid(e.number)) return "number";
    if (e.birth != std::string_view(e.number).substr(6, 8)) return "birth";
    // GB 11643: the 17th digit is odd for men; of permanent residence cards that is not known.
    if (e.kind != "permanent_residence" && e.sex != ((e.number[16] - '0') % 2 == 1 ? 1 : 2)) return "sex";
    return {};
}

/// The first wrong field of an entry; empty when all is well.
std::string wrong_field(const RegisterEntry& e) {
    static constexpr std::array<std::string_view, 7> kinds = {"resident_id", "residence_permit", "permanent_residence", "passport", "travel_permit", "temporary_id", "household_register"};
    if (e.key.empty()) return "key";
    if (std::ranges::find(kinds, e.kind) == kinds.end()) return "kind";
    if (e.name.empty()) return "name";
    if (auto field = wrong_number(e); !field.empty()) return field;
    if (residents_kind(e.kind) ? !nation_code_valid(e.nation) : e.nation != 0) return "nation";
    if (e.nationality.empty() || e.nationality.size() > 3) return "nationality";
    const bool may_not_say = e.kind == "passport" || e.kind == "travel_permit" || e.kind == "household_register" || e.kind == "temporary_id";
    if (!(may_not_say && e.valid_from.empty()) && !is_day(e.valid_from)) return "valid_from";
    if (e.valid_to != "长期" && !is_day(e.valid_to)) return "valid_to";
    if (e.standing == Standing::pending_kiosk && e.mobile.size() != 11) return "mobile";
    if (e.ecard.size() > max_ecard_bytes) return "ecard";
    return {};
}

std::expected<RegisterEntry, std::string> read_entry(const Json& j) {
    RegisterEntry e;
    const std::array<std::pair<const char*, std::string*>, 20> texts = {{{"key", &e.key}, {"note", &e.note}, {"name", &e.name}, {"number", &e.number},
                                                                         {"address", &e.address}, {"authority", &e.authority}, {"birth", &e.birth},
                                                                         {"valid_from", &e.valid_from}, {"valid_to", &e.valid_to}, {"where_zh", &e.where_zh},
                                                                         {"where_en", &e.where_en}, {"when", &e.when}, {"mobile", &e.mobile}, {"bank", &e.bank}, {"kind", &e.kind},
                                                                         {"nationality", &e.nationality}, {"name_latin", &e.name_latin},
                                                                         {"pass_number", &e.pass_number}, {"guardian", &e.guardian}, {"ecard", &e.ecard}}};
    std::string standing = "none", match = "same";
    for (const auto& [key, value] : j.items()) {
        const auto text = std::ranges::find_if(texts, [&](const auto& t) { return key == t.first; });
        if (text != texts.end() && value.is_string()) *text->second = value.get<std::string>();
        else if (key == "sex" && value.is_number_integer()) e.sex = value.get<int>();
        else if (key == "nation" && value.is_number_integer()) e.nation = value.get<int>();
        else if (key == "standing" && value.is_string()) standing = value.get<std::string>();
        else if (key == "match" && value.is_string()) match = value.get<std::string>();
        else return std::unexpected(key);
    }
    if (!standing_of(standing)) return std::unexpected("standing");
    if (!match_of(match)) return std::unexpected("match");
    e.standing = *standing_of(standing);
    e.match = *match_of(match);
    if (auto field = wrong_field(e); !field.empty()) return std::unexpected(field);
    return e;
}

}  // namespace

std::string_view name_of(Standing s) { return standings[static_cast<std::size_t>(s)]; }
std::optional<Standing> standing_of(std::string_view word) {
    const auto found = std::ranges::find(standings, word);
    if (found == standings.end()) return {};
    return static_cast<Standing>(found - standings.begin());
}
std::string_view name_of(Match m) { return matches[static_cast<std::size_t>(m)]; }
std::optional<Match> match_of(std::string_view word) {
    const auto found = std::ranges::find(matches, word);
    if (found == matches.end()) return {};
    return static_cast<Match>(found - matches.begin());
}

std::string social_security_number(const RegisterEntry& person) {
    constexpr std::size_t own = 18, room = 15;
    if (person.number.size() == own) return person.number;
    const auto region = [&]() -> std::string {
        if (person.kind == "travel_permit") return person.number.starts_with('H') ? "HKG" : person.number.starts_with('M') ? "MAC" : "TWN";
        if (person.nationality == "D") return "DEU";  // the zone's one-letter code
        return person.nationality + std::string(3 - person.nationality.size(), 'X');
    }();
    const auto number = person.number.size() > room ? person.number.substr(person.number.size() - room) : person.number;
    return region + std::string(room - number.size(), '0') + number;
}

bool nation_code_valid(int code) { return (code >= 1 && code <= 56) || code == 97 || code == 98; }

bool resident_number_valid(std::string_view number) {
    if (number.size() != 18 || number.substr(0, 17).find_first_not_of("0123456789") != std::string_view::npos) return false;
    constexpr std::array<int, 17> weights = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * (number[i] - '0');
    return number[17] == "10X98765432"[sum % 11] && is_day(number.substr(6, 8));
}

std::expected<Register, std::string> Register::parse(std::string_view text) {
    const auto all = Json::parse(text, nullptr, false);
    if (!all.is_object() || !all.contains("people") || !all["people"].is_array()) return std::unexpected("the register is no JSON with people");
    Register found;
    if (all.contains("portrait") && all["portrait"].is_string()) found.portrait_name_ = all["portrait"].get<std::string>();
    for (const auto& j : all["people"]) {
        const auto index = found.people_.size();
        if (!j.is_object()) return std::unexpected(fmt::format("entry {} is no object", index));
        auto entry = read_entry(j);
        if (!entry) return std::unexpected(fmt::format("entry {}: field {} is wrong", index, entry.error()));
        if (!found.by_key_.emplace(entry->key, index).second || !found.by_document_.emplace(document_key(entry->kind, entry->nationality, entry->number), index).second)
            return std::unexpected(fmt::format("entry {}: key or number is there twice", index));
        if (!entry->ecard.empty() && !found.by_ecard_.emplace(entry->ecard, index).second) return std::unexpected(fmt::format("entry {}: field ecard is there twice", index));
        found.by_number_.emplace(entry->number, index);
        found.people_.push_back(std::move(*entry));
    }
    for (const auto& child : found.people_)
        if (!child.guardian.empty() && !found.by_number(child.guardian)) return std::unexpected(fmt::format("{}: field guardian names nobody", child.key));
    return found;
}

std::expected<Register, std::string> Register::load(const std::string& path) {
    const auto text = read_file(path, max_register_bytes);
    if (!text) return std::unexpected("the register " + text.error());
    auto found = parse(*text);
    if (!found || found->portrait_name_.empty()) return found;
    const auto slash = path.find_last_of('/');
    const auto folder = slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
    const auto portrait = read_file(folder + found->portrait_name_, max_photograph_bytes);
    if (!portrait) return std::unexpected("the register's portrait " + portrait.error());
    const auto bytes = std::as_bytes(std::span(*portrait));
    found->portrait_.assign(bytes.begin(), bytes.end());
    return found;
}

const RegisterEntry* Register::by_key(std::string_view key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : &people_[found->second];
}
const RegisterEntry* Register::by_document(std::string_view kind, std::string_view nationality, std::string_view number) const {
    const auto found = by_document_.find(document_key(kind, nationality, number));
    return found == by_document_.end() ? nullptr : &people_[found->second];
}
const RegisterEntry* Register::by_ecard(std::string_view code) const {
    const auto found = by_ecard_.find(code);
    return found == by_ecard_.end() ? nullptr : &people_[found->second];
}
const RegisterEntry* Register::by_number(std::string_view number) const {
    const auto found = by_number_.find(number);
    return found == by_number_.end() ? nullptr : &people_[found->second];
}

}  // namespace sim
