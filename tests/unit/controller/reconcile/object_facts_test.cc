#include "controller/reconcile/object_facts.h"

#include <gtest/gtest.h>

#include <string>

namespace labgallery::reconcile {
namespace {

TEST(ObjectFacts, AreWhatAStatusSays) {
  const ObjectFacts facts = ReadFacts(
      R"({"conditions":[{"lastTransitionTime":"2026-11-25T17:15:06Z","message":"a \"b\" ]}",)"
      R"("observedGeneration":3,"reason":"RegionFailed","status":"False","type":"Ready"},)"
      R"({"reason":"Estimated","status":"True","type":"CostKnown"}],)"
      R"("cost":{"basis":"upperBound","currency":"USD","monthly":"12.34","oneTime":"0.50"},)"
      R"("effective":[{"field":"adoption","value":"Always"}],)"
      R"("imageCounts":{"enabled":3,"total":5},)"
      R"("regionCounts":{"completed":4,"failed":1,"target":6},)"
      R"("regions":[{"name":"westeurope","progress":100,"state":"Completed"},)"
      R"({"name":"northeurope","state":"Failed"}],"versions":1})");
  ASSERT_EQ(facts.conditions.size(), 2U);
  const auto* ready = facts.Find("Ready");
  ASSERT_NE(ready, nullptr);
  EXPECT_EQ(ready->status, "False");
  EXPECT_EQ(ready->reason, "RegionFailed");
  EXPECT_EQ(ready->transition_time, "2026-11-25T17:15:06Z");
  EXPECT_EQ(facts.Find("Replicated"), nullptr);
  ASSERT_EQ(facts.regions.size(), 2U);
  EXPECT_EQ(facts.regions[1].name, "northeurope");
  EXPECT_EQ(facts.regions[1].state, "Failed");
  ASSERT_TRUE(facts.region_counts && facts.image_counts && facts.cost);
  EXPECT_EQ(facts.region_counts->target, 6);
  EXPECT_EQ(facts.region_counts->completed, 4);
  EXPECT_EQ(facts.region_counts->failed, 1);
  EXPECT_EQ(facts.image_counts->total, 5);
  EXPECT_EQ(facts.image_counts->enabled, 3);
  EXPECT_EQ(facts.cost->monthly, 12.34);
  EXPECT_EQ(facts.cost->one_time, 0.5);
  EXPECT_EQ(facts.cost->currency, "USD");
  EXPECT_EQ(facts.cost->basis, "upperBound");
}

TEST(ObjectFacts, LeaveOutWhatIsNotThere) {
  for (const char* status :
       {"{}", "", "null", "[]", R"({"cost":{"basis":"noPrice","currency":"USD"}})",
        R"({"conditions":{},"regions":7,"cost":"x"})"}) {
    const ObjectFacts facts = ReadFacts(status);
    EXPECT_TRUE(facts.conditions.empty()) << status;
    EXPECT_TRUE(facts.regions.empty()) << status;
    EXPECT_FALSE(facts.region_counts) << status;
    EXPECT_FALSE(facts.cost) << status;
  }
}

}  // namespace
}  // namespace labgallery::reconcile
