// Descriptors of a full speed device, and answers cut in two where the scheme wants it.
#include "sim/wire/sdt_usb.hpp"
#include "sim/wire/usb_descriptors.hpp"

#include <algorithm>

namespace sim {

namespace {
constexpr std::uint8_t head_out = 0x02, body_out = 0x06, head_in = 0x81, body_in = 0x85;
constexpr std::size_t head_bytes = 7;

Bytes device_descriptor() { return usb_raw({18, 1, 0x10, 0x01, 0, 0, 0, 64, sdt_vendor_id & 0xFF, sdt_vendor_id >> 8, sdt_product_id & 0xFF, sdt_product_id >> 8, 0x00, 0x01, 1, 2, 3, 1}); }
Bytes configuration_descriptor(SdtScheme scheme) {
    const int endpoints = scheme == SdtScheme::a ? 4 : 2;
    Bytes out = usb_raw({9, 2, 18 + 7 * endpoints, 0, 1, 1, 0, 0x80, 50,  // one interface, powered by the bus
                         9, 4, 0, 0, endpoints, 0xFF, 0, 0, 0});
    // Not in ascending order: who talks to it has to look.
    for (const int endpoint : {int{body_in}, int{body_out}, int{head_out}, int{head_in}}) {
        if (scheme == SdtScheme::b && (endpoint == body_in || endpoint == body_out)) continue;
        const Bytes one = usb_raw({7, 5, endpoint, 2, 64, 0, 0});
        out.insert(out.end(), one.begin(), one.end());
    }
    return out;
}

class SdtUsb final : public UsbFunction {
  public:
    SdtUsb(SdtReader& model, SdtScheme scheme, std::string serial, std::mutex& world, std::function<Time()> now)
        : model_(model), scheme_(scheme), serial_(std::move(serial)), world_(world), now_(std::move(now)) {}
    std::uint16_t vendor() const override { return sdt_vendor_id; }
    std::uint16_t product() const override { return sdt_product_id; }
    const std::string& serial() const override { return serial_; }
    int speed() const override { return 12; }
    Bytes descriptors() const override {
        Bytes out = device_descriptor();
        const Bytes rest = configuration_descriptor(scheme_);
        out.insert(out.end(), rest.begin(), rest.end());
        return out;
    }
    std::optional<Bytes> control(View setup8) override {
        const std::string strings[] = {"Liqu simulator", "Resident ID reader", serial_};
        return usb_cut(usb_standard_request(setup8, device_descriptor(), configuration_descriptor(scheme_), strings), setup8);
    }
    bool bulk_out(std::uint8_t endpoint, View data) override {
        if (endpoint != head_out && (scheme_ == SdtScheme::b || endpoint != body_out)) return false;
        {
            const std::lock_guard lock(world_);
            model_.host_writes(data, now_());
        }
        from_host_ += data.size();
        return true;
    }
    bool has_in(std::uint8_t endpoint) const override { return endpoint == head_in || (scheme_ == SdtScheme::a && endpoint == body_in); }
    Bytes bulk_in(std::uint8_t endpoint, std::size_t room) override {
        const std::lock_guard lock(world_);
        if (scheme_ == SdtScheme::b) return model_.host_reads(room, now_());
        // The next answer is begun when the last one's head is gone; a body that nobody fetched stays before it.
        if (head_.empty()) {
            head_ = model_.host_takes_answer(now_());
            if (head_.size() > head_bytes) {
                body_.insert(body_.end(), head_.begin() + head_bytes, head_.end());
                head_.resize(head_bytes);
            }
        }
        Bytes& from = endpoint == head_in ? head_ : body_;
        const auto end = from.begin() + static_cast<std::ptrdiff_t>(std::min(room, from.size()));
        Bytes out(from.begin(), end);
        from.erase(from.begin(), end);
        return out;
    }
    void unplugged() override {
        const std::lock_guard lock(world_);
        head_.clear();
        body_.clear();
        model_.power_cycle();
    }
    std::uint64_t bytes_from_host() const override { return from_host_; }

  private:
    SdtReader& model_;
    const SdtScheme scheme_;
    const std::string serial_;
    std::mutex& world_;
    std::function<Time()> now_;
    Bytes head_, body_;
    std::atomic<std::uint64_t> from_host_ = 0;
};
}  // namespace

std::unique_ptr<UsbFunction> make_sdt_usb(SdtReader& model, SdtScheme scheme, std::string serial, std::mutex& world, std::function<Time()> now) {
    return std::make_unique<SdtUsb>(model, scheme, std::move(serial), world, std::move(now));
}

}  // namespace sim
