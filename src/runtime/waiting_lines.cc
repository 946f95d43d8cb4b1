#include "src/runtime/waiting_lines.h"

namespace labgallery::runtime {
namespace {

// What was begun is finished before more is begun: otherwise ten thousand new objects are all under
// way at once, each for as long as all of them take. Yet every so many turns something else has
// one.
constexpr int kMostBegunInARow = 8;

}  // namespace

WaitingLines::Place WaitingLines::Add(const Waiter& waiter) {
  std::vector<Line>& lines = LinesOf(waiter.priority).of_type;
  const TypeIndex type = waiter.key->type;
  if (type >= lines.size()) lines.resize(type + 1);
  return lines[type].insert(lines[type].end(), waiter);
}

void WaitingLines::Remove(Place place) {
  LinesOf(place->priority).of_type[place->key->type].erase(place);
}

WaitingLines::Line* WaitingLines::First(Priority priority) {
  Lines& lines = LinesOf(priority);
  for (std::size_t i = 0; i < lines.of_type.size(); ++i) {
    Line& line = lines.of_type[(lines.turn + i) % lines.of_type.size()];
    if (!line.empty()) return &line;
  }
  return nullptr;
}

WaitingLines::Line* WaitingLines::FirstOfBoth() {
  Line* const begun = First(Priority::kBegun);
  Line* const changed = First(Priority::kNormal);
  if (begun == nullptr || changed == nullptr) {
    begun_in_a_row_ = 0;
    return begun == nullptr ? changed : begun;
  }
  if (begun_in_a_row_++ < kMostBegunInARow) return begun;
  begun_in_a_row_ = 0;
  return changed;
}

WaitingLines::Line* WaitingLines::Overdue(SteadyTime now) {
  Line* oldest = nullptr;
  SteadyTime since = now - patience_;
  for (Line& line : LinesOf(Priority::kLow).of_type) {
    if (line.empty() || line.front().since > since) continue;
    since = line.front().since;
    oldest = &line;
  }
  return oldest;
}

const Key* WaitingLines::Next(SteadyTime now) {
  Line* line = FirstOfBoth();
  if (line == nullptr) {
    line = First(Priority::kLow);
  } else if (Line* const low = Overdue(now)) {
    // A low key that has waited long competes as if it were a normal one (WQ-09).
    if (low->front().since <= line->front().since) line = low;
  }
  if (line == nullptr) return nullptr;
  const Waiter& first = line->front();
  LinesOf(first.priority).turn = first.key->type + 1;
  return first.key;
}

}  // namespace labgallery::runtime
