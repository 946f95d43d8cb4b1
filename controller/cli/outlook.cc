#include "controller/cli/outlook.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "controller/domain/reason.h"

namespace labgallery::cli {
namespace {

using domain::Reason;
using domain::Standing;

// Our own refusals and what was asked to stay as it is: looking again gives the same answer.
constexpr std::array kForSomebody{
    Reason::kPaused,          Reason::kObserving,
    Reason::kInvalidSpec,     Reason::kSwapRefused,
    Reason::kIdentityChanged, Reason::kScopeNotAllowed,
    Reason::kAdoptionRefused, Reason::kAzureResourceClaimed,
    Reason::kVersionMissing,
};

bool IsForSomebody(std::string_view reason) {
  return std::any_of(kForSomebody.begin(), kForSomebody.end(),
                     [&](Reason r) { return domain::Name(r) == reason; });
}

bool FindsNothingToDo(std::string_view rule) {
  return rule == "Done" || rule == "Observe" || rule == "Shortfall";
}

bool Has(std::span<const Prospect> prospects, Prospect wanted) {
  return std::find(prospects.begin(), prospects.end(), wanted) != prospects.end();
}

}  // namespace

Prospect ProspectOf(const ObjectState& state, const LastPass& last) {
  if (last.status_waits) return Prospect::kMoving;
  if (state.IsReady()) return FindsNothingToDo(last.rule) ? Prospect::kSettled : Prospect::kMoving;
  if (!state.ready) return Prospect::kMoving;
  const bool trouble = domain::StandingOf(state.reason) == Standing::kTrouble;
  if (state.deleting) return trouble ? Prospect::kMayHeal : Prospect::kMoving;
  if (IsForSomebody(state.reason)) return Prospect::kNeedsSomebody;
  if (trouble) return Prospect::kMayHeal;
  if (state.reason == domain::Name(Reason::kWaitingForGallery)) return Prospect::kDepends;
  return Prospect::kMoving;
}

Outlook OutlookOf(std::span<const Prospect> prospects) {
  const bool settled = std::all_of(prospects.begin(), prospects.end(),
                                   [](Prospect p) { return p == Prospect::kSettled; });
  if (settled) return Outlook::kSettled;
  if (Has(prospects, Prospect::kMoving)) return Outlook::kMoving;
  if (Has(prospects, Prospect::kMayHeal)) return Outlook::kTroubled;
  return Has(prospects, Prospect::kNeedsSomebody) ? Outlook::kStuck : Outlook::kMoving;
}

ExitCode ExitCodeFor(std::span<const ObjectStatePtr> objects) {
  ExitCode code = ExitCode::kOk;
  for (const ObjectStatePtr& object : objects) {
    if (object->IsReady()) continue;
    const bool refused = object->ready == kube::ConditionStatus::kFalse &&
                         domain::StandingOf(object->reason) == Standing::kTrouble;
    if (refused) return ExitCode::kRefused;
    code = ExitCode::kNotReady;
  }
  return code;
}

}  // namespace labgallery::cli
