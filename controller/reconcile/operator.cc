#include "controller/reconcile/operator.h"

#include <functional>
#include <utility>

#include "controller/domain/names.h"
#include "src/base/resident_memory.h"
#include "src/base/text.h"
#include "src/json/parse.h"

namespace labgallery::reconcile {
namespace {

// For the Events that are left to write at the end: nobody waits longer for the next leader.
constexpr Duration kEventPatience = std::chrono::seconds(1);
// Longer than a Lease lasts: one that has not changed since the last look is not held any more.
constexpr Duration kLookForOthers = std::chrono::seconds(15);
constexpr Duration kTidyPeriod = std::chrono::seconds(5);
// What is read for many objects.
constexpr Duration kStillAsked = std::chrono::seconds(10);
// What the last turn has read is old enough to be forgotten only some periods later.
constexpr auto kTidyUpsAfterwards = kStillAsked / kTidyPeriod + 1;

runtime::TypeRegistration Namespaces() {
  runtime::TypeRegistration registration;
  registration.watched.resource = {"", "v1", "Namespace", "namespaces", false};
  registration.watched.form = kube::Form::kMetadata;
  registration.watched.keep_labels = true;
  registration.watched.annotation_prefix = std::string(domain::kAnnotationPrefix);
  return registration;
}

runtime::EventOptions EventOptionsFor(const telemetry::Logger& log,
                                      const OperatorOptions& options) {
  return {.reporter = {"labgallery.io/controller", options.instance},
          .on_lost = [log, count = options.runtime.observer.on_event_lost](
                         const runtime::Note& note, const Error* error) {
            if (count) count(note.regarding.kind);
            const telemetry::Logger about = log.With({{"controller", Lower(note.regarding.kind)},
                                                      {"object", note.regarding.key.ToString()},
                                                      {"reason", note.reason}});
            if (error == nullptr) {
              about.Debug("Event was dropped");
            } else {
              about.Warning("Event was not written", {{"error", *error}});
            }
          }};
}

runtime::RuntimeOptions RuntimeOptionsFor(const OperatorOptions& options,
                                          std::function<void()> on_resync) {
  runtime::RuntimeOptions runtime = options.runtime;
  runtime.works_at_once = !options.lease;
  runtime.on_resync = std::move(on_resync);
  return runtime;
}

SharedReadOptions SharedReadOptionsFor(const OperatorOptions& options, Orphans& orphans) {
  SharedReadOptions shared = options.shared;
  shared.on_picture = [&orphans](const std::string& subscription) {
    return orphans.Compare(subscription);
  };
  return shared;
}

// The shipped table is part of the program: that it can be read is a matter of its tests.
domain::PriceTable ShippedPrices() {
  auto document = json::Parse(domain::ShippedPriceTableText());
  if (!document) return {};
  return domain::ReadPriceTable(*document).value_or(domain::PriceTable{});
}

azure::RatePolicy Policy(std::string name, std::vector<http::Method> methods, std::string type,
                         bool collection, std::pair<double, double> sizes) {
  return {.name = "Microsoft.Compute/" + std::move(name),
          .methods = std::move(methods),
          .type = std::move(type),
          .collection = collection,
          .per_3_minutes = sizes.first,
          .per_30_minutes = sizes.second};
}

// Whether the record is of a namespace that is being deleted, or of something in one.
bool InEndingNamespace(const runtime::Store& store, const runtime::Record& record) {
  if (record.type() == kNamespaces) return record.deletion_time().has_value();
  const runtime::RecordPtr name_space =
      store.Get({kNamespaces, {"", std::string(record.name_space())}});
  return name_space && name_space->deletion_time();
}

}  // namespace

// Sizes as inferred from x-ms-ratelimit-remaining-resource in recorded traffic of Azure/azure-cli
// (April 2026).
azure::PacingOptions ComputePacing() {
  using enum http::Method;
  const std::string gallery = "Microsoft.Compute/galleries";
  const std::string definition = gallery + "/images";
  const std::string version = definition + "/versions";
  azure::PacingOptions options;
  options.policies = {
      Policy("GetOperationStatus", {kGet}, "Microsoft.Compute/locations/capsOperations", false,
             {5000, 15000}),
      Policy("CreateUpdateGallery", {kPut, kPatch}, gallery, false, {50, 300}),
      Policy("GetGallery", {kGet}, gallery, false, {350, 2500}),
      Policy("ListGalleryInResourceGroup", {kGet}, gallery, true, {100, 1000}),
      Policy("DeleteGallery", {kDelete}, gallery, false, {50, 300}),
      Policy("CreateUpdateGalleryImage", {kPut, kPatch}, definition, false, {150, 750}),
      Policy("GetGalleryImage", {kGet}, definition, false, {600, 3000}),
      Policy("DeleteGalleryImage", {kDelete}, definition, false, {50, 300}),
      Policy("ListGalleryImagesInGallery", {kGet}, definition, true, {1500, 10000}),
      Policy("CreateUpdateGalleryImageVersion", {kPut, kPatch}, version, false, {375, 1200}),
      Policy("GetGalleryImageVersion", {kGet}, version, false, {2000, 10000}),
      Policy("DeleteGalleryImageVersion", {kDelete}, version, false, {150, 1000}),
      Policy("ListGalleryImageVersionsInGalleryImage", {kGet}, version, true, {1500, 10000}),
  };
  return options;
}

Operator::Operator(Parts parts, OperatorOptions options)
    : clock_(parts.clock),
      observer_(options.runtime.observer),
      prices_(parts.clock, parts.log, options.prices ? *options.prices : ShippedPrices(),
              options.price_list),
      events_({parts.kube, parts.clock, parts.random}, EventOptionsFor(parts.log, options)),
      runtime_({parts.kube, parts.clock, parts.random, parts.gate},
               RuntimeOptionsFor(options, [this] { BeginRound(); })),
      shard_(runtime_.store(), options.namespace_selector),
      orphans_({parts.clock, runtime_.store(), shard_, events_, parts.log},
               options.settings.installation, options.name_space, options.lease),
      shared_(parts.azure, parts.clock, parts.directory, SharedReadOptionsFor(options, orphans_)),
      surroundings_(runtime_.store()),
      sessions_({.kube = parts.kube,
                 .clock = parts.clock,
                 .log = parts.log,
                 .own = {parts.azure, shared_},
                 .as_others = std::move(parts.as_others),
                 .shared = SharedReadOptionsFor(options, orphans_),
                 .is_terminating =
                     [this](const std::string& name) {
                       return surroundings_.Namespace(name).terminating;
                     },
                 .wake = [this](const std::string& name) { EnqueueAll(name); }}),
      secrets_(parts.clock, sessions_,
               {.kube = parts.kube,
                .store = runtime_.store(),
                .log = parts.log,
                .handles = [this](const std::string& name) { return shard_.Handles(name); }}),
      leads_(!options.lease),
      threads_(parts.clock) {
  const Services services{.clock = parts.clock,
                          .random = parts.random,
                          .sessions = sessions_,
                          .kube = parts.kube,
                          .events = events_,
                          .surroundings = surroundings_,
                          .log = parts.log,
                          .settings = options.settings,
                          .prices = prices_,
                          .progress_period = options.progress_period,
                          .started = parts.clock.SteadyNow()};
  for (const domain::Kind kind : domain::kKinds) Register(kind, services, options);
  runtime::TypeRegistration namespaces = Namespaces();
  namespaces.map = [this](const runtime::Change& change) { return Wakes(change); };
  runtime_.Register(std::move(namespaces));
  if (options.lease || options.home) {
    guard_.emplace(OverlapGuard::Parts{parts.kube, parts.clock, runtime_.store(), shard_, events_,
                                       parts.log, observer_},
                   options.lease.value_or(kube::ObjectKey{options.home.value_or(""), ""}),
                   options.name_space);
  }
}

void Operator::Register(domain::Kind kind, const Services& services,
                        const OperatorOptions& options) {
  auto wrote = [this](const runtime::Key& key, std::string_view version) {
    runtime_.Wrote(key, version);
  };
  const runtime::TypeIndex type = reconcilers_.size();
  reconcilers_.push_back(
      std::make_unique<Reconciler>(kind, type, services, wrote, options.on_pass));
  Reconciler& reconciler = *reconcilers_.back();
  runtime::TypeRegistration registration;
  registration.watched.resource = domain::ResourceTypeOf(kind);
  registration.watched.name_space = options.name_space;
  registration.watched.annotation_prefix = std::string(domain::kAnnotationPrefix);
  registration.watched.project_status = [](const json::Value& status) {
    return json::Dump(status);
  };
  registration.watched.index = [kind](const kube::ObjectKey& key, const json::Value& spec,
                                      const json::Value& status) {
    return IndexValues(kind, key, spec, status);
  };
  registration.map = [this](const runtime::Change& change) { return Wakes(change); };
  registration.resync = options.settings.sync_period;
  registration.reconcile = [this, &reconciler](const runtime::Key& key,
                                               const std::stop_token& stop) -> runtime::Outcome {
    if (!shard_.Handles(key.object.name_space)) return runtime::Done{};
    return reconciler.Reconcile(key, stop);
  };
  runtime_.Register(std::move(registration));
}

void Operator::Start() {
  events_.Start();
  runtime_.Start();
  threads_.Start([this](const std::stop_token& stop) { KeepSmall(stop); });
  if (prices_.has_list())
    threads_.Start([this](const std::stop_token& stop) { prices_.Follow(stop); });
  threads_.Start([this](const std::stop_token& stop) {
    if (WaitUntilAtWork(stop)) secrets_.Run(stop);
  });
  if (guard_) threads_.Start([this](const std::stop_token& stop) { WorkBesideOthers(stop); });
}

void Operator::Lead() {
  std::lock_guard guard(mutex_);
  leads_ = true;
  clock_.Notify(led_);
}

bool Operator::Handles(const std::string& name_space) const {
  {
    std::lock_guard guard(mutex_);
    if (!leads_) return false;
  }
  return shard_.Handles(name_space);
}

bool Operator::WaitUntilAtWork(const std::stop_token& stop) {
  {
    std::unique_lock lock(mutex_);
    while (!leads_ && !stop.stop_requested()) clock_.Wait(lock, led_, kNever, stop);
  }
  return runtime_.WaitUntilSynced(kNever, stop);
}

// Where there is a Lease no pass begins before the first look: what another operator is at work on
// is not touched at all.
void Operator::WorkBesideOthers(const std::stop_token& stop) {
  if (!WaitUntilAtWork(stop)) return;
  guard_->Look(stop);
  runtime_.Work();
  while (clock_.Sleep(kLookForOthers, stop)) {
    if (guard_->Look(stop)) EnqueueAll();
  }
}

void Operator::Stop(Duration grace) {
  threads_.Stop();
  runtime_.FinishWork(grace);
  events_.Stop(kEventPatience);
  runtime_.Stop(Duration(0));
}

std::vector<runtime::Wake> Operator::Wakes(const runtime::Change& change) {
  if (InEndingNamespace(runtime_.store(), change.record())) secrets_.LookSoon();
  const runtime::Key own{change.record().type(), change.record().key()};
  std::vector<runtime::Wake> wakes;
  for (Concern& concern : Concerned(runtime_.store(), change)) {
    // What the object itself says is read in every pass.
    if (concern.key != own) reconcilers_[concern.key.type]->Disturb(concern.key);
    const Duration after =
        concern.sums_up ? spacing_.DelayOf(concern.key, clock_.SteadyNow()) : Duration(0);
    wakes.push_back({std::move(concern.key), after});
  }
  return wakes;
}

// What a burst of work has taken is given back when it is over: the C library keeps freed memory
// otherwise.
void Operator::KeepSmall(const std::stop_token& stop) {
  std::uint64_t turns = 0;
  // The first list alone leaves much to give back.
  auto tidy_ups_left = kTidyUpsAfterwards;
  while (clock_.Sleep(kTidyPeriod, stop)) {
    const SteadyTime now = clock_.SteadyNow();
    // What a round has read for all serves those, too, whose turn comes late.
    if (!runtime_.RoundUnderWay()) {
      sessions_.ForEachShared(
          [&](SharedReads& shared) { shared.ForgetUnusedSince(now - kStillAsked); });
    }
    for (const auto& reconciler : reconcilers_) reconciler->ForgetOld();
    spacing_.ForgetOld(now);
    surroundings_.Forget();
    const std::uint64_t before = std::exchange(turns, runtime_.WorkersPulse().turns);
    if (turns != before) tidy_ups_left = 1 + kTidyUpsAfterwards;
    if (tidy_ups_left == 0) continue;
    GiveBackMemory();
    --tidy_ups_left;
  }
}

void Operator::BeginRound() {
  sessions_.ForEachShared([](SharedReads& shared) { shared.BeginRound(); });
}

void Operator::LookAtAllDeeply() {
  for (runtime::TypeIndex type = 0; type < domain::kKinds.size(); ++type) {
    for (const runtime::RecordPtr& record : runtime_.store().List(type))
      reconcilers_[type]->WantDeepLook({type, record->key()});
  }
  EnqueueAll();
}

void Operator::EnqueueAll() {
  for (runtime::TypeIndex type = 0; type < domain::kKinds.size(); ++type) {
    for (const runtime::RecordPtr& record : runtime_.store().List(type))
      runtime_.Enqueue({type, record->key()});
  }
}

void Operator::EnqueueAll(const std::string& name_space) {
  for (runtime::TypeIndex type = 0; type < domain::kKinds.size(); ++type) {
    for (const runtime::RecordPtr& record : runtime_.store().List(type, name_space)) {
      // As whom it looks has changed.
      reconcilers_[type]->Disturb({type, record->key()});
      runtime_.Enqueue({type, record->key()});
    }
  }
}

}  // namespace labgallery::reconcile
