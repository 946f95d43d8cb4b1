// Bulk reads through Azure Resource Graph. Its answers lag behind: a row is a hint to look, a
// missing row proves nothing.
#pragma once

#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "src/azure/client/client.h"

namespace labgallery::azure {

struct GraphQuery {
  std::vector<std::string> subscriptions;
  /// KQL. Must return `id` and have no limit, or there are no further pages; sort by id.
  std::string text;
  int page_size = 1000;  // Azure's maximum
};

/// Is given the rows of one page, an object each. After a failure what was given before counts for
/// nothing.
using TakeRows = std::function<void(std::vector<json::Value> rows)>;

/// Whether these are all rows.
enum class GraphEnd {
  kComplete,
  kCut,  // by Azure, which gave no way to go on
};

/// True for the error of an endpoint that has no Resource Graph, or cannot answer this query: use
/// lists.
bool IsGraphUnavailable(const Error& error);

/// Thread-safe. Obeys the quota of the caller that Azure reports with every answer.
class ResourceGraph {
 public:
  ResourceGraph(Client& client, Clock& clock, std::string api_version = "2021-03-01")
      : client_(client), clock_(clock), api_version_(std::move(api_version)) {}

  /// All rows, page by page, since a page as trees takes ten MB; `take` is called by this thread.
  /// kThrottled with retry_after while the quota is used up.
  Result<GraphEnd> Rows(const GraphQuery& query, const TakeRows& take, const std::stop_token& stop);

 private:
  Result<json::Value> Page(const Call& call, const json::Value& request, SteadyTime patience_ends);
  Status QuotaLeft();
  void CloseUntil(Duration from_now);
  void Learn(const http::Headers& headers);

  Client& client_;
  Clock& clock_;
  const std::string api_version_;
  std::mutex mutex_;
  SteadyTime quota_back_{};  // guarded by mutex_
};

}  // namespace labgallery::azure
