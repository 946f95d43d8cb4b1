// JSON text to values and back. parse.cc is where nlohmann_json does the work.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "src/base/result.h"
#include "src/json/value.h"

namespace labgallery::json {

struct ParseLimits {
  std::size_t max_depth = 64;  // deeper nesting is refused: recursion over it must be safe
  std::size_t max_bytes = 64UL << 20U;
};

/// The value that `text` spells. Integers that do not fit 64 bits become numbers. kInvalidInput
/// with the byte position if it is not JSON, is over a limit, or repeats a key in one object.
Result<Value> Parse(std::string_view text, const ParseLimits& limits = {});

/// One line without blanks, members sorted, raw UTF-8 (bytes that are not UTF-8 are replaced).
std::string Dump(const Value& value);

/// The same over several lines, indented by two blanks, with a line feed at the end.
std::string DumpPretty(const Value& value);

}  // namespace labgallery::json
