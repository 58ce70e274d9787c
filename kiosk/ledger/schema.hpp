// The tables of the ledger. Version in PRAGMA user_version; another version is refused, never migrated silently.
#pragma once
namespace kiosk::ledger {

inline constexpr int schema_version = 1;
inline constexpr int file_mark = 0x4C495155;  ///< PRAGMA application_id: "LIQU"

// Times are microseconds since 1970, UTC. `found_load` is the pseudo-load of cards that came from nowhere.
inline constexpr const char* found_load = "FOUND";
inline constexpr const char* schema = R"(
CREATE TABLE meta(k TEXT PRIMARY KEY, v BLOB NOT NULL) STRICT;
CREATE TABLE load(seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, hopper INTEGER NOT NULL CHECK(hopper >= 0), bank TEXT NOT NULL,
  count INTEGER NOT NULL CHECK(count >= 0), used INTEGER NOT NULL DEFAULT 0 CHECK(used >= 0 AND (used <= count OR hopper = 0)),
  at INTEGER NOT NULL, by TEXT NOT NULL) STRICT;
CREATE TABLE card(seq INTEGER PRIMARY KEY, load TEXT NOT NULL REFERENCES load(id), ordinal INTEGER NOT NULL CHECK(ordinal > 0),
  hopper INTEGER NOT NULL, bank TEXT NOT NULL, state TEXT NOT NULL, application BLOB NOT NULL, attempt INTEGER NOT NULL,
  card_number_hash TEXT NOT NULL, chip_hash TEXT NOT NULL DEFAULT '', found INTEGER NOT NULL CHECK(found IN (0, 1)),
  in_bin INTEGER NOT NULL DEFAULT 0 CHECK(in_bin IN (0, 1)), reason TEXT NOT NULL DEFAULT '', memo BLOB NOT NULL DEFAULT x'',
  changed INTEGER NOT NULL, UNIQUE(load, ordinal)) STRICT;
CREATE UNIQUE INDEX one_card_per_attempt ON card(application, attempt) WHERE length(application) > 0;
CREATE INDEX card_chip ON card(chip_hash);
CREATE TABLE intent(seq INTEGER PRIMARY KEY AUTOINCREMENT, load TEXT NOT NULL, ordinal INTEGER NOT NULL, act TEXT NOT NULL,
  begun INTEGER NOT NULL, result TEXT, ended INTEGER,
  FOREIGN KEY(load, ordinal) REFERENCES card(load, ordinal) ON DELETE CASCADE) STRICT;
CREATE UNIQUE INDEX one_open_intent ON intent(load, ordinal) WHERE result IS NULL;
CREATE TABLE application(id BLOB PRIMARY KEY, state TEXT NOT NULL, attempt INTEGER NOT NULL, created INTEGER NOT NULL, changed INTEGER NOT NULL) STRICT;
CREATE TABLE outbox(seq INTEGER PRIMARY KEY AUTOINCREMENT, message_id BLOB NOT NULL UNIQUE CHECK(length(message_id) = 16), type TEXT NOT NULL,
  application BLOB NOT NULL, attempt INTEGER NOT NULL, sealed BLOB NOT NULL, tries INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL,
  ended TEXT, ended_at INTEGER) STRICT;
CREATE INDEX outbox_waiting ON outbox(seq) WHERE ended IS NULL;
CREATE TABLE audit(seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, event TEXT NOT NULL, data TEXT NOT NULL, hash BLOB NOT NULL CHECK(length(hash) = 32)) STRICT;
CREATE TABLE staff(id TEXT PRIMARY KEY, name_tag TEXT NOT NULL, role TEXT NOT NULL, badge_hash TEXT NOT NULL UNIQUE, pin_hash TEXT NOT NULL,
  failures INTEGER NOT NULL, locked_until INTEGER NOT NULL) STRICT;
CREATE TABLE counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
)";

}  // namespace kiosk::ledger
