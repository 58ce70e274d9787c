// Passports at the desk: the zone seen or typed, the chip read and judged, and what is not a passport that counts.
#include "tests/kiosk/visitor.hpp"

using namespace desk_test;

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
