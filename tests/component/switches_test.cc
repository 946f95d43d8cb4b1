// The images that teachers see, end to end: defaults and overrides, several switched at once, put
// back after somebody turned one, left alone where nobody asked.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/component/campus.h"

namespace labgallery::component {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class SwitchesTest : public testing::Test {
 protected:
  SwitchesTest() {
    HaveGallery(world_);
    for (const char* image : {"ubuntu", "windows", "maths"}) {
      HaveDefinition(world_, image);
      HaveVersion(world_, "1.0.0", image);
    }
    HaveAccount(world_);
    HaveAttachment(world_);
    world_.StartOperator();
  }
  void Settled() { ASSERT_TRUE(world_.Settle()) << world_.Remains(); }
  void Want(const std::string& images) {
    world_.Apply(Account("adoption: Always\ngallery: {state: Attached, ref: {resourceId: " +
                         GalleryId() + "}}\n" + images));
  }
  std::string Shown() {
    return std::string(world_.Object("LabAccount", "cs").Text({"status", "imagesEnabled"}));
  }
  void Turn(const std::string& image, const std::string& state) {
    json::Value body;
    body.Set("properties", {}).Set("enableState", state);
    world_.Put(SwitchId(image), body);
  }
  std::size_t Switched() { return Count(ToAzure(world_.effects().log()), "/sharedimages/"); }

  World world_;
};

struct Wish {
  std::string name;
  std::string images;
  std::string ubuntu, windows, maths;
};

class SwitchWishes : public SwitchesTest, public testing::WithParamInterface<Wish> {};

TEST_P(SwitchWishes, AreFulfilledAndShown) {
  Turn("maths", "Disabled");
  Want(GetParam().images);
  Settled();
  EXPECT_EQ(SwitchOf(world_, "ubuntu"), GetParam().ubuntu);
  EXPECT_EQ(SwitchOf(world_, "windows"), GetParam().windows);
  EXPECT_EQ(SwitchOf(world_, "maths"), GetParam().maths);
  const json::Value account = world_.Object("LabAccount", "cs");
  EXPECT_EQ(account.At({"status", "images"})->AsArray()->size(), 3U);
  EXPECT_EQ(Number(account, {"status", "imageCounts", "total"}), 3);
  ExpectConverged(world_);
}

INSTANTIATE_TEST_SUITE_P(
    Switches, SwitchWishes,
    testing::Values(
        Wish{"DefaultEnabled", "images: {default: Enabled}", "Enabled", "Enabled", "Enabled"},
        Wish{"DefaultDisabled", "images: {default: Disabled}", "Disabled", "Disabled", "Disabled"},
        Wish{"DefaultDisabledWithOverride",
             "images: {default: Disabled, overrides: [{definitionName: windows, state: Enabled}]}",
             "Disabled", "Enabled", "Disabled"},
        Wish{"Keep", "images: {default: Keep}", "Enabled", "Enabled", "Disabled"},
        Wish{"NoDefaultMeansKeep",
             "images: {overrides: [{definitionName: ubuntu, state: Disabled}]}", "Disabled",
             "Enabled", "Disabled"},
        Wish{"OverrideOfAnImageThatIsNotThere",
             "images: {default: Enabled, overrides: [{definitionName: nowhere, state: Disabled}]}",
             "Enabled", "Enabled", "Enabled"},
        Wish{"AbsentTouchesNothing", "", "Enabled", "Enabled", "Disabled"}),
    [](const auto& row) { return row.param.name; });

TEST_F(SwitchesTest, AreWrittenOnlyWhereTheyDiffer) {
  Turn("maths", "Disabled");
  Want("images: {default: Disabled}");
  Settled();
  EXPECT_EQ(Switched(), 2U);
}

TEST_F(SwitchesTest, ArePutBackAfterSomebodyTurnedOneAndTheEventSaysSo) {
  Want("images: {default: Enabled, overrides: [{definitionName: windows, state: Disabled}]}");
  Settled();
  EXPECT_EQ(Shown(), "2/3");
  EXPECT_EQ(Count(world_.Events(), "DriftPutBack"), 0U);
  Turn("windows", "Enabled");
  EXPECT_TRUE(world_.RunUntil([&] { return SwitchOf(world_, "windows") == "Disabled"; },
                              std::chrono::minutes(10)));
  EXPECT_EQ(world_.Condition("LabAccount", "cs"), "True/Reconciled") << "Azure served it on";
  Settled();
  EXPECT_EQ(Count(world_.Events(), "LabAccount/cs DriftPutBack"), 1U);
  ExpectConverged(world_);
}

TEST_F(SwitchesTest, OfNewImagesFollowTheDefault) {
  Want("images: {default: Disabled}");
  Settled();
  HaveDefinition(world_, "chemistry");
  HaveVersion(world_, "1.0.0", "chemistry");
  EXPECT_TRUE(world_.RunUntil([&] { return SwitchOf(world_, "chemistry") == "Disabled"; },
                              std::chrono::minutes(10)));
  EXPECT_TRUE(world_.RunUntil([&] { return Shown() == "0/4"; }));
  EXPECT_EQ(Count(world_.Events(), "DriftPutBack"), 0U) << "a new image is no drift";
  Settled();
  ExpectConverged(world_);
}

TEST_F(SwitchesTest, TurnedFromOutsideAreLeftWhereImagesIsAbsent) {
  Want("");
  Settled();
  Turn("ubuntu", "Disabled");
  world_.Run(std::chrono::hours(1));
  EXPECT_EQ(SwitchOf(world_, "ubuntu"), "Disabled");
  EXPECT_EQ(Shown(), "2/3") << "read and reported";
  EXPECT_EQ(Switched(), 0U);
}

TEST_F(SwitchesTest, OfManyImagesAreAllSwitched) {
  for (int i = 0; i < 45; ++i) {
    HaveDefinition(world_, "image-" + std::to_string(i));
    HaveVersion(world_, "1.0.0", "image-" + std::to_string(i));
  }
  Want("images: {default: Disabled}");
  Settled();
  EXPECT_EQ(Shown(), "0/48");
  EXPECT_EQ(Switched(), 48U);
  ExpectConverged(world_);
}

class OsStateTest : public SwitchesTest {
 protected:
  OsStateTest() {
    HaveDefinition(world_, "kiosk", "teaching", "Specialized");
    HaveVersion(world_, "1.0.0", "kiosk");
  }
  std::string Reason() {
    const json::Value account = world_.Object("LabAccount", "cs");
    for (const json::Value& image : *account.At({"status", "images"})->AsArray()) {
      if (image.Text({"definitionName"}) == "kiosk") return std::string(image.Text({"reason"}));
    }
    return "not listed";
  }
};

TEST_F(OsStateTest, SpecializedImagesAreReportedAndDisabledByDefault) {
  Want("images: {default: Enabled}");
  Settled();
  EXPECT_EQ(SwitchOf(world_, "kiosk"), "Disabled");
  EXPECT_EQ(SwitchOf(world_, "ubuntu"), "Enabled");
  EXPECT_THAT(Reason(), HasSubstr("Specialized"));
  EXPECT_EQ(Shown(), "3/4");
  ExpectConverged(world_);
}

TEST_F(OsStateTest, AnOverrideDoesNotEnableASpecializedImage) {
  Want("images: {overrides: [{definitionName: kiosk, state: Enabled}]}");
  Settled();
  EXPECT_EQ(SwitchOf(world_, "kiosk"), "Disabled");
}

TEST_F(OsStateTest, SpecializedImagesAreNotTouchedUnderKeep) {
  Want("images: {default: Keep}");
  Settled();
  EXPECT_EQ(SwitchOf(world_, "kiosk"), "Enabled");
  EXPECT_THAT(Reason(), HasSubstr("Specialized"));
  EXPECT_EQ(Switched(), 0U);
}

TEST_F(OsStateTest, SpecializedImagesAreEnabledWhereTheyAreAllowed) {
  Want("images: {default: Enabled, allowedOSStates: [Generalized, Specialized]}");
  Settled();
  EXPECT_EQ(SwitchOf(world_, "kiosk"), "Enabled");
  EXPECT_EQ(Reason(), "");
}

}  // namespace
}  // namespace labgallery::component
