// A definition, and the shortest way to talk to a server, for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "src/embedded_kube/server.h"
#include "src/json/parse.h"

namespace labgallery::embedded_kube {

inline json::Value Json(std::string_view text) {
  auto value = json::Parse(text);
  EXPECT_TRUE(value) << text;
  return value ? *std::move(value) : json::Value();
}

/// "things.unit.test", namespaced, with a status; `spec` is the schema of its spec's members.
inline json::Value ThingCrd(const std::string& members = R"({"size": {"type": "integer"}})") {
  return Json(R"({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
      "metadata": {"name": "things.unit.test"},
      "spec": {"group": "unit.test", "scope": "Namespaced", "names": {"kind": "Thing", "plural": "things"},
        "versions": [{"name": "v1", "served": true, "storage": true, "subresources": {"status": {}},
          "schema": {"openAPIV3Schema": {"type": "object", "properties": {
            "spec": {"type": "object", "properties": )" +
              members + R"(},
            "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}}}]}})");
}

inline const std::string kThings = "/apis/unit.test/v1/namespaces/default/things";

inline std::string Thing(const std::string& name, const std::string& more = "") {
  return R"({"apiVersion": "unit.test/v1", "kind": "Thing", "metadata": {"name": ")" + name + "\"" +
         more + R"(}, "spec": {"size": 1}})";
}

inline http::Response Ask(Server& server, http::Method method, const std::string& url,
                          std::string body = "", const std::string& type = "application/json") {
  http::Request request{.method = method, .url = url, .headers = {}, .body = std::move(body)};
  if (!request.body.empty()) request.headers.Set("Content-Type", type);
  http::Reply reply = server.Handle(request);
  auto* response = std::get_if<http::Response>(&reply);
  EXPECT_NE(response, nullptr) << url << " is a stream";
  return response == nullptr ? http::Response{} : std::move(*response);
}

inline std::string VersionOf(const http::Response& response) {
  return std::string(Json(response.body).Text({"metadata", "resourceVersion"}));
}

inline http::StreamResponse Open(Server& server, const std::string& url) {
  http::Reply reply =
      server.Handle({.method = http::Method::kGet, .url = url, .headers = {}, .body = ""});
  auto* stream = std::get_if<http::StreamResponse>(&reply);
  EXPECT_NE(stream, nullptr) << url << ": " << std::get<http::Response>(reply).body;
  return stream == nullptr ? http::StreamResponse{} : std::move(*stream);
}

}  // namespace labgallery::embedded_kube
