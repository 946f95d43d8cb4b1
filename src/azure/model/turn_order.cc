#include "src/azure/model/turn_order.h"

#include <algorithm>
#include <chrono>

namespace labgallery::azure {
namespace {

// What a busy worker may be late by.
constexpr Duration kGrace = std::chrono::seconds(2);

}  // namespace

TurnOrder::Turn TurnOrder::Join(const std::string& group, double weight) {
  double& ends = ends_[group];
  const Turn turn{.begins = std::max(now_, ends), .arrival = ++arrivals_};
  ends = turn.begins + 1 / weight;
  waiting_.emplace(turn, SteadyTime::max());
  return turn;
}

void TurnOrder::Expect(const Turn& turn, SteadyTime at) {
  if (const auto known = waiting_.find(turn); known != waiting_.end()) known->second = at;
}

std::size_t TurnOrder::Ahead(const Turn& turn, SteadyTime now) const {
  return static_cast<std::size_t>(
      std::count_if(waiting_.begin(), waiting_.lower_bound(turn),
                    [&](const auto& one) { return one.second >= now - kGrace; }));
}

void TurnOrder::Serve(const Turn& turn) {
  now_ = std::max(now_, turn.begins);
  Leave(turn);
}

void TurnOrder::Leave(const Turn& turn) {
  waiting_.erase(turn);
  if (!waiting_.empty()) return;
  // Who took much when nobody else wanted any owes nothing.
  ends_.clear();
  now_ = 0;
}

}  // namespace labgallery::azure
