// A resource that is served: its names, its schema and the rules that differ between resources.
// What is built in comes from builtin_resources.h, the rest from CustomResourceDefinitions (crd.h).
#pragma once

#include <string>
#include <vector>

#include "src/json/schema.h"
#include "src/json/value.h"
#include "src/kube/model/object.h"

namespace labgallery::embedded_kube {

/// One of a CRD's additionalPrinterColumns.
struct PrinterColumn {
  std::string name;
  std::string type;
  std::string format;
  std::string description;
  std::string json_path;
  std::int64_t priority = 0;
};

enum class NameRule { kDnsLabel, kDnsSubdomain };

struct Resource {
  kube::ResourceType type;
  std::string singular;
  std::string list_kind;
  std::vector<std::string> short_names;
  std::vector<std::string> categories;
  std::vector<std::string> verbs;
  NameRule name_rule = NameRule::kDnsSubdomain;
  bool custom = false;      // from a definition; a real server says no to them in other ways
  bool has_status = false;  // status is a subresource of its own
  bool counts_generations = false;  // metadata.generation is kept
  bool needs_version = false;       // a PUT has to name the resourceVersion that it replaces
  json::Schema schema;
  json::Value openapi;  // the schema as it was written
  std::vector<PrinterColumn> columns;
  std::vector<std::string>
      selectable_fields;  // "spec.x", besides metadata.name and metadata.namespace

  /// What the server itself sets before an object is judged; `before` is null for a new one. May be
  /// null.
  void (*prepare)(json::Value& object, const json::Value* before) = nullptr;
  /// Rules that no schema can state; appends to `violations`. May be null.
  void (*check)(const json::Value& object, std::vector<json::Violation>& violations) = nullptr;

  bool Allows(std::string_view verb) const;
  /// Where the objects are kept: one name per group and plural.
  std::string collection() const { return type.group + "/" + type.plural; }
};

/// What every resource but the restricted ones allows.
std::vector<std::string> AllVerbs();

}  // namespace labgallery::embedded_kube
