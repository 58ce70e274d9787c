// A wire between kiosk and centre that can be listened to and disturbed: everything that passes is remembered (at most 64 requests), so that
// an attacker of a scenario can send it again, or changed.
#pragma once
#include "sim/models/model.hpp"

#include <memory>
#include <string>
#include <vector>

namespace sim {

class Relay {
  public:
    /// Listens on a free port of 127.0.0.1 and passes on to `target_port`.
    explicit Relay(int target_port);
    ~Relay();
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;
    [[nodiscard]] int port() const;
    void set_target(int port);
    /// Cut: nobody listens any more, connections are refused.
    void cut(bool yes);
    [[nodiscard]] std::vector<std::string> requests() const;
    /// Sends these bytes to the centre as an attacker would; the HTTP status.
    int send(const std::string& body);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sim
