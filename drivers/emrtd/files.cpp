// SELECT and READ BINARY.
#include "drivers/emrtd/files.hpp"

#include "drivers/emrtd/der.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace drivers::emrtd {

namespace {
constexpr std::size_t start_bytes = 4;
constexpr std::uint16_t sw_end_of_file = 0x6282;
constexpr std::uint8_t application[] = {0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01};

std::uint32_t tag_of(File file) {
    switch (file) {
        case File::card_access: return 0x31;
        case File::com: return 0x60;
        case File::sod: return 0x77;
        case File::dg1: return 0x61;
        case File::dg2: return 0x75;
        case File::dg11: return 0x6B;
        case File::dg12: return 0x6C;
        case File::dg14: return 0x6E;
        case File::dg15: return 0x6F;
    }
    return 0;
}

std::string name_of(File file) { return fmt::format("file {:04X}", static_cast<unsigned>(file)); }

awaitable<Result<Bytes>> read_chunk(Channel& channel, File file, std::size_t offset, std::size_t size, Duration limit) {
    const auto high = static_cast<std::uint8_t>(offset >> 8), low = static_cast<std::uint8_t>(offset & 0xFF);
    auto answer = co_await channel.ask(command(0x00, 0xB0, high, low, {}, static_cast<std::uint8_t>(size)), limit);
    if (!answer) co_return std::unexpected(answer.error());
    if (!answer->ok() && answer->sw != sw_end_of_file)
        co_return fail(FaultCode::chip_refused, fmt::format("READ BINARY of {} at {}: {:04X}", name_of(file), offset, answer->sw));
    if (answer->data.empty() || answer->data.size() > size)
        co_return fail(FaultCode::document_unreadable, fmt::format("{} gives {} bytes instead of {} at {}", name_of(file), answer->data.size(), size, offset));
    co_return std::move(answer->data);
}
}  // namespace

awaitable<Result<void>> select_application(Channel& channel, Duration limit) {
    const auto answer = co_await channel.ask(command(0x00, 0xA4, 0x04, 0x0C, std::as_bytes(std::span{application})), limit);
    if (!answer) co_return std::unexpected(answer.error());
    if (!answer->ok()) co_return fail(FaultCode::document_not_supported, fmt::format("no passport application: SELECT {:04X}", answer->sw));
    co_return Result<void>{};
}

awaitable<Result<std::optional<Bytes>>> read_file(Channel& channel, File file, Duration limit) {
    const auto id = static_cast<std::uint16_t>(file);
    const std::byte name[] = {static_cast<std::byte>(id >> 8), static_cast<std::byte>(id & 0xFF)};
    const auto selected = co_await channel.ask(command(0x00, 0xA4, 0x02, 0x0C, name), limit);
    if (!selected) co_return std::unexpected(selected.error());
    if (!selected->ok()) co_return std::optional<Bytes>{};

    auto content = co_await read_chunk(channel, file, 0, start_bytes, limit);
    if (!content) co_return std::unexpected(content.error());
    const auto header = file_header(*content);
    if (!header || header->tag != tag_of(file)) co_return fail(FaultCode::document_unreadable, name_of(file) + " does not begin with its tag");
    if (header->total > max_file_bytes) co_return fail(FaultCode::document_unreadable, fmt::format("{} says it has {} bytes", name_of(file), header->total));
    if (header->total < content->size()) content->resize(header->total);
    content->reserve(header->total);
    for (int chunk = 0; content->size() < header->total; ++chunk) {
        if (chunk == max_file_chunks) co_return fail(FaultCode::document_unreadable, name_of(file) + " comes in too many pieces");
        const auto more = co_await read_chunk(channel, file, content->size(), std::min(max_secured_chunk, header->total - content->size()), limit);
        if (!more) co_return std::unexpected(more.error());
        content->insert(content->end(), more->begin(), more->end());
    }
    co_return std::optional<Bytes>{*std::move(content)};
}

}  // namespace drivers::emrtd
