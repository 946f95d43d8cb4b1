#include "src/base/resident_memory.h"

#include <gtest/gtest.h>
#include <link.h>

#include <cctype>
#include <cstddef>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace labgallery {
namespace {

constexpr std::size_t kSmallestPage = 4096;

/// kB of the code of the program and its libraries.
long ResidentCode() {
  long sum = 0;
  bool code = false;
  std::ifstream mappings("/proc/self/smaps");
  for (std::string line; std::getline(mappings, line);) {
    const bool begins_a_mapping = std::isupper(static_cast<unsigned char>(line.front())) == 0;
    if (begins_a_mapping) {
      code = line.find(" r-xp ") != std::string::npos && line.find('/') != std::string::npos;
    }
    if (code && line.starts_with("Rss:")) sum += std::stol(line.substr(4));
  }
  return sum;
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
  const long before = ResidentCode();
  GiveBackMemory();
  EXPECT_LT(ResidentCode(), before * 2 / 3);
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
