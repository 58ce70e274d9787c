// Step 2: the notice before anything is read or filmed. The texts are part of the build: what was agreed to is known by version and hash.
#include "kiosk/journeys/steps.hpp"

#include <sodium.h>

namespace kiosk {

namespace {
Bytes sha256(std::initializer_list<std::string_view> texts) {
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    for (const auto text : texts) {
        const std::uint64_t size = text.size();
        crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(&size), sizeof size);
        crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    }
    Bytes hash(crypto_hash_sha256_BYTES);
    crypto_hash_sha256_final(&state, reinterpret_cast<unsigned char*>(hash.data()));
    return hash;
}

constexpr std::string_view notice_version = "2026-12";
constexpr std::string_view notice_zh =
    "谁在处理：南宁市人力资源和社会保障局，通过本机为您办理社会保障卡。\n"
    "处理什么：您出示的证件上的姓名、性别、民族或国籍、出生日期、号码、住址、有效期和照片；没有芯片的证件，还有您输入的内容和该页的照片；"
    "为孩子办理时，孩子和监护人两人的上述信息以及监护关系；现场拍摄的照片；您的手机号码和签名。\n"
    "为了什么：核对证件和本人，制作并启用您的或孩子的社会保障卡。\n"
    "怎样处理：发送给社会保障卡制发中心；照片印在卡上；不留存人脸特征；本机在您离开后清除全部信息。\n"
    "保存多久：制发中心按社会保障档案的规定保存。\n"
    "您的权利：您可以查询、更正，也可以不同意。不同意不影响您到人工窗口办理。";
constexpr std::string_view notice_en =
    "Who: the Nanning Human Resources and Social Security Bureau issues your social security card with this machine.\n"
    "What: name, sex, nation or nationality, birth date, number, address, validity and picture from the document that you show; of a document without a chip also what you "
    "type and a photograph of its page; for a child, all this of the child and of the guardian, and how they are related; a photograph taken here; your mobile number and signature.\n"
    "Why: to check the document and the person, and to make and activate your card or your child's.\n"
    "How: sent to the card issuing centre; the photograph is printed on the card; no face template is kept; this machine wipes everything when you leave.\n"
    "How long: the centre keeps it as the rules for social security records require.\n"
    "Your rights: you may see and correct it, and you may refuse. If you refuse, a staffed window will serve you all the same.";

/// Of asking for a card's status alone: as much as that needs.
constexpr std::string_view enquiry_version = "2026-12-E";
constexpr std::string_view enquiry_zh =
    "谁在处理：南宁市人力资源和社会保障局，通过本机为您查询社会保障卡的办理进度。\n"
    "处理什么：您对着镜头出示的电子社保卡二维码；您改用证件时，证件芯片里的姓名、性别、民族或国籍、出生日期、号码、住址和有效期。不拍照，不比对人脸。\n"
    "为了什么：只用来查询这张卡的办理进度。\n"
    "怎样处理：发送给社会保障卡制发中心查询；用二维码查询时，屏幕上只显示进度和隐去的姓名；本机在您离开后清除全部信息。\n"
    "保存多久：本机不保存；制发中心按社会保障档案的规定保存查询记录。\n"
    "您的权利：您可以不同意。不同意不影响您到人工窗口查询。";
constexpr std::string_view enquiry_en =
    "Who: the Nanning Human Resources and Social Security Bureau looks up the status of your social security card with this machine.\n"
    "What: the QR code of the electronic card that you hold before the camera; if you use a document instead, name, sex, nation or nationality, birth date, number, address "
    "and validity from its chip. No photograph is taken and no face is compared.\n"
    "Why: only to look up the status of this card.\n"
    "How: sent to the card issuing centre; asked by a code, the screen shows the status and a masked name only; this machine wipes everything when you leave.\n"
    "How long: this machine keeps nothing; the centre keeps the enquiry as the rules for social security records require.\n"
    "Your rights: you may refuse. If you refuse, a staffed window will tell you all the same.";

constexpr std::string_view rules_zh[] = {
    "因持卡人出借或对社会保障卡保管不善而造成的个人损失以及产生的法律责任，由持卡人自行承担。",
    "冒领、冒用、盗用他人社会保障卡的，由相关部门依法追究其法律责任。",
    "伪造、变造或者买卖社会保障卡，以及使用买卖伪造、变造的社会保障卡的，依法追究其法律责任；构成犯罪的，依法追究其刑事责任。",
};
}  // namespace

const NoticeText& notice_text() {
    static const NoticeText text{std::string(notice_version), std::string(notice_zh), std::string(notice_en), sha256({notice_version, notice_zh, notice_en})};
    return text;
}

const NoticeText& enquiry_notice_text() {
    static const NoticeText text{std::string(enquiry_version), std::string(enquiry_zh), std::string(enquiry_en), sha256({enquiry_version, enquiry_zh, enquiry_en})};
    return text;
}

Bytes rules_hash() { return sha256({rules_zh[0], rules_zh[1], rules_zh[2]}); }

namespace {
/// Shown, agreed to in all that is asked for, and booked; or the window is named.
awaitable<void> agree_to(Kiosk& kiosk, const NoticeText& text, bool enquiry) {
    const auto agreed = co_await kiosk.stage.ask(Notice{.version = text.version, .text_zh = text.zh, .text_en = text.en, .enquiry = enquiry});
    const bool more = !enquiry;  // the consents beside the notice
    if (!agreed.read || (more && !(agreed.face_match && agreed.bank_data))) co_await to_window(kiosk, GoToWindow::Why::refused_consent);
    co_await audit(kiosk, AuditEvent::notice_agreed,
                   {{"application", ""}, {"version", text.version}, {"hash", drivers::hex(text.hash)}, {"face_match", more}, {"bank_data", more}});
}
}  // namespace

awaitable<void> give_enquiry_notice(Kiosk& kiosk) { co_await agree_to(kiosk, enquiry_notice_text(), true); }

awaitable<std::vector<Consent>> give_notice(Kiosk& kiosk) {
    const auto& text = notice_text();
    co_await agree_to(kiosk, text, false);
    const auto now = kiosk.clock.utc();
    std::vector<Consent> consents;
    for (const auto* kind : {"notice", "face_match", "bank_data"}) consents.push_back({kind, text.version, text.hash, now});
    co_return consents;
}

}  // namespace kiosk
