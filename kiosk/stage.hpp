// The stage: where a journey asks and the audience (window, automation, simulated citizen, test) answers. Belongs to the loop.
#pragma once
#include "kiosk/presence.hpp"
#include "kiosk/screens.hpp"

#include <optional>

namespace kiosk {

enum class LeaveReason { button, idle, fault, refused, shutdown, staff, finished, door };
[[nodiscard]] std::string_view name_of(LeaveReason reason);

/// How a journey is left, from any await. Destructors only wipe; the session loop cleans up.
struct Left {
    LeaveReason reason = LeaveReason::button;
    std::optional<Fault> fault;
};

namespace detail {
template <class Q>
struct AnswerTo {
    typename Q::Answer value;
};
template <class V>
struct AnswerVariant;
template <class... Q>
struct AnswerVariant<std::variant<Q...>> {
    using type = std::variant<std::monostate, AnswerTo<Q>...>;
};
}  // namespace detail
using AnyAnswer = detail::AnswerVariant<AnyQuestion>::type;

/// What the audience sees. `phase` grows with each new question: an answer says which phase it is meant for, so a double tap
/// in a slow frame never answers the next screen.
struct Shown {
    std::uint64_t phase = 0;
    AnyQuestion question = Welcome{.banks = {}, .cannot = FaultCode::card_path_closed, .hotline = {}};  ///< nothing can be started before the sessions have looked
    Language language = Language::zh;
    bool large_text = false;
    std::optional<int> idle_seconds_left;  ///< the warning "还在吗" is up
    bool help_called = false;
    bool may_leave = true;                 ///< the secondary button 退出 is shown
};

class Stage {
  public:
    Stage(drivers::Clock& clock, Presence& presence) : clock_(clock), presence_(presence) {}
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    // ---- for journeys ----
    /// Shows and waits. Throws Left when the person leaves or stays silent for the screen's patience.
    template <class Q>
    awaitable<typename Q::Answer> ask(Q question) {
        show(std::move(question));
        co_return co_await answered<Q>();
    }
    /// Shows without waiting. The same kind of question keeps its phase (a moving picture, a countdown); touches stay valid.
    template <class Q>
    void show(Q question) {
        const bool same = std::holds_alternative<Q>(shown_.question);
        wipe(shown_.question);
        shown_.question = std::move(question);
        if (!same || fresh_) next_phase();
        shown_.may_leave = Q::patience != forever;
        changed_.notify();
    }
    /// Waits until the question that is shown has its answer, and leaves it there: the side of a race. Only the race's winner takes it.
    template <class Q>
    awaitable<void> answer_waits() {
        return wait_for_answer(std::chrono::duration_cast<Duration>(Q::patience), shown_.phase);
    }
    /// Takes the answer that waits.
    template <class Q>
    typename Q::Answer take() {
        auto* box = std::get_if<detail::AnswerTo<Q>>(&answer_);
        if (!box) throw Left{LeaveReason::fault, Fault{FaultCode::internal, "answer of another screen"}};
        auto value = std::move(box->value);
        answer_ = std::monostate{};
        fresh_ = true;
        return value;
    }
    /// Waits and takes. Not in a race: a loser that had taken the answer already would drop it.
    template <class Q>
    awaitable<typename Q::Answer> answered() {
        co_await answer_waits<Q>();
        co_return take<Q>();
    }
    /// Ends what is being asked: the journey unwinds with Left. Also how a door or a shutdown interrupts.
    void leave(LeaveReason reason, std::optional<Fault> fault = {});
    /// Everything a person typed or saw is wiped, language and size go back to normal (between two people).
    void clear();

    // ---- for the audience ----
    [[nodiscard]] const Shown& shown() const { return shown_; }
    /// Counts every change of shown().
    [[nodiscard]] drivers::Signal& changed() { return changed_; }
    /// False when the phase is over or another answer was quicker.
    template <class Q>
    bool answer(std::uint64_t phase, typename Q::Answer value) {
        if (phase != shown_.phase || !std::holds_alternative<Q>(shown_.question) || answer_.index() != 0) return false;
        touched();
        answer_.template emplace<detail::AnswerTo<Q>>(std::move(value));
        answer_signal_.notify();
        return true;
    }
    /// An answer was accepted and nobody has taken it yet.
    [[nodiscard]] bool answer_pending() const { return answer_.index() != 0; }
    /// Any touch: somebody is there, the idle clock starts anew, the warning goes.
    void touched();
    /// The button 退出 (only honoured while shown().may_leave).
    void leave_button(std::uint64_t phase);
    void set_language(Language language);
    void set_large_text(bool on);
    /// Calls a member of staff; counted and audited by the session loop through help_calls().
    void call_help();
    [[nodiscard]] std::uint64_t help_calls() const { return help_calls_; }
    /// Destroys what is parked (an incarnation's end).
    void drop();

  private:
    void next_phase();
    awaitable<void> wait_for_answer(Duration patience, std::uint64_t phase);
    awaitable<void> wait_for_word(std::uint64_t phase);
    awaitable<void> watch_idle(Duration patience);

    drivers::Clock& clock_;
    Presence& presence_;
    Shown shown_;
    AnyAnswer answer_;
    bool fresh_ = false;  ///< the last question was answered: the next one is a new phase even if it is of the same kind
    std::optional<Left> leaving_;
    drivers::Steady last_touch_{};
    std::uint64_t help_calls_ = 0;
    drivers::Signal changed_, answer_signal_, touch_signal_;
};

}  // namespace kiosk
