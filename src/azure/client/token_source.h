// Where bearer tokens come from: the seam between the client and the ways to log in.
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>

#include "src/base/clock.h"
#include "src/base/result.h"
#include "src/base/secret.h"

namespace labgallery::azure {

struct AccessToken {
  Secret value;
  /// How long it is good, and after which time a newer one should be fetched, both from when it was
  /// given. Nothing: not told.
  std::optional<Duration> life{};
  std::optional<Duration> renew_after{};
  /// When what it was got with is no longer good for a login. Nothing: not known.
  std::optional<SystemTime> credential_ends{};
};

/// Thread-safe. May block, for what it takes to log in.
class TokenSource {
 public:
  virtual ~TokenSource() = default;
  /// A token for `audience` ("https://management.azure.com/"). kUnauthenticated when there is none
  /// to be had.
  virtual Result<AccessToken> Token(const std::string& audience, const std::stop_token& stop) = 0;
  /// The service answered 401 to this token: one that keeps tokens should not give it again.
  virtual void Invalidate(const std::string& audience, const AccessToken& rejected) = 0;
};

/// There is no token to be had: kUnauthenticated.
Error NoToken(std::string message);

/// Logs in anew for each call and keeps nothing; see cached_tokens.h for who keeps.
class LoginSource : public TokenSource {
 public:
  void Invalidate(const std::string& /*audience*/, const AccessToken& /*rejected*/) final {}
};

/// Always the same token, for endpoints that take any.
class FixedTokenSource final : public LoginSource {
 public:
  explicit FixedTokenSource(Secret token) : token_{std::move(token)} {}
  Result<AccessToken> Token(const std::string& audience, const std::stop_token& stop) override;

 private:
  AccessToken token_;
};

/// The content of a file that somebody else keeps fresh; read for every request, so that a rotation
/// is never missed.
class FileTokenSource final : public LoginSource {
 public:
  explicit FileTokenSource(std::filesystem::path file) : file_(std::move(file)) {}
  Result<AccessToken> Token(const std::string& audience, const std::stop_token& stop) override;

 private:
  std::filesystem::path file_;
};

}  // namespace labgallery::azure
