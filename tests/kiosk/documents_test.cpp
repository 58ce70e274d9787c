// Step 3 with every kind of document: read or typed; a child with its guardian; what staff look at; what ends at a window.
#include "tests/kiosk/visitor.hpp"

using namespace desk_test;

TEST_CASE("a child: the guardian's card, the relation, a typed register, its page, a member of staff, and all of it on the wire") {
    WholeVisit visit;
    visit.start(ForWhom::Answer::child);
    REQUIRE(visit.wait_for<PresentDocument>());
    CHECK(visit.shown<PresentDocument>()->whose == Whose::guardian);
    visit.put_and_take_back(mother());
    visit.answer<ChooseRelation>(ChooseRelation::Answer::mother);
    REQUIRE(visit.wait_for<PresentDocument>());
    CHECK(visit.shown<PresentDocument>()->whose == Whose::child);
    visit.choose(DocumentKind::household_register);
    visit.type("黄一诺", child_number);
    visit.photograph();
    CHECK(visit.camera.documents_.subjects == std::vector{camera::Subject::page});
    CHECK_FALSE(visit.camera.documents_.open);
    visit.answer<PhotoTaken>(PhotoTaken::Answer::keep);
    REQUIRE(visit.wait_for<CallStaff>());
    CHECK(visit.shown<CallStaff>()->why == CallStaff::Why::document_to_check);
    visit.reader.lay_badge();
    visit.answer<StaffPin>(Secret{"135791"});
    REQUIRE(visit.wait_for<ConfirmPerson>());
    CHECK(visit.shown<ConfirmPerson>()->full_name == "黄一诺");
    CHECK(visit.shown<ConfirmPerson>()->guardian == "黄晓岚");
    CHECK(visit.shown<ConfirmPerson>()->document == DocumentKind::household_register);
    CHECK(visit.shown<ConfirmPerson>()->evidence == Evidence::typed);
    CHECK(visit.shown<ConfirmPerson>()->page == visit.camera.documents_.page->jpeg);
    CHECK(visit.shown<ConfirmPerson>()->portrait == golden_portrait());
    visit.answer<ConfirmPerson>(ConfirmPerson::Answer::same);
    visit.reader.lift();
    visit.apply();
    CHECK(visit.asked == std::vector<std::string>{"inquire", "verify", "apply"});
    const auto& form = visit.applied;
    CHECK(form.at("document").at("kind") == "household_register");
    CHECK(form.at("document").at("evidence") == "typed");
    CHECK(form.at("document").at("number") == child_number);
    CHECK(form.at("document").at("birth") == "20160418");
    CHECK(form.at("document").at("sex") == 2);
    CHECK(form.at("document").at("valid_from").is_null());
    CHECK(form.at("guardian").at("relation") == "mother");
    CHECK(form.at("guardian").at("document").at("number") == "450107199005128666");
    CHECK(FakeCentre::bytes_of(form.at("page")) == visit.camera.documents_.page->jpeg);
    CHECK(drivers::hex(FakeCentre::bytes_of(form.at("checked_by"))) == visit.life.books->keyed_hash(*drivers::from_hex("04A1B2C3D4")));
    CHECK(form.at("match").at("by") == "centre");
    const auto checked = visit.last("document_checked");
    CHECK(checked.at("kind") == "household_register");
    CHECK(checked.at("evidence") == "typed");
    CHECK(checked.at("accepted") == true);
    CHECK(checked.at("staff") == "s01");
    CHECK(visit.last("document_read").at("whose") == "child");
}

TEST_CASE("a resident of age as before: nobody is called, nothing is typed, no guardian") {
    WholeVisit visit;
    visit.start(ForWhom::Answer::myself);
    visit.put_and_take_back(mother());
    visit.answer<PhotoTaken>(PhotoTaken::Answer::keep);
    visit.apply();
    CHECK(visit.applied.at("document").at("evidence") == "chip");
    CHECK(visit.applied.at("guardian").is_null());
    CHECK(FakeCentre::bytes_of(visit.applied.at("page")).empty());
    CHECK(FakeCentre::bytes_of(visit.applied.at("checked_by")).empty());
    CHECK(visit.life.events("document_checked") == 0);
}

TEST_CASE("a camera of no use: the zone is typed and the fault booked; a page cannot be had") {
    Visitor visitor;
    visitor.camera.documents_.missing = FaultCode::camera_missing;
    visitor.oneself();
    visitor.choose(DocumentKind::travel_permit);
    CHECK(visitor.wait_for<EnterZone>());
    CHECK(visitor.last("fault_met").at("fault") == "camera_missing");

    Visitor typing;
    typing.camera.documents_.missing = FaultCode::camera_missing;
    typing.oneself();
    typing.choose(DocumentKind::temporary_id);
    typing.type("覃秋月", "450109199309170049");
    typing.answer<EnterExpiry>("20361231");
    typing.troubled(FaultCode::camera_missing);
}

TEST_CASE("a temporary ID card: what is typed is checked, the page photographed again on wish, the last day counts") {
    Visitor visitor;
    visitor.oneself();
    visitor.choose(DocumentKind::temporary_id);
    visitor.answer<EnterName>("?");
    CHECK(visitor.shown<EnterName>()->refused);
    visitor.answer<EnterName>("覃秋月");
    visitor.answer<EnterIdNumber>("450109199309170041");
    CHECK(visitor.shown<EnterIdNumber>()->refused);
    visitor.answer<EnterIdNumber>("450109199309170049");
    visitor.answer<EnterExpiry>("20260230");
    CHECK(visitor.shown<EnterExpiry>()->refused);
    visitor.answer<EnterExpiry>("20260202");  // today
    visitor.camera.documents_.page = drivers::fail(FaultCode::photo_not_encodable);
    visitor.answer<PhotographPage>(PhotographPage::Answer::take);
    visitor.life.run_for(500ms);
    CHECK(visitor.shown<PhotographPage>());
    visitor.camera.documents_.page = camera::DocumentPage{.jpeg = golden_portrait(), .sha256 = repeat(2, 32)};
    visitor.answer<PhotographPage>(PhotographPage::Answer::take);
    visitor.answer<PageTaken>(PageTaken::Answer::retake);
    visitor.photograph();
    REQUIRE(visitor.done == 1);
    CHECK(visitor.visit.document.name == "覃秋月");
    CHECK(visitor.visit.document.sex == drivers::Sex::female);
    CHECK(visitor.visit.document.birth == std::chrono::year{1993} / 9 / 17);
    CHECK(visitor.visit.document.evidence == Evidence::typed);
    CHECK(visitor.visit.page == golden_portrait());
    CHECK(originals_to_check(visitor.visit));

    Visitor late;
    late.oneself();
    late.choose(DocumentKind::temporary_id);
    late.type("覃秋月", "450109199309170049");
    late.answer<EnterExpiry>("20260201");
    late.photograph();
    late.troubled(FaultCode::document_expired);

    Visitor stubborn;
    stubborn.oneself();
    stubborn.choose(DocumentKind::temporary_id);
    for (int i = 0; i < 5; ++i) stubborn.answer<EnterName>("12");
    stubborn.sent_away(GoToWindow::Why::too_many_tries);
}

TEST_CASE("sixteen on the day is no child; a child alone, or with another child, has no guardian") {
    const auto years_ago = [](const std::string& birth) { return std::make_shared<sim::ResidentIdCard>(resident("样例", sim::resident_number("450107", birth, "002"))); };
    Visitor grown;
    grown.childs();
    grown.put_and_take_back(mother());
    grown.answer<ChooseRelation>(ChooseRelation::Answer::other);
    grown.put_and_take_back(years_ago("20100202"));
    grown.sent_away(GoToWindow::Why::not_a_child);

    Visitor just_under;
    just_under.childs();
    just_under.put_and_take_back(mother());
    just_under.answer<ChooseRelation>(ChooseRelation::Answer::other);
    just_under.put_and_take_back(years_ago("20100203"));
    CHECK(just_under.done == 1);
    CHECK(just_under.visit.guardian->relation == Relation::other);

    Visitor alone;
    alone.oneself();
    alone.put_and_take_back(years_ago("20100203"));
    alone.sent_away(GoToWindow::Why::no_guardian);

    Visitor young_guardian;
    young_guardian.childs();
    young_guardian.put_and_take_back(years_ago("20080203"));
    young_guardian.sent_away(GoToWindow::Why::no_guardian);
}

TEST_CASE("what is offered: a guardian comes with a chip, a child may have a register; a region may take fewer; what it does not take is said") {
    Visitor visitor;
    visitor.oneself();
    visitor.answer<PresentDocument>(PresentDocument::Answer::other_document);
    REQUIRE(visitor.wait_for<ChooseDocument>());
    CHECK(visitor.shown<ChooseDocument>()->offered == std::vector{DocumentKind::passport, DocumentKind::travel_permit, DocumentKind::temporary_id});
    visitor.answer<ChooseDocument>(DocumentKind::household_register);  // no such button
    CHECK(visitor.shown<PresentDocument>());
    visitor.put_and_take_back(mother());
    CHECK(visitor.done == 1);

    Visitor guardian;
    guardian.life.config.accepted = {DocumentKind::resident_id, DocumentKind::passport, DocumentKind::temporary_id, DocumentKind::household_register};
    guardian.childs();
    guardian.answer<PresentDocument>(PresentDocument::Answer::other_document);
    REQUIRE(guardian.wait_for<ChooseDocument>());
    CHECK(guardian.shown<ChooseDocument>()->offered == std::vector{DocumentKind::passport});

    Visitor residents_only;
    residents_only.life.config.accepted = {DocumentKind::resident_id};
    residents_only.oneself();
    REQUIRE(residents_only.wait_for<PresentDocument>());
    CHECK_FALSE(residents_only.shown<PresentDocument>()->may_choose);
    auto permit = std::make_shared<sim::ResidentIdCard>(resident("何婉仪", sim::resident_number("810000", "19850912", "002")));
    permit->variant = 'J';
    permit->person.pass_number = "H06543218";
    residents_only.put(permit);
    residents_only.troubled(FaultCode::document_not_supported);
}

TEST_CASE("staff who do not accept the original end the visit before anything is applied for") {
    WholeVisit visit;
    visit.start(ForWhom::Answer::myself);
    visit.choose(DocumentKind::temporary_id);
    visit.type("覃秋月", "450109199309170049");
    visit.answer<EnterExpiry>("20361231");
    visit.photograph();
    visit.answer<PhotoTaken>(PhotoTaken::Answer::keep);
    visit.staff_says(ConfirmPerson::Answer::different);
    visit.sent_away(GoToWindow::Why::not_the_person);
    CHECK(visit.last("document_checked").at("accepted") == false);
    CHECK(visit.asked == std::vector<std::string>{"inquire", "verify"});
}

TEST_CASE("one look serves both: the centre is unsure of the person, and the document was typed") {
    WholeVisit visit;
    visit.match = "unsure";
    visit.start(ForWhom::Answer::myself);
    visit.choose(DocumentKind::temporary_id);
    visit.type("覃秋月", "450109199309170049");
    visit.answer<EnterExpiry>("20361231");
    visit.photograph();
    visit.answer<PhotoTaken>(PhotoTaken::Answer::keep);
    visit.staff_says(ConfirmPerson::Answer::same);
    visit.apply();
    const auto hash = visit.life.books->keyed_hash(*drivers::from_hex("04A1B2C3D4"));
    CHECK(visit.applied.at("match").at("by") == "staff");
    CHECK(drivers::hex(FakeCentre::bytes_of(visit.applied.at("match").at("staff"))) == hash);
    CHECK(drivers::hex(FakeCentre::bytes_of(visit.applied.at("checked_by"))) == hash);
    CHECK(visit.life.events("document_checked") == 1);
    CHECK(visit.life.events("person_matched") == 1);
}

TEST_CASE("an interrupted application is not continued on what somebody typed before staff have looked") {
    WholeVisit visit;
    visit.life.link.answer = [&](const Bytes& request) {
        const auto opened = visit.life.centre.open(request);
        visit.asked.push_back(opened.header.at("type").get<std::string>());
        if (visit.asked.back() == "inquire")
            return visit.life.centre.reply(request, {{"standing", "pending_kiosk"}, {"application", FakeCentre::bin(golden_application_id().value)}}, visit.life.now());
        return visit.life.centre.refuse(request, "not_entitled", visit.life.now());
    };
    visit.start(ForWhom::Answer::myself);
    visit.choose(DocumentKind::temporary_id);
    visit.type("覃秋月", "450109199309170049");
    visit.answer<EnterExpiry>("20361231");
    visit.photograph();
    REQUIRE(visit.wait_for<CallStaff>());
    CHECK(visit.shown<CallStaff>()->why == CallStaff::Why::document_to_check);
    visit.staff_says(ConfirmPerson::Answer::same);
    visit.answer<OfferResume>(OfferResume::Answer::go_on);
    CHECK(visit.wait_for<ChoosePin>());
    CHECK(visit.asked == std::vector<std::string>{"inquire"});
}

namespace {
/// As an SDT reader is: no passports, no badges, and a card that was read is not seen again.
struct PlainReader final : drivers::IdReader {
    drivers::ReaderPresence there = drivers::ReaderPresence::empty;
    std::deque<Result<drivers::IdDocument>> script;
    drivers::Signal changed_;
    void turn(drivers::ReaderPresence to) {
        there = to;
        changed_.notify();
    }
    drivers::IdTransport transport() const override { return drivers::IdTransport::sdt_usb; }
    drivers::ReaderPresence presence() const override { return there; }
    drivers::Signal& changed() override { return changed_; }
    bool sees_removal() const override { return false; }
    std::optional<Fault> trouble() const override { return there == drivers::ReaderPresence::reader_missing ? std::optional{Fault{FaultCode::reader_security_module, "test"}} : std::nullopt; }
    awaitable<Result<drivers::IdDocument>> read(Duration) override {
        auto next = std::move(script.front());
        script.pop_front();
        if (next) turn(drivers::ReaderPresence::empty);
        co_return next;
    }
    awaitable<Result<Bytes>> badge(Duration) override { co_return drivers::fail(FaultCode::document_not_supported); }
    awaitable<Result<std::optional<std::string>>> appended_address() override { co_return std::optional<std::string>{}; }
    awaitable<Result<std::string>> security_module() override { co_return std::string{}; }
    drivers::CardReader* contactless() override { return nullptr; }
};
}  // namespace

TEST_CASE("a reader for residents' cards alone: no passports are offered, the card is asked back by time, its own trouble is told") {
    PlainReader plain;
    {
        Visitor visitor;
        Kiosk kiosk{visitor.life.clock, *visitor.life.random, *visitor.life.lane, visitor.stage, visitor.life.presence, *visitor.life.ledger, *visitor.life.issuing, *visitor.life.path,
                    visitor.life.printer, plain, visitor.trust, visitor.camera, visitor.door, visitor.life.config, visitor.layout};
        plain.script = {drivers::fail(FaultCode::document_unreadable), golden_document()};
        visitor.begin(identify_oneself(kiosk, visitor.visit));
        visitor.answer<PresentDocument>(PresentDocument::Answer::other_document);
        REQUIRE(visitor.wait_for<ChooseDocument>());
        CHECK(visitor.shown<ChooseDocument>()->offered == std::vector{DocumentKind::temporary_id});
        visitor.answer<ChooseDocument>(DocumentKind::passport);
        plain.turn(drivers::ReaderPresence::card);
        visitor.life.run_for(1s);
        REQUIRE(visitor.shown<PresentDocument>());
        CHECK(visitor.shown<PresentDocument>()->state == DocumentState::unreadable);
        plain.turn(drivers::ReaderPresence::empty);
        visitor.life.run_for(1s);
        plain.turn(drivers::ReaderPresence::card);
        visitor.life.run_for(1s);
        CHECK(visitor.shown<TakeDocumentBack>());
        CHECK(visitor.done == 0);
        visitor.life.run_for(4s);
        CHECK(visitor.done == 1);
        CHECK(visitor.visit.document.number == golden_document().number);

        visitor.done = 0;
        plain.turn(drivers::ReaderPresence::reader_missing);
        visitor.begin(identify_oneself(kiosk, visitor.visit));
        visitor.troubled(FaultCode::reader_security_module);
        plain.changed_.drop();
    }
}

TEST_CASE("names as people have them") {
    for (const char* good : {"覃秋月", "阿卜杜热合曼·买买提明", "𠮷䶮", "MUELLER, KLAUS", "Anna-Maria O'Neil", "José", "赵 一", "SMITH JR."}) CHECK_MESSAGE(name_valid(good), good);
    for (const char* bad : {"", " ", "·", "·王", "王·", "王··芳", "王2", "王\n芳", "王<", "?", "王\xC2", "\xED\xA0\x80", "😀"}) CHECK_MESSAGE(!name_valid(bad), bad);
    CHECK(name_valid(std::string(50, 'A')));
    CHECK_FALSE(name_valid(std::string(51, 'A')));
    std::string long_name;
    for (int i = 0; i < 43; ++i) long_name += "王";
    CHECK_FALSE(name_valid(long_name));  // 129 bytes
    CHECK(name_valid(long_name.substr(3)));
}
