#include "src/embedded_kube/server.h"

#include <string>
#include <utility>

#include "src/embedded_kube/bootstrap.h"
#include "src/embedded_kube/discovery.h"
#include "src/embedded_kube/lister.h"
#include "src/embedded_kube/presentation.h"
#include "src/embedded_kube/route.h"
#include "src/embedded_kube/storage.h"
#include "src/embedded_kube/watch.h"
#include "src/embedded_kube/writer.h"
#include "src/http/model/url.h"
#include "src/json/parse.h"

namespace labgallery::embedded_kube {
namespace {

using http::Method;

http::Response PathNotFound() {
  return {404, {{"Content-Type", "text/plain; charset=utf-8"}}, "404 page not found\n"};
}

// A warning's text is a quoted string of RFC 7234.
std::string WarningHeader(const std::string& text) {
  std::string quoted = "299 - \"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

std::string_view Verb(Method method, bool collection, bool watch) {
  switch (method) {
    case Method::kGet:
      if (watch) return "watch";
      return collection ? "list" : "get";
    case Method::kPost:
      return collection ? "create" : "";
    case Method::kPut:
      return collection ? "" : "update";
    case Method::kPatch:
      return collection ? "" : "patch";
    case Method::kDelete:
      return collection ? "deletecollection" : "delete";
    default:
      return "";
  }
}

}  // namespace

struct Server::Parts {
  Parts(Clock& clock_in, Random& random_in, const Options& options)
      : clock(clock_in),
        random(random_in),
        storage(clock_in, {.store = options.store, .history = options.watch_history}),
        writer({.storage = storage, .catalog = catalog, .clock = clock_in, .random = random_in}),
        lister(storage, clock_in),
        watch_world{.storage = storage,
                    .clock = clock_in,
                    .random = random_in,
                    .rules = {.streaming_lists = options.streaming_lists}} {}

  Clock& clock;
  Random& random;
  Catalog catalog;
  Storage storage;
  Writer writer;
  Lister lister;
  WatchWorld watch_world;

  Outcome<http::Reply> AnswerCustom(const Call& call);
  Outcome<http::Reply> Answer(const Call& call);
  Outcome<http::Reply> Read(const Call& call, std::string_view verb,
                            const Presentation& presentation) const;
  Outcome<Written> WriteOne(const Call& call, std::string_view verb);
  Outcome<http::Reply> Write(const Call& call, std::string_view verb,
                             const Presentation& presentation);
};

// The real server has a part of its own for custom resources, which says no in its own way.
Outcome<http::Reply> Server::Parts::AnswerCustom(const Call& call) {
  const Method method = call.request.method;
  const bool everywhere = call.resource->type.namespaced && call.key.name_space.empty();
  if (everywhere && method != Method::kGet) return PathNotFound();
  const bool collection = call.key.name.empty();
  if (collection && (method == Method::kPut || method == Method::kPatch)) {
    return Refuse(BadRequest("name must be provided"));
  }
  if (method != Method::kPost || collection || !call.subresource.empty()) return Answer(call);
  Call create = call;  // the body names the object
  create.key.name.clear();
  return Answer(create);
}

Outcome<http::Reply> Server::Parts::Answer(const Call& call) {
  const bool collection = call.key.name.empty();
  EMK_ASSIGN_OR_REFUSE(const bool watch, call.query.Boolean("watch"));
  const std::string_view verb = Verb(call.request.method, collection, watch);
  const bool creates_nowhere =
      verb == "create" && call.resource->type.namespaced && call.key.name_space.empty();
  const bool of_status = !call.subresource.empty() && (verb == "delete" || verb == "watch");
  if (!call.resource->Allows(verb) || creates_nowhere || of_status) {
    return Refuse(MethodNotAllowed(call.subject()));
  }
  EMK_ASSIGN_OR_REFUSE(const Presentation presentation, Presentation::Of(call, clock));
  const bool reads = call.request.method == Method::kGet;
  return reads ? Read(call, verb, presentation) : Write(call, verb, presentation);
}

Outcome<http::Reply> Server::Parts::Read(const Call& call, std::string_view verb,
                                         const Presentation& presentation) const {
  if (verb == "list") {
    EMK_ASSIGN_OR_REFUSE(std::string text, lister.List(call, presentation));
    return http::JsonResponse(200, std::move(text));
  }
  if (verb == "watch") {
    EMK_ASSIGN_OR_REFUSE(http::StreamResponse stream, OpenWatch(watch_world, call, presentation));
    return stream;
  }
  const ObjectPtr object = storage.Get(*call.resource, call.key);
  if (object == nullptr) return Refuse(NotFound(call.subject()));
  return http::JsonResponse(200, presentation.Object(*call.resource, *object));
}

Outcome<Written> Server::Parts::WriteOne(const Call& call, std::string_view verb) {
  if (verb == "create") return writer.Create(call);
  if (verb == "update") return writer.Replace(call);
  if (verb == "patch") return writer.Patch(call);
  return writer.Delete(call);
}

Outcome<http::Reply> Server::Parts::Write(const Call& call, std::string_view verb,
                                          const Presentation& presentation) {
  if (verb == "deletecollection") {
    EMK_ASSIGN_OR_REFUSE(const Selection selection, Selection::Of(call));
    EMK_ASSIGN_OR_REFUSE(const std::vector<ObjectPtr> deleted,
                         writer.DeleteCollection(call, [&](const StoredObject& object) {
                           return selection.Matches(object);
                         }));
    return http::JsonResponse(
        200, presentation.List(*call.resource, deleted, {.version = storage.Version()}));
  }
  EMK_ASSIGN_OR_REFUSE(const Written written, WriteOne(call, verb));
  http::Response response = http::JsonResponse(
      written.code, written.status.IsNull() ? presentation.Object(*call.resource, *written.object)
                                            : json::Dump(written.status));
  for (const std::string& warning : written.warnings)
    response.headers.Add("Warning", WarningHeader(warning));
  return response;
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::Start(Clock& clock, Random& random,
                                              const Options& options) {
  auto parts = std::make_unique<Parts>(clock, random, options);
  LAB_RETURN_IF_ERROR(Bootstrap({.storage = parts->storage,
                                 .catalog = parts->catalog,
                                 .lifecycle = parts->writer.lifecycle(),
                                 .clock = clock,
                                 .random = random},
                                options.crds));
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

http::Reply Server::Handle(const http::Request& request) {
  const auto [path, query_text] = http::SplitTarget(request.url);
  if (const auto route = FindRoute(parts_->catalog, path)) {
    const Query query(query_text);
    const Call call{request, query, route->resource, route->key, route->subresource};
    auto reply = call.resource->custom ? parts_->AnswerCustom(call) : parts_->Answer(call);
    return reply ? *std::move(reply) : http::Reply(Answer(reply.error()));
  }
  if (request.method == Method::kGet) {
    if (auto response = Discover(parts_->catalog, request, path)) return *std::move(response);
  }
  return PathNotFound();
}

}  // namespace labgallery::embedded_kube
