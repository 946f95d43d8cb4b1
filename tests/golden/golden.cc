#include "tests/golden/golden.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace labgallery::golden {

void ExpectFile(const std::string& path, std::string_view text) {
  const char* root = std::getenv("LABGALLERY_SOURCE_DIR");
  ASSERT_NE(root, nullptr) << "run by ctest, which says where the tree is";
  const std::string file = std::string(root) + "/" + path;
  if (std::getenv("LABGALLERY_UPDATE_GOLDEN") != nullptr) {
    std::ofstream out(file, std::ios::binary);
    out << text;
    ASSERT_TRUE(out.good()) << file;
    return;
  }
  std::ifstream in(file, std::ios::binary);
  const std::string present{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(present, text) << path << " is out of date: `make golden`, then review the difference";
}

}  // namespace labgallery::golden
