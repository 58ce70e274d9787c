// Step 3 with every kind of document: read, opened by its zone, typed; a child with its guardian; what staff look at; what ends at a window. Whole
// visits as far as the application on the wire.
#include "sim/models/passport.hpp"
#include "sim/models/resident_id_numbers.hpp"
#include "tests/kiosk/desk.hpp"

using namespace desk_test;
using drivers::DocumentKind;
using drivers::Evidence;

namespace {
// It is 2 February 2026.
sim::PersonRecord resident(const std::string& name, const std::string& number, int sex = 2) {
    return {.name = name, .number = number, .address = "南宁市样例路1号", .authority = "南宁市公安局", .birth = number.substr(6, 8), .valid_from = "20211103", .valid_to = "20411103", .sex = sex, .nation = 8};
}
std::shared_ptr<sim::SmartCard> mother() { return std::make_shared<sim::ResidentIdCard>(resident("黄晓岚", "450107199005128666")); }
const std::string child_number = "450107201604180028";

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
}  // namespace

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

TEST_CASE("a passport: the camera sees the zone, the chip is read, the state is known") {
    Visitor visitor;
    visitor.trusts(visitor.passports.office);
    visitor.camera.documents_.script = {camera::DocumentSight{}, visitor.passports.zone()};
    visitor.oneself();
    visitor.choose(DocumentKind::passport);
    REQUIRE(visitor.wait_for<PresentDocument>());
    CHECK(visitor.camera.documents_.subjects == std::vector{camera::Subject::zone});
    CHECK_FALSE(visitor.camera.documents_.open);
    CHECK(visitor.shown<PresentDocument>()->kind == DocumentKind::passport);
    visitor.put_and_take_back(visitor.passports.issue());
    REQUIRE(visitor.done == 1);
    const auto& document = visitor.visit.document;
    CHECK(document.kind == DocumentKind::passport);
    CHECK(document.evidence == Evidence::chip);
    CHECK(document.name == "CARTER EMILY ROSE");
    CHECK(document.nationality == "GBR");
    CHECK(document.portrait_format == drivers::PortraitFormat::jpeg);
    CHECK_FALSE(originals_to_check(visitor.visit));
    CHECK(card_holder_number(document) == std::string(18, '*'));  // the centre gives it
    CHECK(visitor.last("document_read").at("kind") == "passport");
}

TEST_CASE("a passport whose zone is typed: a wrong key is asked for again, so often; of an unknown state it is looked at by staff") {
    Visitor visitor;
    visitor.oneself();
    visitor.choose(DocumentKind::passport);
    visitor.answer<ShowZone>(ShowZone::Answer::type_instead);
    REQUIRE(visitor.wait_for<EnterZone>());
    CHECK_FALSE(visitor.shown<EnterZone>()->refused);
    visitor.answer<EnterZone>({"533401372", "19920231", "20330908"});  // no such day
    REQUIRE(visitor.shown<EnterZone>());
    CHECK(visitor.shown<EnterZone>()->refused);
    visitor.answer<EnterZone>({"533401373", "19920311", "20330908"});
    auto chip = visitor.passports.issue();
    visitor.put(chip);
    REQUIRE(visitor.wait_for<EnterZone>());
    CHECK(visitor.shown<EnterZone>()->refused);
    CHECK(chip->failed_attempts() > 0);
    visitor.answer<EnterZone>(visitor.passports.typed());
    REQUIRE(visitor.wait_for<TakeDocumentBack>());  // it lies there: it has to be laid down anew
    visitor.reader.lift();
    visitor.life.run_for(200ms);
    visitor.put_and_take_back(chip);
    REQUIRE(visitor.done == 1);
    CHECK(visitor.visit.document.evidence == Evidence::chip_unverified);
    CHECK(originals_to_check(visitor.visit));

    Visitor stranger;
    stranger.oneself();
    stranger.choose(DocumentKind::passport);
    stranger.answer<ShowZone>(ShowZone::Answer::type_instead);
    for (int i = 0; i < 4; ++i) {
        stranger.answer<EnterZone>({"123456789", "19920311", "20330908"});
        if (stranger.reader.card) {
            REQUIRE(stranger.wait_for<TakeDocumentBack>());
            stranger.reader.lift();
            stranger.life.run_for(200ms);
        }
        stranger.put(stranger.passports.issue());
        stranger.life.run_for(5s);
    }
    stranger.troubled(FaultCode::document_not_opened);
}

namespace {
awaitable<void> keep_face(Kiosk& kiosk, drivers::IdDocument document, Bytes& face) { face = co_await face_on(kiosk, document); }
}  // namespace

TEST_CASE("staff see the face that a passport's chip carries, as a picture of our own; what cannot be opened takes nothing away") {
    Visitor visitor;
    visitor.oneself();
    visitor.choose(DocumentKind::passport);
    visitor.answer<ShowZone>(ShowZone::Answer::type_instead);
    visitor.answer<EnterZone>(visitor.passports.typed());
    visitor.put_and_take_back(visitor.passports.issue());
    REQUIRE(visitor.done == 1);
    Bytes face;
    visitor.begin(keep_face(visitor.kiosk, visitor.visit.document, face));
    visitor.life.run_for(1s);
    CHECK(face.size() > 1000);
    CHECK(drivers::hex(face).starts_with("FFD8FF"));
    CHECK(face != visitor.visit.document.portrait);

    drivers::IdDocument resident;
    resident.portrait = Bytes(1024, std::byte{0x57});
    resident.portrait_format = drivers::PortraitFormat::wlt;
    for (const auto* program : {"", "/there/is/none"}) {
        visitor.life.config.wlt_decoder = program;
        visitor.begin(keep_face(visitor.kiosk, resident, face));
        visitor.life.run_for(5s);
        CHECK(face.empty());
    }
    CHECK(visitor.done == 4);
}

TEST_CASE("a forged passport and a copied one end at the window, booked") {
    for (const auto flaw : {sim::PassportFlaw::dg2_replaced, sim::PassportFlaw::cloned}) {
        CAPTURE(sim::name_of(flaw));
        Visitor visitor;
        visitor.trusts(visitor.passports.office);
        visitor.passports.description.active_authentication = sim::ActiveProof::ecdsa;
        visitor.camera.documents_.script = {visitor.passports.zone()};
        visitor.oneself();
        visitor.choose(DocumentKind::passport);
        visitor.put(visitor.passports.issue(flaw));
        visitor.troubled(FaultCode::document_forged);
        CHECK(visitor.visit.document.number.empty());
    }
}

TEST_CASE("an expired passport, and one that is taken away while it is read") {
    Visitor visitor;
    visitor.passports.description.expiry = "20260201";
    visitor.camera.documents_.script = {visitor.passports.zone()};
    visitor.oneself();
    visitor.choose(DocumentKind::passport);
    visitor.put(visitor.passports.issue());
    visitor.troubled(FaultCode::document_expired);

    Visitor hasty;
    hasty.camera.documents_.script = {hasty.passports.zone()};
    hasty.oneself();
    hasty.choose(DocumentKind::passport);
    auto torn = hasty.passports.issue();
    torn->mute_after = 12;
    hasty.put(torn);
    REQUIRE(hasty.wait_for<PresentDocument>());
    hasty.life.run_for(100ms);
    REQUIRE(hasty.shown<PresentDocument>());
    CHECK(hasty.shown<PresentDocument>()->state == DocumentState::unreadable);
    hasty.reader.lift();
    hasty.life.run_for(200ms);
    hasty.put_and_take_back(hasty.passports.issue());
    CHECK(hasty.done == 1);
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
