// Setting a kiosk and a centre up as a technician would: folders, keys, configuration, enrolment, staff, the first load of blanks.
#pragma once
#include "sim/hall/child.hpp"
#include "sim/hall/scenario.hpp"

#include <memory>
#include <nlohmann/json.hpp>

namespace sim {

/// Where the programs of the build lie.
struct Programs {
    std::filesystem::path liqu, ctl, central, ifd_library, texts, layouts, register_file, scenarios;
    /// Beside the running liqu-sim; the sources' folders come from the build.
    [[nodiscard]] static Programs find(const std::filesystem::path& own_program);
};

/// Badges of the sample hall: UID, name tag, PIN.
struct StaffBadge {
    std::string id, name, role, uid, pin;
};
[[nodiscard]] const std::vector<StaffBadge>& sample_staff();

class Centre {
  public:
    Centre(const Programs& programs, std::filesystem::path dir, std::string master_key_hex, std::uint64_t seed);
    /// Starts (or starts again) the service; false when it does not answer.
    bool start(int lease_seconds, const std::string& stop_after = {}, bool certificates = false);
    void stop(int signal_number);
    [[nodiscard]] bool running();
    [[nodiscard]] int port() const { return port_; }
    void enrol(const std::string& kiosk, const std::string& key_hex);
    void behave(const std::string& word);
    [[nodiscard]] nlohmann::json report();
    [[nodiscard]] const std::string& sign_key() const { return sign_key_; }
    [[nodiscard]] const std::string& seal_key() const { return seal_key_; }

  private:
    [[nodiscard]] std::vector<std::string> command(std::string verb) const;
    const Programs& programs_;
    std::filesystem::path dir_;
    std::uint64_t seed_;
    std::string sign_key_, seal_key_;
    int port_ = 0;
    std::unique_ptr<Child> child_;
};

struct KioskSite {
    std::string id;
    std::filesystem::path dir, config;
};
struct SiteOptions {
    std::string centre_url, sign_key, seal_key, camera_url;
    std::filesystem::path authorities;  ///< certificates of the states that sign passports
    int present_timeout_ms = 15'000;
    bool small_window = true;
};
/// Writes the configuration, makes the keys, enrols, books staff and loads as the scenario's hoppers say.
[[nodiscard]] KioskSite make_site(const Programs& programs, const std::filesystem::path& dir, const std::string& id, const Scenario& scenario, const SiteOptions& options, Centre& centre,
                                  bool load_blanks);

}  // namespace sim
