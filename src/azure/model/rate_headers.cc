#include "src/azure/model/rate_headers.h"

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "src/base/text.h"

namespace labgallery::azure {
namespace {

using Scope = RemainingRequests::Scope;

std::optional<double> Number(std::string_view text) {
  text = Trim(text);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= 0))
    return std::nullopt;
  return value;
}

std::optional<std::string_view> After(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return std::nullopt;
  return text.substr(prefix.size());
}

std::optional<RateKind> KindOf(std::string_view name) {
  if (name == "reads") return RateKind::kReads;
  if (name == "writes") return RateKind::kWrites;
  if (name == "deletes") return RateKind::kDeletes;
  return std::nullopt;
}

std::optional<RemainingRequests> Counter(std::string_view name, std::string_view value) {
  constexpr std::array<std::pair<std::string_view, Scope>, 3> kScopes{
      {{"x-ms-ratelimit-remaining-subscription-global-", Scope::kSubscriptionGlobal},
       {"x-ms-ratelimit-remaining-subscription-", Scope::kSubscription},
       {"x-ms-ratelimit-remaining-tenant-", Scope::kTenant}}};
  for (const auto& [prefix, scope] : kScopes) {
    const auto rest = After(name, prefix);
    if (!rest) continue;
    const auto kind = KindOf(*rest);
    const auto remaining = Number(value);
    if (!kind || !remaining) return std::nullopt;
    return RemainingRequests{scope, *kind, *remaining};
  }
  return std::nullopt;
}

std::optional<RemainingPolicy> Policy(std::string_view entry) {
  const std::size_t semicolon = entry.rfind(';');
  if (semicolon == std::string_view::npos) return std::nullopt;
  const auto remaining = Number(entry.substr(semicolon + 1));
  std::string_view name = Trim(entry.substr(0, semicolon));
  constexpr std::array<std::pair<std::string_view, int>, 2> kWindows{{{"30min", 30}, {"3min", 3}}};
  for (const auto& [suffix, minutes] : kWindows) {
    if (name.size() <= suffix.size()) continue;
    const std::size_t cut = name.size() - suffix.size();
    if (!remaining || !EqualsIgnoreCase(name.substr(cut), suffix)) continue;
    return RemainingPolicy{std::string(name.substr(0, cut)), std::chrono::minutes(minutes),
                           *remaining};
  }
  return std::nullopt;
}

std::optional<Duration> HoursMinutesSeconds(std::string_view text) {
  const std::vector<std::string> pieces = Split(Trim(text), ':');
  if (pieces.size() != 3) return std::nullopt;
  double seconds = 0;
  for (const std::string& piece : pieces) {
    const auto number = Number(piece);
    if (!number) return std::nullopt;
    seconds = seconds * 60 + *number;
  }
  return std::chrono::ceil<Duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

std::string_view Name(RateKind kind) {
  switch (kind) {
    case RateKind::kReads:
      return "reads";
    case RateKind::kWrites:
      return "writes";
    case RateKind::kDeletes:
      return "deletes";
  }
  return "reads";
}

RateHeaders ReadRateHeaders(const http::Headers& headers) {
  RateHeaders read;
  for (const auto& [field, value] : headers.fields()) {
    const std::string name = Lower(field);
    if (name == "x-ms-ratelimit-remaining-resource") {
      for (const std::string& entry : Split(value, ',')) {
        if (auto policy = Policy(entry)) read.policies.push_back(*std::move(policy));
      }
    } else if (name == "x-ms-user-quota-remaining") {
      read.user_quota_remaining = Number(value);
    } else if (name == "x-ms-user-quota-resets-after") {
      read.user_quota_resets_after = HoursMinutesSeconds(value);
    } else if (auto counter = Counter(name, value)) {
      read.requests.push_back(*counter);
    }
  }
  return read;
}

}  // namespace labgallery::azure
