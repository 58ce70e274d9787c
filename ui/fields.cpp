// One overload per struct of kiosk/screens.hpp: a new screen does not build until its fields are told here.
#ifdef LIQU_AUTOMATION
#include "ui/fields.hpp"

#include "ui/text.hpp"

namespace ui {

using nlohmann::json;
using namespace kiosk;

namespace {
json text(std::string_view s) { return std::string(s); }
json fault(const std::optional<FaultCode>& code) { return code ? text(drivers::name_of(*code)) : json(nullptr); }
json bank(const Bank& b) { return {{"id", b.id.value}, {"name_zh", b.name_zh}, {"name_en", b.name_en}}; }
json banks(const std::vector<Bank>& all) {
    json out = json::array();
    for (const auto& b : all) out.push_back(bank(b));
    return out;
}
json hopper(const HopperRow& h) {
    return {{"hopper", h.hopper},       {"bank", bank(h.bank)},           {"remaining", h.remaining},      {"capacity", h.capacity},
            {"threshold", h.threshold}, {"sensor_empty", h.sensor_empty}, {"minutes_left", h.minutes_left}};
}
json kind(drivers::DocumentKind k) { return text(drivers::name_of(k)); }
json key(const CardKey& k) { return {{"load", k.load}, {"ordinal", k.ordinal}}; }

json of(const Welcome& q) { return {{"banks", banks(q.banks)}, {"cannot", fault(q.cannot)}, {"hotline", q.hotline}, {"enquiries", q.enquiries}}; }
json of(const ForWhom& q) { return {{"window", q.window}}; }
json of(const Notice& q) { return {{"version", q.version}, {"text_zh", q.text_zh}, {"text_en", q.text_en}, {"enquiry", q.enquiry}}; }
json of(const PresentDocument& q) {
    return {{"state", text(name_of(q.state))}, {"whose", text(name_of(q.whose))}, {"kind", kind(q.kind)}, {"may_choose", q.may_choose}, {"percent", q.percent}};
}
json of(const ChooseDocument& q) {
    json offered = json::array();
    for (const auto k : q.offered) offered.push_back(kind(k));
    return {{"whose", text(name_of(q.whose))}, {"offered", std::move(offered)}};
}
/// Of the two screens that watch a page.
template <class Q>
json page_of(const Q& q) {
    return {{"kind", kind(q.kind)}, {"watching", q.watching}, {"guide", text(name_of(q.guide))}, {"width", q.width}, {"height", q.height}, {"preview_rgb", q.preview_rgb.size()}};
}
json of(const ShowZone& q) { return page_of(q); }
json of(const ShowECard& q) {
    return {{"refused", q.refused}, {"watching", q.watching}, {"guide", text(name_of(q.guide))}, {"width", q.width}, {"height", q.height}, {"preview_rgb", q.preview_rgb.size()}};
}
json of(const EnterZone& q) { return {{"kind", kind(q.kind)}, {"refused", q.refused}}; }
json of(const EnterName& q) { return {{"whose", text(name_of(q.whose))}, {"refused", q.refused}}; }
json of(const EnterIdNumber& q) { return {{"whose", text(name_of(q.whose))}, {"refused", q.refused}}; }
json of(const EnterExpiry& q) { return {{"refused", q.refused}}; }
json of(const PhotographPage& q) { return page_of(q); }
json of(const PageTaken& q) { return {{"jpeg", q.jpeg.size()}}; }
json of(const ChooseRelation&) { return json::object(); }
json of(const TakeDocumentBack&) { return json::object(); }
json of(const PleaseWait& q) { return {{"what", text(name_of(q.what))}}; }
json of(const ExplainStanding& q) {
    return {{"kind", text(name_of(q.kind))}, {"where_zh", q.where_zh}, {"where_en", q.where_en}, {"when", q.when}, {"window", q.window}, {"masked_name", q.masked_name}};
}
json of(const OfferResume& q) { return {{"reference", q.reference}}; }
json of(const TakePhoto& q) {
    return {{"watching", q.watching},
            {"guidance", q.guidance ? text(camera::name_of(q.guidance->reason)) : json(nullptr)},
            {"side", q.guidance ? text(camera::name_of(q.guidance->side)) : json(nullptr)},
            {"held", q.held},
            {"checks", {{"place", q.checks.place}, {"light", q.checks.light}, {"background", q.checks.background}, {"eyes", q.checks.eyes}}},
            {"focus", q.focus},
            {"width", q.width},
            {"height", q.height},
            {"preview_rgb", q.preview_rgb.size()}};
}
json of(const PhotoTaken& q) { return {{"jpeg", q.jpeg.size()}, {"retakes_left", q.retakes_left}}; }
json of(const CallStaff& q) { return {{"why", text(name_of(q.why))}, {"window", q.window}}; }
json of(const ChooseBank& q) { return {{"offered", banks(q.offered)}}; }
json of(const EnterMobile& q) { return {{"refused", q.refused}}; }
json of(const ConfirmCard& q) {
    return {{"face", q.face.rgba.size()},
            {"full_name", q.full_name},
            {"social_security_number", q.social_security_number},
            {"bank_zh", q.bank_zh},
            {"bank_en", q.bank_en},
            {"mobile", q.mobile},
            {"sex", q.sex},
            {"nation", q.nation},
            {"nationality", q.nationality},
            {"may_change_bank", q.may_change_bank},
            {"may_retake", q.may_retake}};
}
json of(const Sign& q) { return {{"face", q.face.rgba.size()}, {"social_security_number", q.social_security_number}, {"drawn", q.drawn.size()}}; }
json of(const ChoosePin& q) { return {{"refusal", text(name_of(q.refusal))}}; }
json of(const MakingCard& q) {
    return {{"stage", text(name_of(q.stage))}, {"seconds_left", q.seconds_left}, {"done", q.done}, {"are_you_there", q.are_you_there}, {"again", q.again}};
}
json of(const TakeCard& q) { return {{"seconds_left", q.seconds_left}, {"may_extend", q.may_extend}}; }
json of(const Finished& q) { return {{"activated", q.activated}, {"bank_zh", q.bank_zh}, {"bank_en", q.bank_en}, {"reference", q.reference}}; }
json of(const Trouble& q) { return {{"code", text(drivers::name_of(q.code))}, {"reference", q.reference}, {"window", q.window}}; }
json of(const GoToWindow& q) { return {{"why", text(name_of(q.why))}, {"window", q.window}, {"reference", q.reference}}; }
json of(const StaffPin& q) { return {{"who", q.who}, {"wrong", q.wrong}, {"tries_left", q.tries_left}, {"second_person", q.second_person}}; }
json of(const ConfirmPerson& q) {
    json warnings = json::array();
    for (const auto reason : q.warnings) warnings.push_back(text(camera::name_of(reason)));
    return {{"who", q.who},
            {"full_name", q.full_name},
            {"masked_number", q.masked_number},
            {"portrait", q.portrait.size()},
            {"warnings", std::move(warnings)},
            {"document", kind(q.document)},
            {"evidence", text(drivers::name_of(q.evidence))},
            {"page", q.page.size()},
            {"guardian", q.guardian}};
}
json of(const StaffMenu& q) {
    json hoppers = json::array();
    for (const auto& h : q.hoppers) hoppers.push_back(hopper(h));
    const auto& a = q.arithmetic;
    return {{"who", q.who},
            {"hoppers", std::move(hoppers)},
            {"ribbon_left", q.ribbon_left ? json(*q.ribbon_left) : json()},
            {"ribbon_capacity", q.ribbon_capacity},
            {"bin_count", q.bin_count},
            {"bin_capacity", q.bin_capacity},
            {"arithmetic",
             {{"loaded", a.loaded},
              {"found", a.found},
              {"issued", a.issued},
              {"spoiled", a.spoiled},
              {"retained", a.retained},
              {"tested", a.tested},
              {"unloaded", a.unloaded},
              {"unknown", a.unknown},
              {"gone_unwitnessed", a.gone_unwitnessed},
              {"in_machine", a.in_machine},
              {"remaining", a.remaining}}},
            {"path_closed", fault(q.path_closed)},
            {"to_reconcile", q.to_reconcile}};
}
json of(const LoadBlanks& q) { return {{"hopper", hopper(q.hopper)}, {"most", q.most}}; }
json of(const EmptyBinList& q) {
    json cards = json::array();
    for (const auto& c : q.cards) cards.push_back({{"key", key(c.key)}, {"state", c.state}});
    return {{"cards", std::move(cards)}};
}
json of(const ReconcileCard& q) { return {{"card", key(q.card)}, {"second", q.second}}; }
json of(const SecondBadge& q) { return {{"same_person", q.same_person}}; }
json of(const StaffNote& q) { return {{"what", text(name_of(q.what))}, {"count", q.count}}; }
}  // namespace

json fields_of(const AnyQuestion& question) {
    return std::visit([](const auto& q) { return of(q); }, question);
}

}  // namespace ui
#endif
