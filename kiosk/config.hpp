// The configuration file: TOML with validated, commented defaults (kiosk/liqu.toml is the documented example and the source of the defaults' text).
#pragma once
#include "camera/camera.hpp"
#include "drivers/id_document.hpp"
#include "kiosk/ids.hpp"
#include "printer/card_printer.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace kiosk {

struct HopperConfig {
    BankId bank;
    int capacity = 100;
    int low_at = 10;
};

[[nodiscard]] std::vector<drivers::DocumentKind> every_document_kind();

struct Config {
    // [kiosk]
    std::string id = "nn-mzb-03";
    std::string hall_zh = "民主部 3 号机", hall_en = "Minzhu Hall, machine 3", window = "5", hotline = "0771-12333";
    std::filesystem::path data_dir = "/var/lib/liqu";
    // [devices]
    std::string id_reader = "pcsc:Liqu ID Reader*", chip_reader = "pcsc:Liqu Chip Station*", printer = "usb:0f49:*", camera = "v4l2:/dev/video0";
    std::string door = "none";  ///< evdev:/dev/input/...; none: this cabinet has no contact
    printer::RasterSize raster;
    // [centre]
    std::string centre_url = "http://127.0.0.1:8320";
    Bytes centre_sign_key, centre_seal_key;  ///< 32 bytes each, hex in the file
    std::chrono::milliseconds exchange_limit{10'000}, hello_every{60'000};
    // [cards]
    std::vector<HopperConfig> hoppers;
    int bin_capacity = 25, bin_full_at = 25, ribbon_low_at = 20;
    std::vector<Bank> banks;
    std::string layout = "nanning.toml";  ///< file in `layouts`
    std::filesystem::path layouts;
    // [documents]
    std::filesystem::path csca;  ///< folder of the states' certificates; empty: no passport's signature can be verified, staff look at each
    std::filesystem::path wlt_decoder;  ///< a vendor's program that opens the pictures of resident cards, run shut in; empty: staff see the original alone
    std::vector<drivers::DocumentKind> accepted = every_document_kind();
    // [waits]
    std::chrono::milliseconds present_timeout{90'000}, present_extension{90'000}, presence_limit{60'000}, presence_wait{30'000}, document_limit{8'000}, passport_limit{45'000}, camera_limit{5'000},
        lease_margin{30'000};
    int photo_retakes = 3, attempts_per_visit = 2;
    // [photo]
    camera::PortraitRules photo;
    // [window]
    int width = 1080, height = 1920;
    bool fullscreen = true;
    double mm_per_pixel = 0.3125;
    // [log]
    std::string log_level = "info";
};

/// bad_configuration names table, key, line, what stands there and what is allowed; unknown keys are refused.
[[nodiscard]] Result<Config> parse_config(std::string_view toml, const std::filesystem::path& base = {});
[[nodiscard]] Result<Config> load_config(const std::filesystem::path& file);

}  // namespace kiosk
