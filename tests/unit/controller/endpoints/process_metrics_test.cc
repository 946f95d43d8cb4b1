#include "controller/endpoints/process_metrics.h"

#include <gtest/gtest.h>

#include <string>

namespace labgallery::endpoints {
namespace {

TEST(ProcessMetrics, AreReadFromAStatWhoseNameHoldsBlanksAndParentheses) {
  const auto stat = ReadProcessStat(
      "7 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 250 50 13 14 15 16 4 0 5000 1048576 25 99\n", 100, 4096);
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->cpu_seconds, 3);
  EXPECT_EQ(stat->threads, 4);
  EXPECT_EQ(stat->start_seconds, 50);
  EXPECT_EQ(stat->virtual_bytes, 1048576);
  EXPECT_EQ(stat->resident_bytes, 25 * 4096);
}

TEST(ProcessMetrics, AreLeftOutWhereTheTextIsNoStat) {
  for (const char* text : {"", "7 (a", "7 (a) S 1 2", "7 (a) S 1 2 3 4 5 6 7 8 9 10 x y"})
    EXPECT_FALSE(ReadProcessStat(text, 100, 4096)) << text;
}

TEST(ProcessMetrics, ShowThisProcessAndWhatWasBuilt) {
  telemetry::Metrics metrics;
  AddProcessMetrics(metrics, "1.2.3");
  const std::string text = metrics.Serialise();
  for (const char* line : {"\nprocess_cpu_seconds_total ", "\nprocess_resident_memory_bytes ",
                           "\nprocess_virtual_memory_bytes ", "\nprocess_start_time_seconds ",
                           "\nprocess_open_fds ", "\nprocess_max_fds ", "\nprocess_threads ",
                           "\nlabgallery_build_info{version=\"1.2.3\"} 1\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
  }
}

}  // namespace
}  // namespace labgallery::endpoints
