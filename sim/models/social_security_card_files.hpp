// What lies on the card of each generation: directories, files, records, who may read and write them. Data only; for the card model alone.
#pragma once
#include "sim/models/social_security_card.hpp"

#include <span>

namespace sim::card_files {

enum class Kind { tagged, cyclic, transparent };
enum class Read { free, key, pin_or_key, pin_and_key };

struct Tag {
    int tag;
    int length;       ///< of one group
    int groups = 1;   ///< occurrences of the tag
};

struct File {
    int id;                       ///< file_in()
    Kind kind;
    Read read;
    int read_key, write_key;      ///< kid; no_key: nobody
    std::span<const Tag> tags = {};
    int size = 0;                 ///< transparent: bytes; cyclic: of one record
    int records = 0;              ///< cyclic
    CardGeneration since = CardGeneration::v1_00;
};

inline constexpr int no_key = -1;

[[nodiscard]] std::span<const File> all();
/// The file as a card of that generation has it; nullptr when it has none.
[[nodiscard]] const File* find(CardGeneration generation, int id);
/// Bytes of a record (of one group) and how often it may stand; nothing when the file has no such record.
[[nodiscard]] std::optional<Tag> find_tag(CardGeneration generation, int id, int tag);
/// Bytes of a transparent file in that generation.
[[nodiscard]] int size_of(CardGeneration generation, const File& file);
/// Application identifier of a directory.
[[nodiscard]] Bytes aid_of(Directory directory);
[[nodiscard]] std::optional<Directory> directory_of(View aid);
/// Every kid that some file of the directory asks for.
[[nodiscard]] bool knows_key(CardGeneration generation, Directory directory, int kid);
/// "EF05" of the SSSE, "DF01/EF05" elsewhere.
[[nodiscard]] std::string name_of(int id);

}  // namespace sim::card_files
