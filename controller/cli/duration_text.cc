#include "controller/cli/duration_text.h"

#include <array>
#include <charconv>

namespace labgallery::cli {
namespace {

struct Unit {
  std::string_view name;
  Duration length;
};

// "ms" before "m": the longer name wins.
constexpr std::array kUnits{
    Unit{"ms", std::chrono::milliseconds(1)}, Unit{"s", std::chrono::seconds(1)},
    Unit{"m", std::chrono::minutes(1)},       Unit{"h", std::chrono::hours(1)},
    Unit{"d", std::chrono::hours(24)},
};
constexpr Duration kLongest = std::chrono::hours(24 * 366 * 100);

const Unit* TakeUnit(std::string_view& text) {
  for (const Unit& unit : kUnits) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    return &unit;
  }
  return nullptr;
}

}  // namespace

std::optional<Duration> ParseDuration(std::string_view text) {
  if (text == "0") return Duration(0);
  if (text.empty()) return std::nullopt;
  Duration sum{0};
  while (!text.empty()) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number < 0 || text.front() == '-') return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const Unit* unit = TakeUnit(text);
    if (unit == nullptr || number > (kLongest - sum) / unit->length) return std::nullopt;
    sum += number * unit->length;
  }
  return sum;
}

}  // namespace labgallery::cli
