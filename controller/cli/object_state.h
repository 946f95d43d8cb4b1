// What a person sees of one object: how it stands, what it says, how far each region is. Read from
// its status; nothing here draws.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/json/value.h"
#include "src/kube/model/object.h"
#include "src/runtime/key.h"

namespace labgallery::cli {

struct RegionState {
  std::string name;
  std::string state;          // "Replicating", ...
  std::int64_t progress = 0;  // percent

  friend bool operator==(const RegionState&, const RegionState&) = default;
};

struct ObjectState {
  runtime::Key key;
  std::string kind;
  bool deleting = false;
  bool current = false;  // the status is about the spec as it is now
  std::optional<kube::ConditionStatus> ready;
  std::string reason;
  std::string message;
  std::string replicated;  // "3/6"; empty for what is not replicated
  std::vector<RegionState> regions;
  std::string details;  // "version 1.0.0, regions 3/6"
  std::string cost;     // "12.34 EUR/month"; empty while it is not known

  /// True as of this very spec, and meant to stay.
  bool IsReady() const { return current && !deleting && ready == kube::ConditionStatus::kTrue; }
  /// "labs/teaching"
  std::string Name() const { return key.object.ToString(); }

  friend bool operator==(const ObjectState&, const ObjectState&) = default;
};

using ObjectStatePtr = std::shared_ptr<const ObjectState>;

struct ObjectFacts {
  runtime::Key key;
  std::string kind;
  std::int64_t generation = 0;
  bool deleting = false;
};

/// A status without conditions gives a state that says so: nothing is known yet.
ObjectState ReadObjectState(const ObjectFacts& facts, const json::Value& status);

}  // namespace labgallery::cli
