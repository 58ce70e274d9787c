// The reader driver that the distribution's pcscd loads: card readers that are really slots of liqu-sim. DEVICENAME in reader.conf is
// SOCKET:N, the Unix socket of sim/wire/card_slots and the slot's number. Facts: pcscd.md. Threads: pcscd calls one reader from two threads, the
// polling thread and whoever transmits, hence two connections for each reader.
#include "sim/wire/slot_frames.hpp"

extern "C" {
#include <PCSC/ifdhandler.h>
#include <PCSC/reader.h>
}
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

using namespace sim::slots;

constexpr unsigned max_readers = 16;
constexpr int reconnect_pause_ms = 500;      // while liqu-sim is away
constexpr int answer_limit_ms = 60 * 1000;   // the longest a simulated chip may work

/// A connection to liqu-sim, opened when it is needed and again after it broke.
struct Link {
    int fd = -1;
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
};

struct Reader {
    bool used = false;
    char path[sizeof(sockaddr_un::sun_path)] = {};
    unsigned char slot = 0;
    Link commands, events;
    int stop = -1;                  ///< eventfd: wakes the polling thread
    uint32_t reported = away;       ///< what presence said last; the polling thread waits for something else
    unsigned char atr[MAX_ATR_SIZE] = {};
    DWORD atr_size = 0;
};

Reader readers[max_readers];

Reader* reader_of(DWORD lun) {
    const DWORD n = lun >> 16;
    return n < max_readers && readers[n].used ? &readers[n] : nullptr;
}

void drop(Link& link) {
    if (link.fd >= 0) close(link.fd);
    link.fd = -1;
}

bool open_link(const Reader& reader, Link& link) {
    if (link.fd >= 0) return true;
    link.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (link.fd < 0) return false;
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    memcpy(address.sun_path, reader.path, sizeof address.sun_path);
    if (connect(link.fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return true;
    drop(link);
    return false;
}

bool send_all(int fd, const unsigned char* data, size_t size) {
    while (size > 0) {
        const ssize_t n = send(fd, data, size, MSG_NOSIGNAL);
        if (n <= 0) return false;
        data += n;
        size -= static_cast<size_t>(n);
    }
    return true;
}

/// All of `size`, or false on the end, an error, the limit, or the stop signal.
bool receive_all(int fd, int stop, unsigned char* data, size_t size, int limit_ms) {
    while (size > 0) {
        pollfd fds[2] = {{.fd = fd, .events = POLLIN, .revents = 0}, {.fd = stop, .events = POLLIN, .revents = 0}};
        const int ready = poll(fds, stop >= 0 ? 2 : 1, limit_ms);
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0 || (stop >= 0 && fds[1].revents)) return false;
        const ssize_t n = recv(fd, data, size, 0);
        if (n <= 0) return false;
        data += n;
        size -= static_cast<size_t>(n);
    }
    return true;
}

struct Answer {
    bool arrived = false;
    uint8_t kind = 0;
    unsigned size = 0;
    unsigned char payload[max_payload_bytes] = {};
};

Answer exchange(Reader& reader, Link& link, Ask ask, const unsigned char* payload, unsigned size, int stop, int limit_ms) {
    Answer answer;
    if (size > max_payload_bytes || !open_link(reader, link)) return answer;
    const unsigned char header[header_bytes] = {ask, reader.slot, static_cast<unsigned char>(size >> 8), static_cast<unsigned char>(size)};
    unsigned char reply[header_bytes];
    if (send_all(link.fd, header, sizeof header) && send_all(link.fd, payload, size) && receive_all(link.fd, stop, reply, sizeof reply, limit_ms)) {
        answer.kind = reply[0];
        answer.size = static_cast<unsigned>(reply[2]) << 8 | reply[3];
        answer.arrived = answer.size <= max_payload_bytes && receive_all(link.fd, stop, answer.payload, answer.size, limit_ms);
    }
    if (!answer.arrived) drop(link);
    return answer;
}

/// What liqu-sim says is in the slot; `away` when it does not answer.
uint32_t state_of(const Answer& answer) { return answer.arrived && answer.kind == state && answer.size == 4 ? get32(answer.payload) : away; }

Answer command(Reader& reader, Ask ask, const unsigned char* payload = nullptr, unsigned size = 0) {
    pthread_mutex_lock(&reader.commands.lock);
    const Answer answer = exchange(reader, reader.commands, ask, payload, size, -1, answer_limit_ms);
    pthread_mutex_unlock(&reader.commands.lock);
    return answer;
}

RESPONSECODE power(Reader& reader, PUCHAR atr, PDWORD size) {
    *size = 0;
    const Answer answer = command(reader, power_up);
    if (!answer.arrived || answer.kind == unplugged) return IFD_COMMUNICATION_ERROR;
    if (answer.kind == no_card) return IFD_ICC_NOT_PRESENT;
    if (answer.kind != done || answer.size < 2 || answer.size > MAX_ATR_SIZE) return IFD_ERROR_POWER_ACTION;
    memcpy(atr, answer.payload, answer.size);
    memcpy(reader.atr, answer.payload, answer.size);
    *size = reader.atr_size = answer.size;
    return IFD_SUCCESS;
}

/// Returns when the slot's state differs from the one that presence reported last: an event between two calls must not be lost.
RESPONSECODE poll_for_change(DWORD lun, int timeout_ms) {
    Reader* reader = reader_of(lun);
    if (!reader) return IFD_NO_SUCH_DEVICE;
    unsigned char payload[8];
    put32(payload, __atomic_load_n(&reader->reported, __ATOMIC_ACQUIRE));
    put32(payload + 4, static_cast<uint32_t>(timeout_ms));
    pthread_mutex_lock(&reader->events.lock);
    const Answer answer = exchange(*reader, reader->events, wait, payload, sizeof payload, reader->stop, timeout_ms + 2000);
    pthread_mutex_unlock(&reader->events.lock);
    if (!answer.arrived) {
        // Woken, or the simulator is away. pcscd wakes this thread at every connection of a client, not only at the end: the wake is taken, or it
        // would be one for ever and the thread would spin.
        pollfd pause = {.fd = reader->stop, .events = POLLIN, .revents = 0};
        uint64_t woken = 0;
        if (poll(&pause, 1, reconnect_pause_ms) > 0) (void)!read(reader->stop, &woken, sizeof woken);
    }
    return IFD_SUCCESS;
}

RESPONSECODE stop_polling(DWORD lun) {
    Reader* reader = reader_of(lun);
    if (!reader) return IFD_NO_SUCH_DEVICE;
    const uint64_t one = 1;
    return write(reader->stop, &one, sizeof one) == sizeof one ? IFD_SUCCESS : IFD_COMMUNICATION_ERROR;
}

RESPONSECODE give(const void* value, DWORD size, PDWORD length, PUCHAR to) {
    if (*length < size) return IFD_ERROR_INSUFFICIENT_BUFFER;
    memcpy(to, value, size);
    *length = size;
    return IFD_SUCCESS;
}

}  // namespace

extern "C" {

RESPONSECODE IFDHCreateChannelByName(DWORD Lun, LPSTR DeviceName) {
    const DWORD n = Lun >> 16;
    const char* mark = strrchr(DeviceName, ':');
    if (n >= max_readers || readers[n].used || !mark) return IFD_NO_SUCH_DEVICE;
    Reader& reader = readers[n];
    const auto length = static_cast<size_t>(mark - DeviceName);
    const int slot = atoi(mark + 1);
    if (length == 0 || length >= sizeof reader.path || slot < 0 || slot > 255) return IFD_NO_SUCH_DEVICE;
    memset(reader.path, 0, sizeof reader.path);
    memcpy(reader.path, DeviceName, length);
    reader.slot = static_cast<unsigned char>(slot);
    reader.reported = away;
    reader.atr_size = 0;
    reader.stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (reader.stop < 0) return IFD_COMMUNICATION_ERROR;
    reader.used = true;  // always succeeds: pcscd never asks a second time. liqu-sim may come later.
    return IFD_SUCCESS;
}

RESPONSECODE IFDHCreateChannel(DWORD, DWORD) { return IFD_NO_SUCH_DEVICE; }

RESPONSECODE IFDHCloseChannel(DWORD Lun) {
    Reader* reader = reader_of(Lun);
    if (!reader) return IFD_NO_SUCH_DEVICE;
    drop(reader->commands);
    drop(reader->events);
    close(reader->stop);
    reader->stop = -1;
    reader->used = false;
    return IFD_SUCCESS;
}

RESPONSECODE IFDHGetCapabilities(DWORD Lun, DWORD Tag, PDWORD Length, PUCHAR Value) {
    Reader* reader = reader_of(Lun);
    if (!reader) return IFD_NO_SUCH_DEVICE;
    const unsigned char yes = 1, slots = 1, many = max_readers;
    switch (Tag) {
        case TAG_IFD_ATR:
        case SCARD_ATTR_ATR_STRING: return give(reader->atr, reader->atr_size, Length, Value);
        case TAG_IFD_SIMULTANEOUS_ACCESS: return give(&many, 1, Length, Value);
        case TAG_IFD_SLOTS_NUMBER: return give(&slots, 1, Length, Value);
        case TAG_IFD_THREAD_SAFE:
        case TAG_IFD_SLOT_THREAD_SAFE: return give(&yes, 1, Length, Value);
        case SCARD_ATTR_VENDOR_NAME: return give("Liqu", 5, Length, Value);
        case TAG_IFD_POLLING_THREAD_WITH_TIMEOUT: {
            RESPONSECODE (*function)(DWORD, int) = poll_for_change;
            return give(&function, sizeof function, Length, Value);
        }
        case TAG_IFD_STOP_POLLING_THREAD: {
            RESPONSECODE (*function)(DWORD) = stop_polling;
            return give(&function, sizeof function, Length, Value);
        }
        default: return IFD_ERROR_TAG;
    }
}

RESPONSECODE IFDHSetCapabilities(DWORD Lun, DWORD, DWORD, PUCHAR) { return reader_of(Lun) ? IFD_ERROR_TAG : IFD_NO_SUCH_DEVICE; }
RESPONSECODE IFDHSetProtocolParameters(DWORD Lun, DWORD, UCHAR, UCHAR, UCHAR, UCHAR) { return reader_of(Lun) ? IFD_SUCCESS : IFD_NO_SUCH_DEVICE; }

RESPONSECODE IFDHPowerICC(DWORD Lun, DWORD Action, PUCHAR Atr, PDWORD AtrLength) {
    Reader* reader = reader_of(Lun);
    if (!reader) return IFD_NO_SUCH_DEVICE;
    switch (Action) {
        case IFD_POWER_UP:
        case IFD_RESET: return power(*reader, Atr, AtrLength);
        case IFD_POWER_DOWN:
            *AtrLength = 0;
            return command(*reader, power_down).arrived ? IFD_SUCCESS : IFD_COMMUNICATION_ERROR;
        default: return IFD_NOT_SUPPORTED;
    }
}

RESPONSECODE IFDHTransmitToICC(DWORD Lun, SCARD_IO_HEADER, PUCHAR TxBuffer, DWORD TxLength, PUCHAR RxBuffer, PDWORD RxLength, PSCARD_IO_HEADER) {
    Reader* reader = reader_of(Lun);
    const DWORD room = *RxLength;
    *RxLength = 0;
    if (!reader) return IFD_NO_SUCH_DEVICE;
    if (TxLength > max_payload_bytes) return IFD_COMMUNICATION_ERROR;
    const Answer answer = command(*reader, transmit, TxBuffer, static_cast<unsigned>(TxLength));
    if (!answer.arrived || answer.kind == unplugged) return IFD_COMMUNICATION_ERROR;
    if (answer.kind == no_card) return IFD_ICC_NOT_PRESENT;
    if (answer.kind != done) return IFD_RESPONSE_TIMEOUT;
    if (answer.size > room) return IFD_ERROR_INSUFFICIENT_BUFFER;
    memcpy(RxBuffer, answer.payload, answer.size);
    *RxLength = answer.size;
    return IFD_SUCCESS;
}

RESPONSECODE IFDHControl(DWORD Lun, DWORD, PUCHAR, DWORD, PUCHAR, DWORD, LPDWORD pdwBytesReturned) {
    *pdwBytesReturned = 0;
    return reader_of(Lun) ? IFD_ERROR_NOT_SUPPORTED : IFD_NO_SUCH_DEVICE;
}

RESPONSECODE IFDHICCPresence(DWORD Lun) {
    Reader* reader = reader_of(Lun);
    if (!reader) return IFD_NO_SUCH_DEVICE;
    uint32_t now = state_of(command(*reader, presence));
    const uint32_t before = __atomic_load_n(&reader->reported, __ATOMIC_ACQUIRE);
    // One card went and another came between two questions: the empty slot in between is told too, or nobody would notice.
    if (now != away && now != empty && before != away && before != empty && now != before) now = empty;
    __atomic_store_n(&reader->reported, now, __ATOMIC_RELEASE);
    return now == away ? IFD_COMMUNICATION_ERROR : now == empty ? IFD_ICC_NOT_PRESENT : IFD_ICC_PRESENT;
}

}  // extern "C"
