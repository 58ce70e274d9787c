// Reading a scenario file; an unknown key, word or value is refused, so that a slip of the pen never makes a test that proves nothing.
#include "sim/hall/scenario.hpp"

#include "drivers/toml.hpp"
#include "sim/panel/words.hpp"

#include <fmt/format.h>
#include <fstream>
#include <set>

namespace sim {

namespace {
constexpr std::array<std::string_view, 3> card_generations{"1.00", "2.00", "3.00"};

struct Reader {
    const toml::table* table;
    std::string where;
    std::string& error;
    std::set<std::string> asked;

    template <class T>
    void get(std::string_view key, T& out) {
        asked.insert(std::string(key));
        const auto* node = table ? table->get(key) : nullptr;
        if (!node) return;
        if constexpr (std::is_same_v<T, double>) {
            if (const auto v = node->value<double>()) out = *v;
            else refuse(key);
        } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
            if (!node->is_array()) return refuse(key);
            for (const auto& entry : *node->as_array()) out.push_back(entry.value_or(std::string{}));
        } else if constexpr (std::is_same_v<T, std::map<std::string, int>>) {
            if (!node->is_table()) return refuse(key);
            for (const auto& [k, v] : *node->as_table()) out[std::string(k.str())] = static_cast<int>(v.value_or(std::int64_t{-1}));
        } else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::string>) {
            if (const auto v = node->value_exact<T>()) out = *v;
            else refuse(key);
        } else {
            if (const auto v = node->value_exact<std::int64_t>()) out = static_cast<T>(*v);
            else refuse(key);
        }
    }
    template <class T>
    void get(std::string_view key, std::optional<T>& out) {
        if (!table || !table->get(key)) {
            asked.insert(std::string(key));
            return;
        }
        T value{};
        get(key, value);
        out = value;
    }
    void refuse(std::string_view key) {
        if (error.empty()) error = fmt::format("[{}] {}: not of the right kind", where, key);
    }
    void done() {
        if (!table) return;
        for (const auto& [key, node] : *table)
            if (!asked.contains(std::string(key.str())) && error.empty()) error = fmt::format("[{}] {}: unknown", where, key.str());
    }
};

void read_citizen(Reader r, CitizenPlan& c) {
    r.get("person", c.person);
    r.get("touch_pause_ms", c.touch_pause_ms);
    r.get("consents", c.consents);
    r.get("mobile", c.mobile);
    r.get("bank", c.bank);
    r.get("pin", c.pin);
    r.get("language", c.language);
    r.get("takes_card_after_ms", c.takes_card_after_ms);
    r.get("walks_away_at", c.walks_away_at);
    r.get("leaves_document", c.leaves_document);
    r.get("child", c.child);
    r.get("relation", c.relation);
    r.get("types_zone", c.types_zone);
    r.get("flaw", c.flaw);
    if (!passport_flaw_of(c.flaw)) r.refuse("flaw");
    r.get("errand", c.errand);
    if (c.errand != "card" && c.errand != "status") r.refuse("errand");
    r.get("pinyin", c.pinyin);
    r.done();
}

void read_scene(Reader r, PersonScene& s) {
    for (const auto& knob : scene_knobs) r.get(knob.key, s.*knob.value);
    for (const auto& knob : scene_switches) r.get(knob.key, s.*knob.value);
    for (const auto& knob : scene_choices) {
        r.asked.insert(std::string(knob.key));
        const auto* node = r.table ? r.table->get(knob.key) : nullptr;
        if (!node) continue;
        const auto text = node->is_string() ? node->value_or(std::string{}) : fmt::format("{}", node->value_exact<std::int64_t>().value_or(-1));
        if (!knobs::set(s, knob, text)) r.refuse(knob.key);
    }
    r.get("seed", s.seed);
    r.done();
}

void read_expect(Reader r, Expectation& e) {
    r.get("screens", e.screens);
    r.get("not_seen", e.not_seen);
    r.get("guidances", e.guidances);
    r.get("photo_within_ms", e.photo_within_ms);
    r.get("fault", e.fault);
    r.get("standing", e.standing);
    r.get("cards", e.cards);
    r.get("active", e.active);
    r.get("handed_out", e.handed_out);
    r.get("in_bin", e.in_bin);
    r.get("disputes", e.disputes);
    r.get("parked", e.parked);
    r.get("applications", e.applications);
    r.get("last_outcome", e.last_outcome);
    r.get("refusals", e.refusals);
    r.get("path_open", e.path_open);
    r.get("audit", e.audit);
    r.done();
}

void read_event(Reader r, Happening& h) {
    r.get("when", h.when);
    r.get("count", h.count);
    r.get("after_ms", h.after_ms);
    r.get("do", h.act);
    r.get("value", h.value);
    r.done();
    const auto check = [&](const auto& row) {
        if (!row.fits(h.value) && r.error.empty())
            r.error = fmt::format("[event] do = \"{}\": the value \"{}\" does not fit; it has {}", h.act, h.value, row.value.empty() ? "no value" : fmt::format("as value {}", row.value));
    };
    if (const auto word = word_of(h.act)) return check(row_of(*word));
    if (const auto row = std::ranges::find(story_words, h.act, &StoryWordRow::text); row != story_words.end()) return check(*row);
    if (r.error.empty()) r.error = fmt::format("[event] do = \"{}\": there is no such word (sim/panel/words.hpp)", h.act);
}

void read_setup(Reader r, Scenario& s) {
    r.get("ribbon", s.ribbon);
    r.get("card_inside", s.card_inside);
    r.get("enrolled", s.enrolled);
    r.get("certificates", s.certificates);
    r.get("lease_seconds", s.lease_seconds);
    r.get("stop_after", s.stop_after);
    r.get("present_timeout_ms", s.present_timeout_ms);
    r.get("limit_s", s.limit_s);
    r.get("speed", s.speed);
    r.asked.insert("hopper");
    if (r.table)
        if (const auto* array = r.table->get_as<toml::array>("hopper")) {
            s.hoppers.clear();
            for (const auto& entry : *array) {
                HopperSetup h;
                Reader row{entry.as_table(), "setup.hopper", r.error, {}};
                row.get("bank", h.bank);
                row.get("blanks", h.blanks);
                row.get("dead_at", h.dead_at);
                row.get("other_bank_at", h.other_bank_at);
                row.get("generation", h.generation);
                if (std::ranges::find(card_generations, h.generation) == card_generations.end()) row.refuse("generation");
                row.done();
                s.hoppers.push_back(h);
            }
        }
    r.done();
}
}  // namespace

std::expected<Scenario, std::string> load_scenario(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::unexpected(fmt::format("{}: cannot be read", file.filename().string()));
    const auto parsed = drivers::parse_toml(std::string(std::istreambuf_iterator<char>(in), {}));
    if (!parsed) return std::unexpected(fmt::format("{}: {}", file.filename().string(), parsed.error().description()));
    const auto& root = *parsed;
    Scenario s;
    s.name = file.stem().string();
    std::string error;
    const auto reader = [&](std::string name) {
        const auto* node = root.get(name);
        return Reader{node ? node->as_table() : nullptr, name, error, {}};
    };
    Reader top{&root, "", error, {"citizen", "second", "scene", "setup", "event", "expect"}};
    top.get("title", s.title);
    top.done();
    read_citizen(reader("citizen"), s.citizen);
    if (root.get("second")) {
        s.second = s.citizen;
        read_citizen(reader("second"), *s.second);
    }
    read_scene(reader("scene"), s.scene);
    read_setup(reader("setup"), s);
    if (const auto* array = root.get_as<toml::array>("event"))
        for (const auto& entry : *array) {
            Happening h;
            read_event(Reader{entry.as_table(), "event", error, {}}, h);
            s.happenings.push_back(h);
        }
    read_expect(reader("expect"), s.expect);
    if (!error.empty()) return std::unexpected(fmt::format("{}: {}", file.filename().string(), error));
    return s;
}

}  // namespace sim
