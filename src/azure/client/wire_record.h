// One exchange with Azure as a line of JSON, without what must not be shown: no token, no password,
// no signed part of a URL. An allow-list decides (telemetry/redact.h), so that what nobody thought
// of is left out too. Pure but for the numbers that it gives away.
//
//   {"at": "2026-01-01T00:00:00Z", "tookMs": 12,
//    "request": {"method": "PUT", "url": "https://...", "headers": {...}, "body": {...}},
//    "response": {"status": 201, "headers": {...}, "body": {...}}}
//
// A body that is no JSON is "text"; where nobody answered there is {"error": {"kind", "message"}}
// instead of a response.
#pragma once

#include <map>
#include <string>

#include "src/base/clock.h"
#include "src/base/result.h"
#include "src/http/model/message.h"
#include "src/json/value.h"

namespace labgallery::azure {

/// Takes secrets away. The same URL becomes the same text each time, and different ones different
/// texts, so that a recording can be followed. Not thread-safe.
class WireRedaction {
 public:
  /// `without_principals`: ids of users and service principals are replaced by numbers too.
  explicit WireRedaction(bool without_principals) : without_principals_(without_principals) {}

  struct Exchange {
    SystemTime at;
    Duration took{};
    const http::Request& request;
    const Result<http::Response>& response;
  };
  /// One line, without the end of line.
  std::string Line(const Exchange& exchange);

  /// A URL as it is shown in lines.
  std::string Url(const std::string& url);

 private:
  json::Value Headers(const http::Headers& headers);
  void AddBody(json::Value& message, const std::string& body, bool is_request);
  void Clean(json::Value& value, std::string_view name);
  void NotePrincipal(const std::string& id);
  void NotePrincipals(const json::Value& value, bool in_directory);
  std::string WithoutPrincipals(std::string line) const;

  const bool without_principals_;
  std::map<std::string, std::size_t> urls_;        // numbers of what was taken out of a URL
  std::map<std::string, std::string> principals_;  // and what stands for an id
};

/// An exchange as it is read back.
struct RecordedExchange {
  std::string key;  // what a request must be to get this answer
  Result<http::Response> response = http::Response{};
};

/// What a request is looked up by: method and URL, without what differs between two runs (signed
/// parts, the name of a role assignment, which follows from a principal's id).
std::string ReplayKey(http::Method method, const std::string& url);

/// kInvalidInput, saying what is wrong, if it is no line of a recording.
Result<RecordedExchange> ReadRecordedLine(const std::string& line);

}  // namespace labgallery::azure
