#include "src/azure_simulator/resource_types.h"

#include <array>
#include <string>

#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

using enum OperationStyle;
using std::string_view;

constexpr std::array<string_view, 3> kState{"provisioningState", "uniqueIdentifier",
                                            "latestOperationResult"};

constexpr std::array<string_view, 4> kGallery{"description", "identifier", "sharingProfile",
                                              "softDeletePolicy"};
constexpr std::array<string_view, 2> kGalleryReadOnly{"provisioningState", "sharingStatus"};

constexpr std::array<string_view, 15> kDefinition{
    "osType",      "osState",    "identifier",          "hyperVGeneration", "architecture",
    "description", "eula",       "privacyStatementUri", "releaseNoteUri",   "endOfLifeDate",
    "recommended", "disallowed", "purchasePlan",        "features",         "allowUpdateImage"};
constexpr std::array<string_view, 1> kDefinitionReadOnly{"provisioningState"};

constexpr std::array<string_view, 5> kVersion{"publishingProfile", "storageProfile",
                                              "safetyProfile", "securityProfile", "restore"};
constexpr std::array<string_view, 3> kVersionReadOnly{"provisioningState", "replicationStatus",
                                                      "validationsProfile"};

constexpr std::array<string_view, 1> kAccount{"enabledRegionSelection"};
constexpr std::array<string_view, 4> kAccountReadOnly{"provisioningState", "uniqueIdentifier",
                                                      "latestOperationResult", "sizeConfiguration"};

constexpr std::array<string_view, 1> kAttachment{"galleryId"};

constexpr std::array<string_view, 7> kPlan{"defaultConnectionProfile", "defaultAutoShutdownProfile",
                                           "defaultNetworkProfile",    "allowedRegions",
                                           "sharedGalleryId",          "supportInfo",
                                           "linkedLmsInstance"};
constexpr std::array<string_view, 1> kPlanReadOnly{"provisioningState"};

// Styles: azure-cli's recordings of 2026-04 for Compute; for lab accounts what the published module
// polls.
constexpr auto kTypes = std::to_array<ResourceType>({
    {"microsoft.compute/galleries", "Microsoft.Compute/galleries", "gallery", kAzureAsyncOperation,
     "capsOperations", kGallery, kGalleryReadOnly, 100},
    {"microsoft.compute/galleries/images", "Microsoft.Compute/galleries/images", "galleryImage",
     kAzureAsyncOperation, "capsOperations", kDefinition, kDefinitionReadOnly, 1000},
    {"microsoft.compute/galleries/images/versions", "Microsoft.Compute/galleries/images/versions",
     "galleryImageVersion", kAzureAsyncOperation, "capsOperations", kVersion, kVersionReadOnly,
     10000},
    {"microsoft.compute/images", "Microsoft.Compute/images", "image"},
    {"microsoft.compute/disks", "Microsoft.Compute/disks", "disk"},
    {"microsoft.compute/snapshots", "Microsoft.Compute/snapshots", "snapshot"},
    {"microsoft.compute/virtualmachines", "Microsoft.Compute/virtualMachines", "virtualMachine"},
    {"microsoft.labservices/labaccounts", "Microsoft.LabServices/labAccounts", "labAccount",
     kProvisioningState, "operations", kAccount, kAccountReadOnly},
    {"microsoft.labservices/labaccounts/labs", "Microsoft.LabServices/labAccounts/labs", "lab",
     kProvisioningState, "operations"},
    {"microsoft.labservices/labaccounts/labs/environmentsettings",
     "Microsoft.LabServices/labAccounts/labs/environmentSettings", "environmentSetting", kLocation,
     "operations"},
    {"microsoft.labservices/labaccounts/sharedgalleries",
     "Microsoft.LabServices/labAccounts/sharedGalleries", "sharedGallery", kProvisioningState,
     "operations", kAttachment, kState},
    {"microsoft.labservices/labaccounts/sharedimages",
     "Microsoft.LabServices/labAccounts/sharedImages", "sharedImage", kProvisioningState,
     "operations"},
    {"microsoft.labservices/labplans", "Microsoft.LabServices/labPlans", "labPlan", kLocation,
     "operationResults", kPlan, kPlanReadOnly},
    {"microsoft.labservices/labplans/images", "Microsoft.LabServices/labPlans/images", "image"},
    {"microsoft.labservices/labs", "Microsoft.LabServices/labs", "lab", kLocation,
     "operationResults"},
    {"microsoft.labservices/labs/virtualmachines", "Microsoft.LabServices/labs/virtualMachines",
     "virtualMachine"},
    {"microsoft.resources/resourcegroups", "Microsoft.Resources/resourceGroups", "resourceGroup",
     kSynchronous, "operationresults"},
    {"microsoft.authorization/roleassignments", "Microsoft.Authorization/roleAssignments",
     "roleAssignment"},
});

}  // namespace

const ResourceType* FindType(string_view type) {
  for (const ResourceType& row : kTypes) {
    if (row.type == type) return &row;
  }
  return nullptr;
}

std::span<const ResourceType> ResourceTypes() { return kTypes; }

OperationStyle StyleOf(const Settings& settings, const ResourceType& type) {
  const auto found = settings.styles.find(std::string(type.type));
  return found == settings.styles.end() ? type.style : found->second;
}

string_view ProviderOf(const ResourceType& type) {
  return type.shown.substr(0, type.shown.find('/'));
}

}  // namespace labgallery::azure_simulator
