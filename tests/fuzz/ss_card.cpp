// The social security card from both sides: any commands to the model of each generation, any answers to the driver that reads a card, any bytes to its decoders.
#include "drivers/apdu.hpp"
#include "drivers/ss_card/reading.hpp"
#include "sim/models/social_security_card.hpp"

namespace {

constexpr std::size_t max_input = 8192;
constexpr int max_answers = 4'000;  ///< no reading of any card needs so many

/// Cuts pieces off the input: a length byte, then so many bytes.
struct Pieces {
    drivers::View rest;
    drivers::View next() {
        if (rest.empty()) return {};
        const auto size = std::min<std::size_t>(drivers::u8(rest[0]), rest.size() - 1);
        const auto piece = rest.subspan(1, size);
        rest = rest.subspan(1 + size);
        return piece;
    }
};

void to_the_model(drivers::View data, unsigned which) {
    using namespace sim;
    SocialSecurityCard card({.identification_code = Bytes(16, std::byte{0x45}),
                             .bank_number = "6217001234567890123",
                             .master_key = Bytes(16, std::byte{0x11}),
                             .generation = static_cast<CardGeneration>(which % 3),
                             .algorithm = which & 4 ? CardAlgorithm::sm4 : CardAlgorithm::triple_des,
                             .transport = which & 8 ? CardTransport::t1 : CardTransport::t0});
    card.t0_manners = which & 16;
    if (which & 32) card.torn_after_writes = 1;
    if (which & 64) card.reset_after = 5;
    (void)card.reset();
    for (Pieces pieces{data}; !pieces.rest.empty();) {
        Time took{};
        const auto answer = card.answer(pieces.next(), took);
        if (answer.size() < 2 || answer.size() > drivers::max_answer_bytes || took <= Time{}) __builtin_trap();
    }
    if (card.to_json().empty()) __builtin_trap();
}

/// A card that answers what the input says, then nothing new for ever.
class Answers final : public drivers::CardReader {
  public:
    explicit Answers(drivers::View data) : pieces_{data} {}
    drivers::ReaderState state() const override { return {drivers::ReaderPresence::card, {}, 1}; }
    drivers::Signal& changed() override { return changed_; }
    drivers::awaitable<drivers::Result<drivers::Bytes>> connect(drivers::Duration) override { co_return drivers::Bytes(4); }
    drivers::awaitable<drivers::Result<drivers::Bytes>> reset(drivers::Duration) override { co_return drivers::Bytes(4); }
    drivers::awaitable<drivers::Result<drivers::Bytes>> transmit(drivers::Bytes apdu, drivers::Duration) override {
        co_return drivers::exchange_apdu(drivers::CardProtocol::t0, apdu, [this](drivers::View one) -> drivers::Result<drivers::Bytes> {
            if (++asked > max_answers || one.size() > drivers::max_apdu_bytes) __builtin_trap();
            if (const auto piece = pieces_.next(); !piece.empty()) last_ = drivers::to_bytes(piece);
            return last_;
        });
    }
    drivers::awaitable<drivers::Result<drivers::Bytes>> control(std::uint32_t, drivers::Bytes, drivers::Duration) override { co_return drivers::Bytes{}; }
    void disconnect() override {}
    int asked = 0;

  private:
    Pieces pieces_;
    drivers::Bytes last_{std::byte{0x90}, std::byte{0x00}};
    drivers::Signal changed_;
};

drivers::awaitable<void> read_all(Answers& reader, drivers::chip::Generation generation) {
    drivers::ChipSession session(reader);
    (void)co_await session.identify(std::chrono::seconds{1});
    drivers::CardReading reading(reader);
    (void)co_await reading.holder(generation);
    for (const auto& directory : drivers::chip::directories()) (void)co_await reading.directory(std::string(directory.name), generation);
    (void)co_await reading.certificate(0xEF15);
    (void)co_await session.pin_tries();
    auto question = co_await reading.question();
    if (question) (void)co_await reading.admit(*question, drivers::Bytes(16), drivers::Bytes(16));
}

void to_the_driver(drivers::View data, unsigned which) {
    Answers reader(data);
    asio::io_context io;
    asio::co_spawn(io, read_all(reader, static_cast<drivers::chip::Generation>(1 + which % 3)), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    });
    io.run();
}

void to_the_decoders(drivers::View data) {
    for (const auto& directory : drivers::chip::directories()) {
        for (const auto& file : directory.files) {
            if (file.kind == drivers::chip::FileKind::cyclic) (void)drivers::cyclic_fields(file, 1, data);
            for (const auto& record : file.records)
                if (record.field.type == drivers::chip::ValueType::group) (void)drivers::group_fields(file.id, record, data);
        }
    }
    const auto half = data.size() / 2;
    const auto name = drivers::name_text(data.first(half), data.subspan(half));
    // What was a name stays one when it is written again, where it fits the two records.
    if (name)
        if (const auto again = drivers::name_values(*name); again && drivers::name_text(again->name, again->extension) != name && !name->ends_with(' ')) __builtin_trap();
    (void)drivers::cn_text(data);
    (void)drivers::identification_code_plausible(data);
    (void)drivers::card_number_valid(drivers::to_string(data));
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    if (size < 2 || size > max_input) return 0;
    const auto data = std::as_bytes(std::span{bytes + 2, size - 2});
    switch (bytes[0] % 3) {
        case 0: to_the_model(data, bytes[1]); break;
        case 1: to_the_driver(data, bytes[1]); break;
        case 2: to_the_decoders(data); break;
    }
    return 0;
}
