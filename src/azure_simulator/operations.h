// Long operations and everything else that is due at some instant. Nothing runs by itself: the
// simulator advances to "now" at the start of each request and takes from here what has become due,
// in order.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/azure_simulator/arm_answer.h"
#include "src/azure_simulator/settings.h"
#include "src/base/clock.h"

namespace labgallery::azure_simulator {

struct Operation {
  enum class Verb { kCreate, kUpdate, kDelete };
  enum class Status { kInProgress, kSucceeded, kFailed };
  std::string id;        // a GUID
  std::string resource;  // the id it works on
  Verb verb = Verb::kCreate;
  Status status = Status::kInProgress;
  OperationStyle style = OperationStyle::kAzureAsyncOperation;
  SystemTime started{};
  SystemTime due{};
  SystemTime gone{};  // of a delete: when its resource is seen no more
  std::optional<SystemTime> ended;
  std::optional<ArmError> fate;  // with which it will end Failed
  std::string url_path;          // path of its URL
  std::string api_version;
  bool slow = false;  // Azure asks to poll it once a minute
};

/// Not thread-safe: the simulator's one mutex guards it. References stay valid until Forget.
class Operations {
 public:
  struct Event {
    enum class Kind { kOperationDue, kGone, kForgetOperation };
    SystemTime due;
    std::uint64_t number;  // keeps events of one instant in the order of their making
    Kind kind;
    std::string subject;  // an operation's id, or a resource's
  };

  Operation& Add(Operation operation);
  Operation* Find(std::string_view id);
  /// To be called when a found operation has been changed in place.
  void Touch(const Operation& operation);
  void Forget(std::string_view id);
  const std::map<std::string, Operation, std::less<>>& all() const { return map_; }

  void Schedule(SystemTime due, Event::Kind kind, std::string subject);
  /// The next event that is due at `now`, taken out; nothing if none is.
  std::optional<Event> TakeDue(SystemTime now);
  void Clear();

  /// From now on the ids of operations that change are kept until TakeUnsaved.
  void KeepUnsaved() { keeps_unsaved_ = true; }
  std::vector<std::string> TakeUnsaved() { return std::exchange(unsaved_, {}); }

 private:
  void Changed(std::string_view id);

  struct Later {
    bool operator()(const Event& a, const Event& b) const {
      return a.due != b.due ? a.due > b.due : a.number > b.number;
    }
  };
  std::map<std::string, Operation, std::less<>> map_;
  std::priority_queue<Event, std::vector<Event>, Later> events_;
  std::uint64_t next_number_ = 0;
  bool keeps_unsaved_ = false;
  std::vector<std::string> unsaved_;
};

/// The query of an operation's URL with its signature, some 4 KB, as Azure's are.
std::string OperationQuery(const Operation& operation);

/// "InProgress", "Succeeded", "Failed".
std::string_view Name(Operation::Status status);

}  // namespace labgallery::azure_simulator
