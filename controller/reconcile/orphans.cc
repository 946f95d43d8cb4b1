#include "controller/reconcile/orphans.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

#include "controller/domain/ownership.h"
#include "controller/reconcile/surroundings.h"
#include "src/base/text.h"
#include "src/runtime/lease.h"

namespace labgallery::reconcile {
namespace {

// Of Resource Graph's picture, usually seconds.
constexpr Duration kLongestLag = std::chrono::minutes(4);

constexpr auto kKindOfType = std::to_array<std::pair<std::string_view, domain::Kind>>({
    {"microsoft.compute/galleries", domain::Kind::kSharedImageGallery},
    {"microsoft.compute/galleries/images", domain::Kind::kImage},
    {"microsoft.compute/galleries/images/versions", domain::Kind::kImage},
    {"microsoft.labservices/labaccounts", domain::Kind::kLabAccount},
    {"microsoft.labservices/labplans", domain::Kind::kLabAccount},
});

runtime::TypeIndex TypeOf(domain::Kind kind) {
  const auto found = std::find(domain::kKinds.begin(), domain::kKinds.end(), kind);
  return static_cast<runtime::TypeIndex>(found - domain::kKinds.begin());
}

}  // namespace

Orphans::Orphans(Parts parts, std::string installation, std::string name_space,
                 std::optional<kube::ObjectKey> lease)
    : parts_(parts),
      installation_(std::move(installation)),
      name_space_(std::move(name_space)),
      lease_(std::move(lease)) {}

bool Orphans::HasObject(domain::Kind kind, const std::string& tag) const {
  // A tag with a hash in place of its tail cannot be taken apart.
  if (tag.find('~') != std::string::npos) {
    const auto records = parts_.store.List(TypeOf(kind));
    return std::any_of(records.begin(), records.end(), [&](const runtime::RecordPtr& record) {
      return domain::OwnerTag(installation_, record->key()) == tag;
    });
  }
  const std::string rest = tag.substr(installation_.size() + 1);
  const std::size_t slash = rest.find('/');
  if (slash == std::string::npos) return true;  // no tag of ours
  return parts_.store.Get({TypeOf(kind), {rest.substr(0, slash), rest.substr(slash + 1)}}) !=
         nullptr;
}

std::optional<Orphans::Suspect> Orphans::SuspectIn(const json::Value& row) const {
  const std::string type = Lower(row.Text({"type"}));
  const auto known = std::find_if(kKindOfType.begin(), kKindOfType.end(),
                                  [&](const auto& entry) { return entry.first == type; });
  if (known == kKindOfType.end()) return std::nullopt;
  std::string tag = domain::OwnershipOf(row, "").tag;
  if (!tag.starts_with(installation_ + "/")) return std::nullopt;
  // What another operator sees the objects of is not for this one to judge.
  const std::size_t begin = installation_.size() + 1;
  const std::string name_space = tag.substr(begin, tag.find('/', begin) - begin);
  const bool ours =
      (name_space_.empty() || name_space == name_space_) && parts_.shard.Handles(name_space);
  if (!ours || HasObject(known->second, tag)) return std::nullopt;
  return Suspect{.kind = known->second, .tag = std::move(tag), .since = parts_.clock.SteadyNow()};
}

std::function<void(const json::Value*)> Orphans::Compare(const std::string& subscription) {
  return [this, subscription, at = parts_.clock.SteadyNow(),
          now = Suspects()](const json::Value* row) mutable {
    if (row == nullptr) {
      Compared(subscription, at, std::move(now));
    } else if (auto suspect = SuspectIn(*row)) {
      now.emplace(row->Text({"id"}), *std::move(suspect));
    }
  };
}

void Orphans::Compared(const std::string& subscription, SteadyTime at, Suspects now) {
  std::vector<Suspects::value_type> found;
  {
    const std::lock_guard guard(mutex_);
    Suspects& before = suspects_[Lower(subscription)];
    for (auto& [id, suspect] : now) {
      const auto seen = before.find(id);
      if (seen == before.end() || seen->second.tag != suspect.tag) continue;
      suspect.since = seen->second.since;
      suspect.certain = at - suspect.since >= kLongestLag;
      if (suspect.certain && !seen->second.certain) found.emplace_back(id, suspect);
    }
    before = std::move(now);
  }
  for (const auto& [id, orphan] : found) Tell(id, orphan);
}

void Orphans::Tell(const std::string& id, const Suspect& orphan) const {
  parts_.log.Warning("An Azure resource has no object",
                     {{"resource", id}, {"owner", orphan.tag}, {"kind", Name(orphan.kind)}});
  if (!lease_) return;
  parts_.events.Tell(
      {.regarding = {runtime::LeaseType().ApiVersion(), runtime::LeaseType().kind, *lease_, ""},
       .reason = "OrphanFound",
       .action = "Compare",
       .text = id + " carries the tag labgallery-owner of '" + orphan.tag + "', but there is no " +
               std::string(Name(orphan.kind)) +
               " of that name. Delete the resource in Azure, or apply the object again.",
       .same = id,
       .standing = true});
}

std::map<domain::Kind, std::size_t> Orphans::Counts() const {
  std::map<domain::Kind, std::size_t> counts;
  for (const domain::Kind kind : domain::kKinds) counts[kind] = 0;
  const std::lock_guard guard(mutex_);
  for (const auto& [subscription, suspects] : suspects_) {
    for (const auto& [id, suspect] : suspects) counts[suspect.kind] += suspect.certain ? 1 : 0;
  }
  return counts;
}

void AddOrphanMetrics(telemetry::Metrics& metrics, const Orphans& orphans) {
  metrics.AddCollector(
      {{.names = {"labgallery_orphans",
                  "Azure resources with the owner tag of this installation and no object, by the "
                  "kind of the missing object. Found where Resource Graph answers, in "
                  "subscriptions that objects lie in.",
                  {"kind"},
                  "three kinds"},
        .type = telemetry::FamilyType::kGauge}},
      [&orphans](std::vector<telemetry::Samples>& samples) {
        for (const auto& [kind, count] : orphans.Counts())
          samples[0].Add({domain::Name(kind)}, static_cast<double>(count));
      });
}

}  // namespace labgallery::reconcile
