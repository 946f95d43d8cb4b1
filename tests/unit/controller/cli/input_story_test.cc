#include "controller/cli/input_story.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/controller/cli/manifest_files_for_tests.h"

namespace labgallery::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(ReadStory, TakesNumberedFoldersAsStepsInTheirOrder) {
  const Folder folder;
  for (const char* name : {"10/a.yaml", "2/a.yaml", "1/a.yaml", "README.md", "azure.json"}) {
    folder.Write(name, "[]");
  }
  std::vector<InputError> errors;
  const Story story = ReadStory(folder.path(), errors);
  EXPECT_THAT(errors, IsEmpty());
  EXPECT_THAT(story.steps,
              ElementsAre(folder.path() + "/1", folder.path() + "/2", folder.path() + "/10"));
}

TEST(ReadStory, TakesADirectoryWithOtherManifestsAsOneStep) {
  const Folder folder;
  folder.Write("1/a.yaml", "");
  folder.Write("more.yaml", "");
  std::vector<InputError> errors;
  EXPECT_THAT(ReadStory(folder.path(), errors).steps, ElementsAre(folder.path()));
}

TEST(ReadStory, TakesADirectoryWithOtherFoldersAsOneStep) {
  const Folder folder;
  folder.Write("1/a.yaml", "");
  folder.Write("team-a/b.yaml", "");
  std::vector<InputError> errors;
  EXPECT_THAT(ReadStory(folder.path(), errors).steps, ElementsAre(folder.path()));
}

TEST(ReadStory, TakesAFileAsItIs) {
  const Folder folder;
  const std::string file = folder.Write("a.yaml", "");
  std::vector<InputError> errors;
  const Story story = ReadStory(file, errors);
  EXPECT_THAT(story.steps, ElementsAre(file));
  EXPECT_THAT(story.assumptions, IsEmpty());
}

TEST(ReadStory, ReadsWhatIsAssumedToExist) {
  const Folder folder;
  folder.Write(
      "azure.json",
      R"([{"method":"PUT","id":"/subscriptions/s/resourceGroups/g","body":{"location":"x"}},
                                 {"method":"DELETE","id":"/subscriptions/s/resourceGroups/h"}])");
  std::vector<InputError> errors;
  const Story story = ReadStory(folder.path(), errors);
  ASSERT_THAT(story.assumptions, SizeIs(2));
  EXPECT_EQ(story.assumptions[0].method, "PUT");
  EXPECT_EQ(story.assumptions[0].id, "/subscriptions/s/resourceGroups/g");
  EXPECT_EQ(story.assumptions[0].body.Text({"location"}), "x");
  EXPECT_EQ(story.assumptions[1].method, "DELETE");
}

TEST(ReadStory, SaysWhatIsWrongWithEachAssumption) {
  const Folder folder;
  folder.Write("azure.json", R"([{"method":"POST","id":"/subscriptions/s"},
 {"method":"PUT","id":"s","body":{}}, {"method":"PUT","id":"/subscriptions/s"}])");
  std::vector<InputError> errors;
  EXPECT_THAT(ReadStory(folder.path(), errors).assumptions, IsEmpty());
  ASSERT_THAT(errors, SizeIs(3));
  EXPECT_EQ(folder.Relative(errors[0]), "azure.json:1:3: method: must be PUT or DELETE");
  EXPECT_EQ(folder.Relative(errors[1]),
            "azure.json:2:18: id: must be an Azure resource id (it begins with /subscriptions/)");
  EXPECT_EQ(errors[2].field, "body");
}

}  // namespace
}  // namespace labgallery::cli
