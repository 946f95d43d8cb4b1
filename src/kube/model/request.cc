#include "src/kube/model/request.h"

#include <algorithm>
#include <utility>

#include "src/http/model/url.h"
#include "src/json/parse.h"

namespace labgallery::kube {
namespace {

using http::Method;
using http::Request;

Request Body(Method method, std::string url, std::string_view content_type,
             const json::Value& body) {
  return {.method = method,
          .url = std::move(url),
          .headers = {{"Content-Type", std::string(content_type)}, {"Accept", "application/json"}},
          .body = json::Dump(body)};
}

Request Read(std::string url) {
  return {.method = Method::kGet,
          .url = std::move(url),
          .headers = {{"Accept", "application/json"}},
          .body = ""};
}

ObjectKey KeyOf(const json::Value& object) {
  return {std::string(object.Text({"metadata", "namespace"})),
          std::string(object.Text({"metadata", "name"}))};
}

json::Value Operation(std::string_view op, std::string_view path, json::Value value) {
  json::Value operation;
  operation.Set("op", op);
  operation.Set("path", path);
  operation.Set("value", std::move(value));
  return operation;
}

}  // namespace

std::string ResourcePath(const ResourceType& type, const ObjectKey& key,
                         std::string_view subresource) {
  std::string path =
      type.group.empty() ? "/api/" + type.version : "/apis/" + type.group + "/" + type.version;
  if (type.namespaced && !key.name_space.empty())
    path += "/namespaces/" + http::Escape(key.name_space);
  path += "/" + type.plural;
  if (!key.name.empty()) path += "/" + http::Escape(key.name);
  if (!subresource.empty()) path += "/" + std::string(subresource);
  return path;
}

Request GetRequest(const ResourceType& type, const ObjectKey& key) {
  return Read(ResourcePath(type, key));
}

Request ListRequest(const ResourceType& type, const std::string& name_space,
                    const ListOptions& options) {
  std::vector<std::pair<std::string, std::string>> query;
  if (!options.label_selector.empty()) query.emplace_back("labelSelector", options.label_selector);
  if (options.limit > 0) query.emplace_back("limit", std::to_string(options.limit));
  if (!options.continue_token.empty()) {
    query.emplace_back("continue", options.continue_token);
  } else {
    if (!options.resource_version.empty())
      query.emplace_back("resourceVersion", options.resource_version);
    if (!options.resource_version_match.empty()) {
      query.emplace_back("resourceVersionMatch", options.resource_version_match);
    }
  }
  std::string url = ResourcePath(type, {name_space, ""});
  if (!query.empty()) url += "?" + http::BuildQuery(query);
  return Read(std::move(url));
}

Request WatchRequest(const ResourceType& type, const std::string& name_space,
                     const WatchOptions& options) {
  std::vector<std::pair<std::string, std::string>> query{
      {"watch", "true"},
      {"allowWatchBookmarks", "true"},
      {"timeoutSeconds", std::to_string(options.timeout.count())}};
  if (!options.resource_version.empty())
    query.emplace_back("resourceVersion", options.resource_version);
  if (!options.field_selector.empty()) query.emplace_back("fieldSelector", options.field_selector);
  if (options.send_initial_events) {
    query.emplace_back("sendInitialEvents", "true");
    query.emplace_back("resourceVersionMatch", "NotOlderThan");
  }
  return Read(ResourcePath(type, {name_space, ""}) + "?" + http::BuildQuery(query));
}

Request CreateRequest(const ResourceType& type, const json::Value& object) {
  return Body(Method::kPost, ResourcePath(type, {KeyOf(object).name_space, ""}), "application/json",
              object);
}

Request ReplaceRequest(const ResourceType& type, const json::Value& object) {
  return Body(Method::kPut, ResourcePath(type, KeyOf(object)), "application/json", object);
}

Request DeleteRequest(const ResourceType& type, const ObjectKey& key, const std::string& uid) {
  Request request = Read(ResourcePath(type, key));
  request.method = Method::kDelete;
  if (!uid.empty()) {
    json::Value options;
    options.Set("kind", "DeleteOptions");
    options.Set("apiVersion", "v1");
    options.Set("preconditions", json::Value()).Set("uid", uid);
    request.headers.Set("Content-Type", "application/json");
    request.body = json::Dump(options);
  }
  return request;
}

Request JsonPatchRequest(const ResourceType& type, const ObjectKey& key,
                         std::string_view subresource, const json::Value& operations) {
  return Body(Method::kPatch, ResourcePath(type, key, subresource), "application/json-patch+json",
              operations);
}

Request MergePatchRequest(const ResourceType& type, const ObjectKey& key,
                          std::string_view subresource, const json::Value& patch) {
  return Body(Method::kPatch, ResourcePath(type, key, subresource), "application/merge-patch+json",
              patch);
}

json::Value StatusPatch(const std::string& resource_version, json::Value status) {
  json::Value operations;
  operations.Push(Operation("test", "/metadata/resourceVersion", resource_version));
  operations.Push(Operation("add", "/status", std::move(status)));
  return operations;
}

json::Value AddFinalizerPatch(const ObjectMeta& meta, const std::string& finalizer) {
  json::Value operations;
  operations.Push(Operation("test", "/metadata/resourceVersion", meta.resource_version));
  if (meta.finalizers.empty()) {
    operations.Push(
        Operation("add", "/metadata/finalizers", json::Value::Array{json::Value(finalizer)}));
  } else {
    operations.Push(Operation("add", "/metadata/finalizers/-", finalizer));
  }
  return operations;
}

json::Value RemoveFinalizerPatch(const ObjectMeta& meta, const std::string& finalizer) {
  const auto found = std::find(meta.finalizers.begin(), meta.finalizers.end(), finalizer);
  const std::string path =
      "/metadata/finalizers/" + std::to_string(found - meta.finalizers.begin());
  json::Value operations;
  // A removal that arrives late must not meet a later object of the same name, nor one that another
  // has written since.
  operations.Push(Operation("test", "/metadata/resourceVersion", meta.resource_version));
  operations.Push(Operation("test", path, finalizer));
  json::Value remove;
  remove.Set("op", "remove");
  remove.Set("path", path);
  operations.Push(std::move(remove));
  return operations;
}

}  // namespace labgallery::kube
