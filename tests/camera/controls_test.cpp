// Holding exposure and white balance: the decision by frames, the order of the controls on a camera that is a table, and the ioctls on a device that umockdev shows.
#include "camera/v4l2_controls.hpp"
#include "sim/wire/testbed.hpp"
#include "tests/under_umockdev.hpp"

#include <cerrno>
#include <linux/videodev2.h>
#include <map>
#include <mutex>
#include <umockdev.h>

using namespace std::chrono_literals;
using camera::ExposureLock;
using camera::Settling;

namespace {
struct Table final : camera::Controls {
    std::map<std::uint32_t, std::int32_t>& values;
    std::vector<std::uint32_t>& written;
    bool read_only = false;
    Table(std::map<std::uint32_t, std::int32_t>& v, std::vector<std::uint32_t>& w, bool r = false) : values(v), written(w), read_only(r) {}
    std::optional<std::int32_t> get(std::uint32_t id) override {
        const auto it = values.find(id);
        return it == values.end() ? std::nullopt : std::optional(it->second);
    }
    bool set(std::uint32_t id, std::int32_t value) override {
        if (read_only || !values.contains(id)) return false;
        values[id] = value;
        written.push_back(id);
        // A camera that forgets its exposure when it becomes manual.
        if (id == V4L2_CID_EXPOSURE_AUTO && value == V4L2_EXPOSURE_MANUAL && values.contains(V4L2_CID_EXPOSURE_ABSOLUTE)) values[V4L2_CID_EXPOSURE_ABSOLUTE] = 1;
        return true;
    }
};
const std::map<std::uint32_t, std::int32_t> webcam{{V4L2_CID_EXPOSURE_AUTO, V4L2_EXPOSURE_APERTURE_PRIORITY}, {V4L2_CID_EXPOSURE_ABSOLUTE, 312},
                                                   {V4L2_CID_AUTO_WHITE_BALANCE, 1}, {V4L2_CID_WHITE_BALANCE_TEMPERATURE, 4600}};
}  // namespace

TEST_CASE("held at the present values, given back as it was") {
    auto values = webcam;
    std::vector<std::uint32_t> written;
    {
        ExposureLock lock(std::make_unique<Table>(values, written));
        CHECK(lock.lock() == 2);
        CHECK(lock.locked());
        CHECK(values[V4L2_CID_EXPOSURE_AUTO] == V4L2_EXPOSURE_MANUAL);
        CHECK(values[V4L2_CID_EXPOSURE_ABSOLUTE] == 312);
        CHECK(values[V4L2_CID_AUTO_WHITE_BALANCE] == 0);
        CHECK(values[V4L2_CID_WHITE_BALANCE_TEMPERATURE] == 4600);
        const auto times = written.size();
        CHECK(lock.lock() == 2);  // once is enough
        CHECK(written.size() == times);
    }
    CHECK(values[V4L2_CID_EXPOSURE_AUTO] == V4L2_EXPOSURE_APERTURE_PRIORITY);
    CHECK(values[V4L2_CID_AUTO_WHITE_BALANCE] == 1);
}

TEST_CASE("a camera without controls, one that refuses, and one that an operator set by hand are left alone") {
    std::vector<std::uint32_t> written;
    std::map<std::uint32_t, std::int32_t> none, refusing = webcam, manual = webcam;
    manual[V4L2_CID_EXPOSURE_AUTO] = V4L2_EXPOSURE_MANUAL;
    manual[V4L2_CID_AUTO_WHITE_BALANCE] = 0;
    const auto by_hand = manual;
    CHECK(ExposureLock(nullptr).lock() == 0);
    CHECK(ExposureLock(std::make_unique<Table>(none, written)).lock() == 0);
    CHECK(ExposureLock(std::make_unique<Table>(refusing, written, true)).lock() == 0);
    CHECK(refusing == webcam);
    CHECK(ExposureLock(std::make_unique<Table>(manual, written)).lock() == 0);
    CHECK(manual == by_hand);
    CHECK(written.empty());
}

namespace {
/// Frames at 15 a second; what the decisions were.
struct Film {
    Settling settling;
    std::chrono::milliseconds now{5000};
    int held = 0, let_go = 0;
    /// Milliseconds until the first decision, or `time`.
    int show(int time, bool face, auto level_at) {
        int first = time;
        for (int t = 0; t < time; t += 66, now += 66ms) {
            const auto act = settling.see(level_at(t), face, now);
            held += act == Settling::Act::hold;
            let_go += act == Settling::Act::let_go;
            if (act != Settling::Act::none) first = std::min(first, t);
        }
        return first;
    }
};
const auto steady = [](int) { return 150.0; };
}  // namespace

TEST_CASE("settled on a person, then held; nothing is held for an empty wall") {
    Film film;
    film.show(5000, false, steady);
    CHECK(film.held == 0);
    const int soon = film.show(2000, true, steady);
    CHECK(film.held == 1);
    CHECK(soon >= 400);
    CHECK(soon <= 500);
    Film drifting;  // still adapting: held after a second all the same
    const int later = drifting.show(1500, true, [](int t) { return 100 + t * 0.02; });
    CHECK(drifting.held == 1);
    CHECK(later >= 980);
    CHECK(later <= 1100);
    CHECK(drifting.let_go == 0);
}

TEST_CASE("let go when the person is gone, when the light changes, and for good when the camera jumps") {
    Film gone;
    gone.show(1000, true, steady);
    gone.show(1500, false, steady);
    CHECK(gone.let_go == 0);  // looked down for a moment
    gone.show(200, true, steady);
    gone.show(2500, false, steady);
    CHECK(gone.let_go == 1);
    gone.show(1000, true, steady);
    CHECK(gone.held == 2);
    Film cloud;
    cloud.show(2000, true, steady);
    cloud.show(600, true, [](int) { return 100.0; });  // somebody walks past
    cloud.show(600, true, steady);
    CHECK(cloud.let_go == 0);
    cloud.show(1200, true, [](int) { return 100.0; });
    CHECK(cloud.let_go == 1);
    Film jump;
    jump.show(500, true, steady);
    REQUIRE(jump.held == 1);
    jump.show(3000, true, [](int) { return 90.0; });
    CHECK(jump.let_go == 1);
    CHECK(jump.held == 1);
}

// ---- the ioctls themselves ----------------------------------------------------------------------------------------------------------------
namespace {
struct FakeNode {
    std::mutex mutex;
    std::map<std::uint32_t, std::int32_t> values = webcam;
    static gboolean on_ioctl(UMockdevIoctlBase*, UMockdevIoctlClient* client, gpointer data) {
        auto& self = *static_cast<FakeNode*>(data);
        const gulong request = umockdev_ioctl_client_get_request(client);
        if (request != VIDIOC_G_CTRL && request != VIDIOC_S_CTRL) {
            umockdev_ioctl_client_complete(client, -1, ENOTTY);
            return TRUE;
        }
        UMockdevIoctlData* target = umockdev_ioctl_data_resolve(umockdev_ioctl_client_get_arg(client), 0, sizeof(v4l2_control), nullptr);
        if (!target) {
            umockdev_ioctl_client_complete(client, -1, EFAULT);
            return TRUE;
        }
        auto* control = reinterpret_cast<v4l2_control*>(target->data);
        const std::lock_guard lock(self.mutex);
        const auto it = self.values.find(control->id);
        if (it != self.values.end()) (request == VIDIOC_G_CTRL ? control->value : it->second) = request == VIDIOC_G_CTRL ? it->second : control->value;
        const bool known = it != self.values.end();
        g_object_unref(target);
        umockdev_ioctl_client_complete(client, known ? 0 : -1, known ? 0 : EINVAL);
        return TRUE;
    }
};
}  // namespace

TEST_CASE("camera controls server" * doctest::skip()) {  // started by the test below, under umockdev-wrapper
    auto testbed = sim::shared_testbed();
    REQUIRE_MESSAGE(testbed.has_value(), (testbed ? "" : testbed.error()));
    FakeNode fake;
    UMockdevIoctlBase* handler = umockdev_ioctl_base_new();
    g_signal_connect(handler, "handle-ioctl", reinterpret_cast<GCallback>(&FakeNode::on_ioctl), &fake);
    const char* node = "/dev/video7";
    const char* text = "P: /devices/platform/camera/video4linux/video7\nN: video7=00\nE: SUBSYSTEM=video4linux\nE: DEVNAME=/dev/video7\nE: MAJOR=81\nE: MINOR=7\n";
    REQUIRE(umockdev_testbed_attach_ioctl(testbed->get(), node, handler, nullptr));
    REQUIRE(umockdev_testbed_add_from_string(testbed->get(), text, nullptr));
    {
        ExposureLock lock(camera::make_v4l2_controls(node));
        CHECK(lock.lock() == 2);
        const std::lock_guard guard(fake.mutex);
        CHECK(fake.values[V4L2_CID_EXPOSURE_AUTO] == V4L2_EXPOSURE_MANUAL);
        CHECK(fake.values[V4L2_CID_EXPOSURE_ABSOLUTE] == 312);
        CHECK(fake.values[V4L2_CID_AUTO_WHITE_BALANCE] == 0);
    }
    {
        const std::lock_guard guard(fake.mutex);  // the last ioctl was answered in umockdev's thread
        CHECK(fake.values == webcam);
    }
    CHECK_FALSE(camera::make_v4l2_controls("/dev/video99"));
    umockdev_testbed_detach_ioctl(testbed->get(), node, nullptr);
    g_object_unref(handler);
}

TEST_CASE("the controls of a device node are read, set and restored by ioctl") {
    tests::passes_under_umockdev("camera controls server");
}
