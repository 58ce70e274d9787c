// The printer's firmware: takes commands one after another, drives the mechanics, answers. Inner header of printer_model.cpp, printer_time.cpp and the command tables.
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
        bool retried = false;  ///< the printer, being master, has tried once more already
        std::optional<Time> gives_up = std::nullopt;  ///< it waits for a card or for a taker (Psmgr) until then
    };
    /// Lost when the power goes.
    struct Settings {
        int error_management = 0;  ///< Pem: 0 printer is master
        bool blocks = true;        ///< Psmgr: inserting and ejecting wait for a human being
        char insert_from = 'F';    ///< Pcim: F feeder, I bezel
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

    // printer_time.cpp: one command after another, and time
    void advance(Time now);
    void movement_ended(Time t);
    void drive(Time t);
    [[nodiscard]] bool step_on(Running& r, Time t);
    void start_next(Time t);
    void finished(Time t);
    void failed(Trouble t, Time at);
    void answer_error(Trouble t, Time at);
    void gave_up(Time t);
    void boot(Time at);
    void hands_were_in(Time at);
    [[nodiscard]] std::optional<Time> next_event() const;
    [[nodiscard]] std::vector<PrinterFault> faults_of_command(const std::string& text);
    [[nodiscard]] Disturbance disturbance_of_command(const std::string& text);
    [[nodiscard]] std::optional<std::string> reply_of_command(const std::string& text);
    /// Modes 0 and 16: the printer keeps BUSY until hands have helped; 0 tries once more then.
    [[nodiscard]] bool printer_is_master() const { return settings.error_management == 0 || settings.error_management == 16; }

    // printer_model.cpp: the wire
    void answer(std::string text, Disturbance d, Time at);
    void note(Time at, bool from_host, std::string text);
    void tell() const {
        if (model->changed) model->changed();
    }
    [[nodiscard]] bool silent() const { return disturbance == Disturbance::off || disturbance == Disturbance::unplugged; }

    // printer_setup.cpp, printer_moves.cpp, printer_reads.cpp: the command table
    using Args = std::vector<std::string>;
    [[nodiscard]] Plan plan(WireCommand& c);
    [[nodiscard]] Plan set_up(const Args& a);
    [[nodiscard]] Plan set_errors(const Args& a);
    [[nodiscard]] Plan set_key(const Args& a);
    [[nodiscard]] Plan set_bezel(const Args& a);
    [[nodiscard]] Plan move(const Args& a);
    [[nodiscard]] Plan begin_sequence();
    [[nodiscard]] Plan insert(Move to);
    [[nodiscard]] Plan flip();
    [[nodiscard]] Plan end_sequence();
    [[nodiscard]] Plan test_card();
    [[nodiscard]] Plan copy_last();
    [[nodiscard]] Plan clear_status();
    [[nodiscard]] Plan single_panel(const Args& a);
    [[nodiscard]] Plan from_buffer(const Args& a);
    [[nodiscard]] Plan download(WireCommand& c);
    [[nodiscard]] Plan take_panel(Move fresh, std::vector<std::uint8_t> ink);
    [[nodiscard]] std::optional<Move> panel_move(std::string_view panel) const;
    [[nodiscard]] Plan read(const Args& a);
    [[nodiscard]] Plan read_sensor(const Args& a) const;
    [[nodiscard]] Plan read_counter(std::string_view which) const;
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
    std::optional<Move> pending;  ///< downloaded, not printed yet
    std::array<std::vector<std::uint8_t>, panel_letters.size()> buffers;  ///< the back's k is the front's
    std::vector<Move> last_front;  ///< panels that were printed, for Sc
    bool ribbon_set_taken = false;

    std::string error;             ///< the last mechanical error, until it is cleared
    bool held = false;             ///< printer is master: BUSY, waiting for hands
    bool retreating = false;       ///< the firmware's own retraction is under way
    bool reboot_due = false;
    std::string key;               ///< locked with it (Pkey); kept when the power goes
    int saved_error_management = 0;  ///< Pem;n;s
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

// ---- for the command tables ----
namespace firmware {
inline constexpr std::string_view unknown_command = "ERROR CDE", bad_parameters = "ERROR PARAMETRES", out_of_order = "ERROR", no_option = "OPT NOT AVAILABLE";
[[nodiscard]] inline CommandPlan says(std::string_view text) { return {.reply = std::string{text}, .moves = {}, .done = {}}; }
[[nodiscard]] inline std::string_view arg(const std::vector<std::string>& a, std::size_t i) { return i < a.size() ? std::string_view{a[i]} : std::string_view{}; }
[[nodiscard]] bool one_of(std::string_view text, std::initializer_list<std::string_view> words);
[[nodiscard]] std::optional<int> number(std::string_view text);
}  // namespace firmware

}  // namespace sim
