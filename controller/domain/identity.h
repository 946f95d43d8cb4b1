// Which Azure resource an object names: from subscriptionId, resourceGroup and azureName, or
// resourceId instead of them all. Names that Azure would refuse are refused here, with the remedy.
#pragma once

#include <string>
#include <string_view>

#include "src/azure/model/region.h"
#include "src/azure/model/resource_id.h"
#include "src/base/result.h"
#include "src/json/value.h"

namespace labgallery::domain {

/// What ids of a kind look like, and which names Azure takes.
struct NameRule {
  std::string_view noun;      // "gallery"
  std::string_view provider;  // "Microsoft.Compute"
  std::string_view type;      // "galleries"
  std::size_t max_length;
  std::string_view inner;  // characters allowed inside, beside letters and digits
  bool alphanumeric_ends;  // the first and the last character must be a letter or a digit
  std::string_view words;  // the rule for people
};

/// The rules of Azure's names (troubleshooting-shared-images.md and GalleryRP.json of
/// Azure/azure-rest-api-specs; lab accounts: LabServices naming).
extern const NameRule kGalleryName;
extern const NameRule kImageDefinitionName;
extern const NameRule kLabAccountName;
extern const NameRule kLabPlanName;

/// Why `name` is not acceptable, or empty.
std::string NameProblem(const NameRule& rule, std::string_view name);

struct Identity {
  azure::ResourceId id;
  azure::Region location;  // empty when the spec does not say
};

/// kInvalidInput with the field and the remedy when the spec does not name an acceptable resource.
Result<Identity> ReadIdentity(const json::Value& spec, const std::string& object_name,
                              const NameRule& rule);

}  // namespace labgallery::domain
