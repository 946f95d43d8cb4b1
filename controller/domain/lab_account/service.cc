#include "controller/domain/lab_account/service.h"

#include <array>

#include "controller/domain/lab_account/parts.h"
#include "src/base/text.h"

namespace labgallery::domain::lab_account {
namespace {

constexpr std::array kServices{&kLabAccounts, &kLabPlans};

}  // namespace

std::span<const Service* const> Services() { return kServices; }

const Service* ServiceNamed(std::string_view name) {
  for (const Service* service : kServices) {
    if (service->name == name) return service;
  }
  return nullptr;
}

const Service& ServiceOf(const json::Value& spec) {
  const Service* service = ServiceNamed(spec.Text({"service"}));
  return service == nullptr ? kLabAccounts : *service;
}

const Service* ServiceOfId(const azure::ResourceId& id) {
  for (const Service* service : kServices) {
    if (id.Is(std::string(service->ids.provider) + "/" + std::string(service->ids.type)))
      return service;
  }
  return nullptr;
}

std::vector<json::Value> AttachmentRows(const json::Value& account) {
  const auto gallery = azure::ResourceId::Parse(account.Text({"properties", "sharedGalleryId"}));
  if (!gallery) return {};
  json::Value row;
  row.Set("name", gallery->name());
  row.Set("properties", {}).Set("galleryId", gallery->text());
  return {std::move(row)};
}

std::string LabsPath(const Service& service, const azure::ResourceId& account) {
  if (!service.attachments.empty()) return account.text() + "/labs";
  // Labs of a plan are resources of their own, in any resource group of the subscription.
  return "/subscriptions/" + std::string(account.subscription()) +
         "/providers/Microsoft.LabServices/labs";
}

bool IsLabOf(const Service& service, const json::Value& lab, const azure::ResourceId& account) {
  return !service.attachments.empty() ||
         EqualsIgnoreCase(lab.Text({"properties", "labPlanId"}), account.text());
}

json::Value WholeAccount(json::Value account) {
  for (const char* read_only : {"id", "name", "type", "etag", "systemData"})
    account.Remove(read_only);
  if (json::Value* properties = account.Find("properties")) properties->Remove("provisioningState");
  return account;
}

ArmWrite WriteTags(const LabAccountSpec& spec, const LabAccountObservation& seen,
                   json::Value tags) {
  json::Value body;
  if (spec.service->tags_by_put) body = WholeAccount(seen.account.body);
  body.Set("tags", std::move(tags));
  return {AccountPartName(*spec.service), spec.service->tags_by_put ? Verb::kPut : Verb::kPatch,
          spec.id, std::string(spec.service->version), std::move(body)};
}

}  // namespace labgallery::domain::lab_account
