#include "src/kube/model/object.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/json/parse.h"

namespace labgallery::kube {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr SystemTime kThen = std::chrono::sys_days(std::chrono::year(2026) / 11 / 25) + 17h;
constexpr SystemTime kNow = kThen + 1h;

json::Value Read(std::string_view text) { return json::Parse(text).value(); }

TEST(ReadMeta, ReadsEveryField) {
  const auto meta = ReadMeta(Read(R"({"metadata":{"name":"teaching","namespace":"labs","uid":"u-1",
      "resourceVersion":"42","generation":3,"creationTimestamp":"2026-11-25T17:00:00Z",
      "deletionTimestamp":"2026-11-25T18:00:00Z","finalizers":["a","b"],"labels":{"l":"1"},
      "annotations":{"example.com/x":"y"}}})"));
  ASSERT_TRUE(meta);
  EXPECT_EQ(*meta, (ObjectMeta{.name = "teaching",
                               .name_space = "labs",
                               .uid = "u-1",
                               .resource_version = "42",
                               .generation = 3,
                               .creation_time = kThen,
                               .deletion_time = kNow,
                               .finalizers = {"a", "b"},
                               .labels = {{"l", "1"}},
                               .annotations = {{"example.com/x", "y"}}}));
  EXPECT_EQ(meta->key(), (ObjectKey{"labs", "teaching"}));
  EXPECT_TRUE(meta->HasFinalizer("b"));
  EXPECT_FALSE(meta->HasFinalizer("c"));
}

TEST(ReadMeta, RefusesAnObjectWithoutName) {
  EXPECT_EQ(ReadMeta(Read(R"({"metadata":{}})")).error().kind, ErrorKind::kProtocol);
  EXPECT_EQ(ReadMeta(Read("{}")).error().kind, ErrorKind::kProtocol);
}

TEST(ReadMeta, SaysWhichTimeCannotBeRead) {
  EXPECT_THAT(ReadMeta(Read(R"({"metadata":{"name":"x","creationTimestamp":"yesterday"}})"))
                  .error()
                  .message,
              HasSubstr("metadata.creationTimestamp: expected an RFC 3339 time"));
}

TEST(ResourceType, WritesTheCoreGroupWithoutItsName) {
  EXPECT_EQ((ResourceType{"labs.example", "v1", "Lab", "labs"}).ApiVersion(), "labs.example/v1");
  EXPECT_EQ((ResourceType{"", "v1", "Secret", "secrets"}).ApiVersion(), "v1");
}

TEST(ObjectKey, IsWrittenWithItsNamespace) {
  EXPECT_EQ((ObjectKey{"labs", "x"}).ToString(), "labs/x");
  EXPECT_EQ((ObjectKey{"", "x"}).ToString(), "x");
}

TEST(Condition, SurvivesJson) {
  const Condition condition{.type = "Ready",
                            .status = ConditionStatus::kFalse,
                            .reason = "Creating",
                            .message = "m",
                            .observed_generation = 2,
                            .last_transition_time = kThen};
  EXPECT_EQ(*ReadConditions(json::Value::Array{ToJson(condition)}), std::vector{condition});
}

TEST(ReadConditions, ReadsAStatusItDoesNotKnowAsUnknown) {
  const auto conditions = ReadConditions(Read(R"([{"type":"Ready","status":"Perhaps"}])"));
  ASSERT_TRUE(conditions);
  EXPECT_EQ(conditions->front().status, ConditionStatus::kUnknown);
  EXPECT_TRUE(ReadConditions(json::Value())->empty());
  EXPECT_FALSE(ReadConditions(Read(R"([{"status":"True"}])")));
}

TEST(ReadConditions, NamesTheConditionThatIsNoObject) {
  EXPECT_EQ(ReadConditions(Read(R"([{"type":"Ready","status":"True"},7])")).error().message,
            "conditions[1]: expected object, got integer; conditions[1].type: is required; "
            "conditions[1].status: is required");
  EXPECT_EQ(ReadConditions(json::Value("none")).error().message,
            "conditions: expected array, got string");
}

TEST(KeepTransitionTimes, KeepsTheTimeWhereTheStatusDidNotFlip) {
  const std::vector<Condition> present{
      {.type = "Ready",
       .status = ConditionStatus::kTrue,
       .reason = "Old",
       .last_transition_time = kThen},
      {.type = "Replicated", .status = ConditionStatus::kFalse, .last_transition_time = kThen}};
  const auto kept =
      KeepTransitionTimes({{.type = "Ready", .status = ConditionStatus::kTrue, .reason = "New"},
                           {.type = "Replicated", .status = ConditionStatus::kTrue},
                           {.type = "CostKnown", .status = ConditionStatus::kTrue}},
                          present, kNow + 5us);
  EXPECT_EQ(FindCondition(kept, "Ready")->last_transition_time, kThen);
  EXPECT_EQ(FindCondition(kept, "Ready")->reason, "New");
  EXPECT_EQ(FindCondition(kept, "Replicated")->last_transition_time, kNow);
  EXPECT_EQ(FindCondition(kept, "CostKnown")->last_transition_time, kNow);
  EXPECT_EQ(FindCondition(kept, "Absent"), nullptr);
}

}  // namespace
}  // namespace labgallery::kube
