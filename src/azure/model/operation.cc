#include "src/azure/model/operation.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "src/azure/model/error.h"
#include "src/base/text.h"
#include "src/http/model/retry_after.h"
#include "src/http/model/url.h"
#include "src/json/parse.h"

namespace labgallery::azure {
namespace {

using std::chrono::milliseconds;

// However short an endpoint's own time is: nobody is asked more often.
constexpr milliseconds kShortestInterval{50};
constexpr milliseconds kFirstInterval{1000};

void PlanNextPoll(Operation& operation, const http::Headers& headers, Instants now) {
  const auto told = http::RetryAfter(headers, now.system);
  const milliseconds wait = told ? milliseconds(*told) : operation.NextInterval();
  operation.next_poll = now.steady + std::max(wait, kShortestInterval);
}

// The monitor as an absolute URL with an api-version, or empty if it is none that may see the
// token.
std::string Monitor(std::string_view link, const Started& started) {
  std::string text(Trim(link));
  if (!text.empty() && text.front() == '/') text = started.origin + text;
  const auto url = http::ParseUrl(text);
  const auto home = http::ParseUrl(started.origin);
  if (!url || !home || url->origin() != home->origin()) return {};
  // Only appended: the URL is signed and stays as it came.
  if (http::QueryValue(url->query, "api-version")) return text;
  return text + (url->query.empty() ? "?" : "&") + "api-version=" + started.api_version;
}

std::string MonitorIn(const http::Headers& headers, std::string_view name, const Started& started) {
  const auto link = headers.Get(name);
  return link ? Monitor(*link, started) : std::string();
}

json::Value BodyOf(const http::Response& response) {
  auto body = json::Parse(response.body);
  return body ? *std::move(body) : json::Value();
}

OperationPhase PhaseOfStatus(std::string_view status) {
  if (EqualsIgnoreCase(status, "Succeeded")) return OperationPhase::kSucceeded;
  for (const std::string_view one : {"Failed", "Canceled", "Cancelled"}) {
    if (EqualsIgnoreCase(status, one)) return OperationPhase::kFailed;
  }
  return OperationPhase::kRunning;
}

// An action's path ends in its name; what it acts on is above.
std::string ResourcePath(const Started& started) {
  if (started.method != http::Method::kPost) return started.path;
  return started.path.substr(0, started.path.rfind('/'));
}

bool IsReplacement(http::Method method) {
  return method == http::Method::kPut || method == http::Method::kPatch;
}

OperationState Finished(const Operation& operation, json::Value result) {
  OperationState state{.phase = OperationPhase::kSucceeded, .result = std::move(result)};
  state.read_resource = IsReplacement(operation.method) && state.result.IsNull();
  return state;
}

OperationState FailedWith(const json::Value& told, std::string_view status) {
  OperationState state{.phase = OperationPhase::kFailed};
  state.error = ErrorFromBody(told, "the operation ended as " + std::string(status));
  if (state.error->code.empty() && Lower(status).starts_with("cancel")) {
    state.error->code = "OperationCanceled";
  }
  return state;
}

// A status resource: 200 with the truth in its body.
Result<OperationState> ReadStatus(const Operation& operation, const http::Response& response) {
  if (response.status == 202) return OperationState{};
  if (response.status == 204) return Finished(operation, {});
  const json::Value body = BodyOf(response);
  std::string_view status = body.Text({"status"});
  if (status.empty()) status = body.Text({"properties", "provisioningState"});
  if (status.empty()) return ProtocolError("the answer of an operation's monitor has no status");
  const OperationPhase phase = PhaseOfStatus(status);
  if (phase == OperationPhase::kFailed) {
    const json::Value* error = body.Find("error");
    return FailedWith(error != nullptr ? *error : json::Value(), status);
  }
  if (phase == OperationPhase::kSucceeded) {
    const bool has_result = operation.method == http::Method::kPost;
    const json::Value* properties = body.Find("properties");
    return Finished(operation, has_result && properties != nullptr ? *properties : json::Value());
  }
  OperationState running;
  if (const json::Value* percent = body.Find("percentComplete")) {
    running.percent_complete = percent->AsNumber();
  }
  return running;
}

// What the provisioningState of the resource itself means for the operation on it.
OperationState AsItsResourceSays(const Operation& operation, json::Value& body) {
  switch (PhaseOf(body)) {
    case OperationPhase::kRunning:
      return {};
    case OperationPhase::kFailed: {
      const json::Value* told = body.At({"properties", "latestOperationResult"});
      return FailedWith(told != nullptr ? *told : json::Value(),
                        body.Text({"properties", "provisioningState"}));
    }
    case OperationPhase::kSucceeded:
      break;
  }
  return Finished(operation, std::move(body));
}

// The answer that a synchronous call would have given, once it is there.
Result<OperationState> ReadLocation(const Operation& operation, const http::Response& response) {
  if (response.status == 202) return OperationState{};
  json::Value body = BodyOf(response);
  // Some providers answer 200 with the resource while it still moves, or when it has failed.
  if (IsReplacement(operation.method) && body.IsObject()) return AsItsResourceSays(operation, body);
  return Finished(operation, std::move(body));
}

Result<OperationState> ReadResource(const Operation& operation, const http::Response& response) {
  json::Value body = BodyOf(response);
  if (!body.IsObject()) return ProtocolError("the resource of an operation is no JSON object");
  if (operation.method != http::Method::kDelete || PhaseOf(body) != OperationPhase::kSucceeded)
    return AsItsResourceSays(operation, body);
  // At rest and still there: the deletion did not take. Deleting again is harmless.
  const std::string state(body.Text({"properties", "provisioningState"}));
  return FailedWith({}, "a deletion that left the resource in the state " + state);
}

// True for what a Location monitor answers about the operation rather than about the question.
bool IsFinalRefusal(int status) {
  return status == 400 || status == 409 || status == 412 || status == 422;
}

Result<OperationState> ReadRefusal(Operation& operation, const http::Response& response,
                                   Instants now) {
  Error error = ErrorFrom(response, now.system);
  if (operation.style == MonitorStyle::kResource) {
    if (error.kind != ErrorKind::kNotFound) return error;
    if (operation.method == http::Method::kDelete) return Finished(operation, {});
    return OperationState{.phase = OperationPhase::kFailed, .error = std::move(error)};
  }
  if (response.status == 404 || response.status == 410) {
    operation.style = MonitorStyle::kResource;
    operation.url = Secret();
    operation.next_poll = now.steady;
    return OperationState{};
  }
  if (operation.style == MonitorStyle::kLocation && IsFinalRefusal(response.status)) {
    return OperationState{.phase = OperationPhase::kFailed, .error = std::move(error)};
  }
  return error;
}

Result<OperationState> ReadAnswer(const Operation& operation, const http::Response& response) {
  switch (operation.style) {
    case MonitorStyle::kAsyncOperation:
      return ReadStatus(operation, response);
    case MonitorStyle::kLocation:
      return ReadLocation(operation, response);
    case MonitorStyle::kResource:
      return ReadResource(operation, response);
  }
  return InternalError("unknown style of monitor");
}

}  // namespace

OperationPhase PhaseOf(const json::Value& resource) {
  const std::string_view state = resource.Text({"properties", "provisioningState"});
  return state.empty() ? OperationPhase::kSucceeded : PhaseOfStatus(state);
}

std::optional<Operation> OperationFrom(const Started& started, const http::Response& response,
                                       Instants now) {
  if (http::IsRead(started.method) || response.status < 200 || response.status > 299) {
    return std::nullopt;
  }
  Operation operation{.method = started.method,
                      .path = ResourcePath(started),
                      .api_version = started.api_version,
                      .region = started.region,
                      .interval = std::min(kFirstInterval, started.interval),
                      .longest = started.interval};
  if (const auto told = http::RetryAfter(response.headers, now.system))
    operation.interval = operation.longest = *told;
  PlanNextPoll(operation, response.headers, now);
  operation.correlation_id = RequestIdsOf(response.headers).correlation;
  std::string url = MonitorIn(response.headers, "Azure-AsyncOperation", started);
  operation.style = MonitorStyle::kAsyncOperation;
  if (url.empty()) {
    // A Location beside a resource at rest only says where it is.
    const bool is_moving =
        response.status == 202 ||
        (IsReplacement(started.method) && PhaseOf(BodyOf(response)) == OperationPhase::kRunning);
    if (!is_moving) return std::nullopt;
    url = MonitorIn(response.headers, "Location", started);
    operation.style = url.empty() ? MonitorStyle::kResource : MonitorStyle::kLocation;
  }
  operation.url = Secret(std::move(url));
  return operation;
}

milliseconds Operation::NextInterval() {
  const milliseconds now = interval;
  interval = std::min(2 * interval, longest);
  return now;
}

Result<OperationState> ReadPoll(Operation& operation, const http::Response& response,
                                Instants now) {
  PlanNextPoll(operation, response.headers, now);
  auto state = response.status >= 300 ? ReadRefusal(operation, response, now)
                                      : ReadAnswer(operation, response);
  // By the ids of the write Microsoft's support finds what failed in its name.
  if (state && state->error && state->error->request_id.empty())
    state->error->request_id = operation.correlation_id;
  return state;
}

}  // namespace labgallery::azure
