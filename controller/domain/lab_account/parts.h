// The parts of a lab account, in order of making: the account, the attachment of one gallery, the
// image switches. Deletion goes backwards.
#pragma once

#include <string_view>

#include "controller/domain/lab_account/lab_account.h"

namespace labgallery::domain::lab_account {

inline constexpr std::string_view kAccountPart = "lab account";
inline constexpr std::string_view kAttachmentPart = "gallery attachment";
inline constexpr std::string_view kSwitchesPart = "image switches";

/// How many switches one pass writes.
inline constexpr std::size_t kSwitchBatch = 20;

Part AccountPart(const LabAccountSpec& spec, const LabAccountObservation& seen,
                 const Ownership& ownership);
Part AttachmentPart(const LabAccountSpec& spec, const LabAccountObservation& seen);
Part SwitchesPart(const LabAccountSpec& spec, const LabAccountObservation& seen);

}  // namespace labgallery::domain::lab_account
