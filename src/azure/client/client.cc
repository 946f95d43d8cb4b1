#include "src/azure/client/client.h"

#include <algorithm>
#include <set>
#include <utility>

#include "src/azure/model/paging.h"
#include "src/http/model/retry_after.h"
#include "src/http/model/url.h"
#include "src/json/parse.h"

namespace labgallery::azure {
namespace {

using http::Method;
using std::chrono::milliseconds;

Error NotItsTurn(SteadyTime at, SteadyTime now) {
  Error error;
  error.kind = ErrorKind::kThrottled;
  error.message = "not sent: its turn within Azure's rate limits has not come";
  error.retry_after = std::chrono::ceil<milliseconds>(at - now);
  return error;
}

// A second try at once helps against a connection that broke and a front end that stumbled. Not
// against silence, which would hold the caller twice as long, nor where the server says when to
// come back.
bool DeservesSecondTry(const Result<http::Response>& result, SystemTime now) {
  if (!result) return result.error().kind == ErrorKind::kUnavailable;
  const int status = result->status;
  const bool failed = status == 500 || status == 502 || status == 503 || status == 504;
  return failed && !http::RetryAfter(result->headers, now);
}

// The answer to a request that Azure accepted. A write that was accepted is one even if its answer
// cannot be read.
Result<json::Value> BodyOf(const http::Response& response, bool is_read) {
  if (response.body.empty()) return json::Value();
  auto body = json::Parse(response.body);
  if (body) return *std::move(body);
  if (!is_read) return json::Value();
  Error error = ProtocolError("the answer is no JSON: " + body.error().message);
  error.http_status = response.status;
  error.request_id = RequestIdsOf(response.headers).correlation;
  return error;
}

}  // namespace

// A request on its way, with what is needed to send it again.
struct Client::Outgoing {
  http::Request request;  // without a token
  Effect effect = Effect::kRead;
  RateUse use;
  std::string path_template;
  std::string ticket;
  std::string step;  // what an error says we were doing
  std::stop_token stop;
};

bool IsPaced(const Error& error) {
  return error.kind == ErrorKind::kThrottled && error.http_status == 0;
}

Client::Client(http::HttpTransport& transport, Clock& clock, Random& random, TokenSource& tokens,
               Pacer& pacer, ClientOptions options)
    : transport_(transport),
      clock_(clock),
      random_(random),
      tokens_(tokens),
      pacer_(pacer),
      options_(std::move(options)) {}

Result<Answer> Client::Get(const Call& call) {
  return Exchanged(Build(Method::kGet, call, Effect::kRead, nullptr), call);
}

Result<Answer> Client::Put(const Call& call, const json::Value& body) {
  return Exchanged(Build(Method::kPut, call, Effect::kWrite, &body), call);
}

Result<Answer> Client::Patch(const Call& call, const json::Value& body) {
  return Exchanged(Build(Method::kPatch, call, Effect::kWrite, &body), call);
}

Result<Answer> Client::Post(const Call& call, const json::Value& body) {
  return Exchanged(Build(Method::kPost, call, Effect::kWrite, body.IsNull() ? nullptr : &body),
                   call);
}

Result<Answer> Client::Query(const Call& call, const json::Value& body) {
  return Exchanged(Build(Method::kPost, call, Effect::kRead, &body), call);
}

Result<Answer> Client::Delete(const Call& call) {
  return Exchanged(Build(Method::kDelete, call, Effect::kWrite, nullptr), call);
}

Client::Outgoing Client::Build(Method method, const Call& call, Effect effect,
                               const json::Value* body) const {
  std::vector<std::pair<std::string, std::string>> query{{"api-version", call.api_version}};
  query.insert(query.end(), call.query.begin(), call.query.end());
  Outgoing outgoing{.effect = effect,
                    .use = pacer_.UseOf(method, call.path, call.region),
                    .path_template = ShapeOf(call.path).Template(),
                    .stop = call.stop};
  http::Request& request = outgoing.request;
  request.method = method;
  request.url = options_.endpoint + http::EscapePath(call.path) + "?" + http::BuildQuery(query);
  request.headers.Set("Accept", "application/json");
  request.headers.Set("Accept-Language", "en-US");
  request.headers.Set("User-Agent", options_.user_agent);
  request.headers.Set("x-ms-correlation-request-id",
                      call.correlation_id.empty() ? random_.Uuid() : call.correlation_id);
  if (body != nullptr) {
    request.headers.Set("Content-Type", "application/json");
    request.body = json::Dump(*body);
  }
  if (effect == Effect::kRead) outgoing.use.kind = RateKind::kReads;
  outgoing.use.urgency = call.urgency;
  outgoing.step = std::string(http::Name(method)) + " " + call.path;
  outgoing.ticket = outgoing.step + "?" + http::BuildQuery(call.query);
  return outgoing;
}

Result<Answer> Client::Exchanged(Outgoing outgoing, const Call& call) {
  const Method method = outgoing.request.method;
  auto response = Send(outgoing);
  if (!response) return std::move(response).error().With(outgoing.step);
  Answer answer{.status = response->status};
  answer.correlation_id = RequestIdsOf(response->headers).correlation;
  if (response->status >= 300) {
    Error error = ErrorFrom(*response, clock_.Now());
    const bool nothing_there = method == Method::kDelete && error.kind == ErrorKind::kNotFound;
    if (!nothing_there) return std::move(error).With(outgoing.step);
    answer.headers = std::move(response->headers);
    return answer;
  }
  if (outgoing.effect == Effect::kWrite) {
    answer.operation = OperationFrom({.method = method,
                                      .origin = options_.endpoint,
                                      .path = call.path,
                                      .api_version = call.api_version,
                                      .region = call.region,
                                      .interval = call.poll_interval},
                                     *response, Now());
  }
  auto body = BodyOf(*response, outgoing.effect == Effect::kRead);
  if (!body) return std::move(body).error().With(outgoing.step);
  answer.body = *std::move(body);
  answer.headers = std::move(response->headers);
  return answer;
}

Result<http::Response> Client::Send(Outgoing& outgoing) {
  auto first = SendWithToken(outgoing);
  if (outgoing.effect == Effect::kWrite || !DeservesSecondTry(first, clock_.Now())) return first;
  auto second = SendWithToken(outgoing);
  if (!second && IsPaced(second.error())) return first;
  return second;
}

Result<http::Response> Client::SendWithToken(Outgoing& outgoing) {
  LAB_ASSIGN_OR_RETURN(const AccessToken token, tokens_.Token(options_.audience, outgoing.stop));
  auto response = SendOnce(outgoing, token);
  if (!response || response->status != 401) return response;
  // Refused before it was looked at: sending a write again is safe.
  tokens_.Invalidate(options_.audience, token);
  LAB_ASSIGN_OR_RETURN(const AccessToken fresh, tokens_.Token(options_.audience, outgoing.stop));
  return SendOnce(outgoing, fresh);
}

Result<http::Response> Client::SendOnce(Outgoing& outgoing, const AccessToken& token) {
  const Slot slot = pacer_.Reserve(outgoing.use, outgoing.ticket);
  if (!slot.now) return NotItsTurn(slot.at, clock_.SteadyNow());
  http::Request request = outgoing.request;
  request.headers.Set("x-ms-client-request-id", random_.Uuid());
  const bool is_write = outgoing.effect == Effect::kWrite;
  if (is_write && options_.before_write) LAB_RETURN_IF_ERROR(options_.before_write(request));
  request.headers.Set("Authorization", "Bearer " + token.value.Reveal());

  const SteadyTime start = clock_.SteadyNow();
  auto response = transport_.Send(request, {.timeout = options_.timeout, .stop = outgoing.stop});
  Exchange exchange{.method = request.method,
                    .path_template = outgoing.path_template,
                    .write = is_write,
                    .duration = clock_.SteadyNow() - start};
  if (response) {
    exchange.status = response->status;
    exchange.ids = RequestIdsOf(response->headers);
    pacer_.Observe(outgoing.use, *response, start);
  }
  if (options_.observer) options_.observer(exchange);
  return response;
}

Result<std::vector<json::Value>> Client::List(const Call& call) {
  LAB_ASSIGN_OR_RETURN(Listing listing, ListAll(call));
  return std::move(listing.items);
}

Result<Client::Listing> Client::ListAll(const Call& call) {
  Outgoing outgoing = Build(Method::kGet, call, Effect::kRead, nullptr);
  ListCollector collector;
  std::set<std::string> followed;
  SteadyTime patience_ends{};  // the first page waits for nothing
  for (int number = 0; number < options_.max_pages; ++number) {
    auto page = SendPage(outgoing, patience_ends);
    if (!page) return std::move(page).error().With(outgoing.step);
    collector.Add(std::move(page->items));
    if (page->next_link.empty()) return Listing{collector.Take(), number + 1};
    auto next = FollowLink(page->next_link, options_.endpoint);
    if (!next) return std::move(next).error().With(outgoing.step);
    if (!followed.insert(*next).second) break;
    outgoing.request.url = *std::move(next);
    if (number == 0) patience_ends = clock_.SteadyNow() + options_.page_patience;
  }
  return ProtocolError("the pages of the list do not end").With(outgoing.step);
}

// One page. From the second on a short wait is better than losing the pages before it.
Result<Page> Client::SendPage(Outgoing& outgoing, SteadyTime patience_ends) {
  while (true) {
    auto response = Send(outgoing);
    if (response && response->status < 300) {
      LAB_ASSIGN_OR_RETURN(json::Value body, BodyOf(*response, true));
      return ReadPage(std::move(body));
    }
    Error error = response ? ErrorFrom(*response, clock_.Now()) : std::move(response).error();
    const SteadyTime again = clock_.SteadyNow() + error.retry_after.value_or(milliseconds(0));
    const bool can_wait =
        error.kind == ErrorKind::kThrottled && error.retry_after && again <= patience_ends;
    if (!can_wait) return error;
    if (!clock_.SleepUntil(again, outgoing.stop)) return Cancelled();
  }
}

Result<OperationState> Client::Poll(Operation& operation, const std::stop_token& stop) {
  const Call call{.path = operation.path,
                  .api_version = operation.api_version,
                  .region = operation.region,
                  .correlation_id = operation.correlation_id,
                  .stop = stop};
  Outgoing outgoing = Build(Method::kGet, call, Effect::kRead, nullptr);
  if (operation.style != MonitorStyle::kResource) {
    const auto url = http::ParseUrl(operation.url.Reveal());
    const std::string path = url ? url->path : std::string();
    outgoing.request.url = operation.url.Reveal();
    outgoing.use = pacer_.UseOf(Method::kGet, path, operation.region);
    outgoing.use.root = RootOf(operation.path);
    outgoing.path_template = ShapeOf(path).Template();
    outgoing.ticket = "GET " + path;
  }
  outgoing.step = "poll the operation on " + operation.path;
  auto response = Send(outgoing);
  if (!response) {
    operation.next_poll =
        clock_.SteadyNow() + response.error().retry_after.value_or(operation.interval);
    return std::move(response).error().With(outgoing.step);
  }
  auto state = ReadPoll(operation, *response, Now());
  if (!state) return std::move(state).error().With(outgoing.step);
  return state;
}

}  // namespace labgallery::azure
