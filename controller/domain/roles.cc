#include "controller/domain/roles.h"

#include <openssl/evp.h>

#include <array>

#include "controller/domain/arm.h"
#include "src/base/text.h"
#include "src/base/time_text.h"

namespace labgallery::domain {
namespace {

// The namespace of ARM's and Bicep's guid() function.
constexpr std::string_view kArmNamespace = "11fb06fb-712d-4ddd-98c7-e71bbd588830";

std::string Bytes(const std::string& uuid) {
  std::string bytes;
  std::string digits;
  for (const char c : uuid) {
    if (c == '-') continue;
    digits += c;
    if (digits.size() < 2) continue;
    bytes += static_cast<char>(std::stoi(digits, nullptr, 16));
    digits.clear();
  }
  return bytes;
}

// A list with a principal's filter also holds assignments below and beside the scope.
bool Covers(const json::Value& assignment, const azure::ResourceId& scope) {
  const std::string_view text = assignment.Text({"properties", "scope"});
  if (text.empty() || text == "/") return true;
  const auto covered = azure::ResourceId::Parse(text);
  return covered && scope.Within(*covered);
}

std::string LastSegment(std::string_view id) { return Lower(id.substr(id.find_last_of('/') + 1)); }

}  // namespace

std::string UuidV5(const std::string& name_space, const std::string& name) {
  const std::string input = Bytes(name_space) + name;
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  EVP_Digest(input.data(), input.size(), hash.data(), nullptr, EVP_sha1(), nullptr);
  hash[6] = static_cast<unsigned char>((hash[6] & 0x0FU) | 0x50U);
  hash[8] = static_cast<unsigned char>((hash[8] & 0x3FU) | 0x80U);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kDigits[hash[i] >> 4U];
    text += kDigits[hash[i] & 0xFU];
  }
  return text;
}

std::string AssignmentName(const WantedRole& wanted) {
  return UuidV5(std::string(kArmNamespace), wanted.scope.key() + "-" + Lower(wanted.principal_id) +
                                                "-" + Lower(wanted.role_id));
}

azure::ResourceId AssignmentId(const WantedRole& wanted) {
  return wanted.scope.Provider("Microsoft.Authorization/roleAssignments", AssignmentName(wanted));
}

json::Value AssignmentBody(const WantedRole& wanted) {
  json::Value body;
  json::Value& properties = body.Set("properties", {});
  properties.Set("roleDefinitionId", "/subscriptions/" + std::string(wanted.scope.subscription()) +
                                         "/providers/Microsoft.Authorization/roleDefinitions/" +
                                         wanted.role_id);
  properties.Set("principalId", wanted.principal_id);
  // Without the type Azure looks the principal up, and a new one is not found for minutes.
  properties.Set("principalType", "ServicePrincipal");
  return body;
}

RoleSight FindRole(const std::vector<json::Value>& assignments, const WantedRole& wanted) {
  RoleSight sight;
  const std::string own_name = AssignmentName(wanted);
  for (const json::Value& assignment : assignments) {
    if (!EqualsIgnoreCase(assignment.Text({"properties", "principalId"}), wanted.principal_id))
      continue;
    // Azure may drop the subscription from roleDefinitionId: only the GUID at its end counts.
    const std::string role = LastSegment(assignment.Text({"properties", "roleDefinitionId"}));
    if (role != Lower(wanted.role_id) && role != kOwnerRole) continue;
    if (!Covers(assignment, wanted.scope)) continue;
    sight.granted = true;
    if (!EqualsIgnoreCase(assignment.Text({"name"}), own_name)) continue;
    sight.ours = true;
    sight.since = ParseRfc3339(assignment.Text({"properties", "createdOn"}));
  }
  return sight;
}

}  // namespace labgallery::domain
