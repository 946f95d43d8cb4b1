#include "controller/domain/prices.h"

#include <charconv>

#include "src/azure/model/region.h"
#include "src/json/reader.h"

namespace labgallery::domain {
namespace {

constexpr Micros kUnit = 1'000'000;
constexpr std::size_t kDecimals = 6;
// Keeps price x size within 64 bits for every size that Azure allows.
constexpr Micros kHighestPrice = 1'000 * kUnit;

template <typename Map>
const typename Map::mapped_type* Lookup(const Map& map, std::string_view key) {
  const auto found = map.find(std::string(key));
  return found == map.end() ? nullptr : &found->second;
}

Micros ReadPrice(const json::Reader& reader, std::string_view key) {
  const std::string text = reader.String(key);
  const auto amount = ParseAmount(text);
  if (amount && *amount <= kHighestPrice) return *amount;
  if (reader.Has(key))
    reader.Problem(key, R"(expected a price such as "0.05", got ")" + text + "\"");
  return 0;
}

// The names of the members of an object: the typed reader follows names that it is given.
std::vector<std::string> Members(const json::Reader& reader) {
  std::vector<std::string> names;
  if (!reader.Present()) return names;
  for (const auto& [name, value] : *reader.value()->AsObject()) names.push_back(name);
  return names;
}

StoragePrice ReadStorage(const json::Reader& reader) {
  StoragePrice price;
  if (reader.Has("default")) price.everywhere = ReadPrice(reader, "default");
  const json::Reader regions = reader.Object("regions");
  for (const std::string& region : Members(regions)) {
    price.by_region.emplace(azure::Region(region).name(), ReadPrice(regions, region));
  }
  return price;
}

}  // namespace

std::optional<Micros> PriceTable::Storage(std::string_view type, std::string_view region) const {
  const StoragePrice* price = Lookup(storage, type);
  if (price == nullptr) return std::nullopt;
  const Micros* special = Lookup(price->by_region, region);
  return special == nullptr ? price->everywhere : *special;
}

std::optional<Micros> PriceTable::Transfer(const Place& from, const Place& to) const {
  const std::string* here = Lookup(continent_of, from.geography);
  const TransferPrice* price = Lookup(transfer_from, from.region);
  if (price == nullptr && here != nullptr) price = Lookup(transfer, *here);
  if (here == nullptr || price == nullptr) return std::nullopt;
  // Two regions of one geography are on one continent whatever its name.
  if (from.geography == to.geography) return price->within_continent;
  const std::string* there = Lookup(continent_of, to.geography);
  if (there == nullptr) return std::nullopt;
  return *here == *there ? price->within_continent : price->between_continents;
}

Result<PriceTable> ReadPriceTable(const json::Value& document) {
  json::Problems problems;
  const json::Reader reader(document, problems);
  PriceTable table;
  table.currency = reader.String("currency");
  table.source = reader.StringOr("source", "");
  const json::Reader storage = reader.Object("storage");
  if (!storage.Present()) reader.Problem("storage", "is required");
  for (const std::string& type : Members(storage)) {
    table.storage.emplace(type, ReadStorage(storage.Object(type)));
  }
  const json::Reader transfer = reader.Object("transfer");
  for (const std::string& continent : Members(transfer)) {
    const json::Reader price = transfer.Object(continent);
    table.transfer.emplace(
        continent, TransferPrice{.within_continent = ReadPrice(price, "withinContinent"),
                                 .between_continents = ReadPrice(price, "betweenContinents")});
    for (const std::string& geography : price.Strings("geographies")) {
      if (!table.continent_of.emplace(geography, continent).second) {
        price.Problem("geographies", geography + " is on two continents");
      }
    }
  }
  LAB_RETURN_IF_ERROR(problems.ToStatus());
  return table;
}

std::string AmountText(Micros amount) {
  constexpr Micros kCent = kUnit / 100;
  const Micros cents = (amount + kCent / 2) / kCent;
  const std::string decimals = std::to_string(cents % 100);
  return std::to_string(cents / 100) + (decimals.size() < 2 ? ".0" : ".") + decimals;
}

std::optional<Micros> ParseAmount(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  std::string_view decimals = point == std::string_view::npos ? "" : text.substr(point + 1);
  if (decimals.size() > kDecimals || (point != std::string_view::npos && decimals.empty())) {
    return std::nullopt;
  }
  const std::string digits =
      std::string(whole) + std::string(decimals) + std::string(kDecimals - decimals.size(), '0');
  if (whole.empty() || digits.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  Micros amount = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), amount);
  if (error != std::errc()) return std::nullopt;
  return amount;
}

}  // namespace labgallery::domain
