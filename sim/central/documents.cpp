// Documents against the register: whose they are, who may speak for a child, and who has looked at what no chip vouches for.
#include "sim/central/chip.hpp"
#include "sim/central/core.hpp"

namespace sim {
namespace {

/// Completed years by the calendar; both days YYYYMMDD.
bool younger_than(int years, std::string_view birth, std::string_view today) {
    constexpr int year = 1'00'00;
    return birth.size() == 8 && std::stoi(std::string(today)) - std::stoi(std::string(birth)) < years * year;
}
constexpr int of_age_for_oneself = 16, of_age = 18;

}  // namespace

Asked<const RegisterEntry*> Central::Impl::holder(const Document& document) const {
    const auto* person = setup.people->by_document(document.kind, document.nationality, document.number);
    if (!person || person->name != document.name || person->birth != document.birth) return refuse(Refusal::not_entitled, "document and register differ");
    const auto today = day_of(now());
    // The register knows the validity of the document that it has; of another one it knows what that says itself.
    const bool in_time = document.kind == person->kind ? person->document_valid(today) : document.valid_to.empty() || today <= document.valid_to;
    if (!in_time) return refuse(Refusal::not_entitled, "the document does not count today");
    return person;
}

Asked<std::string> Central::Impl::guarded(int version, const RegisterEntry& person, const Document& document, const std::optional<Guardian>& guardian) const {
    const auto today = day_of(now());
    const bool child = younger_than(of_age_for_oneself, person.birth, today);
    if (document.kind == "household_register" && !child) return refuse(Refusal::not_entitled, "a household register is for persons under 16");
    if (!child) return guardian ? Asked<std::string>(refuse(Refusal::not_entitled, "a guardian of somebody who is 16 or older")) : std::string{};
    if (version < 3) return std::string{};  // an older kiosk asks nobody; a member of staff has looked
    if (!guardian) return refuse(Refusal::not_entitled, "a guardian is missing");
    const auto grown = holder(guardian->document);
    if (!grown) return std::unexpected(grown.error());
    if ((*grown)->number != person.guardian) return refuse(Refusal::not_entitled, "the guardian is not this child's");
    if (younger_than(of_age, (*grown)->birth, today)) return refuse(Refusal::not_entitled, "the guardian is under 18");
    return (*grown)->key;
}

Asked<void> Central::Impl::seen(const ApplyBody& b) {
    const auto any = [&](auto wrong) { return wrong(b.document) || (b.guardian && wrong(b.guardian->document)); };
    if (b.checked_by.empty() && any([](const Document& d) { return d.evidence != "chip"; })) return refuse(Refusal::not_entitled, "nobody has looked at the original");
    if (b.page.empty() && any([](const Document& d) { return d.evidence == "typed"; })) return refuse(Refusal::not_entitled, "the page of a typed document is missing");
    return {};
}

}  // namespace sim
