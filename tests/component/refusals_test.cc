// What the simulated cloud refuses by itself is told apart as Azure's own refusals are: where Azure
// has no code for a case, its words are what a user's help hangs on.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/component/campus.h"

namespace labgallery::component {
namespace {

using testing::HasSubstr;

struct Row {
  const char* name;
  std::string manifest;
  const char* condition;  // status and reason of Image "fedora"
  const char* remedy;
};

std::string Fedora(const std::string& definition, const std::string& rest) {
  return "apiVersion: labgallery.io/v1alpha1\nkind: Image\n"
         "metadata: {name: fedora, namespace: labs}\n"
         "spec:\n  galleryRef: {name: teaching}\n  definition: " +
         definition +
         "\n  version: 2.0.0\n  source: {managedImageId: " + ComputeId("images", "ubuntu") +
         "}\n  replication: " + rest + "\n";
}

std::string Definition(const std::string& os, const std::string& state,
                       const std::string& generation, const std::string& sku) {
  return "{osType: " + os + ", osState: " + state + ", hyperVGeneration: " + generation +
         ", identifier: {publisher: contoso, offer: labs, sku: " + sku + "}}";
}

class Refusals : public testing::TestWithParam<Row> {};

TEST_P(Refusals, OfTheSimulatorAreUnderstoodAsAzuresAre) {
  const Row& row = GetParam();
  World world;
  ASSERT_NO_FATAL_FAILURE(StartWithGallery(world));
  HaveDefinition(world, "taken");
  world.Apply(row.manifest);
  EXPECT_TRUE(world.RunUntil([&] { return world.Condition("Image", "fedora") == row.condition; }))
      << world.Condition("Image", "fedora") << " " << Message(world, "Image", "fedora");
  EXPECT_THAT(Message(world, "Image", "fedora"), HasSubstr(row.remedy));
}

const std::string kSourceOnly = "{scope: SourceOnly}";

INSTANTIATE_TEST_SUITE_P(
    Azure, Refusals,
    testing::Values(
        Row{"TheIdentifierIsTaken",
            Fedora(Definition("Linux", "Generalized", "V2", "taken"), kSourceOnly),
            "False/InvalidSpec", "Choose another publisher, offer or sku"},
        Row{"TheSourceHasAnotherState",
            Fedora(Definition("Linux", "Specialized", "V2", "f"), kSourceOnly), "False/InvalidSpec",
            "Choose a source that fits spec.definition"},
        Row{"TheSourceHasAnotherGeneration",
            Fedora(Definition("Linux", "Generalized", "V1", "f"), kSourceOnly), "False/InvalidSpec",
            "Choose a source that fits spec.definition"},
        Row{"TheSourceHasAnotherSystem",
            Fedora(Definition("Windows", "Generalized", "V2", "f"), kSourceOnly),
            "False/InvalidSpec", "Choose a source that fits spec.definition"},
        Row{"ARegionHasNoZones",
            Fedora(Definition("Linux", "Generalized", "V2", "f"),
                   "{scope: Regions, regions: [{name: ukwest, storageAccountType: Standard_ZRS}]}"),
            "False/RegionUnavailable", "Set storageAccountType to Standard_LRS or Premium_LRS"}),
    [](const auto& row) { return row.param.name; });

// The service retires: somebody who asks for a new account has to learn what else can be done.
TEST(RetiredService, NamesTheWayOutWhereNoNewAccountIsMade) {
  World world;
  HaveGroup(world);
  Set(world, "newAccountsRefused", true);
  world.StartOperator();
  world.Apply(Account(""));
  EXPECT_TRUE(world.RunUntil([&] {
    return world.Condition("LabAccount", "cs") == "False/AzureError";
  })) << world.Condition("LabAccount", "cs");
  EXPECT_THAT(Message(world, "LabAccount", "cs"), HasSubstr("or use service LabPlan"));
  EXPECT_THAT(Message(world, "LabAccount", "cs"), testing::Not(HasSubstr("..")));
  const std::size_t before = ToAzure(world.effects().log()).size();
  world.Run(std::chrono::hours(1));
  EXPECT_LE(ToAzure(world.effects().log()).size(), before + 14) << "nobody is hammered";
}

}  // namespace
}  // namespace labgallery::component
