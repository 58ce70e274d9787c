// Commands of the social security card (facts: social-security-card-commands.md).
#include "sim/central/script.hpp"

#include <algorithm>

namespace sim {
namespace {

constexpr std::size_t chunk = 224;  ///< of a transparent file, in one command
constexpr std::size_t signature_key_bytes = 65;
constexpr int signature_certificate = 0xEF15, encryption_certificate = 0xEF16, encryption_key = 0xEF17, card_signature_key = 0xEF18;
constexpr std::string_view original_word = "original", process_word = "process", genuine_word = "genuine", key_word = "signature-key";

Bytes command(int cla, int ins, int p1, int p2, View data = {}, std::optional<int> le = {}) {
    Bytes out;
    for (const int byte : {cla, ins, p1, p2}) out.push_back(static_cast<std::byte>(byte));
    if (!data.empty()) out.push_back(static_cast<std::byte>(data.size()));
    out.insert(out.end(), data.begin(), data.end());
    if (le) out.push_back(static_cast<std::byte>(*le));
    return out;
}

struct Writer {
    const Subject& subject;
    const Stand& stand;
    std::vector<BatchStep> steps{};

    void add(Bytes bytes) { steps.push_back({.command = std::move(bytes)}); }
    void select_ssse() { add(command(0x00, 0xA4, 0x04, 0x00, *from_hex("7378312e73682ec9e7bbe1b1a3d5cf"))); }
    void select_acse() { add(command(0x00, 0xA4, 0x04, 0x00, *from_hex("d15600000506"))); }
    void select(int file) {
        const std::array id = {static_cast<std::byte>(file >> 8), static_cast<std::byte>(file)};
        add(command(0x00, 0xA4, 0x02, 0x00, id));
    }
    void read(int tag, const Bytes& value, std::string name, bool redact) {
        Bytes whole = {static_cast<std::byte>(tag), static_cast<std::byte>(value.size())};
        whole.insert(whole.end(), value.begin(), value.end());
        const int le = static_cast<int>(whole.size());
        steps.push_back({.command = command(0x00, 0xB2, tag, 0x00, {}, le), .capture = std::move(name), .expected = std::move(whole), .redact = redact});
    }
    void challenges() {
        for (const auto name : {original_word, process_word}) steps.push_back({.command = command(0x00, 0x84, 0x00, 0x00, {}, 8), .capture = std::string(name)});
    }
    bool authenticate(KeyId key) {
        const auto said = cryptogram(subject.cipher, subject.master, key, subject.chip, stand.process, stand.original);
        if (said) steps.push_back({.command = command(0x00, 0x82, 0x00, static_cast<int>(key), *said), .redact = true});
        return said.has_value();
    }
    bool prove_genuine() {
        const View nonce = subject.nonce;
        if (nonce.size() != 16) return false;
        auto wanted = proof(subject.cipher, subject.master, KeyId::irk, subject.chip, nonce.first(8), nonce.last(8));
        if (wanted) steps.push_back({.command = command(0x00, 0x88, 0x00, 0x00, nonce, 8), .capture = std::string(genuine_word), .expected = std::move(*wanted)});
        return wanted.has_value();
    }
    void write_file(int file, View content, bool redact) {
        select(file);
        for (std::size_t at = 0; at < content.size(); at += chunk)
            steps.push_back({.command = command(0x00, 0xD6, static_cast<int>(at >> 8), static_cast<int>(at & 0xFF), content.subspan(at, std::min(chunk, content.size() - at))),
                             .redact = redact, .commit = true});
    }
    void read_file(int file, View content, bool redact) {
        select(file);
        for (std::size_t at = 0; at < content.size(); at += chunk) {
            const auto part = content.subspan(at, std::min(chunk, content.size() - at));
            steps.push_back({.command = command(0x00, 0xB0, static_cast<int>(at >> 8), static_cast<int>(at & 0xFF), {}, static_cast<int>(part.size())),
                             .capture = "file", .expected = Bytes(part.begin(), part.end()), .redact = redact});
        }
    }
};

bool needs_key(Phase phase, const Subject& subject) {
    switch (phase) {
        case Phase::records:
        case Phase::certificates: return true;
        case Phase::read_back: return subject.version == "3.00";
        case Phase::finished: break;
    }
    return false;
}

Phase after(Phase phase, const Subject& subject) {
    switch (phase) {
        case Phase::records: return Phase::read_back;
        case Phase::read_back: return subject.with_certificates ? Phase::certificates : Phase::finished;
        case Phase::certificates:
        case Phase::finished: break;
    }
    return Phase::finished;
}

/// Up to the challenge that the phase's key answers.
bool open(Phase phase, Writer& w) {
    if (phase == Phase::certificates) {
        w.select_acse();
        w.select(card_signature_key);
        w.steps.push_back({.command = command(0x00, 0xB0, 0x00, 0x00, {}, signature_key_bytes), .capture = std::string(key_word)});
    } else {
        w.select_ssse();
    }
    if (phase == Phase::records) {
        w.select(0xEF05);
        w.read(0x01, w.subject.chip, "chip", false);
        const auto version = view_of(w.subject.version);
        w.read(0x03, Bytes(version.begin(), version.end()), "version", false);
        if (w.subject.version == "3.00" && !w.prove_genuine()) return false;
    }
    w.challenges();
    return true;
}

bool write_records(Writer& w) {
    if (!w.authenticate(KeyId::uk_ssse)) return false;
    for (const auto& record : w.subject.records) {
        Bytes data = {static_cast<std::byte>(record.tag), static_cast<std::byte>(record.value.size())};
        data.insert(data.end(), record.value.begin(), record.value.end());
        w.steps.push_back({.command = command(0x00, 0xDC, record.tag, (record.file & 0x1F) << 3, data), .redact = true, .commit = true});
    }
    return true;
}

bool read_back(Writer& w) {
    if (needs_key(Phase::read_back, w.subject) && !w.authenticate(KeyId::rk_ssse)) return false;
    int selected = 0;
    for (const auto& record : w.subject.records) {
        if (selected != record.file) w.select(selected = record.file);
        w.read(record.tag, record.value, "record", true);
    }
    return true;
}

bool write_certificates(Writer& w) {
    auto order = w.subject.certificates;
    order.signature_key = w.stand.signature_key;
    const auto made = make_certificates(w.subject.secret, order);
    const auto wrap = card_key(w.subject.cipher, w.subject.master, KeyId::stk, w.subject.chip);
    const auto key = made && wrap ? encipher(w.subject.cipher, *wrap, made->encryption_key) : std::nullopt;
    if (!key || !w.authenticate(KeyId::uk_ssse)) return false;
    w.write_file(signature_certificate, made->signature, false);
    w.write_file(encryption_certificate, made->encryption, false);
    w.write_file(encryption_key, *key, true);
    w.read_file(signature_certificate, made->signature, false);
    w.read_file(encryption_certificate, made->encryption, false);
    w.read_file(encryption_key, *key, true);
    w.select_ssse();  // where the PIN is
    return true;
}

bool work(Phase phase, Writer& w) {
    switch (phase) {
        case Phase::records: return write_records(w);
        case Phase::read_back: return read_back(w);
        case Phase::certificates: return write_certificates(w);
        case Phase::finished: break;
    }
    return true;
}

}  // namespace

std::string_view name_of(Phase phase) {
    constexpr std::string_view names[] = {"records", "read-back", "certificates", "finished"};
    return names[static_cast<std::size_t>(phase)];
}

std::expected<Script, std::string> script_of(const Subject& subject, const Stand& stand) {
    const bool extended = std::ranges::any_of(subject.records, [](const CardRecord& r) { return r.tag == 0x4E; });
    if (subject.version == "1.00" && extended) return std::unexpected("name-too-long");  // the field came with 2.00
    Writer w{subject, stand};
    Script script;
    script.resume = name_of(stand.phase);
    Phase phase = stand.phase;
    if (needs_key(phase, subject) && stand.process.empty()) {
        script.phase = fmt::format("open-{}", name_of(phase));
        if (!open(phase, w)) return std::unexpected("keys");
    } else {
        script.phase = name_of(phase);
        if (!work(phase, w)) return std::unexpected(phase == Phase::certificates ? "certificates" : "keys");
        phase = after(phase, subject);
        for (; phase != Phase::finished && !needs_key(phase, subject); phase = after(phase, subject))
            if (!work(phase, w)) return std::unexpected("keys");
        if (phase != Phase::finished && !open(phase, w)) return std::unexpected("keys");
    }
    script.next = phase;
    script.steps = std::move(w.steps);
    return script;
}

std::expected<Stand, std::string> stand_after(const Script& script, const Stand& before, const std::vector<BatchReport::Result>& results) {
    Stand now{.phase = script.next, .original = {}, .process = {}, .signature_key = before.signature_key};
    for (std::size_t i = 0; i < script.steps.size() && i < results.size(); ++i) {
        const auto& step = script.steps[i];
        const auto& captured = results[i].captured;
        if (step.capture.empty() || !captured) continue;
        if (step.expected && *captured != *step.expected) return std::unexpected(step.capture == genuine_word ? "not-genuine" : "read-back");
        if (step.capture == original_word) now.original = *captured;
        if (step.capture == process_word) now.process = *captured;
        if (step.capture == key_word) now.signature_key = *captured;
    }
    const bool challenged = now.phase == Phase::finished || (now.original.size() == 8 && now.process.size() == 8);
    if (!challenged) return std::unexpected("challenge");
    return now;
}

}  // namespace sim
