#include "controller/domain/cost.h"

#include <algorithm>
#include <set>

namespace labgallery::domain {
namespace {

constexpr std::int64_t kGigabyte = 1'000'000'000;
constexpr std::int64_t kGibibyte = std::int64_t{1} << 30;

// bytes x price per GB, rounded half up; split so that no intermediate leaves 64 bits.
Micros PriceOf(std::int64_t bytes, Micros per_gigabyte) {
  const Micros whole = bytes / kGigabyte * per_gigabyte;
  return whole + (bytes % kGigabyte * per_gigabyte + kGigabyte / 2) / kGigabyte;
}

void AddMissing(Cost& cost, std::string what) {
  if (std::find(cost.missing.begin(), cost.missing.end(), what) == cost.missing.end()) {
    cost.missing.push_back(std::move(what));
  }
}

std::vector<ReplicaSet> BilledReplicas(const CostInput& input) {
  if (!input.shallow) return input.replicas;
  for (const ReplicaSet& set : input.replicas) {
    if (set.region == input.source_region) return {{set.region, set.storage_account_type, 1}};
  }
  return {};
}

std::int64_t BytesOf(const CostInput& input) { return input.size ? input.size->bytes : 0; }

std::string GeographyOf(const CostInput& input, const std::string& region) {
  const auto found = input.geography_of.find(region);
  return found == input.geography_of.end() ? std::string() : found->second;
}

Micros Storage(const CostInput& input, const PriceTable& prices, Cost& cost) {
  Micros sum = 0;
  for (const ReplicaSet& set : BilledReplicas(input)) {
    if (const auto price = prices.Storage(set.storage_account_type, set.region)) {
      sum += set.replicas * PriceOf(BytesOf(input), *price);
    } else {
      AddMissing(cost, set.storage_account_type + " in " + set.region);
    }
  }
  return sum;
}

Micros Transfers(const CostInput& input, const PriceTable& prices, Cost& cost) {
  std::set<std::string> regions;
  if (!input.shallow) {
    for (const ReplicaSet& set : input.replicas) regions.insert(set.region);
  }
  regions.erase(input.source_region);
  Micros sum = 0;
  const std::string from = GeographyOf(input, input.source_region);
  const PriceTable::Place source{input.source_region, from};
  for (const std::string& region : regions) {
    const std::string geography = GeographyOf(input, region);
    if (const auto price = prices.Transfer(source, {region, geography})) {
      sum += PriceOf(BytesOf(input), *price);
    } else {
      AddMissing(cost, "transfer from " + input.source_region + " to " + region);
    }
  }
  return sum;
}

}  // namespace

ImageSize ImageSize::OccupiedGiB(std::int64_t gib) { return {gib * kGibibyte, true}; }
ImageSize ImageSize::ProvisionedGB(std::int64_t gb) { return {gb * kGigabyte, false}; }

std::string_view Name(CostBasis basis) {
  switch (basis) {
    case CostBasis::kOccupied:
      return "occupiedSize";
    case CostBasis::kUpperBound:
      return "upperBound";
    case CostBasis::kNoPrice:
      return "noPrice";
  }
  return "noPrice";
}

Cost VersionCost(const CostInput& input, const PriceTable& prices) {
  Cost cost;
  cost.currency = prices.currency;
  if (!input.size) AddMissing(cost, "the size of the image");
  const Micros monthly = Storage(input, prices, cost);
  const Micros one_time = Transfers(input, prices, cost);
  if (!cost.missing.empty()) {
    cost.basis = CostBasis::kNoPrice;
    return cost;
  }
  cost.basis = input.size->occupied ? CostBasis::kOccupied : CostBasis::kUpperBound;
  cost.monthly = monthly;
  cost.one_time = one_time;
  return cost;
}

std::optional<Cost> SumOfCosts(const std::vector<Cost>& parts) {
  if (parts.empty()) return std::nullopt;
  Cost sum;
  sum.currency = parts.front().currency;
  sum.monthly = 0;
  sum.one_time = 0;
  for (const Cost& part : parts) {
    sum.basis = std::max(sum.basis, part.basis);
    *sum.monthly += part.monthly.value_or(0);
    *sum.one_time += part.one_time.value_or(0);
    for (const std::string& what : part.missing) AddMissing(sum, what);
  }
  if (sum.basis == CostBasis::kNoPrice) sum.monthly = sum.one_time = std::nullopt;
  return sum;
}

json::Value ToJson(const Cost& cost) {
  json::Value value;
  value.Set("basis", Name(cost.basis));
  value.Set("currency", cost.currency);
  if (cost.monthly) value.Set("monthly", AmountText(*cost.monthly));
  if (cost.one_time) value.Set("oneTime", AmountText(*cost.one_time));
  return value;
}

std::optional<Cost> ReadCost(const json::Value& value) {
  Cost cost;
  const std::string_view basis = value.Text({"basis"});
  bool known = false;
  for (const CostBasis each : {CostBasis::kOccupied, CostBasis::kUpperBound, CostBasis::kNoPrice}) {
    if (Name(each) != basis) continue;
    cost.basis = each;
    known = true;
  }
  if (!known) return std::nullopt;
  cost.currency = std::string(value.Text({"currency"}));
  cost.monthly = ParseAmount(value.Text({"monthly"}));
  cost.one_time = ParseAmount(value.Text({"oneTime"}));
  return cost;
}

}  // namespace labgallery::domain
