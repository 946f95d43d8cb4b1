// The conditions beside Ready, built in one line each.
#pragma once

#include <string>
#include <string_view>

#include "controller/domain/reason.h"
#include "src/kube/model/object.h"

namespace labgallery::domain {

/// A condition whose generation and times are filled in by StatusDocument.
inline kube::Condition Says(std::string_view type, bool holds, Reason reason, std::string message) {
  return {.type = std::string(type),
          .status = holds ? kube::ConditionStatus::kTrue : kube::ConditionStatus::kFalse,
          .reason = std::string(Name(reason)),
          .message = std::move(message),
          .observed_generation = 0,
          .last_transition_time = {}};
}

}  // namespace labgallery::domain
