#include "src/embedded_kube/json_patch.h"

#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "src/base/text.h"

namespace labgallery::embedded_kube {
namespace {

using json::Value;
using Pointer = std::vector<std::string>;

Outcome<Pointer> ReadPointer(const Value& operation, std::string_view member) {
  const Value* text = operation.Find(member);
  if (text == nullptr || !text->IsString()) {
    return Refuse(BadRequest("JSON patch: operation without \"" + std::string(member) + "\""));
  }
  if (text->AsString()->empty()) return Pointer();
  if (text->AsString()->front() != '/') {
    return Refuse(BadRequest("JSON patch: \"" + *text->AsString() + "\" is no JSON pointer"));
  }
  Pointer pointer = Split(text->AsString()->substr(1), '/');
  for (std::string& token : pointer) {
    std::string plain;
    for (std::size_t i = 0; i < token.size(); ++i) {
      if (token[i] == '~' && i + 1 < token.size()) {
        plain += token[++i] == '1' ? '/' : '~';
      } else {
        plain += token[i];
      }
    }
    token = std::move(plain);
  }
  return pointer;
}

// The index that a token names in an array of that size; "-" is the end, where the end is allowed.
std::optional<std::size_t> Index(const std::string& token, std::size_t size, bool end_allowed) {
  if (token == "-") return end_allowed ? std::optional(size) : std::nullopt;
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (error != std::errc() || end != token.data() + token.size()) return std::nullopt;
  if (index > size || (index == size && !end_allowed)) return std::nullopt;
  return index;
}

Value* Step(Value& parent, const std::string& token) {
  if (parent.IsObject()) return parent.Find(token);
  if (!parent.IsArray()) return nullptr;
  const auto index = Index(token, parent.AsArray()->size(), false);
  return index ? &parent.MakeArray()[*index] : nullptr;
}

Value* Locate(Value& target, const Pointer& pointer, std::size_t steps) {
  Value* at = &target;
  for (std::size_t i = 0; i < steps && at != nullptr; ++i) at = Step(*at, pointer[i]);
  return at;
}

bool Add(Value& target, const Pointer& pointer, Value value) {
  if (pointer.empty()) {
    target = std::move(value);
    return true;
  }
  Value* parent = Locate(target, pointer, pointer.size() - 1);
  if (parent == nullptr) return false;
  if (parent->IsObject()) {
    parent->Set(pointer.back(), std::move(value));
    return true;
  }
  if (!parent->IsArray()) return false;
  Value::Array& items = parent->MakeArray();
  const auto index = Index(pointer.back(), items.size(), true);
  if (!index) return false;
  items.insert(items.begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
  return true;
}

bool Remove(Value& target, const Pointer& pointer) {
  if (pointer.empty() || Locate(target, pointer, pointer.size()) == nullptr) return false;
  Value* parent = Locate(target, pointer, pointer.size() - 1);
  if (parent->IsObject()) {
    parent->Remove(pointer.back());
    return true;
  }
  Value::Array& items = parent->MakeArray();
  const auto index = Index(pointer.back(), items.size(), false);
  items.erase(items.begin() + static_cast<std::ptrdiff_t>(*index));
  return true;
}

bool Replace(Value& target, const Pointer& pointer, Value value) {
  Value* at = Locate(target, pointer, pointer.size());
  if (at != nullptr) *at = std::move(value);
  return at != nullptr;
}

// A test for null also holds where nothing is.
bool Test(Value& target, const Pointer& pointer, const Value& value) {
  const Value* at = Locate(target, pointer, pointer.size());
  return at == nullptr ? value.IsNull() : *at == value;
}

bool Transfer(Value& target, const Pointer& from, const Pointer& to, bool keep) {
  const Value* source = Locate(target, from, from.size());
  if (source == nullptr) return false;
  Value moved = *source;
  return (keep || Remove(target, from)) && Add(target, to, std::move(moved));
}

Outcome<bool> Apply(Value& target, const Value& operation) {
  const std::string_view op = operation.Text({"op"});
  EMK_ASSIGN_OR_REFUSE(const Pointer path, ReadPointer(operation, "path"));
  if (op == "remove") return Remove(target, path);
  if (op == "move" || op == "copy") {
    EMK_ASSIGN_OR_REFUSE(const Pointer from, ReadPointer(operation, "from"));
    return Transfer(target, from, path, op == "copy");
  }
  const Value* value = operation.Find("value");
  if (op == "test") return Test(target, path, value == nullptr ? Value() : *value);
  if (op != "add" && op != "replace") {
    return Refuse(BadRequest("JSON patch: unknown operation \"" + std::string(op) + "\""));
  }
  if (value == nullptr)
    return Refuse(BadRequest("JSON patch: " + std::string(op) + " without a value"));
  return op == "add" ? Add(target, path, *value) : Replace(target, path, *value);
}

}  // namespace

Outcome<void> ApplyJsonPatch(Value& target, const Value& operations) {
  if (!operations.IsArray()) return Refuse(BadRequest("JSON patch: expected a list of operations"));
  for (const Value& operation : *operations.AsArray()) {
    EMK_ASSIGN_OR_REFUSE(const bool fits, Apply(target, operation));
    if (!fits) return Refuse(PatchRejected());
  }
  return {};
}

}  // namespace labgallery::embedded_kube
