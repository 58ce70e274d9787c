// The tables themselves, proven while they are compiled: no tag and no file twice, a group's fields fill it exactly, every record fits one command.
// Version 1.00's own tags 22 25 26 27 2F 31 are left out: neither type nor length is known.
#include "drivers/ss_card/tables.hpp"

namespace drivers::chip {

namespace {
using enum ValueType;
using enum FileKind;
using enum About;
constexpr auto v2 = Generation::v2_00, v3 = Generation::v3_00;

// ---- SSSE ----
constexpr RecordRow basic[] = {
    {{0x01, b, 0x10, "identification_code"}, {}, 1, {}, 0, card},
    {{0x02, an, 0x01, "card_class"}, {}, 1, {}, 0, card},
    {{0x03, an, 0x04, "version"}, {}, 1, {}, 0, card},
    {{0x04, cn, 0x0C, "organisation"}, {}, 1, {}, 0, card},
    {{0x05, cn, 0x04, "issued_on"}, {}, 1, {}, 0, card},
    {{0x06, cn, 0x04, "valid_to"}, {}, 1, {}, 0, card},
    {{0x07, an, 0x09, "card_number"}},
};
constexpr RecordRow holder_rows[] = {
    {{0x08, an, 0x12, "social_security_number"}},
    {{0x09, an, 0x1E, "name"}},
    {{0x4E, an, 0x14, "name_extension"}, {}, 1, v2},
    {{0x0A, an, 0x01, "sex"}},
    {{0x0B, cn, 0x01, "nation"}},
    {{0x0C, cn, 0x03, "birth_place"}},
    {{0x0D, cn, 0x04, "birth_date"}},
};
constexpr RecordRow person_id[] = {{{0xEA, an, 0x0C, "person_id"}}};
constexpr RecordRow first_area[] = {{{0xEB, cn, 0x03, "first_issue_area"}}};
constexpr FileRow ssse[] = {
    {0xEF05, "basic", tagged, basic},
    {0xEF06, "holder", tagged, holder_rows},
    {0xEF07, "fingerprint", transparent, {}, {}, 400},
    {0xEF08, "photo", transparent, {}, {}, 1000, v2},
    {0xEF0C, "person_id", tagged, person_id, {}, 0, v3},
    {0xEF0D, "first_issue_area", tagged, first_area, {}, 0, v3},
};

// ---- DF01: public ----
constexpr std::uint8_t address_of_v1 = 0x3E;
constexpr FieldRow degree[] = {{0x57, an, 0x03}, {0x58, cn, 0x03}, {0x59, an, 0x28}};
constexpr RecordRow household[] = {{{0x20, an, 0x02, "household_kind"}}, {{0x21, an, 0x50, "household_address"}, {}, 1, {}, address_of_v1}, {{0x0E, cn, 0x03}}};
constexpr RecordRow residence[] = {{{0x23, an, 0x50, "address"}, {}, 1, {}, address_of_v1}, {{0x24, cn, 0x03, "area"}}, {{0x28, an, 0x0F, "phone"}}, {{0x2C, an, 0x32}}, {{0x2D, an, 0x0F}}};
constexpr RecordRow personal[] = {{{0x29, an, 0x01}}, {{0x2A, cn, 0x01}}};
constexpr RecordRow marital[] = {{{0x2B, an, 0x01, "marital_status"}}};
constexpr RecordRow employer[] = {{{0x2E, an, 0x46, "employer"}}, {{0x30, an, 0x09}}, {{0x32, an, 0x02}}};
constexpr RecordRow nationality[] = {{{0x37, an, 0x03, "nationality"}}, {{0x38, an, 0x02}}, {{0x39, cn, 0x04}}};
constexpr RecordRow education[] = {{{0x2A, cn, 0x01}}, {{0x40, group, 0x34}, degree, 3}};
constexpr FileRow df01[] = {
    {0xEF05, "household", tagged, household},      {0xEF06, "residence", tagged, residence},
    {0xEF07, "personal_status", tagged, personal}, {0xEF08, "marital_status", tagged, marital},
    {0xEF09, "employer", tagged, employer},        {0xEF0A, "nationality", tagged, nationality},
    {0xEF15, "education", tagged, education},      {0xEF16, "reserve_1", transparent, {}, {}, 128},
    {0xEF17, "reserve_2", transparent, {}, {}, 128}, {0xEF18, "reserve_3", transparent, {}, {}, 128},
    {0xEF19, "reserve_4", transparent, {}, {}, 128}, {0xEF1A, "reserve_5", transparent, {}, {}, 128},
};

// ---- DF02: employment ----
constexpr FieldRow skill_level[] = {{0x5A, an, 0x07}, {0x5B, an, 0x01}, {0x5C, an, 0x46}, {0x5D, cn, 0x04}, {0x5E, an, 0x10}};
constexpr FieldRow profession[] = {{0x33, an, 0x03}, {0x34, an, 0x46}, {0x35, cn, 0x04}, {0x36, an, 0x10}};
constexpr FieldRow aid_given[] = {{0x10, an, 0x03}, {0x11, cn, 0x04}, {0x12, cn, 0x03}};
constexpr RecordRow skills[] = {{{0x42, an, 0x03}}, {{0x41, an, 0x03}}, {{0x43, group, 0x6C}, skill_level, 2}, {{0x44, group, 0x65}, profession, 2}};
constexpr RecordRow employment[] = {{{0x4C, cn, 0x04}}, {{0x4B, an, 0x05}}, {{0x4D, cn, 0x03}}, {{0x60, cn, 0x04}}, {{0x4F, an, 0x06}}, {{0x50, cn, 0x03}}, {{0x3A, an, 0x07}}};
constexpr RecordRow registration[] = {{{0x55, an, 0x10}}, {{0x56, an, 0x46}}, {{0x96, cn, 0x04}}, {{0x97, cn, 0x03}}};
constexpr RecordRow aid_rows[] = {{{0x99, group, 0x10}, aid_given, 4}, {{0x0F, cn, 0x04}}, {{0x1F, cn, 0x03}}};
constexpr FieldRow employment_record[] = {{0, an, 0x07}, {0, cn, 0x04}, {0, cn, 0x04}, {0, an, 0x46}};
constexpr FieldRow policy_record[] = {{0, an, 0x03}, {0, cn, 0x04}, {0, cn, 0x04}, {0, cn, 0x04}, {0, cn, 0x03}};
constexpr FileRow df02[] = {
    {0xEF05, "occupation", tagged, skills},
    {0xEF06, "employment_status", tagged, employment},
    {0xEF07, "employment_record", cyclic, {}, employment_record, 4},
    {0xEF09, "employment_register", tagged, registration},
    {0xEF15, "aid", tagged, aid_rows},
    {0xEF16, "policy", cyclic, {}, policy_record, 4},
};

// ---- DF03: insurance ----
constexpr FieldRow assessment[] = {{0x13, an, 0x02}, {0x14, an, 0x01}, {0x15, an, 0x14}, {0x16, cn, 0x04}, {0x17, an, 0x3C}};
constexpr FieldRow payment[] = {{0x18, an, 0x03}, {0x19, cn, 0x03}, {0x1A, cn, 0x04}, {0x1B, cn, 0x04}, {0x1C, number, 0x04}, {0x1D, an, 0x03}, {0x1E, cn, 0x04}};
constexpr RecordRow unemployment[] = {{{0x61, cn, 0x03}}, {{0x60, cn, 0x04}}, {{0x98, cn, 0x04}}, {{0x62, cn, 0x04}}, {{0x63, an, 0x03}}, {{0x64, an, 0x03}}, {{0x65, an, 0x03}}, {{0x66, an, 0x03}}};
constexpr RecordRow capacity[] = {{{0x45, an, 0x14}}, {{0x46, an, 0x02}}, {{0x47, an, 0x02}}, {{0x48, an, 0x01}}, {{0x49, an, 0x01}}, {{0x67, cn, 0x04}}, {{0x6B, an, 0x3C}}, {{0x4A, group, 0x61}, assessment, 3}};
constexpr RecordRow pension[] = {{{0x70, an, 0x03}}, {{0x71, cn, 0x03}}, {{0x6E, cn, 0x04}}, {{0x6C, cn, 0x04}}, {{0x6F, cn, 0x04}}, {{0x73, cn, 0x04}}};
constexpr RecordRow injury[] = {{{0x7A, cn, 0x03}}, {{0x7B, cn, 0x04}}, {{0x7C, cn, 0x04}}};
constexpr RecordRow maternity[] = {{{0x51, cn, 0x03}}, {{0x5F, an, 0x01}}};
constexpr RecordRow df03_ef17[] = {{{0x3B, an, 0x14}}, {{0x3C, an, 0x46}}, {{0x3D, an, 0x01}}, {{0x3E, cn, 0x04}}, {{0x3F, an, 0x3C}}};
constexpr RecordRow df03_ef18[] = {{{0x74, an, 0x03}}, {{0x75, cn, 0x03}}, {{0x76, cn, 0x01}}, {{0x77, cn, 0x04}}, {{0x78, cn, 0x04}}};
constexpr RecordRow df03_ef19[] = {{{0x79, group, 0x27}, payment, 4}, {{0x75, cn, 0x03}}, {{0x76, cn, 0x01}}, {{0x77, cn, 0x04}}, {{0x78, cn, 0x04}}};
constexpr FileRow df03[] = {
    {0xEF05, "unemployment", tagged, unemployment}, {0xEF06, "work_capacity", tagged, capacity}, {0xEF07, "pension", tagged, pension},
    {0xEF15, "work_injury", tagged, injury},        {0xEF16, "maternity", tagged, maternity},    {0xEF17, "", tagged, df03_ef17},
    {0xEF18, "", tagged, df03_ef18},                {0xEF19, "", tagged, df03_ef19},
};

// ---- DF04: medical ----
constexpr RecordRow medical[] = {{{0x81, an, 0x08}}, {{0x84, cn, 0x03}}, {{0x87, an, 0x11}}, {{0x8C, cn, 0x01}}, {{0x80, cn, 0x04}}, {{0x8B, an, 0x1D}}, {{0x8A, an, 0x0F}}, {{0x83, an, 0x09}},
                                 {{0x86, an, 0x09}}, {{0x89, an, 0x09}}, {{0x7D, an, 0x09}}, {{0x7E, an, 0x09}}, {{0x7F, an, 0x09}}, {{0x8D, an, 0x09}}, {{0x8E, an, 0x09}}, {{0x8F, an, 0x01}}};
constexpr RecordRow purse[] = {{{0x90, an, 0x01}}, {{0x92, number, 0x04}}, {{0x93, an, 0x02}}};
constexpr FieldRow debit[] = {{0, b, 0x02}, {0, an, 0x01}, {0, cn, 0x06}, {0, cn, 0x07}, {0, number, 0x04}, {0, number, 0x04}, {0, number, 0x04}};
constexpr FieldRow df04_ef15[] = {{0, b, 0x02}, {0, an, 0x01}};
constexpr FileRow df04[] = {
    {0xEF05, "medical_base", tagged, medical},
    {0xEF06, "medical_purse", tagged, purse},
    {0xEF08, "debit_log", cyclic, {}, debit, 30},
    {0xEF15, "", cyclic, {}, df04_ef15, 8},
};

// ---- DF07 ----
constexpr RecordRow df07_ef05[] = {{{0xF0, an, 0x02}}, {{0xF1, an, 0x01}}, {{0xF2, cn, 0x04}}, {{0xF3, an, 0x03}}, {{0xF4, cn, 0x04}}};
constexpr RecordRow df07_ef06[] = {{{0xF5, an, 0x03}}, {{0xF6, cn, 0x04}}, {{0xF7, an, 0x46}}};
constexpr RecordRow df07_ef07[] = {{{0xF8, cn, 0x04}}, {{0xF9, an, 0x01}}};
constexpr FileRow df07[] = {{0xEF05, "", tagged, df07_ef05}, {0xEF06, "", tagged, df07_ef06}, {0xEF07, "", tagged, df07_ef07}};

// ---- ACSE: our convention ----
constexpr FileRow acse[] = {
    {0xEF15, "signature_certificate", transparent, {}, {}, 2048},
    {0xEF16, "encryption_certificate", transparent, {}, {}, 2048},
    {0xEF17, "encrypted_private_key", transparent, {}, {}, 2048},
    {0xEF18, "signature_public_key", transparent, {}, {}, 65},
};

constexpr DirectoryRow directory_rows[] = {
    {"SSSE", "7378312E73682EC9E7BBE1B1A3D5CF", ssse},
    {"DF01", "D15600000500", df01},
    {"DF02", "D15600000501", df02},
    {"DF03", "D15600000502", df03},
    {"DF04", "D15600000503", df04},
    {"DF07", "D15600000507", df07},  // low confidence
    {"ACSE", "D15600000506", acse},  // low confidence
};

struct KeyRow {
    std::string_view name;
    std::uint8_t kid;
};
constexpr KeyRow keys[] = {
    {"RK_SSSE", 0x0A},      {"PIN_SSSE", 0x10},     {"UK_SSSE", 0x12},      {"RK_DF01", 0x2E},      {"UK_DF01_EF05", 0x42}, {"UK_DF01_EF06", 0x25}, {"UK_DF01_EF07", 0x43}, {"UK_DF01_EF08", 0x24},
    {"UK_DF01_EF0A", 0x42}, {"RK_DF02", 0x35},      {"RK_DF03_EF05", 0x2C}, {"RK_DF03", 0x2B},      {"RK_DF04", 0x2D},      {"RK_DF07_EF05", 0x3D}, {"RK_DF07_EF06", 0x3F}, {"RK_DF07_EF07", 0xB1},
};

// ---- proofs ----
constexpr std::size_t max_value_bytes = 253;  // tag, length and value fit one command

constexpr std::size_t tlv_sum(std::span<const FieldRow> inner) {
    std::size_t sum = 0;
    for (const auto& f : inner) sum += 2u + f.length;
    return sum;
}
constexpr bool tags_differ(std::span<const FieldRow> fields) {
    for (std::size_t i = 0; i < fields.size(); ++i)
        for (std::size_t j = i + 1; j < fields.size(); ++j)
            if (fields[i].tag == fields[j].tag) return false;
    return true;
}
constexpr bool sound(const RecordRow& row) {
    const auto& f = row.field;
    if (f.tag == 0 || f.length == 0 || f.length > max_value_bytes || row.groups == 0 || row.length_of_v1 > max_value_bytes) return false;
    if (f.type != group) return row.inner.empty() && row.groups == 1;
    return !row.inner.empty() && tlv_sum(row.inner) == f.length && tags_differ(row.inner);
}
constexpr bool sound(const FileRow& file) {
    if ((file.kind == tagged) == file.records.empty() || (file.kind == cyclic) == file.fields.empty() || (file.kind == tagged) != (file.size == 0)) return false;
    for (std::size_t i = 0; i < file.records.size(); ++i) {
        if (!sound(file.records[i])) return false;
        for (std::size_t j = i + 1; j < file.records.size(); ++j)
            if (file.records[i].field.tag == file.records[j].field.tag) return false;
    }
    return file.id >> 8 == 0xEF && (file.id & 0xFF) <= 0x1E;  // the low byte is a short file id too
}
constexpr bool sound(const DirectoryRow& directory) {
    for (std::size_t i = 0; i < directory.files.size(); ++i) {
        if (!sound(directory.files[i])) return false;
        for (std::size_t j = i + 1; j < directory.files.size(); ++j)
            if (directory.files[i].id == directory.files[j].id) return false;
    }
    return directory.aid.size() == 12 || directory.aid.size() == 30;
}
constexpr bool all_sound() {
    for (std::size_t i = 0; i < std::size(directory_rows); ++i) {
        if (!sound(directory_rows[i])) return false;
        for (std::size_t j = i + 1; j < std::size(directory_rows); ++j)
            if (directory_rows[i].aid == directory_rows[j].aid || directory_rows[i].name == directory_rows[j].name) return false;
    }
    for (std::size_t i = 0; i < std::size(keys); ++i)
        for (std::size_t j = i + 1; j < std::size(keys); ++j)
            if (keys[i].name == keys[j].name) return false;
    return true;
}
static_assert(all_sound(), "a tag, a file, an AID or a key stands twice, or lengths do not add up");
}  // namespace

std::span<const DirectoryRow> directories() { return directory_rows; }

const DirectoryRow* find_directory(std::string_view name) {
    const auto* found = std::ranges::find(directory_rows, name, &DirectoryRow::name);
    return found == std::end(directory_rows) ? nullptr : found;
}

const FileRow* find_file(const DirectoryRow& directory, std::uint16_t id) {
    const auto found = std::ranges::find(directory.files, id, &FileRow::id);
    return found == directory.files.end() ? nullptr : &*found;
}

const RecordRow* find_record(const FileRow& file, std::uint8_t tag) {
    const auto found = std::ranges::find_if(file.records, [tag](const RecordRow& row) { return row.field.tag == tag; });
    return found == file.records.end() ? nullptr : &*found;
}

std::size_t record_size(const FileRow& file) {
    std::size_t sum = 0;
    for (const auto& f : file.fields) sum += f.length;
    return sum;
}

std::optional<std::uint8_t> kid_of(std::string_view key) {
    const auto* found = std::ranges::find(keys, key, &KeyRow::name);
    return found == std::end(keys) ? std::nullopt : std::optional{found->kid};
}

std::string label(std::uint16_t file, std::uint8_t tag) { return fmt::format("{:04X} tag {:02X}", file, tag); }

}  // namespace drivers::chip
