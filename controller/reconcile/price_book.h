// The prices that costs are computed with: Azure's public list, read once a day, over the shipped
// table, which stays where the list cannot be had. Nobody waits for it: a pass takes what there is.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

#include "controller/domain/prices.h"
#include "controller/domain/retail_prices.h"
#include "src/base/clock.h"
#include "src/base/result.h"
#include "src/http/model/transport.h"
#include "src/telemetry/log.h"

namespace labgallery::reconcile {

struct PriceBookOptions {
  http::HttpTransport* transport = nullptr;  // null: no list is read
  std::string origin;                        // "https://prices.azure.com"; empty: none
  std::string currency = "USD";
  Duration period = std::chrono::hours(24);
  Duration after_failure = std::chrono::hours(1);
};

/// Thread-safe.
class PriceBook {
 public:
  PriceBook(Clock& clock, const telemetry::Logger& log, domain::PriceTable shipped,
            PriceBookOptions options);

  /// Never null; never blocks.
  std::shared_ptr<const domain::PriceTable> Now() const;
  /// Reads the list and tells from then on what it says; blocks for some requests.
  Status Refresh(const std::stop_token& stop);
  /// Reads it at once and then once a period, until stopped.
  void Follow(const std::stop_token& stop);
  bool has_list() const { return options_.transport != nullptr && !options_.origin.empty(); }

 private:
  Status ReadList(const std::string& filter, domain::RetailPrices& prices,
                  const std::stop_token& stop) const;

  Clock& clock_;
  const telemetry::Logger& log_;
  const domain::PriceTable shipped_;
  const PriceBookOptions options_;
  mutable std::mutex mutex_;
  std::shared_ptr<const domain::PriceTable> now_;  // guarded by mutex_
};

}  // namespace labgallery::reconcile
