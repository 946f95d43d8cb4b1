#include "controller/reconcile/overlap_guard.h"

#include <utility>

#include "controller/reconcile/surroundings.h"

namespace labgallery::reconcile {

bool OverlapGuard::Look(const std::stop_token& stop) {
  auto leases = ListLeases(stop);
  if (!leases) {
    if (leases.error().kind != ErrorKind::kCancelled && !std::exchange(blind_, true))
      parts_.log.Warning("Other operators were not looked for", {{"error", leases.error()}});
    return false;
  }
  blind_ = false;
  std::optional<LeaseHolder> self;
  if (own_.name.empty()) self = LeaseHolder{.lease = own_};
  std::vector<LeaseHolder> others;
  for (const json::Value& lease : *leases) {
    auto holder = HolderOf(lease);
    if (!holder) continue;
    if (holder->lease == own_) {
      self = *std::move(holder);
    } else if (IsAlive(*holder, lease)) {
      others.push_back(*std::move(holder));
    }
  }
  if (!self) return false;
  const Overlap overlap = FindOverlap(*self, others, OwnNamespaces());
  Tell(*self, overlap);
  last_ = overlap;
  return parts_.shard.Cede(overlap.ceded);
}

Result<std::vector<json::Value>> OverlapGuard::ListLeases(const std::stop_token& stop) {
  kube::ListOptions options;
  options.label_selector = std::string(kLeaseLabel) + "=" + std::string(kLeaseLabelValue);
  options.limit = 0;
  const auto list = [&](const std::string& name_space) {
    return parts_.kube.ListPage({.type = runtime::LeaseType(), .name_space = name_space}, options,
                                stop);
  };
  auto page = list(everywhere_ ? "" : own_.name_space);
  if (!page && everywhere_ && page.error().kind == ErrorKind::kForbidden) {
    everywhere_ = false;
    page = list(own_.name_space);
  }
  if (!page) return std::move(page).error();
  return std::move(page->items);
}

// As a candidate judges it: by when its record was last seen to change.
bool OverlapGuard::IsAlive(const LeaseHolder& holder, const json::Value& lease) {
  const auto known = views_.find(holder.uid);
  const std::optional<runtime::LeaseView> before =
      known == views_.end() ? std::nullopt : std::optional(known->second);
  const SteadyTime now = parts_.clock.SteadyNow();
  const runtime::LeaseView view = runtime::Look(before, runtime::ReadLease(lease), now);
  views_.insert_or_assign(holder.uid, view);
  return now < runtime::FreeFrom(view, "").value_or(now);
}

std::map<std::string, kube::Labels> OverlapGuard::OwnNamespaces() const {
  std::map<std::string, kube::Labels> own;
  for (const runtime::RecordPtr& record : parts_.store.List(kNamespaces)) {
    const std::string name(record->name());
    if (!name_space_.empty() && name != name_space_) continue;
    if (parts_.shard.Selects(name))
      own[name] = record->labels() != nullptr ? *record->labels() : kube::Labels();
  }
  return own;
}

void OverlapGuard::Tell(const LeaseHolder& self, const Overlap& overlap) {
  if (overlap.shared.size() != last_.shared.size() && parts_.observer.on_overlap)
    parts_.observer.on_overlap(overlap.shared.size());
  if (overlap.shared.empty()) {
    if (!last_.shared.empty()) parts_.log.Info("No other operator is at work here any more");
    return;
  }
  const std::string text = Describe(self, overlap);
  if (overlap != last_) parts_.log.Warning("Another operator is at work here", {{"what", text}});
  if (!self.HasLease()) return;
  parts_.events.Tell({.regarding = {runtime::LeaseType().ApiVersion(), runtime::LeaseType().kind,
                                    self.lease, self.uid},
                      .reason = "OperatorsOverlap",
                      .action = "Lead",
                      .text = text,
                      .same = text,
                      .standing = true});
}

}  // namespace labgallery::reconcile
