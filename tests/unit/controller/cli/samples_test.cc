// Every story of manifests/samples is good input, at each of its moments.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "controller/cli/input_story.h"
#include "src/base/text.h"
#include "tests/unit/controller/cli/manifest_files_for_tests.h"

namespace labgallery::cli {
namespace {

using testing::IsEmpty;
using testing::Not;

std::vector<std::string> StoryFolders() {
  std::vector<std::string> folders;
  const char* root = std::getenv("LABGALLERY_SOURCE_DIR");
  if (root == nullptr) return folders;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(root) / "manifests" / "samples")) {
    if (entry.is_directory()) folders.push_back(entry.path().string());
  }
  return folders;
}

/// "/subscriptions/<id>/resourceGroups/<name>" of an Azure id, in lower case.
std::string GroupOf(const std::string& id) {
  const std::vector<std::string> pieces = Split(Lower(id), '/');
  return pieces.size() < 5 ? "" : Join({pieces.begin(), pieces.begin() + 5}, "/");
}

TEST(Samples, AreThere) { EXPECT_THAT(StoryFolders(), Not(IsEmpty())); }

TEST(Samples, AreGoodInputAtEachOfTheirMoments) {
  for (const std::string& folder : StoryFolders()) {
    std::vector<InputError> errors;
    const Story story = ReadStory(folder, errors);
    EXPECT_THAT(errors, IsEmpty()) << ToString(errors);
    for (const std::string& step : story.steps) {
      const Manifests manifests = Load({step});
      EXPECT_THAT(manifests.errors, IsEmpty()) << ToString(manifests.errors);
    }
  }
}

TEST(Samples, SayWhichResourceGroupsTheyAssume) {
  for (const std::string& folder : StoryFolders()) {
    std::vector<InputError> errors;
    const Story story = ReadStory(folder, errors);
    std::set<std::string> groups;
    for (const Assumption& assumption : story.assumptions) {
      if (GroupOf(assumption.id) == Lower(assumption.id)) groups.insert(Lower(assumption.id));
    }
    for (const Assumption& assumption : story.assumptions) {
      EXPECT_TRUE(groups.contains(GroupOf(assumption.id))) << folder << ": " << assumption.id;
    }
    for (const std::string& step : story.steps) {
      for (const Manifest& manifest : Load({step}).objects) {
        const std::string group(manifest.object.Text({"spec", "resourceGroup"}));
        if (group.empty()) continue;
        const std::string subscription(manifest.object.Text({"spec", "subscriptionId"}));
        EXPECT_TRUE(
            groups.contains(Lower("/subscriptions/" + subscription + "/resourceGroups/" + group)))
            << step << ": " << group;
      }
    }
  }
}

TEST(Samples, ExplainThemselves) {
  for (const std::string& folder : StoryFolders()) {
    EXPECT_TRUE(std::filesystem::exists(folder + "/README.md")) << folder;
  }
}

}  // namespace
}  // namespace labgallery::cli
