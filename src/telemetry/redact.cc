#include "src/telemetry/redact.h"

#include <algorithm>
#include <array>

#include "src/base/text.h"

namespace labgallery::telemetry {
namespace {

constexpr std::array<std::string_view, 19> kHarmlessParameters{"$expand",
                                                               "$filter",
                                                               "$orderby",
                                                               "$select",
                                                               "$top",
                                                               "allowwatchbookmarks",
                                                               "api-version",
                                                               "dryrun",
                                                               "fieldmanager",
                                                               "fieldselector",
                                                               "fieldvalidation",
                                                               "labelselector",
                                                               "limit",
                                                               "propagationpolicy",
                                                               "resourceversion",
                                                               "resourceversionmatch",
                                                               "sendinitialevents",
                                                               "timeoutseconds",
                                                               "watch"};

constexpr std::array<std::string_view, 14> kHarmlessHeaders{"accept",
                                                            "accept-encoding",
                                                            "audit-id",
                                                            "cache-control",
                                                            "connection",
                                                            "content-length",
                                                            "content-type",
                                                            "date",
                                                            "etag",
                                                            "host",
                                                            "retry-after",
                                                            "server",
                                                            "transfer-encoding",
                                                            "user-agent"};

constexpr std::array<std::string_view, 3> kUrlHeaders{"azure-asyncoperation", "location",
                                                      "referer"};

// Ids that Azure asks for in a support request, and the counters of its rate limits.
constexpr std::array<std::string_view, 7> kHarmlessPrefixes{"x-ms-correlation-request-id",
                                                            "x-ms-request-id",
                                                            "x-ms-routing-request-id",
                                                            "x-ms-ratelimit-",
                                                            "x-ms-retry-after",
                                                            "x-ms-user-quota-",
                                                            "x-ms-client-request-id"};

template <std::size_t N>
bool Contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsHarmlessParameter(std::string_view name) {
  std::string plain = Lower(name);
  if (plain.starts_with("%24")) plain.replace(0, 3, "$");
  return Contains(kHarmlessParameters, plain);
}

std::string RedactPair(std::string_view pair) {
  const auto equals = pair.find('=');
  if (equals == std::string_view::npos) {
    // A name without a value may itself be the secret.
    return pair.empty() || IsHarmlessParameter(pair) ? std::string(pair) : std::string(kRedacted);
  }
  if (IsHarmlessParameter(pair.substr(0, equals))) return std::string(pair);
  return std::string(pair.substr(0, equals + 1)) + std::string(kRedacted);
}

// "user:password@host" without its first part.
std::string_view WithoutUser(std::string_view rest) {
  const auto authority = rest.substr(0, rest.find('/'));
  const auto at = authority.rfind('@');
  return at == std::string_view::npos ? rest : rest.substr(at + 1);
}

}  // namespace

std::string RedactUrl(std::string_view url) {
  url = url.substr(0, url.find('#'));
  const auto question = url.find('?');
  const std::string_view front = url.substr(0, question);
  const auto scheme = front.find("://");
  std::string shown;
  if (scheme == std::string_view::npos) {
    shown = front;
  } else {
    shown = front.substr(0, scheme + 3);
    shown += WithoutUser(front.substr(scheme + 3));
  }
  if (question == std::string_view::npos) return shown;
  std::vector<std::string> pairs;
  for (const std::string& pair : Split(url.substr(question + 1), '&')) {
    pairs.push_back(RedactPair(pair));
  }
  return shown + "?" + Join(pairs, "&");
}

std::string RedactHeader(std::string_view name, std::string_view value) {
  const std::string plain = Lower(name);
  if (Contains(kUrlHeaders, plain)) return RedactUrl(value);
  const bool harmless =
      Contains(kHarmlessHeaders, plain) ||
      std::any_of(kHarmlessPrefixes.begin(), kHarmlessPrefixes.end(),
                  [&](std::string_view prefix) { return plain.starts_with(prefix); });
  return harmless ? std::string(value) : std::string(kRedacted);
}

}  // namespace labgallery::telemetry
