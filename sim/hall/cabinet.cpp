// Putting the models behind their wires.
#include "sim/hall/cabinet.hpp"

#include "sim/panel/words.hpp"

#include <fmt/format.h>
#include <stdexcept>

namespace sim {

namespace {
Bytes identification_code(int serial, std::uint64_t seed) {
    // Area 450100, the fixed middle of the standard, four bytes of serial and four of check: never computed by a kiosk.
    Bytes code;
    for (const int b : {0x45, 0x01, 0x00, 0xD1, 0x56, 0x00, 0x00, 0x05}) code.push_back(static_cast<std::byte>(b));
    Dice dice(seed * 1000 + static_cast<std::uint64_t>(serial));
    for (int shift = 24; shift >= 0; shift -= 8) code.push_back(static_cast<std::byte>(serial >> shift & 255));
    const auto check = dice.next();
    for (int i = 0; i < 4; ++i) code.push_back(static_cast<std::byte>(check >> (8 * i) & 255));
    return code;
}

template <class T>
T must(std::expected<T, std::string> made, const char* what) {
    if (!made) throw std::runtime_error(fmt::format("{}: {}", what, made.error()));
    return std::move(*made);
}
}  // namespace

Cabinet::Cabinet(Setup setup) : setup_(std::move(setup)) {
    PrinterSetup printer;
    printer.hoppers = static_cast<int>(setup_.hoppers.size());
    printer.ribbon_remaining = setup_.ribbon;
    printer.speed = setup_.speed;
    printer_ = std::make_unique<PrinterModel>(printer);
    for (std::size_t i = 0; i < setup_.hoppers.size(); ++i) {
        const auto& hopper = setup_.hoppers[i];
        std::vector<CardPtr> blanks;
        for (int n = 1; n <= hopper.blanks; ++n) blanks.push_back(new_blank(n == hopper.other_bank_at ? (hopper.bank == "bank_a" ? "bank_b" : "bank_a") : hopper.bank, n == hopper.dead_at, hopper.generation));
        printer_->load(static_cast<int>(i), std::move(blanks));
    }
    if (setup_.card_inside) printer_->put_inside(new_blank("bank_a"));
    slots_ = must(CardSlots::create(setup_.dir / "slots", {{"Liqu ID Reader", [this] { return on_reader_.get(); }}, {"Liqu Chip Station", [this] { return printer_->chip_at_station(); }}},
                                    mutex_, setup_.speed),
                  "card slots");
    printer_->changed = [this] { slots_->changed(); };
    pcscd_ = std::make_unique<PrivatePcscd>(
        PrivatePcscd::Setup{.directory = setup_.dir, .handler = setup_.handler, .readers = {{"Liqu ID Reader", slots_->device(0)}, {"Liqu Chip Station", slots_->device(1)}}});
    if (const auto started = pcscd_->start(); !started) throw std::runtime_error("pcscd: " + started.error());
    usb_ = must(UsbPrinter::create(*printer_, printer.serial, mutex_, [this] { return now(); }), "USB");
    if (const auto plugged = usb_->plug(); !plugged) throw std::runtime_error("USB: " + plugged.error());
    door_switch_ = must(DoorSwitch::create(), "door");
    camera_ = must(MjpegCamera::create(setup_.scene), "camera");
    if (setup_.photographs) camera_->show(must(Photographs::open(*setup_.photographs), "camera"));
}

Cabinet::~Cabinet() {
    camera_.reset();
    door_switch_.reset();  // before the printer, which then is the last to hold the testbed and joins its thread
    usb_.reset();
    pcscd_.reset();
    const std::lock_guard lock(mutex_);
    printer_->changed = nullptr;
}

void Cabinet::move_door(std::string_view to) {
    door_ = to;
    door_switch_->plug(to != "unplugged");
    if (to != "unplugged") door_switch_->open(to == "open");
}

Time Cabinet::now() const { return std::chrono::duration_cast<Time>(std::chrono::steady_clock::now() - start_); }

std::map<std::string, std::string> Cabinet::environment() const {
    return {{"PCSCLITE_CSOCK_NAME", pcscd_->client_socket().string()}};
}

void Cabinet::put_on_reader(std::shared_ptr<SmartCard> card) {
    {
        const std::lock_guard lock(mutex_);
        on_reader_ = std::move(card);
    }
    slots_->changed();
}

void Cabinet::take_from_reader() { put_on_reader(nullptr); }

bool Cabinet::reader_occupied() {
    const std::lock_guard lock(mutex_);
    return on_reader_ != nullptr;
}

bool Cabinet::take_card() {
    return with_printer([this](PrinterModel& printer, Time at) { return into_hand(printer.take(at)); });
}

bool Cabinet::snatch_card() {
    return with_printer([this](PrinterModel& printer, Time at) { return into_hand(printer.snatch(at)); });
}

bool Cabinet::into_hand(CardPtr card) {
    if (card) handed_out_.push_back(card);
    return card != nullptr;
}

bool Cabinet::push_foreign_card() {
    auto card = std::make_shared<PhysicalCard>();
    card->id = 9000 + next_card_++;
    card->bank = "foreign";
    const std::lock_guard lock(mutex_);
    return printer_->push_in(card, now());
}

CardPtr Cabinet::new_blank(const std::string& bank, bool dead, const std::string& generation) {
    auto card = std::make_shared<PhysicalCard>();
    card->id = next_card_++;
    card->bank = bank;
    SocialSecurityCard::Setup setup;
    setup.identification_code = identification_code(card->id, setup_.seed);
    setup.bank_number = fmt::format("{}{:013}", bank == "bank_b" ? "620201" : "620101", card->id);
    setup.master_key = setup_.master_key;
    setup.seed = setup_.seed * 7919 + static_cast<std::uint64_t>(card->id);
    if (generation == "1.00") setup.generation = CardGeneration::v1_00;
    if (generation == "3.00") {
        setup.generation = CardGeneration::v3_00;
        setup.algorithm = CardAlgorithm::sm4;
        setup.transport = CardTransport::t1;
    }
    auto chip = std::make_shared<SocialSecurityCard>(setup);
    chip->dead = dead;
    card->chip = std::move(chip);
    return card;
}

bool Cabinet::turn_scene(std::string_view assignment) {
    auto scene = camera_->scene();
    if (!turn_knob(scene, assignment)) return false;
    camera_->set_scene(scene);
    return true;
}

void Cabinet::refill(int hopper, int count, const std::string& bank) {
    std::vector<CardPtr> blanks;
    const auto& generation = setup_.hoppers.at(static_cast<std::size_t>(hopper)).generation;
    for (int i = 0; i < count; ++i) blanks.push_back(new_blank(bank, false, generation));
    const std::lock_guard lock(mutex_);
    printer_->load(hopper, std::move(blanks));
}

}  // namespace sim
