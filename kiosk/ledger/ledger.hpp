// The ledger as the loop sees it: whole transactions, run in order on a lane, committed before the caller goes on.
#pragma once
#include "drivers/lane.hpp"
#include "kiosk/ledger/books.hpp"

namespace kiosk {

class Ledger {
  public:
    /// Called on the lane just before and just after each commit; the world counts death points there. Throwing before the
    /// commit rolls back.
    enum class Moment { before_commit, after_commit };
    using Hook = std::function<void(Moment)>;

    Ledger(drivers::Lane& lane, std::unique_ptr<Books> books, Hook hook = {}) : lane_(lane), books_(std::move(books)), hook_(std::move(hook)) {}

    /// Runs `f(Books&)` in one BEGIN IMMEDIATE .. COMMIT. Throws LedgerError (the kiosk then stops issuing: a failed sync is
    /// not retried). The caller may be cancelled while waiting; the transaction still ends.
    template <class F, class R = std::invoke_result_t<F&, Books&>>
    awaitable<R> transact(F f) {
        auto books = books_;
        co_return co_await lane_.run([books, f = std::move(f), hook = hook_]() mutable -> R {
            books->begin();
            try {
                if constexpr (std::is_void_v<R>) {
                    f(*books);
                    if (hook) hook(Moment::before_commit);
                    books->commit();
                    if (hook) hook(Moment::after_commit);
                } else {
                    R value = f(*books);
                    if (hook) hook(Moment::before_commit);
                    books->commit();
                    if (hook) hook(Moment::after_commit);
                    return value;
                }
            } catch (...) {
                books->rollback();
                throw;
            }
        });
    }
    /// Reads without a transaction of its own.
    template <class F, class R = std::invoke_result_t<F&, Books&>>
    awaitable<R> look(F f) {
        auto books = books_;
        co_return co_await lane_.run([books, f = std::move(f)]() mutable -> R { return f(*books); });
    }

  private:
    drivers::Lane& lane_;
    std::shared_ptr<Books> books_;
    Hook hook_;
};

}  // namespace kiosk
