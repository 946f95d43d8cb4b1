#include "src/base/time_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace labgallery {
namespace {

std::string Format(SystemTime time, bool micros) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::string text;
  const auto append = [&text](std::int64_t number, std::size_t width, char end) {
    const std::string digits = std::to_string(number);
    text.append(width - std::min(width, digits.size()), '0').append(digits) += end;
  };
  append(static_cast<int>(date.year()), 4, '-');
  append(static_cast<unsigned>(date.month()), 2, '-');
  append(static_cast<unsigned>(date.day()), 2, 'T');
  append(clock.hours().count(), 2, ':');
  append(clock.minutes().count(), 2, ':');
  append(clock.seconds().count(), 2, micros ? '.' : 'Z');
  if (micros) append(clock.subseconds().count(), 6, 'Z');
  return text;
}

// Takes exactly `digits` decimal digits from the front of `text`.
std::optional<int> TakeNumber(std::string_view& text, std::size_t digits) {
  int value = 0;
  if (text.size() < digits) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
  if (error != std::errc() || end != text.data() + digits || text.front() == '-')
    return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool TakeChar(std::string_view& text, char upper, char lower) {
  if (text.empty() || (text.front() != upper && text.front() != lower)) return false;
  text.remove_prefix(1);
  return true;
}

Duration TakeDecimals(std::string_view& text) {
  std::int64_t micros = 0;
  std::int64_t unit = 100000;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    micros += unit * (text.front() - '0');
    unit /= 10;
    text.remove_prefix(1);
  }
  return Duration(micros);
}

std::optional<Duration> TakeOffset(std::string_view& text) {
  if (TakeChar(text, 'Z', 'z')) return Duration(0);
  const bool east = !text.empty() && text.front() == '+';
  if (!TakeChar(text, '+', '-')) return std::nullopt;
  const auto hours = TakeNumber(text, 2);
  if (!hours || !TakeChar(text, ':', ':')) return std::nullopt;
  const auto minutes = TakeNumber(text, 2);
  if (!minutes) return std::nullopt;
  const Duration offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return east ? offset : -offset;
}

}  // namespace

std::string Rfc3339(SystemTime time) { return Format(time, false); }
std::string Rfc3339Micro(SystemTime time) { return Format(time, true); }

std::optional<SystemTime> ParseRfc3339(std::string_view text) {
  const auto year = TakeNumber(text, 4);
  if (!year || !TakeChar(text, '-', '-')) return std::nullopt;
  const auto month = TakeNumber(text, 2);
  if (!month || !TakeChar(text, '-', '-')) return std::nullopt;
  const auto day = TakeNumber(text, 2);
  if (!day || !TakeChar(text, 'T', 't')) return std::nullopt;
  const auto hour = TakeNumber(text, 2);
  if (!hour || !TakeChar(text, ':', ':')) return std::nullopt;
  const auto minute = TakeNumber(text, 2);
  if (!minute || !TakeChar(text, ':', ':')) return std::nullopt;
  const auto second = TakeNumber(text, 2);
  if (!second) return std::nullopt;
  Duration decimals(0);
  if (TakeChar(text, '.', '.')) decimals = TakeDecimals(text);
  const auto offset = TakeOffset(text);
  const std::chrono::year_month_day date(std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!offset || !text.empty() || !date.ok() || *hour > 23 || *minute > 59 || *second > 60) {
    return std::nullopt;
  }
  return SystemTime(std::chrono::sys_days(date)) + std::chrono::hours(*hour) +
         std::chrono::minutes(*minute) + std::chrono::seconds(*second) + decimals - *offset;
}

std::string ShortDuration(Duration duration) {
  using std::chrono::duration_cast;
  const auto seconds = duration_cast<std::chrono::seconds>(duration).count();
  auto text = [](std::int64_t value, const char* unit) { return std::to_string(value) + unit; };
  if (seconds < 120) return text(seconds, "s");
  const auto minutes = seconds / 60;
  if (minutes < 10) return text(minutes, "m") + (seconds % 60 != 0 ? text(seconds % 60, "s") : "");
  if (minutes < 180) return text(minutes, "m");
  const auto hours = minutes / 60;
  if (hours < 8) return text(hours, "h") + (minutes % 60 != 0 ? text(minutes % 60, "m") : "");
  if (hours < 48) return text(hours, "h");
  return text(hours / 24, "d");
}

}  // namespace labgallery
