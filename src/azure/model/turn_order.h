// Who goes next among those who wait for the same thing. Groups take turns, so that one with a
// thousand waiting does not make another wait that has one; of a group, who came first goes first.
// A group's weight is how many turns it gets while one of weight 1 gets one: a lighter one goes
// slower, but always goes.
//
// Start-time fair queueing: a turn begins, in virtual time, when the group's last one ended or now,
// and lasts 1/weight; the earliest beginning goes first.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace labgallery::azure {

class TurnOrder {
 public:
  struct Turn {
    double begins = 0;
    std::uint64_t arrival = 0;
    friend auto operator<=>(const Turn&, const Turn&) = default;
  };

  Turn Join(const std::string& group, double weight);
  /// How many go before.
  std::size_t Ahead(const Turn& turn) const;
  /// It had its turn.
  void Serve(const Turn& turn);
  /// It does not wait any more.
  void Leave(const Turn& turn);

  std::size_t size() const { return waiting_.size(); }

 private:
  std::set<Turn> waiting_;
  std::map<std::string, double> ends_;  // of each group's last turn, where that is to come
  double now_ = 0;
  std::uint64_t arrivals_ = 0;
};

}  // namespace labgallery::azure
