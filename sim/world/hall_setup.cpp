// Making a hall from its seed: centre, kiosks with loaded hoppers, people, and a plan of what goes wrong.
#include "sim/world/hall.hpp"

#include <fmt/format.h>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <sodium.h>
#include <sstream>

namespace sim {

using namespace std::chrono_literals;

namespace {
constexpr int world_width = 64, world_height = 40;  ///< dots of a card's side: an issue must cost milliseconds
constexpr auto epoch = std::chrono::sys_days{std::chrono::year{2026} / 11 / 2} + 1h;  // a Monday, 09:00 in Nanning

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// Read once for all the halls of a process.
std::shared_ptr<const Register> sample_register() {
    static const auto people = [] {
        auto loaded = Register::load(std::string(LIQU_SOURCE_DIR) + "/sim/central/register.json");
        if (!loaded) throw std::runtime_error(loaded.error());
        return std::make_shared<const Register>(std::move(*loaded));
    }();
    return people;
}

const printer::Layout& world_layout() {
    static const printer::Layout layout = [] {
        auto loaded = printer::load_layout(read_file(std::string(LIQU_SOURCE_DIR) + "/printer/layouts/nanning.toml"));
        if (!loaded) throw std::runtime_error(loaded.error().detail);
        return *loaded;
    }();
    return layout;
}

const Bytes& world_jpeg() {
    static const Bytes jpeg = [] {
        std::vector<unsigned char> out;
        cv::imencode(".jpg", cv::Mat(20, 16, CV_8UC3, cv::Scalar(210, 180, 160)), out);
        const auto view = std::as_bytes(std::span{out});
        return Bytes(view.begin(), view.end());
    }();
    return jpeg;
}

/// Argon2id with its smallest limits: the world has thousands of staff visits.
std::string quick_pin_hash(std::string_view pin) {
    char out[crypto_pwhash_STRBYTES];
    if (crypto_pwhash_str(out, pin.data(), pin.size(), crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN) != 0) throw std::runtime_error("argon2id");
    return out;
}
}  // namespace

Hall::Hall(WorldOptions options) : options_(options), dice_(options.seed), clock_(epoch), register_(sample_register()), layout_(world_layout()), jpeg_(world_jpeg()) {
    if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
    result_.seed = options.seed;
    master_.resize(16);
    for (auto& b : master_) b = static_cast<std::byte>(dice_.next() & 255);
    centre_random_ = drivers::make_seeded_random(options.seed * 3 + 1);
    make_centre();
    for (int i = 0; i < options.kiosks; ++i) make_kiosk(i);
    plan_people();
    if (options.faults) plan_disturbances();
    else if (options.die_at > 0) boxes_.front()->die_at = options.die_at;
}

Hall::~Hall() {
    for (auto& box : boxes_) bury(*box);
}

void Hall::make_centre() {
    std::array<unsigned char, 32> seed{};
    centre_random_->fill(std::as_writable_bytes(std::span{seed}));
    CentralSetup setup;
    setup.keys = CentralKeys::from_seed(seed);
    std::memcpy(setup.keys.master.data(), master_.data(), 16);
    setup.people = register_;
    setup.now = [this] { return std::chrono::duration_cast<std::chrono::seconds>(clock_.utc().time_since_epoch()).count(); };
    setup.random = [this](std::span<std::byte> out) { centre_random_->fill(out); };
    auto made = Central::create(std::move(setup));
    if (!made) throw std::runtime_error(made.error());
    central_ = std::move(*made);
}

CardPtr Hall::blank(const std::string& bank) {
    auto card = std::make_shared<PhysicalCard>();
    card->id = next_card_++;
    card->bank = bank;
    SocialSecurityCard::Setup setup;
    for (const int b : {0x45, 0x01, 0x00, 0xD1, 0x56, 0x00, 0x00, 0x05, 0, 0, card->id >> 8, card->id & 255, 0x5A, 0x5A, 0x11, 0x22})
        setup.identification_code.push_back(static_cast<std::byte>(b));
    setup.bank_number = fmt::format("{}{:013}", bank == "bank_b" ? "620201" : "620101", card->id);
    setup.master_key = master_;
    setup.seed = options_.seed * 131 + static_cast<std::uint64_t>(card->id);
    auto chip = std::make_shared<SocialSecurityCard>(setup);
    if (options_.faults) {
        if (dice_.one_in(40)) chip->dead = true;
        else if (dice_.one_in(40)) chip->mute_after = static_cast<int>(dice_.below(40));
        else if (dice_.one_in(40)) chip->torn_after_writes = static_cast<int>(dice_.below(9));
        else if (dice_.one_in(60)) chip->disturbance = static_cast<Disturbance>(1 + dice_.below(7));
    }
    card->chip = std::move(chip);
    return card;
}

void Hall::make_kiosk(int number) {
    auto owned = std::make_unique<KioskBox>();
    auto& box = *owned;
    box.id = fmt::format("k{}", number + 1);
    box.disk = std::make_unique<MemoryDisk>(fmt::format("world-{}-{}", options_.seed, number));
    auto& c = box.config;
    c.id = box.id;
    c.raster = {world_width, world_height};
    c.exchange_limit = 5s;
    c.present_timeout = 30s;
    c.present_extension = 30s;
    c.lease_margin = 10s;
    c.hello_every = 120s;
    for (const auto& bank : RegionSettings{}.banks) {
        c.banks.push_back({{bank.id}, bank.name_zh, bank.name_en, bank.bins});
        c.hoppers.push_back({{bank.id}, 100, 2});
    }
    PrinterSetup setup;
    setup.width = world_width;
    setup.height = world_height;
    box.wires.printer = std::make_unique<PrinterModel>(setup);
    box.wires.jpeg = jpeg_;
    box.wires.central = central_.get();
    auto* wires = &box.wires;
    box.wires.printer->changed = [wires] { wires->readers_changed.notify(); };
    // The kiosk's keys, as made at its installation.
    std::array<unsigned char, 32> pk{}, seed{};
    std::array<unsigned char, 64> sk{};
    centre_random_->fill(std::as_writable_bytes(std::span{seed}));
    crypto_sign_seed_keypair(pk.data(), sk.data(), seed.data());
    const auto bytes = [](const auto& a) { return Bytes(std::as_bytes(std::span{a}).begin(), std::as_bytes(std::span{a}).end()); };
    box.sign_secret = bytes(sk);
    box.sign_public = bytes(pk);
    box.hash_key = centre_random_->bytes(32);
    if (const auto enrolled = central_->enrol(box.id, box.sign_public); !enrolled) throw std::runtime_error(enrolled.error());
    // First load and staff, booked as a technician books them.
    auto books = kiosk::Books::open({.file = "ledger.sqlite", .hash_key = drivers::Secret{box.hash_key}, .vfs = box.disk->vfs(), .random = centre_random_.get(), .now = clock_.utc()});
    if (!books) throw std::runtime_error("the world's ledger: " + books.error().detail);
    (*books)->begin();
    for (int h = 0; h < static_cast<int>(c.hoppers.size()); ++h) {
        const int count = 14 + static_cast<int>(dice_.below(6));
        std::vector<CardPtr> cards;
        for (int i = 0; i < count; ++i) {
            const auto& bank = c.hoppers[static_cast<std::size_t>(h)].bank.value;
            const bool other = options_.faults && dice_.one_in(60);
            cards.push_back(blank(other ? (bank == "bank_a" ? "bank_b" : "bank_a") : bank));
        }
        box.wires.printer->load(h, std::move(cards));
        (void)(*books)->add_load(h + 1, c.hoppers[static_cast<std::size_t>(h)].bank, count, "s01", clock_.utc());
        box.loaded += count;
    }
    int n = 1;
    for (const auto* uid : {"04A1B2C3D4", "04A1B2C3D5"}) {
        (*books)->put_staff({.id = fmt::format("s0{}", n), .name_tag = fmt::format("member {}", n), .role = "stock", .badge_hash = (*books)->keyed_hash(*drivers::from_hex(uid)),
                             .pin_hash = quick_pin_hash("246810"), .failures = 0, .locked_until = {}});
        ++n;
    }
    (*books)->commit();
    boxes_.push_back(std::move(owned));
}

void Hall::boot(KioskBox& box) {
    ++box.life;
    say(fmt::format("{} starts, life {}", box.id, box.life));
    const auto& keys = central_->keys();
    const auto bytes = [](const auto& a) { return Bytes(std::as_bytes(std::span{a}).begin(), std::as_bytes(std::span{a}).end()); };
    box.alive = std::make_unique<Incarnation>(clock_, box.wires,
                                              KioskFiles{*box.disk, box.config, layout_, box.sign_secret, box.sign_public, box.hash_key, bytes(keys.sign_public), bytes(keys.seal_public)},
                                              options_.seed * 1009 + static_cast<std::uint64_t>(box.life), [this, id = box.id](const std::string& line) { say(id + " " + line); });
    if (box.alive->refused()) violate(fmt::format("I2: {} cannot open its ledger: {}", box.id, box.alive->refused()->detail));
    if (box.refilled > 0 && !box.alive->refused()) {
        // The kiosk died while blanks were put in: the member of staff counts again and leaves what is booked.
        auto cards = box.wires.printer->unload(0);
        cards.resize(std::min<std::size_t>(cards.size(), static_cast<std::size_t>(box.alive->books().remaining(1))));
        box.wires.printer->load(0, std::move(cards));
        box.refilled = 0;
    }
    box.alive->set_on_commit([this, &box] { check_commit(box); });
    box.phase = 0;
    box.accepted.reset();
    box.started = box.start_pending = box.here_pending = box.staff_there = false;
    box.alive->start();
}

void Hall::bury(KioskBox& box) {
    if (box.alive) result_.points += box.alive->mortality().points();
    box.alive.reset();
}

void Hall::plan_people() {
    std::vector<const RegisterEntry*> able, others;
    // Who comes without a resident ID card is served in tests of his own: the world is about cards.
    for (const auto& person : register_->people())
        if (person.kind == "resident_id") (person.standing == Standing::none && person.match == Match::same && person.document_valid("20261102") ? able : others).push_back(&person);
    for (int i = 0; i < options_.citizens; ++i) {
        auto v = std::make_shared<Visitor>();
        v->number = i + 1;
        // Everybody comes once: take without putting back.
        auto& pool = dice_.one_in(8) && !others.empty() ? others : able;
        const auto pick = dice_.below(pool.size());
        v->person = *pool[pick];
        pool.erase(pool.begin() + static_cast<std::ptrdiff_t>(pick));
        v->bank = dice_.one_in(2) ? "bank_a" : "bank_b";
        v->mobile = fmt::format("139{:08}", dice_.below(100'000'000));
        if (options_.faults) {
            static constexpr const char* screens[] = {"notice", "present_document", "take_photo", "choose_bank", "enter_mobile", "confirm_card", "sign", "choose_pin", "making_card", "finished"};
            if (dice_.one_in(7)) v->leaves_at = screens[dice_.below(std::size(screens))];
            v->forgets_document = dice_.one_in(15);
            v->takes_card = !dice_.one_in(7);
            v->snatches = !v->takes_card && dice_.one_in(3);
            v->pushes_foreign = v->snatches && dice_.one_in(2);
        }
        people_.push_back(v);
        queue_.push_back(v);
    }
}

namespace {
constexpr PrinterFault printer_faults[] = {PrinterFault::jam, PrinterFault::jam_at_print, PrinterFault::double_feed, PrinterFault::hopper_empty, PrinterFault::ribbon_out, PrinterFault::ribbon_wrong,
                                           PrinterFault::cover_open, PrinterFault::bin_full, PrinterFault::head, PrinterFault::mechanical, PrinterFault::retract_fails};
/// Points of a life within which it may end. A whole visit has to fit in with its card in the slot: since the centre's batches write the chip it has some 500 points.
constexpr std::uint64_t furthest_death = 800;
constexpr Disturbance words[] = {Disturbance::off, Disturbance::stuck, Disturbance::garbage, Disturbance::wrong, Disturbance::slow, Disturbance::delayed, Disturbance::intermittent, Disturbance::unplugged};
}  // namespace

void Hall::plan_disturbances() {
    // Death first: most seeds kill one kiosk once somewhere in its life.
    for (auto& box : boxes_) {
        const bool first = box == boxes_.front();
        if (options_.die_at > 0 && !first) continue;
        if (options_.die_at == 0 && dice_.one_in(3)) continue;
        const int at = options_.die_at > 0 ? options_.die_at : 1 + static_cast<int>(dice_.below(furthest_death));
        // Armed when it boots (run()).
        box->die_at = at;
    }
    const int count = static_cast<int>(dice_.below(4));
    for (int i = 0; i < count; ++i) {
        auto* box = boxes_[dice_.below(boxes_.size())].get();
        const drivers::Steady when{std::chrono::seconds{10 + static_cast<long>(dice_.below(900))}};
        const drivers::Duration lasts = std::chrono::seconds{3 + static_cast<long>(dice_.below(90))};
        const auto word = words[dice_.below(std::size(words))];
        const auto fault = printer_faults[dice_.below(std::size(printer_faults))];
        const auto device = dice_.below(9);
        ++result_.disturbances;
        clock_.at(when, [this, box, device, word, fault, lasts] {
            if (healing_) return;
            auto& w = box->wires;
            const auto now = clock_.steady().since_start;
            switch (device) {
                case 0:
                case 1:
                    say(fmt::format("{} printer fault {}", box->id, name_of(fault)));
                    w.printer->provoke(fault);
                    break;
                case 2:
                    say(fmt::format("{} printer disturbed {}", box->id, name_of(word)));
                    if (word == Disturbance::unplugged || word == Disturbance::off) {
                        w.printer_plugged = false;
                        w.printer_changed.notify();
                    } else {
                        w.printer->disturb(word);
                    }
                    break;
                case 3: say(box->id + " readers' daemon down"), w.readers_up = false, w.readers_changed.notify(); break;
                case 4: say(fmt::format("{} camera {}", box->id, name_of(word))), w.camera = word; break;
                case 5: say(fmt::format("{} link {}", box->id, name_of(word))), w.link = word; break;
                case 6: say(fmt::format("{} reader {}", box->id, name_of(word))), w.reader = word; break;
                case 7: say(box->id + " cover opened"), w.printer->open_cover(true, now); break;
                case 8: move_door(*box, word == Disturbance::unplugged ? drivers::Contact::unknown : drivers::Contact::open); break;
            }
            clock_.at(clock_.steady() + lasts, [this, box] {
                auto& wires = box->wires;
                say(box->id + " disturbance over");
                wires.printer->disturb(Disturbance::none);
                if (!wires.printer_plugged) {
                    wires.printer_plugged = true;
                    wires.printer_changed.notify();
                }
                if (!wires.readers_up) {
                    wires.readers_up = true;
                    wires.readers_changed.notify();
                }
                move_door(*box, drivers::Contact::closed);
                wires.camera = wires.link = wires.reader = Disturbance::none;
                if (wires.printer->cover_open()) wires.printer->open_cover(false, clock_.steady().since_start);
            });
        });
    }
}

}  // namespace sim
