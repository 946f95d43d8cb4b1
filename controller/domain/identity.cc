#include "controller/domain/identity.h"

#include <algorithm>
#include <utility>

#include "src/azure/model/region.h"
#include "src/base/text.h"

namespace labgallery::domain {
namespace {

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

Result<Identity> FromResourceId(const json::Value& spec, const NameRule& rule) {
  for (const std::string_view other :
       {"subscriptionId", "resourceGroup", "azureName", "location"}) {
    if (spec.Find(other) == nullptr) continue;
    return InvalidInput("spec.resourceId: must not be combined with " + std::string(other));
  }
  auto id = azure::ResourceId::Parse(spec.Text({"resourceId"}));
  if (!id) return InvalidInput("spec.resourceId: " + id.error().message);
  const std::string wanted = std::string(rule.provider) + "/" + std::string(rule.type);
  if (!id->Is(wanted)) {
    return InvalidInput("spec.resourceId: names a " + id->type() + ", but a " + wanted +
                        " is needed");
  }
  return Identity{*std::move(id), azure::Region()};
}

}  // namespace

const NameRule kGalleryName{
    .noun = "gallery",
    .provider = "Microsoft.Compute",
    .type = "galleries",
    .max_length = 80,
    .inner = "_.",
    .alphanumeric_ends = true,
    .words = "1 to 80 letters, digits, '_' and '.', beginning and ending with a letter or digit"};
const NameRule kImageDefinitionName{
    .noun = "image definition",
    .provider = "Microsoft.Compute",
    .type = "galleries/images",
    .max_length = 80,
    .inner = "_.-",
    .alphanumeric_ends = true,
    .words =
        "1 to 80 letters, digits, '_', '.' and '-', beginning and ending with a letter or digit"};
const NameRule kLabAccountName{.noun = "lab account",
                               .provider = "Microsoft.LabServices",
                               .type = "labaccounts",
                               .max_length = 100,
                               .inner = "-_.()",
                               .alphanumeric_ends = false,
                               .words = "1 to 100 letters, digits, '-', '_', '.', '(' and ')'"};
const NameRule kLabPlanName{.noun = "lab plan",
                            .provider = "Microsoft.LabServices",
                            .type = "labPlans",
                            .max_length = 100,
                            .inner = "-_.()",
                            .alphanumeric_ends = false,
                            .words = kLabAccountName.words};

std::string NameProblem(const NameRule& rule, std::string_view name) {
  const bool length_ok = !name.empty() && name.size() <= rule.max_length;
  const bool characters_ok = std::all_of(name.begin(), name.end(), [&](char c) {
    return IsAlphanumeric(c) || rule.inner.find(c) != std::string_view::npos;
  });
  const bool ends_ok = !rule.alphanumeric_ends || name.empty() ||
                       (IsAlphanumeric(name.front()) && IsAlphanumeric(name.back()));
  if (length_ok && characters_ok && ends_ok) return {};
  return "'" + std::string(name) + "' is no name of a " + std::string(rule.noun) +
         " in Azure: it must be " + std::string(rule.words);
}

Result<Identity> ReadIdentity(const json::Value& spec, const std::string& object_name,
                              const NameRule& rule) {
  if (!spec.Text({"resourceId"}).empty()) return FromResourceId(spec, rule);
  const std::string subscription(spec.Text({"subscriptionId"}));
  const std::string group(spec.Text({"resourceGroup"}));
  if (subscription.empty() || group.empty()) {
    return InvalidInput("spec: must name subscriptionId and resourceGroup, or resourceId");
  }
  std::string name(spec.Text({"azureName"}));
  const bool computed = name.empty();
  if (computed) name = object_name;
  if (const std::string problem = NameProblem(rule, name); !problem.empty()) {
    return InvalidInput(computed
                            ? "metadata.name: " + problem + "; set spec.azureName to another name"
                            : "spec.azureName: " + problem);
  }
  auto id = azure::ResourceId::Parse("/subscriptions/" + subscription + "/resourceGroups/" + group +
                                     "/providers/" + std::string(rule.provider) + "/" +
                                     std::string(rule.type) + "/" + name);
  if (!id) return InvalidInput("spec: " + id.error().message);
  return Identity{*std::move(id), azure::Region(spec.Text({"location"}))};
}

}  // namespace labgallery::domain
