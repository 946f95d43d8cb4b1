// What of a URL or a header may be shown in a log or an error: everything that is known to be
// harmless, by allow-list, and nothing else. Operation URLs of Azure are signed in their query, so
// they are secrets.
#pragma once

#include <string>
#include <string_view>

namespace labgallery::telemetry {

/// What stands where something was taken away.
inline constexpr std::string_view kRedacted = "REDACTED";

/// The URL without user information and fragment, and without the values of query parameters other
/// than the well-known harmless ones of ARM and Kubernetes (api-version, $filter, watch, ...).
/// Continuation tokens ($skipToken, continue) are not among them. Text that is no URL is treated
/// alike.
std::string RedactUrl(std::string_view url);

/// The value of a header that is known to be harmless, a redacted URL for those that hold one
/// (Location, Azure-AsyncOperation, Referer), otherwise kRedacted. Names compare without case.
std::string RedactHeader(std::string_view name, std::string_view value);

}  // namespace labgallery::telemetry
