#include "controller/reconcile/price_book.h"

#include <utility>

#include "src/azure/model/paging.h"
#include "src/base/time_text.h"
#include "src/http/model/url.h"
#include "src/json/parse.h"

namespace labgallery::reconcile {
namespace {

constexpr int kMostPages = 200;
constexpr std::chrono::milliseconds kTimeout{30000};
constexpr const char* kPricesVersion = "2023-01-01-preview";

}  // namespace

PriceBook::PriceBook(Clock& clock, const telemetry::Logger& log, domain::PriceTable shipped,
                     PriceBookOptions options)
    : clock_(clock),
      log_(log),
      shipped_(std::move(shipped)),
      options_(std::move(options)),
      now_(std::make_shared<const domain::PriceTable>(shipped_)) {}

std::shared_ptr<const domain::PriceTable> PriceBook::Now() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

Status PriceBook::ReadList(const std::string& filter, domain::RetailPrices& prices,
                           const std::stop_token& stop) const {
  std::string url = options_.origin + "/api/retail/prices?" +
                    http::BuildQuery({{"api-version", kPricesVersion},
                                      {"currencyCode", "'" + options_.currency + "'"},
                                      {"meterRegion", "'primary'"},
                                      {"$filter", filter}});
  for (int page = 0; page < kMostPages; ++page) {
    // No token: the list is public, and the host is not Resource Manager's.
    LAB_ASSIGN_OR_RETURN(
        const http::Response response,
        options_.transport->Send({.url = url, .headers = {{"Accept", "application/json"}}},
                                 {.timeout = kTimeout, .stop = stop}));
    if (response.status != 200)
      return Unavailable("the price list answered HTTP " + std::to_string(response.status));
    LAB_ASSIGN_OR_RETURN(const json::Value body, json::Parse(response.body));
    const json::Value* items = body.Find("Items");
    if (items == nullptr || !items->IsArray()) return ProtocolError("the price list has no Items");
    for (const json::Value& row : *items->AsArray()) prices.Add(row);
    const std::string next(body.Text({"NextPageLink"}));
    if (next.empty()) return Ok();
    LAB_ASSIGN_OR_RETURN(url, azure::FollowLink(next, options_.origin));
  }
  return ProtocolError("the pages of the price list do not end");
}

Status PriceBook::Refresh(const std::stop_token& stop) {
  domain::RetailPrices prices(options_.currency);
  for (const std::string& filter : domain::RetailPriceFilters())
    LAB_RETURN_IF_ERROR(ReadList(filter, prices, stop));
  if (prices.empty()) return NotFound("the price list has none in " + options_.currency);
  auto table = std::make_shared<const domain::PriceTable>(prices.Over(
      shipped_, "Azure Retail Prices API (" + options_.origin + "), " + Rfc3339(clock_.Now())));
  const std::lock_guard lock(mutex_);
  now_ = std::move(table);
  return Ok();
}

void PriceBook::Follow(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const Status read = Refresh(stop);
    if (stop.stop_requested()) return;
    if (read) {
      log_.Info("Prices were read", {{"currency", options_.currency}});
    } else {
      log_.Info("Prices could not be read", {{"error", read.error()}});
    }
    clock_.Sleep(read ? options_.period : options_.after_failure, stop);
  }
}

}  // namespace labgallery::reconcile
