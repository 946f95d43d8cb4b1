// The api-versions that are spoken, and the numbers of Lab Services and of roles (all of them
// public).
#pragma once

#include <chrono>
#include <string_view>

namespace labgallery::domain {

// The newest that has source.virtualMachineId and no Trusted Launch default (GalleryRP.json).
inline constexpr std::string_view kGalleryVersion = "2023-07-03";
inline constexpr std::string_view kRoleAssignmentVersion = "2022-04-01";
inline constexpr std::string_view kLocationsVersion = "2022-12-01";
inline constexpr std::string_view kProvidersVersion = "2021-04-01";

// Azure's built-in roles (MicrosoftDocs/azure-docs, built-in-roles.md).
inline constexpr std::string_view kContributorRole = "b24988ac-6180-42a0-ab88-20f7382dd24c";
inline constexpr std::string_view kOwnerRole = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

// Between polls where Azure does not say (azure-resource-manager-rpc has 60 s as the default of its
// contract; galleries, definitions and role assignments are done much sooner).
inline constexpr std::chrono::seconds kPollInterval{10};
inline constexpr std::chrono::seconds kVersionPollInterval{60};

}  // namespace labgallery::domain
