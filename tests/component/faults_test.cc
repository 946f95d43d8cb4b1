// Every fault that the simulator can play, alone and in seeded combinations, while a story runs;
// then it is quiet. Everything converges to what Azure would look like without faults, within a
// bounded time, and stays.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "src/json/parse.h"
#include "tests/component/story.h"
#include "tests/component/world.h"

namespace labgallery::component {
namespace {

struct Row {
  std::string name;
  std::string fault;  // as POST /simulator/faults takes it
};

const std::vector<Row>& Rows() {
  static const std::vector<Row> kRows{
      {"GalleryPutFails",
       R"({"match":{"method":"PUT","pathContains":"/galleries/"},"action":"fail","status":500,"count":3})"},
      {"AnythingUnavailable",
       R"({"match":{},"action":"fail","status":503,"code":"ServiceUnavailable","count":8})"},
      {"ReadsFail", R"({"match":{"method":"GET"},"action":"fail","status":500,"count":10})"},
      {"PutAnswerLost", R"({"match":{"method":"PUT"},"action":"loseAnswer","count":4})"},
      {"PutConnectionLost",
       R"({"match":{"method":"PUT"},"action":"loseAnswer","drop":true,"count":4})"},
      {"AttachAnswerLost",
       R"({"match":{"method":"PUT","pathContains":"/sharedgalleries/"},"action":"loseAnswer","drop":true,"count":2})"},
      {"RoleAnswerLost",
       R"({"match":{"method":"PUT","pathContains":"/roleassignments/"},"action":"loseAnswer","count":1})"},
      {"Throttled", R"({"match":{},"action":"throttle","retryAfterSeconds":17,"count":12})"},
      {"PutDelayed", R"({"match":{"method":"PUT"},"action":"delay","delaySeconds":20,"count":5})"},
      {"GatewayPage", R"({"match":{},"action":"htmlBody","status":502,"count":6})"},
      {"AnswerCut", R"({"match":{"method":"PUT"},"action":"truncate","count":3})"},
      {"ListCut", R"({"match":{"method":"GET"},"action":"truncate","count":4})"},
      {"DefinitionOperationFails",
       R"({"match":{"method":"PUT","pathRegex":"/images/[^/]+$"},"action":"failOperation","count":1})"},
      {"VersionOperationFails",
       R"({"match":{"method":"PUT","pathContains":"/versions/"},"action":"failOperation","count":2})"},
      {"AccountOperationFails",
       R"({"match":{"method":"PUT","pathRegex":"/labaccounts/[^/]+$"},"action":"failOperation","count":1})"},
      {"Conflict",
       R"({"match":{"method":"PUT"},"action":"fail","status":409,"code":"Conflict","count":4})"},
      {"BusyWithAnother",
       R"({"match":{"method":"PUT"},"action":"fail","status":409,"code":"AnotherOperationInProgress","count":4})"},
      {"TokenRefusedOnce",
       R"({"match":{},"action":"fail","status":401,"code":"ExpiredAuthenticationToken","count":1})"},
      {"RightMissingForAWhile",
       R"({"match":{"method":"PUT"},"action":"fail","status":403,"code":"AuthorizationFailed","count":2})"},
      {"PrincipalUnknownForAWhile",
       R"({"match":{"method":"PUT","pathContains":"/roleassignments/"},"action":"fail","status":400,"code":"PrincipalNotFound","count":3})"},
      {"SourceBusy",
       R"({"match":{"method":"PUT","pathContains":"/versions/"},"action":"fail","status":409,"code":"OperationNotAllowed","message":"Too many requests on source","count":2})"},
      {"GroupMissingForAWhile",
       R"({"match":{"method":"PUT"},"action":"fail","status":404,"code":"ResourceGroupNotFound","count":2})"},
      {"DirectoryDown",
       R"({"match":{"pathContains":"/serviceprincipals"},"action":"fail","status":503,"count":3})"},
      {"GraphDown",
       R"({"match":{"pathContains":"/microsoft.resourcegraph/"},"action":"fail","status":500,"count":5})"},
  };
  return kRows;
}

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
  world.AzureWrites();
  const int before = world.effects().count();
  world.Run(std::chrono::hours(2));
  end.stays = world.AzureWrites().empty() && world.effects().count() == before;
  return end;
}

const std::string& WithoutFaults() {
  static const std::string kAzure = PlayWith({}, 1).azure;
  return kAzure;
}

class Faults : public testing::TestWithParam<Row> {};

TEST_P(Faults, AreOvercomeOneByOne) {
  const End end = PlayWith({GetParam().fault}, 1);
  EXPECT_TRUE(end.settled);
  EXPECT_TRUE(end.stays);
  EXPECT_EQ(end.azure, WithoutFaults());
}

INSTANTIATE_TEST_SUITE_P(Each, Faults, testing::ValuesIn(Rows()),
                         [](const auto& row) { return row.param.name; });

class FaultCombinations : public testing::TestWithParam<std::uint64_t> {};

TEST_P(FaultCombinations, AreOvercomeTogether) {
  SeededRandom random(GetParam());
  std::vector<std::string> faults;
  for (int i = 0; i < 5; ++i) faults.push_back(Rows()[random.Next() % Rows().size()].fault);
  const End end = PlayWith(faults, GetParam());
  EXPECT_TRUE(end.settled);
  EXPECT_TRUE(end.stays);
  EXPECT_EQ(end.azure, WithoutFaults());
}

INSTANTIATE_TEST_SUITE_P(Seeds, FaultCombinations, testing::Range<std::uint64_t>(1, 41));

}  // namespace
}  // namespace labgallery::component
