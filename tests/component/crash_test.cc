// Crash safety: the operator is cut off at every single side effect, before and after it takes
// effect, and a new one starts on the same two servers. The end must always be the one without a
// crash, nothing may be made twice, and nothing may be left over.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>

#include "tests/component/story.h"
#include "tests/component/world.h"

namespace labgallery::component {
namespace {

using When = SideEffects::When;

/// What happens in a story, moment by moment; each moment is over when the world has settled.
using Moments = std::vector<std::function<void(World&)>>;

struct Ending {
  bool settled = false;
  int effects = 0;
  std::string remains;
};

// Runs the story; at write number `crash_at` of the whole run the operator dies, and the next one
// takes over.
Ending Play(const Moments& moments, const std::function<void(World&)>& before, int crash_at,
            When when) {
  World world;
  before(world);
  world.StartOperator();
  if (crash_at > 0) world.effects().CrashAt(crash_at, when);
  Ending ending;
  ending.settled = true;
  for (const auto& moment : moments) {
    moment(world);
    bool settled = world.Settle();
    if (!settled && world.effects().cut()) {
      world.StopOperator();
      world.effects().Heal();
      world.StartOperator();
      settled = world.Settle();
    }
    ending.settled = ending.settled && settled;
  }
  ending.effects = world.effects().count();
  ending.remains = world.Remains();
  return ending;
}

// From one crash to the next: 1, all of them, unless a build that is many times slower says
// otherwise.
int Stride() {
  const char* given = std::getenv("LABGALLERY_CRASH_STRIDE");
  const int stride = given == nullptr ? 1 : std::atoi(given);
  return std::max(stride, 1);
}

struct Case {
  std::string name;
  std::string story;
};

class CrashSafety : public testing::TestWithParam<Case> {};

TEST_P(CrashSafety, EndsTheSameAfterACrashAtAnySideEffect) {
  const Story story = LoadStory(GetParam().story);
  Moments moments;
  for (const auto& step : story.steps) {
    moments.push_back([&step](World& world) { world.ApplyStep(step); });
  }
  auto before = [&](World& world) { world.Assume(story.directory); };
  const Ending reference = Play(moments, before, 0, When::kBefore);
  ASSERT_TRUE(reference.settled);
  int crashes = 0;
  for (int k = 1; k <= reference.effects; k += Stride()) {
    for (const When when : {When::kBefore, When::kAfter}) {
      const Ending ending = Play(moments, before, k, when);
      const std::string where = "crash " + std::string(when == When::kBefore ? "before" : "after") +
                                " write " + std::to_string(k);
      ASSERT_TRUE(ending.settled) << where;
      ASSERT_EQ(ending.remains, reference.remains) << where;
      ++crashes;
    }
  }
  std::cout << GetParam().story << ": " << reference.effects << " side effects, " << crashes
            << " crashes\n";
}

INSTANTIATE_TEST_SUITE_P(Stories, CrashSafety,
                         testing::Values(Case{"CreateAndAttach", "create-and-attach"},
                                         Case{"Swap", "swap"},
                                         Case{"SaveTemplate", "save-template"},
                                         Case{"Delete", "delete"}, Case{"Full", "full"}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::component
