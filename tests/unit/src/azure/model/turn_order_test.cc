#include "src/azure/model/turn_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace labgallery::azure {
namespace {

class TurnOrderTest : public ::testing::Test {
 protected:
  void Join(const std::string& group, int how_often, double weight = 1) {
    for (int i = 0; i < how_often; ++i) turns_.emplace_back(order_.Join(group, weight), group);
  }
  /// Serves the next `count` and says of which groups they were, by their first letters.
  std::string Serve(int count) {
    std::string groups;
    for (int i = 0; i < count; ++i) {
      const auto next = std::find_if(turns_.begin(), turns_.end(), [this](const auto& one) {
        return order_.Ahead(one.first, {}) == 0;
      });
      order_.Serve(next->first);
      groups += next->second.front();
      turns_.erase(next);
    }
    return groups;
  }

  TurnOrder order_;
  std::vector<std::pair<TurnOrder::Turn, std::string>> turns_;
};

TEST_F(TurnOrderTest, IsThatOfArrivalWithinAGroup) {
  Join("a", 3);
  EXPECT_EQ(order_.Ahead(turns_[0].first, {}), 0U);
  EXPECT_EQ(order_.Ahead(turns_[1].first, {}), 1U);
  EXPECT_EQ(order_.Ahead(turns_[2].first, {}), 2U);
}

TEST_F(TurnOrderTest, LetsGroupsAlternateWhateverTheirLength) {
  Join("many", 1000);
  Join("few", 3);
  Join("one", 1);
  EXPECT_EQ(Serve(8), "mfomfmfm");
}

TEST_F(TurnOrderTest, LetsWhoComesLateNeitherWaitForAllNorCatchUp) {
  Join("many", 1000);
  EXPECT_EQ(Serve(500), std::string(500, 'm'));
  Join("late", 3);
  EXPECT_EQ(Serve(6), "lmlmlm");
}

TEST_F(TurnOrderTest, GivesAHeavyGroupMoreTurnsAndALightOneSome) {
  Join("heavy", 100, 4);
  Join("light", 100, 1);
  const std::string served = Serve(50);
  EXPECT_EQ(std::count(served.begin(), served.end(), 'l'), 10);
}

TEST_F(TurnOrderTest, ForgetsWhoLeaves) {
  Join("a", 2);
  order_.Leave(turns_[0].first);
  EXPECT_EQ(order_.Ahead(turns_[1].first, {}), 0U);
  EXPECT_EQ(order_.size(), 1U);
}

TEST_F(TurnOrderTest, WaitsForNobodyWhoIsOverdueAndKeepsItsPlace) {
  Join("a", 3);
  order_.Expect(turns_[0].first, SteadyTime(std::chrono::seconds(5)));
  order_.Expect(turns_[1].first, SteadyTime(std::chrono::seconds(50)));
  EXPECT_EQ(order_.Ahead(turns_[2].first, SteadyTime(std::chrono::seconds(7))), 2U);
  EXPECT_EQ(order_.Ahead(turns_[2].first, SteadyTime(std::chrono::seconds(8))), 1U);
  EXPECT_EQ(order_.Ahead(turns_[0].first, SteadyTime(std::chrono::seconds(8))), 0U);
}

TEST_F(TurnOrderTest, HoldsNothingAgainstWhoTookMuchWhenNobodyElseWantedAny) {
  Join("greedy", 100);
  Serve(100);
  Join("greedy", 1);
  Join("other", 1);
  EXPECT_EQ(Serve(2), "go");
}

}  // namespace
}  // namespace labgallery::azure
