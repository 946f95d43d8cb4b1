// Label selectors as kubectl and the API write them, pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/result.h"

namespace labgallery::kube {

using Labels = std::map<std::string, std::string>;

/// One condition of a selector. Equality is "in" with one value.
struct Requirement {
  enum class Operator { kIn, kNotIn, kExists, kDoesNotExist };
  std::string key;
  Operator op = Operator::kIn;
  std::vector<std::string> values;

  friend bool operator==(const Requirement&, const Requirement&) = default;
};

/// "key=value", "key==value", "key!=value"; nothing if there is no equals sign.
std::optional<Requirement> ParseEquality(std::string_view piece);

/// `value`: of the requirement's key; null if it is not there.
bool Holds(const Requirement& requirement, const std::string* value);

using LabelSelector = std::vector<Requirement>;

/// 'a=b,c!=d,e in (x,y),f notin (z),g,!h'; an empty text selects everything. kInvalidInput if it is
/// none, or if a key or value can be none of a label's.
Result<LabelSelector> ParseLabelSelector(std::string_view text);

/// True if all requirements hold.
bool Matches(const LabelSelector& selector, const Labels& labels);

}  // namespace labgallery::kube
