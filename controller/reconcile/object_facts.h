// What metrics count of an object's status: a few members of it, read without making a tree,
// because every scrape looks at every object. The fields are those of the CRDs.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace labgallery::reconcile {

/// Views into the text that it was read from.
struct ObjectFacts {
  struct Condition {
    std::string_view type;
    std::string_view status;
    std::string_view reason;
    std::string_view transition_time;
  };
  struct Region {
    std::string_view name;
    std::string_view state;
  };
  struct Regions {
    double target = 0;
    double completed = 0;
    double failed = 0;
  };
  struct Images {
    double total = 0;
    double enabled = 0;
  };
  struct Cost {
    double monthly = 0;
    double one_time = 0;
    std::string_view currency;
    std::string_view basis;
  };

  std::vector<Condition> conditions;
  std::vector<Region> regions;
  std::optional<Regions> region_counts;
  std::optional<Images> image_counts;
  std::optional<Cost> cost;  // not where there is no price

  /// Null if it has none of that type.
  const Condition* Find(std::string_view type) const;
};

/// Of a status as JSON text. What is not there, or not as the CRD has it, is left out.
ObjectFacts ReadFacts(std::string_view status);

}  // namespace labgallery::reconcile
