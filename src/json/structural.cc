#include "src/json/structural.h"

#include <array>
#include <utility>

namespace labgallery::json {
namespace {

constexpr std::array<std::string_view, 3> kObjectRootFields{"apiVersion", "kind", "metadata"};

bool Flag(const Value& schema, std::string_view key) {
  const Value* member = schema.Find(key);
  const bool* flag = member == nullptr ? nullptr : member->AsBoolean();
  return flag != nullptr && *flag;
}

const Value* Objects(const Value& schema, std::string_view key) {
  const Value* member = schema.Find(key);
  return member != nullptr && member->IsObject() ? member : nullptr;
}

// What the schema says of one member: its property, else what it says of additional ones, else
// null.
const Value* MemberSchema(const Value& schema, std::string_view name) {
  if (const Value* properties = Objects(schema, "properties")) {
    if (const Value* property = properties->Find(name)) return property;
  }
  return Objects(schema, "additionalProperties");
}

bool AllowsAnyMember(const Value& schema) {
  return Flag(schema, "x-kubernetes-preserve-unknown-fields") ||
         Flag(schema, "additionalProperties");
}

void DropNulls(const Value& schema, Value& object) {
  std::vector<std::string> dropped;
  for (const auto& [name, member] : *object.AsObject()) {
    const Value* of_member = MemberSchema(schema, name);
    if (member.IsNull() && of_member != nullptr && !Flag(*of_member, "nullable"))
      dropped.push_back(name);
  }
  for (const std::string& name : dropped) object.Remove(name);
}

Error Misplaced(const std::string& path, const std::string& problem) {
  return InvalidInput((path.empty() ? "schema" : path) + ": " + problem);
}

Status CheckList(const Value& schema, const std::string& path) {
  const std::string_view type = schema.Text({"x-kubernetes-list-type"});
  if (type.empty() || type == "atomic") return Ok();
  if (type != "set" && type != "map") return Misplaced(path, "unknown x-kubernetes-list-type");
  const Value* keys = schema.Find("x-kubernetes-list-map-keys");
  const bool has_keys = keys != nullptr && keys->IsArray() && !keys->AsArray()->empty();
  if (has_keys != (type == "map")) {
    return Misplaced(path, "x-kubernetes-list-map-keys go with x-kubernetes-list-type map");
  }
  return Ok();
}

Status CheckNode(const Value& schema, const std::string& path) {
  if (!schema.IsObject()) return Misplaced(path, "must be an object");
  for (const std::string_view forbidden :
       {"$ref", "definitions", "dependencies", "patternProperties", "deprecated", "discriminator",
        "readOnly", "writeOnly", "xml"}) {
    if (schema.Find(forbidden) != nullptr)
      return Misplaced(path, std::string(forbidden) + " is forbidden");
  }
  const bool untyped_allowed = Flag(schema, "x-kubernetes-int-or-string") ||
                               Flag(schema, "x-kubernetes-preserve-unknown-fields");
  if (schema.Text({"type"}).empty() && !untyped_allowed) return Misplaced(path, "type is required");
  if (schema.Find("properties") != nullptr && schema.Find("additionalProperties") != nullptr) {
    return Misplaced(path, "properties and additionalProperties exclude each other");
  }
  const Value* items = schema.Find("items");
  if (schema.Text({"type"}) == "array" && (items == nullptr || !items->IsObject())) {
    return Misplaced(path, "an array needs items");
  }
  return CheckList(schema, path);
}

// Reads one step of a path: a name up to the next dot or bracket, or an index, which gives no name.
std::string_view TakeName(std::string_view& path) {
  if (path.front() == '[') {
    const auto end = path.find(']');
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
    if (!path.empty() && path.front() == '.') path.remove_prefix(1);
    return {};
  }
  const auto end = path.find_first_of(".[");
  const std::string_view name = path.substr(0, end);
  path.remove_prefix(name.size());
  if (!path.empty() && path.front() == '.') path.remove_prefix(1);
  return name;
}

}  // namespace

std::string MemberPath(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

Status CheckStructural(const Value& schema, const std::string& path) {
  LAB_RETURN_IF_ERROR(CheckNode(schema, path));
  if (const Value* properties = Objects(schema, "properties")) {
    for (const auto& [name, property] : *properties->AsObject()) {
      LAB_RETURN_IF_ERROR(CheckStructural(property, MemberPath(path, name)));
    }
  }
  if (const Value* members = Objects(schema, "additionalProperties")) {
    LAB_RETURN_IF_ERROR(CheckStructural(*members, MemberPath(path, "*")));
  }
  if (const Value* items = Objects(schema, "items")) {
    LAB_RETURN_IF_ERROR(CheckStructural(*items, path + "[]"));
  }
  return Ok();
}

void FillDefaults(const Value& schema, Value& value) {
  if (const Value* items = Objects(schema, "items"); items != nullptr && value.IsArray()) {
    for (Value& item : value.MakeArray()) FillDefaults(*items, item);
  }
  if (!value.IsObject()) return;
  DropNulls(schema, value);
  if (const Value* properties = Objects(schema, "properties")) {
    for (const auto& [name, property] : *properties->AsObject()) {
      const Value* filling = property.Find("default");
      if (filling != nullptr && value.Find(name) == nullptr) value.Set(name, *filling);
    }
  }
  for (auto& [name, member] : value.MakeObject()) {
    if (const Value* of_member = MemberSchema(schema, name)) FillDefaults(*of_member, member);
  }
}

void PruneUnknown(const Value& schema, Value& value, const std::string& path,
                  std::vector<std::string>& cut, bool is_object_root) {
  if (const Value* items = Objects(schema, "items"); items != nullptr && value.IsArray()) {
    std::size_t index = 0;
    for (Value& item : value.MakeArray()) {
      const std::string item_path = path + "[" + std::to_string(index++) + "]";
      PruneUnknown(*items, item, item_path, cut, Flag(*items, "x-kubernetes-embedded-resource"));
    }
  }
  if (!value.IsObject()) return;
  const bool any_member = AllowsAnyMember(schema);
  std::vector<std::string> unknown;
  for (auto& [name, member] : value.MakeObject()) {
    const bool of_root =
        is_object_root && (name == kObjectRootFields[0] || name == kObjectRootFields[1] ||
                           name == kObjectRootFields[2]);
    if (of_root) continue;
    if (const Value* of_member = MemberSchema(schema, name)) {
      PruneUnknown(*of_member, member, MemberPath(path, name), cut,
                   Flag(*of_member, "x-kubernetes-embedded-resource"));
    } else if (!any_member) {
      unknown.push_back(name);
    }
  }
  for (const std::string& name : unknown) {
    cut.push_back(MemberPath(path, name));
    value.Remove(name);
  }
}

const Value* SchemaAt(const Value& schema, std::string_view path) {
  const Value* at = &schema;
  while (at != nullptr && !path.empty()) {
    const std::string_view name = TakeName(path);
    if (name.empty()) {
      at = Objects(*at, "items");
      continue;
    }
    // An index may be left out.
    if (const Value* items = Objects(*at, "items")) at = items;
    at = MemberSchema(*at, name);
  }
  return at;
}

}  // namespace labgallery::json
