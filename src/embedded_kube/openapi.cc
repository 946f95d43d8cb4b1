#include "src/embedded_kube/openapi.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "src/base/text.h"
#include "src/json/parse.h"

namespace labgallery::embedded_kube {
namespace {

using json::Value;

// "api/v1", "apis/group/version": how documents are called.
std::string DocumentName(const kube::ResourceType& type) {
  return type.group.empty() ? "api/" + type.version : "apis/" + type.group + "/" + type.version;
}

Value GroupVersionKind(const kube::ResourceType& type) {
  Value value;
  value.Set("group", type.group);
  value.Set("version", type.version);
  value.Set("kind", type.kind);
  return value;
}

// "io.labgallery.v1alpha1.Image": group reversed, version, kind.
std::string SchemaName(const kube::ResourceType& type) {
  std::vector<std::string> parts = Split(type.group, '.');
  std::reverse(parts.begin(), parts.end());
  if (type.group.empty()) parts = {"io", "k8s", "api", "core"};
  parts.push_back(type.version);
  parts.push_back(type.kind);
  return Join(parts, ".");
}

Value SchemaOf(const Resource& resource) {
  Value schema = resource.openapi;
  Value* properties = schema.Find("properties");
  if (properties == nullptr) properties = &schema.Set("properties", Value::Object());
  for (const char* name : {"apiVersion", "kind"}) {
    if (properties->Find(name) == nullptr)
      properties->Set(name, Value::Object()).Set("type", "string");
  }
  if (properties->Find("metadata") == nullptr) {
    properties->Set("metadata", Value::Object()).Set("type", "object");
  }
  schema.Set("x-kubernetes-group-version-kind", Value::Array{GroupVersionKind(resource.type)});
  return schema;
}

Value Parameter(std::string_view name) {
  Value parameter;
  parameter.Set("name", name);
  parameter.Set("in", "query");
  parameter.Set("schema", Value::Object()).Set("type", "string");
  return parameter;
}

Value Operation(const Resource& resource, std::string_view action) {
  Value operation;
  operation.Set("x-kubernetes-action", action);
  operation.Set("x-kubernetes-group-version-kind", GroupVersionKind(resource.type));
  operation.Set("parameters", Value::Array{Parameter("dryRun"), Parameter("fieldValidation")});
  Value reference;
  reference.Set("$ref", "#/components/schemas/" + SchemaName(resource.type));
  Value content;
  content.Set("application/json", Value::Object()).Set("schema", std::move(reference));
  Value& answers = operation.Set("responses", Value::Object());
  Value& answer = answers.Set("200", Value::Object());
  answer.Set("description", "OK");
  answer.Set("content", std::move(content));
  return operation;
}

Value Document(const std::vector<ResourcePtr>& resources) {
  Value document;
  document.Set("openapi", "3.0.0");
  Value& about = document.Set("info", Value::Object());
  about.Set("title", "LabGallery embedded Kubernetes API");
  about.Set("version", "unversioned");
  Value& paths = document.Set("paths", Value::Object());
  Value schemas{Value::Object()};
  for (const ResourcePtr& resource : resources) {
    const std::string scope = resource->type.namespaced ? "/namespaces/{namespace}/" : "/";
    const std::string path =
        "/" + DocumentName(resource->type) + scope + resource->type.plural + "/{name}";
    Value& item = paths.Set(path, Value::Object());
    item.Set("get", Operation(*resource, "get"));
    item.Set("put", Operation(*resource, "put"));
    item.Set("patch", Operation(*resource, "patch"));
    schemas.Set(SchemaName(resource->type), SchemaOf(*resource));
  }
  document.Set("components", Value::Object()).Set("schemas", std::move(schemas));
  return document;
}

Value Index(const Catalog& catalog) {
  Value index;
  Value& paths = index.Set("paths", Value::Object());
  for (const ResourcePtr& resource : catalog.All()) {
    const std::string name = DocumentName(resource->type);
    paths.Set(name, Value::Object()).Set("serverRelativeURL", "/openapi/v3/" + name);
  }
  return index;
}

}  // namespace

std::optional<http::Response> OpenApi(const Catalog& catalog, std::string_view rest) {
  if (rest.empty()) return http::JsonResponse(200, json::Dump(Index(catalog)));
  std::vector<ResourcePtr> resources;
  for (ResourcePtr& resource : catalog.All()) {
    if (rest == "/" + DocumentName(resource->type)) resources.push_back(std::move(resource));
  }
  if (resources.empty()) return std::nullopt;
  return http::JsonResponse(200, json::Dump(Document(resources)));
}

}  // namespace labgallery::embedded_kube
