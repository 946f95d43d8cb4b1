// The whole state of the simulated cloud, and one request on its way through it. Handlers are
// functions of these two; the simulator's one mutex is held while any of them runs.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "src/azure_simulator/arm_answer.h"
#include "src/azure_simulator/faults.h"
#include "src/azure_simulator/operations.h"
#include "src/azure_simulator/request_log.h"
#include "src/azure_simulator/resources.h"
#include "src/azure_simulator/settings.h"
#include "src/azure_simulator/throttle.h"
#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/http/model/message.h"

namespace labgallery::azure_simulator {

/// A deleted child that its parent still sees: Azure's deletes are eventually consistent.
struct Ghost {
  std::string id;
  SystemTime until;
};

/// An image that Lab Services has been asked to save and has not put into the gallery yet.
struct PendingSave {
  SystemTime due{};
  std::string gallery;
  std::string name;  // of the definition
  std::string region;
  std::string os_type;
  bool whole_geography = false;
};

struct World {
  Random& random;
  double wire_time_scale;
  std::string base_url;  // may be empty: then every request's own Host
  std::string scheme;    // of that
  SystemTime now{};
  Duration ahead{0};  // of the clock: a restored cloud never goes back in its own time
  Settings settings;
  Resources resources;
  Resources
      role_assignments;  // apart, so that a scope's ancestors and descendants are few to look at
  Operations operations;
  Faults faults;
  Throttle throttle;
  RequestLog log;
  std::map<std::string, std::vector<Ghost>> ghosts;  // by the parent's key
  std::vector<PendingSave> saves;
  std::map<std::string, SystemTime> principals_seen;  // first mention of each principal
  std::map<std::string, std::string> identifiers;     // of definitions, to the definition's key
  bool cloud_changed = false;  // settings or registrations did, since they were last stored
  // When a provider is Registered, by subscription and provider, in lower case.
  std::map<std::string, std::map<std::string, SystemTime>> registered;
};

struct Call {
  const http::Request& request;
  std::string path;  // unescaped, without a trailing slash
  std::string_view query;
  std::vector<std::string> params;  // what the route's placeholders stand for, in order
  std::string api_version;
  std::string base_url;
  std::optional<Fault> fault;  // one that handlers have to see to: of an operation, of a region
};

/// The request's body as JSON; 400 InvalidRequestContent if it is none, or no object.
Outcome<json::Value> Body(const Call& call);

/// A query parameter, or "".
std::string QueryOf(const Call& call, std::string_view name);

/// Between min and max, by the world's randomness.
Duration Between(World& world, Duration min, Duration max);

/// Tells a client how long to wait: Retry-After in whole seconds, rounded up, and the exact
/// x-ms-retry-after-ms, both in the client's own time.
void SetRetryAfter(const World& world, Duration wait, http::Headers& headers);

}  // namespace labgallery::azure_simulator
