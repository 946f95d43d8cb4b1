// Text laid out for a screen: widths in characters, colours that can be left out, tables. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace labgallery::cli {

/// How many columns a UTF-8 text takes, where every character takes one.
std::size_t Width(std::string_view text);
/// At most so many columns; what is cut off is replaced by one "…".
std::string Fit(std::string_view text, std::size_t columns);
/// Filled up with blanks.
std::string Pad(std::string_view text, std::size_t columns);
/// Line breaks and control characters become blanks: what comes from outside may not steer the
/// terminal.
std::string OneLine(std::string_view text);

enum class Colour { kNone, kGreen, kYellow, kRed, kFaint };
/// The text in that colour; as it is for kNone.
std::string Coloured(std::string_view text, Colour colour);

/// Rows with aligned columns, two blanks between them; the first row is the heading. The last
/// column is not filled up.
std::vector<std::string> Aligned(const std::vector<std::vector<std::string>>& rows);

}  // namespace labgallery::cli
