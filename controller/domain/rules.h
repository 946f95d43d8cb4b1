// The brain: one ordered table of rules, shared by the three kinds. Evaluated top to bottom, the
// first match wins; the rules of a part look at the first part that is not done. Pure.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "controller/domain/plan.h"
#include "controller/domain/situation.h"

namespace labgallery::domain {

/// Whether a rule can decide before anything was read from Azure.
enum class Look { kNotNeeded, kNeeded };

struct Rule {
  std::string_view name;
  Look look;
  std::optional<Plan> (*applies)(const Situation&);
};

/// In their order.
std::span<const Rule> Rules();

struct Decision {
  std::string_view rule;
  Plan plan;
};

/// The first rule that applies; the last one always does.
Decision NextStep(const Situation& situation);

/// The decision that needs no look at Azure (gone, paused, refused spec, no credential), or
/// nothing. The situation is one in which nothing was read.
std::optional<Decision> DecideWithoutLooking(const Situation& situation);

/// True if adopting the untagged resource of this situation would change or remove anything.
bool AdoptionWouldChange(const Situation& situation);

}  // namespace labgallery::domain
