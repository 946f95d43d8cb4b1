// What was asked of the simulator: the last requests one by one, and counts of all.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "src/base/clock.h"
#include "src/json/value.h"

namespace labgallery::azure_simulator {

struct LoggedRequest {
  std::int64_t number = 0;
  SystemTime time{};
  std::string method;
  std::string path;
  std::string api_version;
  int status = 0;      // what was sent; 0: the connection was broken
  bool write = false;  // it may change the cloud; a query or a token by POST is none
  bool not_modelled = false;
};

/// Not thread-safe: the simulator's one mutex guards it.
class RequestLog {
 public:
  void Add(LoggedRequest request);
  /// The requests kept with a number above `since`, and the counts of all since the last Clear.
  json::Value ToJson(std::int64_t since, bool writes_only) const;
  void Clear();

 private:
  std::deque<LoggedRequest> kept_;
  std::map<std::string, std::int64_t> by_method_;
  std::map<std::string, std::int64_t> by_status_;
  std::int64_t last_number_ = 0;
  std::int64_t total_ = 0;
  std::int64_t writes_ = 0;
  std::int64_t not_modelled_ = 0;
};

}  // namespace labgallery::azure_simulator
