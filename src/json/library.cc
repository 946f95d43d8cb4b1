#include "src/json/library.h"

#include <nlohmann/json.hpp>

namespace labgallery::json {

nlohmann::json ToLibrary(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNull:
      return nullptr;
    case Value::Kind::kBoolean:
      return *value.AsBoolean();
    case Value::Kind::kInteger:
      return *value.AsInteger();
    case Value::Kind::kNumber:
      return *value.AsNumber();
    case Value::Kind::kString:
      return *value.AsString();
    case Value::Kind::kArray: {
      nlohmann::json array = nlohmann::json::array();
      for (const Value& item : *value.AsArray()) array.push_back(ToLibrary(item));
      return array;
    }
    case Value::Kind::kObject: {
      nlohmann::json object = nlohmann::json::object();
      for (const auto& [key, member] : *value.AsObject()) object.emplace(key, ToLibrary(member));
      return object;
    }
  }
  return nullptr;
}

}  // namespace labgallery::json
