#include "src/azure/client/request_metrics.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace labgallery::azure {
namespace {

using telemetry::FamilyType;
using telemetry::Samples;

constexpr const char* kPerOperation =
    "resource types and collections that the operator calls (about 20), times method";
constexpr const char* kPerBucket =
    "credentials times subscriptions, times three, plus twelve policies times regions times two "
    "windows";

double Seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

void AddLevels(Pacer& pacer, const std::string& secret, std::vector<Samples>& samples) {
  for (const BucketLevel& each : pacer.Levels()) {
    const auto add = [&](Samples& into, double value) {
      into.Add({each.bucket, each.window, each.subscription, each.region, secret}, value);
    };
    add(samples[0], each.level);
    add(samples[1], each.capacity);
  }
}

}  // namespace

RequestMetrics::RequestMetrics(telemetry::Metrics& metrics)
    : metrics_(metrics),
      requests_(metrics.AddCounter(
          {"labgallery_arm_requests_total",
           "Requests to Azure Resource Manager, by the type that the path is about, method and "
           "status code; <error> where no answer came.",
           {"operation", "method", "code"},
           std::string(kPerOperation) + " and status code that occurred"})),
      durations_(metrics.AddHistogram({"labgallery_arm_request_duration_seconds",
                                       "How long Azure Resource Manager took to answer, or not to.",
                                       {"operation", "method"},
                                       kPerOperation},
                                      {.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60})),
      waits_(metrics.AddHistogram(
          {"labgallery_arm_pacing_wait_seconds",
           "How long requests that the rate limits held back waited for their turn. Those that "
           "left at once are not counted.",
           {"kind"},
           "three: reads, writes, deletes"},
          {.1, .5, 1, 5, 10, 30, 60, 180, 600, 1800})) {
  for (const RateKind kind : {RateKind::kReads, RateKind::kWrites, RateKind::kDeletes})
    waits_.With({std::string(Name(kind))});
}

void RequestMetrics::Note(const Exchange& exchange) {
  const std::string method(http::Name(exchange.method));
  const std::string code = exchange.status == 0 ? "<error>" : std::to_string(exchange.status);
  requests_.With({exchange.path_template, method, code}).Increment();
  durations_.With({exchange.path_template, method}).Observe(Seconds(exchange.duration));
}

void RequestMetrics::NoteWait(const RateUse& use, Duration waited) {
  waits_.With({std::string(Name(use.kind))}).Observe(Seconds(waited));
}

void RequestMetrics::Follow(std::function<void(const ShowPacer&)> for_each) {
  const std::vector<std::string> labels{"bucket", "window", "subscription", "region", "secret"};
  metrics_.AddCollector(
      {{{"labgallery_arm_bucket_level",
         "Requests that Azure's rate limits let through at once, as the operator counts: the "
         "subscription's buckets and Compute's policies by region, for its own credential (no "
         "secret) and for each Secret that objects use.",
         labels, kPerBucket},
        FamilyType::kGauge},
       {{"labgallery_arm_bucket_capacity", "The most that the bucket holds.", labels, kPerBucket},
        FamilyType::kGauge},
       {{"labgallery_arm_paced_requests", "Requests that wait for their turn.", {}, "one"},
        FamilyType::kGauge}},
      [for_each = std::move(for_each)](std::vector<Samples>& samples) {
        std::size_t waiting = 0;
        for_each([&](const std::string& secret, Pacer& pacer) {
          AddLevels(pacer, secret, samples);
          waiting += pacer.Waiting();
        });
        samples[2].Add({}, static_cast<double>(waiting));
      });
}

}  // namespace labgallery::azure
