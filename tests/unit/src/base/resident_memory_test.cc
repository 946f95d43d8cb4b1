#include "src/base/resident_memory.h"

#include <gtest/gtest.h>
#include <link.h>

#include <cstddef>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace labgallery {
namespace {

constexpr std::size_t kSmallestPage = 4096;

/// kB, of a line of /proc/self/status.
long Resident(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name + ":")) return std::stol(line.substr(name.size() + 1));
  }
  return -1;
}

/// Reads a byte of each page of the program and its libraries.
unsigned ReadAllFiles() {
  unsigned sum = 0;
  dl_iterate_phdr(
      [](dl_phdr_info* object, std::size_t, void* total) {
        for (std::size_t i = 0; i < object->dlpi_phnum; ++i) {
          const ElfW(Phdr)& segment = object->dlpi_phdr[i];
          if (segment.p_type != PT_LOAD || segment.p_flags != (PF_R | PF_X)) continue;
          const auto* bytes =
              reinterpret_cast<const unsigned char*>(object->dlpi_addr + segment.p_vaddr);
          for (std::size_t at = 0; at < segment.p_memsz; at += kSmallestPage)
            *static_cast<unsigned*>(total) += bytes[at];
        }
        return 0;
      },
      &sum);
  return sum;
}

TEST(GivingBackMemory, LetsGoOfFilesThatCanBeReadAgain) {
  const unsigned read = ReadAllFiles();
  const long before = Resident("RssFile");
  GiveBackMemory();
  EXPECT_LT(Resident("RssFile"), before * 2 / 3);
  EXPECT_EQ(ReadAllFiles(), read);
}

TEST(GivingBackMemory, LeavesWhatWasWritten) {
  std::vector<std::unique_ptr<std::string>> texts;
  for (int i = 0; i < 1000; ++i) texts.push_back(std::make_unique<std::string>(1000, 'x'));
  GiveBackMemory();
  for (const auto& text : texts) ASSERT_EQ(*text, std::string(1000, 'x'));
}

}  // namespace
}  // namespace labgallery
