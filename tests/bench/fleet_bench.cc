#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>

#include "tests/bench/benches.h"
#include "tests/component/world.h"

namespace labgallery::bench {
namespace {

using component::World;

// Azure holds 1,000 definitions a subscription and region.
constexpr int kPerSubscription = 1000;
constexpr double kVersionSeconds = 40;
constexpr double kDefinitionSeconds = 2;

std::string Subscription(int index) {
  std::string digits = std::to_string(index + 1);
  return "00000000-0000-0000-0000-" + std::string(12 - digits.size(), '0') + digits;
}

std::string GroupId(int subscription) {
  return "/subscriptions/" + Subscription(subscription) + "/resourceGroups/labs";
}

void AddSubscription(World& world, int index) {
  json::Value group;
  group.Set("location", "westeurope");
  world.Put(GroupId(index), group);
  json::Value source;
  source.Set("location", "westeurope");
  json::Value& disk = source.Set("properties", {}).Set("storageProfile", {}).Set("osDisk", {});
  disk.Set("osType", "Linux");
  disk.Set("osState", "Generalized");
  disk.Set("diskSizeGB", 30);
  source.Find("properties")->Set("hyperVGeneration", "V2");
  world.Put(GroupId(index) + "/providers/Microsoft.Compute/images/source", source);
  const std::string name = "gallery" + std::to_string(index);
  const std::string place =
      "subscriptionId: " + Subscription(index) + ", resourceGroup: labs, location: westeurope";
  world.Apply("apiVersion: labgallery.io/v1alpha1\nkind: SharedImageGallery\nmetadata: {name: " +
              name + "}\nspec: {" + place + "}\n");
  world.Apply("apiVersion: labgallery.io/v1alpha1\nkind: LabAccount\nmetadata: {name: account" +
              std::to_string(index) + "}\nspec: {service: LabAccount, " + place +
              ", gallery: {state: Attached, ref: {name: " + name + "}}}\n");
}

void AddImage(World& world, int index) {
  const int subscription = index / kPerSubscription;
  const std::string name = "image" + std::to_string(index);
  world.Apply("apiVersion: labgallery.io/v1alpha1\nkind: Image\nmetadata: {name: " + name +
              "}\nspec:\n  galleryRef: {name: gallery" + std::to_string(subscription) +
              "}\n  definition: {osType: Linux, osState: Generalized, identifier: {publisher: p, "
              "offer: o, sku: " +
              name + "}}\n  version: 1.0.0\n  source: {managedImageId: " + GroupId(subscription) +
              "/providers/Microsoft.Compute/images/source}\n  replication: {scope: SourceOnly}\n");
}

void SetDurations(World& world) {
  json::Value settings;
  settings.Set("versionSource", kVersionSeconds);
  settings.Set("definitionWrite", kDefinitionSeconds);
  settings.Set("galleryWrite", 1);
  world.Control(http::Method::kPatch, "settings", settings);
}

std::int64_t CountOf(World& world, const char* name) {
  const json::Value shown = world.Control(http::Method::kGet, "requests?since=999999999");
  const json::Value* count = shown.At({"counts", name});
  return count != nullptr && count->AsInteger() != nullptr ? *count->AsInteger() : 0;
}

std::int64_t Throttled(World& world) {
  const json::Value shown = world.Control(http::Method::kGet, "requests?since=999999999");
  const json::Value* count = shown.At({"counts", "byStatus", "429"});
  return count != nullptr && count->AsInteger() != nullptr ? *count->AsInteger() : 0;
}

double ResidentMiB() {
  std::ifstream statm("/proc/self/statm");
  long total = 0;
  long resident = 0;
  statm >> total >> resident;
  return static_cast<double>(resident) * 4096 / (1 << 20);
}

int ReadyImages(World& world, int images) {
  int ready = 0;
  for (int i = 0; i < images; ++i) {
    ready += world.Condition("Image", "image" + std::to_string(i)).starts_with("True") ? 1 : 0;
  }
  return ready;
}

// When a bucket of `capacity` that refills evenly over `window` has let `count` through.
double SecondsFor(double count, double capacity, double window) {
  return count <= capacity ? 0 : (count - capacity) / (capacity / window);
}

// The simulator's latencies and the tightest of the write buckets (per subscription and region).
double BoundSeconds(int images) {
  const double count = std::min(images, kPerSubscription);
  const double buckets = std::max({SecondsFor(count, 150, 180), SecondsFor(count, 750, 1800),
                                   SecondsFor(count, 375, 180), SecondsFor(count, 1200, 1800)});
  return buckets + 1 + kDefinitionSeconds + kVersionSeconds;
}

}  // namespace

void RunFleet(int images) {
  const double before = ResidentMiB();
  World world(
      {.seed = 1, .workers = 4, .settings = {.installation = "bench"}, .rate_headers = true});
  SetDurations(world);
  const int subscriptions = (images + kPerSubscription - 1) / kPerSubscription;
  for (int i = 0; i < subscriptions; ++i) AddSubscription(world, i);
  for (int i = 0; i < images; ++i) AddImage(world, i);
  world.Control(http::Method::kDelete, "requests");
  const SteadyTime start = world.clock().SteadyNow();
  world.StartOperator();
  const auto all_ready = [&] { return ReadyImages(world, images) == images; };
  // A look at all objects costs more than the work itself: not more often than every half minute.
  while (!all_ready() && world.clock().SteadyNow() - start < std::chrono::hours(12))
    world.Run(std::chrono::seconds(30));
  const double seconds = std::chrono::duration<double>(world.clock().SteadyNow() - start).count();
  const double objects = images + 2.0 * subscriptions;
  const auto writes = static_cast<double>(CountOf(world, "writes"));
  const auto reads = static_cast<double>(CountOf(world, "reads"));
  const std::int64_t throttled = Throttled(world);
  const double api = static_cast<double>(world.effects().count()) - writes;
  const int ready = ReadyImages(world, images);
  // Everything that still settles (the gallery's sums) has its time, then comes the second look.
  world.Run(std::chrono::minutes(6));
  world.Control(http::Method::kDelete, "requests");
  const int effects = world.effects().count();
  const auto reads_before = static_cast<double>(CountOf(world, "reads"));
  const auto writes_before = static_cast<double>(CountOf(world, "writes"));
  world.op().EnqueueAll();
  world.Run(std::chrono::minutes(1));
  const double second_reads = static_cast<double>(CountOf(world, "reads")) - reads_before;
  const double second_writes = static_cast<double>(CountOf(world, "writes")) - writes_before;
  const double resident = ResidentMiB();
  std::printf("%8d %6d %11.2f %10.2f %11.2f %10.1f %7.1f %6.2f %4ld %5.0f %4d %7.3f %6.0f %7.1f\n",
              images, ready, (writes - 4.0 * subscriptions) / images, reads / images, api / objects,
              seconds / 60, BoundSeconds(images) / 60, seconds / BoundSeconds(images),
              static_cast<long>(throttled), second_writes, world.effects().count() - effects,
              second_reads / objects, resident, (resident - before) * 1024 / images);
  std::fflush(stdout);
}

}  // namespace labgallery::bench
