#include "controller/cli/apply_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/controller/cli/manifest_files_for_tests.h"

namespace labgallery::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string Gallery(const std::string& name, const std::string& group = "rg") {
  return "apiVersion: labgallery.io/v1alpha1\nkind: SharedImageGallery\n"
         "metadata: {name: " +
         name + ", namespace: labs}\n" +
         "spec: {subscriptionId: 00000000-0000-0000-0000-000000000001, resourceGroup: " + group +
         ", location: northeurope}\n---\n";
}

ApplyInput Read(const std::vector<std::string>& paths, ApplyInputOptions options = {}) {
  return ReadApplyInput(paths, Kinds(), options);
}

TEST(ApplyInput, IsOneStepForPlainFiles) {
  const Folder folder;
  folder.Write("a.yaml", Gallery("a"));
  folder.Write("deep/b.yaml", Gallery("b"));
  const ApplyInput input = Read({folder.path()});
  EXPECT_THAT(input.errors, IsEmpty());
  ASSERT_THAT(input.steps, SizeIs(1));
  EXPECT_THAT(input.steps.front().objects, SizeIs(2));
}

TEST(ApplyInput, HasTheStepsOfAStoryInTheirOrder) {
  const Folder folder;
  folder.Write("10/a.yaml", Gallery("third"));
  folder.Write("2/a.yaml", Gallery("second"));
  folder.Write("1/a.yaml", Gallery("first"));
  folder.Write("azure.json",
               R"([{"method": "PUT", "id": "/subscriptions/s/resourceGroups/rg", "body": {}}])");
  const ApplyInput input = Read({folder.path()});
  EXPECT_THAT(input.errors, IsEmpty());
  EXPECT_THAT(input.assumptions, SizeIs(1));
  std::vector<std::string> names;
  for (const Manifests& step : input.steps) names.push_back(step.objects.front().key.name);
  EXPECT_THAT(names, ElementsAre("first", "second", "third"));
}

TEST(ApplyInput, RefusesAStoryBesideOtherPaths) {
  const Folder folder;
  folder.Write("story/1/a.yaml", Gallery("a"));
  const std::string other = folder.Write("b.yaml", Gallery("b"));
  const ApplyInput input = Read({folder.path() + "/story", other});
  ASSERT_FALSE(input.errors.empty());
  EXPECT_THAT(input.errors.front().reason, HasSubstr("numbered steps"));
}

TEST(ApplyInput, CollectsTheErrorsOfAllSteps) {
  const Folder folder;
  folder.Write("1/a.yaml", "kind: Nonsense");
  folder.Write("2/a.yaml", "kind: Nonsense");
  EXPECT_THAT(Read({folder.path()}).errors, SizeIs(testing::Ge(2U)));
}

TEST(ApplyInput, ReadsStandardInput) {
  const ApplyInput input =
      Read({"-"}, {.read_stdin = []() -> Result<std::string> { return Gallery("a"); }});
  EXPECT_THAT(input.errors, IsEmpty());
  EXPECT_EQ(input.steps.front().objects.front().key.name, "a");
}

}  // namespace
}  // namespace labgallery::cli
