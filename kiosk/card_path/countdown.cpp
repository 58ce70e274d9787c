// Seconds left, from measured stages: they run down while the stage is on time, and shrink ever more slowly when it is late; never zero before the end.
#include "kiosk/card_path/countdown.hpp"

#include <cmath>

namespace kiosk {

namespace {
constexpr std::array<std::string_view, 4> counter_names{"ms.feed", "ms.encode", "ms.print", "ms.present"};
/// Before the first card: a KC200B-class machine with YMCKOK (facts: card-printer-field-problems.md, kiosk-numbers.md).
constexpr std::array<Duration, 4> first_guess{std::chrono::milliseconds{4'000}, std::chrono::milliseconds{5'000}, std::chrono::milliseconds{28'000}, std::chrono::milliseconds{5'000}};
constexpr Duration tick_every = std::chrono::milliseconds{500};
constexpr double on_time_share = 0.8;  ///< after this share of a stage's average the remainder is stretched

std::optional<std::size_t> index_of(MakeStage stage) {
    switch (stage) {
        case MakeStage::preparing: return std::nullopt;
        case MakeStage::feeding: return 0;
        case MakeStage::encoding: return 1;
        case MakeStage::printing: return 2;
        case MakeStage::presenting: return 3;
    }
    return std::nullopt;
}
}  // namespace

Duration Countdown::Averages::total() const {
    Duration sum{};
    for (const auto d : of) sum += d;
    return sum;
}

Countdown::Averages Countdown::read(const Books& books) {
    Averages averages;
    for (std::size_t i = 0; i < counter_names.size(); ++i) {
        const auto ms = books.counter(counter_names[i]);
        averages.of[i] = ms > 0 ? Duration{std::chrono::milliseconds{ms}} : first_guess[i];
    }
    return averages;
}

void Countdown::enter(MakeStage stage) {
    if (const auto before = index_of(ticket_->stage)) took_[*before] = clock_.steady() - entered_;
    entered_ = clock_.steady();
    ticket_->stage = stage;
    ticket_->changed.notify();
    update();
}

std::function<void(Books&)> Countdown::measured() {
    if (const auto last = index_of(ticket_->stage)) took_[*last] = clock_.steady() - entered_;
    return [averages = averages_, took = took_](Books& books) {
        for (std::size_t i = 0; i < took.size(); ++i) {
            const auto next = std::chrono::duration_cast<std::chrono::milliseconds>((averages.of[i] * 3 + took[i]) / 4).count();
            books.set_counter(counter_names[i], std::max<std::int64_t>(next, 1));
        }
    };
}

Duration Countdown::expected_from(MakeStage stage) const {
    Duration sum{};
    for (std::size_t i = index_of(stage).value_or(0); i < averages_.of.size(); ++i) sum += averages_.of[i];
    return sum;
}

Duration Countdown::left() const {
    const auto at = index_of(ticket_->stage);
    const auto all = expected_from(ticket_->stage);
    if (!at) return all;
    const double average = static_cast<double>(averages_.of[*at].count());
    const double elapsed = static_cast<double>((clock_.steady() - entered_).count());
    const double tail = average * (1 - on_time_share);
    const double late = elapsed - average * on_time_share;
    const double here = late <= 0 ? average - elapsed : tail * std::exp(-late / std::max(tail * 2, 1.0));
    return all - averages_.of[*at] + Duration{static_cast<Duration::rep>(here)};
}

void Countdown::update() {
    if (ticket_->presented) return;
    const auto total = averages_.total();
    const auto remaining = left();
    const int seconds = std::max(1, static_cast<int>(std::chrono::ceil<std::chrono::seconds>(remaining).count()));
    if (total > Duration{}) ticket_->done = std::max(ticket_->done, 1.0 - static_cast<double>(remaining.count()) / static_cast<double>(total.count()));
    if (seconds != ticket_->seconds_left) {
        ticket_->seconds_left = seconds;
        ticket_->changed.notify();
    }
}

awaitable<void> Countdown::tick() {
    for (;;) {
        update();
        co_await clock_.sleep(tick_every);
    }
}

}  // namespace kiosk
