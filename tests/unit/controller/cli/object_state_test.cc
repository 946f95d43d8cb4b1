#include "controller/cli/object_state.h"

#include <gtest/gtest.h>

#include "src/json/parse.h"

namespace labgallery::cli {
namespace {

const ObjectFacts kImage{.key = {1, {"labs", "ubuntu"}}, .kind = "Image", .generation = 2};

ObjectState Read(const std::string& status, const ObjectFacts& facts = kImage) {
  return ReadObjectState(facts, *json::Parse(status));
}

std::string Ready(const std::string& status, int generation = 2) {
  return R"("observedGeneration": )" + std::to_string(generation) +
         R"(, "conditions": [{"type": "Ready", "status": ")" + status +
         R"(", "reason": "Reconciled", "message": "all is well", "observedGeneration": 2,
              "lastTransitionTime": "2026-11-25T00:00:00Z"}])";
}

TEST(ObjectState, ShowsReadyWithReasonAndMessage) {
  const ObjectState state = Read("{" + Ready("True") + "}");
  EXPECT_TRUE(state.IsReady());
  EXPECT_EQ(state.reason, "Reconciled");
  EXPECT_EQ(state.message, "all is well");
  EXPECT_EQ(state.Name(), "labs/ubuntu");
}

TEST(ObjectState, IsNotReadyWithAStatusOfAnEarlierSpec) {
  const ObjectState state = Read("{" + Ready("True", 1) + "}");
  EXPECT_FALSE(state.IsReady());
  EXPECT_FALSE(state.ready);
  EXPECT_EQ(state.reason, "Waiting");
}

TEST(ObjectState, IsNotReadyWhileItIsDeleted) {
  ObjectFacts facts = kImage;
  facts.deleting = true;
  EXPECT_FALSE(Read("{" + Ready("True") + "}", facts).IsReady());
}

TEST(ObjectState, WaitsWhileThereIsNoStatus) {
  const ObjectState state = ReadObjectState(kImage, json::Value());
  EXPECT_FALSE(state.IsReady());
  EXPECT_EQ(state.reason, "Waiting");
  EXPECT_EQ(state.details, "");
}

TEST(ObjectState, ShowsRegionsVersionAndCostOfAnImage) {
  const ObjectState state =
      Read("{" + Ready("False") + R"(, "version": "1.0.0", "replicated": "1/2",
      "cost": {"monthly": "12.34", "oneTime": "1.20", "currency": "EUR", "basis": "upperBound"},
      "regions": [{"name": "westeurope", "state": "Completed", "progress": 100},
                  {"name": "northeurope", "state": "Replicating", "progress": 40}]})");
  EXPECT_EQ(state.replicated, "1/2");
  EXPECT_EQ(state.details, "version 1.0.0, regions 1/2");
  EXPECT_EQ(state.cost, "<= 12.34 EUR/month + 1.20 once");
  ASSERT_EQ(state.regions.size(), 2U);
  EXPECT_EQ(state.regions[1], (RegionState{"northeurope", "Replicating", 40}));
}

TEST(ObjectState, ShowsNoCostWhereThereIsNoAmount) {
  EXPECT_EQ(Read("{" + Ready("True") + R"(, "cost": {"basis": "noPrice"}})").cost, "");
}

TEST(ObjectState, LeavesOutAOneTimeCostOfNothing) {
  EXPECT_EQ(Read("{" + Ready("True") +
                 R"(, "cost": {"monthly": "1.00", "oneTime": "0.00", "currency": "USD",
                               "basis": "occupied"}})")
                .cost,
            "1.00 USD/month");
}

TEST(ObjectState, ShowsGalleryAndSwitchesOfAnAccount) {
  EXPECT_EQ(Read("{" + Ready("True") +
                 R"(, "gallery": {"name": "teaching"}, "imagesEnabled": "2/3",
                       "imageCounts": {"total": 3}})")
                .details,
            "gallery teaching, images on 2/3");
}

TEST(ObjectState, ShowsImagesAndAccountsOfAGallery) {
  EXPECT_EQ(
      Read("{" + Ready("True") + R"(, "imageCounts": {"total": 3}, "attachedCount": 1})").details,
      "images 3, attached to 1");
}

}  // namespace
}  // namespace labgallery::cli
