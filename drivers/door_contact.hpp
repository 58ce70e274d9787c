// The cabinet door's contact. Linux shows such a switch (gpio-keys, USB input boards) as an input device with SW_MACHINE_COVER, set = closed.
#pragma once
#include "drivers/async.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace drivers {

/// `unknown`: the contact cannot be asked. Whoever guards the door treats it as open: an unplugged contact must not be a way in.
enum class Contact { closed, open, unknown };
[[nodiscard]] std::string_view name_of(Contact contact);

/// Belongs to the loop's thread.
class DoorContact {
  public:
    virtual ~DoorContact() = default;
    [[nodiscard]] virtual Contact state() const = 0;
    /// Counts every change of state().
    [[nodiscard]] virtual Signal& changed() = 0;
};

/// `path`: /dev/input/eventN or a link under /dev/input/by-path. Asked with EVIOCGSW four times a second, because an edge that was missed while nobody
/// had the file open must be seen too; a device that is away is `unknown` and looked for again at each turn.
[[nodiscard]] std::unique_ptr<DoorContact> make_evdev_contact(asio::any_io_executor loop, std::string path);
/// A cabinet without a contact: always closed.
[[nodiscard]] std::unique_ptr<DoorContact> make_no_contact();

}  // namespace drivers
