#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/src/azure_simulator/cloud.h"

namespace labgallery::azure_simulator {
namespace {

TEST(Simulator, TakesRequestsFromManyThreadsAtOnce) {
  Cloud cloud;
  constexpr int kThreads = 4;
  constexpr int kEach = 20;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&cloud, t] {
        for (int i = 0; i < kEach; ++i) {
          const std::string name = "t" + std::to_string(t) + "x" + std::to_string(i);
          EXPECT_EQ(cloud.Put(Compute("galleries/") + name, R"({"location": "westeurope"})").status,
                    201);
          cloud.Get(Compute("galleries"));
        }
      });
    }
  }
  EXPECT_EQ(*cloud.Get("/simulator/requests").body.At({"counts", "writes"})->AsInteger(),
            kThreads * kEach);
}

}  // namespace
}  // namespace labgallery::azure_simulator
