#include "src/azure/client/resource_graph.h"

#include <algorithm>
#include <set>
#include <utility>

#include "src/azure/model/paging.h"
#include "src/azure/model/rate_headers.h"

namespace labgallery::azure {
namespace {

using std::chrono::milliseconds;

constexpr int kMostPages = 10000;
// Azure counts queries in windows of this length.
constexpr milliseconds kQuotaWindow{5000};

json::Value RequestBody(const GraphQuery& query, const std::string& skip_token) {
  json::Value::Array subscriptions(query.subscriptions.begin(), query.subscriptions.end());
  json::Value options;
  options.Set("$top", query.page_size);
  options.Set("resultFormat", "objectArray");
  if (!skip_token.empty()) options.Set("$skipToken", skip_token);
  json::Value body;
  body.Set("subscriptions", std::move(subscriptions));
  body.Set("query", query.text);
  body.Set("options", std::move(options));
  return body;
}

// Rows as objects, also from the tabular form {columns: [{name}], rows: [[...]]}.
Result<json::Value::Array> RowsOf(json::Value& body) {
  json::Value* data = body.Find("data");
  if (data != nullptr && data->IsArray()) return std::move(data->MakeArray());
  const json::Value* columns = data == nullptr ? nullptr : data->Find("columns");
  const json::Value* rows = data == nullptr ? nullptr : data->Find("rows");
  if (columns == nullptr || rows == nullptr || !columns->IsArray() || !rows->IsArray()) {
    return ProtocolError("the answer of Resource Graph holds no rows");
  }
  json::Value::Array objects;
  for (const json::Value& row : *rows->AsArray()) {
    json::Value object;
    const json::Value::Array cells = row.IsArray() ? *row.AsArray() : json::Value::Array();
    const std::size_t count = std::min(cells.size(), columns->AsArray()->size());
    for (std::size_t i = 0; i < count; ++i) {
      object.Set(columns->AsArray()->at(i).Text({"name"}), cells[i]);
    }
    objects.push_back(std::move(object));
  }
  return objects;
}

// Documented as the text "true"; a boolean would mean the same.
bool IsTruncated(const json::Value& body) {
  const json::Value* flag = body.Find("resultTruncated");
  if (flag == nullptr) return false;
  return flag->AsBoolean() != nullptr ? *flag->AsBoolean()
                                      : body.Text({"resultTruncated"}) == "true";
}

}  // namespace

bool IsGraphUnavailable(const Error& error) {
  return error.http_status == 404 || error.http_status == 405 || error.http_status == 422 ||
         error.http_status == 501;
}

Result<GraphEnd> ResourceGraph::Rows(const GraphQuery& query, const TakeRows& take,
                                     const std::stop_token& stop) {
  const Call call{.path = "/providers/Microsoft.ResourceGraph/resources",
                  .api_version = api_version_,
                  .urgency = Urgency::kBulk,
                  .stop = stop};
  ListCollector collector;
  std::set<std::string> followed;
  std::string skip_token;
  SteadyTime patience_ends{};  // the first page waits for nothing
  for (int number = 0; number < kMostPages; ++number) {
    LAB_ASSIGN_OR_RETURN(json::Value body,
                         Page(call, RequestBody(query, skip_token), patience_ends));
    LAB_ASSIGN_OR_RETURN(json::Value::Array rows, RowsOf(body));
    skip_token = body.Text({"$skipToken"});
    const bool cut = IsTruncated(body);
    body = {};
    collector.Add(std::move(rows));
    take(collector.Take());
    if (skip_token.empty()) return cut ? GraphEnd::kCut : GraphEnd::kComplete;
    if (!followed.insert(skip_token).second) break;
    if (number == 0) patience_ends = clock_.SteadyNow() + client_.options().page_patience;
  }
  return ProtocolError("the pages of Resource Graph do not end");
}

// One page. From the second on a short wait is better than losing the pages before it.
Result<json::Value> ResourceGraph::Page(const Call& call, const json::Value& request,
                                        SteadyTime patience_ends) {
  while (true) {
    auto answer = QuotaLeft();
    Result<Answer> got = answer ? client_.Query(call, request) : Result<Answer>(answer.error());
    if (got) {
      Learn(got->headers);
      return std::move(got->body);
    }
    Error error = std::move(got).error();
    const SteadyTime again = clock_.SteadyNow() + error.retry_after.value_or(kQuotaWindow);
    if (error.kind != ErrorKind::kThrottled || again > patience_ends) return error;
    if (!clock_.SleepUntil(again, call.stop)) return Cancelled();
  }
}

Status ResourceGraph::QuotaLeft() {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = clock_.SteadyNow();
  if (quota_back_ <= now) return Ok();
  Error error;
  error.kind = ErrorKind::kThrottled;
  error.message = "not sent: the quota of Resource Graph queries is used up";
  error.retry_after = std::chrono::ceil<milliseconds>(quota_back_ - now);
  return error;
}

void ResourceGraph::CloseUntil(Duration from_now) {
  const std::lock_guard lock(mutex_);
  quota_back_ = std::max(quota_back_, clock_.SteadyNow() + from_now);
}

void ResourceGraph::Learn(const http::Headers& headers) {
  const RateHeaders read = ReadRateHeaders(headers);
  if (!read.user_quota_remaining || *read.user_quota_remaining >= 1) return;
  CloseUntil(read.user_quota_resets_after.value_or(kQuotaWindow));
}

}  // namespace labgallery::azure
