#include "src/embedded_kube/json_path.h"

#include <charconv>
#include <optional>
#include <string>

#include "src/base/text.h"
#include "src/json/parse.h"

namespace labgallery::embedded_kube {
namespace {

using json::Value;
using Found = std::vector<const Value*>;

// Takes a name up to an unescaped dot or a bracket.
std::string TakeName(std::string_view& path) {
  std::string name;
  while (!path.empty() && path.front() != '.' && path.front() != '[') {
    if (path.front() == '\\' && path.size() > 1) path.remove_prefix(1);
    name += path.front();
    path.remove_prefix(1);
  }
  return name;
}

// Takes "[...]" and gives what is inside; a bracket inside quotes does not end it.
std::optional<std::string_view> TakeBracket(std::string_view& path) {
  char quote = 0;
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (quote != 0) {
      if (path[i] == quote) quote = 0;
    } else if (path[i] == '"' || path[i] == '\'') {
      quote = path[i];
    } else if (path[i] == ']') {
      const std::string_view inside = path.substr(1, i - 1);
      path.remove_prefix(i + 1);
      return inside;
    }
  }
  return std::nullopt;
}

std::string_view Unquoted(std::string_view text) {
  text = Trim(text);
  const bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
                      text.back() == text.front();
  return quoted ? text.substr(1, text.size() - 2) : text;
}

std::string Shown(const Value& value) {
  return value.IsString() ? *value.AsString() : json::Dump(value);
}

// "?(@.type=="Ready")": the items for which it holds.
void Filter(const Value::Array& items, std::string_view condition, Found& found) {
  condition = Trim(condition.substr(1));
  if (condition.size() < 2 || condition.front() != '(' || condition.back() != ')') return;
  condition = Trim(condition.substr(1, condition.size() - 2));
  const bool negated = condition.find("!=") != std::string_view::npos;
  const auto equals = condition.find(negated ? "!=" : "==");
  if (condition.empty() || condition.front() != '@' || equals == std::string_view::npos) return;
  const std::string_view path = Trim(condition.substr(1, equals - 1));
  const std::string_view wanted = Unquoted(condition.substr(equals + 2));
  for (const Value& item : items) {
    const Found values = FindByPath(item, path);
    const bool equal = !values.empty() && Shown(*values.front()) == wanted;
    if (equal != negated) found.push_back(&item);
  }
}

void StepIntoBracket(const Value& value, std::string_view inside, Found& found) {
  if (!inside.empty() && (inside.front() == '\'' || inside.front() == '"')) {
    if (const Value* member = value.Find(Unquoted(inside))) found.push_back(member);
    return;
  }
  const Value::Array* items = value.AsArray();
  if (items == nullptr || inside.empty()) return;
  if (inside == "*") {
    for (const Value& item : *items) found.push_back(&item);
  } else if (inside.front() == '?') {
    Filter(*items, inside, found);
  } else {
    std::ptrdiff_t index = 0;
    const auto [end, error] = std::from_chars(inside.data(), inside.data() + inside.size(), index);
    if (error != std::errc() || end != inside.data() + inside.size()) return;
    const auto size = static_cast<std::ptrdiff_t>(items->size());
    if (index < 0) index += size;
    if (index >= 0 && index < size) found.push_back(&(*items)[static_cast<std::size_t>(index)]);
  }
}

}  // namespace

Found FindByPath(const Value& value, std::string_view path) {
  Found found{&value};
  while (!path.empty() && !found.empty()) {
    Found next;
    if (path.front() == '[') {
      const auto inside = TakeBracket(path);
      if (!inside) return {};
      for (const Value* at : found) StepIntoBracket(*at, *inside, next);
    } else {
      if (path.front() == '.') path.remove_prefix(1);
      const std::string name = TakeName(path);
      if (name.empty()) continue;
      for (const Value* at : found) {
        if (const Value* member = at->Find(name)) next.push_back(member);
      }
    }
    found = std::move(next);
  }
  return found;
}

}  // namespace labgallery::embedded_kube
