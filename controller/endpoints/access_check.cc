#include "controller/endpoints/access_check.h"

#include <string>
#include <utility>

#include "src/base/text.h"
#include "src/http/model/url.h"

namespace labgallery::endpoints {
namespace {

constexpr Duration kBetweenWarnings = std::chrono::minutes(1);

http::Response Text(int status, std::string text) {
  return {.status = status,
          .headers = {{"Content-Type", "text/plain; charset=utf-8"},
                      {"X-Content-Type-Options", "nosniff"}},
          .body = std::move(text)};
}

http::Response Unauthenticated(const char* why) {
  http::Response response = Text(401, why);
  response.headers.Set("WWW-Authenticate", "Bearer");
  return response;
}

/// RFC 6750; empty: there is none.
Secret BearerOf(const http::Request& request) {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view given = request.headers.Get("Authorization").value_or("");
  if (!EqualsIgnoreCase(given.substr(0, kScheme.size()), kScheme)) return {};
  return Secret(std::string(Trim(given.substr(kScheme.size()))));
}

/// Nothing changes by itself where the API server has understood the question and refuses it.
bool MayPass(const Error& error) {
  return error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kTimeout ||
         error.kind == ErrorKind::kThrottled || error.kind == ErrorKind::kCancelled;
}

}  // namespace

AccessCheck::AccessCheck(kube::AccessReviews& reviews, Clock& clock, const telemetry::Logger& log,
                         std::stop_token stop)
    : reviews_(reviews), clock_(clock), log_(log), stop_(std::move(stop)) {}

http::Handler AccessCheck::Guard(http::Handler inner) {
  return [this, inner = std::move(inner)](const http::Request& request) -> http::Reply {
    if (auto refusal = Refuse(request)) return *std::move(refusal);
    return inner(request);
  };
}

std::optional<http::Response> AccessCheck::Refuse(const http::Request& request) {
  const Secret token = BearerOf(request);
  if (token.empty()) return Unauthenticated("a bearer token is needed\n");
  const kube::PathAccess access{Lower(http::Name(request.method)),
                                std::string(http::SplitTarget(request.url).first)};
  const auto decision = reviews_.Ask(token, access, stop_);
  if (!decision) return NobodyKnows(decision.error());
  switch (decision->access) {
    case kube::Access::kAllowed:
      return std::nullopt;
    case kube::Access::kForbidden:
      return Text(403, decision->user + " may not " + access.verb + " " + access.path + "\n");
    case kube::Access::kUnauthenticated:
      break;
  }
  return Unauthenticated("the cluster does not accept this token\n");
}

http::Response AccessCheck::NobodyKnows(const Error& error) {
  const SteadyTime now = clock_.SteadyNow();
  bool tell = false;
  {
    const std::lock_guard lock(mutex_);
    tell = !told_ || now - *told_ >= kBetweenWarnings;
    if (tell) told_ = now;
  }
  if (tell) {
    const char* const remedy =
        error.kind == ErrorKind::kForbidden
            ? "allow it to create tokenreviews and subjectaccessreviews (system:auth-delegator)"
            : "metrics are refused until the API server answers";
    log_.Warning("Cannot check who asks for metrics", {{"error", error}, {"remedy", remedy}});
  }
  return Text(MayPass(error) ? 503 : 500, "the cluster cannot be asked who this is\n");
}

}  // namespace labgallery::endpoints
