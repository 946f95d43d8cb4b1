#include <gtest/gtest.h>

#include "tests/unit/src/azure_simulator/cloud.h"

namespace labgallery::azure_simulator {
namespace {

const std::string kGallery = Compute("galleries/teaching");
const std::string kVersion = Compute("galleries/teaching/images/ubuntu/versions/1.0.0");
const std::string kResource = "/simulator/resources?id=";

TEST(Control, NeedsNoTokenAndCountsNoRequest) {
  Cloud cloud;
  EXPECT_EQ(
      cloud
          .Raw({.method = http::Method::kGet, .url = "/simulator/state", .headers = {}, .body = {}})
          .status,
      200);
  EXPECT_EQ(*cloud.Get("/simulator/requests").body.At({"counts", "total"})->AsInteger(), 0);
  EXPECT_EQ(cloud.Get("/simulator/nothing").status, 404);
}

TEST(Control, PutsResourcesThatAreThereAtOnce) {
  Cloud cloud;
  cloud.SeedVersion(R"([{"name": "westeurope"}, {"name": "eastus"}])");
  const Seen seen = cloud.Get(kVersion + "?$expand=ReplicationStatus");
  EXPECT_EQ(seen.state(), "Succeeded");
  EXPECT_EQ(seen.body.Text({"properties", "replicationStatus", "aggregatedState"}), "Completed");
}

TEST(Control, MakesTheResourceGroupButNoParents) {
  Cloud cloud;
  const std::string group = std::string(kSubscription) + "/resourceGroups/fresh";
  cloud.Seed(group + "/providers/Microsoft.Compute/galleries/g", R"({"location": "eastus"})");
  EXPECT_EQ(cloud.Get(group).body.Text({"location"}), "eastus");
  EXPECT_EQ(cloud.Put(kResource + kVersion, VersionBody()).code(), "ParentResourceNotFound");
}

TEST(Control, ChangesAndRemovesFromOutside) {
  Cloud cloud;
  cloud.SeedVersion();
  EXPECT_EQ(cloud
                .Patch(kResource + kGallery,
                       R"({"tags": {"x": "y"}, "properties": {"provisioningState": "Failed"}})")
                .status,
            200);
  const Seen seen = cloud.Get(kGallery);
  EXPECT_EQ(seen.body.Text({"tags", "x"}), "y");
  EXPECT_EQ(seen.state(), "Failed");
  EXPECT_EQ(cloud.Delete(kResource + kGallery).status, 200);
  EXPECT_EQ(cloud.Get(kVersion).status, 404);
  EXPECT_EQ(cloud.Delete(kResource + kGallery).status, 204);
  EXPECT_EQ(cloud.Patch(kResource + kGallery, "{}").status, 404);
  EXPECT_EQ(cloud.Put("/simulator/resources?id=/nonsense", "{}").status, 400);
}

TEST(Control, LogsRequestsWithWhatTheyWere) {
  Cloud cloud;
  cloud.Put(kGallery, R"({"location": "westeurope"})");
  cloud.Get(kGallery);
  const json::Value all = cloud.Get("/simulator/requests").body;
  ASSERT_EQ(all.Find("requests")->AsArray()->size(), 2U);
  const json::Value& put = all.Find("requests")->AsArray()->front();
  EXPECT_EQ(put.Text({"method"}), "PUT");
  EXPECT_EQ(put.Text({"path"}), kGallery);
  EXPECT_EQ(put.Text({"apiVersion"}), "2023-07-03");
  EXPECT_EQ(*put.Find("status")->AsInteger(), 201);
  EXPECT_TRUE(*put.Find("write")->AsBoolean());
  EXPECT_EQ(cloud.Get("/simulator/requests?writes=true").body.Find("requests")->AsArray()->size(),
            1U);
  EXPECT_EQ(cloud.Get("/simulator/requests?since=1").body.Find("requests")->AsArray()->size(), 1U);
  EXPECT_EQ(*all.At({"counts", "byMethod", "PUT"})->AsInteger(), 1);
  cloud.Delete("/simulator/requests");
  EXPECT_EQ(*cloud.Get("/simulator/requests").body.At({"counts", "total"})->AsInteger(), 0);
}

TEST(Control, TakesOnlySettingsThatItKnows) {
  Cloud cloud;
  EXPECT_EQ(cloud.Patch("/simulator/settings", R"({"galleryWrite": 90, "gravity": 9.8})").status,
            400);
  EXPECT_DOUBLE_EQ(*cloud.Get("/simulator/settings").body.Find("galleryWrite")->AsNumber(), 1.0);
  for (const auto* wrong : {R"({"galleryWrite": -1})", R"({"throttling": 1})", R"({"pageSize": 0})",
                            R"({"styles": {"x": "Pigeon"}})", R"({"subscriptions": "all"})"}) {
    EXPECT_EQ(cloud.Patch("/simulator/settings", wrong).status, 400) << wrong;
  }
  cloud.Set(R"({"galleryWrite": 90})");
  cloud.Put(kGallery, R"({"location": "westeurope"})");
  cloud.Pass(std::chrono::seconds(89));
  EXPECT_EQ(cloud.Get(kGallery).state(), "Creating");
}

TEST(Control, SettingsGoBackAsTheyCame) {
  Cloud cloud;
  const json::Value settings = cloud.Get("/simulator/settings").body;
  EXPECT_EQ(cloud.Send(http::Method::kPatch, "/simulator/settings", settings).status, 200);
  EXPECT_EQ(cloud.Get("/simulator/settings").body, settings);
}

TEST(Control, ResetEmptiesTheCloud) {
  Cloud cloud;
  cloud.SeedVersion();
  cloud.Fault(R"({"match": {}, "action": "fail"})");
  EXPECT_EQ(cloud.Post("/simulator/reset").status, 204);
  const json::Value state = cloud.Get("/simulator/state").body;
  EXPECT_TRUE(state.Find("resources")->AsArray()->empty());
  EXPECT_TRUE(state.Find("faults")->AsArray()->empty());
}

TEST(Control, CreatesMissingGroupsWhereThatIsSwitchedOn) {
  Cloud cloud;
  const std::string gallery =
      std::string(kSubscription) + "/resourceGroups/fresh/providers/Microsoft.Compute/galleries/g";
  cloud.Set(R"({"createMissingGroups": true})");
  EXPECT_EQ(cloud.Get(gallery).code(), "ResourceGroupNotFound");
  EXPECT_EQ(cloud.Put(gallery, R"({"location": "westeurope"})").status, 201);
}

}  // namespace
}  // namespace labgallery::azure_simulator
