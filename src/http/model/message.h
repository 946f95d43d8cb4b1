// HTTP requests and responses as values. Nothing here sends anything.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "src/base/result.h"

namespace labgallery::http {

enum class Method { kGet, kPost, kPut, kPatch, kDelete, kHead, kOptions };

/// "GET", "POST", ...
std::string_view Name(Method method);
std::optional<Method> ParseMethod(std::string_view name);

/// True for GET, HEAD and OPTIONS.
bool IsRead(Method method);

/// Header fields in the order they came; names compare without case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}

  /// The first value, or nothing.
  std::optional<std::string_view> Get(std::string_view name) const;
  /// Replaces all values of that name.
  void Set(std::string_view name, std::string value);
  /// Adds one more value.
  void Add(std::string_view name, std::string value);
  void Remove(std::string_view name);
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

  friend bool operator==(const Headers&, const Headers&) = default;

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct Request {
  Method method = Method::kGet;
  std::string
      url;  // for a client absolute ("http://host:port/path?query"); a server sees path and query
  Headers headers;
  std::string body;

  friend bool operator==(const Request&, const Request&) = default;
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;

  friend bool operator==(const Response&, const Response&) = default;
};

/// A body that arrives bit by bit. Each call blocks until there is more, the stream ends or `stop`
/// is requested, and gives the next bytes (never empty), nothing at the regular end, or an error:
/// kCancelled after a stop, kTimeout after too long a silence, kUnavailable for a broken
/// connection. One thread reads.
using BodyReader = std::function<Result<std::optional<std::string>>(std::stop_token)>;

struct StreamResponse {
  int status = 0;
  Headers headers;
  BodyReader body;
};

/// A server's answer.
using Reply = std::variant<Response, StreamResponse>;

/// The one face of a server: thread-safe, and pure but for the server's own state.
using Handler = std::function<Reply(const Request&)>;

/// A JSON response.
Response JsonResponse(int status, std::string body);

}  // namespace labgallery::http
