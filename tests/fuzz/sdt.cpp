// The SDT reader's answers, cut in pieces at will: only whole frames within the cap come out, each means something to every command, and what it carries is a
// document that keeps its promises, a text, or a fault that says nothing of the person.
#include "drivers/resident_id/sdt_frame.hpp"

using namespace drivers;

namespace {
void must(bool holds) {
    if (!holds) __builtin_trap();
}

void look_at(const sdt::Reply& reply) {
    using sdt::Command;
    must(reply.data.size() <= sdt::max_length - sdt::min_length);
    for (const auto command : {Command::reset, Command::status, Command::sam_id, Command::find, Command::select, Command::read, Command::read_address}) {
        (void)sdt::can_answer(reply, command);
        must(!sdt::fault_of(reply, command).detail.empty());
    }
    if (auto document = parse_id_stream(reply.data)) {
        must(!document->name.empty() && document->portrait.size() == 1024);
        document->wipe();
    }
    (void)sdt::parse_address(reply.data);
    if (const auto number = sdt::parse_sam_id(reply.data)) must(number->size() <= 48);
}
/// The input as what a whole frame carries: behind whatever came before, it comes out as it went in.
void framed(View carried) {
    if (carried.size() < 3 || carried.size() + 1 > sdt::max_length) return;
    Bytes frame = "AAAAAA9669"_hex;
    const auto length = carried.size() + 1;
    std::byte sum{};
    const auto put = [&](std::byte b) { frame.push_back(b), sum ^= b; };
    put(static_cast<std::byte>(length >> 8)), put(static_cast<std::byte>(length & 0xFF));
    for (const auto b : carried) put(b);
    frame.push_back(sum);
    sdt::Decoder decoder;
    View bytes{frame};
    const auto reply = decoder.take(bytes);
    must(reply && bytes.empty() && std::ranges::equal(reply->data, carried.subspan(3)));
    look_at(*reply);
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t piece = 1 + data[0] % 67;
    View bytes = std::as_bytes(std::span{data, size}).subspan(1);
    framed(bytes);
    sdt::Decoder decoder;
    const std::size_t given = bytes.size();
    std::size_t out = 0;
    while (!bytes.empty()) {
        auto part = bytes.first(std::min(piece, bytes.size()));
        bytes = bytes.subspan(part.size());
        while (const auto reply = decoder.take(part)) {
            look_at(*reply);
            out += sdt::head_bytes + sdt::min_length + reply->data.size();
        }
    }
    while (const auto reply = decoder.give_up()) {
        look_at(*reply);
        out += sdt::head_bytes + sdt::min_length + reply->data.size();
    }
    // Every byte is of one frame or of none.
    must(decoder.empty() && out + decoder.skipped() == given);
    return 0;
}
