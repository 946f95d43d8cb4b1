// The rules that ARM and the providers apply to every resource's body alike: location, tags, which
// properties may be there, and what a PUT and a PATCH make of what is stored.
#pragma once

#include <string>

#include "src/azure_simulator/arm_answer.h"
#include "src/azure_simulator/resource_path.h"
#include "src/azure_simulator/resource_types.h"
#include "src/azure_simulator/world.h"

namespace labgallery::azure_simulator {

/// The document that a PUT describes: the body without what is read-only. Refuses a missing or
/// unavailable location, one that differs from the existing resource's, bad tags, unknown
/// properties.
Outcome<json::Value> PutDocument(const World& world, const Call& call, const ResourceType& type,
                                 const Resource* existing);

/// The document after a PATCH: given properties merged in, null removes; tags as the settings say.
Outcome<json::Value> PatchedDocument(const World& world, const Call& call, const ResourceType& type,
                                     const Resource& existing);

/// The programmatic name of a document's location.
std::string LocationOf(const json::Value& document);

/// 400 unless the region exists and offers the type to this subscription.
Check CheckRegion(const World& world, const ResourceType& type, std::string_view region);
bool IsOffered(const World& world, const ResourceType& type, std::string_view region);

/// 404 ParentResourceNotFound.
Check CheckParentExists(const World& world, std::string_view parent_id);
/// The same, and 409 while the parent is being made or deleted.
Check CheckParent(const World& world, const ResourcePath& path);

/// 409 when the subscription has as many of these in the region as Azure allows.
Check CheckLimit(const World& world, const ResourcePath& path, std::string_view location);

/// The id as it will be stored: parents and the type keep their own spelling, the name that of the
/// request.
std::string CanonicalId(const World& world, const ResourcePath& path);

/// The path of the request; 400 InvalidResourceId if it is no resource's.
Outcome<ResourcePath> PathOf(const Call& call);

/// 200 with the resource of the request's path, or 404.
Answer GetResource(const World& world, const Call& call, bool replication = false);

/// 409 CannotDeleteResource while children of a type's collections exist or are not yet gone.
Check CheckChildless(World& world, const Resource& resource);

/// A property's text below properties, "" when absent.
std::string_view Property(const json::Value& document, std::string_view name);

/// 409 PropertyChangeNotAllowed if a property, named by its path below properties, differs.
Check CheckUnchanged(const json::Value& before, const json::Value& after, const ResourceType& type,
                     std::initializer_list<std::string_view> path);

/// `member` of properties, normalised to Azure's "2030-01-01T00:00:00+00:00"; 400 if it is no
/// instant, or newly set and in the past.
Check NormaliseEndOfLife(const World& world, json::Value& holder, const json::Value* before,
                         const std::string& target);

}  // namespace labgallery::azure_simulator
