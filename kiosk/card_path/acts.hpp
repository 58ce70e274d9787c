// Acts on a physical card and how they are booked: the intent before, the result after, in one transaction with the state, the audit and the report.
// Shared by the making of a card (run.hpp) and by recovery (recovery.hpp). Private to kiosk/card_path.
#pragma once
#include "kiosk/card_path/card_path.hpp"

#include <nlohmann/json.hpp>

namespace kiosk {

inline constexpr Duration printer_return_limit = std::chrono::seconds{60};  ///< how long an unplugged printer is waited for with a card inside
inline constexpr Duration reader_return_limit = std::chrono::seconds{30};   ///< the same for the chip station's reader and its daemon
inline constexpr Duration chip_seen_limit = std::chrono::seconds{3};        ///< from the card at the contacts to the reader's event
inline constexpr Duration printer_look_every = std::chrono::seconds{2};
inline constexpr int reject_tries = 4, retract_tries = 3, chip_tries = 2;

/// "L000001/3": a card in audit data and logs.
[[nodiscard]] std::string label_of(const CardKey& key);

/// Where a card is, as far as recovery has to tell apart.
enum class Place { nothing, inside, bezel, jammed, unknown };
[[nodiscard]] Place place_of(printer::Position position);

/// A card that has a row, with all that its booking and its report need.
struct CardCase {
    CardKey key;
    int hopper = 0;
    bool found = false;
    ApplicationId application;
    int attempt = 0;
    std::string card_number;
    Bytes chip;
    std::string chip_hash;
    std::vector<FaultCode> faults;
    std::optional<nlohmann::json> recovered;  ///< recovery: what was found, for the audit
    [[nodiscard]] bool is_reported() const { return !application.empty(); }
};

/// One transaction about one card.
struct Booking {
    std::string result{};              ///< of its open intent; empty: there is none to conclude
    std::string point{};               ///< of an encode intent: which commit point
    std::vector<CardState> states{};   ///< one after the other; the last may be an end
    std::string reason{};
    bool in_bin = false;
    std::optional<CardOutcome> outcome{};  ///< reported to the centre in the same transaction
    std::vector<std::pair<AuditEvent, nlohmann::json>> audits{};
    std::function<void(Books&)> also{};
};

/// How the end of a card went. No outcome: it has no end yet (a jam, an unplugged printer); its row stays under way, the path closes and recovery goes on.
struct Ended {
    std::optional<CardOutcome> outcome{};
    std::optional<Fault> closes{};
    bool try_again_soon = false;  ///< a card stays where people can reach it: recovery is tried again without anybody's asking
    Bytes message_id{};           ///< of the report
};

class Acts {
  public:
    explicit Acts(CardPath::Parts& parts) : parts_(parts), session_(parts.chip_reader) {}

    /// Commits the intent (with `state`, if the card is not in it yet), acts, and gives the act's result. The intent stays open: the booking
    /// of the result concludes it.
    template <class T>
    awaitable<T> perform(CardKey key, ActKind act, std::optional<CardState> state, awaitable<T> move) {
        if (intends_first) co_await intend(key, act, state);
        T result = co_await std::move(move);
        if (!intends_first) co_await intend(key, act, state);
        co_return result;
    }
    /// `point`: the commit point of an encode intent, as the audit shall name it.
    awaitable<void> intend(CardKey key, ActKind act, std::optional<CardState> state, std::string point = {});
    /// Gives the report's message id, if there is a report.
    awaitable<Bytes> book(CardCase& card, Booking booking);

    /// Asks the sensors, waiting for a printer that is away.
    awaitable<Result<printer::Sensors>> look(Duration limit);
    /// Powers the chip at the station up and reads what it says of itself; the contacts are made anew once.
    awaitable<Result<drivers::ChipIdentity>> read_chip();
    [[nodiscard]] drivers::ChipSession& session() { return session_; }

    // ---- endings ----
    /// A card that was not presented: into the reject bin, SPOILED.
    awaitable<Ended> spoil(CardCase& card, Fault why);
    /// A double feed: both into the reject bin.
    awaitable<Ended> spoil_both(CardCase& first, CardCase& second, Fault why);
    /// A card at the bezel: back inside under an intent, read again, into the reject bin, NOT_TAKEN.
    awaitable<Ended> pull_back(CardCase& card, Fault why);
    /// A finished card inside that nobody shall get: read again if people could reach it, into the reject bin, NOT_TAKEN.
    awaitable<Ended> put_away(CardCase& card, Fault why, bool people_could_reach_it);
    /// It cannot be proven where the card is.
    awaitable<Ended> lose(CardCase& card, Fault why);
    /// Nothing at the bezel, nothing inside, nobody saw it go.
    awaitable<Ended> gone(CardCase& card, std::string result, std::vector<CardState> before);
    /// The chip at hand says for certain that it is another one.
    awaitable<bool> is_foreign(CardCase& card);
    /// Another card is inside: ours is unknown, the other one is found and put away.
    awaitable<Ended> stranger_inside(CardCase& card);

  private:
    static const bool intends_first;  ///< false only in a build that the world has to catch (tests/broken)
    enum class Away { in_bin, nothing_inside, stuck };
    struct Rejected {
        Away away{};
        Fault fault;
    };
    /// The reject intent of the last try stays open for the booking.
    awaitable<Rejected> into_bin(CardCase& card);
    enum class Same { same, foreign, unreadable, reader_away };
    awaitable<Same> same_chip(CardCase& card);
    /// It may be ours with a dead chip: unknown, and in the bin under its own name.
    awaitable<Ended> unreadable_inside(CardCase& card);
    awaitable<void> await_reader();
    CardPath::Parts& parts_;
    drivers::ChipSession session_;
};

}  // namespace kiosk
