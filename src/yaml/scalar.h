// What a plain (unquoted) YAML scalar means, and which ones are refused because readers disagree
// about them. One table for reading and for deciding what must be quoted in writing.
#pragma once

#include <string>
#include <string_view>

#include "src/json/value.h"

namespace labgallery::yaml {

struct Scalar {
  json::Value value;
  std::string reason;  // why it is refused; empty when it is not
  std::string remedy;
};

Scalar ReadPlainScalar(std::string_view text);

/// The same with its tag: "?" for a plain scalar and "!" for a quoted one, as yaml-cpp reports
/// them, or the tag that was written.
Scalar ReadScalar(std::string_view tag, std::string_view text);

/// Only whether the tag of a mapping ("map") or sequence ("seq") is one to refuse.
Scalar ReadCollectionTag(std::string_view tag, std::string_view type);

}  // namespace labgallery::yaml
