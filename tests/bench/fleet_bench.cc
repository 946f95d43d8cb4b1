#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>

#include "tests/bench/benches.h"
#include "tests/bench/fleet.h"
#include "tests/component/campus.h"

namespace labgallery::bench {
namespace {

double ResidentMiB() {
  std::ifstream statm("/proc/self/statm");
  long total = 0;
  long resident = 0;
  statm >> total >> resident;
  return static_cast<double>(resident) * 4096 / (1 << 20);
}

}  // namespace

void RunFleet(int images, Graph graph) {
  const double before = ResidentMiB();
  World world(
      {.seed = 1, .workers = 4, .settings = {.installation = "bench"}, .rate_headers = true});
  SetDurations(world);
  if (graph == Graph::kMissing) component::LoseResourceGraph(world);
  const int subscriptions = (images + kPerSubscription - 1) / kPerSubscription;
  for (int i = 0; i < subscriptions; ++i) AddSubscription(world, i);
  for (int i = 0; i < images; ++i) AddImage(world, i);
  world.Control(http::Method::kDelete, "requests");
  const SteadyTime start = world.clock().SteadyNow();
  world.StartOperator();
  const auto all_ready = [&] { return ReadyImages(world, images) == images; };
  // A look at all objects costs more than the work itself: the more of them, the seldomer.
  const Duration between = std::chrono::seconds(std::clamp(images / 100, 1, 30));
  while (!all_ready() && world.clock().SteadyNow() - start < std::chrono::hours(12))
    world.Run(between);
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
  // In this time all are looked at once.
  world.Run(domain::OperatorSettings{}.sync_period);
  const double second_reads = static_cast<double>(CountOf(world, "reads")) - reads_before;
  const double second_writes = static_cast<double>(CountOf(world, "writes")) - writes_before;
  const double resident = ResidentMiB();
  std::printf(
      "%8d %5s %6d %11.2f %10.2f %11.2f %10.1f %7.1f %6.2f %4ld %5.0f %4d %7.3f %6.0f %7.1f\n",
      images, graph == Graph::kThere ? "yes" : "no", ready, (writes - 4.0 * subscriptions) / images,
      reads / images, api / objects, seconds / 60, BoundSeconds(images) / 60,
      seconds / BoundSeconds(images), static_cast<long>(throttled), second_writes,
      world.effects().count() - effects, second_reads / objects, resident,
      (resident - before) * 1024 / images);
  std::fflush(stdout);
}

}  // namespace labgallery::bench
