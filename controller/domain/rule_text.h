// The sentences in which rules speak of parts and differences.
#pragma once

#include <string>

#include "controller/domain/situation.h"

namespace labgallery::domain {

/// What is being written: "writing gallery /subscriptions/...", or the first three fields that
/// change.
std::string WritingMessage(const Part& part);

/// What of the resource in Azure would be changed or removed: "description (have x, want y), ...".
/// What would only be added is left out.
std::string DifferenceMessage(const Situation& situation);

/// What Ready says when Azure took the write of a part again and again and shows no effect of it.
Verdict NoEffect(const Situation& situation, const std::string& part);

}  // namespace labgallery::domain
