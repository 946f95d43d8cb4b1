// Every fault that the simulator can play, alone and in seeded combinations, while a story runs;
// then it is quiet. Everything converges to what Azure would look like without faults, within a
// bounded time, and stays.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "src/json/parse.h"
#include "tests/component/campus.h"
#include "tests/component/fault_rows.h"
#include "tests/component/story.h"
#include "tests/component/world.h"

namespace labgallery::component {
namespace {

// What Azure has in the end, and how each object stands.
struct End {
  bool settled = false;
  bool stays = false;
  std::string azure;
};

std::string AzureOf(World& world) {
  const auto remains = json::Parse(world.Remains());
  return json::DumpPretty(*remains->Find("azure"));
}

End PlayWith(const std::vector<std::string>& faults, std::uint64_t seed) {
  const Story story = LoadStory("create-and-attach");
  World world({.seed = seed});
  world.Assume(story.directory);
  for (const std::string& fault : faults)
    world.Control(http::Method::kPost, "faults", *json::Parse(fault));
  world.StartOperator();
  for (const StoryStep& step : story.steps) world.ApplyStep(step);
  End end;
  world.Run(std::chrono::hours(1));
  world.Control(http::Method::kDelete, "faults");
  // Slow retries are at most a quarter of an hour apart, and a lost version takes its time once
  // more.
  end.settled = world.Settle(std::chrono::hours(3));
  end.azure = AzureOf(world);
  end.stays = WritesDuring(world, std::chrono::hours(2)).empty();
  return end;
}

const std::string& WithoutFaults() {
  static const std::string kAzure = PlayWith({}, 1).azure;
  return kAzure;
}

class Faults : public testing::TestWithParam<FaultRow> {};

TEST_P(Faults, AreOvercomeOneByOne) {
  const End end = PlayWith({GetParam().fault}, 1);
  EXPECT_TRUE(end.settled);
  EXPECT_TRUE(end.stays);
  EXPECT_EQ(end.azure, WithoutFaults());
}

INSTANTIATE_TEST_SUITE_P(Each, Faults, testing::ValuesIn(FaultRows()),
                         [](const auto& row) { return row.param.name; });

class FaultCombinations : public testing::TestWithParam<std::uint64_t> {};

TEST_P(FaultCombinations, AreOvercomeTogether) {
  SeededRandom random(GetParam());
  std::vector<std::string> faults;
  for (int i = 0; i < 5; ++i)
    faults.push_back(FaultRows()[random.Next() % FaultRows().size()].fault);
  const End end = PlayWith(faults, GetParam());
  EXPECT_TRUE(end.settled);
  EXPECT_TRUE(end.stays);
  EXPECT_EQ(end.azure, WithoutFaults());
}

INSTANTIATE_TEST_SUITE_P(Seeds, FaultCombinations, testing::Range<std::uint64_t>(1, 41));

}  // namespace
}  // namespace labgallery::component
