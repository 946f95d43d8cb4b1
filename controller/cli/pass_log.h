// What the operator's passes did: enough to say that every object was looked at once more after the
// last side effect of any.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "controller/reconcile/reconciler.h"
#include "src/runtime/key.h"

namespace labgallery::cli {

/// What the last pass over an object came to.
struct LastPass {
  std::string rule{};         // that decided; empty if there was no pass, or it failed
  bool status_waits = false;  // the object's status says less than the pass found

  friend bool operator==(const LastPass&, const LastPass&) = default;
};

/// Thread-safe.
class PassLog {
 public:
  void Note(const reconcile::PassReport& report);

  LastPass Last(const runtime::Key& key) const;

  /// How many passes have written something so far.
  std::uint64_t Effects() const;
  /// From now on it is remembered which objects were looked at.
  void CountLooksAnew();
  bool LookedAtAll(const std::set<runtime::Key>& keys) const;

 private:
  mutable std::mutex mutex_;
  std::map<runtime::Key, LastPass> last_;  // guarded by mutex_
  std::set<runtime::Key> looked_at_;       // guarded by mutex_
  std::uint64_t effects_ = 0;              // guarded by mutex_
};

}  // namespace labgallery::cli
