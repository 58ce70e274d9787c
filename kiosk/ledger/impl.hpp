// What Books keeps behind its contract. Private to kiosk/ledger.
#pragma once
#include "kiosk/ledger/schema.hpp"
#include "kiosk/ledger/sqlite.hpp"

namespace kiosk {

struct Books::Impl {
    Impl(const std::filesystem::path& file, const char* vfs) : db(file, vfs) {}
    ledger::Database db;
    Secret hash_key;
    drivers::Random* random = nullptr;
    std::unique_ptr<drivers::Random> own_random;

    void configure();
    void create(Utc now);
    void check();
    [[nodiscard]] Bytes meta(std::string_view key);
    void set_meta(std::string_view key, View value);
    /// XChaCha20-Poly1305 under a key derived from the kiosk's, bound to the card; and back. Nothing when it is not ours.
    [[nodiscard]] Bytes seal_memo(const CardKey& card, View plain);
    [[nodiscard]] std::optional<Bytes> open_memo(const CardKey& card, View sealed);
    void put_memo(const CardKey& card, std::string_view card_number, View chip);
};

}  // namespace kiosk
