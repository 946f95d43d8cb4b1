#include "controller/cli/manifest_check.h"

#include <functional>
#include <set>
#include <utility>

#include "controller/domain/spec_check.h"
#include "src/base/text.h"
#include "src/json/parse.h"

namespace labgallery::cli {
namespace {

// ObjectMeta as far as a person writes it; names as DNS-1123 has them.
constexpr std::string_view kMetadataShape = R"({
  "type": "object",
  "required": ["name"],
  "properties": {
    "name": {"type": "string", "maxLength": 253,
      "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
      "description": "Lower-case letters, digits, dashes and dots, beginning and ending with a letter or a digit."},
    "namespace": {"type": "string", "maxLength": 63, "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
      "description": "Lower-case letters, digits and dashes, beginning and ending with a letter or a digit."},
    "labels": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 63}},
    "annotations": {"type": "object", "additionalProperties": {"type": "string"}},
    "finalizers": {"type": "array", "items": {"type": "string"}},
    "ownerReferences": {"type": "array",
      "items": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}
  }
})";

/// The first sentence of the field's own description, without its full stop.
std::string WhatBelongs(const json::Value& shape, std::string_view path) {
  const json::Value* node = ShapeAt(shape, path);
  if (node == nullptr) return "";
  std::string_view text = node->Text({"description"});
  text = text.substr(0, text.find(". "));
  if (text.ends_with('.')) text.remove_suffix(1);
  return std::string(text);
}

std::string RemedyForType(std::string_view message) {
  constexpr std::string_view kMark = "must be of type ";
  const auto at = message.find(kMark);
  if (at == std::string_view::npos) return "";
  const std::string_view type = message.substr(at + kMark.size());
  if (type.starts_with("string")) return "put it in quotes if it is meant as text";
  if (type.starts_with("integer")) return "write a whole number without quotes";
  if (type.starts_with("number")) return "write a number without quotes";
  if (type.starts_with("boolean")) return "write true or false without quotes";
  if (type.starts_with("array")) return "write a list";
  if (type.starts_with("object")) return "write a mapping of fields";
  return "";
}

/// 'did you mean "Detach"?' for a value that is none of the allowed ones.
std::string RemedyForEnum(const json::Value& shape, const json::Violation& violation) {
  const json::Value* node = ShapeAt(shape, violation.path);
  const json::Value* allowed = node == nullptr ? nullptr : node->Find("enum");
  const auto begin = violation.message.find('"');
  const auto end = violation.message.find('"', begin + 1);
  if (allowed == nullptr || !allowed->IsArray() || end == std::string::npos) return "";
  std::vector<std::string> words;
  for (const json::Value& word : *allowed->AsArray()) words.emplace_back(word.Text({}));
  const std::string written = violation.message.substr(begin + 1, end - begin - 1);
  for (const std::string& word : words) {
    if (EqualsIgnoreCase(word, written)) return "did you mean \"" + word + "\"?";
  }
  const std::string nearest = Nearest(written, words);
  return nearest.empty() ? "" : "did you mean \"" + nearest + "\"?";
}

std::string RemedyFor(const json::Value& shape, const json::Violation& violation) {
  const std::string& message = violation.message;
  if (message == "Required value") return "add it";
  if (message.starts_with("Unsupported value")) return RemedyForEnum(shape, violation);
  if (message.starts_with("Duplicate value")) return "keep one of them";
  if (message.find("should match") != std::string::npos) return WhatBelongs(shape, violation.path);
  return RemedyForType(message);
}

/// The path is shown in front already.
std::string Shortened(const json::Violation& violation) {
  std::string message = violation.message;
  const std::string again = violation.path + " in body ";
  if (const auto at = message.find(again); at != std::string::npos) message.erase(at, again.size());
  return message;
}

bool IsAboutAlternatives(const json::Violation& violation) {
  return violation.message.find("must validate") != std::string::npos ||
         violation.message.find("must not validate") != std::string::npos;
}

/// What the CEL rules of a node say must hold: they word what its alternatives enforce. Those about
/// the past are left out.
std::string RulesAt(const json::Value& shape, std::string_view path) {
  const json::Value* node = ShapeAt(shape, path);
  const json::Value* rules = node == nullptr ? nullptr : node->Find("x-kubernetes-validations");
  std::vector<std::string> messages;
  if (rules != nullptr && rules->IsArray()) {
    for (const json::Value& rule : *rules->AsArray()) {
      if (rule.Text({"rule"}).find("oldSelf") != std::string_view::npos) continue;
      messages.emplace_back(rule.Text({"message"}));
    }
  }
  if (messages.empty()) return "its fields do not go together";
  if (messages.size() == 1) return messages.front();
  return "its fields do not go together: " + Join(messages, "; ");
}

std::string RemedyForUnknown(const std::vector<std::string>& known, std::string_view name) {
  if (known.empty()) return "leave it out";
  const std::string nearest = Nearest(name, known);
  if (!nearest.empty()) return "did you mean \"" + nearest + "\"?";
  return "known here are " + Join(known, ", ");
}

struct FieldPath {
  std::string parent;
  std::string name;
};

FieldPath SplitLast(const std::string& path) {
  const auto dot = path.rfind('.');
  if (dot == std::string::npos) return {"", path};
  return {path.substr(0, dot), path.substr(dot + 1)};
}

/// The checks of a value by a schema that need no words of their kind. `prefix` stands before the
/// paths.
void CheckBySchema(
    const json::Schema& schema, const json::Value& shape, json::Value value,
    const std::function<void(const std::string&, std::string, std::string)>& report) {
  for (const std::string& path : schema.Prune(value)) {
    const FieldPath split = SplitLast(path);
    report(path, "unknown field", RemedyForUnknown(schema.KnownFields(split.parent), split.name));
  }
  schema.ApplyDefaults(value);
  for (const json::Violation& violation : schema.Validate(value)) {
    report(violation.path, Shortened(violation), RemedyFor(shape, violation));
  }
}

/// What no schema can say and a cluster has CEL for.
void CheckByBrain(const ManifestKind& kind, json::Value object, const Place& place,
                  std::vector<InputError>& errors) {
  kind.plain.ApplyDefaults(object);
  const std::string name(object.Text({"metadata", "name"}));
  for (const domain::Kind known : domain::kKinds) {
    if (domain::Name(known) != kind.type.kind) continue;
    const json::Value* spec = object.Find("spec");
    const Status status = domain::CheckSpec(known, spec == nullptr ? json::Value() : *spec, name);
    if (status) return;
    const std::string& message = status.error().message;
    const auto colon = message.find(": ");
    const bool names_field = message.starts_with("spec") && colon != std::string::npos;
    errors.push_back(place.Error(names_field ? message.substr(0, colon) : "spec",
                                 names_field ? message.substr(colon + 2) : message, ""));
  }
}

}  // namespace

Place Place::Below(std::string_view path) const { return {file_, document_, PathOf(path)}; }

std::string Place::PathOf(std::string_view field) const {
  return field.empty() ? path_ : yaml::MemberPath(path_, field);
}

yaml::Position Place::PositionOf(std::string_view field) const {
  return document_->PositionOf(PathOf(field));
}

InputError Place::Error(std::string_view field, std::string reason, std::string remedy) const {
  return {.file = file_,
          .document = document_->number,
          .position = PositionOf(field),
          .field = std::string(field),
          .reason = std::move(reason),
          .remedy = std::move(remedy)};
}

Result<ManifestChecker> ManifestChecker::Create() {
  LAB_ASSIGN_OR_RETURN(json::Value shape, json::Parse(kMetadataShape));
  LAB_ASSIGN_OR_RETURN(json::Schema schema, json::Schema::Compile(shape));
  return ManifestChecker(std::move(shape), std::move(schema));
}

void ManifestChecker::CheckMetadata(const json::Value& object, const Place& place,
                                    std::vector<InputError>& errors) const {
  const json::Value* metadata = object.Find("metadata");
  if (metadata == nullptr) {
    errors.push_back(place.Error("metadata.name", "Required value", "add it"));
    return;
  }
  CheckBySchema(metadata_, metadata_shape_, *metadata,
                [&](const std::string& path, std::string reason, std::string remedy) {
                  const std::string field = path.empty() ? "metadata" : "metadata." + path;
                  errors.push_back(place.Error(field, std::move(reason), std::move(remedy)));
                });
}

void ManifestChecker::CheckObject(const ManifestKind& kind, const json::Value& object,
                                  const Place& place, std::vector<InputError>& errors) {
  const std::size_t before = errors.size();
  CheckBySchema(
      kind.plain, kind.shape, object,
      [&](const std::string& path, std::string reason, std::string remedy) {
        if (path == "spec.azureName" && reason.find("should match") != std::string::npos) {
          reason = "Azure refuses the name \"" + std::string(object.Text({"spec", "azureName"})) +
                   "\" for this kind";
        }
        errors.push_back(place.Error(path, std::move(reason), std::move(remedy)));
      });
  std::set<std::string> told;
  for (const json::Violation& violation : kind.schema.Validate(object)) {
    if (!IsAboutAlternatives(violation) || !told.insert(violation.path).second) continue;
    errors.push_back(place.Error(violation.path, RulesAt(kind.shape, violation.path), ""));
  }
  const json::Value* name = object.At({"metadata", "name"});
  if (name == nullptr || !name->IsString()) return;  // CheckMetadata tells it
  const bool is_computed =
      object.At({"spec", "azureName"}) == nullptr && object.At({"spec", "resourceId"}) == nullptr;
  if (!is_computed || kind.azure_name.Validate(*name).empty()) {
    if (errors.size() == before) CheckByBrain(kind, object, place, errors);
    return;
  }
  errors.push_back(place.Error("metadata.name",
                               "Azure refuses the name \"" + *name->AsString() + "\" for this kind",
                               "set spec.azureName: " + WhatBelongs(kind.shape, "spec.azureName")));
}

void RemoveServerFields(json::Value& object) {
  object.Remove("status");
  json::Value* metadata = object.Find("metadata");
  if (metadata == nullptr || !metadata->IsObject()) return;
  for (const std::string_view field :
       {"creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation",
        "managedFields", "resourceVersion", "selfLink", "uid"}) {
    metadata->Remove(field);
  }
}

}  // namespace labgallery::cli
