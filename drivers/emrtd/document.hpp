// A passport or travel permit from its chip, whole: opened, read, its signature and its chip judged, and put into the house's IdDocument. What a
// journey calls; the rooms beneath are for who wants a part of it.
#pragma once
#include "drivers/emrtd/authenticity.hpp"
#include "drivers/emrtd/copy_check.hpp"
#include "drivers/emrtd/details.hpp"
#include "drivers/id_document.hpp"

namespace drivers::emrtd {

struct ReadLimits {
    Duration command = std::chrono::seconds{5};  ///< of the power-up and of each command; a whole reading takes 2 to 10 s, within() around it is the caller's
};

enum class ReadStep : std::uint8_t { opening, data, portrait, details, authenticity, copy_check };
[[nodiscard]] std::string_view name_of(ReadStep step);
/// Called on the loop at the beginning of each step.
using ReadProgress = std::function<void(ReadStep)>;

struct GroupSize {
    int group = 0;
    std::size_t bytes = 0;  ///< of the whole file
};

/// Personal data: whoever holds it wipes it.
struct Reading {
    IdDocument document;  ///< evidence is `chip` only when genuine
    Mrz mrz;              ///< DG1
    Access access = Access::closed;
    Verdict verdict;  ///< never forged: that is a fault
    CopyVerdict copy;  ///< never copied: likewise
    std::vector<GroupSize> groups;  ///< what was read
    HolderDetails holder;
    DocumentDetails issue;
    std::vector<std::string> notes;  ///< optional files that could not be used, and why; no personal data

    void wipe() {
        document.wipe();
        mrz.wipe();
        holder.wipe();
    }
};

/// Powers the chip up, reads it and powers it down, whatever happens. DG1 and DG2 must be there; what else is read stands in the signed list of EF.SOD (EF.COM is not
/// signed and asked only where there is no EF.SOD). `reader`, `random`, `key` and `trust` live until the end. Faults:
/// document_not_opened   the chip does not open with this key (it was typed or read wrongly)
/// document_forged       a wrong hash or signature, a copied chip, a signed key that the chip does not show; detail says which
/// document_not_supported no passport application; an ICAO card that is neither passport nor permit; a CAN without PACE
/// document_invalid      a zone on the chip that no state writes; document_unreadable for damaged files
/// and those of the reader (chip_removed, chip_reset, time_out ...).
awaitable<Result<Reading>> read_document(CardReader& reader, Random& random, const AccessKey& key, const TrustStore& trust, std::chrono::year_month_day today, ReadLimits limits,
                                         ReadProgress progress = {});

/// The house's document out of a reading whose other members are filled; the portrait is put in by read_document. document_not_supported as above.
[[nodiscard]] Result<IdDocument> to_document(const Reading& reading);

}  // namespace drivers::emrtd
