// Microsoft Entra's side of a login: discovery, tokens for applications (client secret,
// certificate, federated token), and the managed identity endpoint of a machine. Who may log in is
// a setting; nobody checks signatures or the tokens themselves.
#pragma once

#include <map>
#include <string>

#include "src/azure_simulator/arm_answer.h"
#include "src/json/value.h"

namespace labgallery::azure_simulator {

struct World;
struct Call;

/// How an application may show who it is; what is empty is not accepted.
struct Login {
  std::string secret;
  std::string thumbprint;  // SHA-1 of its certificate, lower-case hex
  std::string subject;     // of a federated token, "system:serviceaccount:NAMESPACE:NAME"
};
using Logins = std::map<std::string, Login>;  // by client id

/// {"CLIENT_ID": {"secret", "thumbprint", "subject"}}
Outcome<Logins> ReadLogins(const json::Value& value);
json::Value ToJson(const Logins& logins);

Answer DiscoverInstance(World& world, const Call& call);
Answer DescribeIssuer(World& world, const Call& call);
Answer ListSigningKeys(World& world, const Call& call);
Answer IssueToken(World& world, const Call& call);
/// A machine's own endpoint (IMDS), api-version 2018-02-01.
Answer IssueMachineToken(World& world, const Call& call);

}  // namespace labgallery::azure_simulator
