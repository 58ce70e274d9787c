// Names as people have them: rare characters, fifteen of them, middle dots, Uyghur, Tibetan, Latin. Each is printed, looked at (names-*.png in the build
// directory) and read by machine; what cannot be set is a fault before a blank is fed.
#include "reading.hpp"
#include "sample_face.hpp"

#include "printer/face/lines.hpp"
#include "printer/face/text.hpp"
#include "sim/models/smart_card.hpp"

#include <doctest/doctest.h>

using namespace printer;
using drivers::FaultCode;
using reading::full;

namespace {
FaceData person(std::string name) {
    auto data = bench::sample_person();
    data.name = std::move(name);
    data.social_security_number = "450107199005128666";
    data.valid_until = "2036年11月";
    data.bank = "邕江合作银行";
    data.bank_id = "bank_a";
    data.qr = "https://12333.example/k/0123456789ABCDEF";
    return data;
}

/// As the simulator's dyes look on white stock.
void show(const PrintJob& job, const std::string& name) {
    sim::PhysicalCard card;
    card.width = full.width, card.height = full.height;
    card.y = job.y, card.m = job.m, card.c = job.c, card.k = job.k, card.o = job.o, card.back_k = job.back_k;
    const auto png = sim::card_png(card, true);
    std::ofstream out(std::filesystem::path(LIQU_BINARY_DIR) / ("names-" + name + ".png"), std::ios::binary);
    out.write(reinterpret_cast<const char*>(png.data()), static_cast<std::streamsize>(png.size()));
}

std::size_t black_in(const PrintJob& job, reading::Box box) {
    std::size_t n = 0;
    for (int y = box.y; y < box.y + box.height; ++y)
        for (int x = box.x; x < box.x + box.width; ++x) n += job.k[static_cast<std::size_t>(y * full.width + x)];
    return n;
}

struct Sample {
    const char* file;
    const char* name;
    double read;  ///< share of the name that tesseract's Chinese must find; 0: a script or characters that it does not know
};
constexpr std::array<Sample, 7> samples{{{"rare", "𠮷䶮", 0},
                                         {"fifteen", "欧阳司马上官夏侯诸葛东方皇甫尉", 0.85},
                                         {"dot", "阿卜杜热合曼·买买提", 0.85},
                                         {"uyghur", "ئابدۇراخمان مەمەت", 0},
                                         {"tibetan", "བསྟན་འཛིན་རྒྱ་མཚོ", 0},
                                         {"latin", "Vangz Siujlan", 0},
                                         {"common", "王小明", 1.0}}};

Result<Layout> one_text(std::string_view keys) { return load_layout(fmt::format("name = \"t\"\n[[front]]\nkind = \"text\"\nx = 5\ny = 10\nwidth = 70\nsize = 6\n{}\n", keys)); }
PrintJob set_in(std::string_view keys, std::string name) { return make_job(one_text(keys).value(), person(std::move(name)), full).value(); }
}  // namespace

TEST_CASE("every kind of name is on its card; number and date are read on all of them, the name where its characters are common") {
    const auto layout = reading::nanning();
    const auto& name_field = reading::field_of(layout.front, "{name}");
    const auto nobody = black_in(make_job(layout, person(""), full).value(), reading::box_of(name_field, 0));
    const bool reads = reading::can_read();
    if (!reads) MESSAGE("tesseract with chi_sim is not installed: the cards are drawn, not read");
    for (const auto& sample : samples) {
        CAPTURE(std::string{sample.file});
        const auto job = make_job(layout, person(sample.name), full);
        REQUIRE(job);
        show(*job, sample.file);
        const auto box = reading::box_of(name_field, 0);
        CHECK(black_in(*job, box) > nobody + 1500);
        // Nothing of it beyond its field: neither on the contacts nor on the photograph.
        CHECK(black_in(*job, {box.x - 30, box.y, 28, box.height}) == 0);
        CHECK(black_in(*job, {box.x + box.width + 2, box.y, 20, box.height}) == 0);
        if (!reads) continue;
        CHECK(reading::read_field(*job, reading::field_of(layout.front, "{social_security_number}"), 7) == "450107199005128666");
        CHECK(reading::read_field(*job, reading::field_of(layout.front, "发卡日期 {issue_date}"), 7).ends_with("2026年11月"));
        CHECK(reading::read_field(*job, reading::field_of(layout.front, "有效期至 {valid_until}"), 7).ends_with("2036年11月"));
        if (sample.read <= 0) continue;
        const auto seen = reading::read_field(*job, name_field, 6);
        CAPTURE(seen);
        std::string wanted = sample.name;
        if (const auto dot = wanted.find("·"); dot != wanted.npos) wanted.erase(dot, std::string{"·"}.size());  // tesseract has many words for it
        CHECK(reading::share_read(wanted, seen) >= sample.read);
    }
}

TEST_CASE("every name of the sample register can be printed, and a heading without its value is left out") {
    const auto layout = reading::nanning();
    const auto people = nlohmann::json::parse(reading::text_of(std::filesystem::path(LIQU_SOURCE_DIR) / "sim/central/register.json"));
    int names = 0;
    const std::function<void(const nlohmann::json&)> walk = [&](const nlohmann::json& node) {
        if (node.is_object() && node.contains("name") && node.contains("number")) {
            CAPTURE(node["key"].get<std::string>());
            CHECK(make_job(layout, person(node["name"]), {64, 40}));
            ++names;
        }
        if (node.is_structured())
            for (const auto& child : node) walk(child);
    };
    walk(people);
    CHECK(names >= 50);
    auto data = person("王小明");
    data.valid_until.clear();
    CHECK(black_in(make_job(layout, data, full).value(), reading::box_of(reading::field_of(layout.front, "有效期至 {valid_until}"), 0)) == 0);
}

TEST_CASE("bold is a real bold face or none: a text with a character that has no bold one is regular throughout") {
    const auto bold = set_in("text = \"{name}\"\nbold = true", "覃铉舜"), regular = set_in("text = \"{name}\"", "覃铉舜");
    CHECK(std::ranges::count(bold.k, 1) > std::ranges::count(regular.k, 1) * 5 / 4);
    CHECK(set_in("text = \"{name}\"\nbold = true", "覃𬺰舜").k == set_in("text = \"{name}\"", "覃𬺰舜").k);  // U+2CEB0, Hanazono only
}

TEST_CASE("beyond the basic plane: each character is a different picture, and what no font of the cards has is a fault") {
    std::set<std::vector<std::uint8_t>> pictures;
    for (const auto* name : {"𠮷", "䶮", "𬺰", "𫖯", "㛃", "𡚸", "吉"}) pictures.insert(set_in("text = \"{name}\"", name).k);
    CHECK(pictures.size() == 7);
    for (const auto* name : {"\U0003FF00", "覃\U000E1000", "覃\U00012000"}) {  // unassigned twice; cuneiform is installed, but no font of the cards
        const auto job = make_job(one_text("text = \"{name}\"").value(), person(name), full);
        REQUIRE_FALSE(job);
        CHECK(job.error().code == FaultCode::name_not_printable);
        CHECK_FALSE(job.error().detail.contains(name));
    }
}

TEST_CASE("characters that turn the order round, show nothing or heap up are refused") {
    for (const auto* bad : {"覃\u202E舜", "覃\u202A舜", "覃\u2066舜", "覃\u2069舜", "覃\u200F舜", "覃\u061C舜", "覃\u200B舜", "覃\uFEFF舜", "覃\u2028舜", "覃\n舜", "\u0301a", "a\u0301\u0301\u0301\u0301\u0301\u0301\u0301"})
        CHECK(check_text(bad).error().code == FaultCode::name_not_printable);
    for (const auto& sample : samples) CHECK(check_text(sample.name));
}

TEST_CASE("a Uyghur name runs from the right and is joined") {
    // The same letters alone, between blanks, take more room than the word: joined forms are narrower.
    const auto extent = [](const PrintJob& job) {
        int left = full.width, right = 0;
        for (int i = 0; i < full.width * full.height; ++i)
            if (job.k[static_cast<std::size_t>(i)]) left = std::min(left, i % full.width), right = std::max(right, i % full.width);
        return std::pair{left, right};
    };
    const auto joined = extent(set_in("text = \"{name}\"", "مەمەت")), apart = extent(set_in("text = \"{name}\"", "م ە م ە ت"));
    CHECK(joined.second - joined.first < (apart.second - apart.first) * 9 / 10);
    // First letter at the right: the word with a longer ending grows to the left of a right-aligned field.
    const auto shorter = extent(set_in("text = \"{name}\"\nalign = \"right\"", "مەمەت")), longer = extent(set_in("text = \"{name}\"\nalign = \"right\"", "مەمەتجان"));
    CHECK(std::abs(shorter.second - longer.second) <= 3);
    CHECK(longer.first < shorter.first - 30);
}

TEST_CASE("lines break after a middle dot, never before one, never before closing punctuation") {
    const auto starts = [](const std::string& text, double letters_a_line, bool good) {
        const auto breaks = breaks_of(text);
        const auto width_of = [](std::string_view part) { return static_cast<double>(reading::letters(std::string{part}).size()); };
        std::vector<double> reach;
        for (const auto& b : breaks) reach.push_back(width_of(std::string_view{text}.substr(0, b.at)));
        return broken(text, lines_within(breaks, reach, width_of(text), letters_a_line, good));
    };
    CHECK(starts("阿卜杜热合曼·买买提", 8, true) == "阿卜杜热合曼·\u2028买买提");
    CHECK(starts("阿卜杜热合曼·买买提", 6, true) == "阿卜杜热合曼·买买提");  // nowhere to break well: the caller goes on
    CHECK(starts("阿卜杜热合曼·买买提", 6, false) == "阿卜杜热合\u2028曼·买买提");  // not before the dot
    CHECK(starts("卡的，依法，好", 2, false) == "卡\u2028的，\u2028依\u2028法，\u2028好");
    CHECK(starts("Ana Maria·Lopez", 9, true) == "Ana\u2028Maria·\u2028Lopez");
    // For any names and widths: no line begins with a dot, none is empty, and nothing but blanks is lost.
    const std::array<const char*, 5> parts{"阿卜杜", "·", "买", " ", "，"};
    for (unsigned seed = 0; seed < 3000; ++seed) {
        std::string text = "艾";
        for (unsigned s = seed * 2654435761U, i = 0; i < 9; ++i, s = s * 1664525U + 1013904223U) text += parts[(s >> 24) % 5];
        auto out = starts(text, 2 + seed % 7, seed % 2 == 0);
        CHECK_FALSE(out.contains("\u2028·"));
        CHECK_FALSE(out.contains("\u2028，"));
        CHECK_FALSE(out.contains("\u2028\u2028"));
        for (auto at = out.find("\u2028"); at != out.npos; at = out.find("\u2028")) out.erase(at, 3);
        std::erase(out, ' '), std::erase(text, ' ');
        REQUIRE(out == text);
    }
}

TEST_CASE("a long name shrinks, then wraps in a larger type than the line would have had, and is refused when nothing helps") {
    const auto height = [](const PrintJob& job) {
        int top = full.height, bottom = 0;
        for (int i = 0; i < full.width * full.height; ++i)
            if (job.k[static_cast<std::size_t>(i)]) top = std::min(top, i / full.width), bottom = std::max(bottom, i / full.width);
        return bottom - top;
    };
    const std::string_view field = "text = \"{name}\"\nheight = 12\nmin_size = 2";
    const int one = height(set_in(field, "欧阳司马"));
    const int shrunk = height(set_in(field, "欧阳司马上官夏侯诸葛东方皇甫"));          // 14 in 70 mm: 5 mm type
    const int two_lines = height(set_in(field, "欧阳司马上官夏侯诸葛东方皇甫尉迟公羊澹台"));  // 20: 3.5 mm on one line, so two
    CHECK(shrunk < one);
    CHECK(two_lines > one * 5 / 4);
    std::string endless;
    for (int i = 0; i < 150; ++i) endless += "覃";
    CHECK(make_job(one_text("text = \"{name}\"\nheight = 12\nmin_size = 3").value(), person(endless), full).error().code == FaultCode::name_not_printable);
    CHECK(make_job(one_text("text = \"{name}\"\nmin_size = 4").value(), person(std::string(60, 'W')), full).error().code == FaultCode::name_not_printable);
}

TEST_CASE("adjacent punctuation shares its air") {
    const auto width = [](std::string text) {
        const auto job = set_in("text = \"{name}\"", std::move(text));
        int right = 0;
        for (int i = 0; i < full.width * full.height; ++i)
            if (job.k[static_cast<std::size_t>(i)]) right = std::max(right, i % full.width);
        return right;
    };
    const int em = width("口口口口口口") - width("口口口口口");
    CHECK(std::abs(width("口）（）（口") - (width("口口口口口口") - em)) <= 2);
    CHECK(std::abs(width("口《（口") - (width("口口口口") - em / 2)) <= 2);
    CHECK(std::abs(width("口。口（口") - width("口口口口口")) <= 2);  // alone they keep their air
}
