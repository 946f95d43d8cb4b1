// The parts of a lab account, in order of making: the account, the attachment of one gallery, the
// image switches. Deletion goes backwards.
#pragma once

#include <string>
#include <string_view>

#include "controller/domain/lab_account/lab_account.h"

namespace labgallery::domain::lab_account {

/// The account's own part is called as the service calls it.
inline std::string AccountPartName(const Service& service) { return std::string(service.ids.noun); }
inline constexpr std::string_view kAttachmentPart = "gallery attachment";
inline constexpr std::string_view kSwitchesPart = "image switches";

/// How many switches one pass writes.
inline constexpr std::size_t kSwitchBatch = 20;

/// The day on which Lab Services ends, accounts and plans alike (retirement-guide.md of
/// MicrosoftDocs/azure-docs, 2024-12-05).
inline constexpr std::string_view kRetirementDate = "2027-06-28";
std::string RetirementMessage(const LabAccountSpec& spec);

/// The service has locked the account for a while (maintenance).
bool IsLocked(const json::Value& account);
/// Which role was not seen on the gallery, or why nothing was, and what a person can do.
std::string RoleMessage(const LabAccountSpec& spec, const LabAccountObservation& seen);

Part AccountPart(const LabAccountSpec& spec, const LabAccountObservation& seen,
                 const Ownership& ownership);
Part AttachmentPart(const LabAccountSpec& spec, const LabAccountObservation& seen);
Part SwitchesPart(const LabAccountSpec& spec, const LabAccountObservation& seen);

}  // namespace labgallery::domain::lab_account
