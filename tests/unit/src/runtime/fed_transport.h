// A transport for a whole Runtime: lists answer with what the test has set, watches wait for what
// it feeds, and the other requests go to a function of the test's.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "src/base/clock.h"
#include "src/http/model/transport.h"
#include "src/http/model/url.h"

namespace labgallery {

/// Thread-safe. `plural` is the last part of a collection's path.
class FedTransport final : public http::HttpTransport {
 public:
  explicit FedTransport(Clock& clock) : clock_(clock) {}

  void SetList(const std::string& plural, std::string body) {
    std::lock_guard guard(mutex_);
    lists_[plural] = std::move(body);
    clock_.Notify(changed_);
  }
  void Feed(const std::string& plural, std::string lines) {
    std::lock_guard guard(mutex_);
    fed_[plural].push_back(std::move(lines));
    clock_.Notify(changed_);
  }
  /// Before any request: what answers requests that are neither list nor watch.
  std::function<http::Response(const http::Request&)> on_object;

  /// A list waits until there is one.
  Result<http::Response> Send(const http::Request& request,
                              const http::CallOptions& options) override {
    const std::string plural = Plural(request);
    std::unique_lock lock(mutex_);
    if (request.method != http::Method::kGet || !plurals_.contains(plural)) {
      lock.unlock();
      return on_object(request);
    }
    while (!lists_.contains(plural) && !options.stop.stop_requested()) {
      clock_.Wait(lock, changed_, kNever, options.stop);
    }
    if (options.stop.stop_requested()) return Cancelled();
    return http::JsonResponse(200, lists_.at(plural));
  }

  Result<http::StreamResponse> Open(const http::Request& request,
                                    const http::CallOptions&) override {
    http::BodyReader body = [this, plural = Plural(request)](
                                const std::stop_token& stop) -> Result<std::optional<std::string>> {
      std::unique_lock lock(mutex_);
      auto& fed = fed_[plural];
      while (fed.empty() && !stop.stop_requested()) clock_.Wait(lock, changed_, kNever, stop);
      if (stop.stop_requested()) return Cancelled();
      std::string lines = std::move(fed.front());
      fed.pop_front();
      return std::optional(std::move(lines));
    };
    return http::StreamResponse{200, {}, std::move(body)};
  }

 private:
  static std::string Plural(const http::Request& request) {
    const std::string path = http::ParseUrl(request.url)->path;
    return path.substr(path.rfind('/') + 1);
  }

  const std::set<std::string> plurals_{"widgets", "namespaces"};
  Clock& clock_;
  std::mutex mutex_;
  Signal changed_;
  std::map<std::string, std::string> lists_;            // guarded by mutex_
  std::map<std::string, std::deque<std::string>> fed_;  // guarded by mutex_
};

}  // namespace labgallery
