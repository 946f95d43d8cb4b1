#include "controller/cli/object_list.h"

#include <utility>

#include "controller/cli/stored_objects.h"
#include "controller/domain/names.h"
#include "src/json/parse.h"
#include "src/yaml/write.h"

namespace labgallery::cli {

Result<json::Value> ReadObjectList(kube::Client& client, const std::stop_token& stop) {
  json::Value list;
  list.Set("apiVersion", "v1");
  list.Set("kind", "List");
  list.Set("metadata", {}).Set("resourceVersion", "");
  json::Value& items = list.Set("items", json::Value::Array());
  for (const domain::Kind kind : domain::kKinds) {
    LAB_ASSIGN_OR_RETURN(std::vector<json::Value> objects,
                         ListObjects(client, domain::ResourceTypeOf(kind), stop));
    for (json::Value& object : objects) items.Push(std::move(object));
  }
  return list;
}

std::string AsJson(const json::Value& list) { return json::DumpPretty(list); }
std::string AsYaml(const json::Value& list) { return yaml::ToYaml(list); }

}  // namespace labgallery::cli
