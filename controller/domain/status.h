// The status that a pass would write, and whether it is worth a write.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/domain/observation.h"

namespace labgallery::domain {

/// A field whose default is inherited or computed: the value in force and who decided it.
struct EffectiveField {
  std::string field;  // its path within spec
  std::string value;
  Source source;
};

/// What a kind adds to what all kinds report.
struct Report {
  json::Value details{json::Value::Object()};  // its own fields of status
  json::Value record{json::Value::Object()};   // takes their place in what is recorded first
  std::vector<EffectiveField> effective;       // beside the policies of all kinds
  std::vector<kube::Condition>
      conditions;  // beside Ready; times and generations are filled in here
};

/// What a kind makes of its observation.
struct Assessment {
  Situation situation;
  Report report;
};

/// The object whose status it is.
struct Told {
  Told(const Observation& seen) : meta(seen.meta), status(seen.status), now(seen.now) {}  // NOLINT
  Told(const kube::ObjectMeta& its_meta, const json::Value& its_status, SystemTime at)
      : meta(its_meta), status(its_status), now(at) {}

  const kube::ObjectMeta& meta;
  const json::Value& status;  // as last written
  SystemTime now;
};

/// The whole status: `details`, resourceId, observedGeneration, effective policies, the differences
/// while nothing may be written, the inventory of what is in the way, and the conditions with Ready
/// last. Transition times are kept where the status of a condition did not flip.
json::Value StatusDocument(const Told& seen, const Situation& situation, const Report& report,
                           const Verdict& verdict);

enum class Worth {
  kNo,     // nothing changed
  kLater,  // progress only: at most one write a period
  kNow,
};
/// How often progress is told.
inline constexpr Duration kProgressPeriod = std::chrono::minutes(1);

/// `since_last`: time since this object's status was last written by us, if it was. Progress is
/// told once a `period`.
Worth WorthWriting(const json::Value& before, const json::Value& after,
                   std::optional<Duration> since_last, Duration period = kProgressPeriod);

/// Lists in status that grow with other objects hold no more entries than this.
inline constexpr std::size_t kListLimit = 100;

}  // namespace labgallery::domain
