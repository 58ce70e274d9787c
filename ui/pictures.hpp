// Pictures of people and cards on the glass: camera preview, photograph (JPEG), card face. Kept only as long as a screen shows them.
#pragma once
#include "ui/glass.hpp"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace ui {

struct Image {
    unsigned texture = 0;
    int width = 0, height = 0;
    [[nodiscard]] bool empty() const { return texture == 0; }
};

inline constexpr std::size_t max_jpeg_bytes = 4 * 1024 * 1024;
inline constexpr int max_jpeg_side = 2048;  ///< pixels

/// RGB rows of a JPEG; nothing for anything that is not a whole, reasonable JPEG.
struct Decoded {
    int width = 0, height = 0;
    std::vector<std::uint8_t> rgb;
};
[[nodiscard]] Decoded decode_jpeg(std::span<const std::byte> jpeg);

class Pictures {
  public:
    explicit Pictures(Glass& glass) : glass_(glass) {}
    ~Pictures();
    Pictures(const Pictures&) = delete;
    Pictures& operator=(const Pictures&) = delete;

    /// The texture of these pixels; uploaded again only when they changed. Empty when sizes do not fit.
    [[nodiscard]] Image rgba(const std::string& slot, int width, int height, std::span<const std::uint8_t> pixels);
    [[nodiscard]] Image rgb(const std::string& slot, int width, int height, std::span<const std::uint8_t> pixels);
    [[nodiscard]] Image jpeg(const std::string& slot, std::span<const std::byte> bytes);
    void begin_frame() { ++frame_; }
    /// Releases what the last picture did not use.
    void sweep();

  private:
    struct Kept {
        Image image;
        std::uint64_t print = 0, used = 0;
    };
    Kept& slot(const std::string& name, std::uint64_t print, bool& fresh);

    Glass& glass_;
    std::map<std::string, Kept> kept_;
    std::uint64_t frame_ = 1;
};

}  // namespace ui
