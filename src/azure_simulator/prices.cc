#include "src/azure_simulator/prices.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <vector>

#include "src/azure_simulator/catalogue.h"
#include "src/base/text.h"
#include "src/http/model/url.h"

namespace labgallery::azure_simulator {
namespace {

constexpr std::size_t kPageSize = 100;

struct Currency {
  std::string_view code;
  double per_dollar;
};
constexpr auto kCurrencies = std::to_array<Currency>(
    {{"USD", 1}, {"EUR", 0.9}, {"GBP", 0.8}, {"CHF", 0.9}, {"JPY", 150}, {"AUD", 1.5}});

struct Meter {
  std::string_view service;
  std::string_view product;
  std::string_view sku;
  std::string_view name;
  std::string_view unit;
  double dollars;
};

// Storage meters as the list itself names them; the flat tiers of disks are there too, and are no
// prices per gigabyte.
std::vector<Meter> MetersOf(const Region& region) {
  const double premium = region.name == "swedencentral" ? 0.145 : 0.132;
  double within = 0.08;
  double between = 0.08;
  if (region.group == "US" || region.group == "Europe" || region.group == "Canada" ||
      region.group == "UK") {
    within = 0.02;
    between = 0.05;
  }
  std::vector<Meter> meters{
      {"Storage", "Standard HDD Managed Disks", "Snapshots LRS", "LRS Snapshots", "1 GB/Month",
       0.05},
      {"Storage", "Premium SSD Managed Disks", "Snapshots LRS", "LRS Snapshots", "1 GB/Month",
       premium},
      {"Storage", "Standard HDD Managed Disks", "S10 LRS", "S10 LRS Disk", "1/Month", 5.89},
      {"Bandwidth", "Inter-Region", "Standard", "Intra Continent Data Transfer Out", "1 GB",
       within},
      {"Bandwidth", "Inter-Region", "Standard", "Inter Continent Data Transfer Out", "1 GB",
       between}};
  if (region.zones) {
    meters.push_back({"Storage", "Standard HDD Managed Disks", "Snapshots ZRS", "ZRS Snapshots",
                      "1 GB/Month", 0.05});
  }
  return meters;
}

json::Value RowOf(const Region& region, const Meter& meter, const Currency& currency) {
  const double price = meter.dollars * currency.per_dollar;
  json::Value row;
  row.Set("currencyCode", currency.code);
  row.Set("tierMinimumUnits", 0.0);
  row.Set("retailPrice", price);
  row.Set("unitPrice", price);
  row.Set("armRegionName", region.name);
  row.Set("location", region.display);
  row.Set("meterName", meter.name);
  row.Set("productName", meter.product);
  row.Set("skuName", meter.sku);
  row.Set("serviceName", meter.service);
  row.Set("serviceFamily", meter.service == "Storage" ? "Storage" : "Networking");
  row.Set("unitOfMeasure", meter.unit);
  row.Set("type", "Consumption");
  row.Set("isPrimaryMeterRegion", true);
  return row;
}

struct Condition {
  std::string field;
  std::string value;
  bool contains = false;
};

std::string Quoted(std::string_view text) {
  text = Trim(text);
  if (text.size() < 2 || text.front() != '\'' || text.back() != '\'') return {};
  return std::string(text.substr(1, text.size() - 2));
}

std::optional<Condition> ReadCondition(std::string_view text) {
  text = Trim(text);
  if (text.starts_with("contains(") && text.ends_with(")")) {
    text = text.substr(9, text.size() - 10);
    const std::size_t comma = text.find(',');
    if (comma == std::string_view::npos) return std::nullopt;
    return Condition{std::string(Trim(text.substr(0, comma))), Quoted(text.substr(comma + 1)),
                     true};
  }
  const std::size_t equals = text.find(" eq ");
  if (equals == std::string_view::npos) return std::nullopt;
  return Condition{std::string(Trim(text.substr(0, equals))), Quoted(text.substr(equals + 4))};
}

Outcome<std::vector<Condition>> ReadFilter(std::string_view filter) {
  std::vector<Condition> conditions;
  while (!Trim(filter).empty()) {
    const std::size_t end = std::min(filter.find(" and "), filter.size());
    auto condition = ReadCondition(filter.substr(0, end));
    if (!condition || condition->value.empty())
      return ArmError{400, "BadRequest", "Invalid OData parameters supplied", "$filter"};
    if (condition->field == "priceType") condition->field = "type";
    conditions.push_back(*std::move(condition));
    filter.remove_prefix(std::min(end + 5, filter.size()));
  }
  return conditions;
}

// With case, as the preview version of the list compares.
bool Matches(const json::Value& row, const std::vector<Condition>& conditions) {
  return std::all_of(conditions.begin(), conditions.end(), [&row](const Condition& one) {
    const std::string_view has = row.Text({one.field});
    return one.contains ? has.find(one.value) != std::string_view::npos : has == one.value;
  });
}

}  // namespace

Answer ListPrices(World& /*world*/, const Call& call) {
  const std::string query(call.query);
  const std::string code = Quoted(http::QueryValue(query, "currencyCode").value_or("'USD'"));
  const auto currency = std::find_if(kCurrencies.begin(), kCurrencies.end(),
                                     [&](const Currency& one) { return one.code == code; });
  if (currency == kCurrencies.end())
    return ArmError{400, "BadRequest", "Invalid currency code.", "currencyCode"};
  LAB_ASSIGN_OR_RETURN(const std::vector<Condition> conditions,
                       ReadFilter(http::QueryValue(query, "$filter").value_or("")));
  const std::string after = http::QueryValue(query, "$skip").value_or("0");
  std::size_t skip = 0;
  std::from_chars(after.data(), after.data() + after.size(), skip);
  json::Value::Array rows;
  for (const Region& region : Regions()) {
    if (region.kind != Region::Kind::kPhysical) continue;
    for (const Meter& meter : MetersOf(region)) {
      json::Value row = RowOf(region, meter, *currency);
      if (Matches(row, conditions)) rows.push_back(std::move(row));
    }
  }
  json::Value::Array page;
  for (std::size_t i = skip; i < rows.size() && page.size() < kPageSize; ++i)
    page.push_back(std::move(rows[i]));
  json::Value body;
  body.Set("BillingCurrency", code);
  body.Set("Count", static_cast<std::int64_t>(page.size()));
  const std::size_t next = skip + page.size();
  body.Set("Items", std::move(page));
  body.Set("NextPageLink", json::Value());
  if (next < rows.size()) {
    auto pairs = http::ParseQuery(query);
    std::erase_if(pairs, [](const auto& pair) { return pair.first == "$skip"; });
    pairs.emplace_back("$skip", std::to_string(next));
    body.Set("NextPageLink", call.base_url + "/api/retail/prices?" + http::BuildQuery(pairs));
  }
  return Json(200, body);
}

}  // namespace labgallery::azure_simulator
