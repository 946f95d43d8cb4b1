#include "src/runtime/lease.h"

#include <algorithm>
#include <utility>

#include "src/base/time_text.h"

namespace labgallery::runtime {
namespace {

constexpr std::chrono::seconds kReleasedDuration{1};

std::int64_t IntegerAt(const json::Value& lease, std::string_view field) {
  const json::Value* value = lease.At({"spec", field});
  const std::int64_t* integer = value == nullptr ? nullptr : value->AsInteger();
  return integer == nullptr ? 0 : *integer;
}

}  // namespace

const kube::ResourceType& LeaseType() {
  static const kube::ResourceType kType{"coordination.k8s.io", "v1", "Lease", "leases", true};
  return kType;
}

LeaseRecord ReadLease(const json::Value& lease) {
  return {.holder = std::string(lease.Text({"spec", "holderIdentity"})),
          .duration = std::chrono::seconds(IntegerAt(lease, "leaseDurationSeconds")),
          .transitions = IntegerAt(lease, "leaseTransitions"),
          .acquire_time = std::string(lease.Text({"spec", "acquireTime"})),
          .renew_time = std::string(lease.Text({"spec", "renewTime"}))};
}

void WriteLease(json::Value& lease, const LeaseRecord& record) {
  json::Value* spec = lease.Find("spec");
  if (spec == nullptr) spec = &lease.Set("spec", {});
  spec->Set("holderIdentity", record.holder);
  spec->Set("leaseDurationSeconds", std::int64_t{record.duration.count()});
  spec->Set("leaseTransitions", record.transitions);
  spec->Set("acquireTime", record.acquire_time);
  spec->Set("renewTime", record.renew_time);
}

LeaseRecord TakenBy(const std::string& identity, std::chrono::seconds duration,
                    const std::optional<LeaseRecord>& before, SystemTime now) {
  LeaseRecord record{.holder = identity,
                     .duration = duration,
                     .transitions = before ? before->transitions : 0,
                     .acquire_time = Rfc3339Micro(now),
                     .renew_time = Rfc3339Micro(now)};
  if (before && before->holder != identity) ++record.transitions;
  if (before && before->holder == identity) record.acquire_time = before->acquire_time;
  return record;
}

LeaseRecord RenewedAt(LeaseRecord record, SystemTime now) {
  record.renew_time = Rfc3339Micro(now);
  return record;
}

LeaseRecord ReleasedAt(LeaseRecord record, SystemTime now) {
  record.holder.clear();
  record.duration = kReleasedDuration;
  record.acquire_time = Rfc3339Micro(now);
  record.renew_time = Rfc3339Micro(now);
  return record;
}

LeaseView Look(const std::optional<LeaseView>& before, std::optional<LeaseRecord> seen,
               SteadyTime now) {
  if (before && before->record == seen) return *before;
  LeaseView view{.record = std::move(seen), .since = now};
  // Somebody deleted it: its holder goes on until its next renewal fails.
  if (!view.record && before && before->record && !before->record->holder.empty())
    view.busy_until = before->since + before->record->duration;
  return view;
}

std::optional<SteadyTime> FreeFrom(const LeaseView& view, std::string_view identity) {
  if (!view.record) return std::max(view.since, view.busy_until.value_or(view.since));
  if (view.record->holder == identity) return std::nullopt;
  if (view.record->holder.empty()) return view.since;
  return view.since + view.record->duration;
}

}  // namespace labgallery::runtime
