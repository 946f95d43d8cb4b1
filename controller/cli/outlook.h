// How a world stands on its way to being settled: whether waiting helps. Pure.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "controller/cli/exit_code.h"
#include "controller/cli/object_state.h"
#include "controller/cli/pass_log.h"

namespace labgallery::cli {

/// Of one object.
enum class Prospect {
  kSettled,        // Ready, and its last pass found nothing to do
  kMoving,         // on its way without anybody's help
  kDepends,        // waits for another object
  kMayHeal,        // in trouble that can pass: Azure refused or failed
  kNeedsSomebody,  // stays as it is until a person changes something
};

Prospect ProspectOf(const ObjectState& state, const LastPass& last);

/// Of all objects.
enum class Outlook {
  kSettled,
  kMoving,
  kTroubled,  // nothing moves, but what is in trouble may heal
  kStuck,     // nothing will move
};
Outlook OutlookOf(std::span<const Prospect> prospects);

/// How `apply` ends with these objects: kOk if all are Ready, kRefused if one is not for a reason
/// that is trouble, otherwise kNotReady.
ExitCode ExitCodeFor(std::span<const ObjectStatePtr> objects);

}  // namespace labgallery::cli
