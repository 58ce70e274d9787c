// A picture file becomes pixels, or one sentence. The order is the protection: kind of file, bytes, header, pixels, and only then memory and a decoder.
#include "camera/picture_file.hpp"
#include "camera/still.hpp"

#include <cerrno>
#include <fcntl.h>
#include <opencv2/imgcodecs.hpp>
#include <sys/stat.h>
#include <unistd.h>

namespace camera {

namespace {
std::unexpected<drivers::Fault> refuse(std::string why) { return drivers::fail(drivers::FaultCode::photo_not_encodable, std::move(why)); }

struct Descriptor {
    int fd = -1;
    ~Descriptor() {
        if (fd >= 0) ::close(fd);
    }
};

Result<drivers::Bytes> read_bytes(const std::filesystem::path& file) {
    // Not blocking: a named pipe would wait for a writer.
    const Descriptor in{::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)};
    if (in.fd < 0) return refuse(errno == ENOENT ? "no such file" : errno == EACCES ? "may not be read" : "cannot be opened");
    struct stat about {};
    if (::fstat(in.fd, &about) != 0) return refuse("cannot be read");
    if (S_ISDIR(about.st_mode)) return refuse("a folder, not a file");
    if (!S_ISREG(about.st_mode)) return refuse("not an ordinary file");
    if (about.st_size == 0) return refuse("empty");
    if (about.st_size > static_cast<off_t>(max_still_bytes)) return refuse(fmt::format("{} bytes: more than {} MiB", about.st_size, max_still_bytes >> 20));
    drivers::Bytes bytes(static_cast<std::size_t>(about.st_size));
    for (std::size_t done = 0; done < bytes.size();) {
        const auto n = ::read(in.fd, bytes.data() + done, bytes.size() - done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return refuse("cannot be read to its end");
        done += static_cast<std::size_t>(n);
    }
    return bytes;
}

/// What the header says against it, if anything.
std::optional<std::string> objection(const PictureFacts& facts) {
    if (facts.kind == PictureKind::gif) return "a GIF moves or has few colours: not a photograph";
    if (facts.animated) return "animated: not a photograph";
    if (static_cast<double>(facts.width) * static_cast<double>(facts.height) > max_still_pixels) return fmt::format("{} x {} pixels: more than {:.0f} million", facts.width, facts.height, max_still_pixels / 1e6);
    const auto [least, most] = std::minmax(facts.width, facts.height);
    if (least < least_still_side) return fmt::format("{} x {} pixels: smaller than {}", facts.width, facts.height, least_still_side);
    if (most > longest_still_shape * least) return fmt::format("{} x {} pixels: no photograph has this shape", facts.width, facts.height);
    if (!facts.complete) return "truncated: the file ends before the picture does";
    if (facts.jpeg && facts.jpeg->scans > most_still_scans) return fmt::format("{} scans: more than {}", facts.jpeg->scans, most_still_scans);
    return std::nullopt;
}

cv::Mat turned_upright(cv::Mat picture, int orientation) {
    const auto turn = [&](int code) {
        cv::Mat out;
        cv::rotate(picture, out, code);
        return out;
    };
    const auto mirror = [](const cv::Mat& in, int axis) {
        cv::Mat out;
        cv::flip(in, out, axis);
        return out;
    };
    switch (orientation) {
        case 2: return mirror(picture, 1);
        case 3: return turn(cv::ROTATE_180);
        case 4: return mirror(picture, 0);
        case 5: return picture.t();
        case 6: return turn(cv::ROTATE_90_CLOCKWISE);
        case 7: return mirror(mirror(picture.t(), 0), 1);
        case 8: return turn(cv::ROTATE_90_COUNTERCLOCKWISE);
        default: return picture;
    }
}
}  // namespace

Result<cv::Mat> read_still(const std::filesystem::path& file) {
    const auto bytes = read_bytes(file);
    if (!bytes) return std::unexpected(bytes.error());
    const auto facts = read_picture_facts(*bytes);
    if (!facts) return refuse("not a JPEG, PNG, WebP or BMP picture");
    if (auto why = objection(*facts)) return refuse(std::move(*why));
    cv::Mat picture;
    try {
        if (facts->jpeg) picture = turned_upright(decode_jpeg(*bytes, *facts->jpeg), facts->jpeg->orientation);
        else picture = cv::imdecode(cv::Mat(1, static_cast<int>(bytes->size()), CV_8U, const_cast<std::byte*>(bytes->data())), cv::IMREAD_COLOR);
    } catch (const cv::Exception&) {
        return refuse("cannot be decoded");
    }
    if (picture.empty() || picture.type() != CV_8UC3) return refuse("damaged: cannot be decoded");
    return picture;
}

}  // namespace camera
