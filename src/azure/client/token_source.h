// Where bearer tokens come from: the seam between the client and the ways to log in.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "src/base/result.h"
#include "src/base/secret.h"

namespace labgallery::azure {

struct AccessToken {
  Secret value;
};

/// Thread-safe. May block on a first call; gives a token that was not rejected yet.
class TokenSource {
 public:
  virtual ~TokenSource() = default;
  /// A token for `audience` ("https://management.azure.com/"). kUnauthenticated when there is none
  /// to be had.
  virtual Result<AccessToken> Token(const std::string& audience, const std::stop_token& stop) = 0;
  /// The service answered 401 to this token: the next call should not give it again.
  virtual void Invalidate(const std::string& audience, const AccessToken& rejected) = 0;
};

/// Always the same token, for endpoints that take any.
class FixedTokenSource final : public TokenSource {
 public:
  explicit FixedTokenSource(Secret token) : token_{std::move(token)} {}
  Result<AccessToken> Token(const std::string& audience, const std::stop_token& stop) override;
  void Invalidate(const std::string& audience, const AccessToken& rejected) override;

 private:
  AccessToken token_;
};

/// The content of a file that somebody else keeps fresh; read for every request, so that a rotation
/// is never missed.
class FileTokenSource final : public TokenSource {
 public:
  explicit FileTokenSource(std::filesystem::path file) : file_(std::move(file)) {}
  Result<AccessToken> Token(const std::string& audience, const std::stop_token& stop) override;
  void Invalidate(const std::string& audience, const AccessToken& rejected) override;

 private:
  std::filesystem::path file_;
};

}  // namespace labgallery::azure
