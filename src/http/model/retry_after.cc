#include "src/http/model/retry_after.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "src/base/text.h"

namespace labgallery::http {
namespace {

using std::chrono::milliseconds;

// Nobody means to wait longer than ten years; a greater number would overflow when it is converted.
constexpr std::int64_t kMaxSeconds = 10LL * 366 * 24 * 3600;

std::optional<std::int64_t> Number(std::string_view text, std::int64_t max) {
  text = Trim(text);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return std::min(value, max);
}

// "Wed, 21 Oct 2026 07:28:00 GMT" (RFC 9110, IMF-fixdate).
std::optional<SystemTime> HttpDate(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string owned(Trim(text));
  std::array<char, 4> month_name{};
  unsigned day = 0;
  int year = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (std::sscanf(owned.c_str(), "%*3s, %2u %3s %4d %2d:%2d:%2d GMT", &day, month_name.data(),
                  &year, &hour, &minute, &second) != 6) {
    return std::nullopt;
  }
  const auto month = std::find(kMonths.begin(), kMonths.end(), std::string_view(month_name.data()));
  const std::chrono::year_month_day date(
      std::chrono::year(year),
      std::chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1),
      std::chrono::day(day));
  if (month == kMonths.end() || !date.ok()) return std::nullopt;
  return SystemTime(std::chrono::sys_days(date)) + std::chrono::hours(hour) +
         std::chrono::minutes(minute) + std::chrono::seconds(second);
}

}  // namespace

std::optional<milliseconds> RetryAfter(const Headers& headers, SystemTime now) {
  for (const std::string_view exact : {"x-ms-retry-after-ms", "retry-after-ms"}) {
    if (const auto text = headers.Get(exact)) {
      if (const auto value = Number(*text, kMaxSeconds * 1000)) return milliseconds(*value);
    }
  }
  const auto text = headers.Get("Retry-After");
  if (!text) return std::nullopt;
  if (const auto seconds = Number(*text, kMaxSeconds)) return std::chrono::seconds(*seconds);
  if (const auto date = HttpDate(*text)) {
    return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(*date - now));
  }
  return std::nullopt;
}

}  // namespace labgallery::http
