#include "controller/reconcile/pass_metrics.h"

#include <chrono>
#include <string>
#include <vector>

#include "controller/domain/names.h"

namespace labgallery::reconcile {
namespace {

// From an object that finds everything done to an image that replicates for a day.
const std::vector<double> kReadyBounds{1,    5,    15,   30,   60,    120,   300,  600,
                                       1200, 1800, 3600, 7200, 14400, 28800, 86400};

}  // namespace

PassMetrics::PassMetrics(telemetry::Metrics& metrics)
    : passes_(
          metrics.AddCounter({"labgallery_passes_total",
                              "Reconciles by the rule that decided; none where looking at Azure "
                              "failed.",
                              {"kind", "rule"},
                              "three kinds, times the rules of ARCHITECTURE.md"})),
      errors_(
          metrics.AddCounter({"labgallery_pass_errors_total",
                              "Errors that reconciles met, by the class of docs/errors.md.",
                              {"kind", "class"},
                              "three kinds, times the classes of docs/errors.md that occurred"})),
      repairs_(metrics.AddCounter(
          {"labgallery_drift_repairs_total",
           "Reconciles that wrote to Azure for an object whose status said Ready for this very "
           "spec: something else had changed, by hand in Azure or in another object.",
           {"kind"},
           "three kinds"})),
      ready_(metrics.AddHistogram(
          {"labgallery_time_to_ready_seconds",
           "From an object's creation, or from when it was Ready last, until it became Ready.",
           {"kind"},
           "three kinds"},
          kReadyBounds)) {
  for (const domain::Kind kind : domain::kKinds) {
    repairs_.With({std::string(domain::Name(kind))});
    ready_.With({std::string(domain::Name(kind))});
  }
}

void PassMetrics::Note(const PassReport& report) {
  const std::string kind(domain::Name(domain::kKinds.at(report.key.type)));
  passes_.With({kind, report.rule.empty() ? "none" : std::string(report.rule)}).Increment();
  if (report.error) errors_.With({kind, std::string(azure::Label(*report.error))}).Increment();
  if (report.put_back) repairs_.With({kind}).Increment();
  if (report.became_ready)
    ready_.With({kind}).Observe(std::chrono::duration<double>(*report.became_ready).count());
}

}  // namespace labgallery::reconcile
