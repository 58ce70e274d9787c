// Reading a resident ID card, or a badge's UID, from a PC/SC reader (facts: resident-id-reader.md, "PC/SC variants").
#include "drivers/apdu.hpp"
#include "drivers/resident_id/resident_id.hpp"

namespace drivers {

namespace {
constexpr int pages = 6;
constexpr std::size_t page_bytes = 256, last_page_bytes = 4;
/// A page is asked for again this often: the field is weak while the card is being put down.
constexpr int page_retries = 2;
constexpr std::size_t min_uid_bytes = 4, max_uid_bytes = 10;
/// How the reader names the kind of card in its ATR's historical bytes.
constexpr std::string_view kind_in_atr = "IDCARDNATID";
constexpr std::size_t kind_offset = 4;

struct Connection {
    CardReader& reader;
    ~Connection() { reader.disconnect(); }
};

struct Page {
    Bytes bytes;
    ~Page() { wipe(bytes); }
};

/// The words of the chip station in the words of the ID reader.
Fault as_document(Fault fault) {
    if (fault.code == FaultCode::chip_removed) fault.code = FaultCode::document_removed;
    else if (fault.code == FaultCode::chip_silent || fault.code == FaultCode::chip_reset || fault.code == FaultCode::time_out) fault.code = FaultCode::document_unreadable;
    return fault;
}

Result<Bytes> page_of(const Answer& answer, int page) {
    if (!answer.ok()) return fail(FaultCode::document_unreadable, fmt::format("page {}: {:04X}", page, answer.sw));
    const auto expected = page + 1 == pages ? last_page_bytes : page_bytes;
    if (answer.data.size() != expected) return fail(FaultCode::reader_garbage, fmt::format("page {} has {} bytes", page, answer.data.size()));
    return answer.data;
}

awaitable<Result<Bytes>> read_page(CardReader& reader, int page, Duration limit) {
    for (int attempt = 0;; ++attempt) {
        auto answer = co_await ask_card(reader, command(0xFF, 0xB0, static_cast<std::uint8_t>(page), 0x00, {}, 0x00), limit);
        if (!answer) co_return std::unexpected(as_document(answer.error()));
        auto data = page_of(*answer, page);
        wipe(answer->data);
        if (data || attempt == page_retries) co_return data;
    }
}
}  // namespace

bool is_resident_id_atr(View atr) {
    return atr.size() >= kind_offset + kind_in_atr.size() && u8(atr[0]) == 0x3B && std::ranges::equal(atr.subspan(kind_offset, kind_in_atr.size()), as_view(kind_in_atr));
}

awaitable<Result<IdDocument>> read_id_card(CardReader& reader, Duration limit) {
    if (reader.state().presence == ReaderPresence::empty) co_return fail(FaultCode::no_document);
    const Connection connection{reader};
    const auto atr = co_await reader.connect(limit);
    if (!atr) co_return std::unexpected(as_document(atr.error()));
    if (!is_resident_id_atr(*atr)) co_return fail(FaultCode::document_not_supported, "another kind of card");
    Page stream;
    stream.bytes.reserve((pages - 1) * page_bytes + last_page_bytes);
    for (int page = 0; page < pages; ++page) {
        auto data = co_await read_page(reader, page, limit);
        if (!data) co_return std::unexpected(data.error());
        stream.bytes.insert(stream.bytes.end(), data->begin(), data->end());
        wipe(*data);
    }
    co_return parse_id_stream(stream.bytes);
}

awaitable<Result<IdDocument>> read_resident_id(CardReader& reader, Duration limit) {
    auto document = co_await read_id_card(reader, limit);
    if (document && document->kind != DocumentKind::resident_id) {
        document->wipe();
        co_return fail(FaultCode::document_not_supported, fmt::format("{}", name_of(document->kind)));
    }
    co_return document;
}

awaitable<Result<Bytes>> read_uid(CardReader& reader, Duration limit) {
    if (reader.state().presence == ReaderPresence::empty) co_return fail(FaultCode::no_document);
    const Connection connection{reader};
    const auto atr = co_await reader.connect(limit);
    if (!atr) co_return std::unexpected(as_document(atr.error()));
    auto answer = co_await ask_card(reader, command(0xFF, 0xCA, 0x00, 0x00, {}, 0x00), limit);
    if (!answer) co_return std::unexpected(as_document(answer.error()));
    if (!answer->ok()) co_return fail(FaultCode::document_unreadable, fmt::format("UID: {:04X}", answer->sw));
    if (answer->data.size() < min_uid_bytes || answer->data.size() > max_uid_bytes) co_return fail(FaultCode::reader_garbage, fmt::format("UID of {} bytes", answer->data.size()));
    co_return std::move(answer->data);
}

}  // namespace drivers
