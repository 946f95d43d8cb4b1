#include "src/kube/client/client.h"

#include <algorithm>
#include <utility>

#include "src/http/model/retry_after.h"
#include "src/json/parse.h"
#include "src/kube/model/object_text.h"

namespace labgallery::kube {
namespace {

constexpr int kTries = 10;
constexpr std::chrono::milliseconds kConnectionPause{1000};
constexpr std::string_view kUserAgent = "labgallery/" LABGALLERY_VERSION;

// A server takes the first of these that it can make.
constexpr std::string_view kObjectMetadata =
    "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
constexpr std::string_view kListMetadata =
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

bool IsFailure(int status) { return status >= 400; }

// Nothing was applied where the server answered 429; after another error a read harms nobody.
bool MayRepeat(http::Method method, int status) {
  return status == 429 || (status >= 500 && http::IsRead(method));
}

bool IsBrokenConnection(const Error& error) {
  return error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kTimeout;
}

// An error's whole body, which is short; what is longer than a line of a watch is cut off.
std::string ReadBody(const http::BodyReader& body, const std::stop_token& stop) {
  std::string text;
  while (text.size() < kMaxLineBytes) {
    const std::optional<std::string> more = body(stop).value_or(std::nullopt);
    if (!more) break;
    text += *more;
  }
  return text;
}

}  // namespace

Result<std::optional<WatchEvent>> WatchStream::Next(const std::stop_token& stop) {
  LAB_ASSIGN_OR_RETURN(const std::optional<std::string> line, lines_.Next(stop));
  if (!line) return std::optional<WatchEvent>();
  LAB_ASSIGN_OR_RETURN(WatchEvent event, ReadWatchEvent(*line));
  return std::optional(std::move(event));
}

Client::Client(http::HttpTransport& transport, http::HttpTransport& watch_transport, Clock& clock,
               ClientOptions options)
    : transport_(transport),
      watch_transport_(watch_transport),
      clock_(clock),
      options_(std::move(options)) {}

Result<http::Request> Client::Prepare(http::Request request, const std::stop_token& stop) const {
  request.url = options_.origin + request.url;
  request.headers.Set("User-Agent", std::string(kUserAgent));
  if (options_.decorate) LAB_RETURN_IF_ERROR(options_.decorate(request, stop));
  return request;
}

// Nothing has been applied: also a write may be sent again.
bool Client::MayLogInAgain(const http::Request& rejected, int status) const {
  return status == 401 && options_.rejected && options_.rejected(rejected);
}

void Client::Observe(const Exchange& exchange, SteadyTime sent) const {
  if (!options_.on_request) return;
  Exchange observed = exchange;
  observed.duration = clock_.SteadyNow() - sent;
  options_.on_request(observed);
}

Result<http::Response> Client::SendOnce(const http::Request& request, const std::stop_token& stop) {
  LAB_ASSIGN_OR_RETURN(const http::Request ready, Prepare(request, stop));
  auto response = SendReady(ready, stop);
  if (!response || !MayLogInAgain(ready, response->status)) return response;
  LAB_ASSIGN_OR_RETURN(const http::Request again, Prepare(request, stop));
  return SendReady(again, stop);
}

Result<http::Response> Client::SendReady(const http::Request& ready, const std::stop_token& stop) {
  if (options_.await_turn && !options_.await_turn(stop)) return Cancelled();
  if (!http::IsRead(ready.method) && options_.before_write) {
    LAB_RETURN_IF_ERROR(options_.before_write(ready));
  }
  const SteadyTime sent = clock_.SteadyNow();
  auto response = transport_.Send(ready, {.timeout = options_.request_timeout, .stop = stop});
  Observe({.method = ready.method, .status = response ? response->status : 0}, sent);
  return response;
}

Result<http::Response> Client::Send(const http::Request& request, const ObjectKey& asked,
                                    Retry retry, const std::stop_token& stop) {
  for (int left = kTries - 1;; --left) {
    auto response = SendOnce(request, stop);
    std::optional<std::chrono::milliseconds> pause;
    std::optional<Error> error;
    if (!response) {
      error = std::move(response).error();
      if (retry == Retry::kAnswersAndConnections && IsBrokenConnection(*error))
        pause = kConnectionPause;
    } else if (IsFailure(response->status)) {
      error = ErrorFrom(*response, asked, clock_.Now());
      // A version that the server does not know yet is the caller's to change, not to wait for.
      const bool repeat = MayRepeat(request.method, response->status) && !IsVersionTooLarge(*error);
      if (repeat) pause = error->retry_after;
    } else {
      return response;
    }
    if (left == 0 || !pause || !clock_.Sleep(*pause, stop)) {
      return std::move(*error).With(std::string(http::Name(request.method)) + " " + request.url);
    }
  }
}

Result<json::Value> Client::Get(const ResourceType& type, const ObjectKey& key,
                                const std::stop_token& stop) {
  LAB_ASSIGN_OR_RETURN(const http::Response response,
                       Send(GetRequest(type, key), key, Retry::kAnswersAndConnections, stop));
  auto object = ParseObject(response.body);
  if (!object) return ProtocolError("object " + key.ToString() + ": " + object.error().message);
  return std::move(*object);
}

Result<ObjectList> Client::ListPage(const Collection& collection, const ListOptions& options,
                                    const std::stop_token& stop) {
  http::Request request = ListRequest(collection.type, collection.name_space, options);
  if (collection.form == Form::kMetadata) request.headers.Set("Accept", std::string(kListMetadata));
  LAB_ASSIGN_OR_RETURN(const http::Response response, Send(request, {}, Retry::kAnswers, stop));
  return ReadList(response.body);
}

Result<http::StreamResponse> Client::OpenOnce(const http::Request& ready,
                                              const std::stop_token& stop) {
  const SteadyTime sent = clock_.SteadyNow();
  auto opened = watch_transport_.Open(ready, {.timeout = options_.watch_silence, .stop = stop});
  Observe({.status = opened ? opened->status : 0, .is_watch = true}, sent);
  return opened;
}

Result<WatchStream> Client::Watch(const Collection& collection, const WatchOptions& options,
                                  const std::stop_token& stop) {
  http::Request request = WatchRequest(collection.type, collection.name_space, options);
  if (collection.form == Form::kMetadata)
    request.headers.Set("Accept", std::string(kObjectMetadata));
  LAB_ASSIGN_OR_RETURN(http::Request ready, Prepare(request, stop));
  LAB_ASSIGN_OR_RETURN(http::StreamResponse response, OpenOnce(ready, stop));
  if (MayLogInAgain(ready, response.status)) {
    LAB_ASSIGN_OR_RETURN(ready, Prepare(request, stop));
    LAB_ASSIGN_OR_RETURN(response, OpenOnce(ready, stop));
  }
  if (!IsFailure(response.status)) return WatchStream(LineReader(std::move(response.body)));
  const http::Response whole{response.status, response.headers, ReadBody(response.body, stop)};
  return ErrorFrom(whole, {}, clock_.Now()).With("GET " + request.url);
}

Result<ObjectMeta> Client::Write(http::Request request, const ObjectKey& asked,
                                 const std::stop_token& stop) {
  request.headers.Set("Accept", std::string(kObjectMetadata));
  LAB_ASSIGN_OR_RETURN(const http::Response response, Send(request, asked, Retry::kAnswers, stop));
  const auto object = ParseObject(response.body);
  if (!object)
    return ProtocolError("answer about " + asked.ToString() + ": " + object.error().message);
  return ReadMeta(*object);
}

Result<ObjectMeta> Client::PatchJson(const Target& target, const json::Value& operations,
                                     const std::stop_token& stop) {
  return Write(JsonPatchRequest(target.type, target.key, target.subresource, operations),
               target.key, stop);
}

Result<ObjectMeta> Client::PatchMerge(const Target& target, const json::Value& patch,
                                      const std::stop_token& stop) {
  return Write(MergePatchRequest(target.type, target.key, target.subresource, patch), target.key,
               stop);
}

Result<ObjectMeta> Client::Create(const ResourceType& type, const json::Value& object,
                                  const std::stop_token& stop) {
  return Write(CreateRequest(type, object), {}, stop);
}

Result<ObjectMeta> Client::Replace(const ResourceType& type, const json::Value& object,
                                   const std::stop_token& stop) {
  const ObjectKey key{std::string(object.Text({"metadata", "namespace"})),
                      std::string(object.Text({"metadata", "name"}))};
  return Write(ReplaceRequest(type, object), key, stop);
}

Result<json::Value> Client::Review(const ResourceType& type, const json::Value& object,
                                   const std::stop_token& stop) {
  const http::Request request = CreateRequest(type, object);
  auto response = SendOnce(request, stop);
  if (!response) return std::move(response).error().With("POST " + request.url);
  if (IsFailure(response->status))
    return ErrorFrom(*response, {}, clock_.Now()).With("POST " + request.url);
  auto answer = json::Parse(response->body);
  // What a parser complains about it quotes, and a review may hold a token.
  if (!answer) return ProtocolError("the answer to a " + type.kind + " is not JSON");
  return std::move(*answer);
}

Status Client::Delete(const Target& target, const std::string& uid, const std::stop_token& stop) {
  // Answers with the object or with a Status: neither holds anything that the caller could not
  // know.
  http::Request request = DeleteRequest(target.type, target.key, uid);
  request.headers.Set("Accept", std::string(kObjectMetadata));
  LAB_ASSIGN_OR_RETURN(const http::Response response,
                       Send(request, target.key, Retry::kAnswers, stop));
  return Ok();
}

}  // namespace labgallery::kube
