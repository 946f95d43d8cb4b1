// What no source says of Azure can be switched in the simulator. One story, played with each switch
// both ways, has to end the same: the operator relies on neither.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

#include "tests/component/campus.h"

namespace labgallery::component {
namespace {

using testing::ElementsAre;
using testing::Pair;

class DoubtTest : public testing::TestWithParam<std::tuple<const char*, bool>> {
 protected:
  DoubtTest() {
    HaveGroup(world_);
    Hurry(world_);
    HaveManagedImage(world_);
    Set(world_, std::get<0>(GetParam()), std::get<1>(GetParam()));
    world_.StartOperator();
  }

  void Want(const std::string& tag, const std::string& region, const std::string& state) {
    world_.Apply(Gallery("tags: {" + tag + ": x}"));
    world_.Apply(Image("replication: {scope: Regions, regions: [{name: " + region + "}]}"));
    world_.Apply(
        Account("gallery: {state: Attached, ref: {name: teaching}, onDelete: Detach}\n"
                "images: {default: " +
                state + "}"));
    ASSERT_TRUE(world_.Settle()) << world_.Remains();
  }

  World world_;
};

TEST_P(DoubtTest, LeadsToTheSameEndEitherWay) {
  Want("first", "northeurope", "Disabled");
  Want("second", "eastus", "Enabled");
  EXPECT_THAT(Targets(world_, VersionId()), ElementsAre(Pair("eastus", 1), Pair("westeurope", 1)));
  EXPECT_THAT(Attached(world_), ElementsAre("teaching"));
  EXPECT_EQ(SwitchOf(world_, "ubuntu"), "Enabled");
  const json::Value gallery = world_.Resource(GalleryId());
  EXPECT_EQ(gallery.Text({"tags", "second"}), "x");
  EXPECT_EQ(gallery.Text({"tags", "first"}), "x") << "not named any more, so nobody's business";
  ExpectConverged(world_);
  world_.Delete("LabAccount", "cs");
  world_.Delete("Image", "ubuntu");
  world_.Delete("SharedImageGallery", "teaching");
  ASSERT_TRUE(world_.Settle()) << world_.Remains();
  EXPECT_EQ(world_.Resource(GalleryId()), json::Value());
}

constexpr const char* kDoubts[] = {
    "allowAndRemoveAtOnce",  "attachGrantsRole",      "attachNeedsRole",
    "enableStateCapital",    "failedRegionsRetried",  "patchMergesTags",
    "readOnlyStateRefused",  "rolePrefixStripped",    "programmaticRegionsInStatus",
    "secondGalleryAccepted", "upperCaseGroupInLists", "writeWhileBusyAccepted"};

INSTANTIATE_TEST_SUITE_P(All, DoubtTest,
                         testing::Combine(testing::ValuesIn(kDoubts), testing::Bool()),
                         [](const auto& test) {
                           return std::string(std::get<0>(test.param)) +
                                  (std::get<1>(test.param) ? "On" : "Off");
                         });

}  // namespace
}  // namespace labgallery::component
