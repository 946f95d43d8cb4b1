// Tags of a resource body against the spec: only the keys that the spec names and our own are ours.
#pragma once

#include <string>
#include <vector>

#include "controller/domain/observation.h"

namespace labgallery::domain {

Tags SpecTags(const json::Value& spec);

/// The tag map to send: as read, with the spec's keys and, for what is nobody's, our owner tag.
Tags DesiredTags(const Tags& wanted, const Tags& present, const Ownership& ownership,
                 const std::string& own_tag);

/// The tags of a resource that is being made.
Tags NewTags(const Tags& wanted, const std::string& own_tag);

/// Keys that the spec names and Azure has otherwise; a missing key is an addition. Our owner tag,
/// where it is missing, is one too.
std::vector<Difference> TagDifferences(const Tags& wanted, const Tags& present,
                                       const Ownership& ownership);

/// A PATCH that turns our owner tag into the released mark.
ArmWrite ReleaseTag(const std::string& part, const azure::ResourceId& id,
                    std::string_view api_version, const Tags& present, const std::string& own_tag);

}  // namespace labgallery::domain
