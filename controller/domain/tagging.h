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

/// True if the resource should get our owner tag: it has none, and its object does not only watch.
bool WantsMark(const Observation& seen, const Ownership& ownership);

/// Keys that the spec names and Azure has otherwise; a missing key is an addition. Our owner tag,
/// where it is wanted, is one too. Keys compare without case, as they do in Azure.
std::vector<Difference> TagDifferences(const Tags& wanted, const Tags& present, bool wants_mark);

/// Why the spec's tags cannot be, or nothing: keys that begin like our own, or are too long.
std::optional<Refusal> TagProblem(const json::Value& spec);

/// A PATCH that turns our owner tag into the released mark.
ArmWrite ReleaseTag(const std::string& part, const azure::ResourceId& id,
                    std::string_view api_version, const Tags& present, const std::string& own_tag);

}  // namespace labgallery::domain
