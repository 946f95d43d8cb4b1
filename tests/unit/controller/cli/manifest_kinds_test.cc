#include "controller/cli/manifest_kinds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace labgallery::cli {
namespace {

TEST(CrdFiles, AreTheFilesOfTheSourceTree) {
  const char* root = std::getenv("LABGALLERY_SOURCE_DIR");
  ASSERT_NE(root, nullptr);
  std::size_t count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(root) / "crds")) {
    if (entry.path().extension() != ".yaml") continue;
    ++count;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    bool found = false;
    for (const EmbeddedFile& embedded : CrdFiles()) {
      if (embedded.name != entry.path().filename().string()) continue;
      found = true;
      EXPECT_EQ(embedded.text, text);
    }
    EXPECT_TRUE(found) << entry.path();
  }
  EXPECT_EQ(CrdFiles().size(), count);
}

TEST(ReadKinds, ReadsTheKindsOfTheProduct) {
  const auto kinds = ReadKinds(CrdFiles());
  ASSERT_TRUE(kinds) << kinds.error().ToString();
  std::vector<std::string> names;
  for (const ManifestKind& kind : *kinds) {
    EXPECT_EQ(kind.type.ApiVersion(), "labgallery.io/v1alpha1");
    EXPECT_TRUE(kind.type.namespaced);
    names.push_back(kind.type.kind + "/" + kind.type.plural);
  }
  EXPECT_THAT(names, testing::UnorderedElementsAre("LabAccount/labaccounts", "Image/images",
                                                   "SharedImageGallery/sharedimagegalleries"));
}

TEST(ReadKinds, NamesTheFileThatIsNoCrd) {
  const std::vector<EmbeddedFile> files = {{"broken.yaml", "spec: {versions: []}"}};
  const auto kinds = ReadKinds(files);
  ASSERT_FALSE(kinds);
  EXPECT_THAT(kinds.error().ToString(), testing::HasSubstr("broken.yaml"));
}

}  // namespace
}  // namespace labgallery::cli
