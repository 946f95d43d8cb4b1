#include "controller/domain/retail_prices.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>

#include "src/azure/model/region.h"

namespace labgallery::domain {
namespace {

struct Meter {
  std::string_view type;  // storageAccountType
  std::string_view product;
  std::string_view sku;
};
// A replica is billed as a snapshot is.
constexpr auto kMeters = std::to_array<Meter>({
    {"Standard_LRS", "Standard HDD Managed Disks", "Snapshots LRS"},
    {"Standard_ZRS", "Standard HDD Managed Disks", "Snapshots ZRS"},
    {"Premium_LRS", "Premium SSD Managed Disks", "Snapshots LRS"},
});
constexpr std::string_view kWithin = "Intra Continent Data Transfer Out";
constexpr std::string_view kBetween = "Inter Continent Data Transfer Out";

std::optional<Micros> PriceOf(const json::Value& row) {
  const json::Value* price = row.Find("retailPrice");
  const auto amount = price == nullptr ? std::nullopt : price->AsNumber();
  if (!amount || !(*amount >= 0) || *amount > 1000) return std::nullopt;
  return static_cast<Micros>(std::llround(*amount * 1e6));
}

// The first tier of what everybody pays, told by the region that the meter belongs to.
bool Counts(const json::Value& row, std::string_view currency) {
  const json::Value* tier = row.Find("tierMinimumUnits");
  const json::Value* primary = row.Find("isPrimaryMeterRegion");
  const auto minimum = tier == nullptr ? std::nullopt : tier->AsNumber();
  const bool is_primary =
      primary == nullptr || primary->AsBoolean() == nullptr || *primary->AsBoolean();
  return minimum == 0.0 && is_primary && row.Text({"type"}) == "Consumption" &&
         row.Text({"currencyCode"}) == currency;
}

}  // namespace

std::vector<std::string> RetailPriceFilters() {
  return {
      "serviceName eq 'Storage' and priceType eq 'Consumption' and "
      "contains(skuName, 'Snapshots') and contains(productName, 'Managed Disks')",
      "serviceName eq 'Bandwidth' and priceType eq 'Consumption' and "
      "contains(meterName, 'Continent Data Transfer Out')"};
}

void RetailPrices::Add(const json::Value& row) {
  const auto price = PriceOf(row);
  const std::string region = azure::Region(row.Text({"armRegionName"})).name();
  if (!price || region.empty() || !Counts(row, currency_)) return;
  const std::string_view meter = row.Text({"meterName"});
  if (row.Text({"unitOfMeasure"}) == "1 GB/Month") {
    const auto known = std::find_if(kMeters.begin(), kMeters.end(), [&](const Meter& one) {
      return one.product == row.Text({"productName"}) && one.sku == row.Text({"skuName"});
    });
    if (known != kMeters.end()) storage_[std::string(known->type)][region] = *price;
  } else if (row.Text({"unitOfMeasure"}) == "1 GB") {
    if (meter.find(kWithin) != std::string_view::npos) within_[region] = *price;
    if (meter.find(kBetween) != std::string_view::npos) between_[region] = *price;
  }
}

PriceTable RetailPrices::Over(const PriceTable& shipped, std::string source) const {
  PriceTable table = shipped;
  if (shipped.currency != currency_) {
    table.storage.clear();
    table.transfer.clear();
  }
  table.currency = currency_;
  table.source = std::move(source);
  for (const auto& [type, regions] : storage_) {
    for (const auto& [region, price] : regions) table.storage[type].by_region[region] = price;
  }
  table.transfer_from.clear();
  for (const auto& [region, price] : within_) {
    const auto between = between_.find(region);
    if (between == between_.end()) continue;
    table.transfer_from[region] = {.within_continent = price,
                                   .between_continents = between->second};
  }
  return table;
}

}  // namespace labgallery::domain
