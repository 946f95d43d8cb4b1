#include "tests/unit/controller/domain/observations.h"

#include "controller/domain/names.h"
#include "src/json/parse.h"

namespace labgallery::domain {
namespace {

constexpr std::string_view kInstallation = "inst";

constexpr std::string_view kAccountSpec = R"({
  "service": "LabAccount", "subscriptionId": "s1", "resourceGroup": "labs-rg", "azureName": "cs",
  "location": "West Europe"})";
constexpr std::string_view kGallerySpec = R"({
  "subscriptionId": "s1", "resourceGroup": "labs-rg", "azureName": "teaching",
  "location": "West Europe"})";
constexpr std::string_view kImageSpec = R"({
  "galleryRef": {"name": "teaching"},
  "definition": {"osType": "Linux", "osState": "Generalized",
                 "identifier": {"publisher": "p", "offer": "o", "sku": "s"}}})";
constexpr std::string_view kDefinition = R"({
  "location": "a", "properties": {
    "osType": "Linux", "osState": "Generalized", "hyperVGeneration": "V2",
    "identifier": {"publisher": "p", "offer": "o", "sku": "s"}, "provisioningState": "Succeeded"}})";

std::string Line(const ArmWrite& write) {
  const char* const verbs[] = {"PUT", "PATCH", "DELETE"};
  const std::string& id = write.target.text();
  std::string line = std::string(verbs[static_cast<int>(write.verb)]) + " " +
                     id.substr(id.rfind('/', id.rfind('/') - 1) + 1);
  if (!write.body.IsNull()) {
    const auto* gallery = write.body.At({"properties", "galleryId"});
    if (gallery != nullptr) line += " " + *gallery->AsString();
    const json::Value* regions =
        write.body.At({"properties", "publishingProfile", "targetRegions"});
    for (const json::Value& region :
         regions == nullptr ? json::Value::Array() : *regions->AsArray()) {
      line += " " + std::string(region.Text({"name"}));
    }
    for (const char* key : {"EnableState", "enableState"}) {
      const auto* state = write.body.At({"properties", key});
      if (state != nullptr) line += std::string(" ") + key + "=" + *state->AsString();
    }
  }
  return line;
}

}  // namespace

json::Value J(std::string_view text) { return json::Parse(text).value(); }

json::Value With(json::Value value, std::string_view patch) {
  json::MergePatch(value, J(patch));
  return value;
}

json::Value Owned(json::Value body, std::string_view name, Tagged tagged) {
  if (tagged == Tagged::kNo) return body;
  Tags tags = TagsOf(body);
  tags["labgallery-owner"] =
      tagged == Tagged::kOther ? "inst/labs/other" : "inst/labs/" + std::string(name);
  tags["labgallery-origin"] = tagged == Tagged::kAdopted ? "Adopted" : "Created";
  body.Set("tags", ToJson(tags));
  return body;
}

void Begin(Observation& seen, std::string name, const std::string& id, std::string_view spec) {
  seen.now = kNoon;
  seen.meta.name = std::move(name);
  seen.meta.name_space = "labs";
  seen.meta.generation = 1;
  seen.meta.creation_time = kNoon - std::chrono::hours(1);
  seen.meta.finalizers = {std::string(kFinalizer)};
  seen.spec = J(spec);
  seen.status.Set("resourceId", id);
  seen.settings.installation = std::string(kInstallation);
}

void SayTrue(Observation& seen, std::string_view type) {
  if (seen.status.Find("conditions") == nullptr)
    seen.status.Set("conditions", json::Value::Array());
  kube::Condition said;
  said.type = std::string(type);
  said.status = kube::ConditionStatus::kTrue;
  said.reason = "Reconciled";
  seen.status.Find("conditions")->Push(kube::ToJson(said));
}

void Delete(Observation& seen) { seen.meta.deletion_time = kNoon - std::chrono::minutes(1); }

void Remember(Observation& seen, std::string_view part, Verb verb) {
  seen.memory[std::string(part)].running =
      PartMemory::Running{verb, kNoon - std::chrono::minutes(1), std::chrono::seconds(3)};
}

void Fail(Observation& seen, std::string_view part, Reason reason) {
  seen.memory[std::string(part)].failure =
      Failure{{kube::ConditionStatus::kFalse, reason, "it failed"}, std::chrono::minutes(2)};
}

lab_account::LabAccountObservation AnAccount(std::string_view spec_patch, Tagged tagged) {
  lab_account::LabAccountObservation seen;
  Begin(seen, "cs", kAccount, kAccountSpec);
  json::MergePatch(seen.spec, J(spec_patch));
  json::Value body = J(R"({"location": "westeurope", "tags": {"theirs": "kept"},
                           "properties": {"provisioningState": "Succeeded"}})");
  body.Set("id", kAccount);
  seen.account = Present(Owned(std::move(body), "cs", tagged));
  seen.attachments.emplace();
  seen.switches.emplace();
  return seen;
}

json::Value Attached(const std::string& gallery, std::string_view state) {
  json::Value row;
  row.Set("name", gallery.substr(gallery.rfind('/') + 1));
  json::Value& properties = row.Set("properties", {});
  properties.Set("galleryId", gallery);
  properties.Set("provisioningState", state);
  return row;
}

json::Value Switch(std::string_view name, std::string_view state, std::string_view key) {
  json::Value row;
  row.Set("name", name);
  json::Value& properties = row.Set("properties", {});
  properties.Set("definitionName", name);
  properties.Set("sharedGalleryId", kTeaching);
  properties.Set(key, state);
  properties.Set("provisioningState", "Succeeded");
  return row;
}

lab_account::LabAccountObservation AnAccountWith(const std::vector<std::string>& galleries,
                                                 std::string_view spec_patch) {
  lab_account::LabAccountObservation seen = AnAccount(spec_patch);
  for (const std::string& gallery : galleries) seen.attachments->push_back(Attached(gallery));
  seen.gallery = TeachingInSight();
  return seen;
}

lab_account::GalleryInSight TeachingInSight() {
  lab_account::GalleryInSight gallery;
  gallery.id = azure::ResourceId::Parse(kTeaching).value();
  gallery.ready = true;
  gallery.by_object = true;
  return gallery;
}

shared_image_gallery::GalleryObservation AGallery(std::string_view spec_patch, Tagged tagged) {
  shared_image_gallery::GalleryObservation seen;
  Begin(seen, "teaching", kTeaching, kGallerySpec);
  json::MergePatch(seen.spec, J(spec_patch));
  json::Value body = J(R"({"location": "westeurope", "tags": {"theirs": "kept"},
                           "properties": {"provisioningState": "Succeeded"}})");
  body.Set("id", kTeaching);
  seen.gallery = Present(Owned(std::move(body), "teaching", tagged));
  return seen;
}

image::ImageObservation AnImage(std::string_view spec_patch, Tagged tagged) {
  image::ImageObservation seen;
  Begin(seen, "ubuntu", kUbuntu, kImageSpec);
  json::MergePatch(seen.spec, J(spec_patch));
  seen.gallery.id = azure::ResourceId::Parse(kTeaching).value();
  seen.gallery.location = azure::Region("a");
  seen.gallery.ready = true;
  json::Value body = J(kDefinition);
  body.Set("id", kUbuntu);
  seen.definition = Present(Owned(std::move(body), "ubuntu", tagged));
  seen.versions_read = true;
  RegionCatalog catalog;
  for (const char* region : {"a", "b", "c"}) catalog.geography_of[region] = "Land";
  catalog.geography = "Land";
  catalog.regions = catalog.offering = {"a", "b", "c"};
  seen.catalog = std::make_shared<const RegionCatalog>(std::move(catalog));
  return seen;
}

image::VersionInSight AVersion(std::string name, const std::vector<InRegion>& regions,
                               Tagged tagged, std::string_view state) {
  json::Value body = J(R"({"location": "a", "properties": {
    "publishingProfile": {"targetRegions": []}, "safetyProfile":
    {"allowDeletionOfReplicatedLocations": true}, "replicationStatus": {"summary": []}}})");
  body.Set("id", kUbuntu + "/versions/" + name);
  json::Value& properties = *body.Find("properties");
  properties.Set("provisioningState", state);
  for (const InRegion& region : regions) {
    json::Value& target = properties.Find("publishingProfile")->Find("targetRegions")->Push({});
    target.Set("name", region.name);
    json::Value& row = properties.Find("replicationStatus")->Find("summary")->Push({});
    row.Set("region", region.name);
    row.Set("state", region.state);
    row.Set("progress", region.progress);
  }
  image::VersionInSight version;
  version.name = std::move(name);
  version.body = Owned(std::move(body), "ubuntu", tagged);
  return version;
}

Lines LinesOf(const std::vector<ArmWrite>& writes) {
  Lines lines;
  for (const ArmWrite& write : writes) lines.push_back(Line(write));
  return lines;
}

kube::Condition ConditionOf(const Report& report, std::string_view type) {
  const kube::Condition* found = kube::FindCondition(report.conditions, type);
  return found == nullptr ? kube::Condition{} : *found;
}

}  // namespace labgallery::domain
