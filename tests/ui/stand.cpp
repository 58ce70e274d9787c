// The stand and its invented people.
#include "stand.hpp"

#include "printer/face/face.hpp"

#include <SDL.h>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <jpeglib.h>
#include <pango/pangocairo.h>

namespace ui::test {

using namespace kiosk;

namespace {
std::unique_ptr<Glass>& kept_glass() {
    static std::unique_ptr<Glass> kept;
    return kept;
}

printer::Picture face_of(const std::string& name, const std::string& number, const Bytes& jpeg) {
    std::ifstream in(std::filesystem::path(LIQU_SOURCE_DIR) / "printer/layouts/nanning.toml");
    const std::string toml{std::istreambuf_iterator<char>(in), {}};
    const auto layout = printer::load_layout(toml);
    REQUIRE(layout);
    printer::FaceData data;
    data.name = name, data.social_security_number = number, data.card_number = "A1234567X", data.issue_date = "2026年11月", data.bank = "甲银行",
    data.authority = "南宁市人力资源和社会保障局";
    data.photo_jpeg = jpeg;
    auto picture = printer::draw_front(*layout, data, {1016, 648});
    REQUIRE(picture);
    return *picture;
}

Bank bank(const std::string& id, const std::string& zh, const std::string& en) { return {BankId{id}, zh, en, {}}; }

constexpr const char* long_name = "阿卜杜热合曼·阿卜杜克热木·吐尔逊尼亚孜·买买提艾力";
constexpr const char* rare_name = "覃𠮷𬺰𫖯";

std::string notice_text(bool zh, int paragraphs) {
    std::string out;
    for (int i = 0; i < paragraphs; ++i)
        out += std::string(out.empty() ? "" : "\n") + (zh ? "我们会**读取您的身份证**、**拍一张白底照片**，用于制作社保卡，并送到市社会保障卡管理中心。本机**"
                                                            "不保存**您的照片和号码，办完即清除。不同意也能办：请到**人工窗口 5 号**。"
                                                          : "We **read your ID card** and **take a photograph** to make your card, and send both to the city's "
                                                            "card centre. This machine **keeps nothing**: all is erased afterwards. You may "
                                                            "refuse and go to **window 5**.");
    return out;
}

struct Make {
    std::vector<Situation> all;
    Bytes portrait = jpeg_of(person(358, 441), 358, 441);
    void operator()(std::string name, AnyQuestion q) { all.push_back({std::move(name), std::move(q)}); }
};

void citizen_first(Make& add) {
    const std::vector<Bank> three{bank("jia", "甲银行", "First Bank"), bank("yi", "乙银行", "Second Bank"),
                                  bank("bing", "丙农村商业银行股份有限公司", "Third Rural Commercial Bank of the Region")};
    add("welcome", Welcome{.banks = three, .cannot = {}, .hotline = "0771-12333"});
    add("welcome-enquiries", Welcome{.banks = three, .cannot = {}, .hotline = "0771-12333", .enquiries = true});
    add("welcome-closed-enquiries", Welcome{.banks = {}, .cannot = FaultCode::printer_hopper_empty, .hotline = "0771-12333", .enquiries = true});
    add("welcome-closed", Welcome{.banks = {}, .cannot = FaultCode::printer_hopper_empty, .hotline = "0771-12333"});
    add("for_whom", ForWhom{.window = "5"});
    add("notice", Notice{.version = "2026-11", .text_zh = notice_text(true, 2), .text_en = notice_text(false, 2)});
    add("notice-long", Notice{.version = "2026-11", .text_zh = notice_text(true, 9), .text_en = notice_text(false, 9)});
    add("notice-enquiry", Notice{.version = "2026-11", .text_zh = notice_text(true, 5), .text_en = notice_text(false, 5), .enquiry = true});
    for (const auto state : {DocumentState::waiting, DocumentState::reading, DocumentState::moved, DocumentState::unreadable, DocumentState::not_supported,
                             DocumentState::expired, DocumentState::invalid})
        add(fmt::format("present_document-{}", name_of(state)), PresentDocument{state});
    for (auto& situation : document_situations()) add.all.push_back(std::move(situation));
    add("take_document_back", TakeDocumentBack{});
    for (const auto what : {PleaseWait::What::asking_centre, PleaseWait::What::comparing, PleaseWait::What::applying})
        add(fmt::format("please_wait-{}", name_of(what)), PleaseWait{what});
    for (int i = 0; i <= static_cast<int>(StandingKind::not_insured); ++i) {
        const auto kind = static_cast<StandingKind>(i);
        add(fmt::format("explain_standing-{}", name_of(kind)),
            ExplainStanding{.kind = kind,
                            .where_zh = "南宁市人力资源社会保障服务大厅(市民中心部) 玉洞大道33号市民中心4楼B座",
                            .where_en = "Citizens' Centre Hall, Yudong Avenue 33, 4th floor, area B",
                            .when = "2026-11-30 09:00-17:00",
                            .window = "5"});
    }
    add("explain_standing-ecard", ExplainStanding{.kind = StandingKind::made_not_collected,
                                                  .where_zh = "南宁市人力资源社会保障服务大厅(市民中心部) 玉洞大道33号市民中心4楼B座",
                                                  .where_en = "Citizens' Centre Hall, Yudong Avenue 33, 4th floor, area B",
                                                  .when = "2026-11-30 09:00-17:00",
                                                  .window = "5",
                                                  .masked_name = "覃***"});
    add("explain_standing-bare", ExplainStanding{.kind = StandingKind::not_insured, .where_zh = {}, .where_en = {}, .when = {}, .window = {}});
    add("offer_resume", OfferResume{.reference = "482617"});
    for (auto& situation : photo_situations()) add.all.push_back(std::move(situation));
    add("photo_taken", PhotoTaken{.jpeg = add.portrait, .retakes_left = 2});
    add("photo_taken-last", PhotoTaken{.jpeg = add.portrait, .retakes_left = 0});
    add("photo_taken-garbage", PhotoTaken{.jpeg = Bytes(500, std::byte{0x41}), .retakes_left = 1});
    add("call_staff", CallStaff{.why = CallStaff::Why::unsure, .window = "5"});
    add("call_staff-child", CallStaff{.why = CallStaff::Why::no_photograph, .window = "5"});
    add("call_staff-document", CallStaff{.why = CallStaff::Why::document_to_check, .window = "5"});
}

void citizen_second(Make& add) {
    std::vector<Bank> many;
    for (int i = 1; i <= 12; ++i) many.push_back(bank(fmt::format("b{:02}", i), fmt::format("第{}农村商业银行股份有限公司", i), fmt::format("Rural Commercial Bank number {}", i)));
    add("choose_bank", ChooseBank{{many.begin(), many.begin() + 3}});
    add("choose_bank-many", ChooseBank{many});
    add("enter_mobile", EnterMobile{});
    add("enter_mobile-refused", EnterMobile{.refused = true});
    add("confirm_card", ConfirmCard{.face = face_of("覃铉舜", "45010319570916121X", add.portrait),
                                    .full_name = "覃铉舜",
                                    .social_security_number = "45010319570916121X",
                                    .bank_zh = "甲银行",
                                    .bank_en = "First Bank",
                                    .mobile = "13800001234",
                                    .sex = 1,
                                    .nation = 8});
    add("confirm_card-rare", ConfirmCard{.face = face_of(rare_name, "450103195709161210", add.portrait),
                                         .full_name = rare_name,
                                         .social_security_number = "450103195709161210",
                                         .bank_zh = "甲银行",
                                         .bank_en = "First Bank",
                                         .mobile = "13800001234",
                                         .sex = 2,
                                         .nation = 5,
                                         .may_change_bank = false,
                                         .may_retake = false});
    add("confirm_card-long", ConfirmCard{.face = face_of(long_name, "450103195709161210", add.portrait),
                                         .full_name = long_name,
                                         .social_security_number = "450103195709161210",
                                         .bank_zh = "丙农村商业银行股份有限公司",
                                         .bank_en = "Third Rural Commercial Bank of the Region",
                                         .mobile = "13800001234",
                                         .sex = 7,
                                         .nation = 98});
    add("confirm_card-foreigner", ConfirmCard{.face = face_of("ANNA MARIA SPECIMEN", "450103195709161210", add.portrait),
                                              .full_name = "ANNA MARIA SPECIMEN",
                                              .social_security_number = "450103195709161210",
                                              .bank_zh = "甲银行",
                                              .bank_en = "First Bank",
                                              .mobile = "13800001234",
                                              .sex = 2,
                                              .nation = 0,
                                              .nationality = "UTO"});
    add("sign", Sign{.face = face_of("覃铉舜", "45010319570916121X", add.portrait), .social_security_number = "45010319570916121X", .drawn = {}});
    Stroke wave;
    for (int i = 0; i < 60; ++i) wave.push_back({200 + i * 8, 190 + static_cast<int>(70 * std::sin(i * 0.35)), i * 12});
    add("sign-drawn", Sign{.face = face_of("覃铉舜", "45010319570916121X", add.portrait), .social_security_number = "45010319570916121X", .drawn = {wave}});
    for (int i = 0; i <= static_cast<int>(PinRefusal::initial); ++i)
        add(fmt::format("choose_pin-{}", name_of(static_cast<PinRefusal>(i))), ChoosePin{static_cast<PinRefusal>(i)});
    for (int i = 0; i <= static_cast<int>(MakeStage::presenting); ++i)
        add(fmt::format("making_card-{}", name_of(static_cast<MakeStage>(i))),
            MakingCard{.stage = static_cast<MakeStage>(i), .seconds_left = 70 - i * 16, .done = i * 0.22, .again = i == 1});
    add("making_card-soon", MakingCard{.stage = MakeStage::presenting, .seconds_left = 0, .done = 1});
    add("making_card-are_you_there", MakingCard{.stage = MakeStage::printing, .seconds_left = 9, .done = 0.8, .are_you_there = true});
    add("take_card", TakeCard{.seconds_left = 78, .may_extend = true});
    add("take_card-extended", TakeCard{.seconds_left = 8, .may_extend = false});
    add("finished", Finished{.activated = true, .bank_zh = "甲银行", .bank_en = "First Bank", .reference = "482617"});
    add("finished-later", Finished{.activated = false, .bank_zh = "丙农村商业银行股份有限公司", .bank_en = "Third Rural Commercial Bank of the Region", .reference = {}});
    add("trouble", Trouble{.code = FaultCode::printer_jam, .reference = "482617", .window = "5"});
    add("trouble-unsaved", Trouble{.code = FaultCode::reader_missing, .reference = {}, .window = "5"});
    add("trouble-bare", Trouble{.code = FaultCode::internal, .reference = {}, .window = {}});
    for (int i = 0; i <= static_cast<int>(GoToWindow::Why::no_guardian); ++i) {
        const auto why = static_cast<GoToWindow::Why>(i);
        add(fmt::format("go_to_window-{}", name_of(why)), GoToWindow{.why = why, .window = "5", .reference = i == 1 ? "482617" : ""});
    }
}

void staff(Make& add) {
    add("staff_pin", StaffPin{.who = "李 · 库管员"});
    add("staff_pin-wrong", StaffPin{.who = "李 · 库管员", .wrong = true, .tries_left = 3, .second_person = true});
    add("confirm_person", ConfirmPerson{.who = "李 · 库管员", .full_name = "覃铉舜", .masked_number = "450103********121X", .portrait = add.portrait, .warnings = {}});
    add("confirm_person-advice", ConfirmPerson{.who = "李 · 库管员", .full_name = "覃铉舜", .masked_number = "450103********121X", .portrait = add.portrait,
                                               .warnings = {camera::Reason::clothes_like_background, camera::Reason::head_covered, camera::Reason::mouth_open}});
    add("confirm_person-child", ConfirmPerson{.who = "李 · 库管员", .full_name = "韦小禾", .masked_number = "450102********0022", .portrait = {}, .warnings = {}});
    add("confirm_person-register", ConfirmPerson{.who = "李 · 库管员", .full_name = "韦小禾", .masked_number = "450102********0022", .portrait = add.portrait,
                                                 .document = drivers::DocumentKind::household_register, .evidence = drivers::Evidence::typed,
                                                 .page = jpeg_of(page(1280, 720), 1280, 720), .guardian = "覃铉舜"});
    add("confirm_person-register-child", ConfirmPerson{.who = "李 · 库管员", .full_name = "韦小禾", .masked_number = "450102********0022", .portrait = {},
                                                       .document = drivers::DocumentKind::household_register, .evidence = drivers::Evidence::typed,
                                                       .page = Bytes(300, std::byte{0x41}), .guardian = long_name});
    add("confirm_person-unverified", ConfirmPerson{.who = "李 · 库管员", .full_name = "ANNA MARIA SPECIMEN", .masked_number = "L89****3C", .portrait = add.portrait,
                                                   .warnings = {camera::Reason::head_covered}, .document = drivers::DocumentKind::passport,
                                                   .evidence = drivers::Evidence::chip_unverified});
    add("confirm_person-long", ConfirmPerson{.who = "李 · 库管员", .full_name = long_name, .masked_number = "450103********1210", .portrait = add.portrait, .warnings = {}});
    const auto row = [](int n, const std::string& zh, const std::string& en, int left, int minutes) {
        return HopperRow{.hopper = n, .bank = bank(en, zh, en), .remaining = left, .capacity = 100, .threshold = 15, .sensor_empty = false, .minutes_left = minutes};
    };
    StaffMenu menu{.who = "李 · 库管员",
                   .hoppers = {row(1, "甲银行", "First Bank", 11, 95), row(2, "乙银行", "Second Bank", 74, 700), row(3, "丙银行", "Third Bank", 55, -1)},
                   .ribbon_left = 62,
                   .ribbon_capacity = 200,
                   .bin_count = 8,
                   .bin_capacity = 25,
                   .arithmetic = {.loaded = 200, .issued = 51, .spoiled = 6, .retained = 2, .tested = 1, .remaining = 140},
                   .path_closed = {}};
    add("staff_menu", menu);
    menu.hoppers.push_back(row(4, "丁农村商业银行股份有限公司", "Fourth Rural Commercial Bank", 0, 0));
    menu.hoppers[1].sensor_empty = true;
    menu.path_closed = FaultCode::printer_jam;
    menu.to_reconcile = 2;
    menu.bin_count = 25;
    menu.ribbon_left = 3;
    menu.arithmetic.unknown = 2;
    add("staff_menu-closed", menu);
    add("load_blanks", LoadBlanks{.hopper = row(1, "甲银行", "First Bank", 11, 95), .most = 89});
    add("load_blanks-full", LoadBlanks{.hopper = row(1, "甲银行", "First Bank", 100, 700), .most = 0});
    EmptyBinList bin;
    for (int i = 0; i < 12; ++i)
        bin.cards.push_back({{fmt::format("2026-11-0{}-a", 1 + i % 3), 14 + i},
                             i % 4 == 0   ? "spoiled"
                             : i % 4 == 1 ? "retained"
                             : i % 4 == 2 ? "found"
                                          : "unknown"});
    add("empty_bin", bin);
    add("empty_bin-none", EmptyBinList{});
    add("reconcile_card", ReconcileCard{.card = {"2026-11-02-a", 17}, .second = "王 · 班长"});
    add("second_badge", SecondBadge{});
    add("second_badge-same", SecondBadge{.same_person = true});
    for (int i = 0; i <= static_cast<int>(StaffNote::What::not_permitted); ++i)
        add(fmt::format("staff_note-{}", name_of(static_cast<StaffNote::What>(i))), StaffNote{.what = static_cast<StaffNote::What>(i), .count = 12});
}
}  // namespace

const std::vector<Situation>& situations() {
    static const auto all = [] {
        Make add;
        citizen_first(add);
        citizen_second(add);
        staff(add);
        return std::move(add.all);
    }();
    return all;
}

const Situation& situation(std::string_view name) {
    const auto it = std::ranges::find(situations(), name, &Situation::name);
    REQUIRE_MESSAGE(it != situations().end(), std::string(name));
    return *it;
}

Glass& glass() {
    auto& kept = kept_glass();
    if (!kept) {
        ::setenv("SDL_VIDEODRIVER", "offscreen", 0);  // a driver that was chosen outside (x11 under Xvfb) is kept
        auto opened = Glass::open({});
        REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().detail));
        kept = std::move(*opened);
    }
    return *kept;
}
void drop_glass() { kept_glass().reset(); }

const Texts& texts() {
    static const Texts loaded = [] {
        auto t = Texts::load(std::filesystem::path(LIQU_SOURCE_DIR) / "ui/text");
        REQUIRE_MESSAGE(t, (t ? "" : t.error().detail));
        return *t;
    }();
    return loaded;
}

namespace {
std::unique_ptr<Lettering> open_lettering() {
    auto opened = Lettering::open(glass());
    REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().detail));
    return std::move(*opened);
}
}  // namespace

Stand::Stand(input::Sources dictionaries) : lettering(open_lettering()), pane(glass(), *lettering, texts(), stage, clock, Place{"民主部 3 号机", "Minzhu Hall, machine 3", "0771-12333", 0.3125}, std::move(dictionaries)) {}

void Stand::turn() {
    for (int i = 0; i < 50; ++i) {
        loop.restart();
        if (loop.poll() == 0) break;
    }
}

namespace {
template <class Q>
awaitable<void> journey(Stand& stand, Q question) {
    try {
        auto answer = co_await stand.stage.ask(std::move(question));
        if constexpr (std::is_same_v<Q, Sign>) stand.signature = answer;
        if constexpr (std::is_same_v<Q, Notice>) stand.consent = answer;
        if constexpr (std::is_same_v<typename Q::Answer, std::string>) stand.typed = answer;
        if constexpr (std::is_same_v<Q, EnterZone>) stand.typed = fmt::format("{}/{}/{}", answer.number, answer.birth, answer.expiry);
        if constexpr (std::is_same_v<Q, ChoosePin>) stand.typed = drivers::to_string(answer.first.view()) + "/" + drivers::to_string(answer.again.view());
        stand.over = true;
    } catch (const Left& l) {
        stand.left = l.reason;
    }
}
}  // namespace

void Stand::ask(const AnyQuestion& question) {
    over = false;
    left.reset();
    std::visit([&](const auto& q) { asio::co_spawn(loop, journey(*this, q), asio::detached); }, question);
    turn();
}
void Stand::show(const AnyQuestion& question) {
    std::visit([&](const auto& q) { stage.show(q); }, question);
}

const Target* Stand::target(std::string_view id) const {
    const auto& all = pane.drawn().targets;
    const auto it = std::ranges::find(all, id, &Target::id);
    return it == all.end() ? nullptr : &*it;
}

std::string Stand::tap(std::string_view id) {
    if (pane.dirty()) draw();
    const auto* t = target(id);
    REQUIRE_MESSAGE(t, std::string(id));
    pane.down(t->rect.centre(), 0);
    auto ran = pane.up();
    turn();
    return ran;
}

void Stand::type(std::string_view digits) {
    for (const char d : digits) tap(fmt::format("digit_{}", d));
}

void save(Glass& from, const std::filesystem::path& file) {
    std::filesystem::create_directories(file.parent_path());
    const auto rgb = from.picture();
    cairo_surface_t* surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, theme::width, theme::height);
    auto* pixels = cairo_image_surface_get_data(surface);
    for (std::size_t i = 0; i < rgb.size() / 3; ++i) {
        pixels[i * 4] = rgb[i * 3 + 2];
        pixels[i * 4 + 1] = rgb[i * 3 + 1];
        pixels[i * 4 + 2] = rgb[i * 3];
    }
    cairo_surface_mark_dirty(surface);
    CHECK(cairo_surface_write_to_png(surface, file.c_str()) == CAIRO_STATUS_SUCCESS);
    cairo_surface_destroy(surface);
}

drivers::Bytes jpeg_of(const std::vector<std::uint8_t>& rgb, int width, int height) {
    jpeg_compress_struct info{};
    jpeg_error_mgr errors{};
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    unsigned char* memory = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&info, &memory, &size);
    info.image_width = static_cast<JDIMENSION>(width);
    info.image_height = static_cast<JDIMENSION>(height);
    info.input_components = 3;
    info.in_color_space = JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < info.image_height) {
        auto* row = const_cast<JSAMPROW>(rgb.data() + static_cast<std::size_t>(info.next_scanline) * static_cast<std::size_t>(width) * 3);
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    Bytes out = drivers::to_bytes(drivers::View{reinterpret_cast<const std::byte*>(memory), size});
    jpeg_destroy_compress(&info);
    std::free(memory);
    return out;
}

std::vector<std::uint8_t> person(int width, int height) {
    cairo_surface_t* surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_t* c = cairo_create(surface);
    const auto colour = [&](unsigned rgb) { cairo_set_source_rgb(c, (rgb >> 16U) / 255.0, ((rgb >> 8U) & 255U) / 255.0, (rgb & 255U) / 255.0); };
    colour(0xEEF1F3);
    cairo_paint(c);
    cairo_translate(c, width / 2.0, height * 0.46);
    cairo_scale(c, height / 441.0, height / 441.0);
    const auto ellipse = [&](double x, double y, double rx, double ry, unsigned rgb) {
        cairo_save(c);
        cairo_translate(c, x, y);
        cairo_scale(c, rx, ry);
        cairo_arc(c, 0, 0, 1, 0, 6.2832);
        cairo_restore(c);
        colour(rgb);
        cairo_fill(c);
    };
    ellipse(0, 260, 150, 120, 0x33475B);
    colour(0xE0B490);
    cairo_rectangle(c, -34, 90, 68, 70);
    cairo_fill(c);
    ellipse(0, -30, 108, 138, 0x241F1C);
    ellipse(0, 0, 96, 126, 0xEFC4A0);
    for (const int side : {-1, 1}) {
        ellipse(side * 99, 6, 13, 26, 0xE6B793);
        ellipse(side * 40, -12, 13, 8, 0xFFFFFF);
        ellipse(side * 40, -12, 7, 8, 0x2A211C);
        ellipse(side * 40, -36, 22, 5, 0x2A211C);
    }
    ellipse(0, 24, 10, 16, 0xE2B08B);
    ellipse(0, 66, 30, 7, 0xB5605A);
    cairo_destroy(c);
    cairo_surface_flush(surface);
    const auto* data = cairo_image_surface_get_data(surface);
    const int stride = cairo_image_surface_get_stride(surface);
    std::vector<std::uint8_t> rgb;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (const int channel : {2, 1, 0}) rgb.push_back(data[y * stride + x * 4 + channel]);
    cairo_surface_destroy(surface);
    return rgb;
}

}  // namespace ui::test
