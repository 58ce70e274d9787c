// Selecting, reading and asking, each one command with its own clear fault (facts: social-security-card-commands.md).
#include "drivers/ss_card/talk.hpp"

#include "drivers/ss_card/status.hpp"

namespace drivers::chip {

awaitable<Result<Bytes>> demand(CardReader& reader, Bytes apdu, Duration limit, std::string step) {
    auto answer = co_await ask_card(reader, std::move(apdu), limit);
    if (!answer) co_return std::unexpected(answer.error());
    if (!answer->ok()) co_return std::unexpected(status_fault(answer->sw, step));
    co_return std::move(answer->data);
}

namespace {
awaitable<Result<Answer>> select_name(CardReader& reader, std::string_view aid, Duration limit) {
    const auto name = from_hex(aid).value();
    co_return co_await ask_card(reader, command(0x00, 0xA4, 0x04, 0x00, name), limit);
}
}  // namespace

awaitable<Result<Bytes>> select_ssse(CardReader& reader, Duration limit) {
    auto answer = co_await select_name(reader, find_directory("SSSE")->aid, limit);
    if (!answer) co_return std::unexpected(answer.error());
    if (!answer->ok()) co_return fail(FaultCode::chip_mismatch, fmt::format("no social security card: SELECT {:04X}", answer->sw));
    co_return std::move(answer->data);
}

awaitable<Result<bool>> select_directory(CardReader& reader, const DirectoryRow& directory, Duration limit) {
    const auto answer = co_await select_name(reader, directory.aid, limit);
    if (!answer) co_return std::unexpected(answer.error());
    if (not_there(answer->sw)) co_return false;
    if (!answer->ok()) co_return std::unexpected(status_fault(answer->sw, fmt::format("SELECT {}", directory.name)));
    co_return true;
}

awaitable<Result<void>> select_file(CardReader& reader, std::uint16_t file, Duration limit) {
    const std::byte id[] = {static_cast<std::byte>(file >> 8), static_cast<std::byte>(file)};
    const auto answer = co_await demand(reader, command(0x00, 0xA4, 0x02, 0x00, id), limit, fmt::format("SELECT {:04X}", file));
    if (!answer) co_return std::unexpected(answer.error());
    co_return Result<void>{};
}

awaitable<Result<Bytes>> get_challenge(CardReader& reader, Duration limit) {
    auto random = co_await demand(reader, command(0x00, 0x84, 0x00, 0x00, {}, challenge_bytes), limit, "GET CHALLENGE");
    if (random && random->size() != challenge_bytes) co_return fail(FaultCode::chip_refused, "GET CHALLENGE: another length");
    co_return random;
}

awaitable<Result<Bytes>> internal_authenticate(CardReader& reader, Bytes process8, Bytes original8, Duration limit) {
    process8.insert(process8.end(), original8.begin(), original8.end());
    auto proof = co_await demand(reader, command(0x00, 0x88, 0x00, 0x00, process8, 0x00), limit, "INTERNAL AUTHENTICATE");
    if (proof && proof->size() != challenge_bytes) co_return fail(FaultCode::chip_mismatch, "INTERNAL AUTHENTICATE: another length");
    co_return proof;
}

awaitable<Result<RecordAnswer>> ask_record(CardReader& reader, std::uint16_t file, std::uint8_t tag, std::size_t size, Occurrence which, Duration limit) {
    auto answer = co_await ask_card(reader, command(0x00, 0xB2, tag, static_cast<std::uint8_t>(which), {}, static_cast<std::uint8_t>(size + 2)), limit);
    if (!answer) co_return std::unexpected(answer.error());
    RecordAnswer out{answer->sw, {}};
    if (!answer->ok()) co_return out;
    const View data = answer->data;
    const bool record = data.size() >= 2 && u8(data[0]) == tag && u8(data[1]) == data.size() - 2;
    if (record) out.value = to_bytes(data.subspan(2));
    wipe(answer->data);
    if (!record) co_return fail(FaultCode::chip_mismatch, label(file, tag) + ": no record");
    co_return out;
}

awaitable<Result<Bytes>> read_record(CardReader& reader, std::uint16_t file, std::uint8_t tag, std::size_t size, Duration limit) {
    auto answer = co_await ask_record(reader, file, tag, size, Occurrence::first, limit);
    if (!answer) co_return std::unexpected(answer.error());
    if (answer->sw == 0x9000) co_return std::move(answer->value);
    if (not_there(answer->sw)) co_return Bytes{};
    co_return std::unexpected(status_fault(answer->sw, "READ " + label(file, tag)));
}

}  // namespace drivers::chip
