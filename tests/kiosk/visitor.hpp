// People who come with their documents: what they hold, lay down, type and show; and whole visits as far as the application on the wire.
#pragma once
#include "sim/models/passport.hpp"
#include "sim/models/resident_id_numbers.hpp"
#include "tests/kiosk/desk.hpp"

namespace desk_test {

using drivers::DocumentKind;
using drivers::Evidence;

// It is 2 February 2026.
inline sim::PersonRecord resident(const std::string& name, const std::string& number, int sex = 2) {
    return {.name = name, .number = number, .address = "南宁市样例路1号", .authority = "南宁市公安局", .birth = number.substr(6, 8), .valid_from = "20211103", .valid_to = "20411103", .sex = sex, .nation = 8};
}
inline std::shared_ptr<sim::SmartCard> mother() { return std::make_shared<sim::ResidentIdCard>(resident("黄晓岚", "450107199005128666")); }
inline const std::string child_number = "450107201604180028";

struct Passports {
    sim::PassportOffice office{{.seed = 5, .country = "GB"}};
    sim::PassportDescription description;
    Passports() {
        description.issuer = description.nationality = "GBR";
        description.number = "533401372";
        description.surname = "CARTER";
        description.given = "EMILY ROSE";
        description.sex = 'F';
        description.birth = "19920311";
        description.expiry = "20330908";
    }
    std::shared_ptr<sim::PassportChip> issue(sim::PassportFlaw flaw = sim::PassportFlaw::none) { return office.issue(description, flaw); }
    [[nodiscard]] camera::DocumentSight zone() const {
        camera::DocumentSight sight;
        std::string text;
        for (const auto& line : sim::mrz_lines(description)) text += line;
        sight.zone = camera::ZoneText{.format = drivers::MrzFormat::td3, .text = text};
        return sight;
    }
    [[nodiscard]] EnterZone::Answer typed() const { return {description.number, description.birth, description.expiry}; }
};

struct Visitor : Desk {
    Passports passports;
    void oneself() { begin(identify_oneself(kiosk, visit)); }
    void childs() { begin(identify_child(kiosk, visit)); }
    void choose(DocumentKind kind) {
        answer<PresentDocument>(PresentDocument::Answer::other_document);
        answer<ChooseDocument>(kind);
    }
    void put(std::shared_ptr<sim::SmartCard> card) {
        REQUIRE(wait_for<PresentDocument>());
        reader.lay(std::move(card));
    }
    void put_and_take_back(std::shared_ptr<sim::SmartCard> card) {
        put(std::move(card));
        REQUIRE(wait_for<TakeDocumentBack>());
        reader.lift();
        life.run_for(200ms);
    }
    void type(const std::string& name, const std::string& number) {
        answer<EnterName>(name);
        answer<EnterIdNumber>(number);
    }
    void photograph() {
        answer<PhotographPage>(PhotographPage::Answer::take);
        answer<PageTaken>(PageTaken::Answer::keep);
    }
    void trusts(sim::PassportOffice& office) { REQUIRE(trust.add(office.csca())); }
    /// The screen names the window; the visit is over.
    void sent_away(GoToWindow::Why why) {
        REQUIRE(wait_for<GoToWindow>());
        CHECK(shown<GoToWindow>()->why == why);
        answer<GoToWindow>(GoToWindow::Answer::understood);
        CHECK(left.has_value());
        CHECK(done == 0);
    }
    void troubled(FaultCode code) {
        REQUIRE(wait_for<Trouble>());
        CHECK(shown<Trouble>()->code == code);
        CHECK(last("fault_met").at("fault") == drivers::name_of(code));
        answer<Trouble>(Trouble::Answer::understood);
        CHECK(left.has_value());
        CHECK(done == 0);
    }
};

/// A whole visit: the centre answers, and keeps what is applied for.
struct WholeVisit : Visitor {
    std::vector<std::string> asked;
    std::string match = "same";
    json applied;
    WholeVisit() {
        hall.open();
        life.config.banks = {{{"bank_a"}, "甲银行", "Bank A", {"620101"}}};
        camera::Observation good;
        good.face = camera::Box{10, 10, 50, 50};
        good.held = 1;
        camera.script = {good};
        life.link.answer = [this](const Bytes& request) {
            const auto opened = life.centre.open(request);
            asked.push_back(opened.header.at("type").get<std::string>());
            if (asked.back() == "inquire") return life.centre.reply(request, {{"standing", "none"}}, life.now());
            if (asked.back() == "verify") return life.centre.reply(request, {{"match", match}, {"reference", FakeCentre::bin(repeat(0xB2, 16))}}, life.now());
            applied = opened.body;
            return life.centre.refuse(request, "not_entitled", life.now());
        };
    }
    void start(ForWhom::Answer whom) {
        begin(first_issue(kiosk));
        answer<ForWhom>(whom);
        answer<Notice>(Notice::Answer{true, true, true});
    }
    /// From the mobile number to the centre's answer.
    void apply() {
        answer<EnterMobile>("13900000000");
        answer<ConfirmCard>(ConfirmCard::Answer::right);
        answer<Sign>({{{100, 200, 0}, {140, 260, 40}}});
        answer<ChoosePin>(ChoosePin::Answer{Secret{"274905"}, Secret{"274905"}});
        REQUIRE(wait_for<Trouble>());
        REQUIRE(applied.is_object());
    }
};

}  // namespace desk_test
