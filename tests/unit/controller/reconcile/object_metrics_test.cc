#include "controller/reconcile/object_metrics.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>

#include "controller/reconcile/surroundings.h"

namespace labgallery::reconcile {
namespace {

std::string Ready(const std::string& status, const std::string& reason) {
  return R"({"type":"Ready","status":")" + status + R"(","reason":")" + reason +
         R"(","lastTransitionTime":"1970-01-01T00:01:40Z"})";
}

class ObjectMetricsTest : public testing::Test {
 protected:
  ObjectMetricsTest() {
    for (int i = 0; i < 4; ++i) store_.AddType();
  }

  void Put(runtime::TypeIndex type, const std::string& name, const std::string& status,
           bool deleting = false) {
    runtime::RecordParts parts{.type = type, .status = packer_.Pack(status)};
    parts.meta.name_space = "labs";
    parts.meta.name = name;
    parts.meta.resource_version = "1";
    parts.meta.creation_time = SystemTime(std::chrono::seconds(7));
    if (deleting) parts.meta.deletion_time = SystemTime(std::chrono::seconds(9));
    ASSERT_TRUE(store_.Apply(runtime::MakeRecord(std::move(parts), memory_)));
  }
  void PutImages() {
    Put(kImages, "good",
        R"({"conditions":[)" + Ready("True", "Reconciled") +
            R"(,{"type":"Replicated","status":"True","reason":"Reconciled"}],)" +
            R"("cost":{"basis":"exact","currency":"USD","monthly":"2.50","oneTime":"0.25"},)" +
            R"("regionCounts":{"completed":2,"failed":0,"target":2},)" +
            R"("regions":[{"name":"westeurope","state":"Completed"},)" +
            R"({"name":"northeurope","state":"Completed"}]})");
    Put(kImages, "bad",
        R"({"conditions":[)" + Ready("False", "RegionFailed") + R"(],)" +
            R"("cost":{"basis":"exact","currency":"USD","monthly":"1.25","oneTime":"0"},)" +
            R"("regionCounts":{"completed":1,"failed":1,"target":2},)" +
            R"("regions":[{"name":"westeurope","state":"Completed"},)" +
            R"({"name":"northeurope","state":"Failed"}]})");
    Put(kImages, "new", "{}");
  }
  std::string Scrape(PerObject per_object) {
    telemetry::Metrics metrics;
    AddObjectMetrics(
        metrics, store_,
        [this](const std::string& name_space) { return !others_.contains(name_space); },
        per_object);
    return metrics.Serialise();
  }
  static testing::AssertionResult Shows(const std::string& text, const std::string& line) {
    if (text.find("\n" + line + "\n") != std::string::npos) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "no line " << line << " in\n" << text;
  }

  runtime::Store store_;
  runtime::TextPacker packer_;
  runtime::RecordMemory memory_;
  std::set<std::string> others_;  // namespaces of which another process takes care
};

TEST_F(ObjectMetricsTest, SumUpConditionsRegionsAndCostOfTheImages) {
  PutImages();
  const std::string text = Scrape(PerObject::kNone);
  for (
      const char* line : {
          R"(labgallery_objects{kind="Image"} 3)",
          R"(labgallery_objects{kind="LabAccount"} 0)",
          R"(labgallery_object_conditions{kind="Image",condition="Ready",status="True",reason="Reconciled"} 1)",
          R"(labgallery_object_conditions{kind="Image",condition="Ready",status="False",reason="RegionFailed"} 1)",
          R"(labgallery_object_conditions{kind="Image",condition="Ready",status="Unknown",reason=""} 1)",
          R"(labgallery_object_conditions{kind="Image",condition="Replicated",status="True",reason="Reconciled"} 1)",
          R"(labgallery_replication_regions{region="westeurope",state="Completed"} 2)",
          R"(labgallery_replication_regions{region="northeurope",state="Completed"} 1)",
          R"(labgallery_replication_regions{region="northeurope",state="Failed"} 1)",
          R"(labgallery_replication_targets{state="target"} 4)",
          R"(labgallery_replication_targets{state="completed"} 3)",
          R"(labgallery_replication_targets{state="failed"} 1)",
          R"(labgallery_cost_monthly{currency="USD",basis="exact"} 3.75)",
          R"(labgallery_cost_one_time{currency="USD",basis="exact"} 0.25)",
      }) {
    EXPECT_TRUE(Shows(text, line));
  }
}

TEST_F(ObjectMetricsTest, CountTheCostOfAReplicaOnce) {
  PutImages();
  Put(kGalleries, "teaching",
      R"({"cost":{"basis":"exact","currency":"USD","monthly":"3.75","oneTime":"0.25"}})");
  EXPECT_TRUE(Shows(Scrape(PerObject::kNone),
                    R"(labgallery_cost_monthly{currency="USD",basis="exact"} 3.75)"));
}

TEST_F(ObjectMetricsTest, CountTheSwitchesOfLabAccountsOnly) {
  Put(kLabAccounts, "cs", R"({"imageCounts":{"enabled":3,"total":5}})");
  Put(kGalleries, "teaching", R"({"imageCounts":{"enabled":9,"total":9}})");
  const std::string text = Scrape(PerObject::kNone);
  EXPECT_TRUE(Shows(text, R"(labgallery_account_images{state="enabled"} 3)"));
  EXPECT_TRUE(Shows(text, R"(labgallery_account_images{state="disabled"} 2)"));
}

TEST_F(ObjectMetricsTest, CountObjectsThatWaitForTheirEnd) {
  Put(kLabAccounts, "cs", "{}", true);
  Put(kLabAccounts, "math", "{}");
  EXPECT_TRUE(
      Shows(Scrape(PerObject::kNone), R"(labgallery_objects_deleting{kind="LabAccount"} 1)"));
}

TEST_F(ObjectMetricsTest, LeaveOutWhatAnotherProcessWorksOn) {
  PutImages();
  Put(kLabAccounts, "cs", R"({"imageCounts":{"enabled":3,"total":5}})", true);
  others_ = {"labs"};
  const std::string text = Scrape(PerObject::kAll);
  for (const char* line : {
           R"(labgallery_objects{kind="Image"} 0)",
           R"(labgallery_objects_deleting{kind="LabAccount"} 0)",
           R"(labgallery_replication_targets{state="target"} 0)",
           R"(labgallery_account_images{state="enabled"} 0)",
       }) {
    EXPECT_TRUE(Shows(text, line));
  }
  for (const char* family : {"labgallery_object_conditions{", "labgallery_cost_monthly{",
                             "labgallery_object_ready{", "labgallery_replication_regions{"}) {
    EXPECT_EQ(text.find(family), std::string::npos) << text;
  }
}

struct Row {
  const char* name;
  PerObject per_object;
  int good;
  int bad;
};

class ObjectMetricsOfOne : public ObjectMetricsTest, public testing::WithParamInterface<Row> {};

TEST_P(ObjectMetricsOfOne, AreThereForTheObjectsThatWereAskedFor) {
  PutImages();
  const std::string text = Scrape(GetParam().per_object);
  const auto shows = [&](const std::string& line) { return Shows(text, line) ? 1 : 0; };
  EXPECT_EQ(
      shows(
          R"(labgallery_object_ready{kind="Image",namespace="labs",name="good",reason="Reconciled"} 1)"),
      GetParam().good);
  EXPECT_EQ(shows(R"(labgallery_image_regions{namespace="labs",name="good",state="completed"} 2)"),
            GetParam().good);
  EXPECT_EQ(
      shows(
          R"(labgallery_object_ready{kind="Image",namespace="labs",name="bad",reason="RegionFailed"} 0)"),
      GetParam().bad);
  EXPECT_EQ(
      shows(
          R"(labgallery_object_ready_transition_timestamp_seconds{kind="Image",namespace="labs",name="bad"} 100)"),
      GetParam().bad);
  // Without a status it counts from its creation.
  EXPECT_EQ(
      shows(
          R"(labgallery_object_ready_transition_timestamp_seconds{kind="Image",namespace="labs",name="new"} 7)"),
      GetParam().bad);
  EXPECT_EQ(shows(R"(labgallery_image_regions{namespace="labs",name="bad",state="failed"} 1)"),
            GetParam().bad);
}

INSTANTIATE_TEST_SUITE_P(All, ObjectMetricsOfOne,
                         testing::Values(Row{"None", PerObject::kNone, 0, 0},
                                         Row{"NotReady", PerObject::kNotReady, 0, 1},
                                         Row{"All", PerObject::kAll, 1, 1}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::reconcile
