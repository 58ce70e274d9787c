// The face on a document as a member of staff compares it with the person: the picture of a passport's chip, or what a vendor's decoder made of a resident card's.
#pragma once
#include "drivers/bytes.hpp"

namespace camera {

inline constexpr std::size_t max_document_face_bytes = 65'536;
inline constexpr std::int64_t max_document_face_edge = 2'000;  ///< pixels
inline constexpr int shown_face_height = 480;                  ///< pixels, of what comes out

/// JPEG or BMP in, a baseline JPEG of our own out. Empty for everything else, for larger ones and for damaged ones. JPEG 2000 is not opened here: its
/// decoder is large, and the bytes come from a chip that may be anybody's.
[[nodiscard]] drivers::Bytes show_document_face(drivers::View picture);

}  // namespace camera
