// Google Benchmark: what is done for every card, beside the bare act that it wraps.
#include "drivers/clock.hpp"
#include "kiosk/issuing/issuing.hpp"
#include "printer/face/face.hpp"
#include "sim/world/world.hpp"

#include <benchmark/benchmark.h>
#include <fstream>
#include <sstream>

namespace {

std::string layout_text() {
    std::ifstream in(std::string(LIQU_SOURCE_DIR) + "/printer/layouts/nanning.toml");
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

printer::FaceData face() {
    printer::FaceData data;
    data.name = "黄晓岚";
    data.social_security_number = "450107199005128666";
    data.card_number = "A00000038";
    data.issue_date = "2026年11月";
    data.bank = "邕江合作银行";
    data.authority = "南宁市人力资源和社会保障局";
    std::ifstream in(std::string(LIQU_SOURCE_DIR) + "/sim/central/portrait.jpg", std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    data.photo_jpeg = drivers::to_bytes(bytes.str());
    return data;
}

void face_preview(benchmark::State& state) {
    const auto layout = *printer::load_layout(layout_text());
    const auto data = face();
    for (auto _ : state) benchmark::DoNotOptimize(printer::draw_front(layout, data, {}));
}
BENCHMARK(face_preview)->Unit(benchmark::kMillisecond);

void face_to_panels(benchmark::State& state) {
    const auto layout = *printer::load_layout(layout_text());
    const auto data = face();
    for (auto _ : state) benchmark::DoNotOptimize(printer::make_job(layout, data, {}));
}
BENCHMARK(face_to_panels)->Unit(benchmark::kMillisecond);

asio::awaitable<void> race(drivers::SimClock& clock, int rounds) {
    for (int i = 0; i < rounds; ++i) co_await drivers::first_of(clock.sleep(std::chrono::seconds{1}), clock.sleep(std::chrono::seconds{2}));
}
void first_of_two(benchmark::State& state) {
    for (auto _ : state) {
        asio::io_context io;
        drivers::SimClock clock{drivers::Utc{}};
        asio::co_spawn(io, race(clock, 1000), asio::detached);
        do {
            io.restart();
            io.poll();
        } while (clock.advance());
    }
    state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(first_of_two)->Unit(benchmark::kMillisecond);

void world_hall(benchmark::State& state) {
    long visits = 0;
    std::uint64_t seed = 1;
    for (auto _ : state) visits += sim::run_world({.seed = seed++, .faults = state.range(0) != 0}).visits;
    state.SetItemsProcessed(visits);
}
BENCHMARK(world_hall)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
