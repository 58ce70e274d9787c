// What the files say: the list of data groups, the machine readable zone, the holder's portrait (ICAO 9303-10; ISO 19794-5 in
// a CBEFF template). Pure. Pictures are handed on as JPEG or JPEG 2000 bytes; their pixels are somebody else's work.
#pragma once
#include "drivers/bytes.hpp"
#include "drivers/fault.hpp"

namespace drivers::emrtd {

/// EF.COM. It is not signed: good for knowing what to ask for, never for what to believe.
struct FileList {
    std::string lds_version;  ///< four digits, "0107"
    Bytes tags;               ///< 61 DG1, 75 DG2, ...
};
/// document_unreadable for anything else than the standard's objects.
[[nodiscard]] Result<FileList> parse_com(View file);

/// The MRZ without line ends: 90 (TD1), 72 (TD2) or 88 (TD3) characters of A-Z, 0-9, '<'. Its check digits are not looked at.
[[nodiscard]] Result<std::string> parse_dg1(View file);

enum class PictureFormat { jpeg, jpeg2000 };
struct Portrait {
    PictureFormat format = PictureFormat::jpeg;
    int width = 0, height = 0;  ///< as the record says, in pixels; 0 when it does not
    Bytes picture;
};
/// Templates, faces and feature points that one file may have.
inline constexpr int max_templates = 9, max_faces = 4, max_feature_points = 64;
/// The first face of the first template. document_unreadable for a container that is damaged or holds something that is no JPEG;
/// document_not_supported for the ISO 39794-5 encoding (7F2E).
[[nodiscard]] Result<Portrait> parse_dg2(View file);

}  // namespace drivers::emrtd
