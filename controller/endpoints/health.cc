#include "controller/endpoints/health.h"

#include <utility>
#include <vector>

#include "src/base/text.h"
#include "src/http/model/url.h"

namespace labgallery::endpoints {
namespace {

std::string Minutes(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::minutes>(duration).count()) +
         " minutes";
}

bool IsAbout(const CheckGroup& group, std::string_view path) {
  const std::string root = "/" + group.name;
  return path == root || path.starts_with(root + "/");
}

}  // namespace

Health::Health(Clock& clock, std::stop_token stop)
    : clock_(clock),
      stop_(std::move(stop)),
      live_{"livez",
            {{"workers", [this] { return WorkersTrouble(); }},
             {"watches", [this] { return WatchesTrouble(); }}}},
      healthy_{"healthz", live_.checks},
      ready_{"readyz",
             {{"caches", [this] { return CachesTrouble(); }},
              {"shutdown", [this]() -> std::optional<std::string> {
                 if (stop_.stop_requested()) return "the controller is stopping";
                 return std::nullopt;
               }}}} {}

void Health::Follow(const runtime::Runtime& runtime) {
  const std::lock_guard lock(mutex_);
  runtime_ = &runtime;
  while (watches_.size() < runtime.types()) watches_.emplace_back();
}

http::Handler Health::handler() {
  return [this](const http::Request& request) -> http::Reply { return Handle(request); };
}

http::Response Health::Handle(const http::Request& request) const {
  const auto [path, query] = http::SplitTarget(request.url);
  for (const CheckGroup* group : {&live_, &healthy_, &ready_}) {
    if (!IsAbout(*group, path)) continue;
    if (request.method == http::Method::kGet || request.method == http::Method::kHead)
      return Answer(*group, path, query);
    return {.status = 405, .headers = {{"Allow", "GET, HEAD"}}};
  }
  return {.status = 404,
          .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
          .body = "there is /livez, /readyz and /healthz\n"};
}

std::optional<std::string> Health::WorkersTrouble() {
  const std::lock_guard lock(mutex_);
  if (runtime_ == nullptr) return std::nullopt;
  const Duration still = workers_.Look(runtime_->WorkersPulse(), clock_.SteadyNow());
  if (!workers_.Lost()) return std::nullopt;
  return "no worker has begun or ended anything for " + Minutes(still) + ", though there is work";
}

std::optional<std::string> Health::WatchesTrouble() {
  const std::lock_guard lock(mutex_);
  if (runtime_ == nullptr) return std::nullopt;
  std::vector<std::string> lost;
  for (runtime::TypeIndex type = 0; type < runtime_->types(); ++type) {
    Heartbeat& watch = watches_[type];
    const Duration still = watch.Look(runtime_->FollowerPulse(type), clock_.SteadyNow());
    if (watch.Lost())
      lost.push_back(runtime_->type(type).resource.plural + " for " + Minutes(still));
  }
  if (lost.empty()) return std::nullopt;
  return "these are not followed any more: " + Join(lost, ", ");
}

std::optional<std::string> Health::CachesTrouble() const {
  const std::lock_guard lock(mutex_);
  if (runtime_ == nullptr) return "the controller has not begun to read objects yet";
  std::vector<std::string> missing;
  for (const kube::ResourceType& type : runtime_->NotSynced()) missing.push_back(type.plural);
  if (missing.empty()) return std::nullopt;
  return "not synced: " + Join(missing, ", ");
}

}  // namespace labgallery::endpoints
