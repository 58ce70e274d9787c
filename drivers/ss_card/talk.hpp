// The few exchanges from which every conversation with the card is made. For this room only.
#pragma once
#include "drivers/apdu.hpp"
#include "drivers/ss_card/tables.hpp"

namespace drivers::chip {

/// Time of one command on a card that works: writing a record takes some 20 ms, an authentication some 200 ms.
inline constexpr Duration command_limit = std::chrono::seconds{3};
inline constexpr std::size_t identification_bytes = 16, challenge_bytes = 8, cryptogram_bytes = 16;

/// The command's answer when its status word is 9000, the step's fault otherwise.
awaitable<Result<Bytes>> demand(CardReader& reader, Bytes apdu, Duration limit, std::string step);
/// Selects the SSSE environment and gives its answer; chip_mismatch when the card has none.
awaitable<Result<Bytes>> select_ssse(CardReader& reader, Duration limit);
/// Selects a directory of the card by its AID; false when the card has none.
awaitable<Result<bool>> select_directory(CardReader& reader, const DirectoryRow& directory, Duration limit);
awaitable<Result<void>> select_file(CardReader& reader, std::uint16_t file, Duration limit);
awaitable<Result<Bytes>> get_challenge(CardReader& reader, Duration limit);

/// 00 88 00 00 10 process original: the card's 8 bytes; chip_mismatch for another length.
awaitable<Result<Bytes>> internal_authenticate(CardReader& reader, Bytes process8, Bytes original8, Duration limit);

enum class Occurrence : std::uint8_t { first = 0x00, next = 0x02 };  ///< P2 of READ RECORD by tag

/// What READ RECORD by tag said. `value` only with 9000.
struct RecordAnswer {
    std::uint16_t sw = 0;
    Bytes value;
};
/// One record of the selected file. chip_mismatch when an answer with 9000 is no record of that tag.
awaitable<Result<RecordAnswer>> ask_record(CardReader& reader, std::uint16_t file, std::uint8_t tag, std::size_t size, Occurrence which, Duration limit);
/// The value of one record of the selected file; empty when the card has no such record.
awaitable<Result<Bytes>> read_record(CardReader& reader, std::uint16_t file, std::uint8_t tag, std::size_t size, Duration limit);

}  // namespace drivers::chip
