#include "src/base/file_text.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace labgallery {
namespace {

class FileText : public testing::Test {
 protected:
  FileText() { std::filesystem::create_directories(folder_); }
  ~FileText() override { std::filesystem::remove_all(folder_); }
  FileText(const FileText&) = delete;
  FileText& operator=(const FileText&) = delete;

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) /
      testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(FileText, IsAllOfAFileHoweverLong) {
  for (const std::size_t size : {0U, 1U, 4095U, 4096U, 4097U, 100000U}) {
    const std::string text(size, '\xff');
    std::ofstream(folder_ / "file", std::ios::binary) << text;
    EXPECT_EQ(ReadFileText(folder_ / "file"), text) << size;
  }
}

// Who mounts a Secret wrongly gets a directory where a file should be.
TEST_F(FileText, OfADirectoryOrOfNothingIsAnErrorThatNamesIt) {
  for (const std::string& file : {folder_.string(), (folder_ / "missing").string()}) {
    const auto text = ReadFileText(file);
    ASSERT_FALSE(text) << file;
    EXPECT_EQ(text.error().message, "cannot read " + file);
  }
}

}  // namespace
}  // namespace labgallery
