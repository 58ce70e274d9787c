// The input methods: what names are written with is found within a few pages; hostile dictionaries and wild fingers do no harm.
#include "stand.hpp"

#include "ui/input/codes.hpp"

#include <chrono>
#include <fstream>
#include <glib.h>

namespace ui::test {

using namespace input;

namespace {
constexpr int per_page = 18;

Methods& methods() {
    static Methods all;
    return all;
}

char32_t character(std::string_view utf) {
    const auto first = first_character(utf);
    REQUIRE(first.bytes == utf.size());
    return first.character;
}

/// On which page, from 1, the character stands; 0: nowhere.
int page_of(const std::vector<Candidate>& candidates, std::string_view wanted) {
    const auto it = std::ranges::find(candidates, character(wanted), &Candidate::character);
    return it == candidates.end() ? 0 : static_cast<int>(it - candidates.begin()) / per_page + 1;
}

struct Spelled {
    std::string_view pinyin, characters;
};
std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        const auto bytes = first_character(text).bytes;
        REQUIRE(bytes > 0);
        out.emplace_back(text.substr(0, bytes));
        text.remove_prefix(bytes);
    }
    return out;
}
/// The hundred most usual surnames and those of the region.
constexpr Spelled surnames[] = {
    {"wang", "王汪"},   {"li", "李黎"},     {"zhang", "张章"}, {"liu", "刘柳"},  {"chen", "陈"},   {"yang", "杨"},    {"zhao", "赵"},   {"huang", "黄"},  {"zhou", "周"},
    {"wu", "吴武"},     {"xu", "徐许"},     {"sun", "孙"},     {"hu", "胡"},     {"zhu", "朱"},    {"gao", "高"},     {"lin", "林"},    {"he", "何贺"},   {"guo", "郭"},
    {"ma", "马"},       {"luo", "罗骆"},    {"liang", "梁"},   {"song", "宋"},   {"zheng", "郑"},  {"xie", "谢"},     {"han", "韩"},    {"tang", "唐汤"}, {"feng", "冯"},
    {"yu", "于余"},     {"dong", "董"},     {"xiao", "萧肖"},  {"cheng", "程"},  {"cao", "曹"},    {"yuan", "袁"},    {"deng", "邓"},   {"fu", "傅"},     {"shen", "沈"},
    {"zeng", "曾"},     {"peng", "彭"},     {"lv", "吕"},      {"su", "苏"},     {"lu", "卢陆"},   {"jiang", "蒋江"}, {"cai", "蔡"},    {"jia", "贾"},    {"ding", "丁"},
    {"wei", "魏韦"},    {"xue", "薛"},      {"ye", "叶"},      {"yan", "阎严"},  {"pan", "潘"},    {"du", "杜"},      {"dai", "戴"},    {"xia", "夏"},    {"zhong", "钟"},
    {"tian", "田"},     {"ren", "任"},      {"jin", "金"},     {"fan", "范樊"},  {"fang", "方"},   {"shi", "石史"},   {"yao", "姚"},    {"tan", "谭覃"},  {"liao", "廖"},
    {"zou", "邹"},      {"xiong", "熊"},    {"hao", "郝"},     {"kong", "孔"},   {"bai", "白"},    {"cui", "崔"},     {"kang", "康"},   {"mao", "毛"},    {"qiu", "邱秋"},
    {"qin", "秦覃"},    {"gu", "顾"},       {"hou", "侯"},     {"shao", "邵"},   {"meng", "孟蒙"}, {"long", "龙"},    {"wan", "万"},    {"duan", "段"},   {"lei", "雷"},
    {"qian", "钱"},     {"yin", "尹"},      {"yi", "易"},      {"chang", "常"},  {"qiao", "乔"},   {"lai", "赖"},     {"gong", "龚"},   {"wen", "文"},    {"nong", "农"},
    {"mo", "莫"},       {"ban", "班"},      {"ou", "欧"},      {"mu", "牟"},     {"ning", "宁"},   {"ouyang", "欧"}};
constexpr Spelled given[] = {{"ming", "明铭"},  {"hua", "华"},   {"qiang", "强"}, {"min", "敏"},   {"jing", "静璟婧"}, {"li", "丽莉"},  {"jun", "军俊"},   {"xuan", "铉轩萱"}, {"shun", "舜"},
                            {"yao", "垚瑶尧"}, {"kun", "堃坤"}, {"zhe", "喆哲"}, {"yue", "玥悦"}, {"chong", "翀"},    {"xi", "晞曦希"}, {"yu", "彧钰宇"}, {"wei", "韡炜"},    {"mei", "美梅"},
                            {"ying", "英莹"}, {"xin", "欣鑫昕"}, {"lin", "霖琳"}, {"hui", "慧卉"}, {"fei", "菲飞"},   {"nv", "女"},     {"xiao", "小晓"},  {"da", "龘"},       {"xing", "兴"}};
}  // namespace

TEST_CASE("every dictionary loads, quickly, and every syllable has characters") {
    Methods fresh;
    const auto before = std::chrono::steady_clock::now();
    const auto& pinyin = fresh.pinyin();
    const auto between = std::chrono::steady_clock::now();
    const auto* strokes = fresh.strokes();
    const auto after = std::chrono::steady_clock::now();
    using ms = std::chrono::duration<double, std::milli>;
    MESSAGE("pinyin ", ms(between - before).count(), " ms, strokes ", ms(after - between).count(), " ms");
    REQUIRE(strokes);
    CHECK(strokes->size() > 80'000);
    CHECK(pinyin.syllables() > 410);
    std::set<char32_t> all;
    for (const auto& [syllable, characters] : pinyin.table()) {
        INFO(syllable);
        CHECK(syllable.size() <= 6);
        CHECK(syllable.find_first_not_of(pinyin_letters) == std::string::npos);
        CHECK_FALSE(characters.empty());
        CHECK(characters.size() <= max_candidates);
        CHECK(std::set<char32_t>(characters.begin(), characters.end()).size() == characters.size());
        CHECK(std::ranges::all_of(characters, is_ideograph));
        all.insert(characters.begin(), characters.end());
    }
    CHECK(all.size() > 40'000);
}

TEST_CASE("surnames and given names stand on the first pages") {
    int counted = 0;
    for (const auto& [pinyin, characters] : surnames)
        for (const auto& one : split(characters)) {
            INFO(std::string(pinyin), " ", one);
            const int page = page_of(methods().pinyin().candidates(pinyin), one);
            CHECK(page >= 1);
            CHECK(page <= 3);
            ++counted;
        }
    CHECK(counted >= 100);
    for (const auto& [pinyin, characters] : given)
        for (const auto& one : split(characters)) {
            INFO(std::string(pinyin), " ", one);
            const int page = page_of(methods().pinyin().candidates(pinyin), one);
            CHECK(page >= 1);
            CHECK(page <= 8);
        }
    // Two syllables at once, a spelling that has only begun, one that is none.
    const auto two = methods().pinyin().candidates("weixiao");
    REQUIRE_FALSE(two.empty());
    CHECK(two.front().takes == 3);
    CHECK(page_of(methods().pinyin().candidates("zh"), "中") == 1);
    CHECK(methods().pinyin().candidates("xqw").empty());
    CHECK(methods().pinyin().candidates("").empty());
    // A rare one whose reading only Unicode has: the table that was made with ICU.
    CHECK(page_of(methods().pinyin().candidates("sui"), "𬭼") >= 1);
}

TEST_CASE("a character is found by its strokes, also when one of them is not sure") {
    const auto& strokes = *methods().strokes();
    CHECK(page_of(strokes.candidates("hhzs"), "韦") == 1);
    CHECK(page_of(strokes.candidates("h*zs"), "韦") == 1);
    CHECK(page_of(strokes.candidates("hszsshszhhhs"), "覃") == 1);
    CHECK(page_of(strokes.candidates("hsz*sh*zhhhs"), "覃") == 1);
    CHECK(page_of(strokes.candidates("nhnphpznnhzhzhhh"), "龘") >= 1);  // the rest of forty-eight is not needed
    CHECK(page_of(strokes.candidates("hshszh"), "𠮷") == 1);
    CHECK(page_of(strokes.candidates("hshszh"), "吉") == 1);  // written alike: the usual one comes first
    CHECK(strokes.candidates("").empty());
    CHECK(strokes.candidates("***").empty());
    CHECK(strokes.candidates(std::string(max_spelled, 'h')).size() <= max_candidates);
    const auto twice = strokes.candidates("hh");
    std::set<char32_t> once;
    for (const auto& c : twice) CHECK(once.insert(c.character).second);
}

TEST_CASE("a rare character is written by its number, of Unicode or of GB 18030") {
    const auto only = [](std::string_view digits) {
        const auto all = characters_of_code(digits);
        return all.size() == 1 ? all.front().character : 0;
    };
    CHECK(only("2CB7C") == U'𬭼');
    CHECK(only("02CB7C") == U'𬭼');
    CHECK(only("D6D0") == U'中');       // of Unicode it is a Hangul syllable
    CHECK(only("9933AD38") == U'𬭼');
    CHECK(only("9534B235") == U'𠮷');
    CHECK(only("3007") == U'〇');
    // Four digits can mean two: Unicode's stands first.
    CHECK(characters_of_code("9F98") == std::vector<Candidate>{{U'龘', 4}, {U'煒', 4}});
    CHECK(characters_of_code("8983").front().character == U'覃');
    for (const auto* nothing : {"", "9F9", "0041", "20BB", "D800", "110000", "FFFFFF", "E000", "XYZW", "9F98 ", "FFFFFFFF", "FE30", "3131", "123456789"})
        CHECK_MESSAGE(characters_of_code(nothing).empty(), nothing);
}

TEST_CASE("writing: joints, limits, taking back, and nothing is left in memory") {
    Writing w;
    CHECK_FALSE(w.put(U'·'));
    CHECK_FALSE(w.put(U' '));
    CHECK_FALSE(w.whole());
    for (const char32_t c : {U'阿', U'·', U'𬭼'}) CHECK(w.put(c));
    CHECK(w.whole());
    CHECK_FALSE(w.put(0xD800));
    CHECK(w.put(U'·'));
    CHECK_FALSE(w.put(U'-'));
    CHECK_FALSE(w.whole());
    w.take_back();
    CHECK(w.composed == "阿·𬭼");
    w.take_back();
    CHECK(w.composed == "阿·");
    w.take_back();
    for (const char letter : {'w', 'e', 'i', 'x', 'i'}) w.spell(letter);
    CHECK_FALSE(w.whole());
    w.turn_to(Mode::stroke);
    CHECK(w.spelled().empty());
    w.spell('h');
    w.turn_to(Mode::pinyin);
    CHECK(w.spelled() == "weixi");  // changing the way of writing loses nothing
    w.choose(U'韦', 3);
    CHECK(w.spelled() == "xi");
    CHECK(w.composed == "阿韦");
    w.choose(U'晞', 9);
    CHECK(w.composed == "阿韦");
    w.choose(U'晞', 2);
    CHECK(w.composed == "阿韦晞");
    const char* memory = w.composed.data();
    for (int i = 0; i < 60; ++i) w.put(U'𬭼');
    CHECK(w.characters() == max_name_characters);
    CHECK(w.composed.data() == memory);
    for (int i = 0; i < 60; ++i) w.spell('z');
    CHECK(w.spelled().size() == max_spelled);
    const char* spelling = w.spelled().data();
    w.wipe();
    CHECK(std::ranges::all_of(std::string_view(memory, w.composed.capacity()), [](char c) { return c == '\0'; }));
    CHECK(std::ranges::all_of(std::string_view(spelling, max_spelled), [](char c) { return c == '\0'; }));
    CHECK(w.mode == Mode::pinyin);
}

TEST_CASE("wild fingers: no sequence of keys breaks the writing") {
    std::uint32_t seed = 1;
    const auto dice = [&](std::uint32_t sides) {
        seed = seed * 1664525U + 1013904223U;
        return (seed >> 8U) % sides;
    };
    Writing w;
    for (int i = 0; i < 6000; ++i) {
        switch (dice(8)) {
            case 0: w.turn_to(static_cast<Mode>(dice(4))); break;
            case 1: w.take_back(); break;
            case 2: w.put(dice(2) ? U'·' : U'A' + dice(26)); break;
            case 3: w.page += static_cast<int>(dice(5)) - 2; break;
            case 4:
            case 5: {
                if (w.mode == Mode::stroke && i % 8) break;  // the slow one
                const auto all = methods().candidates(w);
                CHECK(all.size() <= max_candidates);
                if (all.empty()) break;
                const auto& c = all[dice(static_cast<std::uint32_t>(all.size()))];
                CHECK(c.takes <= w.spelled().size());
                w.choose(c.character, c.takes);
                break;
            }
            default:
                switch (w.mode) {
                    case Mode::pinyin: w.spell(pinyin_letters[dice(26)]); break;
                    case Mode::stroke: w.spell("hspnz*"[dice(6)]); break;
                    case Mode::code: w.spell(code_digits[dice(16)]); break;
                    case Mode::latin: w.put(U'A' + dice(26)); break;
                }
        }
        CHECK(w.characters() <= max_name_characters);
        CHECK(w.composed.size() <= max_name_bytes);
        CHECK(g_utf8_validate(w.composed.data(), static_cast<gssize>(w.composed.size()), nullptr));
    }
}

TEST_CASE("a hostile dictionary is refused by name, and what is no entry is left out") {
    const auto refused = [](const std::string& text) {
        const auto result = read_dictionary(text, "x.yaml", pinyin_letters);
        REQUIRE_FALSE(result);
        CHECK(result.error().code == drivers::FaultCode::bad_configuration);
        CHECK(result.error().detail.starts_with("x.yaml: "));
        return result.error().detail;
    };
    CHECK(refused("") == "x.yaml: has no line \"...\" after its head");
    CHECK(refused("韦\twei\t1\n") == "x.yaml: has no line \"...\" after its head");
    CHECK(refused("...\n") == "x.yaml: has no entry that can be used");
    CHECK(refused("...\n韦小\twei xiao\nA\ta\n\xFF\xFE\twei\n韦\nㄓ\tzhi\n韦\tWEI\n") == "x.yaml: has no entry that can be used");
    CHECK(refused("...\n" + std::string(max_dictionary_line + 1, 'x')) == "x.yaml: a line is too long");
    CHECK(refused(std::string(max_dictionary_bytes + 1, '\n')) == "x.yaml: too large");
    std::string many = "...\n";
    for (std::size_t i = 0; i <= max_dictionary_entries; ++i) many += "韦\twei\n";
    CHECK(refused(many) == "x.yaml: too many entries");
    const auto mixed = read_dictionary("head\n...\r\n# a note\n韦\twei\t35%\r\n韦\twei\tNaN\n覃\tqin\t-5\n覃\ttan\t1e99\n\0\twei\n", "x.yaml", pinyin_letters);
    REQUIRE(mixed);
    REQUIRE(mixed->size() == 4);
    CHECK((*mixed)[0].weight == doctest::Approx(0.35));
    for (std::size_t i = 1; i < 4; ++i) CHECK((*mixed)[i].weight == 0);
    // Any bytes at all.
    std::uint32_t seed = 7;
    for (int round = 0; round < 300; ++round) {
        std::string text = "...\n";
        for (int i = 0; i < 200; ++i) {
            seed = seed * 1664525U + 1013904223U;
            text += i % 7 ? static_cast<char>(seed >> 24U) : "\t\n韦"[seed >> 29U & 3U];
        }
        const auto result = read_dictionary(text, "x.yaml", pinyin_letters);
        if (result)
            for (const auto& r : *result) CHECK(is_ideograph(r.character));
    }
}

TEST_CASE("a machine without dictionaries offers codes and letters, and the screen says no more") {
    const auto folder = std::filesystem::path(LIQU_BINARY_DIR) / "input_test";
    std::filesystem::create_directories(folder);
    Methods none({.folder = "/nowhere", .readings = {}});
    CHECK_FALSE(none.offers(Mode::pinyin));
    CHECK_FALSE(none.offers(Mode::stroke));
    CHECK(none.offers(Mode::code));
    CHECK(none.offers(Mode::latin));
    std::ofstream(folder / "stroke.dict.yaml") << "rubbish";
    Stand stand({.folder = folder, .readings = {}});
    stand.ask(kiosk::EnterName{});
    stand.draw();
    CHECK_FALSE(stand.target("mode_pinyin"));
    CHECK_FALSE(stand.target("mode_stroke"));
    CHECK(stand.target("mode_latin"));
    CHECK(stand.pane.entry().writing.mode == Mode::code);
    audit(stand.pane.drawn(), stand.pane.place());
}

}  // namespace ui::test
