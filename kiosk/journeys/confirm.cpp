// Steps 8, 9, 11 and 12: bank, mobile number, the real face of the card, correction, signature, PIN.
#include "kiosk/journeys/steps.hpp"

namespace kiosk {

namespace {
constexpr int mobile_tries = 5;
constexpr int pin_tries = 8;

awaitable<BankId> choose_bank(Kiosk& kiosk) {
    const auto supplies = co_await look_at_supplies(kiosk);
    std::vector<Bank> offered;
    for (const auto& id : banks_in_stock(supplies))
        if (const auto* bank = find_bank(kiosk.config, id)) offered.push_back(*bank);
    if (offered.empty()) co_await trouble(kiosk, Fault{shortage(supplies).value_or(FaultCode::no_blanks), {}});
    if (offered.size() == 1) co_return offered.front().id;
    co_return co_await kiosk.stage.ask(ChooseBank{offered});
}

awaitable<std::string> enter_mobile(Kiosk& kiosk) {
    for (int tries = 0;; ++tries) {
        if (tries == mobile_tries) co_await to_window(kiosk, GoToWindow::Why::too_many_tries);
        auto digits = co_await kiosk.stage.ask(EnterMobile{.refused = tries > 0});
        if (mobile_valid(digits)) co_return digits;
    }
}

printer::FaceData face_of(const Kiosk& kiosk, const Visit& visit) {
    printer::FaceData data;
    data.name = visit.document.name;
    data.social_security_number = card_holder_number(visit.document);
    // The number of the card is given by the centre with the order: a preview does not invent one.
    data.card_number = "*********";
    const std::string today = date8(kiosk.clock.utc());
    data.issue_date = fmt::format("{}年{}月", today.substr(0, 4), std::stoi(today.substr(4, 2)));
    if (const auto* bank = find_bank(kiosk.config, visit.bank)) data.bank = bank->name_zh;
    data.bank_id = mark_of(kiosk.layout, visit.bank);
    data.authority = "南宁市人力资源和社会保障局";
    data.photo_jpeg = visit.portrait.jpeg;
    return data;
}

awaitable<printer::Picture> preview(Kiosk& kiosk, const Visit& visit) {
    auto drawn = co_await kiosk.compute.run([layout = &kiosk.layout, data = face_of(kiosk, visit), size = kiosk.config.raster]() mutable {
        auto picture = printer::draw_front(*layout, data, size);
        data.wipe();
        return picture;
    });
    // A glyph that no font has is met here, long before a blank is fed.
    if (!drawn) co_await trouble(kiosk, drawn.error());
    co_return std::move(*drawn);
}
}  // namespace

std::string card_holder_number(const drivers::IdDocument& document) {
    constexpr std::size_t own = 18;
    return document.number.size() == own ? document.number : std::string(own, '*');
}

bool mobile_valid(std::string_view digits) {
    return digits.size() == 11 && digits[0] == '1' && digits[1] >= '3' && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
}

awaitable<void> confirm_and_sign(Kiosk& kiosk, Visit& visit) {
    visit.bank = co_await choose_bank(kiosk);
    visit.mobile = co_await enter_mobile(kiosk);
    for (;;) {
        auto face = co_await preview(kiosk, visit);
        const auto* bank = find_bank(kiosk.config, visit.bank);
        const auto answer = co_await kiosk.stage.ask(ConfirmCard{.face = face,
                                                                 .full_name = visit.document.name,
                                                                 .social_security_number = card_holder_number(visit.document),
                                                                 .bank_zh = bank->name_zh,
                                                                 .bank_en = bank->name_en,
                                                                 .mobile = visit.mobile,
                                                                 .sex = static_cast<int>(visit.document.sex),
                                                                 .nation = visit.document.nation,
                                                                 .nationality = visit.document.nation == 0 ? visit.document.nationality : std::string{},
                                                                 .may_change_bank = true,
                                                                 .may_retake = visit.retakes_left > 0 && !visit.portrait.jpeg.empty()});
        switch (answer) {
            case ConfirmCard::Answer::right: break;
            case ConfirmCard::Answer::retake_photo:
                --visit.retakes_left;
                co_await portrait_and_match(kiosk, visit);
                continue;
            case ConfirmCard::Answer::change_bank: visit.bank = co_await choose_bank(kiosk); continue;
            case ConfirmCard::Answer::change_mobile: visit.mobile = co_await enter_mobile(kiosk); continue;
            case ConfirmCard::Answer::wrong_information:
                // What a document says is only corrected by who issued it; the hall tells how.
                co_await to_window(kiosk, GoToWindow::Why::wrong_information);
        }
        visit.signature = co_await kiosk.stage.ask(Sign{.face = std::move(face), .social_security_number = card_holder_number(visit.document), .drawn = {}});
        co_return;
    }
}

PinRefusal judge_pin(const ChoosePin::Answer& answer, const drivers::IdDocument& document) {
    const std::string pin = drivers::to_string(answer.first.view());
    const std::string again = drivers::to_string(answer.again.view());
    const auto digits = [](const std::string& s) { return s.size() == 6 && std::ranges::all_of(s, [](char c) { return c >= '0' && c <= '9'; }); };
    if (!digits(pin) || pin != again) return PinRefusal::differ;
    if (pin == "123456") return PinRefusal::initial;
    const auto step = [&](int by) {
        for (std::size_t i = 1; i < pin.size(); ++i)
            if (pin[i] - pin[i - 1] != by) return false;
        return true;
    };
    std::map<char, int> counts;
    for (const char c : pin) ++counts[c];
    const bool mostly_one = std::ranges::any_of(counts, [](const auto& entry) { return entry.second >= 5; });
    const bool pairs = pin.substr(0, 2) == pin.substr(2, 2) && pin.substr(2, 2) == pin.substr(4, 2);
    if (step(1) || step(-1) || mostly_one || pairs || pin.substr(0, 3) == pin.substr(3)) return PinRefusal::too_simple;
    const auto birth = fmt::format("{:04}{:02}{:02}", static_cast<int>(document.birth.year()), static_cast<unsigned>(document.birth.month()), static_cast<unsigned>(document.birth.day()));
    if (birth.find(pin) != std::string::npos || pin == birth.substr(4) + birth.substr(2, 2)) return PinRefusal::birth_date;
    if (document.number.find(pin) != std::string::npos) return PinRefusal::part_of_number;
    return PinRefusal::none;
}

awaitable<Secret> choose_pin(Kiosk& kiosk, const drivers::IdDocument& document) {
    PinRefusal refusal = PinRefusal::none;
    for (int tries = 0;; ++tries) {
        if (tries == pin_tries) co_await to_window(kiosk, GoToWindow::Why::too_many_tries);
        auto answer = co_await kiosk.stage.ask(ChoosePin{refusal});
        refusal = judge_pin(answer, document);
        if (refusal == PinRefusal::none) co_return std::move(answer.first);
    }
}

}  // namespace kiosk
