#include "controller/reconcile/object_metrics.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "controller/domain/names.h"
#include "controller/reconcile/object_facts.h"
#include "controller/reconcile/surroundings.h"
#include "src/base/time_text.h"

namespace labgallery::reconcile {
namespace {

using telemetry::FamilyDescription;
using telemetry::FamilyType;
using telemetry::Samples;
using Condition = ObjectFacts::Condition;

constexpr const char* kPerObjectBound =
    "--metrics-per-object: with None none, with NotReady one per object that is not Ready, with "
    "All "
    "one per object";

/// The families, in the order in which they are declared.
enum Index : std::size_t {
  kObjects,
  kDeleting,
  kConditions,
  kRegions,
  kTargets,
  kSwitches,
  kMonthly,
  kOneTime,
  kReady,
  kTransition,
  kImageRegions,
};

/// A sum for each combination of label values.
template <std::size_t N>
class Sums {
 public:
  void Add(const std::array<std::string_view, N>& values, double by = 1) {
    auto sum = sums_.find(values);
    if (sum == sums_.end()) {
      std::array<std::string, N> kept;
      std::copy(values.begin(), values.end(), kept.begin());
      sum = sums_.emplace(std::move(kept), 0.0).first;
    }
    sum->second += by;
  }
  void Write(Samples& samples) const {
    for (const auto& [values, sum] : sums_) {
      if constexpr (N == 2) samples.Add({values[0], values[1]}, sum);
      if constexpr (N == 4) samples.Add({values[0], values[1], values[2], values[3]}, sum);
    }
  }

 private:
  // The texts that are summed up are gone by the time that the sums are written.
  struct ByText {
    using is_transparent = void;
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return std::lexicographical_compare(
          a.begin(), a.end(), b.begin(), b.end(),
          [](std::string_view x, std::string_view y) { return x < y; });
    }
  };
  std::map<std::array<std::string, N>, double, ByText> sums_;
};

// As kube-controllers take an object without the condition: nobody knows.
Condition ReadyOf(const ObjectFacts& facts) {
  const Condition* ready = facts.Find(domain::condition::kReady);
  return ready != nullptr ? *ready : Condition{domain::condition::kReady, "Unknown", "", ""};
}

/// One walk over all objects.
class Scrape {
 public:
  Scrape(std::vector<Samples>& samples, const Handles& handles, PerObject per_object)
      : samples_(samples), handles_(handles), per_object_(per_object) {}

  void Take(std::string_view kind, const std::vector<runtime::RecordPtr>& records) {
    double handled = 0;
    double deleting = 0;
    for (const runtime::RecordPtr& record : records) {
      if (!Handled(record->name_space())) continue;
      ++handled;
      if (record->deletion_time()) ++deleting;
      const std::string status = record->status().Text();  // the facts look into it
      TakeOne(kind, *record, ReadFacts(status));
    }
    samples_[kObjects].Add({kind}, handled);
    samples_[kDeleting].Add({kind}, deleting);
  }

  void Finish() {
    conditions_.Write(samples_[kConditions]);
    regions_.Write(samples_[kRegions]);
    samples_[kTargets].Add({"target"}, targets_.target);
    samples_[kTargets].Add({"completed"}, targets_.completed);
    samples_[kTargets].Add({"failed"}, targets_.failed);
    samples_[kSwitches].Add({"enabled"}, switches_.enabled);
    samples_[kSwitches].Add({"disabled"}, switches_.total - switches_.enabled);
    monthly_.Write(samples_[kMonthly]);
    one_time_.Write(samples_[kOneTime]);
  }

 private:
  // Asked once for each namespace.
  bool Handled(std::string_view name_space) {
    auto known = handled_.find(name_space);
    if (known == handled_.end()) {
      const std::string name(name_space);
      known = handled_.emplace(name, handles_(name)).first;
    }
    return known->second;
  }

  void TakeOne(std::string_view kind, const runtime::Record& record, const ObjectFacts& facts) {
    const Condition ready = ReadyOf(facts);
    conditions_.Add({kind, ready.type, ready.status, ready.reason});
    for (const Condition& each : facts.conditions) {
      if (each.type != ready.type) conditions_.Add({kind, each.type, each.status, each.reason});
    }
    // Galleries sum up what their images say; each is counted once.
    if (kind == domain::Name(domain::Kind::kImage)) TakeImage(facts);
    if (kind == domain::Name(domain::Kind::kLabAccount) && facts.image_counts) {
      switches_.total += facts.image_counts->total;
      switches_.enabled += facts.image_counts->enabled;
    }
    const bool is_ready = ready.status == "True";
    if (per_object_ == PerObject::kAll || (per_object_ == PerObject::kNotReady && !is_ready))
      WriteOne(kind, record, facts, ready);
  }

  void TakeImage(const ObjectFacts& facts) {
    for (const ObjectFacts::Region& region : facts.regions)
      regions_.Add({region.name, region.state});
    if (facts.region_counts) {
      targets_.target += facts.region_counts->target;
      targets_.completed += facts.region_counts->completed;
      targets_.failed += facts.region_counts->failed;
    }
    if (!facts.cost) return;
    monthly_.Add({facts.cost->currency, facts.cost->basis}, facts.cost->monthly);
    one_time_.Add({facts.cost->currency, facts.cost->basis}, facts.cost->one_time);
  }

  void WriteOne(std::string_view kind, const runtime::Record& record, const ObjectFacts& facts,
                const Condition& ready) {
    const std::string_view name_space = record.name_space();
    const std::string_view name = record.name();
    samples_[kReady].Add({kind, name_space, name, ready.reason}, ready.status == "True" ? 1 : 0);
    const SystemTime since = ParseRfc3339(ready.transition_time).value_or(record.creation_time());
    samples_[kTransition].Add({kind, name_space, name},
                              std::chrono::duration<double>(since.time_since_epoch()).count());
    if (!facts.region_counts || kind != domain::Name(domain::Kind::kImage)) return;
    samples_[kImageRegions].Add({name_space, name, "target"}, facts.region_counts->target);
    samples_[kImageRegions].Add({name_space, name, "completed"}, facts.region_counts->completed);
    samples_[kImageRegions].Add({name_space, name, "failed"}, facts.region_counts->failed);
  }

  std::vector<Samples>& samples_;
  const Handles& handles_;
  const PerObject per_object_;
  std::map<std::string, bool, std::less<>> handled_;  // by namespace
  Sums<4> conditions_;
  Sums<2> regions_;
  Sums<2> monthly_;
  Sums<2> one_time_;
  ObjectFacts::Regions targets_;
  ObjectFacts::Images switches_;
};

FamilyDescription Gauge(const char* name, const char* help, std::vector<std::string> labels,
                        const char* bound) {
  return {.names = {name, help, std::move(labels), bound}, .type = FamilyType::kGauge};
}

std::vector<FamilyDescription> AggregateFamilies() {
  return {
      Gauge("labgallery_objects", "Objects.", {"kind"}, "three kinds"),
      Gauge("labgallery_objects_deleting",
            "Objects that are being deleted and wait for their finalizer.", {"kind"},
            "three kinds"),
      Gauge(
          "labgallery_object_conditions",
          "Objects by what a condition of theirs says. An object without a Ready condition counts "
          "as Unknown.",
          {"kind", "condition", "status", "reason"},
          "combinations that occur of three kinds, about seven conditions and the reasons of "
          "docs/reasons.md"),
      Gauge("labgallery_replication_regions",
            "Replicas of current image versions, by region and state. Of one Image at most the 100 "
            "regions that its status lists are counted.",
            {"region", "state"}, "regions of Azure that are replicated to, times six states"),
      Gauge("labgallery_replication_targets",
            "Regions that current image versions are meant to be in, have reached, and have failed "
            "in.",
            {"state"}, "three states"),
      Gauge("labgallery_account_images",
            "Images that lab accounts see in their galleries, by their switch.", {"state"},
            "two states"),
      Gauge("labgallery_cost_monthly",
            "Estimated monthly cost of all replicas of the Images, in the price table's currency.",
            {"currency", "basis"}, "currencies of the price table, times two bases"),
      Gauge("labgallery_cost_one_time",
            "Estimated cost of copying all replicas of the Images once, in the price table's "
            "currency.",
            {"currency", "basis"}, "currencies of the price table, times two bases"),
  };
}

std::vector<FamilyDescription> Families() {
  std::vector<FamilyDescription> families = AggregateFamilies();
  families.push_back(Gauge("labgallery_object_ready",
                           "Whether the object is Ready, with the condition's reason.",
                           {"kind", "namespace", "name", "reason"}, kPerObjectBound));
  families.push_back(Gauge("labgallery_object_ready_transition_timestamp_seconds",
                           "When the object's Ready condition changed its status last.",
                           {"kind", "namespace", "name"}, kPerObjectBound));
  families.push_back(
      Gauge("labgallery_image_regions",
            "Regions that the Image's current version is meant to be in, has "
            "reached, and has failed in.",
            {"namespace", "name", "state"},
            "--metrics-per-object: of the Images that it names, times three states"));
  return families;
}

}  // namespace

void AddObjectMetrics(telemetry::Metrics& metrics, const runtime::Store& store, Handles handles,
                      PerObject per_object) {
  const auto collect = [&store, handles = std::move(handles),
                        per_object](std::vector<Samples>& samples) {
    // What is summed up refers to these until the end.
    std::array<std::vector<runtime::RecordPtr>, domain::kKinds.size()> records;
    Scrape scrape(samples, handles, per_object);
    for (runtime::TypeIndex type = 0; type < domain::kKinds.size(); ++type) {
      records[type] = store.List(type);
      scrape.Take(domain::Name(domain::kKinds[type]), records[type]);
    }
    scrape.Finish();
  };
  metrics.AddCollector(Families(), collect);
}

}  // namespace labgallery::reconcile
