// What the replicas of an image cost: each replica is billed by the month like a snapshot of the
// occupied size, and the first copy to each further region is a transfer from the source region.
// Pure arithmetic on a price table (prices.h); which replicas there are comes from
// image/target_regions.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/domain/prices.h"
#include "src/json/value.h"

namespace labgallery::domain {

/// Replicas of one storage type in one region; a region may have several of these.
struct ReplicaSet {
  std::string region;  // programmatic
  std::string storage_account_type;
  std::int64_t replicas = 1;

  friend bool operator==(const ReplicaSet&, const ReplicaSet&) = default;
};

/// Bytes, because Azure's sizes and a user's are in different gigabytes.
struct ImageSize {
  std::int64_t bytes = 0;
  bool occupied = false;  // false: the provisioned size, which is an upper bound

  static ImageSize OccupiedGiB(std::int64_t gib);
  /// The sum of `sizeInGB` over a version's disks.
  static ImageSize ProvisionedGB(std::int64_t gb);
  friend bool operator==(const ImageSize&, const ImageSize&) = default;
};

struct CostInput {
  std::string source_region;
  std::vector<ReplicaSet> replicas;
  std::optional<ImageSize> size;  // nothing: neither the spec nor a disk says
  bool shallow = false;           // replicationMode Shallow: one copy, whatever the replica counts
  std::map<std::string, std::string> geography_of;  // by region
};

enum class CostBasis { kOccupied, kUpperBound, kNoPrice };

/// "occupiedSize", "upperBound", "noPrice".
std::string_view Name(CostBasis basis);

struct Cost {
  CostBasis basis = CostBasis::kOccupied;
  std::string currency;
  std::optional<Micros> monthly;     // nothing with kNoPrice
  std::optional<Micros> one_time;    // nothing with kNoPrice
  std::vector<std::string> missing;  // "PremiumV2_LRS in westeurope": for the condition's message

  friend bool operator==(const Cost&, const Cost&) = default;
};

/// The cost of one version. A price or a size that is missing takes both amounts away: a partial
/// sum would be read as the whole.
Cost VersionCost(const CostInput& input, const PriceTable& prices);

/// The sum over versions of an image, or images of a gallery. It is only as good as its weakest
/// part: upperBound if one is, noPrice without amounts if one has none. Nothing if there are no
/// parts.
std::optional<Cost> SumOfCosts(const std::vector<Cost>& parts);

/// `{monthly, oneTime, currency, basis}` as status shows it.
json::Value ToJson(const Cost& cost);
/// Reads that back, without `missing`; nothing if it is no cost.
std::optional<Cost> ReadCost(const json::Value& value);

}  // namespace labgallery::domain
