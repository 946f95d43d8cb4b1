#include <algorithm>
#include <map>
#include <set>

#include "controller/domain/arm.h"
#include "controller/domain/condition_text.h"
#include "controller/domain/names.h"
#include "controller/domain/shared_image_gallery/parts.h"
#include "controller/domain/tagging.h"
#include "src/base/text.h"
#include "src/base/time_text.h"

namespace labgallery::domain::shared_image_gallery {
namespace {

// Azure's limits per subscription and region (azure-compute-gallery.md of
// MicrosoftDocs/azure-compute-docs).
constexpr std::int64_t kDefinitionLimit = 1000;
constexpr std::int64_t kVersionLimit = 10000;

// Who deletes several objects at once does it one after the other, and each is heard of by itself.
constexpr Duration kDeletedTogether = std::chrono::seconds(10);

bool WasDeletedJustNow(const GalleryObservation& seen) {
  const auto& deleted = seen.meta.deletion_time;
  return deleted && seen.now - *deleted < kDeletedTogether;
}

// What of our own policy stays in or around the gallery turns its deletion into Retain, so that
// everything can be deleted in one go; what is not ours stands in the way.
void FindBlockers(const GalleryObservation& seen, Situation& s) {
  const bool just_now = WasDeletedJustNow(seen);
  for (const ImageObject& image : seen.images)
    s.blockers.push_back({"Image", image.key.ToString(), "", image.deleting || just_now});
  if (seen.images.empty() && seen.definitions) {
    for (const json::Value& definition : *seen.definitions) {
      if (WasLetGoBy(definition, seen.settings.installation)) {
        s.keep_instead = true;
      } else {
        s.blockers.push_back({"ImageDefinition", std::string(definition.Text({"name"})),
                              std::string(definition.Text({"id"}))});
      }
    }
  }
  for (const AccountInAzure& account :
       seen.azure_accounts.value_or(std::vector<AccountInAzure>())) {
    if (!account.attached) continue;
    const auto object = std::find_if(
        seen.accounts.begin(), seen.accounts.end(),
        [&](const AccountObject& a) { return EqualsIgnoreCase(a.account_id, account.account_id); });
    const bool kept_by_us =
        object == seen.accounts.end() ? account.let_go_by_us : object->keeps_attachment;
    if (kept_by_us) {
      s.keep_instead = true;
    } else {
      const bool leaving = object != seen.accounts.end() && (object->deleting || just_now);
      s.blockers.push_back({"Attachment", account.account_id, account.account_id, leaving});
    }
  }
  // Both at once: what is in the way counts, until it is gone.
  if (!s.blockers.empty()) s.keep_instead = false;
}

json::Value AttachedTo(const GalleryObservation& seen, std::int64_t& attached_count,
                       bool& truncated) {
  std::map<std::string, std::pair<std::string, bool>> accounts;  // by lower-case id
  if (const json::Value* before = seen.status.Find("attachedTo");
      before != nullptr && before->IsArray()) {
    for (const json::Value& entry : *before->AsArray()) {
      const std::string id(entry.Text({"resourceId"}));
      accounts[Lower(id)] = {id, false};
    }
  }
  for (const AccountObject& account : seen.accounts) {
    if (account.attached) accounts[Lower(account.account_id)] = {account.account_id, true};
  }
  for (const AccountInAzure& account :
       seen.azure_accounts.value_or(std::vector<AccountInAzure>())) {
    // Azure's casing of an id differs from call to call: the one that was told before stays.
    if (account.attached) {
      accounts.try_emplace(Lower(account.account_id), account.account_id, true)
          .first->second.second = true;
    }
  }
  json::Value list{json::Value::Array()};
  for (const bool wanted : {true, false}) {
    for (const auto& [key, entry] : accounts) {
      if (entry.second != wanted) continue;
      if (wanted) ++attached_count;
      if (list.AsArray()->size() >= kListLimit) {
        truncated = true;
        continue;
      }
      json::Value& item = list.Push({});
      item.Set("resourceId", entry.first);
      item.Set("attached", wanted);
    }
  }
  return list;
}

void AddLimit(json::Value& limits, std::string_view name, std::int64_t used, std::int64_t limit) {
  json::Value& entry = limits.Push({});
  entry.Set("name", name);
  entry.Set("used", used);
  entry.Set("limit", limit);
}

std::string WhyNoAmount(const Cost& cost) {
  return cost.missing.empty() ? "an Image has no amount: its own condition CostKnown says why"
                              : "a price is missing: " + Join(cost.missing, ", ");
}

// Those that no Image object stands for; what was told before where they were not listed.
std::int64_t DefinitionsOfOthers(const GalleryObservation& seen) {
  if (!seen.listed) {
    const auto before = [&](std::string_view name) {
      return seen.status.Integer({"imageCounts", name}).value_or(0);
    };
    return std::max<std::int64_t>(before("total") - before("managed"), 0);
  }
  std::set<std::string> others = *seen.listed;
  for (const ImageObject& image : seen.images) others.erase(Lower(image.definition));
  return static_cast<std::int64_t>(others.size());
}

void ReportImages(const GalleryObservation& seen, Report& report) {
  std::int64_t ready = 0;
  std::int64_t versions = 0;
  std::int64_t replicas = 0;
  std::vector<Cost> costs;
  for (const ImageObject& image : seen.images) {
    ready += image.ready ? 1 : 0;
    versions += image.versions;
    replicas += image.replicas;
    if (image.cost) costs.push_back(*image.cost);
  }
  const auto managed = static_cast<std::int64_t>(seen.images.size());
  json::Value& counts = report.details.Set("imageCounts", {});
  const std::int64_t total = managed + DefinitionsOfOthers(seen);
  counts.Set("total", total);
  counts.Set("managed", managed);
  counts.Set("ready", ready);
  report.details.Set("versionCount", versions);
  report.details.Set("replicaCount", replicas);
  if (const auto cost = SumOfCosts(costs)) {
    report.details.Set("cost", domain::ToJson(*cost));
    const bool known = cost->basis != CostBasis::kNoPrice;
    report.conditions.push_back(
        {.type = std::string(condition::kCostKnown),
         .status = known ? kube::ConditionStatus::kTrue : kube::ConditionStatus::kFalse,
         .reason = known ? "Estimated" : "NoPrice",
         .message = known ? "estimated from list prices" : WhyNoAmount(*cost),
         .observed_generation = 0,
         .last_transition_time = {}});
  }
  json::Value& limits = report.details.Set("limits", json::Value::Array());
  AddLimit(limits, "ImageDefinitions", total, kDefinitionLimit);
  AddLimit(limits, "ImageVersions", versions, kVersionLimit);
}

std::string MissingRole(const GallerySpec& spec, const ServiceRole& role, bool ours_to_grant) {
  const lab_account::Service& service = *role.service;
  std::string message =
      "Lab Services has no " + std::string(service.role_name) + " role on the gallery";
  if (ours_to_grant) return message;
  return message + "; access.mode is External, so assign role " + std::string(service.role_id) +
         " to " +
         role.principal_id.value_or("the service principal of application " +
                                    std::string(service.application)) +
         " on " + spec.id.text();
}

void ReportConditions(const GalleryObservation& seen, const GallerySpec& spec, const Situation& s,
                      Report& report) {
  if (seen.gallery.sight != Sight::kUnread) {
    const bool there = seen.gallery.present() &&
                       azure::PhaseOf(seen.gallery.body) == azure::OperationPhase::kSucceeded;
    report.conditions.push_back(
        Says(condition::kProvisioned, there, there ? Reason::kReconciled : Reason::kCreating,
             there ? "the gallery is in Azure" : "the gallery is not there yet"));
  }
  bool somebody = false;
  std::string missing;
  for (const ServiceRole& role : seen.roles) {
    if (!IsWantedBy(seen, *role.service)) continue;
    somebody = true;
    if (role.role && role.role->granted) continue;
    if (!missing.empty()) missing += "; ";
    missing += MissingRole(spec, role, RoleIsAsked(seen, spec, s.ownership, *role.service));
  }
  if (!somebody) return;
  const bool granted = missing.empty();
  report.conditions.push_back(Says(condition::kRoleAssigned, granted,
                                   granted ? Reason::kReconciled : Reason::kWaitingForRole,
                                   granted ? "Lab Services may save images here" : missing));
}

void ReportRoles(const GalleryObservation& seen, const azure::ResourceId& id, Report& report) {
  json::Value assignments = json::Value::Array();
  for (const ServiceRole& role : seen.roles) {
    const auto wanted = RoleWanted(role, id);
    if (!wanted || !role.role || !role.role->ours) continue;
    json::Value& entry = assignments.Push({});
    entry.Set("name", AssignmentName(*wanted));
    entry.Set("principalId", wanted->principal_id);
    entry.Set("service", role.service->name);
    if (role.role->since) entry.Set("createdTime", Rfc3339(*role.role->since));
  }
  if (!assignments.AsArray()->empty())
    report.details.Set("roleAssignments", std::move(assignments));
}

}  // namespace

Assessment Assess(const GalleryObservation& seen) {
  Assessment result;
  const auto spec = ReadSpec(seen.spec, seen.meta.name);
  GallerySpec wanted = spec ? *spec : GallerySpec{};
  Situation& s = result.situation;
  const std::string recorded(seen.status.Text({"resourceId"}));
  s = BaseSituation(seen, seen.gallery, wanted.id.text(), false);
  if (!spec) s.unacceptable = Refusal{Reason::kInvalidSpec, spec.error().message};
  if (s.deleting && !recorded.empty()) {
    if (auto id = azure::ResourceId::Parse(recorded)) wanted.id = *std::move(id);
  }
  NoteScopes(s, seen, {});
  s.parts = {GalleryPart(wanted, seen, s.ownership)};
  for (const ServiceRole& role : seen.roles)
    s.parts.push_back(RolePart(wanted, seen, s.ownership, role));
  if (seen.gallery.present() && s.ownership.owner == Owner::kUs) {
    s.release_tags = {ReleaseTag(std::string(kGalleryPart), wanted.id, kGalleryVersion,
                                 TagsOf(seen.gallery.body), seen.OwnTag())};
  }
  if (s.deleting) FindBlockers(seen, s);
  s.region = wanted.location;
  if (s.region.empty() && seen.gallery.present())
    s.region = azure::Region(seen.gallery.body.Text({"location"}));
  s.done_message = "the gallery is in Azure as described";
  std::int64_t attached = 0;
  bool attached_to_truncated = false;
  json::Value attached_to = AttachedTo(seen, attached, attached_to_truncated);
  if (!attached_to.AsArray()->empty())
    result.report.details.Set("attachedTo", std::move(attached_to));
  if (attached_to_truncated) result.report.details.Set("attachedToTruncated", true);
  result.report.details.Set("attachedCount", attached);
  result.report.effective = {{"access.mode", std::string(Name(AccessOf(seen, wanted, s.ownership))),
                              wanted.access ? Source::kObject : Source::kBuiltIn}};
  ReportImages(seen, result.report);
  ReportRoles(seen, wanted.id, result.report);
  ReportConditions(seen, wanted, s, result.report);
  return result;
}

}  // namespace labgallery::domain::shared_image_gallery
