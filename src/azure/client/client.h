// Sending to Azure Resource Manager: one request and its answer as a value, with token, headers,
// pacing, paging and the interpretation of errors and operations. It decides nothing and remembers
// nothing about resources; who waits, and for how long, is the queue's business.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/azure/client/pacer.h"
#include "src/azure/client/token_source.h"
#include "src/azure/model/error.h"
#include "src/azure/model/operation.h"
#include "src/azure/model/paging.h"
#include "src/azure/model/resource_id.h"
#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/base/result.h"
#include "src/http/model/transport.h"
#include "src/json/value.h"

namespace labgallery::azure {

/// What a request is about.
struct Call {
  std::string path;  // ResourceId::text(), or that of a collection or action below it
  std::string api_version;
  std::vector<std::pair<std::string, std::string>> query = {};  // beside api-version, unescaped
  Region region = {};  // where the resource lives, as Azure counts some requests per region
  std::chrono::milliseconds poll_interval{10000};  // of its operation, where Azure does not say
  std::string correlation_id = {};                 // groups the calls of one pass; made up if empty
  Urgency urgency = Urgency::kInteractive;
  std::stop_token stop = {};
};

struct Answer {
  int status = 0;
  json::Value body;  // null if there was none
  http::Headers headers;
  std::optional<Operation> operation;  // what is still running in Azure
  std::string correlation_id;
};

/// One request that was sent, for metrics and the log.
struct Exchange {
  http::Method method = http::Method::kGet;
  std::string path_template;  // no names in it
  bool write = false;         // may have changed something
  int status = 0;             // 0: no answer
  Duration duration{};
  RequestIds ids;
};

struct ClientOptions {
  std::string endpoint;  // origin of ARM: "https://management.azure.com"
  std::string audience;  // of its tokens
  std::string user_agent;
  std::chrono::milliseconds timeout{60000};
  int max_pages = 2000;  // of one list
  /// How long one list may wait for its next page; then the whole list is tried again later.
  Duration page_patience = std::chrono::seconds(10);
  /// Called before every write leaves; an error of its is returned instead of sending.
  std::function<Status(const http::Request&)> before_write = {};
  /// Called after every request that was sent, on the sending thread.
  std::function<void(const Exchange&)> observer = {};
};

/// True for the error of a request that was not sent because its turn has not come: retry_after
/// says when.
bool IsPaced(const Error& error);

/// Thread-safe. Every call blocks for one request, or a few: a 401 is answered with one fresh
/// token, a read that failed in transit or with a 5xx is sent a second time at once, and nothing
/// else is repeated. A write whose outcome is not known is kTimeout: read before writing again.
class Client {
 public:
  Client(http::HttpTransport& transport, Clock& clock, Random& random, TokenSource& tokens,
         Pacer& pacer, ClientOptions options);

  /// kNotFound only if ARM proved the absence; see ErrorFrom for what a 404 and a 403 mean.
  Result<Answer> Get(const Call& call);
  Result<Answer> Put(const Call& call, const json::Value& body);
  Result<Answer> Patch(const Call& call, const json::Value& body);
  /// `body` null: none is sent.
  Result<Answer> Post(const Call& call, const json::Value& body);
  /// A POST that only reads: no write to gate, count or pace as one.
  Result<Answer> Query(const Call& call, const json::Value& body);
  /// Success also when there was nothing to delete (204, or a proven 404): status tells.
  Result<Answer> Delete(const Call& call);

  struct Listing {
    std::vector<json::Value> items;
    int pages = 0;  // requests that it took
  };
  /// All items of all pages, without repetitions; all or an error.
  Result<Listing> ListAll(const Call& call);
  /// Its items.
  Result<std::vector<json::Value>> List(const Call& call);

  /// Asks once how an operation stands and sets its next_poll. An error means that the status could
  /// not be read, not that the operation failed.
  Result<OperationState> Poll(Operation& operation, const std::stop_token& stop);

  const ClientOptions& options() const { return options_; }

 private:
  enum class Effect { kRead, kWrite };
  struct Outgoing;

  Outgoing Build(http::Method method, const Call& call, Effect effect,
                 const json::Value* body) const;
  Result<Answer> Exchanged(Outgoing outgoing, const Call& call);
  Result<http::Response> Send(Outgoing& outgoing);
  Result<http::Response> SendWithToken(Outgoing& outgoing);
  Result<http::Response> SendOnce(Outgoing& outgoing, const AccessToken& token);
  Result<Page> SendPage(Outgoing& outgoing, SteadyTime patience_ends);
  Instants Now() const { return {clock_.Now(), clock_.SteadyNow()}; }

  http::HttpTransport& transport_;
  Clock& clock_;
  Random& random_;
  TokenSource& tokens_;
  Pacer& pacer_;
  const ClientOptions options_;
};

}  // namespace labgallery::azure
