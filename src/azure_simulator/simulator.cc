#include "src/azure_simulator/simulator.h"

#include <algorithm>
#include <mutex>
#include <stop_token>
#include <utility>

#include "src/azure_simulator/control.h"
#include "src/azure_simulator/dispatch.h"
#include "src/azure_simulator/persistence.h"
#include "src/azure_simulator/world.h"
#include "src/azure_simulator/writes.h"
#include "src/base/text.h"
#include "src/http/model/url.h"

namespace labgallery::azure_simulator {
namespace {

using Action = Fault::Action;

constexpr std::string_view kGatewayPage =
    "<html><head><title>Gateway</title></head><body><h1>The gateway could not complete the request."
    "</h1></body></html>";

http::Response HtmlResponse(int status) {
  return {.status = status,
          .headers = {{"Content-Type", "text/html"}},
          .body = std::string(kGatewayPage)};
}

/// Path and query of a request, whether its URL is a target or absolute, and the origin it was sent
/// to.
Call CallOf(const http::Request& request, const World& world) {
  Call call{.request = request,
            .path = {},
            .query = {},
            .params = {},
            .api_version = {},
            .base_url = world.base_url,
            .fault = {}};
  std::string_view target = request.url;
  const auto url = http::ParseUrl(request.url);
  if (url) target.remove_prefix(std::min(target.size(), target.find('/', target.find("://") + 3)));
  const auto [path, query] = http::SplitTarget(target);
  call.path = http::Unescape(path);
  while (call.path.size() > 1 && call.path.back() == '/') call.path.pop_back();
  if (call.path.empty()) call.path = "/";
  call.query = query;
  call.api_version = QueryOf(call, "api-version");
  if (!call.base_url.empty()) return call;
  const std::string host(request.headers.Get("Host").value_or("localhost"));
  call.base_url = url ? url->origin() : world.scheme + "://" + host;
  return call;
}

void AddIds(World& world, const Call& call, http::Response& response) {
  const auto& sent = call.request.headers;
  const std::string request_id = world.random.Uuid();
  const auto correlation = sent.Get("x-ms-correlation-request-id");
  response.headers.Set("x-ms-request-id", request_id);
  response.headers.Set("x-ms-correlation-request-id",
                       correlation ? std::string(*correlation) : request_id);
  response.headers.Set("x-ms-routing-request-id", "SIMULATOR:" + request_id);
  response.headers.Set("Cache-Control", "no-cache");
  const auto wanted = sent.Get("x-ms-return-client-request-id");
  const auto client_id = sent.Get("x-ms-client-request-id");
  if (wanted && EqualsIgnoreCase(*wanted, "true") && client_id) {
    response.headers.Set("x-ms-client-request-id", std::string(*client_id));
  }
}

/// What a fault answers in place of the cloud; nothing if the request is to be served.
std::optional<http::Response> Instead(const World& world, const Fault& fault) {
  http::Response response;
  if (fault.action == Action::kFail) {
    response = ErrorResponse({fault.status, fault.code, fault.message, {}});
  } else if (fault.action == Action::kThrottle) {
    response = ErrorResponse({429, "TooManyRequests", fault.message, {}});
    SetRetryAfter(world, fault.delay, response.headers);
  } else if (fault.action == Action::kHtmlBody) {
    response = HtmlResponse(fault.status);
  } else {
    return std::nullopt;
  }
  for (const auto& [name, value] : fault.headers.fields()) response.headers.Set(name, value);
  return response;
}

http::Reply BrokenConnection() {
  return http::StreamResponse{
      .status = 200,
      .headers = {},
      .body = [](const std::stop_token&) -> Result<std::optional<std::string>> {
        return Error{.kind = ErrorKind::kTimeout, .message = "the connection was broken"};
      }};
}

/// What a fault makes of an answer after the cloud has done its work.
http::Reply Spoiled(const Fault& fault, http::Response response) {
  if (fault.action == Action::kLoseAnswer && fault.drop) return BrokenConnection();
  if (fault.action == Action::kLoseAnswer) return HtmlResponse(504);
  if (fault.action == Action::kTruncate) response.body.resize(response.body.size() / 2);
  return response;
}

int StatusOf(const http::Reply& reply) {
  const auto* response = std::get_if<http::Response>(&reply);
  return response == nullptr ? 0 : response->status;
}

}  // namespace

struct Simulator::State {
  Clock& clock;
  std::mutex mutex;
  World world;  // guarded by mutex
  state::Store* store = nullptr;

  /// The cloud catches up with the clock.
  void AdvanceToNow() {
    world.now = clock.Now() + world.ahead;
    Advance(world);
  }
  http::Reply Answer(std::unique_lock<std::mutex>& lock, const http::Request& request);
  http::Reply AnswerArm(std::unique_lock<std::mutex>& lock, Call& call);
};

Simulator::Simulator(Clock& clock, Random& random, Options options)
    : state_(new State{.clock = clock,
                       .mutex = {},
                       .world = {.random = random,
                                 .wire_time_scale = options.wire_time_scale,
                                 .base_url = std::move(options.base_url),
                                 .scheme = std::move(options.scheme)}}) {
  state_->world.settings.rate_headers = options.rate_headers;
}

Simulator::~Simulator() = default;

http::Handler Simulator::Handler() {
  return [this](const http::Request& request) { return Handle(request); };
}

Result<std::unique_ptr<Simulator>> Simulator::Restore(Clock& clock, Random& random, Options options,
                                                      state::Store& store) {
  auto simulator = std::make_unique<Simulator>(clock, random, std::move(options));
  State& state = *simulator->state_;
  state.world.now = clock.Now();
  LAB_RETURN_IF_ERROR(LoadWorld(state.world, store));
  state.store = &store;
  return simulator;
}

http::Reply Simulator::Handle(const http::Request& request) {
  std::unique_lock lock(state_->mutex);
  http::Reply reply = state_->Answer(lock, request);
  if (state_->store == nullptr) return reply;
  if (const Status saved = SaveWorld(state_->world, *state_->store); !saved) {
    return ErrorResponse({500, "InternalServerError", saved.error().ToString(), {}});
  }
  return reply;
}

http::Reply Simulator::State::Answer(std::unique_lock<std::mutex>& lock,
                                     const http::Request& request) {
  AdvanceToNow();
  Call call = CallOf(request, world);
  if (IsControl(call.path)) return Control(world, call);
  return AnswerArm(lock, call);
}

http::Reply Simulator::State::AnswerArm(std::unique_lock<std::mutex>& lock, Call& call) {
  call.fault = world.faults.Match(call.request.method, call.path);
  if (call.fault && call.fault->action == Action::kDelay) {
    const SteadyTime until = clock.SteadyNow() + call.fault->delay;
    lock.unlock();
    clock.SleepUntil(until, std::stop_token());
    lock.lock();
    AdvanceToNow();
  }
  std::optional<http::Response> instead;
  if (call.fault) instead = Instead(world, *call.fault);
  Served served = instead ? Served{*std::move(instead)} : Serve(world, call);
  AddIds(world, call, served.response);
  const bool not_modelled = served.response.status == 501;
  http::Reply reply = call.fault ? Spoiled(*call.fault, std::move(served.response))
                                 : http::Reply(std::move(served.response));
  world.log.Add({.time = world.now,
                 .method = std::string(http::Name(call.request.method)),
                 .path = call.path,
                 .api_version = call.api_version,
                 .status = StatusOf(reply),
                 .write = served.write,
                 .not_modelled = not_modelled});
  return reply;
}

}  // namespace labgallery::azure_simulator
