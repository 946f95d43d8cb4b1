#include "controller/domain/image/region_plan.h"

#include <algorithm>

#include "controller/domain/image/differences.h"
#include "src/base/time_text.h"

namespace labgallery::domain::image {
namespace {

constexpr std::size_t kDateLength = 10;  // "2026-11-25"

std::string Day(SystemTime now) { return Rfc3339(now).substr(0, kDateLength); }

SystemTime NextDay(SystemTime now) {
  return std::chrono::floor<std::chrono::days>(now) + std::chrono::days(1);
}

template <typename T>
bool Fits(const std::optional<T>& have, const std::optional<T>& want) {
  return !want || have == want;
}

// True if sending `want` would change nothing.
bool Satisfies(const TargetRegion& have, const TargetRegion& want) {
  return Fits(have.replicas, want.replicas) &&
         Fits(have.storage_account_type, want.storage_account_type) &&
         have.exclude_from_latest.value_or(false) ==
             want.exclude_from_latest.value_or(have.exclude_from_latest.value_or(false)) &&
         (want.encryption.IsNull() || Covers(have.encryption, want.encryption)) &&
         (want.additional.empty() || have.additional == want.additional);
}

class Planner {
 public:
  explicit Planner(const RegionPlanInput& input) : in_(input), today_(Day(input.now)) {
    plan_.repairs = RepairsToday(input.history, input.now);
  }

  RegionPlan Run() {
    SetGoal();
    for (const TargetRegion& region : plan_.goal) {
      const TargetRegion* have = FindRegion(in_.actual.targets, region.name);
      if (have != nullptr) {
        KeepOrRepair(region, *have);
      } else {
        AddInItsTurn(region);
      }
    }
    Conclude();
    return std::move(plan_);
  }

 private:
  bool VersionExists() const { return !in_.actual.targets.empty(); }

  RegionState StateOf(std::string_view name) const {
    const ReportedRegion* reported = FindReported(in_.actual.reported, name);
    return reported == nullptr ? RegionState::kUnknown : reported->state;
  }

  void Report(const std::string& region, RegionFinding finding, std::string message) {
    plan_.reports.push_back({region, finding, std::move(message)});
  }

  // What the version is meant to have in the end. A version that was found keeps what it has.
  void SetGoal() {
    if (VersionExists() && !in_.managed) {
      plan_.goal = in_.actual.targets;
      return;
    }
    plan_.goal = in_.desired;
    if (in_.ours) return;
    for (const TargetRegion& have : in_.actual.targets) {
      const auto wanted = std::ranges::find(plan_.goal, have.name, &TargetRegion::name);
      if (wanted == plan_.goal.end()) {
        plan_.goal.push_back(have);
      } else {
        *wanted = have;
      }
    }
  }

  void KeepOrRepair(const TargetRegion& want, const TargetRegion& have) {
    TargetRegion target = want;
    if (want.storage_account_type && have.storage_account_type &&
        *want.storage_account_type != *have.storage_account_type) {
      target.storage_account_type = have.storage_account_type;
      plan_.matches = false;
      Report(want.name, RegionFinding::kStorageRefused,
             "storageAccountType is " + *have.storage_account_type +
                 " and Azure cannot change it to " + *want.storage_account_type +
                 "; make a new version");
    }
    const RegionRecord* record = FindRecord(in_.history, want.name);
    const bool failed = StateOf(want.name) == RegionState::kFailed;
    if (failed) {
      plan_.matches = false;
      blocked_ = true;
      if (!Repair(target, have, record)) return;
    } else {
      HoldReplicas(target, record);
      if (StateOf(want.name) != RegionState::kCompleted) blocked_ = true;
    }
    if (!Satisfies(have, want)) plan_.matches = false;
    if (!Satisfies(have, target)) changed_ = true;
    targets_.push_back(std::move(target));
  }

  // A count that failed is not asked for again while the spec still has it.
  void HoldReplicas(TargetRegion& target, const RegionRecord* record) {
    if (record == nullptr || !record->failed_replica_count || !record->completed_replica_count ||
        target.replicas != record->failed_replica_count) {
      return;
    }
    Report(target.name, RegionFinding::kHeldReplicas,
           std::to_string(*target.replicas) + " replicas failed; it keeps " +
               std::to_string(*record->completed_replica_count) +
               ", the last count that completed. Another replicaCount will be tried");
    target.replicas = record->completed_replica_count;
  }

  // Decides about a failed region; false if it is to be left out of the set.
  bool Repair(TargetRegion& target, const TargetRegion& have, const RegionRecord* record) {
    if (in_.actual.moving) {
      Report(target.name, RegionFinding::kFailedForNow,
             "failed; it is repaired when Azure has finished with the version");
      return true;
    }
    // What is taken out must be put in again later, by the same spec and with the count in status.
    if (!in_.remembered || !in_.managed || FindRegion(in_.desired, target.name) == nullptr) {
      Report(target.name, RegionFinding::kNotRepaired,
             "failed; only regions that this object asks for are repaired, and only those of the "
             "current version");
      return true;
    }
    if (record != nullptr && record->completed_time) {
      const auto good = record->completed_replica_count;
      if (good && have.replicas != good) {
        Report(target.name, RegionFinding::kHeldReplicas,
               "failed with its present replica count; back to " + std::to_string(*good) +
                   ", the last count that completed");
        target.replicas = good;
        return true;
      }
      if (CountRepair(target.name)) changed_ = true;  // the same set once more
      return true;
    }
    if (target.name == in_.source_region) {
      Report(target.name, RegionFinding::kSourceFailed,
             "failed, and the source region cannot be removed and added again; make a new version");
      return true;
    }
    if (!CountRepair(target.name)) return true;
    plan_.removed_for_repair.push_back(target.name);
    return false;
  }

  // True if one more repair is allowed today; it is then counted.
  bool CountRepair(const std::string& region) {
    auto repair = std::ranges::find(plan_.repairs, region, &RepairCount::region);
    if (repair == plan_.repairs.end()) {
      repair = plan_.repairs.insert(plan_.repairs.end(), {region, today_, 0});
    }
    if (repair->count >= kRepairsPerDay) {
      plan_.look_again = NextDay(in_.now);
      Report(region, RegionFinding::kRepairsExhausted,
             "failed and was repaired " + std::to_string(repair->count) +
                 " times today; the next attempt is at " + Rfc3339(*plan_.look_again));
      return false;
    }
    ++repair->count;
    Report(region, RegionFinding::kRepairing,
           "failed; repair " + std::to_string(repair->count) + " of " +
               std::to_string(kRepairsPerDay) + " today");
    return true;
  }

  void AddInItsTurn(const TargetRegion& region) {
    const RegionRecord* record = FindRecord(in_.history, region.name);
    const RegionState before = record == nullptr ? RegionState::kPending : record->state;
    const bool vanished =
        VersionExists() && before != RegionState::kPending && before != RegionState::kRemoving;
    if (vanished) {
      Report(region.name, RegionFinding::kVanished, "was removed from the version and is put back");
    }
    const bool ordered = in_.rollout == Rollout::kOrdered;
    if (!ordered || before != RegionState::kPending) plan_.matches = false;
    // Azure still reports a region that we took out: adding it now would add what is being deleted.
    const bool going = before == RegionState::kRemoving &&
                       FindReported(in_.actual.reported, region.name) != nullptr;
    if (going || (ordered && blocked_)) {
      blocked_ = true;
      return;
    }
    if (ordered) blocked_ = true;  // one a step
    changed_ = true;
    targets_.push_back(region);
  }

  bool Removes() const {
    return std::ranges::any_of(in_.actual.targets, [&](const TargetRegion& have) {
      return FindRegion(targets_, have.name) == nullptr;
    });
  }

  void Conclude() {
    const bool removes = Removes();
    if (removes) plan_.matches = false;
    if (VersionExists() && in_.actual.moving) {
      Wait();
      return;
    }
    if (removes && !in_.removal_allowed) {
      Wait();
      plan_.step = RegionStep::kAllowRemoval;
      plan_.targets = in_.actual.targets;
      return;
    }
    if (removes || changed_) {
      plan_.step = RegionStep::kSend;
      plan_.targets = std::move(targets_);
      return;
    }
    plan_.step = blocked_ ? RegionStep::kWait : RegionStep::kNothing;
  }

  // Nothing of what was planned happens now, so no repair is counted either.
  void Wait() {
    plan_.step = RegionStep::kWait;
    plan_.repairs = RepairsToday(in_.history, in_.now);
    plan_.removed_for_repair.clear();
  }

  const RegionPlanInput& in_;
  std::string today_;
  RegionPlan plan_;
  std::vector<TargetRegion> targets_;
  bool blocked_ = false;  // a region before this one is not Completed
  bool changed_ = false;
};

}  // namespace

std::vector<RepairCount> RepairsToday(const RegionHistory& history, SystemTime now) {
  std::vector<RepairCount> repairs = history.repairs;
  std::erase_if(repairs, [today = Day(now)](const RepairCount& r) { return r.day != today; });
  return repairs;
}

RegionPlan PlanRegions(const RegionPlanInput& input) { return Planner(input).Run(); }

RegionHistory AfterPlan(const RegionPlan& plan, std::vector<RegionRecord> records) {
  for (RegionRecord& record : records) {
    if (std::ranges::find(plan.removed_for_repair, record.name) != plan.removed_for_repair.end()) {
      record.state = RegionState::kRemoving;
    }
  }
  return {std::move(records), plan.repairs};
}

}  // namespace labgallery::domain::image
