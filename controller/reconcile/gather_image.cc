#include <algorithm>

#include "controller/domain/arm.h"
#include "controller/domain/image/parts.h"
#include "controller/domain/lab_account/service.h"
#include "controller/reconcile/gather.h"
#include "src/azure/model/operation.h"
#include "src/base/text.h"

namespace labgallery::reconcile {
namespace {

namespace image = domain::image;

// A list of definitions is proof of absence for all images of the gallery while it is this young.
constexpr Duration kListLife = std::chrono::seconds(60);

image::GalleryInSight GalleryOf(const StoredObject& object, const Result<image::ImageSpec>& spec,
                                const Surroundings& around) {
  image::GalleryInSight sight;
  if (!spec) return sight;
  if (!spec->resource_id.empty()) {
    // A definition by id: its gallery is nobody's object here, and Azure answers for it.
    if (const auto id = azure::ResourceId::Parse(spec->resource_id)) sight.id = id->Parent();
    sight.ready = true;
    return sight;
  }
  const auto gallery = around.Gallery(object.meta.name_space, spec->gallery_name);
  if (!gallery) {
    sight.problem = "SharedImageGallery " + object.meta.name_space + "/" + spec->gallery_name +
                    " does not exist (yet)";
    return sight;
  }
  GalleryReadiness readiness = ReadinessOf(*gallery);
  sight.id = std::move(readiness.id);
  sight.location = std::move(readiness.location);
  sight.ready = readiness.ready;
  sight.problem = std::move(readiness.problem);
  return sight;
}

// The definition from the gallery's list, which many images share. Of converged ones it may be as
// old as a bulk row. What has been there is not gone because a list does not show it, which may be
// older than it, or was read while others came and went.
Result<domain::Seen> ReadDefinition(Pass& pass, const azure::ResourceId& id,
                                    const json::Value& status) {
  const bool bulk = pass.depth() == Depth::kBulk;
  LAB_ASSIGN_OR_RETURN(
      domain::Seen listed,
      pass.FromList(image::kDefinitionPart, id, bulk ? pass.shared().bulk_age() : kListLife));
  if (!listed.absent() || !domain::SaysTrue(status, domain::condition::kProvisioned)) return listed;
  return pass.Resource(image::kDefinitionPart, id, domain::kGalleryVersion);
}

bool ListsVersions(const image::ImageSpec& spec, const image::ImageObservation& seen,
                   const ObjectMemory& memory) {
  if (seen.deleting() || !spec.version || spec.retention) return true;
  // A definition that was absent when this process first looked has no versions but ours.
  return !memory.made_root;
}

// A definition that this process found absent and made has no versions but those that it has put.
bool CannotExist(const Pass& pass, const azure::ResourceId& version) {
  return pass.memory().made_root && !pass.memory().sent.contains(version.key());
}

Status ReadVersion(Pass& pass, const azure::ResourceId& definition, const std::string& name,
                   image::ImageObservation& seen) {
  if (CannotExist(pass, definition.Child("versions", name))) return Ok();
  LAB_ASSIGN_OR_RETURN(domain::Seen version,
                       pass.Resource(image::VersionPart(name), definition.Child("versions", name),
                                     domain::kGalleryVersion, {{"$expand", "ReplicationStatus"}}));
  std::erase_if(seen.versions, [&](const image::VersionInSight& v) { return v.name == name; });
  if (version.present()) seen.versions.push_back({name, std::move(version.body)});
  return Ok();
}

// The versions of which the regions matter: that of the spec, or all that were found.
Status ReadVersionsSingly(Pass& pass, const azure::ResourceId& definition,
                          const image::ImageSpec& spec, image::ImageObservation& seen) {
  if (spec.version) return ReadVersion(pass, definition, *spec.version, seen);
  std::vector<std::string> found;
  for (const image::VersionInSight& version : seen.versions) found.push_back(version.name);
  for (const std::string& name : found)
    LAB_RETURN_IF_ERROR(ReadVersion(pass, definition, name, seen));
  return Ok();
}

Status ReadVersionsFully(Pass& pass, const azure::ResourceId& definition,
                         const image::ImageSpec& spec, image::ImageObservation& seen) {
  if (ListsVersions(spec, seen, pass.memory())) {
    LAB_ASSIGN_OR_RETURN(auto listed,
                         pass.List(definition.text() + "/versions", domain::kGalleryVersion));
    for (json::Value& body : listed)
      seen.versions.push_back({std::string(body.Text({"name"})), std::move(body)});
  }
  if (!seen.deleting()) LAB_RETURN_IF_ERROR(ReadVersionsSingly(pass, definition, spec, seen));
  seen.versions_read = true;
  return Ok();
}

// The regions of a converged version are only in its own read, which comes round seldom: once a
// period, in the sync period that the object's name chooses. Nothing has to be remembered for that.
bool RegionLookIsDue(const Pass& pass, const kube::ObjectKey& key) {
  const domain::OperatorSettings& settings = pass.services().settings;
  const auto period = std::chrono::duration_cast<Duration>(settings.region_check_period);
  const Duration offset(static_cast<Duration::rep>(Fnv1a(key.ToString()) % 1000) * period.count() /
                        1000);
  const SteadyTime now = pass.services().clock.SteadyNow();
  const Duration since = (now.time_since_epoch() + offset) % period;
  // A sync period lasts up to a tenth longer than it is called; a start has enough else to read.
  return since * 10 < settings.sync_period * 11 && now - since >= pass.services().started;
}

Status ReadVersionsInBulk(Pass& pass, const azure::ResourceId& definition,
                          const image::ImageSpec& spec, image::ImageObservation& seen) {
  const bool regions_too = RegionLookIsDue(pass, seen.meta.key());
  const auto take = [&](json::Value row) {
    const auto id = azure::ResourceId::Parse(row.Text({"id"}));
    if (id) seen.versions.push_back({std::string(id->name()), std::move(row)});
  };
  LAB_ASSIGN_OR_RETURN(const bool told,
                       pass.shared().ForRowsBelow(definition, pass.LastWrite(), take, pass.stop()));
  if (!told) {
    if (regions_too) return ReadVersionsFully(pass, definition, spec, seen);
    LAB_ASSIGN_OR_RETURN(auto rows,
                         pass.List(definition.text() + "/versions", domain::kGalleryVersion));
    for (json::Value& row : rows) take(std::move(row));
  }
  // A row that is missing proves nothing.
  if (spec.version && image::FindVersion(seen, *spec.version) == nullptr) {
    seen.versions.clear();
    return ReadVersionsFully(pass, definition, spec, seen);
  }
  if (regions_too) LAB_RETURN_IF_ERROR(ReadVersionsSingly(pass, definition, spec, seen));
  seen.versions_read = true;
  return Ok();
}

Status ReadCatalog(Pass& pass, const image::ImageSpec& spec, image::ImageObservation& seen) {
  const azure::Region source = image::SourceRegion(spec, seen.gallery, seen.definition);
  if (source.empty() || seen.gallery.id.empty()) return Ok();
  auto catalog =
      pass.shared().Catalog(std::string(seen.gallery.id.subscription()), source, pass.stop());
  if (catalog) {
    seen.catalog = *std::move(catalog);
    return Ok();
  }
  // Without it the cost lacks a price and nothing more, unless the regions have to be resolved from
  // it.
  if (!image::WantsCatalog(seen, spec)) return Ok();
  if (catalog.error().kind != ErrorKind::kNotFound &&
      catalog.error().kind != ErrorKind::kProtocol) {
    return std::move(catalog).error().With("read the regions");
  }
  seen.catalog_problem = catalog.error().message;
  return Ok();
}

// Which gallery the account or plan of the template has attached. It matters only before it is
// asked to save.
Status ReadTemplateGallery(Pass& pass, const image::LabTemplate& wanted,
                           image::ImageObservation& seen) {
  const json::Value* saved = seen.status.Find("savedImage");
  const bool done = saved != nullptr && saved->Text({"request"}) == wanted.request &&
                    !saved->Text({"version"}).empty();
  if (done || pass.memory().posted) return Ok();
  namespace account = domain::lab_account;
  const std::string& owner = wanted.plan_id.empty() ? wanted.id : wanted.plan_id;
  auto id = azure::ResourceId::Parse(owner);
  if (!id) return Ok();
  // The environment setting lies in a lab, and that in the account.
  if (wanted.plan_id.empty()) id = id->Parent().Parent();
  const account::Service* service = account::ServiceOfId(*id);
  if (service == nullptr) return Ok();
  std::vector<json::Value> rows;
  if (service->attachments.empty()) {
    LAB_ASSIGN_OR_RETURN(const domain::Seen plan,
                         pass.Resource("plan of the template", *id, service->version));
    rows = account::AttachmentRows(plan.body);
  } else {
    LAB_ASSIGN_OR_RETURN(rows, pass.List(id->text() + "/" + std::string(service->attachments),
                                         service->gallery_version));
  }
  if (!rows.empty())
    seen.template_gallery = std::string(rows.front().Text({"properties", "galleryId"}));
  return Ok();
}

// The versions say whether the save has come to its end; while none is new, the operation does.
Status SettleSave(Pass& pass, const image::ImageObservation& seen) {
  const json::Value* saved = seen.status.Find("savedImage");
  const bool found = saved != nullptr && !saved->Text({"version"}).empty();
  return pass.SettleByList(image::kSavePart, found);
}

Status ReadVersions(Pass& pass, const azure::ResourceId& id, const image::ImageSpec& spec,
                    image::ImageObservation& seen) {
  if (!seen.definition.present()) {
    seen.versions_read = true;  // no definition, no versions
    return Ok();
  }
  if (pass.depth() == Depth::kBulk) return ReadVersionsInBulk(pass, id, spec, seen);
  const bool moving = azure::PhaseOf(seen.definition.body) == azure::OperationPhase::kRunning;
  return !moving || seen.deleting() ? ReadVersionsFully(pass, id, spec, seen) : Ok();
}

}  // namespace

Result<domain::Assessment> LookAtImage(const StoredObject& object, Pass& pass) {
  image::ImageObservation seen;
  FillObservation(seen, object, pass);
  const auto spec = image::ReadImageSpec(object.spec);
  seen.prices = &pass.prices();
  seen.gallery = GalleryOf(object, spec, pass.services().surroundings);
  azure::ResourceId id =
      spec ? image::DefinitionId(*spec, seen.gallery, object.meta.name) : azure::ResourceId();
  if (seen.deleting()) {
    if (auto recorded = azure::ResourceId::Parse(object.status.Text({"resourceId"})))
      id = *std::move(recorded);
  }
  if (id.empty()) return image::Assess(seen);
  seen.rivals = pass.services().surroundings.Rivals(kImages, object.meta.key(), id);
  pass.region =
      image::SourceRegion(spec ? *spec : image::ImageSpec{}, seen.gallery, seen.definition);
  if (!pass.Looks(image::Outline(seen))) return image::Assess(seen);
  LAB_ASSIGN_OR_RETURN(seen.definition, ReadDefinition(pass, id, seen.status));
  // Of a saved template Lab Services makes definition and version.
  if (seen.definition.absent() && !(spec && spec->lab_template)) pass.memory().made_root = true;
  const image::ImageSpec known = spec ? *spec : image::ImageSpec{};
  LAB_RETURN_IF_ERROR(ReadCatalog(pass, known, seen));
  LAB_RETURN_IF_ERROR(ReadVersions(pass, id, known, seen));
  if (known.lab_template) {
    LAB_RETURN_IF_ERROR(SettleSave(pass, seen));
    LAB_RETURN_IF_ERROR(ReadTemplateGallery(pass, *known.lab_template, seen));
  }
  seen.memory = pass.PartMemories(object.meta.generation);
  seen.posted = pass.memory().posted;
  return image::Assess(seen);
}

}  // namespace labgallery::reconcile
