// Somebody asks where the card is: by the electronic card's code, by a document, with a code that nobody knows, without a camera, without consent.
#include "kiosk/journeys/card_status.hpp"
#include "sim/models/resident_id_numbers.hpp"
#include "tests/kiosk/desk.hpp"

using namespace desk_test;

namespace {
const std::string code = "LIQU-ECARD-INVENTED-1";

camera::DocumentSight sight_of(const std::string& text) {
    camera::DocumentSight sight;
    sight.code = text;
    sight.preview_width = sight.preview_height = 2;
    sight.preview_rgb.assign(12, 0x80);
    return sight;
}
std::shared_ptr<sim::SmartCard> id_card(const std::string& valid_to = "20411103") {
    return std::make_shared<sim::ResidentIdCard>(sim::PersonRecord{.name = "黄晓岚", .number = "450107199005128666", .address = "南宁市样例路1号", .authority = "南宁市公安局",
                                                                   .birth = "19900512", .valid_from = "20211103", .valid_to = valid_to, .sex = 2, .nation = 8});
}

struct Enquiry : Desk {
    std::vector<json> asked;  ///< bodies
    Enquiry() {
        life.link.answer = [this](const Bytes& request) {
            const auto opened = life.centre.open(request);
            REQUIRE(opened.header.at("type") == "inquire");
            asked.push_back(opened.body);
            if (!opened.body.contains("ecard")) return life.centre.reply(request, {{"standing", "active_card"}}, life.now());
            if (opened.body.at("ecard") != FakeCentre::bin(drivers::to_bytes(code))) return life.centre.refuse(request, "not_entitled", life.now());
            return life.centre.reply(request, {{"name", "黄**"}, {"standing", "made_not_collected"}, {"where_zh", "五号大厅"}}, life.now());
        };
    }
    void agree() {
        begin(card_status(kiosk));
        REQUIRE(shown<Notice>());
        CHECK(shown<Notice>()->enquiry);
        answer<Notice>(Notice::Answer{.read = true});
    }
    /// What lies on the reader is read, taken back, and asked after.
    void by_document() {
        REQUIRE(wait_for<PresentDocument>());
        CHECK_FALSE(shown<PresentDocument>()->may_choose);  // nothing typed: anybody could ask after anybody
        reader.lay(id_card());
        REQUIRE(wait_for<TakeDocumentBack>());
        reader.lift();
        REQUIRE(wait_for<ExplainStanding>());
        CHECK(shown<ExplainStanding>()->kind == StandingKind::active_card);
        CHECK(shown<ExplainStanding>()->masked_name.empty());
        answer<ExplainStanding>(ExplainStanding::Answer::understood);
        CHECK(done == 1);
    }
};
}  // namespace

TEST_CASE("by code: the camera sees it, the centre knows it, the screen says status and masked name, and nothing of it is booked") {
    Enquiry enquiry;
    enquiry.camera.documents_.script = {sight_of(""), sight_of(""), sight_of(code)};
    enquiry.begin(card_status(enquiry.kiosk));
    REQUIRE(enquiry.shown<Notice>());
    CHECK(enquiry.shown<Notice>()->version != notice_text().version);
    CHECK(enquiry.camera.documents_.subjects.empty());  // nothing is filmed before
    enquiry.answer<Notice>(Notice::Answer{.read = true});
    REQUIRE(enquiry.wait_for<ExplainStanding>());
    CHECK(enquiry.camera.documents_.subjects == std::vector{camera::Subject::code});
    CHECK_FALSE(enquiry.camera.documents_.open);
    CHECK(enquiry.shown<ExplainStanding>()->kind == StandingKind::made_not_collected);
    CHECK(enquiry.shown<ExplainStanding>()->masked_name == "黄**");
    CHECK(enquiry.shown<ExplainStanding>()->where_zh == "五号大厅");
    CHECK(enquiry.shown<ExplainStanding>()->window == enquiry.kiosk.config.window);
    enquiry.answer<ExplainStanding>(ExplainStanding::Answer::understood);
    CHECK(enquiry.done == 1);
    CHECK(enquiry.asked.size() == 1);
    const auto agreed = enquiry.last("notice_agreed");
    CHECK(agreed.at("hash") == drivers::hex(enquiry_notice_text().hash));
    CHECK(agreed.at("face_match") == false);
    CHECK(agreed.at("bank_data") == false);
    CHECK(enquiry.life.events("document_read") == 0);
    for (const auto& row : enquiry.life.books->audit_rows(1, 5000)) {
        CHECK_FALSE(row.data.contains(code));
        CHECK_FALSE(row.data.contains("黄"));
    }
}

TEST_CASE("the camera's picture and what it wants reach the screen; the code does not") {
    Enquiry enquiry;
    auto far = sight_of("");
    far.advice = camera::DocumentAdvice::closer;
    enquiry.camera.documents_.script = {far};
    enquiry.agree();
    REQUIRE(enquiry.wait_for<ShowECard>());
    enquiry.life.run_for(1s);
    REQUIRE(enquiry.shown<ShowECard>());
    CHECK(enquiry.shown<ShowECard>()->watching);
    CHECK(enquiry.shown<ShowECard>()->guide == PageGuide::closer);
    CHECK(enquiry.shown<ShowECard>()->preview_rgb.size() == 12);
    enquiry.life.run_for(120s);  // nobody holds anything up
    CHECK(enquiry.left.has_value());
    CHECK_FALSE(enquiry.camera.documents_.open);
    CHECK(enquiry.asked.empty());
}

TEST_CASE("by document, by wish: read, taken back, asked after like any document") {
    Enquiry enquiry;
    enquiry.agree();
    enquiry.answer<ShowECard>(ShowECard::Answer::use_document);
    CHECK_FALSE(enquiry.camera.documents_.open);
    enquiry.by_document();
    REQUIRE(enquiry.asked.size() == 1);
    CHECK(enquiry.asked[0].at("document").at("number") == "450107199005128666");
    CHECK(enquiry.last("document_read").at("whose") == "own");
}

TEST_CASE("a camera that is away: booked, the document is asked for") {
    Enquiry enquiry;
    enquiry.camera.documents_.missing = FaultCode::camera_missing;
    enquiry.agree();
    enquiry.by_document();
    CHECK(enquiry.last("fault_met").at("fault") == "camera_missing");
}

TEST_CASE("a code that the centre does not know is said to be so, not asked again, and a fresh one counts") {
    Enquiry enquiry;
    enquiry.camera.documents_.script = {sight_of("LIQU-ECARD-OLD")};
    enquiry.agree();
    enquiry.life.run_for(5s);
    REQUIRE(enquiry.shown<ShowECard>());
    CHECK(enquiry.shown<ShowECard>()->refused);
    CHECK(enquiry.asked.size() == 1);
    enquiry.camera.documents_.script = {sight_of(code)};
    REQUIRE(enquiry.wait_for<ExplainStanding>());
    CHECK(enquiry.asked.size() == 2);
}

TEST_CASE("codes that nobody knows, one after the other, end; so does a centre that is away") {
    Enquiry enquiry;
    enquiry.agree();
    for (int i = 0; i < 9 && !enquiry.shown<Trouble>(); ++i) {
        enquiry.camera.documents_.script = {sight_of("LIQU-ECARD-WRONG-" + std::to_string(i))};
        enquiry.life.run_for(5s);
    }
    REQUIRE(enquiry.shown<Trouble>());
    CHECK(enquiry.shown<Trouble>()->code == FaultCode::centre_refused);
    CHECK(enquiry.asked.size() == 5);

    Enquiry alone;
    alone.life.link.answer = [](const Bytes&) -> Result<Bytes> { return drivers::fail(FaultCode::centre_unreachable, "cut"); };
    alone.camera.documents_.script = {sight_of(code)};
    alone.agree();
    REQUIRE(alone.wait_for<Trouble>(90s));
    CHECK(alone.shown<Trouble>()->code == FaultCode::centre_unreachable);
}

TEST_CASE("refusing the notice names the window: nothing was filmed, read or asked") {
    Enquiry enquiry;
    enquiry.begin(card_status(enquiry.kiosk));
    enquiry.answer<Notice>(Notice::Answer{});
    REQUIRE(enquiry.wait_for<GoToWindow>());
    CHECK(enquiry.shown<GoToWindow>()->why == GoToWindow::Why::refused_consent);
    enquiry.answer<GoToWindow>(GoToWindow::Answer::understood);
    CHECK(enquiry.left.has_value());
    CHECK(enquiry.camera.documents_.subjects.empty());
    CHECK(enquiry.asked.empty());
    CHECK(enquiry.life.events("notice_agreed") == 0);
}

TEST_CASE("an expired document is not asked after") {
    Enquiry enquiry;
    enquiry.agree();
    enquiry.answer<ShowECard>(ShowECard::Answer::use_document);
    REQUIRE(enquiry.wait_for<PresentDocument>());
    enquiry.reader.lay(id_card("20241103"));
    REQUIRE(enquiry.wait_for<Trouble>());
    CHECK(enquiry.shown<Trouble>()->code == FaultCode::document_expired);
    CHECK(enquiry.asked.empty());
}
