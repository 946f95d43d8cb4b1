// Who goes next among those who wait for the same thing. Groups take turns, so that one with a
// thousand waiting does not make another wait that has one; of a group, who came first goes first.
// A group's weight is how many turns it gets while one of weight 1 gets one: a lighter one goes
// slower, but always goes.
//
// Who does not come back when it said it would keeps its place, but nobody waits for it.
//
// Start-time fair queueing: a turn begins, in virtual time, when the group's last one ended or now,
// and lasts 1/weight; the earliest beginning goes first.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "src/base/clock.h"

namespace labgallery::azure {

class TurnOrder {
 public:
  struct Turn {
    double begins = 0;
    std::uint64_t arrival = 0;
    friend auto operator<=>(const Turn&, const Turn&) = default;
  };

  Turn Join(const std::string& group, double weight);
  /// It comes back then.
  void Expect(const Turn& turn, SteadyTime at);
  /// How many go before, without those who are overdue.
  std::size_t Ahead(const Turn& turn, SteadyTime now) const;
  /// It had its turn.
  void Serve(const Turn& turn);
  /// It does not wait any more.
  void Leave(const Turn& turn);

  std::size_t size() const { return waiting_.size(); }

 private:
  std::map<Turn, SteadyTime> waiting_;  // with when they come back
  std::map<std::string, double> ends_;  // of each group's last turn, where that is to come
  double now_ = 0;
  std::uint64_t arrivals_ = 0;
};

}  // namespace labgallery::azure
