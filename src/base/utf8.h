// UTF-8, byte by byte: for whoever must not pass on what is none.
#pragma once

#include <cstddef>
#include <string_view>

namespace labgallery {

/// The bytes of the well-formed character at the front (Unicode 15, table 3-7); 0 if there is none.
std::size_t Utf8Length(std::string_view text);

}  // namespace labgallery
