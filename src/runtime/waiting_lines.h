// Who of those that wait in the queue comes next: lines by priority and type. What was begun goes
// first, most of the time; then what has changed, then what a list or a resync found. In each,
// types take turns: thousands of keys of one type hold up nobody of another.
#pragma once

#include <array>
#include <list>
#include <vector>

#include "src/base/clock.h"
#include "src/runtime/key.h"

namespace labgallery::runtime {

enum class Priority {
  kBegun,   // a reconciler goes on with what it began: most of the time before all others
  kNormal,  // something has changed
  kLow,     // found by a list or a resync: after all others, unless it has waited long
};

/// Not thread-safe. The keys that are given must live until they are removed.
class WaitingLines {
 public:
  struct Waiter {
    const Key* key = nullptr;
    Priority priority = Priority::kNormal;
    SteadyTime since{};
  };
  using Line = std::list<Waiter>;
  using Place = Line::iterator;

  /// A low key that has waited for `low_priority_patience` is treated as a normal one.
  explicit WaitingLines(Duration low_priority_patience) : patience_(low_priority_patience) {}

  /// At the end of its line. The place is good until Remove.
  Place Add(const Waiter& waiter);
  void Remove(Place place);
  /// The key whose turn it is, still in its line, and the next turn another's; null if none waits.
  const Key* Next(SteadyTime now);

 private:
  struct Lines {
    std::vector<Line> of_type;
    TypeIndex turn = 0;  // whose turn it is, or who comes next after it
  };

  Lines& LinesOf(Priority priority) { return lines_[static_cast<std::size_t>(priority)]; }
  /// The line whose turn it is among types; null if all are empty.
  Line* First(Priority priority);
  /// The same of what was begun and of what has changed, which take turns, too.
  Line* FirstOfBoth();
  /// Where the low key waits that has waited longest, and too long; null if there is none.
  Line* Overdue(SteadyTime now);

  const Duration patience_;
  std::array<Lines, 3> lines_;
  int begun_in_a_row_ = 0;  // were taken while others had to wait
};

}  // namespace labgallery::runtime
