#include "tests/golden/crd_page.h"

#include <algorithm>
#include <map>
#include <utility>

#include "src/base/text.h"
#include "src/json/parse.h"
#include "tests/golden/condition_rows.h"
#include "tests/golden/markdown.h"

namespace labgallery::golden {
namespace {

constexpr std::string_view kSchema = "spec.versions[0].schema.openAPIV3Schema";

/// A field: where it is in an object and where its schema is in the CRD.
struct Field {
  std::string path;  // "spec.replication.regions[].name"
  std::string at;
  const json::Value* schema = nullptr;
  bool required = false;
};

struct Rule {
  std::string path;  // what it is about: "spec.definition"
  std::string message;
  bool about_past = false;
};

std::string Below(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

bool Has(const json::Value& node, std::string_view list, std::string_view word) {
  const json::Value* found = node.Find(list);
  if (found == nullptr || !found->IsArray()) return false;
  return std::ranges::find(*found->AsArray(), json::Value(word)) != found->AsArray()->end();
}

class Kind {
 public:
  explicit Kind(const yaml::Document& crd) : crd_(crd) {
    std::string at(kSchema);
    for (std::string_view part : {"spec", "status"}) {
      const std::string field_at = at + ".properties." + std::string(part);
      Add({std::string(part), field_at, Schema().At({"properties", part}), part == "spec"});
    }
    TakeRules("", Schema());
  }

  const json::Value& Version() const {
    return crd_.value.At({"spec", "versions"})->AsArray()->front();
  }
  const json::Value& Schema() const { return *Version().At({"schema", "openAPIV3Schema"}); }
  const std::vector<Field>& fields() const { return fields_; }
  const std::vector<Rule>& rules() const { return rules_; }

  bool HasField(const std::string& path) const {
    return std::ranges::any_of(fields_, [&](const Field& field) { return field.path == path; });
  }

 private:
  void Add(const Field& field) {
    fields_.push_back(field);
    AddMembers(*field.schema, field.path, field.at);
    if (!field.path.empty()) TakeRules(field.path, *field.schema);
  }

  // In the order of the file, not of the alphabet.
  void AddMembers(const json::Value& node, const std::string& path, const std::string& at) {
    if (const json::Value* items = node.Find("items"))
      return AddMembers(*items, path + "[]", at + ".items");
    const json::Value* members = node.Find("properties");
    if (members == nullptr) return;
    std::vector<std::pair<yaml::Position, Field>> ordered;
    for (const auto& [name, schema] : *members->AsObject()) {
      Field field{Below(path, name), at + ".properties." + name, &schema,
                  Has(node, "required", name)};
      ordered.emplace_back(crd_.PositionOf(field.at), std::move(field));
    }
    std::ranges::sort(ordered, {}, &std::pair<yaml::Position, Field>::first);
    for (const auto& [position, field] : ordered) Add(field);
  }

  void TakeRules(const std::string& path, const json::Value& node) {
    const json::Value* list = node.Find("x-kubernetes-validations");
    if (list == nullptr) return;
    for (const json::Value& one : *list->AsArray()) {
      std::string about(one.Text({"fieldPath"}));
      if (about.starts_with(".")) about.erase(0, 1);
      rules_.push_back({about.empty() ? path : Below(path, about),
                        std::string(one.Text({"message"})),
                        one.Text({"rule"}).find("oldSelf") != std::string_view::npos});
    }
  }

  const yaml::Document& crd_;
  std::vector<Field> fields_;
  std::vector<Rule> rules_;
};

// The words in back-quotes.
std::vector<std::string> Quoted(std::string_view text) {
  std::vector<std::string> pieces = Split(text, '`');
  std::vector<std::string> found;
  for (std::size_t i = 1; i < pieces.size(); i += 2) found.push_back(pieces[i]);
  return found;
}

// "`a` and `b` must not change: ..." of the rule at spec.x, as spec.x.a -> "no" and spec.x.b ->
// "no".
std::map<std::string, std::string> Changes(const Kind& kind) {
  std::map<std::string, std::string> found;
  for (const Rule& rule : kind.rules()) {
    if (!rule.about_past) continue;
    auto verb = rule.message.find(" must not change");
    if (verb == std::string::npos) verb = rule.message.find(" must go on naming");
    const bool never = verb != std::string::npos &&
                       !rule.message.substr(verb).starts_with(" must not change unless");
    const std::string before = rule.message.substr(0, verb == std::string::npos ? 0 : verb);
    std::vector<std::string> names = Quoted(before);
    if (names.empty()) found[rule.path] = "see the rules";
    for (const std::string& name : names) {
      const std::string inside = Below(rule.path, name);
      const auto dot = rule.path.rfind('.');
      const std::string beside = Below(rule.path.substr(0, dot), name);
      found[kind.HasField(inside) ? inside : beside] = never ? "no" : "see the rules";
    }
  }
  return found;
}

std::string TypeText(const json::Value& node) {
  const std::string type(node.Text({"type"}));
  if (const json::Value* items = node.Find("items")) {
    const std::string list =
        node.Text({"x-kubernetes-list-type"}) == "set" ? "set of " : "list of ";
    std::string text = list + TypeText(*items);
    const json::Value* keys = node.Find("x-kubernetes-list-map-keys");
    if (keys != nullptr) text += ", each " + Code(*keys->AsArray()->front().AsString()) + " once";
    return text;
  }
  const json::Value* values = node.Find("additionalProperties");
  if (values != nullptr && values->IsObject()) return "map of " + TypeText(*values);
  const std::string format(node.Text({"format"}));
  return format.empty() ? type : type + " (" + format + ")";
}

std::string Between(const json::Value& node, std::string_view least, std::string_view most,
                    const std::string& noun) {
  const auto from = node.Integer({least});
  const auto to = node.Integer({most});
  const std::string unit = noun.empty() ? "" : " " + noun;
  if (from && from == to) return "exactly " + std::to_string(*from);
  if (from && to) return std::to_string(*from) + " to " + std::to_string(*to) + unit;
  if (from) return "at least " + std::to_string(*from) + unit;
  if (to) return "at most " + std::to_string(*to) + unit;
  return "";
}

std::vector<std::string> Limits(const json::Value& node) {
  std::vector<std::string> found;
  const json::Value* words = node.Find("enum");
  if (words != nullptr) {
    std::vector<std::string> quoted;
    for (const json::Value& word : *words->AsArray())
      quoted.push_back(Code(word.IsString() ? *word.AsString() : json::Dump(word)));
    found.push_back("one of " + Join(quoted, ", "));
  } else {
    found.push_back(Between(node, "minLength", "maxLength", "characters"));
  }
  found.push_back(Between(node, "minimum", "maximum", ""));
  found.push_back(Between(node, "minItems", "maxItems", "items"));
  found.push_back(Between(node, "minProperties", "maxProperties", "entries"));
  if (const auto pattern = node.Text({"pattern"}); !pattern.empty()) found.push_back(Code(pattern));
  for (std::string_view inner : {"items", "additionalProperties"}) {
    const json::Value* each = node.Find(inner);
    if (each == nullptr || !each->IsObject() || each->Find("properties") != nullptr) continue;
    for (const std::string& limit : Limits(*each)) {
      if (!limit.empty()) found.push_back("each " + limit);
    }
  }
  std::erase(found, "");
  return found;
}

std::string DefaultText(const Field& field) {
  const json::Value* value = field.schema->Find("default");
  if (value != nullptr) return Code(value->IsString() ? *value->AsString() : json::Dump(*value));
  return field.required ? "required" : "";
}

// What holds for a field holds for what is in it.
std::string ChangeText(const std::map<std::string, std::string>& changes, std::string path) {
  for (;;) {
    if (const auto found = changes.find(path); found != changes.end()) return found->second;
    const auto dot = path.rfind('.');
    if (dot == std::string::npos) return "yes";
    path.erase(dot);
  }
}

std::string FieldTable(const Kind& kind, const std::string& part) {
  const bool written = part == "spec";
  const std::map<std::string, std::string> changes = Changes(kind);
  std::string text =
      written ? TableHead({"Field", "Type", "Default", "Limits", "May change", "Meaning"})
              : TableHead({"Field", "Type", "Limits", "Meaning"});
  for (const Field& field : kind.fields()) {
    if (!field.path.starts_with(part + ".")) continue;
    std::vector<std::string> cells = {Code(field.path), TypeText(*field.schema)};
    if (written) cells.push_back(DefaultText(field));
    cells.push_back(Join(Limits(*field.schema), "; "));
    if (written) cells.push_back(ChangeText(changes, field.path));
    cells.emplace_back(Escaped(field.schema->Text({"description"})));
    text += TableRow(cells);
  }
  return text;
}

std::string RuleList(const Kind& kind) {
  std::string text;
  for (const Rule& rule : kind.rules())
    text += "- " + Code(rule.path) + ": " + rule.message + (rule.about_past ? " *" : "") + "\n";
  return text;
}

std::string ConditionTable(std::string_view kind) {
  std::string text = TableHead({"Condition", "True means", "Reasons"});
  for (const ConditionRow& row : ConditionRows()) {
    if (row.kind != kind) continue;
    std::vector<std::string> reasons;
    for (const std::string& reason : row.reasons) reasons.push_back(Code(reason));
    text +=
        TableRow({Code(row.type), std::string(row.meaning),
                  reasons.empty() ? "any of [reasons.md](../reasons.md)" : Join(reasons, ", ")});
  }
  return text;
}

std::string ColumnTable(const json::Value& version) {
  std::string text = TableHead({"Column", "From", "Meaning"});
  for (const json::Value& column : *version.Find("additionalPrinterColumns")->AsArray()) {
    const bool wide = column.Integer({"priority"}).value_or(0) > 0;
    text += TableRow({std::string(column.Text({"name"})) + (wide ? " (`-o wide`)" : ""),
                      Code(column.Text({"jsonPath"})), std::string(column.Text({"description"}))});
  }
  return text;
}

std::string Selectable(const json::Value& version) {
  std::vector<std::string> paths;
  for (const json::Value& one : *version.Find("selectableFields")->AsArray())
    paths.push_back(Code(one.Text({"jsonPath"}).substr(1)));
  return Join(paths, ", ");
}

std::string Names(const json::Value& crd) {
  const json::Value& names = *crd.At({"spec", "names"});
  const auto word = [&](std::string_view list) {
    return Code(*names.Find(list)->AsArray()->front().AsString());
  };
  return Code(std::string(crd.Text({"spec", "group"})) + "/" +
              std::string(crd.At({"spec", "versions"})->AsArray()->front().Text({"name"}))) +
         ", namespaced. Names for kubectl: " + Code(names.Text({"plural"})) + ", " +
         Code(names.Text({"singular"})) + ", " + word("shortNames") +
         "; with the other kinds: " + word("categories") + ".";
}

}  // namespace

std::string CrdPage(const yaml::Document& crd, std::string_view file) {
  const Kind kind(crd);
  const std::string name(crd.value.Text({"spec", "names", "kind"}));
  return "# " + name + "\n\n" + std::string(kind.Schema().Text({"description"})) + "\n\n" +
         Names(crd.value) + "\n\nMade from `" + std::string(file) +
         "` by `make golden`. Other kinds and the flags: [reference](README.md).\n\n"
         "## Spec\n\n"
         "A field that is absent is not managed, unless a default stands here or in its meaning. "
         "What may not change may still\nbe changed until the resource in Azure is the "
         "operator's (`status.origin`).\n\n" +
         FieldTable(kind, "spec") +
         "\n## Rules\n\nWhat the API server checks beyond single fields. Those with * compare with "
         "what "
         "was there before.\n\n" +
         RuleList(kind) + "\n## Conditions\n\n" + ConditionTable(name) +
         "\n## Status\n\nWritten by the operator only.\n\n" + FieldTable(kind, "status") +
         "\n## Columns of kubectl get\n\n" + ColumnTable(kind.Version()) +
         "\nFields for `--field-selector`: " + Selectable(kind.Version()) + ".\n";
}

std::vector<std::string> UnknownFieldsOfRules(const yaml::Document& crd) {
  const Kind kind(crd);
  std::vector<std::string> found;
  for (const auto& [path, change] : Changes(kind)) {
    if (!kind.HasField(path)) found.push_back(path);
  }
  return found;
}

}  // namespace labgallery::golden
