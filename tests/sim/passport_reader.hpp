// What the passport tests share: the kiosk's reader port in front of a model, and invented travellers.
#pragma once
#include "drivers/emrtd/passport.hpp"
#include "sim/models/passport.hpp"
#include "tests/drivers/fakes.hpp"

namespace passport_test {

using namespace std::chrono_literals;
namespace emrtd = drivers::emrtd;

/// A chip that answers nothing is chip_silent here, as pcscd makes of it.
class ChipReader final : public drivers::CardReader {
  public:
    explicit ChipReader(sim::SmartCard& card) : card_(card) {}
    drivers::ReaderState state() const override { return {drivers::ReaderPresence::card, {}, 1}; }
    drivers::Signal& changed() override { return changed_; }
    drivers::awaitable<drivers::Result<drivers::Bytes>> connect(drivers::Duration) override { co_return powered(); }
    drivers::awaitable<drivers::Result<drivers::Bytes>> reset(drivers::Duration) override { co_return powered(); }
    drivers::awaitable<drivers::Result<drivers::Bytes>> transmit(drivers::Bytes apdu, drivers::Duration) override {
        CHECK(apdu.size() <= drivers::max_apdu_bytes);
        sim::Time took{};
        auto answer = card_.answer(apdu, took);
        worked += took;
        CHECK(answer.size() <= drivers::max_answer_bytes);
        if (answer.empty()) co_return drivers::fail(drivers::FaultCode::chip_silent, "no answer");
        co_return answer;
    }
    drivers::awaitable<drivers::Result<drivers::Bytes>> control(std::uint32_t, drivers::Bytes, drivers::Duration) override { co_return drivers::fail(drivers::FaultCode::chip_refused); }
    void disconnect() override {}

    sim::Time worked{};

  private:
    drivers::Result<drivers::Bytes> powered() {
        auto atr = card_.reset();
        if (atr.empty()) return drivers::fail(drivers::FaultCode::chip_silent, "no ATR");
        return atr;
    }
    sim::SmartCard& card_;
    drivers::Signal changed_;
};

inline sim::PassportDescription traveller() {
    return {.number = "E10203045", .surname = "ZHANG", .given = "XIAOYUN", .name_zh = "张小云", .sex = 'F', .birth = "19870314", .issued = "20220901", .expiry = "20320831",
            .personal_number = "K1234567", .place_of_birth = "广西", .address = "南宁市", .authority = "国家移民管理局", .can = "271828"};
}

inline drivers::Result<emrtd::AccessKey> key_of(const sim::PassportDescription& d) { return emrtd::AccessKey::from_mrz(d.number, d.birth.substr(2), d.expiry.substr(2)); }

/// One session of the kiosk's driver with a model.
struct Session {
    explicit Session(sim::SmartCard& card) : reader(card) {}
    std::string open(const emrtd::AccessKey& key) {
        const auto access = test::run(passport.open(key, 1s));
        if (!access) return std::string(name_of(access.error().code));
        return *access == emrtd::Access::pace ? "pace" : *access == emrtd::Access::bac ? "bac" : "closed";
    }
    std::string open(const sim::PassportDescription& d) {
        const auto key = key_of(d);
        return key ? open(*key) : "no key";
    }
    /// A file's bytes; empty with a failed check when there are none.
    drivers::Bytes read(emrtd::File file) {
        auto content = test::run(passport.read(file, 1s));
        CHECK_MESSAGE(content.has_value(), (content ? "" : content.error().detail));
        return content ? *content : drivers::Bytes{};
    }

    ChipReader reader;
    std::unique_ptr<drivers::Random> random = drivers::make_seeded_random(7);
    emrtd::Passport passport{reader, *random};
};

}  // namespace passport_test
