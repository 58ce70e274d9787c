// One session with the chip at the station: identify, authenticate, write, read back; its PIN is next door
// (facts: social-security-card-commands.md). No value and no digit ever stands in a fault.
#include "drivers/ss_card/ss_card.hpp"

#include "drivers/apdu.hpp"
#include "drivers/ss_card/status.hpp"
#include "drivers/ss_card/talk.hpp"
#include "drivers/tlv.hpp"

namespace drivers {

namespace {
using namespace chip;
constexpr std::size_t max_record_bytes = 253;  // tag, length and value fit a command of 255
constexpr std::uint16_t basic_file = 0xEF05, holder_file = 0xEF06;

/// 9F0C 03 86 01 xx of the SELECT answer; 1 (3DES) when the card does not say.
std::uint8_t algorithm_of(View select_answer) {
    if (const auto proprietary = find_tlv(select_answer, 0x9F0C))
        if (const auto id = find_tlv(*proprietary, 0x86); id && id->size() == 1) return u8((*id)[0]);
    return 1;
}

/// Digits of the account number (tag 5A) in a PBOC record; empty when there is none or it is no number.
std::string account_number(View record) {
    const auto pan = find_tlv(record, 0x5A);
    if (!pan) return {};
    auto digits = hex(*pan);
    while (digits.ends_with('F')) digits.pop_back();
    if (!std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; })) return {};
    return digits;
}

awaitable<Result<std::string>> read_bank_number(CardReader& reader, Duration limit) {
    const auto aid = from_hex(pboc_aid_hex).value();
    auto selected = co_await ask_card(reader, command(0x00, 0xA4, 0x04, 0x00, aid, 0x00), limit);
    if (!selected) co_return std::unexpected(selected.error());
    if (!selected->ok()) co_return std::string{};
    constexpr std::uint8_t record = 1, sfi = 1;
    auto answer = co_await ask_card(reader, command(0x00, 0xB2, record, sfi << 3 | 4, {}, 0x00), limit);
    if (!answer) co_return std::unexpected(answer.error());
    if (!answer->ok()) co_return std::string{};
    co_return account_number(answer->data);
}

/// Records of EF05 and EF06 that anybody may read in that generation, into `identity`. The SSSE is selected.
awaitable<Result<void>> read_identity(CardReader& reader, ChipIdentity& identity, Duration limit) {
    if (const auto file = co_await select_file(reader, basic_file, limit); !file) co_return std::unexpected(file.error());
    auto code = co_await read_record(reader, basic_file, 0x01, identification_bytes, limit);
    if (!code) co_return std::unexpected(code.error());
    if (code->size() != identification_bytes) co_return fail(FaultCode::chip_mismatch, label(basic_file, 0x01));
    identity.identification_code = std::move(*code);
    const auto version = co_await read_record(reader, basic_file, 0x03, 4, limit);
    if (!version) co_return std::unexpected(version.error());
    identity.version = unpadded(*version);
    const auto generation = identity.generation();
    if (!generation) co_return fail(FaultCode::chip_mismatch, label(basic_file, 0x03) + ": generation not supported");
    const auto number = co_await read_record(reader, basic_file, 0x07, 9, limit);
    if (!number) co_return std::unexpected(number.error());
    identity.card_number = unpadded(*number);
    if (*generation == Generation::v3_00) co_return Result<void>{};  // its holder is shown after RK_SSSE only
    if (const auto file = co_await select_file(reader, holder_file, limit); !file) co_return std::unexpected(file.error());
    auto holder = co_await read_record(reader, holder_file, 0x08, 18, limit);
    if (!holder) co_return std::unexpected(holder.error());
    identity.social_security_number = unpadded(*holder);
    wipe(*holder);
    co_return Result<void>{};
}

/// The SFI of a file of records in the SSSE, which this floor writes.
std::optional<std::uint8_t> sfi_of(std::uint16_t file) {
    const auto* row = find_file(*find_directory("SSSE"), file);
    if (!row || row->kind != FileKind::tagged) return std::nullopt;
    return static_cast<std::uint8_t>(file & 0x1F);
}
}  // namespace

std::optional<Generation> ChipIdentity::generation() const {
    if (version == "1.00") return Generation::v1_00;
    if (version == "2.00") return Generation::v2_00;
    if (version == "3.00") return Generation::v3_00;
    return std::nullopt;
}

awaitable<Result<ChipIdentity>> ChipSession::identify(Duration limit) {
    ChipIdentity identity;
    auto atr = co_await reader_.connect(limit);
    if (!atr) co_return std::unexpected(atr.error());
    identity.atr = std::move(*atr);
    // The bank's application first, so that the SSSE stays selected for what follows.
    auto bank = co_await read_bank_number(reader_, limit);
    if (!bank) co_return std::unexpected(bank.error());
    identity.bank_number = std::move(*bank);
    const auto selected = co_await select_ssse(reader_, limit);
    if (!selected) co_return std::unexpected(selected.error());
    identity.algorithm = algorithm_of(*selected);
    if (const auto read = co_await read_identity(reader_, identity, limit); !read) co_return std::unexpected(read.error());
    co_return identity;
}

awaitable<Result<AuthChallenge>> ChipSession::challenge(std::string key) {
    if (!kid_of(key)) co_return fail(FaultCode::internal, "no key of that name");
    AuthChallenge challenge{std::move(key), {}, {}};
    for (auto* into : {&challenge.original, &challenge.process}) {
        auto random = co_await get_challenge(reader_, command_limit);
        if (!random) co_return std::unexpected(random.error());
        *into = std::move(*random);
    }
    co_return challenge;
}

awaitable<Result<void>> ChipSession::authenticate(std::string key, Bytes cryptogram16) {
    const auto kid = kid_of(key);
    if (!kid) co_return fail(FaultCode::internal, "no key of that name");
    if (cryptogram16.size() != cryptogram_bytes) co_return fail(FaultCode::internal, "a cryptogram has 16 bytes");
    auto answer = co_await ask_card(reader_, command(0x00, 0x82, 0x00, *kid, cryptogram16), command_limit);
    if (!answer) co_return std::unexpected(answer.error());
    if (answer->ok()) co_return Result<void>{};
    auto fault = status_fault(answer->sw, "EXTERNAL AUTHENTICATE " + key);
    fault.code = FaultCode::chip_auth_failed;
    co_return std::unexpected(std::move(fault));
}

awaitable<Result<void>> ChipSession::write(std::vector<ChipRecord> records) {
    for (const auto& record : records) {
        const auto sfi = sfi_of(record.file);
        if (!sfi || record.value.size() > max_record_bytes) co_return fail(FaultCode::internal, label(record.file, record.tag) + ": not a record of this card");
        Bytes data{std::byte{record.tag}, static_cast<std::byte>(record.value.size())};
        data.insert(data.end(), record.value.begin(), record.value.end());
        auto apdu = command(0x00, 0xDC, record.tag, static_cast<std::uint8_t>(*sfi << 3), data);
        wipe(data);
        const auto done = co_await demand(reader_, std::move(apdu), command_limit, "UPDATE " + label(record.file, record.tag));
        if (!done) co_return std::unexpected(done.error());
    }
    co_return Result<void>{};
}

awaitable<Result<void>> ChipSession::verify(std::vector<ChipRecord> expected) {
    if (const auto selected = co_await select_ssse(reader_, command_limit); !selected) co_return std::unexpected(selected.error());
    std::optional<std::uint16_t> selected_file;
    for (const auto& record : expected) {
        if (!sfi_of(record.file) || record.value.size() > max_record_bytes) co_return fail(FaultCode::internal, label(record.file, record.tag) + ": not a record of this card");
        if (selected_file != record.file) {
            if (const auto file = co_await select_file(reader_, record.file, command_limit); !file) co_return std::unexpected(file.error());
            selected_file = record.file;
        }
        auto value = co_await read_record(reader_, record.file, record.tag, record.value.size(), command_limit);
        if (!value) co_return std::unexpected(value.error());
        const bool same = *value == record.value;
        wipe(*value);
        if (!same) co_return fail(FaultCode::chip_mismatch, label(record.file, record.tag));
    }
    co_return Result<void>{};
}

}  // namespace drivers
