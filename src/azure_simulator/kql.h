// The part of Kusto's query language that inventories are asked in: one table, then where, project,
// order by id, take. Everything else is refused by name rather than answered wrongly.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/azure_simulator/arm_answer.h"
#include "src/json/value.h"

namespace labgallery::azure_simulator {

/// tags['x'] is {"tags", "x"}; `lower` where tolower() is around it.
struct KqlField {
  std::vector<std::string> path;
  bool lower = false;
};

struct KqlCondition {
  enum class Kind { kAnd, kOr, kNot, kEquals, kIn, kContains, kStartsWith, kIsEmpty };
  Kind kind = Kind::kAnd;
  std::vector<KqlCondition> parts;  // of and, or, not
  KqlField field;
  std::vector<std::string> values;
  bool ignore_case = false;
};

struct KqlColumn {
  std::string name;
  KqlField field;
};

struct KqlQuery {
  std::string table;
  std::vector<KqlCondition> conditions;  // all have to hold
  std::vector<KqlColumn> columns;        // empty: all
  std::optional<std::size_t> take;
};

/// 400 for what is no query, 501 for what the simulator does not know.
Outcome<KqlQuery> ParseKql(std::string_view text);

/// What conditions are asked of: gives a field's value by its path, null if there is none.
using KqlRow = std::function<json::Value(const std::vector<std::string>& path)>;

bool Holds(const KqlCondition& condition, const KqlRow& row);

/// The values that a row's `field` has to be among because of conditions that all have to hold,
/// lower case; nothing if it may be any.
std::optional<std::vector<std::string>> RequiredValues(const KqlQuery& query,
                                                       std::string_view field);

}  // namespace labgallery::azure_simulator
