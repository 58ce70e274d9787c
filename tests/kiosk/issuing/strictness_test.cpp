// The centre's bytes are hostile until proven: each field missing, of another type, too long, beside an unknown key; CBOR outside the profile.
#include "kiosk/issuing/personalise.hpp"
#include "tests/kiosk/issuing/fixtures.hpp"

using namespace issuing_test;

namespace {
struct Reader {
    std::string golden_name;
    std::function<std::optional<Fault>(View)> read;
    std::set<std::string> optional_keys = {};
};

template <class T>
std::function<std::optional<Fault>(View)> by(Result<T> (*decode)(View)) {
    return [decode](View bytes) -> std::optional<Fault> {
        auto out = decode(bytes);
        if (out) return std::nullopt;
        return out.error();
    };
}

/// Signed anew each time: what the bytes say is asked, not whose they are.
std::optional<Fault> batch_fault(View bytes) {
    const FakeCentre centre;
    auto part = drivers::to_bytes("liqu batch 1");
    part.insert(part.end(), bytes.begin(), bytes.end());
    auto batch = wire::open_batch(bytes, centre.signature(part), centre.keys.ring().centre_sign);
    return batch ? std::nullopt : std::optional{batch.error()};
}

std::vector<Reader> readers() {
    return {
        {"hello.reply.header", by(&wire::decode_header)},
        {"hello.refused.body", by(&wire::decode_refusal)},
        {"hello.reply.body", by(&wire::decode_hello)},
        {"inquire.reply.body", by(&wire::decode_standing), {"/when", "/where_en", "/where_zh"}},
        {"inquire-ecard.reply.body", by(&wire::decode_ecard_standing), {"/name", "/when", "/where_en", "/where_zh"}},
        {"verify.reply.body", by(&wire::decode_match)},
        {"apply.reply.body", by(&wire::decode_apply)},
        {"resume.reply.body", by(&wire::decode_resume)},
        {"personalise.reply.body", by(&wire::decode_personalise)},
        {"batch", [](View bytes) { return batch_fault(bytes); }, {"/steps/0/cap", "/steps/1/cap", "/steps/1/commit", "/steps/1/redact", "/steps/2/cap", "/steps/2/commit", "/steps/2/redact"}},
        {"outcome.reply.body", by(&wire::decode_outcome), {"/reason"}},
        {"status.reply.body", by(&wire::decode_status)},
        {"order", by(&wire::decode_order)},
    };
}

void each_place(const json& value, const json::json_pointer& here, std::vector<json::json_pointer>& out) {
    out.push_back(here);
    if (value.is_object())
        for (const auto& [key, part] : value.items()) each_place(part, here / key, out);
    if (value.is_array())
        for (std::size_t i = 0; i < value.size(); ++i) each_place(value[i], here / i, out);
}

std::vector<json::json_pointer> places(const json& value) {
    std::vector<json::json_pointer> out;
    each_place(value, json::json_pointer{}, out);
    return out;
}

bool refused(const Reader& reader, const json& value) {
    const auto fault = reader.read(FakeCentre::dump(value));
    return fault && fault->code == FaultCode::centre_garbage;
}

bool garbage(std::string_view hex) { return !wire::decode_cbor(*drivers::from_hex(hex), 1000, "test").has_value(); }
}  // namespace

TEST_CASE("every field of every reply: missing, of another type, too long, beside an unknown key") {
    for (const auto& reader : readers()) {
        CAPTURE(reader.golden_name);
        const auto good = FakeCentre::parse(golden(reader.golden_name));
        REQUIRE_FALSE(reader.read(golden(reader.golden_name)));
        for (const auto& place : places(good)) {
            CAPTURE(place.to_string());
            const auto& value = good.at(place);
            auto other = good;
            other[place] = json::array({json::array()});
            CHECK(refused(reader, other));
            other[place] = value.is_boolean() ? json("true") : json(true);
            CHECK(refused(reader, other));
            if (value.is_string()) {
                other[place] = std::string(500, '7');
                CHECK(refused(reader, other));
                other[place] = value.get<std::string>() + '\x07';
                CHECK(refused(reader, other));
            }
            if (value.is_binary()) {
                other[place] = wire::binary(Bytes(70'000));
                CHECK(refused(reader, other));
            }
            if (value.is_number()) {
                other[place] = UINT64_MAX;
                CHECK(refused(reader, other));
            }
            if (value.is_object()) {
                other[place] = value;
                other[place]["zz"] = 1u;
                CHECK(refused(reader, other));
            }
            if (!place.empty() && good.at(place.parent_pointer()).is_object()) {
                other = good;
                other[place.parent_pointer()].erase(place.back());
                CHECK(refused(reader, other) != reader.optional_keys.contains(place.to_string()));
            }
        }
    }
}

TEST_CASE("what only sense forbids is refused, too") {
    auto order = FakeCentre::parse(golden("order"));
    const auto with = [&](const char* key, json value) {
        auto other = order;
        other[key] = std::move(value);
        return other;
    };
    const Reader reader{"order", by(&wire::decode_order)};
    CHECK(refused(reader, with("attempt", 0u)));
    CHECK(refused(reader, with("v", 0u)));
    CHECK(refused(reader, with("expires", order["issued"])));
    CHECK(refused(reader, with("card_number", "A00000022")));
    CHECK(refused(reader, with("transport_pin", "12345a")));
    CHECK(refused(reader, with("records", json::array())));
    auto pending = FakeCentre::parse(golden("inquire.reply.body"));
    pending.erase("application");
    CHECK(refused({"", by(&wire::decode_standing)}, pending));
    pending["standing"] = "not_insured";
    CHECK_FALSE(refused({"", by(&wire::decode_standing)}, pending));
    CHECK(refused({"", by(&wire::decode_refusal)}, {{"code", "because"}, {"detail", ""}}));
    auto told = FakeCentre::parse(golden("inquire-ecard.reply.body"));
    for (const auto& [name, good] : {std::pair{"黎*", true}, {"E***", true}, {"黎", false}, {"黎样*", false}, {"*样*", false}, {"黎*样", false}, {"黎****************", false}}) {
        told["name"] = name;
        CHECK(refused({"", by(&wire::decode_ecard_standing)}, told) != good);
    }
    told["name"] = "黎**";
    CHECK(refused({"", by(&wire::decode_standing)}, told));  // a document's answer has no name
    told["application"] = wire::binary(repeat(0xA1, 16));
    CHECK(refused({"", by(&wire::decode_ecard_standing)}, told));  // a code's answer opens nothing
}

TEST_CASE("CBOR outside the profile is refused before anything is built from it") {
    CHECK_FALSE(garbage("A2 61 61 01 61 62 02"));
    CHECK(garbage(""));
    CHECK(garbage("A2 61 61 01 61 62 02 00"));     // trailing byte
    CHECK(garbage("A2 61 62 01 61 61 02"));        // keys out of order
    CHECK(garbage("A2 61 61 01 61 61 02"));        // a key twice
    CHECK(garbage("A1 01 02"));                    // a key that is no text
    CHECK(garbage("BF 61 61 01 FF"));              // indefinite map
    CHECK(garbage("9F 01 FF"));                    // indefinite array
    CHECK(garbage("5F 41 00 FF"));                 // indefinite bytes
    CHECK(garbage("7F 61 61 FF"));                 // indefinite text
    CHECK(garbage("18 17"));                       // not the shortest integers
    CHECK(garbage("19 00 FF"));
    CHECK(garbage("1A 00 00 FF FF"));
    CHECK(garbage("1B 00 00 00 00 FF FF FF FF"));
    CHECK(garbage("58 01 00"));                    // not the shortest length
    CHECK(garbage("20"));                          // negative
    CHECK(garbage("C0 00"));                       // tag
    CHECK(garbage("F9 3C 00"));                    // float
    CHECK(garbage("F7"));                          // undefined
    CHECK(garbage("61 FF"));                       // no UTF-8
    CHECK(garbage("62 C0 80"));                    // overlong
    CHECK(garbage("63 ED A0 80"));                 // surrogate
    CHECK(garbage("64 F4 90 80 80"));              // beyond Unicode
    CHECK(garbage("61"));                          // cut off
    CHECK(garbage("5B FF FF FF FF FF FF FF FF"));  // promises that are not kept
    CHECK(garbage("9B FF FF FF FF FF FF FF FF"));
    CHECK(garbage("BB 7F FF FF FF FF FF FF FF"));
    CHECK(garbage("5A 00 0F 00 00 00"));
    // As deep as a reply may be long: must neither crash nor be read.
    CHECK_FALSE(wire::decode_cbor(repeat(0x81, max_message_bytes), max_message_bytes, "deep"));
    CHECK_FALSE(wire::decode_cbor(Bytes(1001), 1000, "long"));
}

TEST_CASE("a fault names the field and never what stood in it") {
    auto resumed = FakeCentre::parse(golden("resume.reply.body"));
    resumed["mobile"] = "1390000000X";
    const auto fault = wire::decode_resume(FakeCentre::dump(resumed));
    REQUIRE_FALSE(fault);
    CHECK(fault.error().detail.contains("resume-reply.mobile"));
    CHECK_FALSE(fault.error().detail.contains("139"));
}
