// What the operator tells those who watch it: how each pass ended, for metrics, and what its log
// says of an object.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <sstream>

#include "src/base/text.h"
#include "src/json/parse.h"
#include "tests/component/campus.h"

namespace labgallery::component {
namespace {

using testing::Each;
using testing::IsEmpty;
using testing::Not;

class TellingTest : public testing::Test {
 protected:
  TellingTest() { HaveGroup(world_); }

  WorldOptions Options() {
    return {.on_pass =
                [this](const reconcile::PassReport& report) {
                  const std::lock_guard lock(mutex_);
                  if (report.became_ready) times_.push_back(*report.became_ready);
                  if (report.put_back) ++put_back_;
                  if (report.error) errors_.push_back(*report.error);
                },
            .log = &log_};
  }
  void Settled() { ASSERT_TRUE(world_.Settle()) << world_.Remains(); }
  std::vector<json::Value> Lines(std::string_view message) {
    std::vector<json::Value> lines;
    for (const std::string& text : Split(log_.str(), '\n')) {
      auto line = json::Parse(text);
      if (line && line->Text({"msg"}) == message) lines.push_back(*std::move(line));
    }
    return lines;
  }

  std::mutex mutex_;
  std::vector<Duration> times_;            // guarded by mutex_
  int put_back_ = 0;                       // guarded by mutex_
  std::vector<azure::ErrorClass> errors_;  // guarded by mutex_
  std::ostringstream log_;
  World world_{Options()};
};

TEST_F(TellingTest, OneTimeToReadyForAnObjectThatBecomesReadyOnce) {
  world_.StartOperator();
  world_.Apply(Gallery());
  Settled();
  world_.StopOperator();
  ASSERT_EQ(times_.size(), 1U);
  EXPECT_GT(times_[0], Duration(0));
  EXPECT_LT(times_[0], std::chrono::minutes(10));
  EXPECT_EQ(put_back_, 0);
  EXPECT_THAT(errors_, IsEmpty());
}

TEST_F(TellingTest, WhatSomebodyChangedInAzureIsCountedAsPutBack) {
  world_.StartOperator();
  world_.Apply(Gallery("description: ours"));
  Settled();
  json::Value changed = world_.Resource(GalleryId());
  changed.Find("properties")->Set("description", "theirs");
  world_.Put(GalleryId(), changed);
  world_.Run(std::chrono::minutes(20));
  Settled();
  world_.StopOperator();
  EXPECT_EQ(world_.Resource(GalleryId()).Text({"properties", "description"}), "ours");
  EXPECT_EQ(put_back_, 1);
}

TEST_F(TellingTest, AChangeOfTheSpecIsNotCountedAsPutBack) {
  world_.StartOperator();
  world_.Apply(Gallery("description: old"));
  Settled();
  world_.Apply(Gallery("description: new"));
  Settled();
  world_.StopOperator();
  EXPECT_EQ(world_.Resource(GalleryId()).Text({"properties", "description"}), "new");
  EXPECT_EQ(put_back_, 0);
}

TEST_F(TellingTest, AnErrorIsCountedByItsClassAndLoggedWithItsObject) {
  Fault(world_, R"({"match": {"method": "PUT", "pathContains": "/galleries/teaching"},
                    "action": "fail", "status": 409, "code": "ScopeLocked",
                    "message": "locked", "count": 1})");
  world_.StartOperator();
  world_.Apply(Gallery());
  Settled();
  world_.StopOperator();
  ASSERT_FALSE(errors_.empty());
  EXPECT_THAT(errors_, Each(azure::ErrorClass::kLocked));
  const auto lines = Lines("Pass met an error");
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines[0].Text({"level"}), "warning");
  EXPECT_EQ(lines[0].Text({"controller"}), "sharedimagegallery");
  EXPECT_EQ(lines[0].Text({"object"}), "labs/teaching");
  EXPECT_EQ(lines[0].Text({"class"}), azure::Label(azure::ErrorClass::kLocked));
  EXPECT_FALSE(lines[0].Text({"reconcile_id"}).empty());
}

// Azure counts what has gone for 10 to 20 s more: the first attempts to remove what held it fail.
TEST_F(TellingTest, ADeletionThatWaitsForAzureIsNoWarning) {
  HaveManagedImage(world_);
  Hurry(world_);
  Set(world_, "childLagMin", 60);
  Set(world_, "childLagMax", 60);
  world_.StartOperator();
  world_.Apply(Gallery());
  world_.Apply(Image());
  Settled();
  world_.Delete("Image", "ubuntu");
  EXPECT_TRUE(world_.RunUntil([&] { return !world_.Exists("Image", "ubuntu"); }));
  world_.StopOperator();
  const auto lines = Lines("Pass met an error");
  ASSERT_FALSE(lines.empty());
  for (const json::Value& line : lines) {
    EXPECT_EQ(line.Text({"level"}), "info") << json::Dump(line);
    EXPECT_EQ(line.Text({"doing"}), "delete image definition");
  }
}

TEST_F(TellingTest, AWriteIsLoggedWithItsPassWhichAzureKnowsByTheSameId) {
  world_.StartOperator();
  world_.Apply(Gallery());
  Settled();
  world_.StopOperator();
  const auto lines = Lines("Wrote to Azure");
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines[0].Text({"object"}), "labs/teaching");
  EXPECT_THAT(lines[0].Text({"reconcile_id"}), Not(IsEmpty()));
  EXPECT_EQ(lines[0].Text({"reconcile_id"}), lines[0].Text({"correlation_id"}));
  const auto ready = Lines("Became Ready");
  ASSERT_EQ(ready.size(), 1U);
  EXPECT_EQ(ready[0].Text({"reason"}), "Reconciled");
}

}  // namespace
}  // namespace labgallery::component
