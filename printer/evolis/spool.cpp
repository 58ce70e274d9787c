// The sequence without its answers.
#include "printer/evolis/spool.hpp"

#include "printer/evolis/command.hpp"
#include "printer/evolis/raster.hpp"

namespace printer::evolis {

drivers::Bytes job_bytes(const PrintJob& job) {
    drivers::Bytes out;
    out.reserve(3 * panel_bytes(job.size, 7) + 3 * panel_bytes(job.size, 1) + 256);
    const auto add = [&](const drivers::Bytes& framed) { out.insert(out.end(), framed.begin(), framed.end()); };
    const auto panel = [&](Panel which, const std::vector<std::uint8_t>& plane) {
        if (!plane.empty()) add(frame_panel(which, pack(plane, job.size, bits_of(which))));
    };
    add(frame("Ss"));
    add(frame("Sr"));
    panel(Panel::y, job.y);
    panel(Panel::m, job.m);
    panel(Panel::c, job.c);
    panel(Panel::k, job.k);
    panel(Panel::o, job.o);
    if (!job.back_k.empty()) add(frame("Sv"));
    panel(Panel::k, job.back_k);
    add(frame("Se"));
    return out;
}

}  // namespace printer::evolis
