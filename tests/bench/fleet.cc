// The fleet that benches work on: so many Images from one source, a gallery and an account for each
// thousand of them in a subscription of its own.

#include "tests/bench/fleet.h"

#include <algorithm>

namespace labgallery::bench {
namespace {

constexpr double kVersionSeconds = 40;
constexpr double kDefinitionSeconds = 2;

std::string Subscription(int index) {
  std::string digits = std::to_string(index + 1);
  return "00000000-0000-0000-0000-" + std::string(12 - digits.size(), '0') + digits;
}

std::string GroupId(int subscription) {
  return "/subscriptions/" + Subscription(subscription) + "/resourceGroups/labs";
}

std::string PlaceIn(int subscription) {
  return "subscriptionId: " + Subscription(subscription) +
         ", resourceGroup: labs, location: westeurope";
}

// When a bucket of `capacity` that refills evenly over `window` has let `count` through.
double SecondsFor(double count, double capacity, double window) {
  return count <= capacity ? 0 : (count - capacity) / (capacity / window);
}

}  // namespace

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
  AddGallery(world, index, name);
  world.Apply("apiVersion: labgallery.io/v1alpha1\nkind: LabAccount\nmetadata: {name: account" +
              std::to_string(index) + "}\nspec: {service: LabAccount, " + PlaceIn(index) +
              ", gallery: {state: Attached, ref: {name: " + name + "}}}\n");
}

void AddGallery(World& world, int subscription, const std::string& name) {
  world.Apply("apiVersion: labgallery.io/v1alpha1\nkind: SharedImageGallery\nmetadata: {name: " +
              name + "}\nspec: {" + PlaceIn(subscription) + "}\n");
}

void AddImage(World& world, int index) {
  const int subscription = index / kPerSubscription;
  AddImage(world, subscription, "gallery" + std::to_string(subscription),
           "image" + std::to_string(index));
}

void AddImage(World& world, int subscription, const std::string& gallery, const std::string& name) {
  world.Apply("apiVersion: labgallery.io/v1alpha1\nkind: Image\nmetadata: {name: " + name +
              "}\nspec:\n  galleryRef: {name: " + gallery +
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

int ReadyImages(World& world, int images) {
  int ready = 0;
  for (int i = 0; i < images; ++i) {
    ready += world.Condition("Image", "image" + std::to_string(i)).starts_with("True") ? 1 : 0;
  }
  return ready;
}

// The simulator's latencies and the tightest of the write buckets (per subscription and region).
double BoundSeconds(int images) {
  const double count = std::min(images, kPerSubscription);
  const double buckets = std::max({SecondsFor(count, 150, 180), SecondsFor(count, 750, 1800),
                                   SecondsFor(count, 375, 180), SecondsFor(count, 1200, 1800)});
  return buckets + 1 + kDefinitionSeconds + kVersionSeconds;
}

}  // namespace labgallery::bench
