// Sends requests to one Kubernetes API server and turns its answers into values and errors. It
// retries only what cannot have been applied; what to do about a conflict or a lost write is the
// caller's decision. Requests themselves are built in src/kube/model, lists are followed by
// src/runtime.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "src/base/clock.h"
#include "src/base/result.h"
#include "src/http/model/transport.h"
#include "src/json/value.h"
#include "src/kube/client/line_reader.h"
#include "src/kube/model/answer.h"
#include "src/kube/model/object.h"
#include "src/kube/model/request.h"

namespace labgallery::kube {

/// How much of an object a list or watch asks for.
enum class Form {
  kWhole,
  kMetadata,  // PartialObjectMetadata; a server that does not know it sends whole objects
};

/// One request that was sent, for metrics and the log.
struct Exchange {
  http::Method method = http::Method::kGet;
  int status = 0;       // 0: no answer
  Duration duration{};  // of a watch: until it was open
  bool is_watch = false;
};

struct ClientOptions {
  std::string origin;  // "scheme://host:port", and the path of a server behind another one
  /// Puts credentials on a request, each time before it is sent; empty for a server that wants
  /// none. May block, until it is stopped.
  std::function<Status(http::Request&, const std::stop_token&)> decorate{};
  /// The server has answered 401 to this request. True if what `decorate` puts on it next may be
  /// better: it is then sent once more.
  std::function<bool(const http::Request&)> rejected{};
  /// Blocks until another request may be sent, watches excepted; false if it was stopped.
  std::function<bool(const std::stop_token&)> await_turn{};
  /// Asked before each single sending of a mutating request; its error is returned instead of
  /// sending.
  std::function<Status(const http::Request&)> before_write{};
  /// Called after every single sending, on the sending thread; must not block.
  std::function<void(const Exchange&)> on_request{};
  std::chrono::milliseconds request_timeout{30000};
  /// The longest silence of a watch: longer than the server's bookmark interval of 60 s.
  std::chrono::milliseconds watch_silence{75000};
};

/// What a request is about. Refers to its arguments: for use within one call.
struct Target {
  const ResourceType& type;
  const ObjectKey& key;
  std::string_view subresource{};
};

/// What a list or watch is about.
struct Collection {
  const ResourceType& type;
  std::string name_space;  // empty: all
  Form form = Form::kWhole;
};

/// An open watch. One thread reads.
class WatchStream {
 public:
  explicit WatchStream(LineReader lines) : lines_(std::move(lines)) {}

  /// The next event. Blocks until there is one; nothing at the regular end. kProtocol for a line
  /// that is over the limit or is no event, kUnavailable or kTimeout for a broken or silent
  /// connection, kCancelled after a stop. After an error the stream is of no further use.
  Result<std::optional<WatchEvent>> Next(const std::stop_token& stop);

 private:
  LineReader lines_;
};

/// Thread-safe; the transports, the clock and what the options refer to must outlive it. All calls
/// block.
///
/// Retries (CL-01, CL-02): an answer 401 once, where `rejected` has something better; 429 with
/// Retry-After, and for reads any 5xx with Retry-After, up to 10 tries; a read of one object also
/// after a broken connection. A write is otherwise sent at most once: its kTimeout means that
/// nobody knows whether it was applied. Lists do not hide broken connections, and watches no
/// failure at all, because those who follow them have a backoff of their own.
class Client {
 public:
  /// `watch_transport` carries what stays open for minutes, `transport` all the rest.
  Client(http::HttpTransport& transport, http::HttpTransport& watch_transport, Clock& clock,
         ClientOptions options);

  /// The object. kNotFound only if the server proved its absence.
  Result<json::Value> Get(const ResourceType& type, const ObjectKey& key,
                          const std::stop_token& stop);
  /// One page. IsExpired and IsVersionTooLarge tell the errors that ask for another start.
  Result<ObjectList> ListPage(const Collection& collection, const ListOptions& options,
                              const std::stop_token& stop);
  Result<WatchStream> Watch(const Collection& collection, const WatchOptions& options,
                            const std::stop_token& stop);

  // The writes answer with the metadata of the written object, which is all that is asked from the
  // server. kConflict: the object has changed, or a test of the patch failed.
  Result<ObjectMeta> PatchJson(const Target& target, const json::Value& operations,
                               const std::stop_token& stop);
  Result<ObjectMeta> PatchMerge(const Target& target, const json::Value& patch,
                                const std::stop_token& stop);
  Result<ObjectMeta> Create(const ResourceType& type, const json::Value& object,
                            const std::stop_token& stop);
  /// `object` carries the resourceVersion that it is meant to replace.
  Result<ObjectMeta> Replace(const ResourceType& type, const json::Value& object,
                             const std::stop_token& stop);
  /// Asks with an object that the server answers and does not keep, a review: the answer. Sent
  /// once; whether to ask again after a failure is the caller's decision.
  Result<json::Value> Review(const ResourceType& type, const json::Value& object,
                             const std::stop_token& stop);
  /// Deletes, or with finalizers marks for deletion. With a `uid` only the object that has it.
  Status Delete(const Target& target, const std::string& uid, const std::stop_token& stop);

 private:
  enum class Retry { kAnswers, kAnswersAndConnections };

  Result<http::Request> Prepare(http::Request request, const std::stop_token& stop) const;
  bool MayLogInAgain(const http::Request& rejected, int status) const;
  Result<http::StreamResponse> OpenOnce(const http::Request& ready, const std::stop_token& stop);
  Result<http::Response> SendReady(const http::Request& ready, const std::stop_token& stop);
  void Observe(const Exchange& exchange, SteadyTime sent) const;
  Result<http::Response> SendOnce(const http::Request& request, const std::stop_token& stop);
  Result<http::Response> Send(const http::Request& request, const ObjectKey& asked, Retry retry,
                              const std::stop_token& stop);
  Result<ObjectMeta> Write(http::Request request, const ObjectKey& asked,
                           const std::stop_token& stop);

  http::HttpTransport& transport_;
  http::HttpTransport& watch_transport_;
  Clock& clock_;
  const ClientOptions options_;
};

}  // namespace labgallery::kube
