#include "src/azure/model/turn_order.h"

#include <algorithm>
#include <iterator>

namespace labgallery::azure {

TurnOrder::Turn TurnOrder::Join(const std::string& group, double weight) {
  double& ends = ends_[group];
  const Turn turn{.begins = std::max(now_, ends), .arrival = ++arrivals_};
  ends = turn.begins + 1 / weight;
  waiting_.insert(turn);
  return turn;
}

std::size_t TurnOrder::Ahead(const Turn& turn) const {
  return static_cast<std::size_t>(std::distance(waiting_.begin(), waiting_.lower_bound(turn)));
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
