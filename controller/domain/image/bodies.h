// The bodies that are PUT: of a definition and of a version, made new from the spec or changed from
// what was read. A changed one sends back everything as it was read, because ARM replaces the whole
// resource, minus what is read-only. Which targets a version gets now is region_plan.h's; tags come
// complete from the core.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "controller/domain/image/spec.h"
#include "controller/domain/image/target_regions.h"
#include "src/json/value.h"

namespace labgallery::domain::image {

using TagMap = std::map<std::string, std::string>;

json::Value NewDefinitionBody(const Definition& definition, const std::string& location,
                              const TagMap& tags);

/// `existing` with the spec's fields. A spec without `definition` changes the tags alone.
json::Value ChangedDefinitionBody(const std::optional<Definition>& definition,
                                  const json::Value& existing, const TagMap& tags);

/// Made so that regions can be removed later. Precondition: spec.source.
json::Value NewVersionBody(const ImageSpec& spec, const std::string& location, const TagMap& tags,
                           const std::vector<TargetRegion>& targets);

/// spec.version, which exists. The source is not sent again: an update may omit it, and it may be
/// gone.
json::Value ChangedVersionBody(const ImageSpec& spec, const json::Value& existing,
                               const TagMap& tags, const std::vector<TargetRegion>& targets);

/// A version that somebody else made: as it was read, with these targets. Its tags stay.
json::Value FoundVersionBody(const json::Value& existing, const std::vector<TargetRegion>& targets);

/// Any version with safetyProfile.allowDeletionOfReplicatedLocations true and nothing else changed.
json::Value RemovalAllowedBody(const json::Value& existing);

/// True if regions of the version as read may be removed.
bool AllowsRemoval(const json::Value& version_body);

/// The provisioned size of a version in GB, from the disks that Azure shows; nothing where it shows
/// none.
std::optional<std::int64_t> ProvisionedGB(const json::Value& version_body);

}  // namespace labgallery::domain::image
