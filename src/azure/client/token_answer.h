// What a token service answers, as values: the token and how long it is good, or why there is none.
// All of them (Microsoft Entra, instance metadata, the Azure CLI) speak dialects of OAuth.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/azure/client/token_source.h"
#include "src/base/clock.h"
#include "src/http/model/message.h"
#include "src/json/value.h"

namespace labgallery::azure {

/// The token in a successful answer. Numbers may come as texts, instants as seconds since 1970 or
/// as RFC 3339. kProtocol if there is no token in it; nothing of the body is in the error.
Result<AccessToken> ReadTokenAnswer(const std::string& body, SystemTime now);

/// Why there is no token: kUnauthenticated where the service refuses, with its code
/// ("AADSTS7000222" or "invalid_client"), its own words and what a person can do about it;
/// kThrottled, kUnavailable or kTimeout where it may give one later. What `secrets` hold is not in
/// it, whatever the service says.
Error LoginRefused(const http::Response& response, SystemTime now,
                   const std::vector<std::string_view>& secrets);

}  // namespace labgallery::azure
