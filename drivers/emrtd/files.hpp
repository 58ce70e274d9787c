// The files of a passport's chip and reading one of them in bounded pieces (ICAO 9303-10, 9303-11).
#pragma once
#include "drivers/emrtd/channel.hpp"

namespace drivers::emrtd {

/// File identifiers.
enum class File : std::uint16_t {
    card_access = 0x011C, com = 0x011E, sod = 0x011D,
    dg1 = 0x0101, dg2 = 0x0102, dg11 = 0x010B, dg12 = 0x010C, dg14 = 0x010E, dg15 = 0x010F,
};

/// READ BINARY with an even INS reaches offsets below 32768; a DG2 has 12,000 to 20,000 bytes.
inline constexpr std::size_t max_file_bytes = 32768;
/// A chip that gives less than 64 bytes a time is called mad.
inline constexpr int max_file_chunks = 512;

/// SELECT by DF name of the passport application. document_not_supported when the card has none.
awaitable<Result<void>> select_application(Channel& channel, Duration limit);
/// Selects and reads; nothing inside when the chip says that it has no such file (or does not show it). The whole file, its
/// tag and length as the content says. `limit` is of each command, at most max_file_chunks + 2 of them; a reader of whole documents
/// puts within() around. document_unreadable for a wrong tag, a length above max_file_bytes, chunks that are empty,
/// longer than asked for, or too many.
awaitable<Result<std::optional<Bytes>>> read_file(Channel& channel, File file, Duration limit);

}  // namespace drivers::emrtd
