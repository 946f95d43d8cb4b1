#include "src/embedded_kube/metadata.h"

#include <algorithm>
#include <array>
#include <utility>

#include "src/json/parse.h"
#include "src/kube/model/names.h"

namespace labgallery::embedded_kube {
namespace {

using json::Value;
using json::Violation;

constexpr const char* kObjectMetaSchema = R"({"type": "object", "properties": {
  "name": {"type": "string"}, "generateName": {"type": "string"}, "namespace": {"type": "string"},
  "selfLink": {"type": "string"}, "uid": {"type": "string"}, "resourceVersion": {"type": "string"},
  "generation": {"type": "integer"},
  "creationTimestamp": {"type": "string", "format": "date-time"},
  "deletionTimestamp": {"type": "string", "format": "date-time"},
  "deletionGracePeriodSeconds": {"type": "integer"},
  "labels": {"type": "object", "additionalProperties": {"type": "string"}},
  "annotations": {"type": "object", "additionalProperties": {"type": "string"}},
  "finalizers": {"type": "array", "items": {"type": "string"}},
  "ownerReferences": {"type": "array", "items": {"type": "object",
    "required": ["apiVersion", "kind", "name", "uid"], "properties": {
    "apiVersion": {"type": "string"}, "kind": {"type": "string"}, "name": {"type": "string"},
    "uid": {"type": "string"}, "controller": {"type": "boolean"},
    "blockOwnerDeletion": {"type": "boolean"}}}},
  "managedFields": {"type": "array", "items": {"type": "object",
    "x-kubernetes-preserve-unknown-fields": true}}}})";

const json::Schema& ObjectMetaSchema() {
  static const json::Schema kSchema = *json::Schema::Compile(*json::Parse(kObjectMetaSchema));
  return kSchema;
}

constexpr std::size_t kMaxAnnotationBytes = 256UL * 1024;

constexpr std::array kDeletionMark{"deletionTimestamp", "deletionGracePeriodSeconds"};

bool LacksDomain(std::string_view finalizer) {
  return finalizer.find('/') == std::string_view::npos && finalizer != "kubernetes" &&
         finalizer != "orphan" && finalizer != "foregroundDeletion";
}

std::string Quoted(std::string_view text) { return json::Dump(Value(text)); }

void CheckName(NameRule rule, const std::string& path, std::string_view name,
               std::vector<Violation>& violations) {
  if (rule == NameRule::kDnsLabel ? kube::IsDnsLabel(name) : kube::IsDnsSubdomain(name)) return;
  const std::string what =
      rule == NameRule::kDnsLabel
          ? "a lowercase RFC 1123 label must consist of lower case alphanumeric "
            "characters or '-', and must start and end with an alphanumeric character"
          : "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric "
            "characters, '-' or '.', and must start and end with an alphanumeric character";
  violations.push_back({path, "Invalid value: " + Quoted(name) + ": " + what});
}

void CheckKeys(const Value& object, std::string_view member, std::vector<Violation>& violations) {
  const Value* map = object.At({"metadata", member});
  if (map == nullptr || !map->IsObject()) return;
  const std::string path = "metadata." + std::string(member);
  std::size_t bytes = 0;
  for (const auto& [key, value] : *map->AsObject()) {
    bytes += key.size() + value.AsString()->size();
    if (!kube::IsQualifiedName(key)) {
      violations.push_back({path, "Invalid value: " + Quoted(key) + ": must be a qualified name"});
    }
    if (member == "labels" && !kube::IsLabelValue(*value.AsString())) {
      violations.push_back(
          {path, "Invalid value: " + Quoted(*value.AsString()) +
                     ": a valid label must be an empty string or consist of at most 63 "
                     "alphanumeric characters, '-', '_' or '.', and must start and end with "
                     "an alphanumeric character"});
    }
  }
  if (member == "annotations" && bytes > kMaxAnnotationBytes) {
    violations.push_back({path, "Too long: may not be more than 262144 bytes"});
  }
}

void DropEmpty(Value& metadata, std::string_view member) {
  const Value* value = metadata.Find(member);
  if (value == nullptr) return;
  const bool empty = (value->IsArray() && value->AsArray()->empty()) ||
                     (value->IsObject() && value->AsObject()->empty()) ||
                     (value->IsString() && value->AsString()->empty());
  if (empty) metadata.Remove(member);
}

}  // namespace

Outcome<void> NormaliseMetadata(Value& object, std::vector<std::string>& unknown) {
  Value* metadata = object.Find("metadata");
  if (metadata == nullptr || metadata->IsNull())
    metadata = &object.Set("metadata", Value::Object());
  if (!metadata->IsObject()) return Refuse(BadRequest("metadata: expected an object"));
  ObjectMetaSchema().ApplyDefaults(*metadata);
  // At the root of an object these three are always known; metadata is no object of its own.
  for (const char* name : {"apiVersion", "kind", "metadata"}) {
    if (metadata->Find(name) != nullptr) unknown.push_back("metadata." + std::string(name));
    metadata->Remove(name);
  }
  for (const std::string& path : ObjectMetaSchema().Prune(*metadata))
    unknown.push_back("metadata." + path);
  const auto violations = ObjectMetaSchema().Validate(*metadata);
  if (!violations.empty()) {
    return Refuse(BadRequest("metadata." + violations[0].path + ": " + violations[0].message));
  }
  metadata->Remove("managedFields");
  metadata->Remove("selfLink");
  for (const char* name : {"labels", "annotations", "finalizers", "ownerReferences", "generateName",
                           "namespace", "name", "resourceVersion", "uid"}) {
    DropEmpty(*metadata, name);
  }
  return {};
}

void CheckMetadata(const Resource& resource, const Value& object,
                   std::vector<Violation>& violations) {
  CheckName(resource.name_rule, "metadata.name", object.Text({"metadata", "name"}), violations);
  CheckKeys(object, "labels", violations);
  CheckKeys(object, "annotations", violations);
  for (const std::string& finalizer : FinalizersOf(object)) {
    if (!kube::IsQualifiedName(finalizer)) {
      violations.push_back({"metadata.finalizers",
                            "Invalid value: " + Quoted(finalizer) + ": must be a qualified name"});
    } else if (!resource.custom && LacksDomain(finalizer)) {
      violations.push_back(
          {"metadata.finalizers",
           "Invalid value: " + Quoted(finalizer) +
               ": name is neither a standard finalizer name nor is it fully qualified"});
    }
  }
}

void CheckFinalizersOfDeleting(const Value& before, const Value& after,
                               std::vector<Violation>& violations) {
  if (!IsDeleting(before)) return;
  const auto known = FinalizersOf(before);
  std::string added;
  for (const std::string& finalizer : FinalizersOf(after)) {
    if (std::find(known.begin(), known.end(), finalizer) != known.end()) continue;
    added += (added.empty() ? "" : ", ") + Quoted(finalizer);
  }
  if (added.empty()) return;
  violations.push_back(
      {"metadata.finalizers",
       "Forbidden: no new finalizers can be added if the object is being deleted, found new "
       "finalizers []string{" +
           added + "}"});
}

std::vector<std::string> FinalizerWarnings(const Value* before, const Value& after) {
  const auto known = before == nullptr ? std::vector<std::string>() : FinalizersOf(*before);
  std::vector<std::string> warnings;
  for (const std::string& finalizer : FinalizersOf(after)) {
    if (!LacksDomain(finalizer) || std::ranges::find(known, finalizer) != known.end()) continue;
    warnings.push_back("metadata.finalizers: " + Quoted(finalizer) +
                       ": prefer a domain-qualified finalizer name to avoid accidental conflicts "
                       "with other finalizer writers");
  }
  return warnings;
}

void CheckDeletionMark(const Value& before, const Value& after,
                       std::vector<Violation>& violations) {
  for (const char* name : kDeletionMark) {
    const Value* was = before.At({"metadata", name});
    const Value* is = after.At({"metadata", name});
    if (is == nullptr || was != nullptr) continue;
    violations.push_back({"metadata." + std::string(name),
                          "Invalid value: " + json::Dump(*is) + ": field is immutable"});
  }
}

void KeepSystemMetadata(const Value& before, Value& after) {
  const Value& kept = *before.Find("metadata");
  Value& metadata = *after.Find("metadata");
  for (const char* name : {"name", "namespace", "uid", "generation", "creationTimestamp"}) {
    if (const Value* value = kept.Find(name)) {
      metadata.Set(name, *value);
    } else {
      metadata.Remove(name);
    }
  }
  for (const char* name : kDeletionMark) {
    if (const Value* value = kept.Find(name)) metadata.Set(name, *value);
  }
}

std::vector<std::string> FinalizersOf(const Value& object) {
  std::vector<std::string> finalizers;
  const Value* list = object.At({"metadata", "finalizers"});
  if (list == nullptr || !list->IsArray()) return finalizers;
  for (const Value& finalizer : *list->AsArray()) {
    if (finalizer.IsString()) finalizers.push_back(*finalizer.AsString());
  }
  return finalizers;
}

bool IsDeleting(const Value& object) {
  return object.At({"metadata", "deletionTimestamp"}) != nullptr;
}

}  // namespace labgallery::embedded_kube
