// The cabinet's door at the wire: the kiosk's own driver asks the simulated contact through open() and ioctl(). The test starts itself under umockdev-wrapper.
#include "drivers/door_contact.hpp"
#include "sim/wire/door_switch.hpp"
#include "tests/under_umockdev.hpp"


using namespace std::chrono_literals;
using drivers::Contact;

namespace {
/// Runs the loop until the contact says so; false after 5 s.
bool becomes(asio::io_context& io, drivers::DoorContact& contact, Contact wanted) {
    for (int i = 0; i < 100 && contact.state() != wanted; ++i) {
        io.restart();
        io.run_for(50ms);
    }
    return contact.state() == wanted;
}
}  // namespace

TEST_CASE("door server" * doctest::skip()) {  // started by the test below, under umockdev-wrapper
    auto door = sim::DoorSwitch::create();
    REQUIRE_MESSAGE(door.has_value(), (door ? "" : door.error()));
    asio::io_context io;
    const auto contact = drivers::make_evdev_contact(io.get_executor(), sim::DoorSwitch::node());
    CHECK(contact->state() == Contact::closed);
    const auto before = contact->changed().count();
    (*door)->open(true);
    CHECK(becomes(io, *contact, Contact::open));
    CHECK(contact->changed().count() == before + 1);
    (*door)->plug(false);
    CHECK(becomes(io, *contact, Contact::unknown));
    (*door)->open(false);
    (*door)->plug(true);
    CHECK(becomes(io, *contact, Contact::closed));
    CHECK(contact->changed().count() == before + 3);
}

TEST_CASE("the door's contact is an input device: open, closed, unplugged, plugged again") {
    tests::passes_under_umockdev("door server");
}

TEST_CASE("what is no contact is never a closed door") {
    asio::io_context io;
    CHECK(drivers::make_evdev_contact(io.get_executor(), "/dev/input/there-is-none")->state() == Contact::unknown);
    CHECK(drivers::make_evdev_contact(io.get_executor(), "/dev/null")->state() == Contact::unknown);
    CHECK(drivers::make_no_contact()->state() == Contact::closed);
}
