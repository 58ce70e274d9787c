// One USB transfer at a time in one direction, for libusb_pipe.cpp only. Belongs to the thread that handles libusb's events; the
// library's callback only notes that the transfer ended.
#pragma once
#include "drivers/bytes.hpp"

#include <libusb.h>
#include <new>
#include <utility>

namespace drivers {

class UsbTransfer {
  public:
    /// bmRequestType and bRequest of GET_PORT_STATUS (USB printer class 1.1)
    static constexpr std::uint8_t printer_request_in = 0xA1, get_port_status = 1;

    UsbTransfer() : raw_(libusb_alloc_transfer(0)) {
        if (!raw_) throw std::bad_alloc();
    }
    ~UsbTransfer() { libusb_free_transfer(raw_); }
    UsbTransfer(const UsbTransfer&) = delete;
    UsbTransfer& operator=(const UsbTransfer&) = delete;

    int bulk(libusb_device_handle* device, std::uint8_t endpoint, Bytes bytes) {
        buffer_ = std::move(bytes);
        libusb_fill_bulk_transfer(raw_, device, endpoint, data(), static_cast<int>(buffer_.size()), &UsbTransfer::on_end, this, 0);
        return submit();
    }
    int port_status(libusb_device_handle* device, std::uint8_t interface) {
        buffer_.assign(LIBUSB_CONTROL_SETUP_SIZE + 1, std::byte{});
        libusb_fill_control_setup(data(), printer_request_in, get_port_status, 0, interface, 1);
        libusb_fill_control_transfer(raw_, device, data(), &UsbTransfer::on_end, this, 0);
        return submit();
    }
    void cancel() {
        if (in_flight_ && !std::exchange(cancelled_, true)) libusb_cancel_transfer(raw_);
    }
    [[nodiscard]] bool in_flight() const { return in_flight_; }
    /// True once for each end.
    bool take_end() { return std::exchange(ended_, false); }
    [[nodiscard]] libusb_transfer_status status() const { return raw_->status; }
    [[nodiscard]] std::size_t actual() const { return static_cast<std::size_t>(std::max(0, raw_->actual_length)); }
    [[nodiscard]] View received() const { return View{buffer_}.first(std::min(actual(), buffer_.size())); }
    [[nodiscard]] std::byte control_byte() const { return buffer_.at(LIBUSB_CONTROL_SETUP_SIZE); }
    /// An end was dealt with.
    void forget() {
        ended_ = false;
        wipe(buffer_);
    }
    /// The device was closed. A transfer that never ended cannot be begun again, so a fresh one takes its place; the library looks
    /// through the handle even when it frees.
    void renew() {
        libusb_transfer* fresh = libusb_alloc_transfer(0);
        if (!fresh) throw std::bad_alloc();
        raw_->dev_handle = nullptr;
        libusb_free_transfer(std::exchange(raw_, fresh));
        in_flight_ = ended_ = false;
        wipe(buffer_);
    }

  private:
    unsigned char* data() { return reinterpret_cast<unsigned char*>(buffer_.data()); }
    int submit() {
        ended_ = cancelled_ = false;
        const int rc = libusb_submit_transfer(raw_);
        in_flight_ = rc == 0;
        return rc;
    }
    static void LIBUSB_CALL on_end(libusb_transfer* raw) {
        auto& self = *static_cast<UsbTransfer*>(raw->user_data);
        self.in_flight_ = false;
        self.ended_ = true;
    }
    libusb_transfer* raw_;
    Bytes buffer_;
    bool in_flight_ = false, ended_ = false, cancelled_ = false;
};

}  // namespace drivers
