// What the conditions of the kinds say, for the reference. controller/domain says them in many
// places, each with a message of its own; tests/process/reference_test.py holds what runs say
// against this table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace labgallery::golden {

struct ConditionRow {
  std::string_view kind;
  std::string_view type;
  std::string_view meaning;
  std::vector<std::string> reasons;  // empty: any of docs/reasons.md
};

inline const std::vector<ConditionRow>& ConditionRows() {
  static const std::vector<std::string> there = {"Reconciled", "Creating"};
  static const std::vector<std::string> role = {"Reconciled", "WaitingForRole"};
  static const std::vector<std::string> cost = {"Estimated", "NoPrice"};
  static const std::vector<ConditionRow> rows = {
      {"LabAccount",
       "Ready",
       "Azure has succeeded, and what was read back is what the spec says.",
       {}},
      {"LabAccount", "Provisioned", "The lab account or plan is in Azure.", there},
      {"LabAccount",
       "GalleryAttached",
       "The gallery of the spec is attached, or none is, as asked. Listed where the spec has a "
       "gallery.",
       {}},
      {"LabAccount", "RoleAssigned",
       "Lab Services has its role on the gallery. Listed once it has been looked for.", role},
      {"LabAccount",
       "ImagesSwitched",
       "Every image of the gallery is switched as the spec says. Listed where the spec has images.",
       {"Reconciled", "Updating"}},
      {"LabAccount",
       "ServiceRetiring",
       "Always True: the day on which Azure ends the service, and what to do before.",
       {"Announced"}},
      {"SharedImageGallery",
       "Ready",
       "Azure has succeeded, and what was read back is what the spec says.",
       {}},
      {"SharedImageGallery", "Provisioned", "The gallery is in Azure.", there},
      {"SharedImageGallery", "RoleAssigned",
       "Lab Services has its role on the gallery. Listed where a LabAccount wants it.", role},
      {"SharedImageGallery", "CostKnown",
       "There is a price for every replica of the gallery's Images. Listed where there are any.",
       cost},
      {"Image",
       "Ready",
       "As many regions as `readyWhen` asks have the version, no other has failed, and what was "
       "read "
       "back is what the spec says.",
       {}},
      {"Image", "Provisioned", "The image definition is in Azure.", there},
      {"Image",
       "Replicated",
       "The current version is in all of its regions. Listed where there is a version.",
       {"Reconciled", "Creating", "Updating", "Replicating", "RegionFailed", "RegionUnavailable"}},
      {"Image", "CostKnown", "There is a price for every replica. Listed where there are any.",
       cost},
  };
  return rows;
}

}  // namespace labgallery::golden
