#include "controller/reconcile/object_facts.h"

#include <charconv>
#include <system_error>

#include "src/json/cursor.h"

namespace labgallery::reconcile {
namespace {

using json::Cursor;

/// Calls `read(name)` before the value of each member, which it must take from the cursor.
template <typename Read>
void ForMembers(Cursor& cursor, Read read) {
  if (!cursor.EnterObject()) return;
  while (const auto name = cursor.NextMember()) read(*name);
}

template <typename Read>
void ForItems(Cursor& cursor, Read read) {
  if (!cursor.EnterArray()) return;
  while (cursor.NextItem()) read();
}

std::string_view TextOrNone(Cursor& cursor) { return cursor.Text().value_or(std::string_view()); }

ObjectFacts::Condition ReadCondition(Cursor& cursor) {
  ObjectFacts::Condition condition;
  ForMembers(cursor, [&](std::string_view name) {
    if (name == "type") {
      condition.type = TextOrNone(cursor);
    } else if (name == "status") {
      condition.status = TextOrNone(cursor);
    } else if (name == "reason") {
      condition.reason = TextOrNone(cursor);
    } else if (name == "lastTransitionTime") {
      condition.transition_time = TextOrNone(cursor);
    } else {
      cursor.Skip();
    }
  });
  return condition;
}

ObjectFacts::Region ReadRegion(Cursor& cursor) {
  ObjectFacts::Region region;
  ForMembers(cursor, [&](std::string_view name) {
    if (name == "name") {
      region.name = TextOrNone(cursor);
    } else if (name == "state") {
      region.state = TextOrNone(cursor);
    } else {
      cursor.Skip();
    }
  });
  return region;
}

ObjectFacts::Regions ReadRegionCounts(Cursor& cursor) {
  ObjectFacts::Regions counts;
  ForMembers(cursor, [&](std::string_view name) {
    const double value = cursor.Number().value_or(0);
    if (name == "target") counts.target = value;
    if (name == "completed") counts.completed = value;
    if (name == "failed") counts.failed = value;
  });
  return counts;
}

ObjectFacts::Images ReadImageCounts(Cursor& cursor) {
  ObjectFacts::Images counts;
  ForMembers(cursor, [&](std::string_view name) {
    const double value = cursor.Number().value_or(0);
    if (name == "total") counts.total = value;
    if (name == "enabled") counts.enabled = value;
  });
  return counts;
}

std::optional<double> Amount(std::string_view text) {
  double amount = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return amount;
}

std::optional<ObjectFacts::Cost> ReadCost(Cursor& cursor) {
  ObjectFacts::Cost cost;
  std::optional<double> monthly;
  ForMembers(cursor, [&](std::string_view name) {
    const std::string_view value = TextOrNone(cursor);
    if (name == "monthly") monthly = Amount(value);
    if (name == "oneTime") cost.one_time = Amount(value).value_or(0);
    if (name == "currency") cost.currency = value;
    if (name == "basis") cost.basis = value;
  });
  if (!monthly) return std::nullopt;
  cost.monthly = *monthly;
  return cost;
}

}  // namespace

const ObjectFacts::Condition* ObjectFacts::Find(std::string_view type) const {
  for (const Condition& condition : conditions) {
    if (condition.type == type) return &condition;
  }
  return nullptr;
}

ObjectFacts ReadFacts(std::string_view status) {
  ObjectFacts facts;
  Cursor cursor(status);
  ForMembers(cursor, [&](std::string_view name) {
    if (name == "conditions") {
      ForItems(cursor, [&] { facts.conditions.push_back(ReadCondition(cursor)); });
    } else if (name == "regions") {
      ForItems(cursor, [&] { facts.regions.push_back(ReadRegion(cursor)); });
    } else if (name == "regionCounts") {
      facts.region_counts = ReadRegionCounts(cursor);
    } else if (name == "imageCounts") {
      facts.image_counts = ReadImageCounts(cursor);
    } else if (name == "cost") {
      facts.cost = ReadCost(cursor);
    } else {
      cursor.Skip();
    }
  });
  return facts;
}

}  // namespace labgallery::reconcile
