#include "tests/component/site.h"

#include <utility>

namespace labgallery::component {
namespace {

bool IsLease(const http::Request& request) {
  return request.url.find("/leases") != std::string::npos;
}

bool IsWrite(const http::Request& request) {
  return !http::IsRead(request.method) && !IsLease(request) &&
         request.url.find("Microsoft.ResourceGraph") == std::string::npos;
}

reconcile::OperatorOptions For(kube::LabelSelector namespaces) {
  reconcile::OperatorOptions options;
  options.namespace_selector = std::move(namespaces);
  return options;
}

}  // namespace

void Freezer::FreezeAt(Matches matches, Duration time) {
  std::lock_guard guard(mutex_);
  matches_ = std::move(matches);
  time_ = time;
}

void Freezer::LoseTheLease() {
  std::lock_guard guard(mutex_);
  lease_lost_ = true;
}

std::optional<SteadyTime> Freezer::thaws() const {
  std::lock_guard guard(mutex_);
  return thaws_;
}

std::vector<SentWrite> Freezer::sent() const {
  std::lock_guard guard(mutex_);
  return sent_;
}

Result<http::Response> Freezer::Send(const http::Request& request, const http::CallOptions& options,
                                     http::HttpTransport& inner) {
  std::optional<SteadyTime> thaws;
  bool frozen = false;
  {
    std::lock_guard guard(mutex_);
    if (lease_lost_ && IsLease(request)) return Unavailable("connection refused");
    frozen = matches_ && !thaws_ && matches_(request);
    if (frozen) thaws_ = clock_.SteadyNow() + time_;
    thaws = thaws_;
  }
  if (thaws && clock_.SteadyNow() < *thaws) {
    clock_.SleepUntil(*thaws, {});
    if (!frozen) return Unavailable("its thread stood still");
  }
  // Its bytes have left already: no stop can take them back.
  auto answer = inner.Send(request, frozen ? http::CallOptions{} : options);
  if (IsWrite(request)) {
    std::lock_guard guard(mutex_);
    sent_.push_back({std::string(http::Name(request.method)) + " " + request.url,
                     answer ? answer->status : 0, clock_.SteadyNow()});
  }
  return answer;
}

Site::Site(World& world, runtime::LeaseOptions lease, kube::LabelSelector namespaces)
    : duration_(lease.duration),
      clock_(world.clock()),
      freezer_(world.clock()),
      kube_(world.KubeHandler(), freezer_),
      azure_(world.AzureHandler(), freezer_),
      op_(world.MakeOperator(kube_, azure_, std::move(lease), For(std::move(namespaces)))) {}

void Site::Stop() {
  if (!std::exchange(stopped_, true)) op_->Stop(Duration(0));
}

bool Site::Leads() const {
  const auto term = op_->gate().term();
  return term && clock_.SteadyNow() < term->guarded_until;
}

SteadyTime Site::Renewed() const { return op_->gate().term()->lapses - duration_; }

}  // namespace labgallery::component
