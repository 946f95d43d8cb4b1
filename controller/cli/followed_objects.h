// The objects of our kinds as a person may watch them: followed by list and watch over the same
// client code as the operator's, so that what is shown is what the Kubernetes API says.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "controller/cli/object_state.h"
#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/kube/client/client.h"
#include "src/runtime/list_watch.h"
#include "src/runtime/store.h"
#include "src/runtime/threads.h"

namespace labgallery::cli {

/// One object after a change; `gone` when it is no more.
struct ObjectNews {
  ObjectStatePtr state;
  bool gone = false;
};

/// Thread-safe but for Start and Stop. The clock must know the thread that stops or destroys it.
class FollowedObjects {
 public:
  struct Parts {
    kube::Client& client;
    Clock& clock;
    Random& random;
  };
  /// `on_news` is called on the watches' threads after each change.
  FollowedObjects(Parts parts, std::function<void()> on_news);
  ~FollowedObjects() { Stop(); }

  void Start();
  void Stop() { threads_.Stop(); }

  /// All of them, sorted by kind, in the order in which kinds depend on each other, and key.
  std::vector<ObjectStatePtr> All() const;
  /// What has happened since the last call, in its order.
  std::vector<ObjectNews> TakeNews();

 private:
  void OnChange(const std::string& kind, const runtime::Change& change);

  const std::function<void()> on_news_;
  runtime::Store store_;
  std::deque<runtime::ListWatch> watches_;
  mutable std::mutex mutex_;
  std::map<runtime::Key, ObjectStatePtr> states_;  // guarded by mutex_
  std::vector<ObjectNews> news_;                   // guarded by mutex_
  runtime::Threads threads_;  // declared last: joined before what they use goes
};

}  // namespace labgallery::cli
