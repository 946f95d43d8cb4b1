#include "src/azure_simulator/image_sources.h"

#include <set>

#include "src/azure_simulator/catalogue.h"
#include "src/azure_simulator/replication.h"
#include "src/azure_simulator/resource_path.h"
#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

constexpr std::string_view kTarget = "galleryImageVersion.properties.storageProfile";
constexpr std::int64_t kUsualSize = 30;  // GiB, of a source that does not say

/// What a source tells about itself; empty where it has no opinion.
struct SourceTraits {
  std::string os_type;
  std::string os_state;
  std::string generation;
  std::int64_t os_size = kUsualSize;
  std::vector<std::pair<std::int64_t, std::int64_t>> data_disks;  // LUN, GiB
};

std::int64_t IntegerAt(const json::Value& value, std::string_view name, std::int64_t fallback) {
  const json::Value* member = value.Find(name);
  const std::int64_t* integer = member == nullptr ? nullptr : member->AsInteger();
  return integer == nullptr ? fallback : *integer;
}

ArmError SourceNotFound(const std::string& id, const std::string& location) {
  return {404, "ResourceNotFound",
          "The source '" + id +
              "' was not found. It has to exist in the same region as the image "
              "version ('" +
              location + "').",
          std::string(kTarget)};
}

bool IsIn(const World& world, const Resource& source, const std::string& location) {
  if (source.replicas.empty()) return source.location == location;
  for (const Replica& replica : source.replicas) {
    if (replica.region == location && StateOf(replica, world.now) == ReplicaState::kCompleted) {
      return true;
    }
  }
  return false;
}

Outcome<const Resource*> FindSource(const World& world, const std::string& id,
                                    const std::string& location,
                                    std::initializer_list<std::string_view> types) {
  const Resource* source = world.resources.Find(id);
  if (source == nullptr || !IsIn(world, *source, location)) return SourceNotFound(id, location);
  for (const std::string_view type : types) {
    if (source->type == type) return source;
  }
  return InvalidParameter(std::string(kTarget) + ".source.id",
                          "A resource of type '" + source->type + "' cannot be this source.");
}

void ReadDisks(const json::Value& profile, SourceTraits& traits) {
  if (const json::Value* os_disk = profile.Find("osDisk")) {
    traits.os_type = os_disk->Text({"osType"});
    traits.os_size = IntegerAt(*os_disk, "diskSizeGB", kUsualSize);
  }
  const json::Value* disks = profile.Find("dataDisks");
  if (disks == nullptr || !disks->IsArray()) return;
  for (const json::Value& disk : *disks->AsArray()) {
    traits.data_disks.emplace_back(IntegerAt(disk, "lun", 0),
                                   IntegerAt(disk, "diskSizeGB", kUsualSize));
  }
}

SourceTraits TraitsOfImage(const Resource& image) {
  SourceTraits traits;
  const json::Value document = Document(image);
  const json::Value* profile = document.At({"properties", "storageProfile"});
  if (profile == nullptr) return traits;
  ReadDisks(*profile, traits);
  if (const json::Value* os_disk = profile->Find("osDisk"))
    traits.os_state = os_disk->Text({"osState"});
  traits.generation = document.Text({"properties", "hyperVGeneration"});
  return traits;
}

SourceTraits TraitsOfMachine(const Resource& machine) {
  SourceTraits traits;
  const json::Value document = Document(machine);
  if (const json::Value* profile = document.At({"properties", "storageProfile"}))
    ReadDisks(*profile, traits);
  traits.os_state = machine.generalized ? "Generalized" : "Specialized";
  traits.generation = document.Text({"properties", "hyperVGeneration"});
  return traits;
}

SourceTraits TraitsOfVersion(const World& world, const Resource& version) {
  SourceTraits traits;
  const auto path = ParseResourcePath(version.id);
  const Resource* definition = path ? world.resources.Find(path->parent) : nullptr;
  if (definition != nullptr) {
    const json::Value document = Document(*definition);
    traits.os_type = document.Text({"properties", "osType"});
    traits.os_state = document.Text({"properties", "osState"});
    traits.generation = document.Text({"properties", "hyperVGeneration"});
  }
  const json::Value document = Document(version);
  const json::Value* profile = document.At({"properties", "storageProfile"});
  if (profile == nullptr) return traits;
  if (const json::Value* disk = profile->Find("osDiskImage")) {
    traits.os_size = IntegerAt(*disk, "sizeInGB", kUsualSize);
  }
  const json::Value* disks = profile->Find("dataDiskImages");
  if (disks == nullptr || !disks->IsArray()) return traits;
  for (const json::Value& disk : *disks->AsArray()) {
    traits.data_disks.emplace_back(IntegerAt(disk, "lun", 0),
                                   IntegerAt(disk, "sizeInGB", kUsualSize));
  }
  return traits;
}

SourceTraits TraitsOf(const World& world, const Resource& source) {
  if (source.type == "microsoft.compute/images") return TraitsOfImage(source);
  if (source.type == "microsoft.compute/virtualmachines") return TraitsOfMachine(source);
  return TraitsOfVersion(world, source);
}

/// A property that a source shares with its definition, and Azure's words where they differ
/// (troubleshooting-shared-images.md): there is no code for it.
struct Trait {
  std::string_view name;
  std::string_view words;
};

constexpr Trait kOsType{"osType", "the source has a different OS type"};
constexpr Trait kOsState{"osState", "since the OS State in the parent gallery image differs"};
constexpr Trait kGeneration{"hyperVGeneration", "the source has a different Hypervisor generation"};

Check CheckTrait(const json::Value& definition, const Trait& trait, const std::string& value) {
  const std::string_view wanted = definition.Text({"properties", trait.name});
  if (value.empty() || wanted.empty() || EqualsIgnoreCase(wanted, value)) return {};
  return InvalidParameter(std::string(kTarget) + ".source",
                          "Cannot create the image version, " + std::string(trait.words) + ": " +
                              std::string(trait.name) + " '" + value + "', and '" +
                              std::string(wanted) + "' in the definition.");
}

Check CheckTraits(const json::Value& definition, const SourceTraits& traits) {
  LAB_RETURN_IF_ERROR(CheckTrait(definition, kOsType, traits.os_type));
  LAB_RETURN_IF_ERROR(CheckTrait(definition, kOsState, traits.os_state));
  return CheckTrait(definition, kGeneration, traits.generation);
}

void ShowSizes(json::Value& profile, const SourceTraits& traits) {
  json::Value* os_disk = profile.Find("osDiskImage");
  if (os_disk == nullptr) os_disk = &profile.Set("osDiskImage", json::Value::Object());
  os_disk->Set("sizeInGB", traits.os_size);
  if (traits.data_disks.empty()) return;
  json::Value& disks = profile.Set("dataDiskImages", json::Value::Array());
  for (const auto& [lun, size] : traits.data_disks) {
    disks.Push(json::Value::Object{{"lun", json::Value(lun)}, {"sizeInGB", json::Value(size)}});
  }
}

Check ResolveWhole(const World& world, json::Value& profile, const std::string& location,
                   const json::Value& definition) {
  const bool machine = !profile.Text({"source", "virtualMachineId"}).empty();
  const std::string id(profile.Text({"source", machine ? "virtualMachineId" : "id"}));
  Outcome<const Resource*> source =
      machine ? FindSource(world, id, location, {"microsoft.compute/virtualmachines"})
              : FindSource(world, id, location,
                           {"microsoft.compute/images", "microsoft.compute/virtualmachines",
                            "microsoft.compute/galleries/images/versions"});
  if (!source) return source.error();
  const SourceTraits traits = TraitsOf(world, **source);
  LAB_RETURN_IF_ERROR(CheckTraits(definition, traits));
  ShowSizes(profile, traits);
  return {};
}

Check ResolveDisk(const World& world, json::Value& disk, const std::string& location,
                  const json::Value* definition) {
  const std::string id(disk.Text({"source", "id"}));
  if (id.empty()) {
    return InvalidParameter(std::string(kTarget), "Each disk image has to name its source's id.");
  }
  LAB_ASSIGN_OR_RETURN(
      const Resource* source,
      FindSource(world, id, location, {"microsoft.compute/disks", "microsoft.compute/snapshots"}));
  const json::Value document = Document(*source);
  const json::Value* properties = document.Find("properties");
  if (definition != nullptr) {
    LAB_RETURN_IF_ERROR(CheckTraits(
        *definition, {.os_type = std::string(document.Text({"properties", "osType"})),
                      .os_state = {},
                      .generation = std::string(document.Text({"properties", "hyperVGeneration"})),
                      .data_disks = {}}));
  }
  disk.Set("sizeInGB",
           properties == nullptr ? kUsualSize : IntegerAt(*properties, "diskSizeGB", kUsualSize));
  return {};
}

Check ResolveDisks(const World& world, json::Value& profile, const std::string& location,
                   const json::Value& definition) {
  LAB_RETURN_IF_ERROR(ResolveDisk(world, *profile.Find("osDiskImage"), location, &definition));
  json::Value* disks = profile.Find("dataDiskImages");
  if (disks == nullptr || !disks->IsArray()) return {};
  std::set<std::int64_t> luns;
  for (json::Value& disk : disks->MakeArray()) {
    const std::int64_t lun = IntegerAt(disk, "lun", -1);
    if (lun < 0 || !luns.insert(lun).second) {
      return InvalidParameter(std::string(kTarget) + ".dataDiskImages",
                              "Each data disk image needs a LUN of its own.");
    }
    LAB_RETURN_IF_ERROR(ResolveDisk(world, disk, location, nullptr));
  }
  return {};
}

std::set<std::int64_t> LunsOf(const json::Value& profile) {
  std::set<std::int64_t> luns;
  const json::Value* disks = profile.Find("dataDiskImages");
  if (disks == nullptr || !disks->IsArray()) return luns;
  for (const json::Value& disk : *disks->AsArray()) luns.insert(IntegerAt(disk, "lun", -1));
  return luns;
}

}  // namespace

Check ResolveSource(const World& world, json::Value& profile, const std::string& location,
                    const json::Value& definition) {
  const bool whole = !profile.Text({"source", "id"}).empty();
  const bool machine = !profile.Text({"source", "virtualMachineId"}).empty();
  const bool disks = !profile.Text({"osDiskImage", "source", "id"}).empty();
  if (!profile.Text({"source", "communityGalleryImageId"}).empty() ||
      !profile.Text({"osDiskImage", "source", "uri"}).empty()) {
    return NotModelled("community gallery images and blobs as sources");
  }
  if ((whole ? 1 : 0) + (machine ? 1 : 0) + (disks ? 1 : 0) != 1) {
    return InvalidParameter(std::string(kTarget) + ".source",
                            "Exactly one source has to be given: a resource's id, a virtual "
                            "machine's, or those of disks.");
  }
  if (disks) return ResolveDisks(world, profile, location, definition);
  return ResolveWhole(world, profile, location, definition);
}

Check KeepSource(json::Value& profile, const json::Value& stored) {
  using Path = std::initializer_list<std::string_view>;
  for (const Path& path : {Path{"source", "id"}, Path{"source", "virtualMachineId"},
                           Path{"osDiskImage", "source", "id"}}) {
    const std::string_view sent = profile.Text(path);
    if (sent.empty() || EqualsIgnoreCase(sent, stored.Text(path))) continue;
    std::string target(kTarget);
    for (const std::string_view step : path) target += "." + std::string(step);
    return ChangeNotAllowed(target);
  }
  if (profile.Find("dataDiskImages") != nullptr && LunsOf(profile) != LunsOf(stored)) {
    return ChangeNotAllowed(std::string(kTarget) + ".dataDiskImages");
  }
  const json::Value caching = profile;
  profile = stored;
  const std::string_view host_caching = caching.Text({"osDiskImage", "hostCaching"});
  if (!host_caching.empty()) profile.Find("osDiskImage")->Set("hostCaching", host_caching);
  return {};
}

}  // namespace labgallery::azure_simulator
