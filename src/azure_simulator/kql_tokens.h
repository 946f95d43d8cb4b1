// Words of a query.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/azure_simulator/arm_answer.h"

namespace labgallery::azure_simulator {

struct KqlToken {
  enum class Kind { kWord, kText, kSymbol, kEnd };
  Kind kind = Kind::kEnd;
  std::string text;  // of a kText without its quotes
};

/// The words, with a kEnd after the last. Operators such as "in~" and "!=" are one symbol each.
Outcome<std::vector<KqlToken>> KqlTokens(std::string_view text);

}  // namespace labgallery::azure_simulator
