#include "controller/cli/simulator_control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/cli/embedded_servers.h"
#include "src/base/random.h"

namespace labgallery::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kGroup = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg";
const std::string kGallery = kGroup + "/providers/Microsoft.Compute/galleries/g";

Assumption Put(const std::string& id, const std::string& tag = "") {
  json::Value body;
  body.Set("location", "westeurope");
  if (!tag.empty()) body.Set("tags", {}).Set("made", tag);
  return {.method = "PUT", .id = id, .body = std::move(body)};
}

class SimulatorControlTest : public testing::Test {
 protected:
  RealClock clock_;
  SeededRandom random_{1};
  std::unique_ptr<EmbeddedAzure> azure_ = *EmbeddedAzure::Start(clock_, random_, nullptr);
  SimulatorControl control_{azure_->transport(), kEmbeddedAzure};
};

TEST_F(SimulatorControlTest, RecognisesASimulator) {
  EXPECT_TRUE(*control_.IsThere({}));
  http::InProcessTransport azure(
      [](const http::Request&) -> http::Reply { return http::JsonResponse(404, "{}"); });
  EXPECT_FALSE(*SimulatorControl(azure, "http://localhost:1").IsThere({}));
}

TEST_F(SimulatorControlTest, MakesWhatIsNotThereAndLeavesWhatIs) {
  EXPECT_THAT(*control_.Assume({Put(kGroup), Put(kGallery, "first")}, {}),
              ElementsAre(kGroup, kGallery));
  EXPECT_THAT(*control_.Assume({Put(kGroup), Put(kGallery, "second")}, {}), IsEmpty());
  const auto gallery = azure_->transport().Send(
      {.url = std::string(kEmbeddedAzure) + "/simulator/resources?id=" + kGallery}, {});
  EXPECT_THAT(gallery->body, testing::HasSubstr("first"));
}

TEST_F(SimulatorControlTest, RemovesWhatIsThere) {
  ASSERT_TRUE(control_.Assume({Put(kGroup), Put(kGallery)}, {}));
  const Assumption remove{.method = "DELETE", .id = kGallery, .body = {}};
  EXPECT_THAT(*control_.Assume({remove}, {}), ElementsAre(kGallery));
  EXPECT_THAT(*control_.Assume({remove}, {}), IsEmpty());
}

TEST_F(SimulatorControlTest, SaysWhatTheSimulatorRefuses) {
  const auto made = control_.Assume({Put("/subscriptions/x/nonsense/y")}, {});
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, testing::HasSubstr("/subscriptions/x/nonsense/y"));
}

}  // namespace
}  // namespace labgallery::cli
