// The tables of social-security-card-files.md (lengths hexadecimal as there) with the access rules and key ids of -commands.md. Meanings are the driver's concern.
#include "sim/models/social_security_card_files.hpp"

#include "sim/models/answer.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace sim::card_files {
namespace {

constexpr int dir(Directory d, int ef) { return file_in(d, ef); }
using D = Directory;

// ---- SSSE ----
constexpr Tag basic[] = {{0x01, 0x10}, {0x02, 0x01}, {0x03, 0x04}, {0x04, 0x0C}, {0x05, 0x04}, {0x06, 0x04}, {0x07, 0x09}};
constexpr Tag holder[] = {{0x08, 0x12}, {0x09, 0x1E}, {0x4E, 0x14}, {0x0A, 0x01}, {0x0B, 0x01}, {0x0C, 0x03}, {0x0D, 0x04}};
constexpr Tag person_id[] = {{0xEA, 0x0C}};
constexpr Tag first_area[] = {{0xEB, 0x03}};
// ---- DF01 ----
constexpr Tag household[] = {{0x20, 0x02}, {0x21, 0x50}, {0x0E, 0x03}};
constexpr Tag residence[] = {{0x23, 0x50}, {0x24, 0x03}, {0x28, 0x0F}, {0x2C, 0x32}, {0x2D, 0x0F}};
constexpr Tag personal[] = {{0x29, 0x01}, {0x2A, 0x01}};
constexpr Tag marital[] = {{0x2B, 0x01}};
constexpr Tag employer[] = {{0x2E, 0x46}, {0x30, 0x09}, {0x32, 0x02}};
constexpr Tag nationality[] = {{0x37, 0x03}, {0x38, 0x02}, {0x39, 0x04}};
constexpr Tag education[] = {{0x2A, 0x01}, {0x40, 0x34, 3}};
// ---- DF02 ----
constexpr Tag skill[] = {{0x42, 0x03}, {0x41, 0x03}, {0x43, 0x6C, 2}, {0x44, 0x65, 2}};
constexpr Tag employment[] = {{0x4C, 0x04}, {0x4B, 0x05}, {0x4D, 0x03}, {0x60, 0x04}, {0x4F, 0x06}, {0x50, 0x03}, {0x3A, 0x07}};
constexpr Tag registration[] = {{0x55, 0x10}, {0x56, 0x46}, {0x96, 0x04}, {0x97, 0x03}};
constexpr Tag aid_record[] = {{0x99, 0x10, 4}, {0x0F, 0x04}, {0x1F, 0x03}};
// ---- DF03 ----
constexpr Tag unemployment[] = {{0x61, 0x03}, {0x60, 0x04}, {0x98, 0x04}, {0x62, 0x04}, {0x63, 0x03}, {0x64, 0x03}, {0x65, 0x03}, {0x66, 0x03}};
constexpr Tag capacity[] = {{0x45, 0x14}, {0x46, 0x02}, {0x47, 0x02}, {0x48, 0x01}, {0x49, 0x01}, {0x67, 0x04}, {0x6B, 0x3C}, {0x4A, 0x61, 3}};
constexpr Tag pension[] = {{0x70, 0x03}, {0x71, 0x03}, {0x6E, 0x04}, {0x6C, 0x04}, {0x6F, 0x04}, {0x73, 0x04}};
constexpr Tag injury[] = {{0x7A, 0x03}, {0x7B, 0x04}, {0x7C, 0x04}};
constexpr Tag maternity[] = {{0x51, 0x03}, {0x5F, 0x01}};
constexpr Tag df03_ef17[] = {{0x3B, 0x14}, {0x3C, 0x46}, {0x3D, 0x01}, {0x3E, 0x04}, {0x3F, 0x3C}};
constexpr Tag df03_ef18[] = {{0x74, 0x03}, {0x75, 0x03}, {0x76, 0x01}, {0x77, 0x04}, {0x78, 0x04}};
constexpr Tag df03_ef19[] = {{0x79, 0x27, 4}, {0x75, 0x03}, {0x76, 0x01}, {0x77, 0x04}, {0x78, 0x04}};
// ---- DF04 ----
constexpr Tag medical[] = {{0x81, 0x08}, {0x84, 0x03}, {0x87, 0x11}, {0x8C, 0x01}, {0x80, 0x04}, {0x8B, 0x1D}, {0x8A, 0x0F}, {0x83, 0x09},
                           {0x86, 0x09}, {0x89, 0x09}, {0x7D, 0x09}, {0x7E, 0x09}, {0x7F, 0x09}, {0x8D, 0x09}, {0x8E, 0x09}, {0x8F, 0x01}};
constexpr Tag purse[] = {{0x90, 0x01}, {0x92, 0x04}, {0x93, 0x02}};
// ---- DF07 ----
constexpr Tag df07_ef05[] = {{0xF0, 0x02}, {0xF1, 0x01}, {0xF2, 0x04}, {0xF3, 0x03}, {0xF4, 0x04}};
constexpr Tag df07_ef06[] = {{0xF5, 0x03}, {0xF6, 0x04}, {0xF7, 0x46}};
constexpr Tag df07_ef07[] = {{0xF8, 0x04}, {0xF9, 0x01}};

constexpr File files[] = {
    {dir(D::ssse, 0xEF05), Kind::tagged, Read::free, rk_ssse, uk_ssse, basic},  // generation 3.00: see SocialSecurityCard::may_read
    {dir(D::ssse, 0xEF06), Kind::tagged, Read::free, rk_ssse, uk_ssse, holder},
    {dir(D::ssse, 0xEF07), Kind::transparent, Read::key, rk_ssse, uk_ssse, {}, 400},
    {dir(D::ssse, 0xEF08), Kind::transparent, Read::key, rk_ssse, uk_ssse, {}, 1000, 0, CardGeneration::v2_00},
    {dir(D::ssse, 0xEF0C), Kind::tagged, Read::key, rk_ssse, uk_ssse, person_id, 0, 0, CardGeneration::v3_00},
    {dir(D::ssse, 0xEF0D), Kind::tagged, Read::key, rk_ssse, uk_ssse, first_area, 0, 0, CardGeneration::v3_00},

    {dir(D::df01, 0xEF05), Kind::tagged, Read::pin_or_key, 0x2E, 0x42, household},
    {dir(D::df01, 0xEF06), Kind::tagged, Read::pin_or_key, 0x2E, 0x25, residence},
    {dir(D::df01, 0xEF07), Kind::tagged, Read::pin_or_key, 0x2E, 0x43, personal},
    {dir(D::df01, 0xEF08), Kind::tagged, Read::pin_or_key, 0x2E, 0x24, marital},
    {dir(D::df01, 0xEF09), Kind::tagged, Read::pin_or_key, 0x2E, no_key, employer},
    {dir(D::df01, 0xEF0A), Kind::tagged, Read::pin_or_key, 0x2E, 0x42, nationality},
    {dir(D::df01, 0xEF15), Kind::tagged, Read::pin_or_key, 0x2E, no_key, education},
    {dir(D::df01, 0xEF16), Kind::transparent, Read::free, no_key, no_key, {}, 128},
    {dir(D::df01, 0xEF17), Kind::transparent, Read::free, no_key, no_key, {}, 128},
    {dir(D::df01, 0xEF18), Kind::transparent, Read::free, no_key, no_key, {}, 128},
    {dir(D::df01, 0xEF19), Kind::transparent, Read::free, no_key, no_key, {}, 128},
    {dir(D::df01, 0xEF1A), Kind::transparent, Read::free, no_key, no_key, {}, 128},

    {dir(D::df02, 0xEF05), Kind::tagged, Read::pin_or_key, 0x35, no_key, skill},
    {dir(D::df02, 0xEF06), Kind::tagged, Read::pin_or_key, 0x35, no_key, employment},
    {dir(D::df02, 0xEF07), Kind::cyclic, Read::pin_or_key, 0x35, no_key, {}, 0x07 + 4 + 4 + 0x46, 4},
    {dir(D::df02, 0xEF09), Kind::tagged, Read::pin_or_key, 0x35, no_key, registration},
    {dir(D::df02, 0xEF15), Kind::tagged, Read::pin_or_key, 0x35, no_key, aid_record},
    {dir(D::df02, 0xEF16), Kind::cyclic, Read::pin_or_key, 0x35, no_key, {}, 3 + 4 + 4 + 4 + 3, 4},

    {dir(D::df03, 0xEF05), Kind::tagged, Read::pin_or_key, 0x2C, no_key, unemployment},
    {dir(D::df03, 0xEF06), Kind::tagged, Read::pin_or_key, 0x2B, no_key, capacity},
    {dir(D::df03, 0xEF07), Kind::tagged, Read::pin_or_key, 0x2B, no_key, pension},
    {dir(D::df03, 0xEF15), Kind::tagged, Read::pin_or_key, 0x2B, no_key, injury},
    {dir(D::df03, 0xEF16), Kind::tagged, Read::pin_or_key, 0x2B, no_key, maternity},
    {dir(D::df03, 0xEF17), Kind::tagged, Read::pin_or_key, 0x2B, no_key, df03_ef17},
    {dir(D::df03, 0xEF18), Kind::tagged, Read::pin_or_key, 0x2B, no_key, df03_ef18},
    {dir(D::df03, 0xEF19), Kind::tagged, Read::pin_or_key, 0x2B, no_key, df03_ef19},

    {dir(D::df04, 0xEF05), Kind::tagged, Read::pin_or_key, 0x2D, no_key, medical},
    {dir(D::df04, 0xEF06), Kind::tagged, Read::pin_and_key, 0x2D, no_key, purse},
    {dir(D::df04, 0xEF08), Kind::cyclic, Read::pin_or_key, 0x2D, no_key, {}, 2 + 1 + 6 + 7 + 4 + 4 + 4, 30},
    {dir(D::df04, 0xEF15), Kind::cyclic, Read::pin_or_key, 0x2D, no_key, {}, 2 + 1, 8},

    {dir(D::df07, 0xEF05), Kind::tagged, Read::key, 0x3D, no_key, df07_ef05},
    {dir(D::df07, 0xEF06), Kind::tagged, Read::key, 0x3F, no_key, df07_ef06},
    {dir(D::df07, 0xEF07), Kind::tagged, Read::key, 0xB1, no_key, df07_ef07},

    {dir(D::acse, 0xEF15), Kind::transparent, Read::free, no_key, uk_ssse, {}, 2048},
    {dir(D::acse, 0xEF16), Kind::transparent, Read::free, no_key, uk_ssse, {}, 2048},
    {dir(D::acse, 0xEF17), Kind::transparent, Read::free, no_key, uk_ssse, {}, 2048},
    {dir(D::acse, 0xEF18), Kind::transparent, Read::free, no_key, no_key, {}, 65},
};

struct Name {
    Directory directory;
    int last;  ///< of D1 56 00 00 05 xx
};
constexpr std::array names = {Name{D::df01, 0x00}, Name{D::df02, 0x01}, Name{D::df03, 0x02}, Name{D::df04, 0x03}, Name{D::df07, 0x07}, Name{D::acse, 0x06}};

}  // namespace

std::span<const File> all() { return files; }

const File* find(CardGeneration generation, int id) {
    const auto found = std::ranges::find(files, id, &File::id);
    return found == std::end(files) || found->since > generation ? nullptr : &*found;
}

std::optional<Tag> find_tag(CardGeneration generation, int id, int tag) {
    const File* file = find(generation, id);
    if (!file) return std::nullopt;
    const auto found = std::ranges::find(file->tags, tag, &Tag::tag);
    if (found == file->tags.end()) return std::nullopt;
    Tag out = *found;
    if (generation == CardGeneration::v1_00) {
        constexpr int address_of_v1 = 0x3E;
        if (tag == 0x4E) return std::nullopt;  // names had no extension yet
        if (id == dir(D::df01, 0xEF05) && tag == 0x21) out.length = address_of_v1;
        if (id == dir(D::df01, 0xEF06) && tag == 0x23) out.length = address_of_v1;
    }
    return out;
}

int size_of(CardGeneration generation, const File& file) {
    constexpr int fingerprint_of_v1 = 300;
    return generation == CardGeneration::v1_00 && file.id == dir(D::ssse, 0xEF07) ? fingerprint_of_v1 : file.size;
}

Bytes aid_of(Directory directory) {
    if (directory == D::ssse) return bytes_of({0x73, 0x78, 0x31, 0x2E, 0x73, 0x68, 0x2E, 0xC9, 0xE7, 0xBB, 0xE1, 0xB1, 0xA3, 0xD5, 0xCF});
    const auto found = std::ranges::find(names, directory, &Name::directory);
    return bytes_of({0xD1, 0x56, 0x00, 0x00, 0x05, found->last});
}

std::optional<Directory> directory_of(View aid) {
    if (std::ranges::equal(aid, aid_of(D::ssse))) return D::ssse;
    for (const auto& name : names)
        if (std::ranges::equal(aid, aid_of(name.directory))) return name.directory;
    return std::nullopt;
}

bool knows_key(CardGeneration generation, Directory directory, int kid) {
    if (directory == D::ssse && kid == pin_ssse) return true;
    return kid != no_key && std::ranges::any_of(files, [&](const File& file) {
        return file.id >> 16 == static_cast<int>(directory) && file.since <= generation && (file.read_key == kid || file.write_key == kid);
    });
}

std::string name_of(int id) {
    const auto directory = static_cast<Directory>(id >> 16);
    const auto file = fmt::format("{:04X}", id & 0xFFFF);
    if (directory == D::ssse) return file;
    return directory == D::acse ? "ACSE/" + file : fmt::format("DF{:02X}/{}", id >> 16, file);
}

}  // namespace sim::card_files
