#include "src/runtime/runtime_metrics.h"

#include <chrono>
#include <utility>

#include "src/base/text.h"

namespace labgallery::runtime {
namespace {

using telemetry::FamilyDescription;
using telemetry::FamilyNames;
using telemetry::FamilyType;
using telemetry::Samples;

constexpr const char* kPerController = "one per reconciled kind";
constexpr const char* kPerKind = "one per watched kind";

// As controller-runtime and client-go have them.
const std::vector<double> kPassBounds{
    .005, .01, .025, .05, .1,  .15, .2,  .25, .3, .35, .4, .45, .5, .6, .7, .8, .9, 1,  1.25, 1.5,
    1.75, 2,   2.5,  3,   3.5, 4,   4.5, 5,   6,  7,   8,  9,   10, 15, 20, 25, 30, 40, 50,   60};
const std::vector<double> kQueueBounds{1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3,
                                       1e-2, .1,   1,    10,   100,  1000};

double Seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

std::string NameOf(const Runtime& runtime, TypeIndex type) {
  return Lower(runtime.type(type).resource.kind);
}

template <typename... Arguments, typename First>
std::function<void(Arguments...)> Both(First first, std::function<void(Arguments...)> next) {
  return [first = std::move(first), next = std::move(next)](Arguments... arguments) {
    first(arguments...);
    if (next) next(arguments...);
  };
}

}  // namespace

RuntimeMetrics::RuntimeMetrics(telemetry::Metrics& metrics)
    : metrics_(metrics),
      leads_(metrics.AddGauge({"leader_election_master_status",
                               "Gauge of if the reporting system is master of the relevant lease, "
                               "0 indicates backup, 1 indicates master. 'name' is the string used "
                               "to identify the lease. Please make sure to group by name.",
                               {"name"},
                               "one: the Lease of this process"})),
      slow_paths_(metrics.AddCounter(
          {"leader_election_slowpath_total",
           "Total number of slow path exercised in renewing leader leases. 'name' is the string "
           "used to identify the lease. Please make sure to group by name.",
           {"name"},
           "one: the Lease of this process"})),
      lost_events_(metrics.AddCounter({"labgallery_events_lost_total",
                                       "Events that could not be written, or were too many.",
                                       {"kind"},
                                       "three kinds"})),
      overlap_(metrics
                   .AddGauge({"labgallery_overlapping_namespaces",
                              "Namespaces in which another operator is at work as well.",
                              {},
                              "one"})
                   .With({})) {}

void RuntimeMetrics::Hook(RuntimeOptions& options) {
  Observer& observer = options.observer;
  observer.on_pass = Both([this](const Key& key, PassResult result, Duration took,
                                 const Error*) { NotePass(key, result, took); },
                          std::move(observer.on_pass));
  observer.on_leadership = Both(
      [this](std::string_view lease, bool leads) {
        leads_.With({std::string(lease)}).Set(leads ? 1 : 0);
        slow_paths_.With({std::string(lease)});
      },
      std::move(observer.on_leadership));
  observer.on_lease_slow_path =
      Both([this](std::string_view lease) { slow_paths_.With({std::string(lease)}).Increment(); },
           std::move(observer.on_lease_slow_path));
  observer.on_event_lost =
      Both([this](std::string_view kind) { lost_events_.With({std::string(kind)}).Increment(); },
           std::move(observer.on_event_lost));
  observer.on_overlap =
      Both([this](std::size_t namespaces) { overlap_.Set(static_cast<double>(namespaces)); },
           std::move(observer.on_overlap));
  options.queue.on_taken = Both(
      [this](const Key& key, Duration waited) {
        if (const Controller* c = Find(key.type)) c->waited.Observe(Seconds(waited));
      },
      std::move(options.queue.on_taken));
  options.queue.on_done = Both(
      [this](const Key& key, Duration worked) {
        if (const Controller* c = Find(key.type)) c->worked.Observe(Seconds(worked));
      },
      std::move(options.queue.on_done));
}

const RuntimeMetrics::Controller* RuntimeMetrics::Find(TypeIndex type) const {
  return type < controllers_.size() && controllers_[type] ? &*controllers_[type] : nullptr;
}

void RuntimeMetrics::NotePass(const Key& key, PassResult result, Duration took) {
  const Controller* c = Find(key.type);
  if (c == nullptr) return;
  c->time.Observe(Seconds(took));
  switch (result) {
    case PassResult::kDone:
      return c->success.Increment();
    case PassResult::kAfter:
      return c->after.Increment();
    case PassResult::kBackoff:
      break;
    case PassResult::kTerminal:
      c->terminal.Increment();
      break;
    case PassResult::kException:
      c->panics.Increment();
      break;
  }
  c->error.Increment();
  c->errors.Increment();
}

RuntimeMetrics::Controller RuntimeMetrics::MakeController(const std::string& name) {
  auto& total =
      metrics_.AddCounter({"controller_runtime_reconcile_total",
                           "Total number of reconciliations per controller",
                           {"controller", "result"},
                           "one per reconciled kind and result, of which there are four"});
  const auto counter = [&](const char* family, const char* help) -> telemetry::Counter& {
    return metrics_.AddCounter({family, help, {"controller"}, kPerController}).With({name});
  };
  const auto histogram = [&](const FamilyNames& names, const std::vector<double>& bounds,
                             const std::vector<std::string>& values) -> telemetry::Histogram& {
    return metrics_.AddHistogram(names, bounds).With(values);
  };
  // Deprecated upstream, and in every dashboard: it stays at zero.
  total.With({name, "requeue"});
  return {.success = total.With({name, "success"}),
          .after = total.With({name, "requeue_after"}),
          .error = total.With({name, "error"}),
          .errors = counter("controller_runtime_reconcile_errors_total",
                            "Total number of reconciliation errors per controller"),
          .terminal = counter("controller_runtime_terminal_reconcile_errors_total",
                              "Total number of terminal reconciliation errors per controller"),
          .panics = counter("controller_runtime_reconcile_panics_total",
                            "Total number of reconciliation panics per controller"),
          .time = histogram({"controller_runtime_reconcile_time_seconds",
                             "Length of time per reconciliation per controller",
                             {"controller"},
                             kPerController},
                            kPassBounds, {name}),
          .waited = histogram({"workqueue_queue_duration_seconds",
                               "How long in seconds an item stays in workqueue before being "
                               "requested",
                               {"name", "controller"},
                               kPerController},
                              kQueueBounds, {name, name}),
          .worked = histogram({"workqueue_work_duration_seconds",
                               "How long in seconds processing an item from workqueue takes.",
                               {"name", "controller"},
                               kPerController},
                              kQueueBounds, {name, name})};
}

void RuntimeMetrics::Follow(const Runtime& runtime) {
  auto& most = metrics_.AddGauge({"controller_runtime_max_concurrent_reconciles",
                                  "Maximum number of concurrent reconciles per controller. All "
                                  "controllers share the workers.",
                                  {"controller"},
                                  kPerController});
  for (TypeIndex type = 0; type < runtime.types(); ++type) {
    auto& controller = controllers_.emplace_back();
    if (!runtime.type(type).reconciled) continue;
    const std::string name = NameOf(runtime, type);
    controller.emplace(MakeController(name));
    lost_events_.With({runtime.type(type).resource.kind});
    most.With({name}).Set(static_cast<double>(runtime.workers()));
  }
  AddQueueCollector(runtime);
  AddWatchCollector(runtime);
}

void RuntimeMetrics::AddQueueCollector(const Runtime& runtime) {
  const std::vector<std::string> labels{"name", "controller"};
  const auto collect = [&runtime](std::vector<Samples>& samples) {
    for (TypeIndex type = 0; type < runtime.types(); ++type) {
      if (!runtime.type(type).reconciled) continue;
      const std::string name = NameOf(runtime, type);
      const QueueCounts counts = runtime.Counts(type);
      const auto normal = static_cast<double>(counts.waiting - counts.waiting_low);
      samples[0].Add({name}, static_cast<double>(counts.processing));
      samples[1].Add({name, name, "0"}, normal);
      samples[1].Add({name, name, "-100"}, static_cast<double>(counts.waiting_low));
      samples[2].Add({name, name}, static_cast<double>(counts.adds));
      samples[3].Add({name, name}, static_cast<double>(counts.retries));
      samples[4].Add({name, name}, Seconds(counts.unfinished));
      samples[5].Add({name, name}, Seconds(counts.longest));
      samples[6].Add({name}, static_cast<double>(counts.delayed));
    }
  };
  metrics_.AddCollector(
      {{{"controller_runtime_active_workers",
         "Number of currently used workers per controller",
         {"controller"},
         kPerController},
        FamilyType::kGauge},
       {{"workqueue_depth",
         "Current depth of workqueue by workqueue and priority",
         {"name", "controller", "priority"},
         "two per reconciled kind: 0 for changes and what was begun, -100 for what a list or a "
         "resync found"},
        FamilyType::kGauge},
       {{"workqueue_adds_total", "Total number of adds handled by workqueue", labels,
         kPerController},
        FamilyType::kCounter},
       {{"workqueue_retries_total", "Total number of retries handled by workqueue", labels,
         kPerController},
        FamilyType::kCounter},
       {{"workqueue_unfinished_work_seconds",
         "How many seconds of work has been done that is in progress and hasn't been observed by "
         "work_duration. Large values indicate stuck threads. One can deduce the number of stuck "
         "threads by observing the rate at which this increases.",
         labels, kPerController},
        FamilyType::kGauge},
       {{"workqueue_longest_running_processor_seconds",
         "How many seconds has the longest running processor for workqueue been running.", labels,
         kPerController},
        FamilyType::kGauge},
       {{"labgallery_workqueue_delayed",
         "Objects that wait for their next look, by time. They are no part of the depth.",
         {"controller"},
         kPerController},
        FamilyType::kGauge}},
      collect);
}

void RuntimeMetrics::AddWatchCollector(const Runtime& runtime) {
  const auto collect = [&runtime](std::vector<Samples>& samples) {
    for (TypeIndex type = 0; type < runtime.types(); ++type) {
      const std::string& kind = runtime.type(type).resource.kind;
      const FollowCounts counts = runtime.Following(type);
      samples[0].Add({kind}, static_cast<double>(counts.lists));
      samples[1].Add({kind}, static_cast<double>(counts.watches));
      samples[2].Add({kind}, static_cast<double>(counts.troubles));
      samples[3].Add({kind}, static_cast<double>(runtime.store().Count(type)));
    }
    samples[4].Add({}, static_cast<double>(runtime.store().refused()));
  };
  metrics_.AddCollector(
      {{{"labgallery_watch_lists_total",
         "Complete lists read from the API server: the first, and one for each watch that could "
         "not go on.",
         {"kind"},
         kPerKind},
        FamilyType::kCounter},
       {{"labgallery_watch_opened_total",
         "Watches opened: the first, and one for each that ended (every 5 to 10 minutes) or broke.",
         {"kind"},
         kPerKind},
        FamilyType::kCounter},
       {{"labgallery_watch_troubles_total",
         "What following a kind met that is not usual; the log says what.",
         {"kind"},
         kPerKind},
        FamilyType::kCounter},
       {{"labgallery_store_objects", "Objects that the operator knows.", {"kind"}, kPerKind},
        FamilyType::kGauge},
       {{"labgallery_store_stale_total",
         "States of objects that came when a newer one was known, and were left aside.",
         {},
         "one"},
        FamilyType::kCounter}},
      collect);
}

}  // namespace labgallery::runtime
