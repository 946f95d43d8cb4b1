#include <gtest/gtest.h>

#include <filesystem>

#include "src/http/model/url.h"
#include "src/json/parse.h"
#include "src/state/store.h"
#include "tests/unit/src/azure_simulator/cloud.h"

namespace labgallery::azure_simulator {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const std::string kVersion = Compute("galleries/teaching/images/ubuntu/versions/1.0.0");

/// A cloud on a file of its own, that can be stopped and started.
class StoredCloud : public testing::Test {
 protected:
  StoredCloud() {
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("azure_state_" +
               std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    Start();
  }
  ~StoredCloud() override {
    Stop();
    std::filesystem::remove_all(folder_);
  }

  void Start() {
    auto store = state::Store::Open((folder_ / "cloud.db").string());
    ASSERT_TRUE(store.has_value()) << store.error().ToString();
    store_.emplace(*std::move(store));
    auto simulator = Simulator::Restore(clock_, random_, {}, *store_);
    ASSERT_TRUE(simulator.has_value()) << simulator.error().ToString();
    simulator_ = *std::move(simulator);
  }
  void Stop() {
    simulator_.reset();
    store_.reset();
  }
  void Restart() {
    Stop();
    Start();
  }

  Seen Send(http::Method method, const std::string& url, const std::string& body = "") {
    http::Reply reply =
        simulator_->Handle({.method = method,
                            .url = url,
                            .headers = {{"Authorization", "Bearer x"}, {"Host", "azure.test"}},
                            .body = body});
    const auto& response = std::get<http::Response>(reply);
    Seen seen{response.status, response.headers, response.body, {}};
    if (auto parsed = json::Parse(response.body)) seen.body = *std::move(parsed);
    return seen;
  }
  Seen Get(const std::string& id) {
    return Send(http::Method::kGet, id + "?api-version=2023-07-03&$expand=ReplicationStatus");
  }
  void Seed(const std::string& id, const std::string& body) {
    const Seen seen = Send(http::Method::kPut, "/simulator/resources?id=" + id, body);
    ASSERT_LT(seen.status, 300) << seen.text;
  }
  void SeedGallery() {
    Seed(Compute("galleries/teaching"), R"({"location": "westeurope"})");
    Seed(Compute("galleries/teaching/images/ubuntu"), R"({"location": "westeurope", "properties": {
      "osType": "Linux", "osState": "Generalized", "identifier": {"publisher": "p", "offer": "o", "sku": "s"}}})");
    Seed(Compute("images/source"), R"({"location": "westeurope"})");
  }

  LeapingClock clock_{std::chrono::sys_days(std::chrono::year(2026) / 11 / 25)};
  SeededRandom random_{7};
  std::filesystem::path folder_;
  std::optional<state::Store> store_;
  std::unique_ptr<Simulator> simulator_;
};

TEST_F(StoredCloud, GoesOnWithItsOperationsAfterARestart) {
  SeedGallery();
  const Seen put = Send(http::Method::kPut, kVersion + "?api-version=2023-07-03",
                        VersionBody(R"([{"name": "westeurope"}, {"name": "northeurope"}])"));
  ASSERT_EQ(put.status, 201) << put.text;
  clock_.Advance(minutes(3));
  const Seen before = Get(kVersion);
  Restart();
  EXPECT_EQ(Get(kVersion).body, before.body);
  const std::string operation = http::ParseUrl(put.Header("Azure-AsyncOperation"))->target();
  EXPECT_EQ(Send(http::Method::kGet, operation).body.Text({"status"}), "InProgress");
  clock_.Advance(minutes(30));
  EXPECT_EQ(Get(kVersion).state(), "Succeeded");
  EXPECT_EQ(Send(http::Method::kGet, operation).body.Text({"status"}), "Succeeded");
}

TEST_F(StoredCloud, FinishesADeleteAfterARestart) {
  SeedGallery();
  Seed(kVersion, VersionBody());
  ASSERT_EQ(Send(http::Method::kDelete, kVersion + "?api-version=2023-07-03").status, 202);
  Restart();
  EXPECT_EQ(Get(kVersion).state(), "Deleting");
  clock_.Advance(minutes(3));
  EXPECT_EQ(Get(kVersion).status, 404);
  Restart();
  EXPECT_EQ(Get(kVersion).status, 404);
}

TEST_F(StoredCloud, PutsAnImageThatWasBeingSavedIntoItsGalleryAfterARestart) {
  SeedGallery();
  const std::string plan = LabServices("labPlans/cs");
  const std::string machine = LabServices("labs/course/virtualMachines/template");
  Seed(plan, R"({"location": "westeurope", "properties": {"sharedGalleryId": ")" +
                 Compute("galleries/teaching") + "\"}}");
  Seed(LabServices("labs/course"), R"({"location": "westeurope"})");
  Seed(machine, R"({"location": "westeurope", "properties": {"osType": "Windows"}})");
  ASSERT_EQ(Send(http::Method::kPost, plan + "/saveImage?api-version=2023-06-07",
                 R"({"name": "saved", "labVirtualMachineId": ")" + machine + "\"}")
                .status,
            202);
  Restart();
  const std::string saved = Compute("galleries/teaching/images/saved");
  EXPECT_EQ(Get(saved).status, 404) << "it takes a while";
  clock_.Advance(std::chrono::hours(1));
  EXPECT_EQ(Get(saved).body.Text({"properties", "osType"}), "Windows");
  EXPECT_EQ(Get(saved + "/versions/0.1.0").state(), "Succeeded");
  Restart();
  clock_.Advance(std::chrono::hours(1));
  EXPECT_EQ(Get(saved + "/versions").count(), 1U);
}

TEST_F(StoredCloud, KeepsSettingsRolesAndRegistrations) {
  Send(http::Method::kPatch, "/simulator/settings",
       R"({"pageSize": 3, "unregisteredProviders": ["microsoft.compute"]})");
  SeedGallery();
  const std::string provider = std::string(kSubscription) + "/providers/Microsoft.Compute";
  Send(http::Method::kPost, provider + "/register?api-version=2021-04-01");
  const std::string role =
      Compute("galleries/teaching") +
      "/providers/Microsoft.Authorization/roleAssignments/11111111-1111-1111-1111-111111111111";
  ASSERT_EQ(Send(http::Method::kPut, role + "?api-version=2022-04-01",
                 R"({"properties": {"roleDefinitionId": "x/b24988ac-6180-42a0-ab88-20f7382dd24c",
                     "principalId": "99999999-9999-9999-9999-999999999999"}})")
                .status,
            201);
  Restart();
  EXPECT_EQ(*Send(http::Method::kGet, "/simulator/settings").body.Find("pageSize")->AsInteger(), 3);
  EXPECT_EQ(Send(http::Method::kGet, provider + "?api-version=2021-04-01")
                .body.Text({"registrationState"}),
            "Registered");
  EXPECT_EQ(Send(http::Method::kGet, role + "?api-version=2022-04-01").status, 200);
}

TEST_F(StoredCloud, NeverGoesBackInItsOwnTime) {
  SeedGallery();
  clock_.Advance(std::chrono::hours(10));
  Seed(kVersion, VersionBody());
  Stop();
  LeapingClock earlier(std::chrono::sys_days(std::chrono::year(2026) / 11 / 25));
  auto store = state::Store::Open((folder_ / "cloud.db").string());
  ASSERT_TRUE(store.has_value());
  auto simulator = Simulator::Restore(earlier, random_, {}, *store);
  ASSERT_TRUE(simulator.has_value());
  simulator_ = *std::move(simulator);
  EXPECT_EQ(Get(kVersion).body.Text({"properties", "replicationStatus", "aggregatedState"}),
            "Completed");
  simulator_.reset();
}

TEST_F(StoredCloud, ForgetsWhatAResetRemoved) {
  SeedGallery();
  Send(http::Method::kPost, "/simulator/reset");
  Restart();
  EXPECT_TRUE(
      Send(http::Method::kGet, "/simulator/state").body.Find("resources")->AsArray()->empty());
}

}  // namespace
}  // namespace labgallery::azure_simulator
