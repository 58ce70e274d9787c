// Signatures and keys: a flipped bit anywhere is refused, an answer belongs to its question, the key file belongs to the kiosk.
#include "tests/kiosk/issuing/fixtures.hpp"

#include <sys/stat.h>

using namespace issuing_test;
using wire::MessageType;

TEST_CASE("a flipped bit anywhere in a reply is refused") {
    const auto keys = FixedKeys().ring();
    const auto request = golden("status.request");
    const auto reply = golden("status.reply");
    REQUIRE(wire::open_reply(reply, request, MessageType::status, keys));
    for (std::size_t i = 0; i < reply.size(); ++i)
        for (int bit = 0; bit < 8; ++bit) {
            auto bad = reply;
            bad[i] ^= static_cast<std::byte>(1 << bit);
            const auto out = wire::open_reply(bad, request, MessageType::status, keys);
            REQUIRE_FALSE_MESSAGE(out, "byte " << i << " bit " << bit);
            CHECK((out.error().code == FaultCode::centre_signature || out.error().code == FaultCode::centre_garbage));
        }
    CHECK_FALSE(wire::open_reply(View{reply}.first(reply.size() - 1), request, MessageType::status, keys));
}

TEST_CASE("a flipped bit anywhere in an order or its signature is refused") {
    const auto keys = FixedKeys().ring();
    const FakeCentre centre;
    const wire::OrderBytes good = *wire::decode_apply(golden("apply.reply.body"));
    REQUIRE(wire::open_order(good, keys, kiosk_id));
    for (std::size_t i = 0; i < good.order.size() + good.signature.size(); ++i) {
        auto bad = good;
        auto& byte = i < bad.order.size() ? bad.order[i] : bad.signature[i - bad.order.size()];
        byte ^= static_cast<std::byte>(1 << (i % 8));
        const auto out = wire::open_order(bad, keys, kiosk_id);
        REQUIRE_FALSE(out);
        CHECK(out.error().code == FaultCode::centre_signature);
    }
}

TEST_CASE("a reply to another question, of another type, or by another signer is not believed") {
    const auto keys = FixedKeys().ring();
    const FakeCentre centre;
    const auto question = golden("status.request");
    const auto other = wire::open_reply(golden("status.reply"), golden("hello.request"), MessageType::status, keys);
    REQUIRE_FALSE(other);
    CHECK(other.error().code == FaultCode::centre_signature);

    const auto of_type = wire::open_reply(golden("status.reply"), question, MessageType::outcome, keys);
    REQUIRE_FALSE(of_type);
    CHECK(of_type.error().code == FaultCode::centre_garbage);

    auto stranger = FixedKeys().ring();
    stranger.centre_sign = stranger.sign_public;
    const auto forged = wire::open_reply(golden("status.reply"), question, MessageType::status, stranger);
    REQUIRE_FALSE(forged);
    CHECK(forged.error().code == FaultCode::centre_signature);

    // Signed, but with a header outside the contract: garbage, and no body is looked at.
    const auto odd = centre.wrap({{"re", wire::binary(wire::sha256(question))}, {"sent", 1u}, {"status", "maybe"}, {"type", "status"}, {"v", 1u}}, golden("status.reply.body"));
    const auto maybe = wire::open_reply(odd, question, MessageType::status, keys);
    REQUIRE_FALSE(maybe);
    CHECK(maybe.error().code == FaultCode::centre_garbage);
}

TEST_CASE("a request that would exceed the contract's size is never made") {
    const auto keys = FixedKeys().ring();
    FixedRandom random{4};
    const wire::RequestHeader header{.type = MessageType::apply, .application = {}, .kiosk = kiosk_id, .nonce = repeat(1, 16)};
    const auto out = wire::seal_request(header, Bytes(max_message_bytes), keys, random);
    REQUIRE_FALSE(out);
    CHECK(out.error().code == FaultCode::centre_too_large);
}

TEST_CASE("the key file: made once from injected chance, read again, refused when others may read it") {
    const TempDir dir;
    const auto file = dir.path / "kiosk.key";
    auto chance = drivers::make_seeded_random(3);
    const auto made = load_keys(dir.path, repeat(2, 32), repeat(3, 32), *chance);
    REQUIRE(made);
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0600);
    const auto again = load_keys(dir.path, repeat(2, 32), repeat(3, 32), *chance);
    REQUIRE(again);
    CHECK(again->sign_public == made->sign_public);
    CHECK(std::ranges::equal(again->hash_key.view(), made->hash_key.view()));
    const auto signature = wire::sign("test ", drivers::as_view("text"), made->sign_secret);
    CHECK(wire::signature_holds("test ", drivers::as_view("text"), signature, again->sign_public));

    const TempDir twin_dir;
    auto same_chance = drivers::make_seeded_random(3);
    CHECK(load_keys(twin_dir.path, repeat(2, 32), repeat(3, 32), *same_chance)->sign_public == made->sign_public);

    const auto code = [&] {
        const auto out = load_keys(dir.path, repeat(2, 32), repeat(3, 32), *chance);
        return out ? std::optional<FaultCode>{} : out.error().code;
    };
    ::chmod(file.c_str(), 0640);
    CHECK(code() == FaultCode::bad_configuration);
    ::chmod(file.c_str(), 0600);
    CHECK_FALSE(code());
    std::filesystem::resize_file(file, 40);
    CHECK(code() == FaultCode::bad_configuration);
    std::filesystem::remove(file);
    std::filesystem::create_symlink("/dev/zero", file);
    CHECK(code() == FaultCode::disk_error);
    CHECK(load_keys(dir.path, repeat(2, 31), repeat(3, 32), *chance).error().code == FaultCode::bad_configuration);
    CHECK(load_keys(dir.path / "nowhere", repeat(2, 32), repeat(3, 32), *chance).error().code == FaultCode::disk_error);
}
