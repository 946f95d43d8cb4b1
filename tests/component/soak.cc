// Faults and crashes from random seeds, until the time is over: `labgallery_soak --minutes N
// [--seed S]`. Each round plays a story with some faults on and a crash somewhere, and must end
// settled. The first seed that does not is printed and ends the run.

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "src/base/random.h"
#include "src/json/parse.h"
#include "tests/component/fault_rows.h"
#include "tests/component/story.h"
#include "tests/component/world.h"

namespace labgallery::component {
namespace {

bool Round(std::uint64_t seed) {
  SeededRandom random(seed);
  const std::vector<std::string> stories{"create-and-attach", "swap", "delete",
                                         "replicate-geography", "full"};
  const Story story = LoadStory(stories[random.Next() % stories.size()]);
  World world({.seed = seed, .workers = 1 + random.Next() % 3});
  world.Assume(story.directory);
  for (int i = 0; i < 4; ++i) {
    world.Control(http::Method::kPost, "faults",
                  *json::Parse(FaultRows()[random.Next() % FaultRows().size()].fault));
  }
  world.effects().CrashAt(
      1 + static_cast<int>(random.Next() % 120),
      random.Next() % 2 == 0 ? SideEffects::When::kBefore : SideEffects::When::kAfter);
  world.StartOperator();
  bool settled = true;
  for (const StoryStep& step : story.steps) {
    world.ApplyStep(step);
    world.Run(std::chrono::hours(1));
    if (world.effects().cut()) {
      world.StopOperator();
      world.effects().Heal();
      world.StartOperator();
    }
    world.Control(http::Method::kDelete, "faults");
    settled = world.Settle(std::chrono::hours(6)) && settled;
  }
  return settled;
}

int Soak(double minutes, std::uint64_t seed) {
  RealClock clock;
  const SteadyTime end =
      clock.SteadyNow() +
      std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::ratio<60>>(minutes));
  std::uint64_t rounds = 0;
  while (clock.SteadyNow() < end) {
    if (!Round(seed + rounds)) {
      std::printf("seed %llu does not settle\n", static_cast<unsigned long long>(seed + rounds));
      return 1;
    }
    ++rounds;
  }
  std::printf("%llu rounds from seed %llu on, all settled\n",
              static_cast<unsigned long long>(rounds), static_cast<unsigned long long>(seed));
  return 0;
}

}  // namespace
}  // namespace labgallery::component

int main(int count, char** arguments) {
  double minutes = 10;
  std::uint64_t seed = labgallery::EntropySeed() % 1000000000;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string option = arguments[i];
    if (option == "--minutes") minutes = std::atof(arguments[i + 1]);
    if (option == "--seed") seed = std::strtoull(arguments[i + 1], nullptr, 10);
  }
  return labgallery::component::Soak(minutes, seed);
}
