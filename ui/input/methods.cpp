// Loads on first use, once.
#include "ui/input/methods.hpp"

#include "kiosk/texts.hpp"
#include "ui/input/codes.hpp"

#include <spdlog/spdlog.h>

namespace ui::input {

namespace {
constexpr const char* stroke_file = "stroke.dict.yaml";
}

std::filesystem::path Sources::default_readings() {
#ifdef LIQU_HAN_READINGS
    return LIQU_HAN_READINGS;
#else
    return {};
#endif
}

bool Methods::add(const std::filesystem::path& file) {
    const auto text = kiosk::read_text_file(file, max_dictionary_bytes);
    auto readings = text ? read_dictionary(*text, file.filename().string(), pinyin_letters) : std::unexpected(text.error());
    if (!readings) {
        spdlog::warn("input method pinyin: {}", readings.error().detail);
        return false;
    }
    pinyin_->add(std::move(*readings));
    return true;
}

const Pinyin& Methods::pinyin() {
    if (!pinyin_) {
        pinyin_.emplace();
        for (const auto* name : {"pinyin_simp.dict.yaml", "luna_pinyin.dict.yaml"}) add(sources_.folder / name);
        if (!pinyin_->empty() && !sources_.readings.empty()) add(sources_.readings);
    }
    return *pinyin_;
}

const Strokes* Methods::strokes() {
    if (!std::exchange(strokes_tried_, true)) {
        const auto text = kiosk::read_text_file(sources_.folder / stroke_file, max_dictionary_bytes);
        const auto readings = text ? read_dictionary(*text, stroke_file, stroke_letters) : std::unexpected(text.error());
        if (readings) strokes_.emplace(*readings, pinyin());
        else spdlog::warn("input method stroke: {}", readings.error().detail);
    }
    return strokes_ ? &*strokes_ : nullptr;
}

bool Methods::offers(Mode mode) {
    std::error_code ignored;
    switch (mode) {
        case Mode::pinyin: return !pinyin().empty();
        case Mode::stroke: return strokes_tried_ ? strokes_.has_value() : std::filesystem::exists(sources_.folder / stroke_file, ignored);
        case Mode::code:
        case Mode::latin: return true;
    }
    return false;
}

std::vector<Candidate> Methods::candidates(const Writing& writing) {
    switch (writing.mode) {
        case Mode::pinyin: return pinyin().candidates(writing.spelled());
        case Mode::stroke: return strokes() ? strokes_->candidates(writing.spelled()) : std::vector<Candidate>{};
        case Mode::code: return characters_of_code(writing.spelled());
        case Mode::latin: return {};
    }
    return {};
}

}  // namespace ui::input
