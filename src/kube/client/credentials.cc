#include "src/kube/client/credentials.h"

#include <utility>

#include "src/base/base64.h"
#include "src/base/file_text.h"
#include "src/base/text.h"
#include "src/http/model/url.h"

namespace labgallery::kube {
namespace {

constexpr std::string_view kHeader = "Authorization";
constexpr std::string_view kBearer = "Bearer ";
constexpr Duration kFileLife = std::chrono::minutes(1);
// Long enough for those that waited for the plugin, shorter than anybody's pause before a new try.
constexpr Duration kFailureLife = std::chrono::milliseconds(500);

void PutToken(http::Request& request, const Secret& token) {
  request.headers.Set(kHeader, std::string(kBearer) + token.Reveal());
}

// Whether this token was on the request.
bool Carried(const http::Request& request, const Secret& token) {
  return request.headers.Get(kHeader) == std::string(kBearer) + token.Reveal();
}

void PutImpersonation(http::Request& request, const Impersonation& as) {
  if (as.user.empty()) return;
  request.headers.Set("Impersonate-User", as.user);
  if (!as.uid.empty()) request.headers.Set("Impersonate-Uid", as.uid);
  for (const std::string& group : as.groups) request.headers.Add("Impersonate-Group", group);
  for (const auto& [key, values] : as.extra) {
    for (const std::string& value : values) {
      request.headers.Add("Impersonate-Extra-" + http::Escape(Lower(key)), value);
    }
  }
}

}  // namespace

Credentials::Credentials(Clock& clock, Login login, ExecSurroundings around)
    : clock_(clock), login_(std::move(login)), around_(std::move(around)) {}

Status Credentials::Decorate(http::Request& request, const std::stop_token& stop) {
  PutImpersonation(request, login_.impersonation);
  if (!login_.token_file.empty()) {
    LAB_ASSIGN_OR_RETURN(const Secret token, TokenFromFile());
    PutToken(request, token);
  } else if (!login_.token.empty()) {
    PutToken(request, login_.token);
  } else if (!login_.user.empty()) {
    request.headers.Set(kHeader,
                        "Basic " + EncodeBase64(login_.user + ":" + login_.password.Reveal()));
  } else if (login_.exec) {
    LAB_ASSIGN_OR_RETURN(const ExecCredential credential, FromPlugin(*login_.exec, stop));
    if (!credential.token.empty()) PutToken(request, credential.token);
  }
  return Ok();
}

Result<Secret> Credentials::TokenFromFile() {
  const std::lock_guard guard(mutex_);
  const SteadyTime now = clock_.SteadyNow();
  if (file_read_ && now - *file_read_ < kFileLife) return file_token_;
  const auto text = ReadFileText(login_.token_file);
  const std::string_view token = text ? Trim(*text) : std::string_view();
  if (!token.empty()) {
    file_token_ = Secret(std::string(token));
  } else if (file_token_.empty()) {
    file_token_ = login_.token;
  }
  if (file_token_.empty()) {
    Error error;
    error.kind = ErrorKind::kUnauthenticated;
    error.message =
        "the token file " + login_.token_file + (text ? " is empty" : " cannot be read");
    return error;
  }
  file_read_ = now;
  return file_token_;
}

// What there is without running the plugin; nothing if it has to run.
std::optional<Result<ExecCredential>> Credentials::Known() const {
  const std::lock_guard guard(mutex_);
  if (failure_ && clock_.SteadyNow() - failed_at_ < kFailureLife) return *failure_;
  if (!plugged_) return std::nullopt;
  const std::optional<SystemTime> expires = plugged_->expires;
  if (expires && *expires <= clock_.Now()) return std::nullopt;
  return *plugged_;
}

Result<ExecCredential> Credentials::FromPlugin(const ExecPlugin& plugin,
                                               const std::stop_token& stop) {
  if (const auto known = Known()) return *known;
  const std::lock_guard running(running_);
  // Another thread may have run it meanwhile.
  const auto known_by_now = Known();
  if (known_by_now) return *known_by_now;
  auto credential = RunExecPlugin(plugin, around_, stop);
  const std::lock_guard guard(mutex_);
  failure_.reset();
  if (credential) {
    plugged_ = *credential;
  } else if (credential.error().kind != ErrorKind::kCancelled) {
    failure_ = credential.error();
    failed_at_ = clock_.SteadyNow();
  }
  return credential;
}

bool Credentials::Rejected(const http::Request& request) {
  if (!login_.token_file.empty()) {
    {
      const std::lock_guard guard(mutex_);
      file_read_.reset();
    }
    const auto token = TokenFromFile();
    return token && !Carried(request, *token);
  }
  if (!login_.exec || !login_.token.empty() || !login_.user.empty()) return false;
  const std::lock_guard guard(mutex_);
  // Another thread may have replaced it already.
  if (plugged_ && (plugged_->token.empty() || Carried(request, plugged_->token))) plugged_.reset();
  return true;
}

std::shared_ptr<const http::ClientIdentity> Credentials::identity() const {
  const std::lock_guard guard(mutex_);
  return plugged_ ? plugged_->identity : nullptr;
}

}  // namespace labgallery::kube
