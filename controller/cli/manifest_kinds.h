// The kinds that a manifest may have, as their CRDs describe them. The CRDs are in the binary;
// whoever serves or checks objects takes them from here.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/embedded_file.h"
#include "src/base/result.h"
#include "src/json/schema.h"
#include "src/json/value.h"
#include "src/kube/model/object.h"

namespace labgallery::cli {

/// The files of crds/, as they were when the binary was built.
std::span<const EmbeddedFile> CrdFiles();

struct ManifestKind {
  kube::ResourceType type;
  json::Value crd;
  json::Value shape;    // its openAPIV3Schema
  json::Schema schema;  // the same, compiled
  json::Schema plain;   // the same without oneOf, anyOf, allOf and not: what each field says alone
  json::Schema azure_name;  // what spec.azureName may be
};

/// kInvalidInput, naming the file, if one cannot be read as a CRD with one served version.
Result<std::vector<ManifestKind>> ReadKinds(std::span<const EmbeddedFile> files);

/// What the schema says about the value at a path (as in json::Violation), or null.
const json::Value* ShapeAt(const json::Value& shape, std::string_view path);

}  // namespace labgallery::cli
