#include "controller/reconcile/wake_spacing.h"

#include <algorithm>

namespace labgallery::reconcile {

Duration WakeSpacing::DelayOf(const runtime::Key& key, SteadyTime now) {
  std::lock_guard guard(mutex_);
  const auto [entry, first] = planned_.try_emplace(key, now + kTogether);
  SteadyTime& planned = entry->second;
  if (!first && planned <= now) planned = std::max(now + kTogether, planned + kSpacing);
  return planned - now;
}

void WakeSpacing::ForgetOld(SteadyTime now) {
  std::lock_guard guard(mutex_);
  std::erase_if(planned_, [&](const auto& entry) { return entry.second + kSpacing <= now; });
}

}  // namespace labgallery::reconcile
