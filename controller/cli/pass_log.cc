#include "controller/cli/pass_log.h"

#include <algorithm>

namespace labgallery::cli {

void PassLog::Note(const reconcile::PassReport& report) {
  std::lock_guard guard(mutex_);
  last_.insert_or_assign(report.key, LastPass{std::string(report.rule), report.status_waits});
  looked_at_.insert(report.key);
  if (report.acted) ++effects_;
}

LastPass PassLog::Last(const runtime::Key& key) const {
  std::lock_guard guard(mutex_);
  const auto found = last_.find(key);
  return found == last_.end() ? LastPass{} : found->second;
}

std::uint64_t PassLog::Effects() const {
  std::lock_guard guard(mutex_);
  return effects_;
}

void PassLog::CountLooksAnew() {
  std::lock_guard guard(mutex_);
  looked_at_.clear();
}

bool PassLog::LookedAtAll(const std::set<runtime::Key>& keys) const {
  std::lock_guard guard(mutex_);
  return std::includes(looked_at_.begin(), looked_at_.end(), keys.begin(), keys.end());
}

}  // namespace labgallery::cli
