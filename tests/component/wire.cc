#include "tests/component/wire.h"

namespace labgallery::component {
namespace {

// A query of Resource Graph is a POST that only reads.
bool IsSideEffect(const http::Request& request) {
  return !http::IsRead(request.method) &&
         request.url.find("Microsoft.ResourceGraph") == std::string::npos;
}

Error Lost() { return Unavailable("the wire is cut"); }

}  // namespace

void SideEffects::CrashAt(int number, When when) {
  std::lock_guard guard(mutex_);
  crash_at_ = number;
  when_ = when;
}

void SideEffects::Heal() {
  std::lock_guard guard(mutex_);
  cut_ = false;
  crash_at_ = 0;
}

int SideEffects::count() const {
  std::lock_guard guard(mutex_);
  return count_;
}

bool SideEffects::cut() const {
  std::lock_guard guard(mutex_);
  return cut_;
}

std::vector<std::string> SideEffects::log() const {
  std::lock_guard guard(mutex_);
  return log_;
}

SideEffects::Fate SideEffects::Judge(const http::Request& request) {
  std::lock_guard guard(mutex_);
  if (cut_) return Fate::kLost;
  if (!IsSideEffect(request)) return Fate::kPass;
  ++count_;
  log_.push_back(std::string(http::Name(request.method)) + " " + request.url);
  if (count_ != crash_at_) return Fate::kPass;
  cut_ = true;
  return when_ == When::kBefore ? Fate::kLost : Fate::kPassThenLost;
}

Result<http::Response> Wire::Send(const http::Request& request, const http::CallOptions& options) {
  switch (effects_.Judge(request)) {
    case SideEffects::Fate::kLost:
      return Lost();
    case SideEffects::Fate::kPass:
      return inner_.Send(request, options);
    case SideEffects::Fate::kPassThenLost:
      break;
  }
  auto answer = inner_.Send(request, options);
  return Lost();
}

Result<http::StreamResponse> Wire::Open(const http::Request& request,
                                        const http::CallOptions& options) {
  if (effects_.Judge(request) == SideEffects::Fate::kLost) return Lost();
  return inner_.Open(request, options);
}

}  // namespace labgallery::component
