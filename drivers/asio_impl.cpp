// Asio's own sources, compiled once (ASIO_SEPARATE_COMPILATION) so that no other file pays for them.
#include <asio/impl/src.hpp>
