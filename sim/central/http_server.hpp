// The centre's HTTP door: POST /liqu/v1 for kiosks, POST /operator for operators with the token. Its threads stay inside; the core is
// called by one at a time. Can misbehave on purpose, for scenarios.
#pragma once
#include "sim/models/model.hpp"

#include <expected>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace sim {

/// normal; rubbish: 200 with noise; huge: 100 MB; drip: one byte a second; slow: the right answer after slow_seconds; refuse: a signed "busy"; unavailable: 503.
enum class Behaviour { normal, rubbish, huge, drip, slow, refuse, unavailable };
[[nodiscard]] std::optional<Behaviour> behaviour_of(std::string_view word);
inline constexpr int slow_seconds = 20;
inline constexpr std::size_t huge_bytes = 100'000'000;

class HttpServer {
  public:
    struct Setup {
        std::string host = "127.0.0.1";
        int port = 0;  ///< 0: any free one
        std::string token;  ///< of operators; empty: no operator door
        Behaviour behaviour = Behaviour::normal;
    };
    /// The three are called under the server's lock, from its threads.
    struct Rooms {
        std::function<Bytes(View)> kiosks;
        std::function<Bytes(View)> busy;  ///< for Behaviour::refuse
        std::function<nlohmann::json(const nlohmann::json&)> operators;
    };
    /// Listening when it returns.
    [[nodiscard]] static std::expected<std::unique_ptr<HttpServer>, std::string> start(Setup setup, Rooms rooms);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;
    [[nodiscard]] int port() const;
    void behave(Behaviour behaviour);

  private:
    HttpServer();
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// One POST on loopback, for the command line and tests: status and body, nothing when nobody answers within `seconds`.
[[nodiscard]] std::optional<std::pair<int, std::string>> http_post(int port, const std::string& path, const std::string& body, const std::string& type, int seconds);

}  // namespace sim
