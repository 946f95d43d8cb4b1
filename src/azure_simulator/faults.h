// Faults that a test or a person has switched on: which request they wait for, what they do to it,
// how often.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <regex>
#include <string>

#include "src/azure_simulator/arm_answer.h"
#include "src/base/clock.h"
#include "src/http/model/message.h"

namespace labgallery::azure_simulator {

struct Fault {
  enum class Action {
    kFail,           // answer with an error, without doing anything
    kThrottle,       // 429, without doing anything
    kHtmlBody,       // a gateway's page instead of JSON, without doing anything
    kDelay,          // answer late
    kLoseAnswer,     // do it, but answer 504, or break the connection with drop
    kTruncate,       // do it, but send half of the answer's body
    kFailOperation,  // accept it, but let its operation end Failed
    kFailRegion,     // accept it, but let a region of the version fail
    kStallRegion,    // accept it, but let a region of the version never end
  };
  std::int64_t id = 0;
  std::optional<http::Method> method;
  std::string path_contains;  // lower case
  std::optional<std::regex> path_regex;
  std::string path_regex_text;
  Action action = Action::kFail;
  std::int64_t count = 1;  // how many requests are still to be hit
  std::int64_t skip = 0;   // how many that match pass first
  std::int64_t hits = 0;
  int status = 500;
  std::string code = "InternalServerError";
  std::string message = "An injected fault.";
  http::Headers headers;
  Duration delay{0};  // also the Retry-After of kThrottle
  bool drop = false;
  std::string region;  // of kFailRegion and kStallRegion, programmatic
};

/// Not thread-safe: the simulator's one mutex guards it.
class Faults {
 public:
  /// Reads {match:{method, pathContains, pathRegex}, action, ...}; the answer says what is wrong
  /// with it.
  Outcome<Fault> Add(const json::Value& description);
  json::Value ToJson() const;
  void Clear() { list_.clear(); }
  bool Remove(std::int64_t id);

  /// The oldest fault that this request meets, counted as one hit; a used-up fault goes.
  std::optional<Fault> Match(http::Method method, const std::string& path);

 private:
  std::list<Fault> list_;
  std::int64_t next_id_ = 1;
};

}  // namespace labgallery::azure_simulator
