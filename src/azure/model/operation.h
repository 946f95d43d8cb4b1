// Long-running operations (azure-resource-manager-rpc, async-api-reference): which monitor the
// answer to a write names, and what a poll of it means.
//
//   answer to PUT, PATCH, POST, DELETE                    monitor
//   Azure-AsyncOperation, whatever the status             kAsyncOperation: 200 with {status, error}
//   Location, with 202 or beside a resource that moves    kLocation: 202, then the final answer
//   neither, and 202 or a resource that moves             kResource: its provisioningState; after
//                                                         DELETE its 404
//   anything else                                         none: it is done
//
// Monitor URLs are signed: they live in memory only, are sent as they came, and are never shown.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "src/azure/model/region.h"
#include "src/base/clock.h"
#include "src/base/error.h"
#include "src/base/result.h"
#include "src/base/secret.h"
#include "src/http/model/message.h"
#include "src/json/value.h"

namespace labgallery::azure {

enum class MonitorStyle { kAsyncOperation, kLocation, kResource };

struct Operation {
  http::Method method = http::Method::kPut;  // of the request that started it
  MonitorStyle style = MonitorStyle::kResource;
  Secret url;               // empty with kResource
  std::string path;         // of the resource, without query
  std::string api_version;  // for reading the resource
  Region region = {};       // for pacing
  /// Between polls where Azure does not say: as it said for the write. Where it said nothing, a
  /// second at first and then twice as long each time, until `longest`.
  std::chrono::milliseconds interval{10000};
  std::chrono::milliseconds longest{10000};
  SteadyTime next_poll{};
  std::string correlation_id;

  /// How long to wait now, where Azure does not say.
  std::chrono::milliseconds NextInterval();
};

/// What a request was, as far as its operation depends on it.
struct Started {
  http::Method method = http::Method::kPut;
  std::string origin;  // "https://management.azure.com": monitors elsewhere are not believed
  std::string path;
  std::string api_version;
  Region region = {};
  std::chrono::milliseconds interval{10000};  // the longest where Azure does not say
};

struct Instants {
  SystemTime system;
  SteadyTime steady;
};

/// The operation that a successful answer leaves running, or nothing.
std::optional<Operation> OperationFrom(const Started& started, const http::Response& response,
                                       Instants now);

enum class OperationPhase { kRunning, kSucceeded, kFailed };

struct OperationState {
  OperationPhase phase = OperationPhase::kRunning;
  std::optional<Error> error;  // with kFailed; a canceled one has the code OperationCanceled
  json::Value result;          // the final body where the monitor itself gave it, or null
  bool read_resource = false;  // after kSucceeded: the final body is at the resource
  std::optional<double> percent_complete;
};

/// What an answer from the monitor means; sets `operation.next_poll`. An error is a status that
/// could not be read, never a failed operation: try again. A monitor that answers 404 is forgotten:
/// the operation becomes kResource and goes on.
Result<OperationState> ReadPoll(Operation& operation, const http::Response& response, Instants now);

/// The provisioningState of a resource body: a missing one counts as Succeeded.
OperationPhase PhaseOf(const json::Value& resource);

}  // namespace labgallery::azure
