// What status says of an image: its version, the regions, the record of them, and the cost.
#pragma once

#include <vector>

#include "controller/domain/image/parts.h"

namespace labgallery::domain::image {

/// `shown`: the version that status speaks about, or null while there is none.
void ReportImage(const Frame& frame, Situation& s, const VersionAssessment* shown,
                 const std::vector<FoundVersion>& found, Report& report);

}  // namespace labgallery::domain::image
