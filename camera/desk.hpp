// What the camera's thread and the loop share, for portraits and documents alike. Inside the camera: only opencv_camera.cpp and worker.* include this.
#pragma once
#include "camera/camera.hpp"
#include "camera/document.hpp"

#include <condition_variable>
#include <mutex>
#include <variant>

namespace camera {

struct DocumentTask {
    Subject subject{};
    std::chrono::year_month_day today;
};
/// What a session is for.
using Task = std::variant<PortraitRules, DocumentTask>;
using Sight = std::variant<Observation, DocumentSight>;
/// What may be asked for in a session: a portrait by these rules, or a page.
struct PageWish {};
using Wish = std::variant<PortraitRules, PageWish>;
using Picture = std::variant<Portrait, DocumentPage>;

inline void wipe(Observation& seen) { drivers::wipe(std::as_writable_bytes(std::span{seen.preview_rgb})); }
inline void wipe(DocumentSight& seen) { seen.wipe(); }
inline void forget(std::optional<Sight>& sight) {
    if (sight) std::visit([](auto& seen) { wipe(seen); }, *sight);
    sight.reset();
}

struct Taken {
    std::uint64_t request = 0;
    Result<Picture> picture;
};
inline void forget(std::optional<Taken>& taken) {
    if (taken && taken->picture) std::visit([](auto& picture) { picture.wipe(); }, *taken->picture);
    taken.reset();
}

/// Everything under the mutex.
struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    bool quit = false;
    std::uint64_t session = 0;  // 0: closed
    Task task;
    std::optional<std::pair<std::uint64_t, Wish>> request;
    // towards the loop
    std::uint64_t from_session = 0;
    std::optional<Sight> fresh;
    std::optional<drivers::Fault> trouble;
    std::optional<Taken> taken;
    bool told = false;
};

/// The loop's side; only the loop touches it. Handlers hold it weakly: they may run after the camera is gone.
struct LoopSide {
    explicit LoopSide(drivers::Clock& c) : clock(c) {}
    drivers::Clock& clock;
    std::uint64_t session = 0;  // 0: closed
    bool for_document = false;
    std::uint64_t requests = 0;
    std::optional<Sight> latest;
    std::optional<drivers::Fault> trouble;  // not yet returned by next
    std::optional<Taken> taken;
    drivers::Signal signal;

    void collect(Shared& shared) {
        std::optional<Sight> fresh;
        std::optional<drivers::Fault> new_trouble;
        std::optional<Taken> new_taken;
        {
            const std::lock_guard lock(shared.mutex);
            shared.told = false;
            if (shared.from_session == session) {
                fresh = std::exchange(shared.fresh, {});
                new_trouble = std::exchange(shared.trouble, {});
                new_taken = std::exchange(shared.taken, {});
            }
        }
        if (session == 0) {
            camera::forget(fresh);
            camera::forget(new_taken);
            return;
        }
        if (fresh) {
            std::visit([this](auto& seen) { seen.at = clock.steady(); }, *fresh);
            camera::forget(latest);
            latest = std::move(fresh);
            trouble.reset();
        }
        if (new_trouble) trouble = std::move(new_trouble);
        if (new_taken) taken = std::move(new_taken);
        signal.notify();
    }
};

}  // namespace camera
