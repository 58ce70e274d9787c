// The conversation of reading, step by step as the facts have it. Every loop ends: files, tags, occurrences and records are counted by the tables.
#include "drivers/ss_card/reading.hpp"

#include "drivers/ss_card/status.hpp"
#include "drivers/ss_card/talk.hpp"

#include <sodium.h>

namespace drivers {

namespace {
using namespace chip;
constexpr std::uint16_t basic_file = 0xEF05, holder_file = 0xEF06;
constexpr std::size_t piece_bytes = 0x80;  ///< of READ BINARY: every reader and card has room for it

bool refused(std::uint16_t sw) { return sw == 0x6982 || sw == 0x6985 || sw == 0x6983; }

/// A record of the SSSE into `text`; empty when it is not there.
awaitable<Result<void>> read_text(CardReader& reader, std::uint16_t file, std::uint8_t tag, std::string& text) {
    const auto* row = find_record(*find_file(*find_directory("SSSE"), file), tag);
    auto value = co_await read_record(reader, file, tag, row->field.length, command_limit);
    if (!value) co_return std::unexpected(value.error());
    if (value->empty()) co_return Result<void>{};
    if (value->size() != row->field.length) co_return fail(FaultCode::chip_mismatch, fmt::format("{}: {} bytes instead of {}", label(file, tag), value->size(), row->field.length));
    auto said = text_of(row->field.type, *value);
    wipe(*value);
    if (!said) co_return fail(FaultCode::chip_mismatch, label(file, tag) + ": not of its type");
    text = std::move(*said);
    co_return Result<void>{};
}

/// EF06 09 and, where the generation has it, 4E.
awaitable<Result<void>> read_name(CardReader& reader, Generation generation, std::string& text) {
    constexpr std::uint8_t name_tag = 0x09, extension_tag = 0x4E;
    constexpr std::size_t name_bytes = 0x1E, extension_bytes = 0x14;
    auto name = co_await read_record(reader, holder_file, name_tag, name_bytes, command_limit);
    if (!name) co_return std::unexpected(name.error());
    Bytes extension;
    if (generation != Generation::v1_00) {
        auto more = co_await read_record(reader, holder_file, extension_tag, extension_bytes, command_limit);
        if (!more) co_return std::unexpected(more.error());
        extension = std::move(*more);
    }
    if (name->size() > name_bytes || extension.size() > extension_bytes) co_return fail(FaultCode::chip_mismatch, label(holder_file, name_tag) + ": too long");
    auto said = name_text(*name, extension);
    wipe(*name);
    wipe(extension);
    if (!said) co_return fail(FaultCode::chip_mismatch, label(holder_file, name_tag) + ": not GB 18030");
    text = std::move(*said);
    co_return Result<void>{};
}
}  // namespace

void CardHolder::wipe() noexcept {
    for (auto* text : {&card_class, &organisation, &issued_on, &valid_to, &card_number, &social_security_number, &name, &sex, &nation, &birth_place, &birth_date}) drivers::wipe(*text);
}

void DirectoryReading::wipe() noexcept {
    for (auto& one : files)
        for (auto& field : one.fields) drivers::wipe(field.text);
}

awaitable<Result<ReadQuestion>> CardReading::question() {
    if (const auto selected = co_await select_ssse(reader_, command_limit); !selected) co_return std::unexpected(selected.error());
    ReadQuestion out;
    // The card remembers its last challenge, so that both pairs are asked for in the order of the national reader's step 1.
    for (auto* into : {&out.internal_original, &out.internal_process}) {
        auto random = co_await get_challenge(reader_, command_limit);
        if (!random) co_return std::unexpected(random.error());
        *into = std::move(*random);
    }
    auto proof = co_await internal_authenticate(reader_, out.internal_process, out.internal_original, command_limit);
    if (!proof) co_return std::unexpected(proof.error());
    out.card_proof = std::move(*proof);
    for (auto* into : {&out.external_original, &out.external_process}) {
        auto random = co_await get_challenge(reader_, command_limit);
        if (!random) co_return std::unexpected(random.error());
        *into = std::move(*random);
    }
    co_return out;
}

awaitable<Result<void>> CardReading::admit(ReadQuestion question, Bytes internal16, Bytes external16) {
    const auto kid = kid_of(question.key);
    if (!kid || question.card_proof.size() != challenge_bytes) co_return fail(FaultCode::internal, "no question of ours");
    if (internal16.size() != cryptogram_bytes || external16.size() != cryptogram_bytes) co_return fail(FaultCode::centre_garbage, "a read authentication has 16 and 16 bytes");
    if (sodium_memcmp(internal16.data(), question.card_proof.data(), challenge_bytes) != 0) co_return fail(FaultCode::chip_auth_failed, "INTERNAL AUTHENTICATE: the card is not genuine (-25)");
    const auto done = co_await demand(reader_, command(0x00, 0x82, 0x00, *kid, external16), command_limit, "EXTERNAL AUTHENTICATE " + question.key);
    if (!done) co_return fail(FaultCode::chip_auth_failed, done.error().detail);
    co_return Result<void>{};
}

awaitable<Result<CardHolder>> CardReading::holder(Generation generation) {
    struct Row {
        std::uint16_t file;
        std::uint8_t tag;
        std::string CardHolder::*into;
    };
    static constexpr Row rows[] = {
        {basic_file, 0x02, &CardHolder::card_class},  {basic_file, 0x04, &CardHolder::organisation},           {basic_file, 0x05, &CardHolder::issued_on},
        {basic_file, 0x06, &CardHolder::valid_to},    {basic_file, 0x07, &CardHolder::card_number},            {holder_file, 0x08, &CardHolder::social_security_number},
        {holder_file, 0x0A, &CardHolder::sex},        {holder_file, 0x0B, &CardHolder::nation},                {holder_file, 0x0C, &CardHolder::birth_place},
        {holder_file, 0x0D, &CardHolder::birth_date},
    };
    CardHolder out;
    std::uint16_t selected = 0;
    for (const auto& row : rows) {
        if (row.file != selected) {
            if (const auto file = co_await select_file(reader_, row.file, command_limit); !file) co_return std::unexpected(file.error());
            selected = row.file;
        }
        if (const auto read = co_await read_text(reader_, row.file, row.tag, out.*row.into); !read) {
            out.wipe();
            co_return std::unexpected(read.error());
        }
    }
    if (const auto read = co_await read_name(reader_, generation, out.name); !read) {
        out.wipe();
        co_return std::unexpected(read.error());
    }
    co_return out;
}

awaitable<Result<DirectoryReading>> CardReading::directory(std::string name, Generation generation) {
    const auto* row = find_directory(name);
    if (!row) co_return fail(FaultCode::internal, "no such directory");
    DirectoryReading out{std::string(row->name), false, {}};
    const auto present = co_await select_directory(reader_, *row, command_limit);
    if (!present) co_return std::unexpected(present.error());
    out.present = *present;
    if (!out.present) co_return out;
    for (const auto& one : row->files) {
        if (one.since > generation) continue;
        auto reading = co_await file(one, generation);
        if (!reading) {
            out.wipe();
            co_return std::unexpected(reading.error());
        }
        out.files.push_back(std::move(*reading));
    }
    co_return out;
}

awaitable<Result<FileReading>> CardReading::file(const FileRow& row, Generation generation) {
    FileReading out{row.id, row.name.empty() ? fmt::format("{:04X}", row.id) : std::string(row.name), FileAccess::read, {}};
    const std::byte id[] = {static_cast<std::byte>(row.id >> 8), static_cast<std::byte>(row.id)};
    const auto selected = co_await ask_card(reader_, command(0x00, 0xA4, 0x02, 0x00, id), command_limit);
    if (!selected) co_return std::unexpected(selected.error());
    if (!selected->ok()) {
        if (!not_there(selected->sw)) co_return std::unexpected(status_fault(selected->sw, fmt::format("SELECT {:04X}", row.id)));
        out.access = FileAccess::absent;
        co_return out;
    }
    Result<void> read;
    switch (row.kind) {
        case FileKind::tagged: read = co_await tagged(row, generation, out); break;
        case FileKind::cyclic: read = co_await cyclic(row, out); break;
        case FileKind::transparent: read = co_await transparent(row, out); break;
    }
    if (!read) co_return std::unexpected(read.error());
    co_return out;
}

awaitable<Result<void>> CardReading::tagged(const FileRow& row, Generation generation, FileReading& into) {
    bool any_refused = false;
    for (const auto& record : row.records) {
        if (record.since > generation) continue;
        for (int nth = 0; nth < record.groups; ++nth) {
            const auto size = record.length_in(generation);
            auto answer = co_await ask_record(reader_, row.id, record.field.tag, size, nth == 0 ? Occurrence::first : Occurrence::next, command_limit);
            if (!answer) co_return std::unexpected(answer.error());
            if (not_there(answer->sw) || (nth > 0 && answer->sw == 0x6A86)) break;  // no further occurrence, or a card that knows no occurrences
            if (refused(answer->sw)) {
                any_refused = true;
                break;
            }
            if (answer->sw != 0x9000) co_return std::unexpected(status_fault(answer->sw, "READ " + label(row.id, record.field.tag)));
            if (answer->value.size() != size) co_return fail(FaultCode::chip_mismatch, fmt::format("{}: {} bytes instead of {}", label(row.id, record.field.tag), answer->value.size(), size));
            if (record.field.type == ValueType::group) {
                auto fields = group_fields(row.id, record, answer->value);
                if (!fields) co_return std::unexpected(fields.error());
                std::ranges::move(*fields, std::back_inserter(into.fields));
            } else {
                auto text = text_of(record.field.type, answer->value);
                const auto name = record.field.name.empty() ? fmt::format("tag {:02X}", record.field.tag) : std::string(record.field.name);
                const bool follows = text.has_value();
                into.fields.push_back({row.id, name, follows ? std::move(*text) : hex(answer->value), record.about, follows});
            }
            wipe(answer->value);
        }
    }
    if (any_refused && into.fields.empty()) into.access = FileAccess::refused;  // generation 3.00 shows a part of EF05
    co_return Result<void>{};
}

awaitable<Result<void>> CardReading::cyclic(const FileRow& row, FileReading& into) {
    constexpr std::uint8_t by_number = 0x04;
    const auto size = static_cast<std::uint8_t>(record_size(row));
    for (int number = 1; number <= row.size; ++number) {
        auto answer = co_await ask_card(reader_, command(0x00, 0xB2, static_cast<std::uint8_t>(number), by_number, {}, size), command_limit);
        if (!answer) co_return std::unexpected(answer.error());
        if (not_there(answer->sw)) break;
        if (refused(answer->sw)) {
            into.access = FileAccess::refused;
            break;
        }
        if (!answer->ok()) co_return std::unexpected(status_fault(answer->sw, fmt::format("READ {:04X} record {}", row.id, number)));
        auto fields = cyclic_fields(row, number, answer->data);
        wipe(answer->data);
        if (!fields) co_return std::unexpected(fields.error());
        std::ranges::move(*fields, std::back_inserter(into.fields));
    }
    co_return Result<void>{};
}

/// Fingerprint, photo and certificates are not shown here, only whether the card would give them.
awaitable<Result<void>> CardReading::transparent(const FileRow& row, FileReading& into) {
    const auto probe = co_await ask_card(reader_, command(0x00, 0xB0, 0x00, 0x00, {}, 0x01), command_limit);
    if (!probe) co_return std::unexpected(probe.error());
    if (refused(probe->sw)) {
        into.access = FileAccess::refused;
        co_return Result<void>{};
    }
    if (!probe->ok()) co_return std::unexpected(status_fault(probe->sw, fmt::format("READ {:04X}", row.id)));
    co_return Result<void>{};
}

awaitable<Result<Bytes>> CardReading::selected_binary(std::uint16_t file, std::size_t from, std::size_t size) {
    Bytes out;
    while (out.size() < size) {
        const auto at = from + out.size();
        const auto piece = std::min(piece_bytes, size - out.size());
        auto answer = co_await demand(reader_, command(0x00, 0xB0, static_cast<std::uint8_t>(at >> 8), static_cast<std::uint8_t>(at), {}, static_cast<std::uint8_t>(piece)), command_limit,
                                      fmt::format("READ {:04X} at {}", file, at));
        if (!answer) co_return std::unexpected(answer.error());
        if (answer->size() != piece) co_return fail(FaultCode::chip_mismatch, fmt::format("READ {:04X} at {}: {} bytes instead of {}", file, at, answer->size(), piece));
        out.insert(out.end(), answer->begin(), answer->end());
    }
    co_return out;
}

awaitable<Result<Bytes>> CardReading::binary(std::string directory, std::uint16_t file, std::size_t size) {
    const auto* row = find_directory(directory);
    if (!row || size > max_binary_bytes) co_return fail(FaultCode::internal, "no such file of a card");
    const auto present = co_await select_directory(reader_, *row, command_limit);
    if (!present) co_return std::unexpected(present.error());
    if (!*present) co_return fail(FaultCode::chip_mismatch, fmt::format("no {} on this card", row->name));
    if (const auto selected = co_await select_file(reader_, file, command_limit); !selected) co_return std::unexpected(selected.error());
    co_return co_await selected_binary(file, 0, size);
}

awaitable<Result<Bytes>> CardReading::certificate(std::uint16_t file) {
    constexpr std::size_t head_bytes = 4;
    constexpr std::uint8_t sequence = 0x30, two_length_bytes = 0x82;
    auto out = co_await binary("ACSE", file, head_bytes);
    if (!out) co_return out;
    if (std::ranges::all_of(*out, [](std::byte b) { return b == std::byte{0} || b == std::byte{0xFF}; })) co_return Bytes{};
    if (u8((*out)[0]) != sequence || u8((*out)[1]) != two_length_bytes) co_return fail(FaultCode::chip_mismatch, fmt::format("{:04X}: no certificate", file));
    const auto rest = static_cast<std::size_t>(u8((*out)[2]) << 8 | u8((*out)[3]));
    if (rest > max_binary_bytes - head_bytes) co_return fail(FaultCode::chip_mismatch, fmt::format("{:04X}: a certificate of {} bytes", file, rest));
    auto more = co_await selected_binary(file, head_bytes, rest);
    if (!more) co_return more;
    out->insert(out->end(), more->begin(), more->end());
    co_return out;
}

}  // namespace drivers
