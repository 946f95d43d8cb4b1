// What a user asks of an image, as typed values. Names and shapes are those of
// crds/labgallery.io_images.yaml; nothing is defaulted here that the schema does not default,
// because absent means unmanaged. The policies that all kinds share (adoption, management,
// deletion) are read by the core.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/result.h"
#include "src/json/value.h"

namespace labgallery::domain::image {

struct Feature {
  std::string name;
  std::string value;
  std::optional<std::string> starts_at_version;
  friend bool operator==(const Feature&, const Feature&) = default;
};

struct Definition {
  std::string os_type;
  std::string os_state;
  std::string publisher, offer, sku;
  std::optional<std::string> hyper_v_generation, architecture, security_type;
  std::optional<std::string> description, eula, privacy_statement_uri, release_note_uri;
  std::optional<std::string> end_of_life_date;
  json::Value recommended;  // as ARM spells it, null when absent; so are the next two
  json::Value disallowed;
  json::Value purchase_plan;
  std::vector<Feature> features;
  std::optional<bool> allow_update_image;
  friend bool operator==(const Definition&, const Definition&) = default;
};

struct SourceDisk {
  std::int64_t lun = 0;  // of data disks
  std::string id;
  std::optional<std::string> host_caching;
  friend bool operator==(const SourceDisk&, const SourceDisk&) = default;
};

enum class SourceKind { kManagedImage, kVirtualMachine, kGalleryImageVersion, kDisks };

struct VersionSource {
  SourceKind kind = SourceKind::kManagedImage;
  std::string id;  // empty with kDisks
  SourceDisk os_disk;
  std::vector<SourceDisk> data_disks;  // by lun
  friend bool operator==(const VersionSource&, const VersionSource&) = default;
};

struct AdditionalReplicas {
  std::string storage_account_type;
  std::int64_t replica_count = 1;
  friend bool operator==(const AdditionalReplicas&, const AdditionalReplicas&) = default;
};

struct RegionSpec {
  std::string name;  // programmatic
  std::optional<std::int64_t> replica_count;
  std::optional<std::string> storage_account_type;
  std::optional<bool> exclude_from_latest;
  json::Value encryption;                                   // as ARM spells it, null when absent
  std::vector<AdditionalReplicas> additional_replica_sets;  // by type
  friend bool operator==(const RegionSpec&, const RegionSpec&) = default;
};

enum class Scope { kGeography, kRegions, kSourceOnly };
enum class Rollout { kAllAtOnce, kOrdered };
enum class NewRegions { kIgnore, kAdd };

struct Replication {
  Scope scope = Scope::kSourceOnly;
  std::optional<std::int64_t> replica_count;
  std::optional<std::string> storage_account_type;
  std::vector<RegionSpec> regions;  // in the user's order
  std::vector<std::string> exclude_regions;
  NewRegions new_regions = NewRegions::kIgnore;
  std::optional<std::int64_t> min_regions;  // readyWhen
  Rollout rollout = Rollout::kAllAtOnce;
  friend bool operator==(const Replication&, const Replication&) = default;
};

struct Retention {
  std::int64_t keep_versions = 1;
  bool include_foreign = false;
  friend bool operator==(const Retention&, const Retention&) = default;
};

/// A lab's template VM, of which Lab Services makes definition and version itself.
struct LabTemplate {
  std::string id;       // an environment setting of a lab account, or a virtual machine of a lab
  std::string plan_id;  // the lab plan that saves the latter
  std::string request;  // spec.version: another one asks for another save
  friend bool operator==(const LabTemplate&, const LabTemplate&) = default;
};

struct ImageSpec {
  std::string gallery_name;  // of the SharedImageGallery object; empty with resource_id
  std::string resource_id;   // of the definition; empty with gallery_name
  std::optional<std::string> azure_name;
  std::optional<std::string> location;  // as written
  std::map<std::string, std::string> tags;
  std::optional<Definition> definition;
  std::optional<std::string> version;  // together with source or not at all
  std::optional<VersionSource> source;
  std::optional<LabTemplate> lab_template;  // then there is neither of them
  std::optional<bool> exclude_from_latest;
  std::optional<std::string> end_of_life_date;
  std::optional<bool> block_deletion_before_end_of_life;
  std::optional<std::string> replication_mode;
  std::optional<std::int64_t> occupied_size_gib;
  std::optional<Replication> replication;
  std::optional<Retention> retention;
  friend bool operator==(const ImageSpec&, const ImageSpec&) = default;
};

/// Reads `spec` of an Image object. kInvalidInput naming everything that is wrong, the rules
/// between fields included: an API server without CEL lets those through.
Result<ImageSpec> ReadImageSpec(const json::Value& value);

/// The definition's name in Azure: the last segment of resource_id, azureName, or the object's own
/// name. kInvalidInput with the advice to set azureName if Azure would refuse it.
Result<std::string> DefinitionName(const ImageSpec& spec, std::string_view object_name);

}  // namespace labgallery::domain::image
