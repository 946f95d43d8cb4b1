#include "controller/cli/assumed_cloud.h"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "controller/domain/names.h"
#include "src/azure/model/resource_id.h"
#include "src/base/text.h"

namespace labgallery::cli {
namespace {

constexpr const char* kSomewhere = "westeurope";  // where objects name no location
constexpr std::int64_t kDiskSizeGB = 30;          // of the smallest images that Azure offers

bool IsOf(const Manifest& manifest, domain::Kind kind) {
  return manifest.type == domain::ResourceTypeOf(kind);
}

std::string TextOr(std::string_view text, std::string_view fallback) {
  return std::string(text.empty() ? fallback : text);
}

class Cloud {
 public:
  explicit Cloud(const std::vector<Manifest>& objects) {
    for (const Manifest& manifest : objects) {
      if (!IsOf(manifest, domain::Kind::kSharedImageGallery)) continue;
      galleries_[manifest.key] = manifest.object.Text({"spec", "location"});
    }
  }

  void AddGroup(const json::Value& object);
  void AddSources(const Manifest& image);
  std::vector<Assumption> Take() && { return std::move(assumptions_); }

 private:
  void Add(const std::string& id, json::Value body);
  void AddSource(std::string_view id, const json::Value& spec, const std::string& location);

  std::map<kube::ObjectKey, std::string> galleries_;  // to their location
  std::set<std::string> known_;                       // ids in lower case
  std::vector<Assumption> assumptions_;
};

void Cloud::Add(const std::string& id, json::Value body) {
  if (!known_.insert(Lower(id)).second) return;
  assumptions_.push_back({.method = "PUT", .id = id, .body = std::move(body)});
}

void Cloud::AddGroup(const json::Value& object) {
  std::string group;
  const std::string_view whole = object.Text({"spec", "resourceId"});
  const std::string_view name = object.Text({"spec", "resourceGroup"});
  const std::string_view subscription = object.Text({"spec", "subscriptionId"});
  if (const std::vector<std::string> pieces = Split(whole, '/'); pieces.size() >= 5) {
    group = Join({pieces.begin(), pieces.begin() + 5}, "/");
  } else if (!name.empty() && !subscription.empty()) {
    group = "/subscriptions/" + std::string(subscription) + "/resourceGroups/" + std::string(name);
  } else {
    return;
  }
  json::Value body;
  body.Set("location", TextOr(object.Text({"spec", "location"}), kSomewhere));
  Add(group, std::move(body));
}

/// The body of a source of that type which the definition can be made from; null for a type that is
/// never a source.
json::Value SourceBody(const azure::ResourceId& id, const json::Value& definition,
                       const std::string& location) {
  const std::string os_type = TextOr(definition.Text({"osType"}), "Linux");
  const std::string os_state = TextOr(definition.Text({"osState"}), "Generalized");
  json::Value body;
  body.Set("location", location);
  json::Value& properties = body.Set("properties", json::Value::Object());
  properties.Set("hyperVGeneration", TextOr(definition.Text({"hyperVGeneration"}), "V1"));
  if (id.Is("Microsoft.Compute/snapshots") || id.Is("Microsoft.Compute/disks")) {
    properties.Set("osType", os_type);
    properties.Set("diskSizeGB", kDiskSizeGB);
    return body;
  }
  json::Value& disk = properties.Set("storageProfile", {}).Set("osDisk", {});
  disk.Set("osType", os_type);
  disk.Set("diskSizeGB", kDiskSizeGB);
  if (id.Is("Microsoft.Compute/images")) {
    disk.Set("osState", os_state);
    return body;
  }
  if (!id.Is("Microsoft.Compute/virtualMachines")) return {};
  body.Set("generalized", os_state == "Generalized");
  return body;
}

void Cloud::AddSource(std::string_view id, const json::Value& spec, const std::string& location) {
  const auto source = azure::ResourceId::Parse(id);
  if (!source) return;
  const json::Value* definition = spec.Find("definition");
  json::Value body =
      SourceBody(*source, definition == nullptr ? json::Value() : *definition, location);
  if (!body.IsNull()) Add(source->text(), std::move(body));
}

void Cloud::AddSources(const Manifest& image) {
  const json::Value* spec = image.object.Find("spec");
  const json::Value* source = spec == nullptr ? nullptr : spec->Find("source");
  if (source == nullptr) return;
  const auto gallery =
      galleries_.find({image.key.name_space, std::string(spec->Text({"galleryRef", "name"}))});
  const std::string around = gallery == galleries_.end() ? "" : gallery->second;
  const std::string location = TextOr(TextOr(spec->Text({"location"}), around), kSomewhere);
  AddSource(source->Text({"managedImageId"}), *spec, location);
  AddSource(source->Text({"virtualMachineId"}), *spec, location);
  AddSource(source->Text({"disks", "os", "id"}), *spec, location);
  const json::Value* data = source->At({"disks", "data"});
  if (data == nullptr || !data->IsArray()) return;
  for (const json::Value& disk : *data->AsArray()) AddSource(disk.Text({"id"}), *spec, location);
}

}  // namespace

std::vector<Assumption> AssumedCloud(const std::vector<Manifest>& objects) {
  Cloud cloud(objects);
  for (const Manifest& manifest : objects) cloud.AddGroup(manifest.object);
  for (const Manifest& manifest : objects) {
    if (IsOf(manifest, domain::Kind::kImage)) cloud.AddSources(manifest);
  }
  return std::move(cloud).Take();
}

}  // namespace labgallery::cli
