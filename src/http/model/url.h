// URLs: taking them apart, escaping, and the query part.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace labgallery::http {

struct Url {
  std::string scheme;  // lower case
  std::string host;    // lower case; an IPv6 address without its brackets
  int port = 0;        // the scheme's own where none was written
  std::string path;    // as written, "/" where there was none
  std::string query;   // without the question mark, as written

  std::string authority()
      const;                   // host:port as for the Host header, the scheme's own port left out
  std::string target() const;  // path and query
  std::string origin() const;  // scheme://authority
};

/// Nothing unless it is an absolute http or https URL. One with a user part is refused: a secret
/// may be in it, and it makes a host look like another.
std::optional<Url> ParseUrl(std::string_view text);

/// The machine itself: localhost, 127.0.0.0/8, ::1.
bool IsLoopback(const Url& url);

/// Percent-encoding of everything but RFC 3986's unreserved characters.
std::string Escape(std::string_view text);
/// As Escape, with '/' left alone.
std::string EscapePath(std::string_view text);
/// Undoes percent-encoding; broken sequences stay as they are.
std::string Unescape(std::string_view text);

/// The pairs of a query, unescaped ('+' is a blank), in their order.
std::vector<std::pair<std::string, std::string>> ParseQuery(std::string_view query);
/// The first value of a name in a query, compared without case, as ARM does.
std::optional<std::string> QueryValue(std::string_view query, std::string_view name);
/// "a=b&c=d", escaped.
std::string BuildQuery(const std::vector<std::pair<std::string, std::string>>& pairs);

/// Path and query of a server-side request target.
std::pair<std::string_view, std::string_view> SplitTarget(std::string_view target);

}  // namespace labgallery::http
