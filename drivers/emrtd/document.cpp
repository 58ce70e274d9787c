// The order of a reading, and what each failure means.
#include "drivers/emrtd/document.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace drivers::emrtd {

namespace {
struct Group {
    int number;
    File file;
    std::uint8_t tag;  ///< in EF.COM
};
constexpr Group dg1{1, File::dg1, 0x61}, dg2{2, File::dg2, 0x75}, dg11{11, File::dg11, 0x6B}, dg12{12, File::dg12, 0x6C}, dg14{14, File::dg14, 0x6E}, dg15{15, File::dg15, 0x6F};

std::unexpected<Fault> forged(std::string why) { return fail(FaultCode::document_forged, std::move(why)); }
/// The chip answered and the session goes on; only this file is of no use.
bool only_this_file(const Fault& fault) {
    return fault.code == FaultCode::document_unreadable || fault.code == FaultCode::document_not_supported || fault.code == FaultCode::chip_refused;
}

/// One reading on its way.
struct Session {
    Passport passport;
    Random& random;
    const TrustStore& trust;
    std::chrono::year_month_day today;
    Duration limit;
    ReadProgress progress;
    Reading reading;
    std::map<int, Bytes> files;
    std::optional<Sod> sod;
    std::optional<Bytes> listed;  ///< EF.COM's tags, where there is no EF.SOD

    Session(CardReader& reader, Random& chance, const TrustStore& trusted, std::chrono::year_month_day day, Duration each, ReadProgress told)
        : passport(reader, chance), random(chance), trust(trusted), today(day), limit(each), progress(std::move(told)) {}
    ~Session() {
        for (auto& [number, file] : files) wipe(file);
        reading.wipe();  // moved out when all is well
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    void tell(ReadStep step) const {
        if (progress) progress(step);
    }
    [[nodiscard]] bool is_listed(const Group& group) const {
        if (sod) return sod->hashes().find(group.number) != nullptr;
        return listed && std::ranges::find(*listed, std::byte{group.tag}) != listed->end();
    }
    [[nodiscard]] View file(const Group& group) const {
        const auto at = files.find(group.number);
        return at == files.end() ? View{} : View{at->second};
    }
};

awaitable<Result<void>> fetch(Session& session, Group group) {
    auto content = co_await session.passport.read(group.file, session.limit);
    if (!content) co_return std::unexpected(content.error());
    session.reading.groups.push_back({group.number, content->size()});
    session.files[group.number] = *std::move(content);
    co_return Result<void>{};
}

awaitable<Result<void>> open(Session& session, const AccessKey& key) {
    session.tell(ReadStep::opening);
    const auto access = co_await session.passport.open(key, session.limit);
    if (!access && access.error().code == FaultCode::chip_auth_failed) co_return fail(FaultCode::document_not_opened, access.error().detail);
    if (!access) co_return std::unexpected(access.error());
    session.reading.access = *access;
    co_return Result<void>{};
}

/// EF.SOD, else EF.COM; without either only DG1 and DG2 are asked for.
awaitable<Result<void>> find_out_what_is_there(Session& session) {
    const auto file = co_await session.passport.read(File::sod, session.limit);
    if (!file && !only_this_file(file.error())) co_return std::unexpected(file.error());
    auto sod = file ? Sod::parse(*file) : Result<Sod>{std::unexpected(file.error())};
    if (sod) {
        session.sod = *std::move(sod);
        co_return Result<void>{};
    }
    session.reading.verdict = {Authenticity::not_verifiable, file ? sod.error().detail : "EF.SOD is not there: " + file.error().detail};
    auto list = co_await session.passport.read_list(session.limit);
    if (list) session.listed = std::move(list->tags);
    else if (!only_this_file(list.error())) co_return std::unexpected(list.error());
    else session.reading.notes.push_back("EF.COM: " + list.error().detail);
    co_return Result<void>{};
}

awaitable<Result<void>> read_zone(Session& session) {
    session.tell(ReadStep::data);
    const auto got = co_await fetch(session, dg1);
    if (!got) co_return std::unexpected(got.error());
    auto text = parse_dg1(session.file(dg1));
    if (!text) co_return std::unexpected(text.error());
    auto mrz = parse_mrz(as_view(*text), session.today);
    wipe(*text);
    if (!mrz) co_return std::unexpected(mrz.error());
    session.reading.mrz = *std::move(mrz);
    co_return Result<void>{};
}

awaitable<Result<void>> read_details(Session& session) {
    session.tell(ReadStep::details);
    for (const auto& group : {dg11, dg12, dg14, dg15}) {
        if (!session.is_listed(group)) continue;
        const auto got = co_await fetch(session, group);
        if (got) continue;
        if (!only_this_file(got.error())) co_return std::unexpected(got.error());
        // A copy hides the key that it does not have.
        if (session.sod && group.number >= dg14.number) co_return forged(fmt::format("DG{} is signed, but the chip does not show it", group.number));
        session.reading.notes.push_back(got.error().detail);
    }
    const auto keep = [&session](auto parsed, auto& into) {
        if (parsed) into = *std::move(parsed);
        else session.reading.notes.push_back(parsed.error().detail);
    };
    if (const auto file = session.file(dg11); !file.empty()) keep(parse_dg11(file), session.reading.holder);
    if (const auto file = session.file(dg12); !file.empty()) keep(parse_dg12(file), session.reading.issue);
    co_return Result<void>{};
}

Result<void> check_signature(Session& session) {
    session.tell(ReadStep::authenticity);
    if (!session.sod) return {};
    std::vector<GroupFile> read;
    for (const auto& [number, file] : session.files) read.push_back({number, file});
    session.reading.verdict = judge(*session.sod, read, session.trust, session.today);
    if (session.reading.verdict.authenticity == Authenticity::forged) return forged(session.reading.verdict.why);
    if (session.reading.verdict.authenticity == Authenticity::genuine && !may_sign_for(*session.sod, session.reading.mrz.issuer))
        session.reading.verdict = {Authenticity::not_verifiable, "the signer is of another country than the document"};
    return {};
}

awaitable<Result<void>> check_chip(Session& session) {
    session.tell(ReadStep::copy_check);
    auto verdict = co_await check_copy(session.passport, {session.file(dg1), session.file(dg14), session.file(dg15)}, session.random, session.limit);
    if (verdict && verdict->check == CopyCheck::copied) co_return forged("a copied chip: " + verdict->why);
    if (verdict) {
        session.reading.copy = *std::move(verdict);
        co_return Result<void>{};
    }
    if (!only_this_file(verdict.error())) co_return std::unexpected(verdict.error());
    session.reading.notes.push_back(verdict.error().detail);
    session.reading.copy.why = verdict.error().detail;
    co_return Result<void>{};
}

awaitable<Result<Portrait>> read_portrait(Session& session) {
    session.tell(ReadStep::portrait);
    const auto got = co_await fetch(session, dg2);
    if (!got) co_return std::unexpected(got.error());
    co_return parse_dg2(session.file(dg2));
}

awaitable<Result<void>> read_all(Session& session, const AccessKey& key) {
    if (auto done = co_await open(session, key); !done) co_return done;
    if (auto done = co_await find_out_what_is_there(session); !done) co_return done;
    if (auto done = co_await read_zone(session); !done) co_return done;
    auto portrait = co_await read_portrait(session);
    if (!portrait) co_return std::unexpected(portrait.error());
    if (auto done = co_await read_details(session); !done) co_return done;
    if (auto done = check_signature(session); !done) co_return done;
    if (auto done = co_await check_chip(session); !done) co_return done;
    auto document = to_document(session.reading);
    if (!document) co_return std::unexpected(document.error());
    document->portrait_format = portrait->format == PictureFormat::jpeg ? PortraitFormat::jpeg : PortraitFormat::jpeg2000;
    document->portrait = std::move(portrait->picture);
    session.reading.document = *std::move(document);
    co_return Result<void>{};
}
}  // namespace

std::string_view name_of(ReadStep step) {
    constexpr std::array<std::string_view, 6> words{"opening", "data", "portrait", "details", "authenticity", "copy_check"};
    return words[static_cast<std::size_t>(step)];
}

awaitable<Result<Reading>> read_document(CardReader& reader, Random& random, const AccessKey& key, const TrustStore& trust, std::chrono::year_month_day today, ReadLimits limits,
                                         ReadProgress progress) {
    Session session{reader, random, trust, today, limits.command, std::move(progress)};
    const auto done = co_await read_all(session, key);
    if (!done) co_return std::unexpected(done.error());
    co_return std::move(session.reading);
}

}  // namespace drivers::emrtd
