// A print job: does it fit raster and ribbon, its sequence Ss Sr (panels) [Sv Db;k] Se, and what its end is called.
//
// A panel goes out once: a sequence that broke off is never continued, and a card that had a panel (or perhaps had one) is not printed on again.
#include "printer/evolis/evolis_printer.hpp"

namespace printer::evolis {

namespace {
bool fits_raster(const PrintJob& job, RasterSize size) {
    const auto dots = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
    const auto good = [dots](const std::vector<std::uint8_t>& plane, std::uint8_t most) {
        return plane.size() == dots && std::ranges::all_of(plane, [most](std::uint8_t v) { return v <= most; });
    };
    const bool no_colour = job.y.empty() && job.m.empty() && job.c.empty();
    return job.size == size && (no_colour || (good(job.y, 127) && good(job.m, 127) && good(job.c, 127))) && good(job.k, 1) && (job.o.empty() || good(job.o, 1)) &&
           (job.back_k.empty() || good(job.back_k, 1));
}

std::span<const std::uint8_t> plane_of(const PrintJob& job, Panel which, bool back) {
    switch (which) {
        case Panel::y: return job.y;
        case Panel::m: return job.m;
        case Panel::c: return job.c;
        case Panel::k: return back ? job.back_k : job.k;
        case Panel::o: return job.o;
    }
    return {};
}

std::vector<Panel> front_panels(const PrintJob& job) {
    std::vector<Panel> panels;
    for (const auto which : {Panel::y, Panel::m, Panel::c, Panel::k, Panel::o})
        if (!plane_of(job, which, false).empty()) panels.push_back(which);
    return panels;
}

std::function<void(PrintStage)> or_nobody(std::function<void(PrintStage)> stage) {
    if (stage) return stage;
    return [](PrintStage) {};
}
}  // namespace

/// The ribbon that is in the printer now, chosen by Pr; an Act when it is out or cannot print the job (or, without one, what the buffers hold), or the
/// card inside was printed on before.
awaitable<std::expected<RibbonKind, Act>> EvolisPrinter::ribbon_for(const PrintJob* job) {
    const auto tag = co_await machine_.ribbon();
    if (!tag) co_return std::unexpected(co_await refused_here(tag.error()));
    if (tag->level == RibbonLevel::out) co_return std::unexpected(co_await refused_here({FaultCode::printer_ribbon_out, "Rrt"}));
    auto wrong = job ? misfit(*tag, *job) : std::nullopt;
    if (!job && tag->kind() != held_->ribbon) wrong = Fault{FaultCode::printer_ribbon_wrong, "another ribbon than the buffers were filled for"};
    if (wrong) co_return std::unexpected(co_await refused_here(*std::move(wrong)));
    if (printed_on_) co_return std::unexpected(co_await refused_here({FaultCode::card_position_unexpected, "this card was printed on before"}));
    if (auto chosen = co_await machine_.choose_ribbon(tag->kind()); !chosen) co_return std::unexpected(co_await refused_here(chosen.error()));
    co_return tag->kind();
}

awaitable<Act> EvolisPrinter::print(PrintJob job, std::function<void(PrintStage)> stage) {
    struct Wiped {
        PrintJob& job;
        ~Wiped() { job.wipe(); }
    } wiped{job};
    if (!fits_raster(job, options_.raster)) co_return refused({FaultCode::bad_configuration, "the job's planes are not this printer's raster"});
    if (auto ended = co_await before(Need::ribbon, is_inside)) co_return *std::move(ended);
    auto ribbon = co_await ribbon_for(&job);
    if (!ribbon) co_return std::move(ribbon.error());
    Begun begun{abandoned_};
    Sides sides{.job = &job, .front = front_panels(job), .back = !job.back_k.empty()};
    if (*ribbon == RibbonKind::ymckos) sides.half = colour_window(job);
    held_.reset();
    auto act = co_await print_sequence(sides, or_nobody(std::move(stage)));
    if (act.ok() && !sides.back && !sides.half) held_ = Held{machine_.epoch(), machine_.talk().link(), *ribbon, sides.front};
    begun.end();
    co_return act;
}

awaitable<Act> EvolisPrinter::print_again(std::function<void(PrintStage)> stage) {
    if (auto ended = co_await before(Need::ribbon, is_inside)) co_return *std::move(ended);
    if (!held_ || held_->epoch != machine_.epoch() || held_->link != machine_.talk().link()) {
        co_return co_await refused_here({FaultCode::printer_command_refused, "the printer does not hold a side that can be printed again"});
    }
    auto ribbon = co_await ribbon_for(nullptr);
    if (!ribbon) co_return std::move(ribbon.error());
    Begun begun{abandoned_};
    auto act = co_await print_sequence({.job = nullptr, .front = held_->front}, or_nobody(std::move(stage)));
    begun.end();
    co_return act;
}

awaitable<Result<void>> EvolisPrinter::step(Command command, Duration limit, drivers::Steady deadline) {
    if (auto port = co_await machine_.hindrance(Need::ribbon); !port) co_return std::unexpected(port.error());
    co_return co_await machine_.talk().order(std::move(command), within_limit(limit, deadline));
}

awaitable<Result<void>> EvolisPrinter::panel(Panel which, bool back, const Sides& sides, drivers::Steady deadline) {
    if (!sides.job) co_return co_await step({fmt::format("Ssd;{}", letter_of(which))}, options_.panel, deadline);
    if (auto port = co_await machine_.hindrance(Need::ribbon); !port) co_return std::unexpected(port.error());
    const auto plane = plane_of(*sides.job, which, back);
    const bool resin = bits_of(which) == 1;
    const bool squeeze = resin ? options_.compress_mono : options_.compress_colour;
    auto download = sides.half && !resin ? half_download_of(which, plane, options_.raster, *sides.half)
                                         : download_of(which, plane, options_.raster, squeeze ? Packing::run_lengths : Packing::plain);
    co_return co_await machine_.talk().panel(std::move(download), within_limit(options_.panel, deadline));
}

/// The printer prints a panel while the next one comes in, so a stage is announced when the panel after it has been asked for.
awaitable<Result<void>> EvolisPrinter::front(Sides sides, std::function<void(PrintStage)> stage, drivers::Steady deadline) {
    const bool colour = std::ranges::find(sides.front, Panel::y) != sides.front.end();
    stage(colour ? PrintStage::front_colour : PrintStage::front_resin);
    auto went = co_await step({"Ss"}, options_.short_command, deadline);
    if (went) went = co_await step({"Sr"}, options_.move, deadline);
    for (const auto which : sides.front) {
        if (!went) break;
        if (sides.half && bits_of(which) > 1 && sides.half->lines == 0) continue;  // no colour anywhere
        if (which == Panel::o && colour) stage(PrintStage::front_resin);
        went = co_await panel(which, false, sides, deadline);
    }
    if (went && std::ranges::find(sides.front, Panel::o) != sides.front.end()) stage(PrintStage::front_overlay);
    co_return went;
}

awaitable<Result<void>> EvolisPrinter::back(Sides sides, std::function<void(PrintStage)> stage, drivers::Steady deadline) {
    if (!sides.back) co_return Result<void>{};
    auto went = co_await step({"Sv"}, side_end(), deadline);
    if (!went) co_return went;
    stage(PrintStage::flip);
    went = co_await panel(Panel::k, true, sides, deadline);
    if (went) stage(PrintStage::back_resin);
    co_return went;
}

awaitable<Act> EvolisPrinter::print_sequence(Sides sides, std::function<void(PrintStage)> stage) {
    const auto deadline = clock_.steady() + options_.print;
    printed_on_ = true;
    auto went = co_await front(sides, stage, deadline);
    if (went) went = co_await back(sides, stage, deadline);
    if (went) went = co_await step({"Se"}, side_end(), deadline);
    if (!went && away(went.error().code)) co_return Act{Did::unknown, Position::unknown, went.error()};
    auto seen = co_await machine_.position();
    const auto where = seen.value_or(Position::unknown);
    if (went) {
        if (!seen) co_return Act{Did::unknown, Position::unknown, seen.error()};
        if (!is_inside(where)) co_return Act{Did::unknown, where, Fault{FaultCode::card_position_unexpected, fmt::format("Se: OK, card {}", name_of(where))}};
        stage(PrintStage::finished);
        co_return Act{Did::done, where, std::nullopt};
    }
    // No sensor sees what is on a card: a print that was not answered stays unknown.
    auto fault = co_await machine_.refine(std::move(went.error()));
    const auto did = is_refusal(fault.code) ? Did::not_done : Did::unknown;
    co_return Act{did, where, std::move(fault)};
}

}  // namespace printer::evolis
