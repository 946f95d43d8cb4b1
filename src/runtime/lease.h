// A Lease of coordination.k8s.io/v1 as a value, and what one who wants to lead makes of it: pure
// decisions, no request and no clock. elector.h does what is decided here.
//
// A holder is believed to be alive for the Lease's duration from the moment when *this* process saw
// the record change, by its own steady clock. The times inside the record are for people: wall
// clocks of two machines are never compared.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "src/base/clock.h"
#include "src/json/value.h"
#include "src/kube/model/object.h"

namespace labgallery::runtime {

const kube::ResourceType& LeaseType();

/// The spec.
struct LeaseRecord {
  std::string holder;  // empty: released
  std::chrono::seconds duration{};
  std::int64_t transitions = 0;
  std::string acquire_time;  // MicroTime
  std::string renew_time;    // MicroTime

  friend bool operator==(const LeaseRecord&, const LeaseRecord&) = default;
};

/// What is missing or of another type counts as empty, as client-go has it.
LeaseRecord ReadLease(const json::Value& lease);
/// Puts the record into `lease`; fields of a spec that are not ours stay.
void WriteLease(json::Value& lease, const LeaseRecord& record);

LeaseRecord TakenBy(const std::string& identity, std::chrono::seconds duration,
                    const std::optional<LeaseRecord>& before, SystemTime now);
LeaseRecord RenewedAt(LeaseRecord record, SystemTime now);
/// Free for anybody at once. The duration is a second, because the API wants a positive one.
LeaseRecord ReleasedAt(LeaseRecord record, SystemTime now);

/// What a candidate has seen of the Lease.
struct LeaseView {
  std::optional<LeaseRecord> record;  // nothing: there is no Lease
  SteadyTime since{};                 // when it was first seen like this
  /// There is no Lease any more, but its last holder may not know it yet.
  std::optional<SteadyTime> busy_until{};

  friend bool operator==(const LeaseView&, const LeaseView&) = default;
};

/// The view after one more look. `before` nothing: the first one.
LeaseView Look(const std::optional<LeaseView>& before, std::optional<LeaseRecord> seen,
               SteadyTime now);

/// From when on the Lease may be taken; nothing: `identity` holds it already.
std::optional<SteadyTime> FreeFrom(const LeaseView& view, std::string_view identity);

}  // namespace labgallery::runtime
