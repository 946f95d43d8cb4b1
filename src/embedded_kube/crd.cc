#include "src/embedded_kube/crd.h"

#include <utility>

#include "src/base/text.h"
#include "src/base/time_text.h"
#include "src/json/reader.h"

namespace labgallery::embedded_kube {
namespace {

using json::Reader;
using json::Value;

Error Wrong(const std::string& field, const std::string& problem) {
  return InvalidInput(field + ": " + problem);
}

// The version that is stored; there must be exactly one, and it must be served.
Result<Reader> StorageVersion(const Reader& spec) {
  std::vector<Reader> stored;
  for (const Reader& version : spec.Items("versions")) {
    if (version.BooleanOr("storage", false)) stored.push_back(version);
  }
  if (stored.size() != 1) {
    return Wrong("spec.versions", "exactly one version must be marked as storage version");
  }
  if (!stored[0].BooleanOr("served", false)) {
    return Wrong("spec.versions", "the storage version must be served");
  }
  return stored[0];
}

std::vector<PrinterColumn> ReadColumns(const Reader& version) {
  std::vector<PrinterColumn> columns;
  for (const Reader& column : version.Items("additionalPrinterColumns")) {
    columns.push_back({.name = column.String("name"),
                       .type = column.String("type"),
                       .format = column.StringOr("format", ""),
                       .description = column.StringOr("description", ""),
                       .json_path = column.String("jsonPath"),
                       .priority = column.IntegerOr("priority", 0)});
  }
  return columns;
}

std::vector<std::string> ReadSelectableFields(const Reader& version) {
  std::vector<std::string> fields;
  for (const Reader& field : version.Items("selectableFields")) {
    const std::string path = field.String("jsonPath");
    fields.push_back(path.starts_with('.') ? path.substr(1) : path);
  }
  return fields;
}

kube::ResourceType ReadType(const Reader& spec, const Reader& version) {
  const Reader names = spec.Object("names");
  return {.group = spec.String("group"),
          .version = version.String("name"),
          .kind = names.String("kind"),
          .plural = names.String("plural"),
          .namespaced = spec.String("scope") == "Namespaced"};
}

Value Condition(std::string_view type, std::string_view reason, std::string_view message,
                SystemTime now) {
  Value condition;
  condition.Set("type", type);
  condition.Set("status", "True");
  condition.Set("lastTransitionTime", Rfc3339(now));
  condition.Set("reason", reason);
  condition.Set("message", message);
  return condition;
}

}  // namespace

Result<Resource> ResourceFromCrd(const Value& crd) {
  json::Problems problems;
  const Reader root(crd, problems);
  const Reader spec = root.Object("spec");
  LAB_ASSIGN_OR_RETURN(const Reader version, StorageVersion(spec));
  const kube::ResourceType type = ReadType(spec, version);
  const Reader names = spec.Object("names");
  const Value* openapi = version.Object("schema").Raw("openAPIV3Schema");
  LAB_RETURN_IF_ERROR(problems.ToStatus());
  const std::string name(crd.Text({"metadata", "name"}));
  if (name != type.plural + "." + type.group) {
    return Wrong("metadata.name", "must be spec.names.plural+\".\"+spec.group");
  }
  if (openapi == nullptr) return Wrong("spec.versions[0].schema.openAPIV3Schema", "Required value");
  if (openapi->Text({"type"}) != "object") {
    return Wrong("spec.versions[0].schema.openAPIV3Schema.type", "must be object at the root");
  }
  auto schema = json::Schema::Compile(*openapi);
  if (!schema) return std::move(schema).error().With("spec.versions[0].schema.openAPIV3Schema");
  Resource resource{.type = type,
                    .singular = names.StringOr("singular", Lower(type.kind)),
                    .list_kind = names.StringOr("listKind", type.kind + "List"),
                    .short_names = names.Strings("shortNames"),
                    .categories = names.Strings("categories"),
                    .verbs = AllVerbs(),
                    .custom = true,
                    .has_status = version.Object("subresources").value() != nullptr &&
                                  version.Object("subresources").value()->Find("status") != nullptr,
                    .counts_generations = true,
                    .needs_version = true,
                    .schema = *schema,
                    .openapi = *openapi,
                    .columns = ReadColumns(version),
                    .selectable_fields = ReadSelectableFields(version)};
  LAB_RETURN_IF_ERROR(problems.ToStatus());
  return resource;
}

void CompleteCrd(Value& crd, SystemTime now) {
  Value* spec = crd.Find("spec");
  Value* names = spec == nullptr ? nullptr : spec->Find("names");
  if (names == nullptr) return;
  const std::string kind(names->Text({"kind"}));
  if (names->Find("singular") == nullptr) names->Set("singular", Lower(kind));
  if (names->Find("listKind") == nullptr) names->Set("listKind", kind + "List");
  if (spec->Find("conversion") == nullptr)
    spec->Set("conversion", Value::Object()).Set("strategy", "None");
  Value status;
  status.Set("acceptedNames", *names);
  Value& stored = status.Set("storedVersions", Value::Array());
  for (const Value& version : *spec->Find("versions")->AsArray()) {
    const Value* storage = version.Find("storage");
    if (storage != nullptr && *storage == Value(true)) stored.Push(version.Text({"name"}));
  }
  Value& conditions = status.Set("conditions", Value::Array());
  conditions.Push(Condition("NamesAccepted", "NoConflicts", "no conflicts found", now));
  conditions.Push(Condition("Established", "InitialNamesAccepted",
                            "the initial names have been accepted", now));
  crd.Set("status", std::move(status));
}

}  // namespace labgallery::embedded_kube
