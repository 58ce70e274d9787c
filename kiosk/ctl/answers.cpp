// Words for terminals, JSON for programs.
#include "kiosk/ctl/answers.hpp"

#include "kiosk/faults.hpp"

#include <fmt/format.h>
#include <iostream>
#include <nlohmann/json.hpp>

namespace ctl {

namespace {
using nlohmann::ordered_json;

void in_words(const ordered_json& value, std::ostream& out, const std::string& indent = {}) {
    for (const auto& [key, item] : value.items()) {
        const std::string name = value.is_array() ? "-" : key + ":";
        if (item.is_structured() && !item.empty()) {
            out << indent << name << '\n';
            in_words(item, out, indent + "  ");
        } else {
            out << indent << name << ' ' << (item.is_string() ? item.get<std::string>() : item.is_structured() ? "none" : item.is_null() ? "not said" : item.dump()) << '\n';
        }
    }
}
}  // namespace

int complain(const std::string& why, int code) {
    std::cerr << "liqu-ctl: " << why << '\n';
    return code;
}

int complain(const drivers::Fault& fault) {
    const auto& row = kiosk::row_of(fault.code);
    return complain(fmt::format("{} ({}): {}; action: {}", name_of(fault.code), row.number, fault.detail.empty() ? "no detail" : fault.detail, name_of(row.action)), refused);
}

int show(const ordered_json& value, bool json) {
    if (json) std::cout << value.dump() << '\n';
    else in_words(value, std::cout);
    return done;
}

std::string datum(const std::string& text, bool show) { return text.empty() || show ? text : "***"; }

drivers::awaitable<drivers::Result<bool>> card_appears(drivers::CardReader& reader, drivers::Clock& clock, drivers::Duration limit) {
    using drivers::FaultCode;
    using drivers::ReaderPresence;
    const auto deadline = clock.steady() + limit;
    for (;;) {
        const auto seen = reader.changed().count();
        const auto presence = reader.state().presence;
        if (presence == ReaderPresence::card) co_return true;
        const auto left = deadline - clock.steady();
        if (left <= drivers::Duration{}) {
            if (presence == ReaderPresence::daemon_down) co_return drivers::fail(FaultCode::reader_daemon_down, "pcscd does not answer");
            if (presence == ReaderPresence::reader_missing) co_return drivers::fail(FaultCode::reader_missing, "no reader of this name");
            co_return drivers::fail(FaultCode::no_document, "nothing lies on the reader");
        }
        co_await drivers::within(clock, left, reader.changed().after(seen));
    }
}

bool liqu_runs(const std::filesystem::path& data_dir) {
    asio::io_context io;
    asio::local::stream_protocol::socket socket(io);
    std::error_code error;
    socket.connect((data_dir / "control.sock").string(), error);
    return !error;
}

}  // namespace ctl
