#include "controller/cli/manifest_kinds.h"

#include <algorithm>
#include <utility>

#include "src/yaml/parse.h"

namespace labgallery::cli {
namespace {

Result<json::Value> ReadYaml(const EmbeddedFile& file) {
  yaml::Parsed parsed = yaml::ParseYaml(file.text);
  if (!parsed.problems.empty()) return InvalidInput(parsed.problems.front().reason);
  if (parsed.documents.size() != 1) return InvalidInput("must hold one document");
  return std::move(parsed.documents.front().value);
}

const json::Value* ServedVersion(const json::Value& crd) {
  const json::Value* versions = crd.At({"spec", "versions"});
  if (versions == nullptr || !versions->IsArray()) return nullptr;
  for (const json::Value& version : *versions->AsArray()) {
    const json::Value* served = version.Find("served");
    if (served != nullptr && served->AsBoolean() != nullptr && *served->AsBoolean())
      return &version;
  }
  return nullptr;
}

/// Alternatives report their branches' complaints as if each were meant: without them every field
/// is judged by what it says itself.
void RemoveAlternatives(json::Value& shape) {
  for (const std::string_view key : {"oneOf", "anyOf", "allOf", "not"}) shape.Remove(key);
  if (json::Value* properties = shape.Find("properties")) {
    for (auto& [name, property] : properties->MakeObject()) RemoveAlternatives(property);
  }
  for (const std::string_view key : {"items", "additionalProperties"}) {
    json::Value* below = shape.Find(key);
    if (below != nullptr && below->IsObject()) RemoveAlternatives(*below);
  }
}

Result<ManifestKind> ReadKind(const EmbeddedFile& file) {
  LAB_ASSIGN_OR_RETURN(json::Value crd, ReadYaml(file));
  const json::Value* version = ServedVersion(crd);
  const json::Value* shape =
      version == nullptr ? nullptr : version->At({"schema", "openAPIV3Schema"});
  if (shape == nullptr) return InvalidInput("has no served version with a schema");
  const json::Value* azure_name = ShapeAt(*shape, "spec.azureName");
  if (azure_name == nullptr) return InvalidInput("has no spec.azureName");
  LAB_ASSIGN_OR_RETURN(json::Schema schema, json::Schema::Compile(*shape));
  json::Value plain_shape = *shape;
  RemoveAlternatives(plain_shape);
  LAB_ASSIGN_OR_RETURN(json::Schema plain, json::Schema::Compile(plain_shape));
  LAB_ASSIGN_OR_RETURN(json::Schema name_schema, json::Schema::Compile(*azure_name));
  kube::ResourceType type{.group = std::string(crd.Text({"spec", "group"})),
                          .version = std::string(version->Text({"name"})),
                          .kind = std::string(crd.Text({"spec", "names", "kind"})),
                          .plural = std::string(crd.Text({"spec", "names", "plural"})),
                          .namespaced = crd.Text({"spec", "scope"}) == "Namespaced"};
  return ManifestKind{.type = std::move(type),
                      .crd = crd,
                      .shape = *shape,
                      .schema = std::move(schema),
                      .plain = std::move(plain),
                      .azure_name = std::move(name_schema)};
}

const json::Value* MemberShape(const json::Value& shape, std::string_view name) {
  if (const json::Value* property = shape.At({"properties", name})) return property;
  const json::Value* others = shape.Find("additionalProperties");
  return others != nullptr && others->IsObject() ? others : nullptr;
}

}  // namespace

Result<std::vector<ManifestKind>> ReadKinds(std::span<const EmbeddedFile> files) {
  std::vector<ManifestKind> kinds;
  for (const EmbeddedFile& file : files) {
    auto kind = ReadKind(file);
    if (!kind) return std::move(kind).error().With("read " + std::string(file.name));
    kinds.push_back(*std::move(kind));
  }
  return kinds;
}

const json::Value* ShapeAt(const json::Value& shape, std::string_view path) {
  const json::Value* at = &shape;
  while (at != nullptr && !path.empty()) {
    if (path.front() == '[') {
      at = at->Find("items");
      path.remove_prefix(std::min(path.find(']'), path.size() - 1) + 1);
    } else {
      const std::string_view name = path.substr(0, path.find_first_of(".["));
      at = MemberShape(*at, name);
      path.remove_prefix(name.size());
    }
    if (!path.empty() && path.front() == '.') path.remove_prefix(1);
  }
  return at;
}

}  // namespace labgallery::cli
