// The printer's firmware: takes commands one after another, drives the mechanics, answers. Inner header of printer_model.cpp and printer_commands.cpp.
#pragma once
#include "sim/models/printer_buffers.hpp"
#include "sim/models/printer_mechanics.hpp"

namespace sim {

/// What a command does: movements one after another, then `done`, then the reply. Without movements it is answered at once.
struct CommandPlan {
    std::string reply = "OK";
    std::vector<Move> moves;
    std::function<void()> done;
};

struct PrinterModel::Impl {
    using Plan = CommandPlan;
    explicit Impl(PrinterSetup s) : setup(std::move(s)), parser(setup.width, setup.height), inside(setup) {}

    /// A command being executed.
    struct Running {
        WireCommand command;
        Plan plan;
        std::size_t step = 0;
        Disturbance disturbance = Disturbance::none;
    };
    /// Lost when the power goes.
    struct Settings {
        int error_management = 0;  ///< Pem: 0 printer is master
        int feeder = 1;            ///< Piem
        char bezel_action = 'N';   ///< Pbc;A
        std::chrono::seconds bezel_delay{30};
        char eject_to = 'M';       ///< Pcem
        bool hold_after_print = false;
        std::string ribbon = "ymcko";
    };
    struct Reply {
        Time due;
        Bytes bytes;
    };

    // printer_model.cpp: time and the wire
    void advance(Time now);
    void drive(Time t);
    void start_next(Time t);
    void finished(Time t);
    void failed(Trouble t, Time at);
    void answer_error(Trouble t, Time at);
    void answer(std::string text, Disturbance d, Time at);
    void boot(Time at);
    void hands_were_in(Time at);
    void note(Time at, bool from_host, std::string text);
    void tell() const {
        if (model->changed) model->changed();
    }
    [[nodiscard]] std::optional<Time> next_event() const;
    [[nodiscard]] Disturbance disturbance_of_command(const std::string& text);
    [[nodiscard]] std::optional<std::string> reply_of_command(const std::string& text);
    [[nodiscard]] bool silent() const { return disturbance == Disturbance::off || disturbance == Disturbance::unplugged; }

    // printer_commands.cpp: the command table
    [[nodiscard]] Plan plan(WireCommand& c);
    [[nodiscard]] Plan set_up(const std::vector<std::string>& a);
    [[nodiscard]] Plan set_bezel(const std::vector<std::string>& a);
    [[nodiscard]] Plan move(const std::vector<std::string>& a);
    [[nodiscard]] Plan end_sequence();
    [[nodiscard]] Plan download(WireCommand& c);
    [[nodiscard]] Plan read(const std::vector<std::string>& a) const;
    [[nodiscard]] Plan read_sensor(const std::vector<std::string>& a) const;
    [[nodiscard]] std::string card_position() const;
    void print_pending(Plan& plan);

    PrinterModel* model = nullptr;
    PrinterSetup setup;
    WireParser parser;
    Mechanics inside;
    Settings settings;
    std::deque<WireCommand> queue;
    std::optional<Running> running;
    std::deque<Reply> replies;
    std::string previous_reply = "SMART CARD";

    // the print sequence
    enum class Sequence { none, started, front, back } sequence = Sequence::none;
    struct Pending {
        Move move;
        std::vector<std::uint8_t> plane;
    };
    std::optional<Pending> pending;  ///< downloaded, not printed yet
    bool ribbon_set_taken = false;

    std::string error;             ///< the last mechanical error, until it is cleared
    bool held = false;             ///< printer is master: BUSY, waiting for hands
    bool retreating = false;       ///< the firmware's own retraction is under way
    bool reboot_due = false;
    Time seen{};                   ///< the latest time anybody told
    std::optional<Time> boots_until;
    std::optional<Time> presented_at;
    Disturbance disturbance = Disturbance::none;
    std::vector<std::pair<Disturbance, std::string>> disturbances_at;
    std::vector<std::pair<PrinterFault, std::string>> faults_at;
    std::vector<std::pair<std::string, std::string>> replies_at;  ///< beginning of a command, its answer
    std::uint64_t intermittent = 0;
    std::deque<Line> lines;
};

}  // namespace sim
