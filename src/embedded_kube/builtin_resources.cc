#include "src/embedded_kube/builtin_resources.h"

#include <array>
#include <string>
#include <utility>

#include "src/base/base64.h"
#include "src/base/text.h"
#include "src/embedded_kube/metadata.h"
#include "src/json/parse.h"

namespace labgallery::embedded_kube {
namespace {

using json::Value;
using json::Violation;

constexpr const char* kNamespaceSchema = R"({"type": "object", "properties": {
  "spec": {"type": "object", "properties": {"finalizers": {"type": "array", "items": {"type": "string"}}}},
  "status": {"type": "object", "properties": {"phase": {"type": "string"},
    "conditions": {"type": "array", "items": {"type": "object",
      "x-kubernetes-preserve-unknown-fields": true}}}}}})";

constexpr const char* kSecretSchema = R"({"type": "object", "properties": {
  "type": {"type": "string", "default": "Opaque"}, "immutable": {"type": "boolean"},
  "data": {"type": "object", "additionalProperties": {"type": "string"}},
  "stringData": {"type": "object", "additionalProperties": {"type": "string"}}}})";

constexpr const char* kReferenceProperties =
    R"({"apiVersion": {"type": "string"}, "kind": {"type": "string"},
  "name": {"type": "string"}, "namespace": {"type": "string"}, "uid": {"type": "string"},
  "resourceVersion": {"type": "string"}, "fieldPath": {"type": "string"}})";

constexpr const char* kLeaseSchema = R"({"type": "object", "properties": {
  "spec": {"type": "object", "properties": {
    "holderIdentity": {"type": "string"}, "leaseDurationSeconds": {"type": "integer", "minimum": 1},
    "leaseTransitions": {"type": "integer", "minimum": 0},
    "acquireTime": {"type": "string", "format": "date-time"},
    "renewTime": {"type": "string", "format": "date-time"},
    "strategy": {"type": "string"}, "preferredHolder": {"type": "string"}}}}})";

constexpr const char* kCrdSchema = R"({"type": "object", "required": ["spec"], "properties": {
  "spec": {"type": "object", "x-kubernetes-preserve-unknown-fields": true,
    "required": ["group", "names", "scope", "versions"], "properties": {
    "group": {"type": "string"}, "scope": {"type": "string", "enum": ["Cluster", "Namespaced"]}}},
  "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}})";

std::string EventSchema() {
  const std::string reference =
      std::string(R"({"type": "object", "properties": )") + kReferenceProperties + "}";
  return R"({"type": "object", "required": ["eventTime"], "properties": {
    "eventTime": {"type": "string", "format": "date-time"},
    "series": {"type": "object", "required": ["count", "lastObservedTime"], "properties": {
      "count": {"type": "integer"}, "lastObservedTime": {"type": "string", "format": "date-time"}}},
    "reportingController": {"type": "string"}, "reportingInstance": {"type": "string"},
    "action": {"type": "string"}, "reason": {"type": "string"}, "note": {"type": "string"},
    "type": {"type": "string"},
    "deprecatedSource": {"type": "object", "properties": {"component": {"type": "string"},
      "host": {"type": "string"}}},
    "deprecatedFirstTimestamp": {"type": "string", "format": "date-time"},
    "deprecatedLastTimestamp": {"type": "string", "format": "date-time"},
    "deprecatedCount": {"type": "integer"},
    "regarding": )" +
         reference + R"(, "related": )" + reference + "}}";
}

// The phase is the server's; a client changes neither it nor the finalizers of the spec.
void PrepareNamespace(Value& object, const Value* before) {
  Value& metadata = *object.Find("metadata");
  Value* labels = metadata.Find("labels");
  if (labels == nullptr) labels = &metadata.Set("labels", Value::Object());
  labels->Set("kubernetes.io/metadata.name", object.Text({"metadata", "name"}));
  if (before == nullptr) {
    object.Set("spec", Value::Object()).Set("finalizers", Value::Array{Value("kubernetes")});
    object.Set("status", Value::Object()).Set("phase", "Active");
    return;
  }
  if (const Value* spec = before->Find("spec")) object.Set("spec", *spec);
}

// stringData is for writing only: it ends up in data, where it wins.
void PrepareSecret(Value& object, const Value*) {
  const Value* plain = object.Find("stringData");
  if (plain == nullptr || !plain->IsObject()) return;
  Value texts = *plain;
  object.Remove("stringData");
  Value* data = object.Find("data");
  if (data == nullptr) data = &object.Set("data", Value::Object());
  for (const auto& [key, text] : *texts.AsObject()) {
    if (text.IsString()) data->Set(key, EncodeBase64(*text.AsString()));
  }
}

void CheckSecret(const Value& object, std::vector<Violation>& violations) {
  const Value* data = object.Find("data");
  if (data == nullptr || !data->IsObject()) return;
  for (const auto& [key, text] : *data->AsObject()) {
    if (text.IsString() && !DecodeBase64(*text.AsString())) {
      violations.push_back({"data." + key, "Invalid value: \"" + key + "\": illegal base64 data"});
    }
  }
}

void CheckEvent(const Value& object, std::vector<Violation>& violations) {
  struct Rule {
    std::string_view member;
    std::size_t most;
    bool required;
  };
  constexpr std::array<Rule, 5> kRules{{{"reportingController", 128, true},
                                        {"reportingInstance", 128, true},
                                        {"action", 128, true},
                                        {"reason", 128, true},
                                        {"note", 1024, false}}};
  for (const Rule& rule : kRules) {
    const std::string_view text = object.Text({rule.member});
    const std::string path(rule.member);
    if (rule.required && text.empty()) violations.push_back({path, "Required value"});
    // Bytes are counted, although the real message speaks of characters.
    if (text.size() > rule.most) {
      violations.push_back({path, "Invalid value: \"\": can have at most " +
                                      std::to_string(rule.most) + " characters"});
    }
  }
  const std::string_view type = object.Text({"type"});
  if (type != "Normal" && type != "Warning") {
    violations.push_back({"type", "Invalid value: \"" + std::string(type) +
                                      "\": has invalid value: " + std::string(type)});
  }
}

Resource Make(kube::ResourceType type, std::string_view schema,
              std::vector<std::string> short_names) {
  const std::string singular = Lower(type.kind);
  const std::string list_kind = type.kind + "List";
  Value openapi = *json::Parse(schema);
  const json::Schema compiled = *json::Schema::Compile(openapi);
  return {.type = std::move(type),
          .singular = singular,
          .list_kind = list_kind,
          .short_names = std::move(short_names),
          .verbs = AllVerbs(),
          .schema = compiled,
          .openapi = std::move(openapi)};
}

}  // namespace

const kube::ResourceType& NamespaceType() {
  static const kube::ResourceType kType{.group = "",
                                        .version = "v1",
                                        .kind = "Namespace",
                                        .plural = "namespaces",
                                        .namespaced = false};
  return kType;
}

const kube::ResourceType& CrdType() {
  static const kube::ResourceType kType{.group = "apiextensions.k8s.io",
                                        .version = "v1",
                                        .kind = "CustomResourceDefinition",
                                        .plural = "customresourcedefinitions",
                                        .namespaced = false};
  return kType;
}

std::vector<Resource> BuiltinResources() {
  Resource namespaces = Make(NamespaceType(), kNamespaceSchema, {"ns"});
  namespaces.verbs = {"create", "delete", "get", "list", "patch", "update", "watch"};
  namespaces.name_rule = NameRule::kDnsLabel;
  namespaces.has_status = true;
  namespaces.selectable_fields = {"status.phase"};
  namespaces.columns = {
      {.name = "Status", .type = "string", .json_path = ".status.phase"},
      {.name = "Age", .type = "date", .json_path = ".metadata.creationTimestamp"}};
  namespaces.prepare = PrepareNamespace;

  Resource secrets = Make({"", "v1", "Secret", "secrets"}, kSecretSchema, {});
  secrets.selectable_fields = {"type"};
  secrets.columns = {{.name = "Type", .type = "string", .json_path = ".type"},
                     {.name = "Age", .type = "date", .json_path = ".metadata.creationTimestamp"}};
  secrets.prepare = PrepareSecret;
  secrets.check = CheckSecret;

  Resource events = Make({"events.k8s.io", "v1", "Event", "events"}, EventSchema(), {"ev"});
  events.selectable_fields = {"reason",         "type",           "reportingController",
                              "regarding.kind", "regarding.name", "regarding.namespace",
                              "regarding.uid"};
  events.columns = {{.name = "Last Seen", .type = "date", .json_path = ".eventTime"},
                    {.name = "Type", .type = "string", .json_path = ".type"},
                    {.name = "Reason", .type = "string", .json_path = ".reason"},
                    {.name = "Regarding", .type = "string", .json_path = ".regarding.name"},
                    {.name = "Note", .type = "string", .json_path = ".note"}};
  events.check = CheckEvent;

  Resource leases = Make({"coordination.k8s.io", "v1", "Lease", "leases"}, kLeaseSchema, {});
  leases.needs_version = true;
  leases.columns = {{.name = "Holder", .type = "string", .json_path = ".spec.holderIdentity"},
                    {.name = "Age", .type = "date", .json_path = ".metadata.creationTimestamp"}};

  Resource crds = Make(CrdType(), kCrdSchema, {"crd", "crds"});
  crds.verbs = {"create", "get", "list", "watch"};
  crds.categories = {"api-extensions"};
  crds.has_status = true;
  crds.counts_generations = true;
  crds.columns = {
      {.name = "Created At", .type = "string", .json_path = ".metadata.creationTimestamp"}};
  return {std::move(namespaces), std::move(secrets), std::move(events), std::move(leases),
          std::move(crds)};
}

}  // namespace labgallery::embedded_kube
