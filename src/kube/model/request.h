// Requests to a Kubernetes API server as values: paths, queries, patches. Nothing is sent here.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "src/http/model/message.h"
#include "src/kube/model/object.h"

namespace labgallery::kube {

/// "/apis/group/version/namespaces/ns/plural/name[/subresource]"; without a name the collection,
/// without a namespace the collection over all namespaces.
std::string ResourcePath(const ResourceType& type, const ObjectKey& key,
                         std::string_view subresource = "");

struct ListOptions {
  std::string resource_version;        // empty: consistent read
  std::string resource_version_match;  // "", "NotOlderThan", "Exact"
  std::string continue_token;          // with it the two above are left out (RF-05)
  int limit = 500;                     // 0: everything at once
  std::string label_selector = {};
};

struct WatchOptions {
  std::string resource_version;
  std::chrono::seconds timeout{300};  // asked from the server
  bool send_initial_events = false;   // with resourceVersionMatch=NotOlderThan, always both (RF-22)
  std::string field_selector = {};
};

// `path` of each request is relative to the server: kube/client puts the origin in front.
http::Request GetRequest(const ResourceType& type, const ObjectKey& key);
http::Request ListRequest(const ResourceType& type, const std::string& name_space,
                          const ListOptions& options);
http::Request WatchRequest(const ResourceType& type, const std::string& name_space,
                           const WatchOptions& options);
http::Request CreateRequest(const ResourceType& type, const json::Value& object);
http::Request ReplaceRequest(const ResourceType& type, const json::Value& object);
http::Request DeleteRequest(const ResourceType& type, const ObjectKey& key,
                            const std::string& uid = "");

/// A JSON Patch (RFC 6902) on the object or its subresource; `operations` is the array of
/// operations.
http::Request JsonPatchRequest(const ResourceType& type, const ObjectKey& key,
                               std::string_view subresource, const json::Value& operations);
http::Request MergePatchRequest(const ResourceType& type, const ObjectKey& key,
                                std::string_view subresource, const json::Value& patch);

/// The writes of the operator: each patch begins with a test, so that a changed object refuses it.
json::Value StatusPatch(const std::string& resource_version, json::Value status);
json::Value AddFinalizerPatch(const ObjectMeta& meta, const std::string& finalizer);
json::Value RemoveFinalizerPatch(const ObjectMeta& meta, const std::string& finalizer);

}  // namespace labgallery::kube
