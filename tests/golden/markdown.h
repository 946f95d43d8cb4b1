// Tables as GitHub's Markdown has them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace labgallery::golden {

/// Back-quoted, fit for a cell of a table.
std::string Code(std::string_view text);

/// Text in which nothing is taken for HTML or for the end of a cell.
std::string Escaped(std::string_view text);

std::string TableHead(const std::vector<std::string>& names);
std::string TableRow(const std::vector<std::string>& cells);

}  // namespace labgallery::golden
