// The price table: what a gigabyte of a replica costs a month, and what a gigabyte of transfer
// between regions costs once. One table is shipped (price_table.json, compiled in), a file can
// replace it. What is multiplied with it is in cost.h. Amounts are whole millionths of the
// currency, so that sums do not drift.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "src/base/result.h"
#include "src/json/value.h"

namespace labgallery::domain {

/// Millionths of a currency unit.
using Micros = std::int64_t;

struct StoragePrice {
  std::optional<Micros> everywhere;         // a month per GB where no region says otherwise
  std::map<std::string, Micros> by_region;  // programmatic names

  friend bool operator==(const StoragePrice&, const StoragePrice&) = default;
};

struct TransferPrice {
  Micros within_continent = 0;    // per GB
  Micros between_continents = 0;  // per GB

  friend bool operator==(const TransferPrice&, const TransferPrice&) = default;
};

struct PriceTable {
  std::string currency;
  std::string source;                           // where and when the prices were read: for a person
  std::map<std::string, StoragePrice> storage;  // by storageAccountType
  std::map<std::string, TransferPrice> transfer;       // by continent of the source
  std::map<std::string, TransferPrice> transfer_from;  // by source region, before the continent's
  std::map<std::string, std::string> continent_of;     // by Azure's geography

  /// A month of one GB of that type in that region; nothing where the table does not know.
  std::optional<Micros> Storage(std::string_view type, std::string_view region) const;

  struct Place {
    std::string_view region;  // programmatic name
    std::string_view geography;
  };
  /// One GB from one region to another; nothing where the table does not know.
  std::optional<Micros> Transfer(const Place& from, const Place& to) const;

  friend bool operator==(const PriceTable&, const PriceTable&) = default;
};

/// Reads a table of the shape of price_table.json; kInvalidInput naming everything that is wrong
/// with it.
Result<PriceTable> ReadPriceTable(const json::Value& document);

/// The text of the shipped table.
std::string_view ShippedPriceTableText();

/// "12.34": rounded half up to two decimals.
std::string AmountText(Micros amount);

/// "0.05" as 50,000; nothing if it is no decimal number of at most six decimals or is negative.
std::optional<Micros> ParseAmount(std::string_view text);

}  // namespace labgallery::domain
