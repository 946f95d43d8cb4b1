// Azure's public price list (Retail Prices API, learn.microsoft.com rest/api/cost-management): what
// to ask it, and what its rows mean for the table that costs are computed with (prices.h). Pure;
// who asks is controller/reconcile/price_book.h.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "controller/domain/prices.h"
#include "src/json/value.h"

namespace labgallery::domain {

/// The OData filters of all that is asked, one list each. Values are compared with case there.
std::vector<std::string> RetailPriceFilters();

class RetailPrices {
 public:
  explicit RetailPrices(std::string currency) : currency_(std::move(currency)) {}

  /// Takes in one row of an answer's Items; rows of other meters, of further tiers and of other
  /// currencies are passed over.
  void Add(const json::Value& row);
  bool empty() const { return storage_.empty(); }

  /// `shipped` with these prices in it. Where its currency is another one, only its geography is
  /// used: what the list does not have, has no price then. `source` says where they are from.
  PriceTable Over(const PriceTable& shipped, std::string source) const;

 private:
  std::string currency_;
  std::map<std::string, std::map<std::string, Micros>> storage_;  // by type, then region
  std::map<std::string, Micros> within_;                          // transfer, by source region
  std::map<std::string, Micros> between_;
};

}  // namespace labgallery::domain
