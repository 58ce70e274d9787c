// The ID reader over PC/SC: one reader for cards, badges and passports.
#include "drivers/id_reader.hpp"
#include "drivers/resident_id/resident_id.hpp"

namespace drivers {

namespace {
class PagesReader final : public IdReader {
  public:
    explicit PagesReader(CardReader& reader, std::unique_ptr<CardReader> owned = {}) : owned_(std::move(owned)), reader_(reader) {}
    IdTransport transport() const override { return IdTransport::pcsc; }
    ReaderPresence presence() const override { return reader_.state().presence; }
    Signal& changed() override { return reader_.changed(); }
    bool sees_removal() const override { return true; }
    std::optional<Fault> trouble() const override {
        switch (presence()) {
            case ReaderPresence::daemon_down: return Fault{FaultCode::reader_daemon_down, "ID reader"};
            case ReaderPresence::reader_missing: return Fault{FaultCode::reader_missing, "ID reader"};
            case ReaderPresence::empty:
            case ReaderPresence::card: break;
        }
        return std::nullopt;
    }
    awaitable<Result<IdDocument>> read(Duration limit) override { return read_id_card(reader_, limit); }
    awaitable<Result<Bytes>> badge(Duration limit) override { return read_uid(reader_, limit); }
    awaitable<Result<std::optional<std::string>>> appended_address() override { co_return std::optional<std::string>{}; }
    awaitable<Result<std::string>> security_module() override { co_return fail(FaultCode::document_not_supported, "the security module cannot be asked over PC/SC"); }
    CardReader* contactless() override { return &reader_; }

  private:
    std::unique_ptr<CardReader> owned_;
    CardReader& reader_;
};
}  // namespace

std::unique_ptr<IdReader> make_pages_reader(CardReader& reader) { return std::make_unique<PagesReader>(reader); }
std::unique_ptr<IdReader> make_pages_reader(std::unique_ptr<CardReader> reader) {
    auto& kept = *reader;
    return std::make_unique<PagesReader>(kept, std::move(reader));
}

}  // namespace drivers
