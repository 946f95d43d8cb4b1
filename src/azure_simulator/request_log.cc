#include "src/azure_simulator/request_log.h"

#include <utility>

#include "src/base/time_text.h"

namespace labgallery::azure_simulator {
namespace {

constexpr std::size_t kKept = 10000;

json::Value Shown(const LoggedRequest& request) {
  json::Value shown;
  shown.Set("number", request.number);
  shown.Set("time", Rfc3339Micro(request.time));
  shown.Set("method", request.method);
  shown.Set("path", request.path);
  shown.Set("apiVersion", request.api_version);
  shown.Set("status", request.status);
  shown.Set("write", request.write);
  return shown;
}

json::Value Counts(const std::map<std::string, std::int64_t>& counts) {
  json::Value shown = json::Value::Object();
  for (const auto& [name, count] : counts) shown.Set(name, count);
  return shown;
}

}  // namespace

void RequestLog::Add(LoggedRequest request) {
  request.number = ++last_number_;
  ++total_;
  ++by_method_[request.method];
  ++by_status_[std::to_string(request.status)];
  if (request.write) ++writes_;
  if (request.not_modelled) ++not_modelled_;
  kept_.push_back(std::move(request));
  if (kept_.size() > kKept) kept_.pop_front();
}

json::Value RequestLog::ToJson(std::int64_t since, bool writes_only) const {
  json::Value shown;
  json::Value& list = shown.Set("requests", json::Value::Array());
  for (const LoggedRequest& request : kept_) {
    if (request.number > since && (request.write || !writes_only)) list.Push(Shown(request));
  }
  json::Value& counts = shown.Set("counts", json::Value::Object());
  counts.Set("total", total_);
  counts.Set("writes", writes_);
  counts.Set("reads", total_ - writes_);
  counts.Set("notModelled", not_modelled_);
  counts.Set("byMethod", Counts(by_method_));
  counts.Set("byStatus", Counts(by_status_));
  shown.Set("lastNumber", last_number_);
  return shown;
}

void RequestLog::Clear() {
  kept_.clear();
  by_method_.clear();
  by_status_.clear();
  total_ = writes_ = not_modelled_ = 0;
}

}  // namespace labgallery::azure_simulator
