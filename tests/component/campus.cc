#include "tests/component/campus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "src/azure/model/region.h"
#include "src/base/text.h"
#include "src/json/parse.h"

namespace labgallery::component {
namespace {

constexpr const char* kSubscription = "/subscriptions/00000000-0000-0000-0000-000000000001";

json::Value Json(const std::string& text) {
  auto value = json::Parse(text);
  if (!value) throw std::runtime_error(value.error().message + ": " + text);
  return *std::move(value);
}

std::string Indented(const std::string& lines) {
  std::string text;
  for (const std::string& line : Split(lines, '\n')) {
    if (!line.empty()) text += "  " + line + "\n";
  }
  return text;
}

std::string Manifest(const std::string& kind, const std::string& name,
                     const std::string& name_space, const std::string& spec) {
  return "apiVersion: labgallery.io/v1alpha1\nkind: " + kind + "\nmetadata: {name: " + name +
         ", namespace: " + name_space + "}\nspec:\n" + Indented(spec);
}

const std::string kPlace =
    "subscriptionId: 00000000-0000-0000-0000-000000000001\n"
    "resourceGroup: labs-rg\n"
    "location: westeurope\n";

json::Value Body(const std::string& text, json::Value tags) {
  json::Value body = Json(text);
  if (!tags.IsNull()) body.Set("tags", std::move(tags));
  return body;
}

}  // namespace

std::string GroupId(const std::string& group) {
  return std::string(kSubscription) + "/resourceGroups/" + group;
}

std::string ComputeId(const std::string& type, const std::string& name) {
  return GroupId() + "/providers/Microsoft.Compute/" + type + "/" + name;
}

std::string GalleryId(const std::string& gallery) { return ComputeId("galleries", gallery); }

std::string DefinitionId(const std::string& image, const std::string& gallery) {
  return GalleryId(gallery) + "/images/" + image;
}

std::string VersionId(const std::string& version, const std::string& image,
                      const std::string& gallery) {
  return DefinitionId(image, gallery) + "/versions/" + version;
}

std::string AccountId(const std::string& account) {
  return GroupId() + "/providers/Microsoft.LabServices/labaccounts/" + account;
}

std::string PlanId(const std::string& plan) {
  return GroupId() + "/providers/Microsoft.LabServices/labPlans/" + plan;
}
std::string AttachmentId(const std::string& gallery, const std::string& account) {
  return AccountId(account) + "/sharedgalleries/" + gallery;
}

std::string SwitchId(const std::string& image, const std::string& account) {
  return AccountId(account) + "/sharedimages/" + image;
}

void HaveGroup(World& world) { world.Put(GroupId(), Json(R"({"location": "westeurope"})")); }

void HaveManagedImage(World& world, const std::string& name, const std::string& location) {
  world.Put(ComputeId("images", name),
            Json(R"({"location": ")" + location +
                 R"(", "properties": {"hyperVGeneration": "V2", "storageProfile": {"osDisk":
                 {"osType": "Linux", "osState": "Generalized", "diskSizeGB": 30}}}})"));
}

void HaveGallery(World& world, const std::string& gallery, json::Value tags) {
  world.Put(GalleryId(gallery),
            Body(R"({"location": "westeurope", "properties": {}})", std::move(tags)));
}

void HaveDefinition(World& world, const std::string& image, const std::string& gallery,
                    const std::string& os_state) {
  world.Put(DefinitionId(image, gallery),
            Json(R"({"location": "westeurope", "properties": {"osType": "Linux", "osState": ")" +
                 os_state + R"(", "hyperVGeneration": "V2", "architecture": "x64", "identifier":
                 {"publisher": "contoso", "offer": "labs", "sku": ")" +
                 image + R"("}}})"));
}

void HaveVersion(World& world, const std::string& version, const std::string& image,
                 const std::string& gallery, json::Value tags) {
  world.Put(VersionId(version, image, gallery),
            Body(R"({"location": "westeurope", "properties": {"publishingProfile":
                 {"replicaCount": 1, "storageAccountType": "Standard_LRS", "targetRegions":
                 [{"name": "West Europe", "regionalReplicaCount": 1,
                 "storageAccountType": "Standard_LRS"}]},
                 "storageProfile": {"osDiskImage": {"sizeInGB": 30}}}})",
                 std::move(tags)));
}

void HaveAccount(World& world, const std::string& account, json::Value tags) {
  world.Put(AccountId(account),
            Body(R"({"location": "westeurope", "properties": {}})", std::move(tags)));
}

void HaveAttachment(World& world, const std::string& gallery, const std::string& account) {
  world.Put(AttachmentId(gallery, account),
            Json(R"({"properties": {"galleryId": ")" + GalleryId(gallery) + R"("}})"));
}

json::Value OwnerTags(const std::string& owner, const std::string& origin) {
  json::Value tags;
  tags.Set("labgallery-owner", owner);
  tags.Set("labgallery-origin", origin);
  return tags;
}

void Hurry(World& world) {
  world.Control(http::Method::kPatch, "settings",
                Json(R"({"versionSource": 5, "versionRegionMin": 3, "versionRegionMax": 8,
                "versionReplicas": 2, "versionDelete": 2, "accountWrite": 3, "accountDelete": 3,
                "galleryWrite": 1, "definitionWrite": 1})"));
}

void StartWithGallery(World& world) {
  HaveGroup(world);
  HaveManagedImage(world);
  Hurry(world);
  world.StartOperator();
  world.Apply(Gallery());
  ASSERT_TRUE(world.Settle()) << world.Remains();
}

void ExhaustReads(World& world) {
  const http::Request foreign{.method = http::Method::kGet,
                              .url = "http://azure.test" + GroupId() + "?api-version=2021-04-01"};
  while (std::get<http::Response>(world.AzureHandler()(foreign)).status != 429) {
  }
}

void LoseResourceGraph(World& world) {
  Fault(world,
        R"({"match": {"pathContains": "/providers/microsoft.resourcegraph"}, "action": "fail",
            "status": 404, "code": "InvalidResourceNamespace", "message": "not here",
            "count": 1000000})");
}

void Set(World& world, const std::string& setting, json::Value value) {
  json::Value patch;
  patch.Set(setting, std::move(value));
  world.Control(http::Method::kPatch, "settings", patch);
}

void Fault(World& world, const std::string& json_text) {
  world.Control(http::Method::kPost, "faults", Json(json_text));
}

void Region(World& world, const std::string& version_id, const std::string& region,
            const std::string& what) {
  json::Value body;
  body.Set("version", version_id);
  body.Set("region", region);
  body.Set("do", what);
  world.Control(http::Method::kPost, "regions", body);
}

std::string Gallery(const std::string& spec, const std::string& name,
                    const std::string& name_space) {
  return Manifest("SharedImageGallery", name, name_space, kPlace + spec);
}

std::string Definition(const std::string& spec, const std::string& name,
                       const std::string& os_state) {
  return Manifest("Image", name, "labs",
                  "galleryRef: {name: teaching}\n"
                  "definition: {osType: Linux, osState: " +
                      os_state +
                      ", hyperVGeneration: V2, architecture: x64, "
                      "identifier: {publisher: contoso, offer: labs, sku: " +
                      name + "}}\n" + spec);
}

std::string Image(const std::string& spec, const std::string& name, const std::string& version) {
  return Definition("version: " + version +
                        "\nsource: {managedImageId: " + ComputeId("images", name) + "}\n" + spec,
                    name);
}

std::string Account(const std::string& spec, const std::string& name) {
  return Manifest("LabAccount", name, "labs", "service: LabAccount\n" + kPlace + spec);
}

}  // namespace labgallery::component
