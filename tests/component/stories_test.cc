// Each story of manifests/samples, end to end in one process: what a user does, what Azure looks
// like after it, and that a second look writes nothing.

#include <gtest/gtest.h>

#include "tests/component/story.h"
#include "tests/component/world.h"

namespace labgallery::component {
namespace {

TEST(Stories, CreateAndAttachMakesTheGalleryTheAccountAndTheAttachment) {
  World world;
  const Story story = LoadStory("create-and-attach");
  world.Assume(story.directory);
  world.ApplyStep(story.steps.front());
  world.StartOperator();
  EXPECT_TRUE(world.Settle());
  world.AzureWrites();
  world.Run(std::chrono::hours(1));
  EXPECT_TRUE(world.AzureWrites().empty());
}

}  // namespace
}  // namespace labgallery::component
