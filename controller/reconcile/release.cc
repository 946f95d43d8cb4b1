// Letting an object go: its mark in Azure is taken off, and what becomes of it where Azure does not
// answer.
#include <algorithm>
#include <utility>

#include "controller/domain/errors.h"
#include "controller/reconcile/reconciler.h"
#include "controller/reconcile/work.h"
#include "src/azure/client/client.h"

namespace labgallery::reconcile {
namespace {

// How long an object that is let go waits for Azure to answer, and for its turn: as long as the
// longest window that Azure counts requests in.
constexpr Duration kAnswerPatience = std::chrono::minutes(1);
constexpr Duration kTurnPatience = std::chrono::minutes(30);

}  // namespace

// An object that is let go must not be held by Azure. But where its mark in Azure stays, whatever
// else is deleted with it may be held by that: what passes by itself is waited for.
std::optional<Error> Reconciler::WhatPasses(Work& work, Error error) const {
  if (error.kind != ErrorKind::kThrottled && !domain::IsPassing(error)) return std::nullopt;
  const SteadyTime now = services_.clock.SteadyNow();
  if (!work.memory.leaving) work.memory.leaving = now;
  const Duration patience = azure::IsPaced(error) ? kTurnPatience : kAnswerPatience;
  const Duration left = *work.memory.leaving + patience - now;
  if (left <= Duration(0)) return std::nullopt;
  if (error.retry_after)
    error.retry_after =
        std::min(*error.retry_after, std::chrono::ceil<std::chrono::milliseconds>(left));
  return error;
}

void Reconciler::NoteReleaseFailed(Work& work, const Error& error, domain::Plan& plan) const {
  NoteError(work, error, "release");
  plan.events.push_back({domain::Event::Type::kWarning, "ReleaseFailed", error.ToString()});
}

// One attempt for each write; one that was not sent is none.
Status Reconciler::Release(Work& work, domain::Plan& plan) {
  for (const domain::ArmWrite& write : plan.writes) {
    const auto sent = Send(work, write);
    if (sent) continue;
    if (azure::IsPaced(sent.error())) {
      if (auto passes = WhatPasses(work, sent.error())) return *std::move(passes);
    }
    NoteReleaseFailed(work, sent.error(), plan);
  }
  return Ok();
}

}  // namespace labgallery::reconcile
