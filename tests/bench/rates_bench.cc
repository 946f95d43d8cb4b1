// A thousand Images at Azure's real bucket sizes and refill rates: which bucket held them back
// when, and what a gallery that comes in the middle of it notices.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <string>

#include "tests/bench/benches.h"
#include "tests/bench/fleet.h"

namespace labgallery::bench {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

double MinutesOf(Duration time) { return std::chrono::duration<double>(time).count() / 60; }

// The write bucket with the least in it, if that is next to nothing and somebody waits.
std::string Binding(azure::Pacer& pacer) {
  if (pacer.Waiting() == 0) return "latency";
  std::string name = "latency";
  double least = 1.5;
  for (const azure::BucketLevel& bucket : pacer.Levels()) {
    const bool writes =
        bucket.bucket == "writes" || bucket.bucket.find("Update") != std::string::npos;
    if (!writes || bucket.level >= least) continue;
    least = bucket.level;
    name = bucket.bucket + (bucket.window.empty() ? "" : " " + bucket.window);
  }
  return name;
}

}  // namespace

void RunRates(int images) {
  World world(
      {.seed = 1, .workers = 4, .settings = {.installation = "bench"}, .rate_headers = true});
  SetDurations(world);
  AddSubscription(world, 0);
  // The last one of what Azure holds in a region comes late, in a gallery of its own.
  for (int i = 0; i + 1 < images; ++i) AddImage(world, i);
  world.Control(http::Method::kDelete, "requests");
  const SteadyTime start = world.clock().SteadyNow();
  world.StartOperator();
  std::map<std::string, Duration> held;
  std::map<std::string, std::pair<Duration, Duration>> when;
  Duration late_asked{0};
  Duration late_ready{0};
  while (ReadyImages(world, images - 1) != images - 1 &&
         world.clock().SteadyNow() - start < std::chrono::hours(12)) {
    for (int i = 0; i < 6; ++i) {
      world.Run(seconds(5));
      const Duration now = world.clock().SteadyNow() - start;
      const std::string bucket = Binding(world.pacer());
      held[bucket] += seconds(5);
      when.try_emplace(bucket, now, now).first->second.second = now;
      if (late_asked == Duration(0) && now >= minutes(5)) {
        AddGallery(world, 0, "late");
        AddImage(world, 0, "late", "late");
        late_asked = now;
      }
      if (late_asked > Duration(0) && late_ready == Duration(0) &&
          world.Condition("Image", "late").starts_with("True"))
        late_ready = now;
    }
  }
  const Duration took = world.clock().SteadyNow() - start;
  std::printf(
      "%d Images in one region: %.1f minutes, %.1f %% of what the buckets allow, %ld answers "
      "of 429\n\n",
      images, MinutesOf(took),
      100 * BoundSeconds(images) / std::chrono::duration<double>(took).count(), Throttled(world));
  std::puts("  what held the writes back                            minutes   from     to");
  for (const auto& [bucket, time] : held) {
    std::printf("  %-50s %9.1f %6.1f %6.1f\n", bucket.c_str(), MinutesOf(time),
                MinutesOf(when[bucket].first), MinutesOf(when[bucket].second));
  }
  std::printf(
      "\nA gallery with one Image that came after %.0f minutes was Ready %.1f minutes later "
      "(%.1f alone).\n",
      MinutesOf(late_asked), MinutesOf(late_ready - late_asked), BoundSeconds(1) / 60);
  std::fflush(stdout);
}

}  // namespace labgallery::bench
