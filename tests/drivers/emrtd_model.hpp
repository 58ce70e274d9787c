// The chip's side of BAC, PACE and secure messaging, written for the tests from the standard with OpenSSL calls of its own: it
// shares no function with drivers/emrtd. Its holder is the standard's specimen.
#pragma once
#include "drivers/random.hpp"
#include "tests/drivers/fakes.hpp"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

namespace test {

inline const unsigned char* octets(View v) { return reinterpret_cast<const unsigned char*>(v.data()); }
inline unsigned char* octets(Bytes& v) { return reinterpret_cast<unsigned char*>(v.data()); }
inline Bytes cat(std::initializer_list<View> parts) {
    Bytes out;
    for (const auto part : parts) out.insert(out.end(), part.begin(), part.end());
    return out;
}
/// Tag as hexadecimal, definite length.
inline Bytes tlv(const char* tag, View value) {
    Bytes out = from_hex(tag).value();
    const auto n = value.size();
    if (n > 0xFF) out = cat({out, Bytes{std::byte{0x82}, static_cast<std::byte>(n >> 8), static_cast<std::byte>(n & 0xFF)}});
    else if (n > 0x7F) out = cat({out, Bytes{std::byte{0x81}, static_cast<std::byte>(n)}});
    else out.push_back(static_cast<std::byte>(n));
    return cat({out, value});
}

/// Gives out prepared bytes; throws when they are used up.
class ScriptedRandom final : public Random {
  public:
    explicit ScriptedRandom(Bytes script) : script_(std::move(script)) {}
    void fill(std::span<std::byte> out) override {
        if (out.size() > script_.size() - at_) throw std::logic_error("no more prepared numbers");
        std::copy_n(script_.begin() + static_cast<std::ptrdiff_t>(at_), out.size(), out.begin());
        at_ += out.size();
    }

  private:
    Bytes script_;
    std::size_t at_ = 0;
};

namespace chip {
inline Bytes hash(const char* name, View data) {
    Bytes out(64);
    unsigned size = 0;
    REQUIRE(EVP_Digest(data.data(), data.size(), octets(out), &size, EVP_get_digestbyname(name), nullptr) == 1);
    out.resize(size);
    return out;
}
inline Bytes crypt(const std::string& cipher, View key, View iv, View data, bool encrypt) {
    EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
    Bytes out(data.size() + 32), zero(16);
    int a = 0, b = 0;
    REQUIRE(EVP_CipherInit_ex(context, EVP_get_cipherbyname(cipher.c_str()), nullptr, octets(key), octets(iv.empty() ? View{zero} : iv), encrypt ? 1 : 0) == 1);
    EVP_CIPHER_CTX_set_padding(context, 0);
    REQUIRE(EVP_CipherUpdate(context, octets(out), &a, octets(data), static_cast<int>(data.size())) == 1);
    REQUIRE(EVP_CipherFinal_ex(context, octets(out) + a, &b) == 1);
    EVP_CIPHER_CTX_free(context);
    out.resize(static_cast<std::size_t>(a + b));
    return out;
}

/// 0 3DES, 128, 192, 256 AES.
struct Suite {
    int bits = 0;
    [[nodiscard]] std::size_t block() const { return bits == 0 ? 8 : 16; }
    [[nodiscard]] std::string cbc() const { return bits == 0 ? "des-ede-cbc" : "aes-" + std::to_string(bits) + "-cbc"; }
    [[nodiscard]] Bytes padded(Bytes data) const {
        data.push_back(std::byte{0x80});
        while (data.size() % block() != 0) data.push_back(std::byte{0});
        return data;
    }
    [[nodiscard]] Bytes key(View secret, int counter) const {
        auto out = hash(bits > 128 ? "SHA256" : "SHA1", cat({secret, Bytes{std::byte{0}, std::byte{0}, std::byte{0}, static_cast<std::byte>(counter)}}));
        out.resize(bits == 0 ? 16 : static_cast<std::size_t>(bits / 8));
        return out;  // without DES parity, which no cipher looks at
    }
    /// Retail MAC block by block; CMAC in one call.
    [[nodiscard]] Bytes mac(View key, View data) const {
        if (bits != 0) {
            Bytes out(16);
            std::size_t size = 0;
            REQUIRE(EVP_Q_mac(nullptr, "CMAC", nullptr, cbc().c_str(), nullptr, key.data(), key.size(), octets(data), data.size(), octets(out), out.size(), &size) != nullptr);
            out.resize(8);
            return out;
        }
        const auto single = [](View k) { return cat({k, k, k}); };
        const auto one = single(key.first(8)), two = single(key.last(8));
        Bytes h(8);
        for (std::size_t at = 0; at < data.size(); at += 8) {
            for (std::size_t i = 0; i < 8; ++i) h[i] ^= data[at + i];
            h = crypt("des-ede3", one, {}, h, true);
        }
        return crypt("des-ede3", one, {}, crypt("des-ede3", two, {}, h, false), true);
    }
};
}  // namespace chip

/// What a test may spoil.
struct Spoil {
    bool wrong_challenge = false;      ///< BAC: proves knowledge for another challenge
    bool wrong_mac = false, wrong_token = false, repeats_our_key = false;
    std::optional<Bytes> nonce, map_point, agree_point;  ///< PACE: instead of the right ones
    std::optional<std::size_t> most;   ///< bytes that READ BINARY gives at most
    std::size_t surplus = 0;           ///< bytes that READ BINARY adds
    std::function<void(Bytes&)> secured;  ///< every secured answer, with its status word
};

class PassportChip {
  public:
    std::map<int, Bytes> files;
    Bytes mrz_info = to_bytes("L898902C<369080619406236");
    Spoil spoil;
    chip::Suite pace;  ///< used when files has 011C
    int curve_nid = 0, parameter_id = 0;
    bool opened = false, app = false;
    std::function<std::optional<Bytes>(View)> more;  ///< further commands, in plain; asked first

    /// New session keys after the answer that is on its way (chip authentication).
    void renew(int bits, Bytes shared) { next_ = {chip::Suite{bits}, std::move(shared)}; }
    /// EF.CardAccess for this suite and curve.
    void offer_pace(int bits, int nid, int parameter) {
        pace.bits = bits;
        curve_nid = nid;
        parameter_id = parameter;
        const Bytes parameters = tlv("02", Bytes{static_cast<std::byte>(parameter)});
        files[0x011C] = tlv("31", tlv("30", cat({tlv("06", oid()), "020102"_hex, parameters})));
    }
    Result<Bytes> answer(View apdu) {
        if (u8(apdu[0]) == 0x0C) return secured(apdu);
        opened = false;
        return plain(apdu);
    }

  private:
    [[nodiscard]] Bytes oid() const {
        auto out = "04007F00070202040200"_hex;
        out.back() = static_cast<std::byte>(pace.bits == 0 ? 1 : pace.bits / 64);
        return out;
    }
    Bytes plain(View apdu) {
        const auto text = hex(apdu);
        if (auto done = more ? more(apdu) : std::nullopt) return *done;
        if (text == "00A4040C07A0000002471001") return app = true, with_sw({}, 0x9000);
        if (text.starts_with("00A4020C02")) return select(u8(apdu[5]) << 8 | u8(apdu[6]));
        if (text.starts_with("00B0")) return read(apdu);
        if (text == "0084000008") return rnd_ic_ = "4608F91988702212"_hex, with_sw(rnd_ic_, 0x9000);
        if (text.starts_with("0082000028")) return bac(apdu.subspan(5, 40));
        if (text.starts_with("0022C1A4")) return with_sw({}, text == "0022C1A412800A" + hex(oid()) + "830101" + "8401" + hex(Bytes{static_cast<std::byte>(parameter_id)}) ? 0x9000 : 0x6A80);
        if (u8(apdu[1]) == 0x86) return pace_step(u8(apdu[0]), apdu.subspan(5, u8(apdu[4])));
        return with_sw({}, 0x6D00);
    }
    Bytes select(int id) {
        const bool allowed = id == 0x011C || (app && opened);
        selected_ = allowed && files.contains(id) ? id : 0;
        return with_sw({}, !allowed ? 0x6982 : selected_ != 0 ? 0x9000 : 0x6A82);
    }
    Bytes read(View apdu) {
        if (selected_ == 0) return with_sw({}, 0x6986);
        const auto& file = files[selected_];
        const auto offset = static_cast<std::size_t>(u8(apdu[2]) << 8 | u8(apdu[3]));
        if (offset >= file.size()) return with_sw({}, 0x6B00);
        const auto want = std::min({static_cast<std::size_t>(u8(apdu[4])), file.size() - offset, spoil.most.value_or(256)});
        auto out = to_bytes(View{file}.subspan(offset, want));
        out.resize(out.size() + spoil.surplus);
        return with_sw(out, 0x9000);
    }
    Bytes bac(View proof) {
        const chip::Suite des;
        auto seed = chip::hash("SHA1", mrz_info);
        seed.resize(16);
        const auto enc = des.key(seed, 1), mac = des.key(seed, 2);
        if (hex(des.mac(mac, des.padded(to_bytes(proof.first(32))))) != hex(proof.last(8))) return with_sw({}, 0x6300);
        const auto s = chip::crypt(des.cbc(), enc, {}, proof.first(32), false);
        if (hex(View{s}.subspan(8, 8)) != hex(rnd_ic_)) return with_sw({}, 0x6300);
        const auto k_ic = "0B4F80323EB3191CB04970CB4052790B"_hex;
        auto rnd_ifd = to_bytes(View{s}.first(8));
        auto told = rnd_ifd;
        if (spoil.wrong_challenge) told[0] ^= std::byte{1};
        auto reply = chip::crypt(des.cbc(), enc, {}, cat({rnd_ic_, told, k_ic}), true);
        auto sum = des.mac(mac, des.padded(reply));
        if (spoil.wrong_mac) sum[7] ^= std::byte{1};
        Bytes shared = to_bytes(View{s}.last(16));
        for (std::size_t i = 0; i < 16; ++i) shared[i] ^= k_ic[i];
        start(des, shared, cat({View{rnd_ic_}.last(4), View{rnd_ifd}.last(4)}));
        return with_sw(cat({reply, sum}), 0x9000);
    }
    void start(chip::Suite suite, View shared, Bytes counter) {
        suite_ = suite;
        enc_ = suite.key(shared, 1);
        mac_ = suite.key(shared, 2);
        ssc_ = std::move(counter);
        opened = true;
    }

    Bytes pace_step(int cla, View data) {
        const auto inside = data.subspan(2 + (u8(data[1]) > 0x80 ? 1 : 0));
        if (inside.empty()) return reply("80", spoil.nonce ? *spoil.nonce : fresh_nonce());
        const auto value = inside.subspan(2 + (u8(inside[1]) > 0x80 ? 1 : 0));
        switch (u8(inside[0])) {
            case 0x81: return map(value);
            case 0x83: return agree(value);
            default: return cla == 0 ? check(value) : with_sw({}, 0x6A80);
        }
    }
    static Bytes reply(const char* tag, View value) { return with_sw(tlv("7C", tlv(tag, value)), 0x9000); }
    Bytes fresh_nonce() {
        s_ = Bytes(pace.bits > 128 ? 32 : 16, std::byte{0x5A});
        s_[3] = std::byte{0x17};
        return chip::crypt(pace.cbc(), pace.key(chip::hash("SHA1", mrz_info), 3), {}, s_, true);
    }

    // A fresh group each time: the mapped generator becomes the group's own.
    struct Ec {
        EC_GROUP* group;
        explicit Ec(int nid) : group(EC_GROUP_new_by_curve_name(nid)) {}
        ~Ec() { EC_GROUP_free(group); }
        Ec(const Ec&) = delete;
        Ec& operator=(const Ec&) = delete;
        [[nodiscard]] Bytes print(const EC_POINT* p) const {
            Bytes out(200);
            out.resize(EC_POINT_point2oct(group, p, POINT_CONVERSION_UNCOMPRESSED, octets(out), out.size(), nullptr));
            return out;
        }
        /// a*G + b*P
        [[nodiscard]] Bytes combine(View a, View point, View b) const {
            BIGNUM *x = BN_bin2bn(octets(a), static_cast<int>(a.size()), nullptr), *y = BN_bin2bn(octets(b), static_cast<int>(b.size()), nullptr);
            EC_POINT *p = EC_POINT_new(group), *r = EC_POINT_new(group);
            if (!point.empty()) REQUIRE(EC_POINT_oct2point(group, p, octets(point), point.size(), nullptr) == 1);
            REQUIRE(EC_POINT_mul(group, r, a.empty() ? nullptr : x, point.empty() ? nullptr : p, point.empty() ? nullptr : y, nullptr) == 1);
            auto out = print(r);
            EC_POINT_free(p);
            EC_POINT_free(r);
            BN_free(x);
            BN_free(y);
            return out;
        }
        void regenerate(View point) {
            EC_POINT* p = EC_POINT_new(group);
            REQUIRE(EC_POINT_oct2point(group, p, octets(point), point.size(), nullptr) == 1);
            REQUIRE(EC_GROUP_set_generator(group, p, EC_GROUP_get0_order(group), EC_GROUP_get0_cofactor(group)) == 1);
            EC_POINT_free(p);
        }
    };
    Bytes map(View terminal) {
        const Ec ec(curve_nid);
        const auto key = "0102030405060708090A0B0C0D0E0F1011121314"_hex;
        const auto shared = ec.combine({}, terminal, key);
        mapped_ = ec.combine(s_, shared, "01"_hex);
        return reply("82", spoil.map_point ? *spoil.map_point : ec.combine(key, {}, {}));
    }
    Bytes agree(View terminal) {
        Ec ec(curve_nid);
        ec.regenerate(mapped_);
        const auto key = "2122232425262728292A2B2C2D2E2F3031323334"_hex;
        terminal_ = to_bytes(terminal);
        ours_ = ec.combine(key, {}, {});
        const auto point = ec.combine({}, terminal, key);
        shared_x_ = to_bytes(View{point}.subspan(1, point.size() / 2));
        return reply("84", spoil.repeats_our_key ? terminal_ : spoil.agree_point ? *spoil.agree_point : ours_);
    }
    Bytes token(View point) const {
        auto text = tlv("7F49", cat({tlv("06", oid()), tlv("86", point)}));
        if (pace.bits == 0) text = pace.padded(text);
        return pace.mac(pace.key(shared_x_, 2), text);
    }
    Bytes check(View theirs) {
        if (hex(theirs) != hex(token(ours_))) return with_sw({}, 0x6300);
        auto ours = token(terminal_);
        if (spoil.wrong_token) ours[0] ^= std::byte{1};
        start(pace, shared_x_, Bytes(pace.block()));
        return reply("86", ours);
    }

    void count() {
        for (std::size_t i = ssc_.size(); i-- > 0;)
            if ((ssc_[i] = static_cast<std::byte>(u8(ssc_[i]) + 1)) != std::byte{0}) return;
    }
    Bytes iv() const { return suite_.bits == 0 ? Bytes(8) : chip::crypt("aes-" + std::to_string(suite_.bits) + "-ecb", enc_, {}, ssc_, true); }
    Bytes secured(View apdu) {
        if (!opened) return with_sw({}, 0x6988);
        count();
        View body = apdu.subspan(5, u8(apdu[4])), rest = body;
        Bytes data, le;
        while (u8(rest[0]) != 0x8E) {
            const std::size_t skip = u8(rest[1]) == 0x81 ? 3 : 2, size = u8(rest[skip - 1]);
            const auto value = rest.subspan(skip, size);
            if (u8(rest[0]) == 0x87) {
                data = chip::crypt(suite_.cbc(), enc_, iv(), value.subspan(1), false);
                while (data.back() == std::byte{0}) data.pop_back();
                data.pop_back();
            } else {
                le = to_bytes(value);
            }
            rest = rest.subspan(skip + size);
        }
        const auto input = suite_.padded(cat({ssc_, suite_.padded(to_bytes(apdu.first(4))), body.first(body.size() - 10)}));
        if (hex(suite_.mac(mac_, input)) != hex(rest.subspan(2))) return opened = false, with_sw({}, 0x6988);
        Bytes command = to_bytes(apdu.first(4));
        command[0] = std::byte{0};
        if (!data.empty()) command = cat({command, Bytes{static_cast<std::byte>(data.size())}, data});
        auto answer = wrap(plain(cat({command, le})));
        if (const auto next = std::exchange(next_, std::nullopt)) start(next->first, next->second, Bytes(next->first.block()));
        return answer;
    }
    Bytes wrap(const Bytes& answer) {
        count();
        const auto data = to_bytes(View{answer}.first(answer.size() - 2)), sw = to_bytes(View{answer}.last(2));
        Bytes objects;
        if (!data.empty()) objects = tlv("87", cat({"01"_hex, chip::crypt(suite_.cbc(), enc_, iv(), suite_.padded(data), true)}));
        objects = cat({objects, tlv("99", sw)});
        auto out = cat({objects, tlv("8E", suite_.mac(mac_, suite_.padded(cat({ssc_, objects})))), sw});
        if (spoil.secured) spoil.secured(out);
        return out;
    }

    std::optional<std::pair<chip::Suite, Bytes>> next_;
    Bytes rnd_ic_, s_, mapped_, terminal_, ours_, shared_x_;
    chip::Suite suite_;
    Bytes enc_, mac_, ssc_;
    int selected_ = 0;
};

}  // namespace test
