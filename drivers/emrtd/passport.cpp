// Opening and reading.
#include "drivers/emrtd/passport.hpp"

#include "drivers/emrtd/bac.hpp"
#include "drivers/emrtd/pace.hpp"

#include <fmt/format.h>

namespace drivers::emrtd {

awaitable<Result<Access>> Passport::open_channel(const AccessKey& key, Duration limit) {
    const auto card_access = co_await read_file(channel_, File::card_access, limit);
    if (!card_access) co_return std::unexpected(card_access.error());
    if (*card_access) {
        const auto offer = choose_pace(**card_access);
        if (!offer) co_return std::unexpected(offer.error());
        if (*offer) {
            const auto done = co_await run_pace(channel_, key, **offer, random_, limit);
            if (!done) co_return std::unexpected(done.error());
            const auto selected = co_await select_application(channel_, limit);
            if (!selected) co_return std::unexpected(selected.error());
            co_return Access::pace;
        }
    }
    const auto selected = co_await select_application(channel_, limit);
    if (!selected) co_return std::unexpected(selected.error());
    const auto done = co_await run_bac(channel_, key, random_, limit);
    if (!done) co_return std::unexpected(done.error());
    co_return Access::bac;
}

awaitable<Result<Access>> Passport::open(const AccessKey& key, Duration limit) {
    channel_.drop();
    const auto atr = co_await reader_.connect(limit);
    if (!atr) co_return std::unexpected(atr.error());
    auto access = co_await open_channel(key, limit);
    if (!access) close();
    co_return access;
}

awaitable<Result<Bytes>> Passport::read(File file, Duration limit) {
    if (!channel_.secured()) co_return fail(FaultCode::chip_reset, "the chip is not open");
    auto content = co_await read_file(channel_, file, limit);
    if (!content) co_return std::unexpected(content.error());
    if (!*content) co_return fail(FaultCode::document_not_supported, fmt::format("the chip has no file {:04X}", static_cast<unsigned>(file)));
    co_return **std::move(content);
}

awaitable<Result<FileList>> Passport::read_list(Duration limit) {
    const auto file = co_await read(File::com, limit);
    if (!file) co_return std::unexpected(file.error());
    co_return parse_com(*file);
}

awaitable<Result<std::string>> Passport::read_mrz(Duration limit) {
    const auto file = co_await read(File::dg1, limit);
    if (!file) co_return std::unexpected(file.error());
    co_return parse_dg1(*file);
}

awaitable<Result<Portrait>> Passport::read_portrait(Duration limit) {
    const auto file = co_await read(File::dg2, limit);
    if (!file) co_return std::unexpected(file.error());
    co_return parse_dg2(*file);
}

void Passport::close() noexcept {
    channel_.drop();
    reader_.disconnect();
}

}  // namespace drivers::emrtd
