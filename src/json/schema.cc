#include "src/json/schema.h"

#include <algorithm>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/constraint_builder.hpp>
#include <valijson/constraints/concrete_constraints.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "src/json/library.h"
#include "src/json/parse.h"
#include "src/json/schema_node.h"
#include "src/json/structural.h"

namespace labgallery::json {
namespace {

using valijson::adapters::Adapter;
using LibraryAdapter = valijson::adapters::NlohmannJsonAdapter;

// The keyword under which a node's own rules are handed through valijson's parser, and what marks
// the errors that they report as worded already.
constexpr std::string_view kNodeKeyword = "x-labgallery-node";
constexpr char kWorded = '\x01';

// With `deep` false, members and items are there, but as nulls.
Value FromAdapter(const Adapter& adapter, bool deep) {
  auto inner = [deep](const Adapter& part) { return deep ? FromAdapter(part, true) : Value(); };
  if (adapter.isObject()) {
    Value object{Value::Object()};
    adapter.applyToObject([&](const std::string& key, const Adapter& member) {
      object.Set(key, inner(member));
      return true;
    });
    return object;
  }
  if (adapter.isArray()) {
    Value array{Value::Array()};
    adapter.applyToArray([&](const Adapter& item) {
      array.Push(inner(item));
      return true;
    });
    return array;
  }
  if (adapter.isString()) return adapter.getString();
  if (adapter.isBool()) return adapter.getBool();
  if (adapter.isInteger()) return std::int64_t{adapter.getInteger()};
  if (adapter.isDouble()) return adapter.getDouble();
  return {};
}

// "[spec]", "[regions]", "[0]" as a path. Only the value can tell an index from a member called
// "0".
std::string PathOf(const std::vector<std::string>& context, const Value& value) {
  std::string path;
  const Value* at = &value;
  for (std::size_t i = 1; i < context.size(); ++i) {
    const std::string name = context[i].substr(1, context[i].size() - 2);
    const Value::Array* items = at == nullptr ? nullptr : at->AsArray();
    if (items != nullptr) {
      path += "[" + name + "]";
      const std::size_t index = std::stoul(name);
      at = index < items->size() ? &(*items)[index] : nullptr;
    } else {
      path = MemberPath(path, name);
      at = at == nullptr ? nullptr : at->Find(name);
    }
  }
  return path;
}

// One node's rules as a constraint of valijson's. It knows no path, so what it reports is relative:
// the marker, the path below the node, the marker, and the message with the marker where the path
// belongs.
class NodeConstraint final : public valijson::constraints::PolyConstraint {
 public:
  explicit NodeConstraint(SchemaNode rules) : rules_(std::move(rules)) {}

  bool validate(const Adapter& target, const std::vector<std::string>& context,
                valijson::ValidationResults* results) const override {
    bool valid = true;
    rules_.Check(std::string(1, kWorded), FromAdapter(target, rules_.LooksInside()),
                 [&](const std::string& path, const std::string& message) {
                   valid = false;
                   if (results != nullptr) results->pushError(context, path + kWorded + message);
                 });
    return valid;
  }

 private:
  Constraint* cloneInto(void* memory) const override { return new (memory) NodeConstraint(*this); }
  std::size_t sizeOf() const override { return sizeof(NodeConstraint); }

  SchemaNode rules_;
};

class NodeBuilder final : public valijson::ConstraintBuilder {
 public:
  valijson::constraints::Constraint* make(const Adapter& node) const override {
    auto rules = SchemaNode::Read(FromAdapter(node, true));
    if (!rules) throw std::runtime_error(rules.error().message);
    return new NodeConstraint(*std::move(rules));
  }
};

// The schema as valijson gets it: what joins nodes in its own keywords, each node's rules under
// ours.
Value Translate(const Value& schema) {
  Value own(schema);
  Value translated{Value::Object()};
  auto move_over = [&](std::string_view key, auto translate) {
    if (const Value* member = schema.Find(key)) translated.Set(key, translate(*member));
    own.Remove(key);
  };
  auto each_member = [](const Value& members) {
    Value all{Value::Object()};
    if (!members.IsObject()) return all;
    for (const auto& [name, member] : *members.AsObject()) all.Set(name, Translate(member));
    return all;
  };
  auto each_item = [](const Value& items) {
    Value all{Value::Array()};
    if (!items.IsArray()) return all;
    for (const Value& item : *items.AsArray()) all.Push(Translate(item));
    return all;
  };
  auto one = [](const Value& node) { return node.IsObject() ? Translate(node) : node; };
  move_over("properties", each_member);
  for (const std::string_view key : {"allOf", "anyOf", "oneOf"}) move_over(key, each_item);
  for (const std::string_view key : {"additionalProperties", "items", "not"}) move_over(key, one);
  move_over("required", [](const Value& names) { return names; });
  for (const std::string_view key :
       {"description", "default", "example", "x-kubernetes-validations"}) {
    own.Remove(key);
  }
  translated.Set(kNodeKeyword, std::move(own));
  return translated;
}

void ReplaceAll(std::string& text, char marker, const std::string& replacement) {
  for (auto at = text.find(marker); at != std::string::npos;
       at = text.find(marker, at + replacement.size())) {
    text.replace(at, 1, replacement);
  }
}

// valijson's summaries of nested failures say nothing new, except those about alternatives.
std::optional<Violation> Worded(const std::string& path, const std::string& description) {
  if (description.front() == kWorded) {
    const auto end = description.find(kWorded, 1);
    std::string message = description.substr(end + 1);
    ReplaceAll(message, kWorded, path);
    return Violation{path + description.substr(1, end - 1), std::move(message)};
  }
  auto starts = [&](std::string_view prefix) { return description.starts_with(prefix); };
  if (starts("Missing required property '")) {
    const auto begin = description.find('\'') + 1;
    const std::string name = description.substr(begin, description.rfind('\'') - begin);
    return Violation{MemberPath(path, name), "Required value"};
  }
  const std::string subject = R"(Invalid value: "": ")" + path + "\" must ";
  const std::string one = subject + "validate one and only one schema (oneOf). Found ";
  if (starts("Failed to validate against any child")) return Violation{path, one + "none valid"};
  if (starts("Failed to validate against exactly one"))
    return Violation{path, one + "several valid"};
  if (starts("Failed to validate against any schemas")) {
    return Violation{path, subject + "validate at least one schema (anyOf)"};
  }
  if (starts("Target should not"))
    return Violation{path, subject + "not validate the schema (not)"};
  return std::nullopt;
}

// A default is filled in without being judged again, so a wrong one would refuse every object.
Status CheckDefaults(const Value& schema, const std::string& path) {
  if (const Value* filling = schema.Find("default")) {
    Value judge = schema;
    judge.Remove("default");
    LAB_ASSIGN_OR_RETURN(const Schema compiled, Schema::Compile(judge));
    const auto violations = compiled.Validate(*filling);
    if (!violations.empty())
      return InvalidInput(path + ": its default breaks it: " + violations[0].message);
  }
  const Value* properties = schema.Find("properties");
  if (properties != nullptr && properties->IsObject()) {
    for (const auto& [name, property] : *properties->AsObject()) {
      LAB_RETURN_IF_ERROR(CheckDefaults(property, MemberPath(path, name)));
    }
  }
  if (const Value* items = schema.Find("items")) return CheckDefaults(*items, path + "[]");
  return Ok();
}

}  // namespace

struct Schema::Compiled {
  Value source;
  valijson::Schema rules;
};

Result<Schema> Schema::Compile(const Value& schema) {
  LAB_RETURN_IF_ERROR(CheckStructural(schema, ""));
  LAB_RETURN_IF_ERROR(CheckDefaults(schema, ""));
  auto compiled = std::make_shared<Compiled>();
  compiled->source = schema;
  const nlohmann::json translated = ToLibrary(Translate(schema));
  try {
    valijson::SchemaParser parser;
    parser.addConstraintBuilder(std::string(kNodeKeyword),
                                new NodeBuilder());  // owned by the parser
    parser.populateSchema(LibraryAdapter(translated), compiled->rules);
  } catch (const std::runtime_error& error) {
    return InvalidInput(std::string("schema: ") + error.what());
  }
  return Schema(std::move(compiled));
}

std::vector<Violation> Schema::Validate(const Value& value) const {
  const nlohmann::json target = ToLibrary(value);
  valijson::Validator validator;
  valijson::ValidationResults results;
  std::vector<Violation> violations;
  if (validator.validate(compiled_->rules, LibraryAdapter(target), &results)) return violations;
  std::set<std::pair<std::string, std::string>> seen;  // alternatives repeat each other
  for (const auto& error : results) {
    auto violation = Worded(PathOf(error.context, value), error.description);
    if (violation && seen.emplace(violation->path, violation->message).second) {
      violations.push_back(*std::move(violation));
    }
  }
  return violations;
}

void Schema::ApplyDefaults(Value& value) const { FillDefaults(compiled_->source, value); }

std::vector<std::string> Schema::Prune(Value& value) const {
  std::vector<std::string> cut;
  PruneUnknown(compiled_->source, value, "", cut, true);
  std::sort(cut.begin(), cut.end());
  return cut;
}

std::vector<std::string> Schema::KnownFields(std::string_view path) const {
  std::vector<std::string> names;
  const Value* at = SchemaAt(compiled_->source, path);
  const Value* items = at == nullptr ? nullptr : at->Find("items");
  if (items != nullptr && items->IsObject()) at = items;
  const Value* properties = at == nullptr ? nullptr : at->Find("properties");
  if (properties == nullptr || !properties->IsObject()) return names;
  for (const auto& [name, property] : *properties->AsObject()) names.push_back(name);
  return names;
}

}  // namespace labgallery::json
